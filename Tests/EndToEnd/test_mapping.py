"""What columns mean: the page that says it, the profiles that remember it, and the files of well-known programs."""

import csv
import io
import json
import re
from collections import Counter

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from instance import shared_file
from test_browser import SIZES, browser, shoot, visitor  # noqa: F401 (browser is a fixture)

UNKNOWN = "Ref;Was ist es;Farbe;VK;Lager\nM-1;Lampe;rot;€ 1.234,50;5\nM-2;Stuhl;;12,50;\nM-3;Tisch;blau;1,234;9\n"


def upload(page, name, content, script=True):
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    if not script:
        page.get_by_role("button", name="Upload and import").click()


def select(page, column, value):
    page.locator(f"select[aria-label='What {column} means']").select_option(value)


def faults(page):
    answer = Axe().run(page)
    return [f"{fault['id']}: {[node['html'][:120] for node in fault['nodes'][:3]]}" for fault in answer.response["violations"]]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_unknown_header_is_mapped_checked_and_imported(browser, fresh, script):  # noqa: F811
    instance = fresh()
    content = UNKNOWN.replace(";", ",").replace("1.234,50", "1234.50").replace("12,50", "12.50").replace("1,234", "1.2345")
    with visitor(browser, instance, java_script_enabled=script, expected=["422"]) as page:
        upload(page, "lager.csv", content.encode(), script)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}/mapping"))
        expect(page.get_by_text("each code stands once")).to_be_visible()
        shoot(page, f"mapping-empty-{script}")
        select(page, "Ref", "sku")
        select(page, "Was ist es", "name")
        select(page, "VK", "price")
        select(page, "Farbe", "attribute")
        page.get_by_label("Custom attribute for Farbe").fill("Colour")
        page.get_by_label("Save as a profile").fill("Warehouse")
        if not script:
            page.get_by_role("button", name="Check the rows").click()
        # Line 4 has a price that nobody can read.
        expect(page.get_by_text("1 of 3 rows cannot be imported like this")).to_be_visible()
        expect(page.locator("[data-region='column-3']")).to_contain_text("line 4: 1.2345")
        shoot(page, f"mapping-checked-{script}")
        if script:  # axe is a script itself
            assert faults(page) == []
            page.set_viewport_size(SIZES["narrow"])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.set_viewport_size(SIZES["narrow"])
        shoot(page, f"mapping-narrow-{script}")
        page.set_viewport_size(SIZES["wide"])
        page.get_by_role("button", name="Apply and check the file").click()
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        page.get_by_role("button", name=re.compile("Import 2 ")).click()
        expect(page.get_by_text("Completed").first).to_be_visible()
        product = instance.api.get("/api/products/by-sku/m-1").json()
        assert (product["name"], product["price"], product["custom_attributes"]) == ("Lampe", "1234.50", {"Colour": "rot"})
        # The next file with this header needs nobody.
        upload(page, "lager-2.csv", content.replace("M-", "N-").encode(), script)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        expect(page.get_by_text("Warehouse").first).to_be_visible()
        page.goto("/imports/profiles")
        expect(page.get_by_role("link", name="Warehouse")).to_be_visible()
        assert not script or faults(page) == []
        shoot(page, f"profiles-{script}")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_another_sheet_is_chosen(browser, fresh, script):  # noqa: F811
    """The first sheet is not the one with products: the page offers the others and shows their columns."""
    instance = fresh()
    book = openpyxl.Workbook()
    book.active.title = "Lager"
    book.active.append(["Regal", "Platz"])
    book.active.append(["A", "7"])
    sheet = book.create_sheet("Artikel")
    sheet.append(["sku", "name"])
    sheet.append(["X-1", "Vase"])
    content = io.BytesIO()
    book.save(content)
    with visitor(browser, instance, java_script_enabled=script, expected=["422"]) as page:
        upload(page, "buch.xlsx", content.getvalue(), script)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}/mapping"))
        expect(page.get_by_role("rowheader", name="Regal")).to_be_visible()
        page.get_by_label("Sheet").select_option("Artikel")
        if not script:
            page.get_by_role("button", name="Check the rows").click()
        expect(page.get_by_text("The 1 row can be read.")).to_be_visible()
        expect(page.get_by_label("Sheet")).to_have_value("Artikel")
        shoot(page, f"mapping-sheet-{script}")
        page.get_by_role("button", name="Apply and check the file").click()
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        page.get_by_role("button", name=re.compile("Import 1 ")).click()
        expect(page.get_by_text("Completed").first).to_be_visible()
        assert instance.api.get("/api/products/by-sku/x-1").json()["name"] == "Vase"


