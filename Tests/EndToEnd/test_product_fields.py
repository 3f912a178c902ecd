"""All fields of a product: the form by sections, files of shops as Python's csv reads them, and the way out and back."""

import csv
import io

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from instance import shared_file
from test_browser import browser, shoot, visitor  # noqa: F401 (browser is a fixture)


def narrow_enough(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_product_is_made_by_its_sections(bodega, browser, script):  # noqa: F811
    sku = f"tee-{script}".lower()
    with visitor(browser, bodega, java_script_enabled=script, expected=["422"]) as page:
        page.goto("/products/new")
        page.get_by_label("Name").first.fill("Crème shirt M")
        page.get_by_label("SKU").fill(sku)
        page.get_by_label("Page title").fill("A shirt")
        page.get_by_label("Weight", exact=False).first.fill("0.25")
        page.get_by_label("Group").fill("tee")
        page.get_by_label("Option 1 ").first.fill("Size")
        page.get_by_label("Value of option 1").fill(f"M{script}")
        if script:
            expect(page.locator("#field-seo_title-count")).to_contain_text("7 characters")
        page.get_by_role("button", name="Create product").click()
        expect(page.get_by_text("say in which unit, g, kg, oz, lb").first).to_be_visible()
        expect(page.get_by_text("From the name it would be creme-shirt-m.")).to_be_visible()
        page.get_by_label("Unit of weight").select_option("kg")
        page.get_by_role("button", name="Create product").click()
        expect(page.get_by_text("The product was created.").first).to_be_visible()
        product = bodega.api.get(f"/api/products/by-sku/{sku}").json()
        assert (product["weight"], product["weight_unit"], product["group_key"]) == ("0.25", "kg", "tee")
        bodega.api.post("/api/products", json={"sku": f"{sku}-l", "name": "Shirt L", "group_key": "tee", "price": "12.50",
                                               "option_1_name": "Size", "option_1_value": "L"})
        page.reload()
        expect(page.get_by_role("heading", name="Other variants")).to_be_visible()
        for width in (1280, 820, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert narrow_enough(page), width
            shoot(page, f"product-fields-{width}-{script}")
        if script:
            answer = Axe().run(page)
            assert [fault["id"] for fault in answer.response["violations"]] == []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_role("link", name="Show the whole group as a list").click()
        expect(page.get_by_role("link", name="Shirt L").first).to_be_visible()
        expect(page.get_by_text("Group is: tee")).to_be_visible()


def test_a_file_of_shopify_is_what_python_reads(fresh):
    instance = fresh()
    path = shared_file("feeds/shopify-product-csvs/apparel.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Variant Price"]]
    job = instance.api.wait(instance.api.upload(path.read_bytes(), filename="apparel.csv", identify="handle", review="0")["job_id"])
    assert job["created_rows"] == len(rows), job
    found = instance.api.get("/api/products?limit=200").json()["items"]
    names = {row["Handle"]: row["Option1 Name"] for row in rows if row["Option1 Name"]}
    wanted = sorted(
        (row["Handle"], None if row["Option1 Value"] == "Default Title" else names[row["Handle"]],
         None if row["Option1 Value"] == "Default Title" else row["Option1 Value"] or None,
         row["Variant Grams"] or None, int(row["Variant Inventory Qty"])) for row in rows)
    came = sorted((item["group_key"], item["option_1_name"], item["option_1_value"], item["weight"], item["inventory_quantity"])
                  for item in found)
    assert [list(map(str, line)) for line in came] == [list(map(str, line)) for line in wanted]
    assert {item["weight_unit"] for item in found} == {"g"}


def test_what_goes_out_comes_back(bodega):
    bodega.api.post("/api/products", json={
        "sku": "round-trip", "name": "Round trip", "weight": "1.125", "weight_unit": "kg", "length": "0.000001",
        "dimension_unit": "m", "inventory_quantity": -3, "inventory_tracked": True, "seo_handle": "round-trip",
        "shopify_product_id": "gid://shopify/Product/632910392", "cost_price": "4.20", "group_key": "=group",
        "option_1_name": "Size", "option_1_value": "007"})
    text = bodega.api.get("/api/products.csv?sku=round-trip").content
    row = next(csv.DictReader(io.StringIO(text.decode())))
    sheet = openpyxl.load_workbook(io.BytesIO(bodega.api.get("/api/products.xlsx?sku=round-trip").content)).active
    header, cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    workbook = dict(zip(header, cells))
    assert (row["weight"], workbook["weight"], workbook["inventory_quantity"]) == ("1.125", 1.125, -3)
    assert (workbook["option_1_value"], workbook["inventory_tracked"]) == ("007", "true")
    for name, content in (("a.csv", text), ("a.xlsx", bodega.api.get("/api/products.xlsx?sku=round-trip").content)):
        job = bodega.api.wait(bodega.api.upload(content, filename=name, review="0")["job_id"])
        assert (job["unchanged_rows"], job["total_rows"]) == (1, 1), job
