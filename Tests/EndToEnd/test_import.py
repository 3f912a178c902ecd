"""Imports through the API: every count against an independent reader, every refusal with its documented answer."""

import json
import os
import random
import re
import signal

import pytest
import requests

from instance import FINAL, shared_file, spooled, wait_for
from reference import Expectation

WORDS = "amber birch copper dune ember frost grove harbour iris jade kestrel linden märz Ωmega 漆 naïve".split()


def check(instance, content, catalogue, mapping=None, **options):
    """Imports and compares everything that can be counted; returns the job."""
    expected = Expectation(content, catalogue, mapping)
    before = instance.digest()
    if mapping:
        options["mapping"] = mapping
    job = instance.import_file(content, **options)
    after = instance.digest()
    errors = instance.api.errors(job["id"])
    assert job["status"] == "completed", job
    assert job["total_rows"] == expected.total
    assert job["processed_rows"] == expected.total
    counted = {kind: job[f"{kind}_rows"] for kind in expected.counts}
    assert counted == dict(expected.counts)
    assert sum(counted.values()) == job["processed_rows"]
    assert after["products"] - before["products"] == job["created_rows"]
    assert after["products"] == len(catalogue)
    assert after["revisions"] - before["revisions"] == job["created_rows"] + job["updated_rows"]
    assert after["most_revisions_per_job_and_product"] <= 1
    assert len({error["row"] for error in errors}) == job["failed_rows"]
    found = [(error["row"], error["line"], error["column"], error["code"]) for error in errors]
    assert sorted(found, key=str) == sorted(expected.errors, key=str)
    return job


def table(rows, header="sku,name,description,price,status", newline="\n"):
    return (newline.join([header, *rows]) + newline).encode()


def quoted(value):
    return '"' + value.replace('"', '""') + '"'


