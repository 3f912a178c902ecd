"""Files as shops have them: cells that nobody meant, workbooks and JSON in their many forms, rows that cannot be read."""

import csv
import gzip
import io
import json
from pathlib import Path

import openpyxl
import pytest

from instance import FINAL
from reference import Expectation

WAITING = "awaiting_confirmation"
CASES = Path(__file__).parents[2].parent / "shared/cases/imports"


def case(name):
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path.read_bytes()


def found(api, sku, fields="name price"):
    answer = api.get(f"/api/products/by-sku/{sku}")
    return None if answer.status_code == 404 else tuple(answer.json()[field] for field in fields.split())


def imported(bodega, content, name, **options):
    job = bodega.api.wait(bodega.api.upload(content, name, **options)["job_id"])
    assert job["status"] == "completed", job
    return job


def planned(bodega, upload):
    return bodega.api.wait(upload["job_id"], until=lambda job: job["status"] in FINAL | {WAITING})


def warned(job):
    return [(entry["code"], entry["count"], entry["rows"][0]["line"]) for entry in job["result"]["warnings"]]


@pytest.mark.parametrize("name, total, products, warnings", [
    ("C10_a.csv", 2, {"E-1": ("A", "1.50"), "E-2": ("B", "2.50")}, []),
    ("C11_a.csv", 3, {"R-1": ("A", "1.50"), "R-2": ("B", "2.50"), "R-3": ("C", None)}, [("missing_cells", 2, 3)]),
    ("C12_a.csv", 2, {"D-1": ("A", "1.50"), "D-2": ("B", "2.50")}, [("surplus_cells", 2, 2)]),
])
def test_cells_that_nobody_meant(bodega, name, total, products, warnings):
    job = imported(bodega, case(name), name)
    assert (job["total_rows"], job["failed_rows"]) == (total, 0)
    assert {sku: found(bodega.api, sku) for sku in products} == products
    assert warned(job) == warnings
    strict = imported(bodega, case(name), name, ragged="refuse")
    assert strict["failed_rows"] == (warnings[0][1] if warnings else 0)
    assert strict["options"]["ragged"] == "refuse"
    refused = bodega.api.upload(case(name), name, ragged="cut", expect=422)
    assert "ragged takes fill, refuse" in refused["detail"]


def test_second_headers(bodega):
    job = imported(bodega, case("C20_liste.csv"), "C20_liste.csv")
    assert (job["total_rows"], job["created_rows"], job["skipped_rows"]) == (5, 2, 1), job
    assert found(bodega.api, "W-1") == ("Hammer", "12.50") and found(bodega.api, "W-2") == ("Zange", "9.90")
    job = imported(bodega, case("C22_flatfile.txt"), "C22_flatfile.txt", mapping='{"Standard Price": "price"}')
    assert (job["total_rows"], job["created_rows"], job["skipped_rows"]) == (2, 1, 1), job
    assert found(bodega.api, "AMZ-1") == ("Lamp", "12.50")
    plan = bodega.api.upload(case("C20_liste.csv"), "C20_liste.csv", review="1")
    assert planned(bodega, plan)["status"] == WAITING
    counts = bodega.api.get(f"/api/jobs/{plan['job_id']}/plan").json()
    assert counts["skipped"]["header"] == 1
    rows = bodega.api.get(f"/api/jobs/{plan['job_id']}/plan?state=skip").json()["items"]
    assert [(row["line"], row["reason"]) for row in rows] == [(8, "header")]


def test_comments_above_the_header(bodega):
    mapping = '{"Custom label (SKU)": "sku"}'
    job = imported(bodega, case("C23_ebay.csv"), "C23_ebay.csv", mapping=mapping)
    assert (job["total_rows"], job["created_rows"]) == (1, 1), job
    assert found(bodega.api, "EB-1") == ("Lamp", "12.50")


@pytest.mark.parametrize("name, products, errors", [
    ("X02_a.xlsx", {"FX-1": None, "FX-2": None},
     [(1, 2, "price", "no_value", ""), (2, 3, "name", "no_value", "")]),
    ("X03_a.xlsx", {"ER-2": None, "ER-3": None},
     [(1, 2, "sku", "error_value", "#N/A"), (2, 3, "name", "error_value", "#REF!"),
      (3, 4, "price", "error_value", "#DIV/0!")]),
    ("X04_a.xlsx", {"ME-1": ("A", "Acme"), "ME-2": ("B", "Acme"), "ME-3": ("C", "Acme")}, []),
    ("X09_a.xlsx", {"HS-1": ("A", "1.00")}, []),
    ("L01_ids16.xlsx", {}, [(row, row + 1, "sku", "imprecise_number", value) for row, value in
                            enumerate(("1234567890123456", "1234567890123458", "210000000001234567"), start=1)]),
])
def test_workbooks(bodega, name, products, errors):
    job = imported(bodega, case(name), name)
    fields = "name brand" if name.startswith("X04") else "name price"
    assert {sku: found(bodega.api, sku, fields) for sku in products} == products
    listed = [tuple(error[key] for key in ("row", "line", "column", "code", "value"))
              for error in bodega.api.errors(job["id"])]
    assert listed == errors