def test_the_api_refuses_what_it_cannot_map_and_remembers(fresh):
    instance = fresh()
    content = UNKNOWN.replace(";", ",").replace("1.234,50", "1234.50").replace("12,50", "12.50").replace("1,234", "3").encode()
    refused = instance.api.upload(content, expect=422)
    assert refused["code"] == "no_sku_column" and refused["headers"] == ["Ref", "Was ist es", "Farbe", "VK", "Lager"]
    mapping = {"Ref": "sku", "was-ist-es": "name", "Farbe": "attribute:Colour", "Lager": None,
               "VK": {"field": "price", "blank": "default", "default": "0.00"}}
    made = instance.api.post("/api/import-profiles", json={
        "name": "Warehouse", "mapping": mapping, "headers": refused["headers"], "blank": "clear"})
    assert made.status_code == 201, made.text
    profile = made.json()
    assert made.headers["Location"] == f"/api/import-profiles/{profile['id']}"
    job = instance.api.wait(instance.api.upload(content)["job_id"])
    assert job["created_rows"] == 3, job
    assert instance.api.get("/api/products/by-sku/m-1").json()["custom_attributes"] == {"Colour": "rot"}
    # By name, by id, and none at all.
    for name in ("warehouse", str(profile["id"])):
        job = instance.api.wait(instance.api.upload(content, profile=name)["job_id"])
        assert job["unchanged_rows"] == 3, job
    assert instance.api.upload(content, profile="none", expect=422)["code"] == "no_sku_column"
    assert instance.api.upload(content, profile="nobody", expect=422)["errors"][0]["code"] == "unknown_profile"
    # Conventions: no second of a name, no unknown member, If-Match, a list.
    assert instance.api.post("/api/import-profiles", json={"name": "WAREHOUSE", "mapping": {}}).status_code == 409
    unknown = instance.api.post("/api/import-profiles", json={"name": "x", "mapping": {}, "colour": 1})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_field")
    path = f"/api/import-profiles/{profile['id']}"
    assert instance.api.patch(path, json={"name": "Depot"}, headers={"If-Match": '"1-99"'}).status_code == 412
    tag = instance.api.get(path).headers["ETag"]
    assert instance.api.patch(path, json={"name": "Depot"}, headers={"If-Match": tag}).json()["name"] == "Depot"
    listed = instance.api.get("/api/import-profiles?include=total").json()
    assert [item["name"] for item in listed["items"]] == ["Depot"] and listed["total"] == 1
    assert instance.api.delete(path).status_code == 204 and instance.api.get(path).status_code == 404


def python_counts(path, fields, group=None):
    """Created and skipped by Python's own reading: a row with nothing of its own only brings pictures."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    skipped = sum(1 for row in rows if group and row[group] and not any(row[field].strip() for field in fields))
    return len(rows) - skipped, skipped, len(rows)


SHOPIFY = ["Title", "Body (HTML)", "Vendor", "Variant SKU", "Variant Price", "Variant Compare At Price", "Variant Barcode",
           "Published", "Option1 Value"]


@pytest.mark.parametrize("name, profile, fields, group", [
    ("shopify-product-csvs/apparel.csv", "Shopify (until 2024)", SHOPIFY, "Handle"),
    ("shopify-product-csvs/home-and-garden.csv", "Shopify (until 2024)", SHOPIFY, "Handle"),
    ("shopify-product-csvs/jewelery.csv", "Shopify (until 2024)", SHOPIFY, "Handle"),
    ("woocommerce/sample_products.csv", "WooCommerce", ["SKU"], None),
])
def test_files_of_shops_are_recognised(bodega, name, profile, fields, group):
    path = shared_file(f"feeds/{name}")
    created, skipped, total = python_counts(path, fields, group)
    chosen = {"identify": "handle"} if group else {}
    if group:
        refused = bodega.api.upload(path.read_bytes(), filename=path.name, expect=422, review="0")
        assert refused["code"] == "no_skus" and "identify=handle" in refused["detail"], refused
    job = bodega.api.wait(bodega.api.upload(path.read_bytes(), filename=path.name, **chosen)["job_id"])
    assert job["status"] == "completed", job
    assert job["result"]["profile"]["name"] == profile and job["result"]["profile"]["reason"] == "recognised"
    assert [job[f"{kind}_rows"] for kind in ("total", "created", "skipped", "failed")] == [total, created, skipped, 0]
    # The same file again changes nothing.
    again = bodega.api.wait(bodega.api.upload(path.read_bytes(), filename=path.name, **chosen)["job_id"])
    assert (again["unchanged_rows"], again["created_rows"], again["updated_rows"]) == (created, 0, 0)


def test_shopifys_newer_header(bodega):
    header = ("Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
              "Option1 name,Option1 value,Price,Compare-at price,Product image URL")
    content = header + "\n" + "\n".join([
        'Shirt,shirt,<p>Blue</p>,Acme,,,"a, b",TRUE,Active,SN-1,4006381333931,Size,S,19.90,25.00,https://x/1.jpg',
        ",shirt,,,,,,,,,,,,,,https://x/2.jpg",
        "Mug,mug,,Acme,,,,FALSE,Draft,SN-2,123,,,7.50,,",
        "Cap,cap,,Acme,,,,TRUE,Active,,,,,5.00,,",
    ])
    job = bodega.api.wait(bodega.api.upload(content.encode())["job_id"])
    assert (job["created_rows"], job["skipped_rows"], job["failed_rows"]) == (2, 1, 1), job
    assert job["result"]["profile"]["name"] == "Shopify"
    shirt = bodega.api.get("/api/products/by-sku/sn-1").json()
    assert {key: shirt[key] for key in ("name", "brand", "price", "compare_at_price", "upc", "status")} == {
        "name": "Shirt", "brand": "Acme", "price": "19.90", "compare_at_price": "25.00", "upc": "4006381333931",
        "status": "active"}
    assert bodega.api.get("/api/products/by-sku/sn-2").json()["status"] == "draft"
    warnings = job["result"]["warnings"]
    assert [(item["code"], item["count"]) for item in warnings] == [("bad_check_digit", 1)]
    assert bodega.api.get("/api/products?brand=acm").json()["items"][0]["brand"] == "Acme"
    assert json.dumps(warnings)
