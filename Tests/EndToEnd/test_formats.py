"""The same products in every format, made by other programs: each file must give the same catalogue and the same books."""

import contextlib
import csv
import gzip
import io
import json
import os
import random
import re
import shutil
import sqlite3
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from instance import wait_for

HEADER = ["sku", "name", "description", "price", "shelf"]
WORDS = "amber birch copper dune ember frost grove größe iris jade kestrel märz".split()


def products(seed=7, count=2_000):
    """Rows as text, some of them wrong; all characters are in Windows-1252."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        name = " ".join(chance.choices(WORDS, k=3))
        description = " ".join(chance.choices(WORDS, k=chance.randrange(12)))
        if chance.random() < 0.2:
            description += chance.choice([", with a comma", '; "quoted"', "\nin two lines", " €", " | bar"])
        price = f"{chance.randrange(1, 100_000) / 100:.2f}"
        fault = chance.random()
        if fault < 0.01:
            name = ""
        elif fault < 0.02:
            price = "-1"
        rows.append([f"{number:05d}", name, description.strip(), price, str(number % 7)])
    return rows


ROWS = products()
FAILED = sum(1 for row in ROWS if row[1] == "" or row[3] == "-1")


def delimited(delimiter=",", newline="\r\n", rows=ROWS, **arguments):
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator=newline, **arguments)
    writer.writerows([HEADER, *rows])
    return target.getvalue()


def zipped(name, content, **arguments):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content, **arguments)
    return target.getvalue()


def openpyxl_workbook(rows=ROWS):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Products"
    sheet.append(HEADER)
    for number, (sku, name, description, price, shelf) in enumerate(rows, start=2):
        sheet.append([int(sku), name or None, description, float(price), int(shelf)])
        sheet.cell(number, 1).number_format = "00000"
        sheet.cell(number, 4).number_format = "#,##0.00"
    book.create_sheet("Notes").append(["nothing", "of", "interest"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xlsxwriter_workbook(rows=ROWS, **options):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    sheet = book.add_worksheet("Products")
    cents = book.add_format({"num_format": "#,##0.00"})
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, HEADER)
    for index, (sku, name, description, price, shelf) in enumerate(rows, start=1):
        sheet.write_string(index, 0, sku)
        if " " in name and not options:
            first, rest = name.split(" ", 1)
            sheet.write_rich_string(index, 1, bold, first + " ", rest)
        else:
            sheet.write_string(index, 1, name)
        sheet.write_string(index, 2, description)
        sheet.write_number(index, 3, float(price), cents if not options else None)
        sheet.write_formula(index, 4, "=1", None, shelf)
    book.close()
    return target.getvalue()


def objects():
    return [dict(zip(HEADER, row)) | {"price": float(row[3])} for row in ROWS]


FILES = {
    "comma.csv": delimited().encode(),
    "semicolon.csv": delimited(";").encode(),
    "tab.tsv": delimited("\t", "\n").encode(),
    "bar.txt": delimited("|", "\n").encode(),
    "single.csv": delimited(quotechar="'", quoting=csv.QUOTE_ALL).encode(),
    "sep.csv": b"\xef\xbb\xbf" + ("sep=;\r\n" + delimited(";")).encode(),
    "utf16.csv": delimited("\t").encode("utf-16"),
    "utf16be.csv": b"\xfe\xff" + delimited().encode("utf-16-be"),
    "cp1252.csv": delimited(";").encode("cp1252"),
    "plain.csv.gz": gzip.compress(delimited().encode()),
    "cp1252.csv.gz": gzip.compress(delimited(";").encode("cp1252")),
    "plain.zip": zipped("folder/products.csv", delimited().encode()),
    "utf16.zip": zipped("products.txt", delimited("\t").encode("utf-16")),
    "openpyxl.xlsx": openpyxl_workbook(),
    "xlsxwriter.xlsx": xlsxwriter_workbook(),
    "inline.xlsx": xlsxwriter_workbook(constant_memory=True),
    "lines.ndjson": "\n".join(json.dumps(row) for row in objects()).encode(),
    "lines.jsonl.gz": gzip.compress("\n".join(json.dumps(row, ensure_ascii=False) for row in objects()).encode()),
    "array.json": json.dumps(objects(), indent=1).encode(),
    "array.zip": zipped("a.json", json.dumps(objects()).encode()),
}


@pytest.fixture(scope="module")
def loaded(bodega):
    """The catalogue as Python's own csv module would load it."""
    job = bodega.import_file(FILES["comma.csv"])
    assert job["status"] == "completed", job
    assert job["total_rows"] == len(ROWS) == len(list(csv.reader(io.StringIO(delimited())))) - 1
    assert (job["created_rows"], job["failed_rows"]) == (len(ROWS) - FAILED, FAILED)
    for row in ROWS[::211]:
        if row[1] and row[3] != "-1":
            product = bodega.api.get(f"/api/products/by-sku/{row[0]}").json()
            found = (product["sku"], product["name"], product["description"] or "", Decimal(product["price"]))
            assert found == (row[0], row[1], row[2], Decimal(row[3]))
    return job


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_the_same_catalogue(bodega, loaded, name):
    before = bodega.digest()["digest"]
    job = bodega.api.wait(bodega.api.upload(FILES[name], name, as_form="zip" in name)["job_id"])
    assert job["status"] == "completed", job
    counts = {kind: job[f"{kind}_rows"] for kind in ("total", "created", "updated", "unchanged", "skipped", "failed")}
    assert counts == {
        "total": len(ROWS), "created": 0, "updated": 0, "unchanged": len(ROWS) - FAILED, "skipped": 0, "failed": FAILED,
    }
    assert bodega.digest()["digest"] == before
    wrong = {(error["row"], error["code"]) for error in bodega.api.errors(job["id"])}
    assert wrong == {
        (index, "no_name" if row[1] == "" else "bad_price")
        for index, row in enumerate(ROWS, start=1) if row[1] == "" or row[3] == "-1"
    }


