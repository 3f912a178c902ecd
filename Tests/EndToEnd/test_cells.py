"""What cells mean, file by file: each expected value is worked out here by Python's own csv, json, decimal and openpyxl."""

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest

from instance import ROOT

EURO = Decimal("0.01")


def product(bodega, sku):
    answer = bodega.api.get(f"/api/products/by-sku/{sku}")
    return answer.json() if answer.status_code == 200 else None


def planned(bodega, content, filename):
    """The prices that a plan shows by SKU, the job carried out, and its refused rows."""
    job = bodega.api.wait(bodega.api.upload(content, filename, review="1")["job_id"],
                          until=lambda job: job["status"] == "awaiting_confirmation")
    rows = bodega.api.get(f"/api/jobs/{job['id']}/plan?state=create,update&limit=200").json()["items"]
    prices = {row["sku"]: next((change["after"] for change in row["changes"] if change["field"] == "price"), None) for row in rows}
    assert bodega.api.post(f"/api/jobs/{job['id']}/confirm").status_code in (200, 202)
    job = bodega.api.wait(job["id"])
    return prices, job, {error["row"]: error["code"] for error in bodega.api.errors(job["id"])}


# The stored number and its format; what it is as a price is the stored one, rounded where all cents are shown.
NUMBERS = [
    (1234.5, '#,##0.00 "€"'), (12.5, "[$€-407] #,##0.00"), (12.5, "0.000"), (12.5, "0.0000"), (1234.5, "#,##0.000"),
    (0.30000000000000004, "General"), (12.49, "0"), (12.49, "#,##0"), (12.25, "0.0"), (1250, "0.00E+00"), (12.5, "@"),
    (14.8631, "0.00"), (19.99, "General"), (0.01, "General"), (12500, "#,##0.00,"), (12.345, "General"), (14.8631, "0"),
    (12.5, '"$"#,##0.00'), (12.5, "[$CHF] 0.00"), (0.125, "0%"), (45000, "yyyy-mm-dd"),
]


def price_of(value, code):
    """None for what is refused."""
    if "$\"" in code or "CHF" in code or "%" in code or "yy" in code:
        return None
    exact = Decimal(f"{value:.15g}")
    rounded = exact.quantize(EURO, rounding="ROUND_HALF_UP")
    return str(rounded) if rounded == exact or code == "0.00" else None


def test_numbers_of_a_workbook(bodega):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["sku", "name", "price"])
    for index, (value, code) in enumerate(NUMBERS):
        sheet.append([f"nf-{index}", f"Format {code}", value])
        sheet.cell(index + 2, 3).number_format = code
    target = io.BytesIO()
    book.save(target)
    wanted = {f"nf-{index}": price_of(*cell) for index, cell in enumerate(NUMBERS)}
    shown, job, errors = planned(bodega, target.getvalue(), "numbers.xlsx")
    assert shown == {sku: price for sku, price in wanted.items() if price}
    assert job["failed_rows"] == len(errors) == sum(price is None for price in wanted.values())
    assert set(errors.values()) == {"bad_price"}, "a number is never ambiguous"
    for sku, price in wanted.items():
        found = product(bodega, sku)
        assert (found and found["price"]) == price, sku


def test_numbers_of_json(bodega):
    text = ('[{"sku":"jn-1","name":"A","price":1e2},{"sku":"jn-2","name":"B","price":19.990000000000002},'
            '{"sku":"jn-3","name":"C","price":10.0},{"sku":"jn-4","name":"D","price":10.0000},{"sku":"jn-5","name":"E","price":0.1},'
            '{"sku":"jn-6","name":"F","price":12.345},{"sku":"jn-7","name":"G","price":1234.500},{"sku":"jn-8","name":"H","price":"12.500"}]')
    for suffix, content in (("json", text), ("ndjson", "\n".join(text[1:-1].replace("},{", "}\n{").splitlines()))):
        content = content.replace("jn-", f"{suffix}n-")
        wanted = {}
        for record in json.loads(text.replace("jn-", f"{suffix}n-"), parse_float=lambda number: Decimal(f"{float(number):.15g}")):
            price = record["price"]
            wanted[record["sku"]] = str(price.quantize(EURO)) if not isinstance(price, str) and price == price.quantize(EURO) else None
        shown, job, errors = planned(bodega, content.encode(), f"numbers.{suffix}")
        assert shown == {sku: price for sku, price in wanted.items() if price}
        assert errors == {6: "bad_price", 8: "ambiguous_price"}, "a text of JSON is read like any other text"
        again = bodega.api.wait(bodega.api.upload(content.encode(), f"again.{suffix}")["job_id"])
        assert (again["unchanged_rows"], again["failed_rows"]) == (6, 2)


def test_a_number_stays_one_in_the_failing_rows(bodega):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["sku", "name", "price"], ["fr-1", None, 12.5], ["fr-2", "Two", 1.5]):
        sheet.append(row)
    sheet.cell(2, 3).number_format = "0.000"
    target = io.BytesIO()
    book.save(target)
    job = bodega.api.wait(bodega.api.upload(target.getvalue(), "failing.xlsx")["job_id"])
    assert job["failed_rows"] == 1
    rows = bodega.api.get(f"/api/jobs/{job['id']}/errors.csv").content.decode()
    assert '"12.500"' in rows
    answer = bodega.api.post(f"/api/jobs/{job['id']}/repair", data=rows.replace("fr-1,,", "fr-1,One,").encode(),
                             headers={"X-Filename": "errors.csv"})
    assert answer.status_code == 202, answer.text
    assert bodega.api.wait(job["id"])["failed_rows"] == 0
    assert (product(bodega, "fr-1")["price"], product(bodega, "fr-1")["name"]) == ("12.50", "One")