def many_rows(seed, count):
    """Every trap that a file may hold, at random: quotes, line breaks, duplicates in other case, bad rows."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        sku = f"SKU-{number}"
        if rows and chance.random() < 0.05:
            twin = f"SKU-{chance.randrange(number)}"
            sku = twin.lower() if chance.random() < 0.5 else f" {twin} "
        name = " ".join(chance.choices(WORDS, k=3))
        description = " ".join(chance.choices(WORDS, k=chance.randrange(0, 12)))
        if chance.random() < 0.2:
            description += chance.choice([', with a comma', ' and a "quote"', "\nin two lines", "\r\nas Windows does", ""])
        amount = chance.choice(["", "1", "12.5", "12,50", "1.234,56", "1,234.56", "0.05", "99999"])
        status = chance.choice(["", "active", "Draft", "ARCHIVED"])
        fault = chance.random()
        if fault < 0.01:
            sku = ""
        elif fault < 0.02:
            amount = chance.choice(["-1", "1e3", "$5", "1.005,1234", "abc", "1,234", "12.345"])
        elif fault < 0.03:
            status = "sold"
        elif fault < 0.04:
            name = ""
        row = [quoted(cell) if chance.random() < 0.3 or set(cell) & set(',"\n\r') else cell
               for cell in (sku, name, description, amount, status)]
        if 0.04 <= fault < 0.05:
            row = row[:3] if chance.random() < 0.5 else [*row, "more"]
        rows.append(",".join(row))
        if chance.random() < 0.01:
            rows.append("")
    return rows


FILES = {
    "plain": table(["a,Apple,,1.20,", "b,Birch,,,draft"]),
    "quotes": table(['a,"A ""great"" apple","x,y",1.2,', 'b,5" pipe,"",2,', '"c d",two,"three\n\nlines",3,', '"e","a name\nof two lines",,4,']),
    "windows line ends": table(["a,Apple,,1,", 'b,Birch,"in two\r\nlines",2,'], newline="\r\n"),
    "byte order mark": b"\xef\xbb\xbf" + table(["a,Apple,,1,"]),
    "byte order mark before a quoted name": b"\xef\xbb\xbf" + table(["a,Apple"], header='"sku","name"'),
    "no line end at the end": table(["a,Apple,,1,", "b,Birch,,2,"])[:-1],
    "blank lines": table(["", "a,Apple,,1,", "", "", "b,Birch,,x,", ""]),
    "header in other words": table(["a,Apple,5"], header="S_K-U,NAME, Pri ce"),
    "unknown columns": table(["a,red,Apple,7"], header="sku,colour,name,shelf"),
    "duplicates in other case": table(["Straße,One,,1,", "STRASSE,Two,,2,", "  strasse ,Three,,3,", "É,four,,4,",
                                       "E\u0301,five,,5,"]),
    "the last duplicate fails": table(["a,Apple,,1,", "A,Apple,,minus,"]),
    "a duplicate that fails is skipped": table(["a,Apple,,minus,", "A,Apple,,1,"]),
    "bad rows": table([",Nameless,,1,", "a,,,1,", "b,Birch,,1.2.3.,", "c,Copper,,-1,", "d,Dune,,\"1,234\",", "e,Ember,,,gone",
                       "f,Frost", "g,Grove,,1,,", f"{'h' * 129},Harbour,,1,", "i\tj,Iris,,1,", "k,,,x,gone"]),
    "many rows": table(many_rows(seed=2, count=20_000)),
    "many rows of Windows": table(many_rows(seed=3, count=5_000), newline="\r\n"),
}


@pytest.mark.parametrize("name", FILES)
def test_books_balance(fresh, name):
    """First load, the same file again, and the same with other prices."""
    instance, catalogue, content = fresh(), {}, FILES[name]
    first = check(instance, content, catalogue)
    again = check(instance, content, catalogue)
    assert again["created_rows"] == 0 and again["updated_rows"] == 0
    assert again["unchanged_rows"] == first["created_rows"]
    if name.startswith("many"):
        changed = re.sub(rb"(?m),12\.5,", b",13.5,", content)
        assert check(instance, changed, catalogue)["updated_rows"] > 100


def test_row_errors_say_where_and_what(bodega):
    content = b'sku,description,price,name\r\nbad-1,,one,Apple\r\nbad-2,"Two\r\nlines",1,B\r\n\r\n,,"1,234",\r\n'
    errors = bodega.api.errors(bodega.import_file(content)["id"])
    assert [(e["row"], e["line"], e["column"], e["code"], e["value"]) for e in errors] == [
        (1, 2, "price", "bad_price", "one"), (3, 6, "sku", "no_sku", ""), (3, 6, "price", "ambiguous_price", "1,234")
    ]
    for error in errors:
        at = error["byte_offset"]
        assert content[at:at + error["byte_length"]].rstrip(b"\r\n") in content.split(b"\r\n")
        assert len(error["message"]) > 20


def test_broken_quotes(bodega):
    """What Python's reader lets pass: the contract names these codes."""
    content = b'sku,name\nq1,"Apple"x\nq2,Birch\nq3,"never closed\nq4,Copper\n'
    job = bodega.import_file(content)
    errors = [(error["row"], error["line"], error["code"]) for error in bodega.api.errors(job["id"])]
    assert errors == [(1, 2, "bad_quote"), (3, 4, "unclosed_quote")]
    assert (job["total_rows"], job["created_rows"], job["failed_rows"]) == (3, 1, 2)


def test_a_line_of_ten_megabytes(bodega):
    """It fails as one row; those around it are imported."""
    content = b"sku,name,description\nlong-1,Before,x\nlong-2,Long," + b"y" * (10 << 20) + b"\nlong-3,After,z\n"
    job = bodega.import_file(content)
    assert [(e["row"], e["line"], e["code"]) for e in bodega.api.errors(job["id"])] == [(2, 3, "record_too_long")]
    assert (job["created_rows"], job["failed_rows"], job["processed_rows"]) == (2, 1, 3)
    only = bodega.import_file(b"sku,name\nlong-4," + b"z" * (10 << 20))
    assert (only["status"], only["total_rows"], only["failed_rows"]) == ("completed", 1, 1)


