"""Metafields: defined, kept and filtered on pages and by the API; exports that come back; every change of the catalogue."""

import csv
import io
import json

from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import expect

from test_browser import SIZES, browser, shoot, visitor  # noqa: F401


def define(api, key, kind, **more):
    answer = api.post("/api/metafield-definitions", json={
        "namespace": "custom", "key": key, "name": key.replace("_", " ").capitalize(), "type": kind, **more,
    })
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def furnish(bodega):
    api = bodega.api
    define(api, "net_weight", "weight", validations={"max": "50 kg"})
    define(api, "grapes", "list.single_line_text_field", description="As the label says.")
    define(api, "organic", "boolean")
    define(api, "stars", "rating", validations={"scale_min": 1, "scale_max": 5})
    define(api, "shade", "color", validations={"choices": ["#ff8800", "#000000"]})
    ids = []
    for number in range(3):
        answer = api.post("/api/products", json={"sku": f"W-{number}", "name": f"Wine {number}"})
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return api, ids


def put(api, product, key, value, expect=(200, 201)):
    answer = api.put(f"/api/products/{product}/metafields/custom/{key}", json={"value": value})
    assert answer.status_code in expect, answer.text
    return answer.json()


def found(api, query):
    answer = api.get(f"/api/products?sort=id&{query}")
    assert answer.status_code == 200, answer.text
    return [item["sku"] for item in answer.json()["items"]]


def test_values_keep_their_types_and_come_back_from_files(fresh):
    bodega = fresh()
    api, (first, second, third) = furnish(bodega)
    assert put(api, first, "net_weight", "2.50 KG")["value"] == {"value": "2.5", "unit": "kg"}
    put(api, second, "net_weight", {"value": 2500, "unit": "g"})
    put(api, third, "net_weight", "1 lb")
    put(api, first, "grapes", ["Touriga", "Tinta; Roriz", "=1+1"])
    put(api, first, "organic", True)
    put(api, second, "stars", "4.5")
    put(api, second, "shade", "#F80")
    for key, value, code in [
        ("net_weight", "51 kg", "too_large"), ("net_weight", "1 cm", "bad_unit"), ("net_weight", "NaN kg", "bad_value"),
        ("organic", "perhaps", "bad_value"), ("stars", 6, "too_large"), ("shade", "#ffffff", "not_a_choice"),
        ("grapes", ["x"] * 129, "too_many_values"),
    ]:
        assert put(api, first, key, value, expect=(422,))["errors"][0]["code"] == code, key

    assert found(api, "metafield:custom.net_weight=2.5%20kg") == ["W-0", "W-1"]
    assert found(api, "metafield:custom.net_weight_max=1%20kg") == ["W-2"]
    assert found(api, "metafield:custom.stars_min=4&has=metafield:custom.shade") == ["W-1"]
    assert found(api, "lacks=metafield:custom.grapes") == ["W-1", "W-2"]
    assert api.get("/api/products?metafield:custom.nothing=1").json()["code"] == "unknown_metafield"

    rows = list(csv.DictReader(io.StringIO(api.get("/api/products.csv?sort=id").content.decode())))
    assert rows[0]["metafield:custom.net_weight"] == "2.5 kg"
    assert json.loads(rows[0]["metafield:custom.grapes"]) == ["Touriga", "Tinta; Roriz", "=1+1"]
    lines = [json.loads(line) for line in api.get("/api/products.ndjson?sort=id").content.splitlines()]
    assert lines[1]["metafield:custom.stars"] == {"value": "4.5", "scale_min": "1", "scale_max": "5"}
    sheet = load_workbook(io.BytesIO(api.get("/api/products.xlsx?sort=id").content)).active
    header = [cell.value for cell in sheet[1]]
    assert header[header.index("metafield:custom.organic")] and sheet.cell(2, header.index("metafield:custom.organic") + 1).value == "true"
    job = bodega.import_file(api.get("/api/products.csv?sort=id").content.decode(), filename="again.csv")
    assert (job["unchanged_rows"], job["failed_rows"]) == (3, 0), job