def test_dates_since_1904(bodega):
    for name, sku in (("X05_a.xlsx", "DT-1"), ("X06_a.xlsx", "DT-2")):
        imported(bodega, case(name), name, mapping='{"Datum": "attribute:Datum"}')
        value = bodega.api.get(f"/api/products/by-sku/{sku}").json()["custom_attributes"]["Datum"]
        assert value.startswith("1904-04-10") or value == "10.04.1904", value


@pytest.mark.parametrize("name, code, others", [
    ("X10_a.xlsx", "no_sku_column", ["Deckblatt", "Artikel"]), ("K28_a.xlsx", "no_sku_column", ["Deckblatt", "Artikel"]),
    ("K27_a.xlsx", "empty_file", ["Tabelle1", "Artikel"]),
])
def test_sheets_are_named(bodega, name, code, others):
    refused = bodega.api.upload(case(name), name, expect=422)
    assert (refused["code"], refused["sheets"]) == (code, others)
    assert "'Artikel'" in refused["detail"] and "sheet" in refused["detail"]
    assert imported(bodega, case(name), name, sheet="Artikel")["failed_rows"] == 0


@pytest.mark.parametrize("name, products, errors", [
    ("J01_a.json", {"JS-1": ("A", "1.50")}, []), ("J03_p.json", {"JM-1": ("A", "12.50")}, []),
    ("J06_a.ndjson", {"ND-1": ("A", "1.00"), "ND-2": None, "ND-3": ("C", "3.00")}, [(2, 4, "bad_json")]),
    ("J09_a.json", {"NA-1": None, "NA-2": ("B", "1.00")}, [(1, 1, "bad_json")]),
    ("J07_a.ndjson", {"ND-4": ("A", "1.00"), "ND-5": ("B", "2.00")}, []),
    ("J13_a.json", {"OO-1": ("A", "1.00")}, []), ("J15_a.json", {"U16-1": ("Öl", "1.00")}, []),
])
def test_json(bodega, name, products, errors):
    job = imported(bodega, case(name), name)
    assert {sku: found(bodega.api, sku) for sku in products} == products
    listed = [(error["row"], error["line"], error["code"]) for error in bodega.api.errors(job["id"])]
    assert listed == errors
    if errors:
        assert bodega.api.errors(job["id"])[0]["value"].startswith('{"sku":')


def test_lists_in_json(bodega):
    several = json.dumps({"brands": [{"name": "x"}], "products": [{"sku": "li-1", "name": "One"}]}).encode()
    refused = bodega.api.upload(several, "a.json", expect=422)
    assert (refused["code"], refused["lists"]) == ("several_lists", ["brands", "products"])
    assert imported(bodega, several, "a.json", items="products")["created_rows"] == 1
    assert bodega.api.upload(several, "a.json", items="product", expect=422)["code"] == "no_such_list"
    nested = gzip.compress(json.dumps({"data": {"products": [{"sku": "li-2", "name": "Two"}]}}).encode())
    assert imported(bodega, nested, "a.json.gz")["created_rows"] == 1
    assert bodega.api.upload(case("J02_products.json"), "J02.json", expect=422)["headers"][:2] == ["id", "title"]
    keyed = bodega.api.upload(case("J16_a.json"), "J16.json", expect=422)
    assert keyed["code"] == "no_sku_column" and keyed["headers"] == ["key", "name", "price"]
    imported(bodega, case("J16_a.json"), "J16.json", mapping='{"key": "sku"}')
    assert found(bodega.api, "KS-2") == ("B", "2.00")


def test_a_list_is_chosen_on_the_page(bodega):
    several = json.dumps({"brands": [{"name": "x"}], "products": [{"sku": "pg-1", "name": "One"}]}).encode()
    upload = bodega.api.upload(several, "a.json", unmapped="ask")
    assert upload["job"]["waiting_reason"] == "mapping"
    page = bodega.api.get(f"/imports/{upload['job_id']}/mapping").text
    assert 'name="items"' in page and ">products</option>" in page