def test_both_ways_of_sending_give_the_same(fresh):
    digests = []
    for as_form in (False, True):
        instance = fresh()
        job = instance.import_file(FILES["quotes"], as_form=as_form, filename="Früchte & mehr.csv")
        assert job["filename"] == "Früchte & mehr.csv"
        assert (job["status"], job["created_rows"]) == ("completed", 4)
        assert job["failed_rows"] == 0
        digests.append(instance.digest()["digest"])
    assert digests[0] == digests[1]


def test_parts_in_any_order(bodega):
    """The file may stand before the options and the token."""
    form = [("file", ("x.csv", b"Article,Title\norder-1,Apple\n")), ("mapping", (None, '{"Article":"sku","Title":"name"}')),
            ("csrf_token", (None, bodega.api.headers["X-CSRF-Token"]))]
    session = requests.Session()
    session.cookies.update(bodega.api.cookies)
    answer = session.post(f"{bodega.url}/api/upload-csv", files=form)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/api/jobs/{answer.json()['job_id']}"
    assert bodega.api.wait(answer.json()["job_id"])["created_rows"] == 1


def test_upload_with_a_token(bodega):
    token = bodega.token("run:imports", "read:jobs")
    answer = requests.post(f"{bodega.url}/api/upload-csv", data=b"sku,name\ntoken-1,Apple\n",
                           headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 202, answer.text
    assert bodega.api.wait(answer.json()["job_id"])["created_rows"] == 1
    weak = bodega.token("read:jobs")
    answer = requests.post(f"{bodega.url}/api/upload-csv", data=b"sku,name\ntoken-2,Apple\n",
                           headers={"Authorization": f"Bearer {weak}"})
    assert answer.status_code == 403 and answer.headers["Content-Type"].startswith("application/problem+json")


def test_options(fresh):
    instance = fresh()
    assert instance.import_file("sku,name,price\na,Apple,1\n")["created_rows"] == 1
    job = instance.import_file("sku,name,price\na,Apricot,2\nb,Birch,3\n", mode="create")
    assert (job["created_rows"], job["skipped_rows"]) == (1, 1)
    job = instance.import_file("sku,name,price\na,Apricot,2\nc,Copper,3\n", mode="update")
    assert (job["updated_rows"], job["skipped_rows"]) == (1, 1)
    job = instance.import_file("sku,name,price\na,Apricot,\n", blank="keep")
    assert job["unchanged_rows"] == 1
    job = instance.import_file("sku,name,price\na,Apricot,\n", blank="clear")
    assert job["updated_rows"] == 1
    job = instance.import_file("sku,name\nd,One\nD,Two\nd,Three\n", duplicates="first")
    assert (job["created_rows"], job["skipped_rows"]) == (1, 2)
    assert instance.import_file("sku,name\nd,One\n")["unchanged_rows"] == 1
    assert instance.digest()["products"] == 3


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb0043") + bytes(range(256)) * 8
REFUSALS = [
    ("a picture", JPEG, {}, 415, "not_a_table"),
    ("NUL bytes", b"sku,name\na\0b,c\n", {}, 415, "not_a_table"),
    ("half a spreadsheet", b"PK\x03\x04\x14\0\x06\0" + bytes(100), {}, 422, "damaged_file"),
    ("an empty file", b"", {}, (400, 422), ("no_file", "empty_file")),
    ("nothing but a byte order mark", b"\xef\xbb\xbf", {}, 422, "empty_file"),
    ("no SKU column", b"article,name\na,Apple\n", {}, 422, "no_sku_column"),
    ("a column twice", b"sku,name,SKU\na,Apple,b\n", {}, 422, "duplicate_column"),
    ("two columns for a field", b"sku,name,title\na,b,c\n", {"mapping": {"name": "name", "title": "name"}}, 422,
     "duplicate_column"),
    ("a mapping of a column that is not there", b"sku,name\na,b\n", {"mapping": {"Artikel": "sku"}}, 422,
     "missing_column"),
    ("a mapping to no field", b"sku,name\na,b\n", {"mapping": {"name": "colour"}}, 422, None),
    ("a mapping that is no JSON", b"sku,name\na,b\n", {"mapping": "{"}, 400, "bad_mapping"),
    ("a bad option", b"sku,name\na,b\n", {"mode": "sideways"}, 422, None),
    ("an unknown option", b"sku,name\na,b\n", {"moed": "upsert"}, 400, None),
]


@pytest.mark.parametrize("as_form", [False, True], ids=["raw", "form"])
@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case[0])
def test_refusals(bodega, case, as_form):
    _, content, options, status, code = case
    jobs = bodega.api.get("/api/jobs?include=total&limit=1").json()["total"]
    digest = bodega.digest()
    if as_form and isinstance(status, tuple):
        status, code = 422, "empty_file"
    if options.get("mapping") and not isinstance(options["mapping"], str):
        options = {"mapping": json.dumps(options["mapping"])}
    if as_form:
        answer = bodega.api.post("/api/upload-csv", data=options, files={"file": ("x.csv", content)})
    else:
        answer = bodega.api.post("/api/upload-csv", params=options, data=content)
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == answer.status_code and problem["title"] and problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert problem["instance"] == "/api/upload-csv"
    if code:
        assert problem["code"] in (code if isinstance(code, tuple) else (code,)), problem
    else:
        assert problem.get("errors") or problem.get("code"), problem
    if problem.get("code") == "no_sku_column":
        assert problem["headers"] == ["article", "name"]
    assert bodega.api.get("/api/jobs?include=total&limit=1").json()["total"] == jobs
    assert bodega.digest() == digest