def test_metafields_are_defined_and_filled_in_on_pages(fresh, browser):  # noqa: F811
    bodega = fresh()
    api, (first, *_) = furnish(bodega)
    with visitor(browser, bodega, expected=["status of 422"]) as page:
        page.goto("/metafields")
        page.get_by_role("link", name="Define a metafield").first.click()
        page.get_by_label("What do the values look like?").select_option("number_decimal")
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Name", exact=True).fill("Alcohol")
        page.get_by_label("Key", exact=True).fill("alcohol")
        page.get_by_label("Greatest value").fill("ninety")
        page.get_by_role("button", name="Define metafield").click()
        expect(page.get_by_text("This takes a number like 2.5").first).to_be_visible()
        page.get_by_label("Greatest value").fill("96")
        page.get_by_role("button", name="Define metafield").click()
        expect(page.get_by_text("The metafield was defined.")).to_be_visible()

        page.goto(f"/products/{first}")
        section = page.get_by_role("region", name="Metafields")
        section.get_by_label("Net weight (optional)", exact=True).fill("2.5")
        section.get_by_label("Net weight, unit").select_option("kg")
        section.get_by_label("Grapes").fill("Touriga\nTinta")
        section.get_by_label("Organic").select_option("true")
        section.get_by_label("Alcohol").fill("97")
        section.get_by_role("button", name="Save metafields").click()
        expect(page.get_by_text("The greatest value is 96.").first).to_be_visible()
        page.get_by_label("Alcohol").fill("13.5")
        page.get_by_role("button", name="Save metafields").click()
        expect(page.get_by_text("Your changes were saved.").first).to_be_visible()
        values = {item["key"]: item["value"] for item in api.get(f"/api/products/{first}/metafields").json()["items"]}
        assert values["grapes"] == ["Touriga", "Tinta"] and values["alcohol"] == "13.5" and values["organic"] is True
        expect(page.get_by_text("Alcohol:")).to_be_visible()

        page.get_by_role("button", name="Restore version 1").click()
        expect(page.get_by_text("The earlier version was restored as a new one.").first).to_be_visible()
        assert api.get(f"/api/products/{first}/metafields").json()["items"] == []

        page.goto("/changes?field=name")
        page.goto("/changes")
        expect(page.get_by_role("link", name="W-0 · Wine 0").first).to_be_visible()
        page.goto("/products?facets=1")
        expect(page.get_by_text("No brand")).to_be_visible()
        for path in ["/metafields", "/metafields/new?type=rating", f"/products/{first}", "/changes", "/products?facets=1"]:
            for width, height in [(1440, 900), (360, 740)]:
                page.set_viewport_size({"width": width, "height": height})
                page.goto(path)
                shoot(page, f"metafields-{path.strip('/').replace('/', '-').split('?')[0]}-{width}")
                result = Axe().run(page)
                assert result.violations_count == 0, f"{path} at {width}: {result.generate_report()}"
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than {width}"


def test_the_catalogue_tells_what_was_changed_by_whom(fresh):
    bodega = fresh()
    api, (first, second, third) = furnish(bodega)
    put(api, first, "organic", True)
    api.patch(f"/api/products/{second}", json={"price": "12.50"})
    bodega.import_file("sku,price\nW-0,3.00\nW-2,4.00\n", filename="prices.csv")
    assert api.delete(f"/api/products/{third}").status_code == 204

    def history(query=""):
        answer = api.get(f"/api/catalogue/history?{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    items = history()["items"]
    assert [item["change"] for item in items] == ["delete", "update", "update", "update", "update", "create", "create", "create"]
    assert items[0]["label"] is None and items[1]["job_id"] and items[3]["fields"] == ["price"]
    assert [item["record_id"] for item in history("field=metafield:custom.organic")["items"]] == [first]
    assert len(history("field=price&change=update")["items"]) == 3
    job = items[1]["job_id"]
    assert len(history(f"job={job}")["items"]) == 2
    assert history(f"actor={items[1]['actor']}")["items"] == history(f"job={job}")["items"]
    page, pages = history("limit=3"), 1
    collected = page["items"]
    while page["next"]:
        page = api.get(page["next"]).json()
        collected += page["items"]
        pages += 1
    assert collected == items and pages == 3
    wine = api.post("/api/categories", json={"name": "Wine"}).json()["id"]
    assert [item["record_id"] for item in history("of=category")["items"]] == [wine]
    assert api.get("/api/catalogue/history?field=nothing").status_code == 400

    facets = api.get("/api/products/facets?status=active").json()
    assert facets["status"] == [{"status": "draft", "count": 0}, {"status": "active", "count": 2}, {"status": "archived", "count": 0}]
    assert facets["brand"] == [{"brand": None, "count": 2}]