def test_lines_are_those_of_the_sheet(bodega):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B3"], sheet["C3"], sheet["D3"] = "sku", "name", "description"
    sheet["B5"], sheet["C5"], sheet["D5"] = "line-5", "Five", "two\nlines"
    sheet["B9"] = "line-9"
    sheet["B12"], sheet["C12"], sheet["F12"] = "line-12", "beyond", "the last column"
    target = io.BytesIO()
    book.save(target)
    job = bodega.api.wait(bodega.api.upload(target.getvalue(), "sparse.xlsx")["job_id"])
    errors = {(error["row"], error["line"], error["code"]) for error in bodega.api.errors(job["id"])}
    assert (job["total_rows"], job["created_rows"]) == (3, 1)
    assert errors == {(2, 9, "no_name"), (3, 12, "ragged_row")}


def test_lines_are_those_of_the_objects(bodega):
    content = b'{"sku":"j-1","name":"a"}\n\n{"sku":"j-3"}\n{"name":"no sku"}\n'
    job = bodega.api.wait(bodega.api.upload(content, "a.ndjson")["job_id"])
    errors = {(error["row"], error["line"], error["code"]) for error in bodega.api.errors(job["id"])}
    assert errors == {(2, 3, "no_name"), (3, 4, "no_sku")}


def test_options_win_over_what_is_found(bodega):
    book = openpyxl.Workbook()
    book.active.append(["sku", "name"])
    book.active.append(["first", "First sheet"])
    other = book.create_sheet("Größen")
    other.append(["sku", "name"])
    other.append(["second", "Second sheet"])
    target = io.BytesIO()
    book.save(target)
    upload = bodega.api.upload(target.getvalue(), "b.xlsx", sheet="Größen")
    assert upload["job"]["options"]["sheet"] == "Größen"
    assert bodega.api.wait(upload["job_id"])["created_rows"] == 1
    assert bodega.api.get("/api/products/by-sku/second").status_code == 200
    assert bodega.api.get("/api/products/by-sku/first").status_code == 404
    refused = bodega.api.upload(target.getvalue(), "b.xlsx", sheet="Nothing", expect=422)
    assert refused["code"] == "no_such_sheet" and "Größen" in refused["detail"]

    text = "sku:name\nchosen:one,two\n".encode("utf-16-le")
    job = bodega.api.wait(bodega.api.upload(text, delimiter=":", encoding="utf-16le", quote="none")["job_id"])
    assert job["created_rows"] == 1, job
    assert bodega.api.get("/api/products/by-sku/chosen").json()["name"] == "one,two"

    for option, value in [("delimiter", "ab"), ("delimiter", "é"), ("quote", "x"), ("encoding", "ebcdic")]:
        refused = bodega.api.upload("sku,name\n", expect=422, **{option: value})
        assert refused["errors"][0]["field"] == option and refused["errors"][0]["code"] == "bad_option"
        assert "takes" in refused["detail"]