def test_no_file_and_two_files(bodega):
    for files, code in [
        ([("mode", (None, "upsert"))], "no_file"),
        ([("file", ("a.csv", b"sku,name\na,b\n")), ("file", ("b.csv", b"sku,name\nc,d\n"))], "one_file"),
    ]:
        answer = bodega.api.post("/api/upload-csv", files=files)
        assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text


def test_options_in_both_places(bodega):
    answer = bodega.api.post("/api/upload-csv?mode=create", data={"mode": "update"}, files={"file": b"sku,name\na,b\n"})
    assert answer.status_code == 400, answer.text


def test_header_alone_completes_with_zeros(bodega):
    for content in ("sku,name\n", "sku,name", "\ufeffsku,name\r\n\r\n"):
        job = bodega.import_file(content)
        assert job["status"] == "completed"
        assert [job[f"{kind}_rows"] for kind in
                ("total", "processed", "created", "updated", "unchanged", "skipped", "failed")] == [0] * 7


def test_refused_bodies_are_not_kept(fresh):
    instance = fresh()
    for _ in range(5):
        instance.api.upload(JPEG, expect=415)
        instance.api.upload(b"article,name\na,b\n", as_form=True, expect=422)
    # nginx removes a body when its request is over, a moment after the answer.
    wait_for(lambda: not spooled(instance), lambda: spooled(instance))


@pytest.mark.parametrize("passage", [1, 2, 3])
def test_a_broken_counter_fails_the_job(fresh, passage):
    """The books are not believed: a run that does not balance cannot call itself completed."""
    instance = fresh(variables={"BODEGA_FAILPOINT": f"break-counter:{passage}"})
    job = instance.import_file("sku,name\na,Apple\nb,Birch\n")
    assert job["status"] == "failed"
    assert "balance" in job["error_message"]
    assert instance.digest()["products"] == 2


REAL_FILES = [
    ("x-wines/XWines_Slim_1K_wines.csv", {"WineID": "sku", "WineName": "name"}),
    ("x-wines/XWines_Test_100_wines.csv", {"WineID": "sku", "WineName": "name"}),
    ("feeds/woocommerce/sample_products.csv", {}),
]