def delimited(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_guards_marks_and_controls_in_every_format(bodega, form):
    rows = [["sku", "name", "upc", "published", "price"],
            [f'="{form}-1"', "Lamp\nwhite", "'4006381333931", "'-1", "'12.50"],
            [f"\u200b{form}-2\ufeff", "\u200bShade\u2060", "4 006381 333931", "Sí", "12,- €"],
            [f"{form}-3", "Two\u000bparts" if form != "xlsx" else "Two\tparts", "does not apply", "0.0", ".50"],
            [f"{form}-4", "A", "36000291452", "Черновик", "Euro 12,00"]]
    if form == "csv":
        content = delimited(rows)
    elif form == "json":
        content = json.dumps([dict(zip(rows[0], row)) for row in rows[1:]]).encode()
    else:
        book = openpyxl.Workbook()
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                cell = book.active.cell(place, column)
                cell.value, cell.data_type = value, "s"
        target = io.BytesIO()
        book.save(target)
        content = target.getvalue()
    job = bodega.api.wait(bodega.api.upload(content, f"guards.{form}")["job_id"])
    assert job["created_rows"] == 4, bodega.api.errors(job["id"])
    found = [product(bodega, f"{form}-{number}") for number in range(1, 5)]
    assert [item["name"] for item in found] == ["Lamp white", "Shade", "Two parts", "A"]
    assert [item["upc"] for item in found] == ["4006381333931", "4006381333931", None, "036000291452"]
    assert [item["status"] for item in found] == ["draft", "active", "draft", "draft"]
    assert [item["price"] for item in found] == ["12.50", "12.00", "0.50", "12.00"]
    warned = {(item["code"], item["column"]): item["count"] for item in job["result"]["warnings"]}
    assert warned[("control_character", "name")] == 2 and warned[("stripped_zeros", "upc")] == 1
    assert warned[("invisible_characters", "sku")] == 1 and warned[("invisible_characters", "name")] == 1


def test_a_shortened_code_never_replaces_a_good_one(bodega):
    bodega.import_file("sku,name,upc\ngc-1,A,4006381333931\n")
    for blank in ("keep", "clear", "default"):
        job = bodega.import_file(f"sku;name;upc\ngc-1;A {blank};4,00638E+12\ngc-{blank};New;4.00638E+12\n", blank=blank)
        assert (job["updated_rows"], job["created_rows"]) == (1, 1)
        assert [(item["code"], item["count"]) for item in job["result"]["warnings"]] == [("scientific_identifier", 2)]
        assert product(bodega, "gc-1")["upc"] == "4006381333931"
        assert product(bodega, f"gc-{blank}")["upc"] is None
    again = bodega.import_file("sku,upc\ngc-1,4006380000000\n")
    assert again["unchanged_rows"] == 1 and again["result"]["warnings"][0]["code"] == "scientific_identifier"


def test_marks_before_the_header_are_said_once(bodega):
    job = bodega.import_file("\ufeff\ufeffsku,name\u200b,price\nbm-1,A,1.00\n".encode())
    assert job["created_rows"] == 1
    assert [(item["code"], item["column"], item["count"]) for item in job["result"]["warnings"]] == [
        ("invisible_characters", "name", 1)]
    job = bodega.import_file("\ufeff\ufeff\"sku\",name,price\nbm-1,A,1.00\n".encode())
    assert job["unchanged_rows"] == 1
    assert [(item["code"], item["column"]) for item in job["result"]["warnings"]] == [("invisible_characters", "sku")]
    # A SKU that differs only by them is that product.
    job = bodega.import_file("sku,name\n\u200bbm-1\u200d,Other\n".encode())
    assert (job["updated_rows"], product(bodega, "bm-1")["name"]) == (1, "Other")


CASES = {
    "A01_catalog_product.csv": {"MG-1": "10.00", "MG-2": "9.99", "MG-3": None},
    "A03_p.csv": {"T-1": "0.50", "T-2": None, "T-3": "0.99", "T-4": "1234.50"},
    "J04_a.json": {"JF-1": "100.00", "JF-2": "19.99", "JF-3": "10.00", "JF-4": "10.00", "JF-5": "0.10", "JF-6": None,
                   "JF-7": "1234.50"},
    "X07_a.xlsx": {"NF-05": "12.50", "NF-06": "12.50", "NF-07": "1234.50", "NF-11": "12.49", "NF-12": "12.49", "NF-17": None},
}


@pytest.mark.parametrize("name", CASES)
def test_files_of_shops(bodega, name):
    path = ROOT.parent / "shared/cases/imports" / name
    if not path.is_file():
        pytest.skip(f"{name} is absent")
    bodega.api.wait(bodega.api.upload(path.read_bytes(), name)["job_id"])
    for sku, price in CASES[name].items():
        found = product(bodega, sku)
        assert (found and found["price"]) == price, sku