REFUSED = {
    "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(100), 415, "not_a_table"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 415, "not_a_table"),
    "nul.csv": (b"sku,name\nA,\0\n", 415, "not_a_table"),
    "cut.gz": (gzip.compress(os.urandom(50_000))[:-9], 422, "damaged_file"),
    "empty.zip": (b"PK\5\6" + bytes(18), 422, "empty_archive"),
    "nested.zip": (zipped("a.zip", zipped("a.csv", "sku,name\n")), 422, "nested_archive"),
    "nested.gz": (gzip.compress(gzip.compress(b"sku,name\n")), 422, "nested_archive"),
    "workbook.zip": (zipped("a.xlsx", openpyxl_workbook(ROWS[:3])), 422, "nested_archive"),
    "bad.json": (b'[{"sku": "A"}, oops]', 422, "bad_json"),
    "nan.json": (b'[{"sku": NaN}]', 422, "bad_json"),
    "empty.json": (b"[]", 422, "empty_file"),
    "deep.json": (b'[{"sku":' + b"[" * 100 + b"]" * 100 + b"}]", 422, "nested_too_deep"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_at_once(bodega, name):
    content, status, code = REFUSED[name]
    refused = bodega.api.upload(content, name, expect=status)
    assert refused["code"] == code
    assert "/" not in refused["detail"].replace("n/a", ""), "no path of the system"


def test_several_files_and_too_many(bodega):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", "sku,name\n")
        archive.writestr("b.csv", "sku,name\n")
    refused = bodega.api.upload(target.getvalue(), "two.zip", expect=422)
    assert refused["code"] == "several_files" and "'a.csv', 'b.csv'" in refused["detail"]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"f{number}", "")
    assert bodega.api.upload(target.getvalue(), "many.zip", expect=422)["code"] == "too_many_entries"


def bomb_workbook():
    """A sheet of 300 MB of nothing but blank cells."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsxwriter_workbook(ROWS[:2]))) as source, \
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", b" " * 300_000_000 + b"</sheetData>")
            archive.writestr(item.filename, content)
    return target.getvalue()


@pytest.mark.parametrize("name,content", [
    ("bomb.csv.gz", lambda: gzip.compress(b"sku,name\n" + b"a,b\n" * 75_000_000)),
    ("bomb.xlsx", bomb_workbook),
    ("bomb.zip", lambda: zipped("a.csv", b"sku,name\n" + b"A" * 300_000_000)),
])
def test_bombs_are_refused_without_filling_disk_or_memory(bodega, name, content):
    free, spool = shutil.disk_usage(bodega.data).free, bodega.data / "spool"
    tables = set(spool.rglob("*.table"))
    if name == "bomb.xlsx":
        # The sheet is looked at for 200 rows before the upload is accepted, and blows up on the way.
        refused = bodega.api.upload(content(), name, expect=422)
        assert refused["code"] == "too_compressed" and "200 times as large" in refused["detail"]
    else:
        job = bodega.api.wait(bodega.api.upload(content(), name)["job_id"])
        assert job["status"] == "failed", job
        assert "200 times as large" in job["error_message"] and job["processed_rows"] == 0
    assert free - shutil.disk_usage(bodega.data).free < 100 << 20
    assert not list(spool.rglob("*.new")) and set(spool.rglob("*.table")) == tables


def test_a_damaged_end_fails_before_the_first_row(bodega):
    whole = gzip.compress(delimited(rows=[[f"cut-{row[0]}", *row[1:]] for row in ROWS] * 100).encode())
    job = bodega.api.wait(bodega.api.upload(whole[:-20], "cut.csv.gz")["job_id"])
    assert job["status"] == "failed" and "ends too early" in job["error_message"]
    assert job["processed_rows"] == 0
    assert bodega.api.get("/api/products/by-sku/cut-00001").status_code == 404


def test_invalid_characters_fail_their_row_only(bodega):
    text = "sku,name\n".encode("utf-16-le") + "u-1,a".encode("utf-16-le") + b"\x00\xd8" + "\nu-2,b\n".encode("utf-16-le")
    job = bodega.api.wait(bodega.api.upload(b"\xff\xfe" + text, "surrogate.csv")["job_id"])
    assert (job["created_rows"], job["failed_rows"]) == (1, 1)
    assert [(e["row"], e["code"]) for e in bodega.api.errors(job["id"])] == [(1, "not_utf8")]


@pytest.mark.parametrize("point", ["before-table-rename", "after-table-rename"])
def test_a_worker_killed_while_it_converts(fresh, point):
    instance = fresh(variables={"BODEGA_FAILPOINT": f"{point}:1"})
    upload = instance.api.upload(FILES["xlsxwriter.xlsx"], "a.xlsx")
    # Each worker dies at this point: its first attempt here, and the next one too when it converts again.
    wait_for(lambda: instance.api.job(upload["job_id"])["attempt"] > 1, "a second attempt")
    instance.down()
    instance.variables = {}
    instance.up()
    instance.client = None
    job = instance.api.wait(upload["job_id"])
    if job["status"] == "failed":
        assert instance.api.post(f"/api/jobs/{job['id']}/retry").status_code == 202
        job = instance.api.wait(upload["job_id"])
    assert (job["status"], job["created_rows"], job["failed_rows"]) == ("completed", len(ROWS) - FAILED, FAILED)
    assert not list((instance.data / "spool").rglob("*.new"))


def test_the_page_says_what_was_found(bodega, loaded):
    def facts(job_id):
        page = bodega.api.get(f"/imports/{job_id}").text
        return {term: re.sub(r"<[^>]+>", "", text).strip() for term, text in
                re.findall(r"<dt>([^<]+)</dt><dd[^>]*>(.*?)</dd>", page, re.S)}

    job = bodega.api.wait(bodega.api.upload(FILES["cp1252.csv.gz"], "a.csv.gz")["job_id"])
    found = facts(job["id"])
    assert found["Format"] == "Delimited text, compressed with gzip"
    assert (found["Delimiter"], found["Encoding"]) == ("Semicolon", "Windows-1252")
    job = bodega.api.wait(bodega.api.upload(FILES["openpyxl.xlsx"], "a.xlsx", sheet="products")["job_id"])
    found = facts(job["id"])
    assert found["Format"] == "Excel workbook"
    assert found["Sheet"].startswith("Products (chosen)") and "Notes" in found["Sheet"]


def test_300_000_rows_of_a_workbook_fit_into_128_mb(fresh):
    target = fresh()
    path = target.folder / "big.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": False})
    sheet = book.add_worksheet()
    chance = random.Random(1)
    sheet.write_row(0, 0, HEADER)
    for row in range(1, 300_001):
        sheet.write_string(row, 0, f"BIG-{row:07d}")
        sheet.write_string(row, 1, f"Product {row} {chance.choice(WORDS)}")
        sheet.write_string(row, 2, " ".join(chance.choices(WORDS, k=14)))
        sheet.write_number(row, 3, chance.randrange(100, 100_000) / 100)
        sheet.write_number(row, 4, row % 9)
    book.close()
    path.chmod(0o644)
    job = target.api.wait(target.api.upload(path, "big.xlsx")["job_id"], timeout=180)
    assert (job["status"], job["created_rows"]) == ("completed", 300_000), job
    with contextlib.closing(sqlite3.connect(f"file:{target.data}/bodega.db?mode=ro", uri=True)) as database:
        peak = database.execute("SELECT peak_memory_bytes FROM job").fetchone()[0]
    print(f"peak memory of 300,000 rows: {peak / 1e6:.0f} MB")
    assert peak <= 128 << 20


def test_the_command_reads_every_format(fresh):
    instance = fresh()
    instance.down()
    for done, name in enumerate(["cp1252.csv.gz", "openpyxl.xlsx", "array.zip"], 1):
        path = instance.folder / name
        path.write_bytes(FILES[name])
        path.chmod(0o644)
        ended = instance.run("import", path, "--review", "--yes", check=False)
        assert f"{len(ROWS)} of {len(ROWS)} rows" in ended.stdout, ended.stdout + ended.stderr
        # What it was converted to is kept as long as an upload, one table an import, so that its plan can be shown.
        assert len(list((instance.data / "spool").rglob("*.table"))) == done
    ended = instance.run("import", instance.folder / "openpyxl.xlsx", "--sheet", "None", check=False)
    assert ended.returncode == 64 and "no sheet 'None'" in ended.stderr
    instance.up()
    jobs = instance.api.get("/api/jobs").json()["items"]
    assert len(jobs) == 3
    for job in jobs:
        every = "state=create,update,unchanged,skip,reject&limit=1&include=total"
        plan = instance.api.get(f"/api/jobs/{job['id']}/plan?{every}")
        assert plan.status_code == 200 and plan.json()["total"] == len(ROWS), plan.text[:500]
    assert not [path for path in instance.folder.iterdir() if path.suffix in (".table", ".plan")]