@pytest.mark.parametrize("path, mapping", REAL_FILES, ids=lambda value: value if isinstance(value, str) else "")
def test_real_files(fresh, path, mapping):
    """Those whose products have no SKU are in test_shop_files.py and in Tests/RealFiles."""
    content = shared_file(path).read_bytes()
    instance, catalogue = fresh(), {}
    job = check(instance, content, catalogue, mapping)
    assert job["total_rows"] > 10
    again = check(instance, content, catalogue, mapping)
    assert again["created_rows"] == 0 and again["updated_rows"] == 0


def test_retry_and_cancel_of_what_is_over(bodega):
    job = bodega.import_file("sku,name\nover-1,Apple\n")
    for action in ("retry", "cancel"):
        answer = bodega.api.post(f"/api/jobs/{job['id']}/{action}")
        assert answer.status_code == 409, answer.text
        assert answer.json()["code"] == "wrong_state"


def test_cancel_between_batches_and_go_on(fresh):
    """What was imported stays; a retry goes on at the next row."""
    instance, catalogue, rows = fresh(), {}, 400_000
    content = table([f"c{number},Name {number} {'word ' * 20},,1," for number in range(rows)])
    expected = Expectation(content, catalogue)
    job_id = instance.api.upload(content)["job_id"]
    instance.api.wait(job_id, until=lambda job: job["processed_rows"] > 0 or job["status"] in FINAL)
    assert instance.api.post(f"/api/jobs/{job_id}/cancel").status_code == 202
    job = instance.api.wait(job_id)
    assert job["status"] == "cancelled" and 0 < job["processed_rows"] < rows, job
    assert instance.digest()["products"] == job["created_rows"]
    assert instance.api.post(f"/api/jobs/{job_id}/retry").status_code == 202
    job = instance.api.wait(job_id)
    assert (job["status"], job["created_rows"]) == ("completed", expected.counts["created"])
    assert instance.digest()["most_revisions_per_job_and_product"] == 1


def test_products_made_by_hand_during_a_first_load(fresh):
    """The first load goes without the key index; whoever gives a product a SKU meanwhile meets those of the load."""
    instance, rows = fresh(), 400_000
    content = table([f"c{number},Name {number} {'word ' * 20},,1," for number in range(rows)])
    job_id = instance.api.upload(content)["job_id"]
    instance.api.wait(job_id, until=lambda job: job["processed_rows"] > 0 or job["status"] in FINAL)

    def make(sku):
        return instance.api.post("/api/products", json={"sku": sku, "name": "By hand"}).status_code

    made = [make("C0"), make(f"C{rows - 1}"), make("by-hand")]
    running = instance.api.job(job_id)
    assert running["status"] not in FINAL, "the file is too small to be met"
    assert made == [409, 201, 201]
    job = instance.api.wait(job_id)
    assert (job["status"], job["created_rows"], job["updated_rows"]) == ("completed", rows - 1, 1), job
    assert instance.digest()["products"] == rows + 1
    assert instance.api.get(f"/api/products/by-sku/c{rows - 1}").json()["name"].startswith("Name")


def test_an_import_that_makes_its_text_index_itself_stays_small(fresh):
    instance, chance = fresh(), random.Random(5)
    vocabulary = ["".join(chance.choices("abcdefghiklmnoprstuvwz", k=chance.randrange(4, 11))) for _ in range(30_000)]
    content = table([f"m{number},{' '.join(chance.choices(vocabulary, k=4))},{' '.join(chance.choices(vocabulary, k=22))},1,"
                     for number in range(200_000)])
    [index] = instance.pids("index")
    os.kill(index, signal.SIGSTOP)
    try:
        job = instance.import_file(content)
    finally:
        os.kill(index, signal.SIGCONT)
    assert job["created_rows"] == 200_000
    assert job["peak_memory_bytes"] <= 96 << 20, job["peak_memory_bytes"] >> 20
    assert instance.api.get(f"/api/products?q={vocabulary[0]}&limit=1").json()["items"]