def test_missing_where_rows_cannot_be_read(fresh):
    instance = fresh()
    base = case("DEACT_1_base.csv")
    assert instance.import_file(base)["created_rows"] == 40
    active = instance.api.get("/api/products?status=active&include=total").json()["total"]
    feed = case("DEACT_2_feed_missing=deactivate.csv")
    loose = instance.api.wait(instance.api.upload(feed, "feed.csv", missing="deactivate", guard="off")["job_id"])
    assert loose["status"] == "completed", loose
    assert instance.api.get("/api/products?status=active&include=total").json()["total"] >= active
    assert "missing_unknown" in [warning["code"] for warning in loose["result"]["warnings"]]
    job = planned(instance, instance.api.upload(feed, "feed.csv", missing="deactivate"))
    assert (job["status"], job["waiting_reason"]) == (WAITING, "guard"), job
    plan = instance.api.get(f"/api/jobs/{job['id']}/plan").json()
    assert [finding["kind"] for finding in plan["guard"]][0] == "unreadable_rows"
    assert "could not be read" in plan["guard"][0]["message"]
    page = instance.api.get(f"/imports/{job['id']}").text
    assert "could not be read" in page
    lines = feed.decode().splitlines(keepends=True)
    cut = gzip.compress("".join(lines[:20]).encode())[:-8]
    refused = instance.api.upload(cut, "feed.csv.gz", missing="deactivate", guard="off", expect=422)
    assert refused["code"] == "damaged_file"
    assert instance.api.get("/api/products?status=active&include=total").json()["total"] >= active


RAGGED = "sku,name,description,price,status\nra-1,One,,1.00,active\n,,,,\nra-2,Two\nra-3,Three,,3.00,active,,\n \t,,,\n" \
         "ra-4,Four,,4.00,active,x\nsku,name,description,price,status\nra-5,Five,text\n\"\",,,,\n,No number,,5.00,active\n"


def test_books_as_python_has_them(bodega):
    expected, catalogue = None, {}
    for content in (RAGGED.encode(), RAGGED.replace(",", ";").replace(".", ",").encode()):
        expected = Expectation(content, catalogue)
        job = imported(bodega, content, "a.csv")
        counts = {kind: job[f"{kind}_rows"] for kind in expected.counts}
        assert counts == dict(expected.counts), expected.errors
        listed = [(e["row"], e["line"], e["column"], e["code"]) for e in bodega.api.errors(job["id"])]
        assert listed == expected.errors and job["total_rows"] == expected.total


def test_exports_for_spreadsheets(bodega):
    texts = ["=1+1", "0012", "+49 30", "a;b,c|d", "two\nlines", "é 日本 😀", "_x000D_", "'quoted", " 8.4E+12"]
    rows = [{"sku": f"ex-{number}", "name": text.strip().replace("\n", " "), "description": text, "price": "12.50"}
            for number, text in enumerate(texts)] + [{"sku": "ex-big", "name": "Big", "price": "90071992547409.91"}]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    answer = bodega.api.patch("/api/products", data=body, headers={"Content-Type": "application/x-ndjson"})
    assert {json.loads(line)["status"] for line in answer.text.splitlines()} == {201}
    query = "?sku=ex-&sort=id"
    marked, plain = (bodega.api.get(f"/api/products.csv{query}{bom}").content for bom in ("&bom=1", ""))
    assert marked == b"\xef\xbb\xbf" + plain and plain.startswith(b"sku,")
    assert next(csv.reader(io.StringIO(marked.decode("utf-8-sig"))))[0] == "sku"
    answer = bodega.api.get(f"/api/products.xlsx{query}")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book["Products"]
    header = [cell.value for cell in sheet[1]]
    for row, cells in zip(rows, sheet.iter_rows(min_row=2), strict=True):
        cell = dict(zip(header, cells))
        assert (cell["sku"].value, cell["sku"].data_type) == (row["sku"], "s")
        # openpyxl leaves the escapes of the standard as they are.
        name, text = (row.get(field, "").replace("_x000D_", "_x005F_x000D_") for field in ("name", "description"))
        assert (cell["name"].value, cell["name"].data_type) == (name, "s")
        if row["sku"] != "ex-big":
            assert cell["description"].value == text
            assert (cell["price"].value, cell["price"].data_type) == (12.5, "n")
            assert cell["price"].number_format == "0.00"
        else:
            assert (cell["price"].value, cell["price"].data_type) == (row["price"], "s")
    before = bodega.digest()["digest"]
    job = imported(bodega, answer.content, "products.xlsx")
    assert (job["unchanged_rows"], job["failed_rows"]) == (len(rows), 0)
    assert bodega.digest()["digest"] == before
    folder = bodega.folder / "sheets"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    said = bodega.run("export", str(folder / "out.xlsx"), "--filter", "sku=ex-", "--sort", "id").stdout
    assert said == f"exported: {len(rows)} products\n"
    assert (folder / "out.xlsx").read_bytes() == answer.content
    bodega.run("export", str(folder / "out.csv"), "--filter", "sku=ex-", "--sort", "id", "--bom")
    assert (folder / "out.csv").read_bytes() == marked
    page = bodega.api.get(f"/products{query}").text
    assert "/api/products.csv?" in page and "bom=1" in page and "/api/products.xlsx?" in page
