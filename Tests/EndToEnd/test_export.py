"""Exports: what comes out goes in again unchanged, a million products stream in little memory, and who leaves is let go."""

import csv
import io
import json
import os
import re
import socket
import time
from pathlib import Path

import pytest
import requests

from instance import as_account, wait_for

TEXTS = [
    '=HYPERLINK("http://x";"y")', "+49 30 1234", "-5", "@me", "'=1", "''-1", "'", '"', '""', "a,b;c|d", 'a"b', "\ufeffmarked",
    "日本語", "é", "e\u0301", "😀", "\u202eright", "＝1", "null", "0012", "1e5", "8.4E+12", "\\", "#N/A", "x\u00a0y", "- 1",
]
LINES = TEXTS + [
    "\ttab first", "\r\nwindows", "\rold", "  blanks  ", "one\ntwo", '"\n"', "a\r", "\r=1", " =1", "a,\"b\"\r\n,c", "\n", " ",
]
STATUSES = ["active", "draft", "archived"]
MANY = 1_000_000


def read(text):
    """The export as Python's csv module has it, with every apostrophe that a row names taken away."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for row in rows:
        for mark in row.pop("bodega_escaped").split():
            field = mark.removesuffix("*")
            if mark == field:
                assert row[field].startswith("'"), row
                row[field] = row[field][1:]
            else:
                row[field] = re.sub(r"\A'('*)(?= *[=+@\t\r\n＝＋－＠-])", r"\1", row[field])
                row[field] = re.sub(r"([;|\t\r\n])'('*)(?=[ \"]*[=+@＝＋－＠-])", r"\1\2", row[field])
    return rows


def resident(pid, field="VmRSS"):
    """Kilobytes."""
    return int(re.search(rf"^{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def listed(api, query=""):
    path, found = f"/api/products?limit=1000{query}", []
    while path:
        page = api.get(path).json()
        found += page["items"]
        path = page["next"]
    return found


def test_round_trip(fresh):
    """Texts that readers and spreadsheets stumble over, through the API, out and in again."""
    instance = fresh()
    products = [
        {"sku": f"{text.strip()} {number}", "name": text.strip() or "x", "status": STATUSES[number % 3],
         "description": LINES[number % len(LINES)], "price": [None, "0.00", "12.50", "90071992547409.91"][number % 4]}
        for number, text in enumerate(TEXTS * 3)
    ]
    body = "\n".join(json.dumps(product) for product in products)
    answer = instance.api.patch(
        "/api/products", data=body.encode(), headers={"Content-Type": "application/x-ndjson"})
    assert {json.loads(line)["status"] for line in answer.text.splitlines()} == {201}, answer.text
    before = instance.digest()

    answer = instance.api.get("/api/products.csv?sort=id")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert re.fullmatch(r'attachment; filename="products-\d{4}-\d\d-\d\d-\d{4}\.csv"', answer.headers["Content-Disposition"])
    rows = read(answer.content.decode())
    assert len(rows) == len(products)
    for row, record in zip(rows, listed(instance.api, "&sort=id")):
        for field in ("sku", "name", "description", "price", "status"):
            assert row[field] == (record[field] or ""), field
    # Nothing that a spreadsheet would run.
    for row in csv.reader(io.StringIO(answer.content.decode(), newline="")):
        assert not any(cell.lstrip(" ")[:1] in set("=+-@\t\r\n＝＋－＠") - {""} for cell in row if cell), row

    job = instance.import_file(answer.content)
    assert (job["unchanged_rows"], job["processed_rows"]) == (len(products), len(products)), job
    assert instance.digest() == before
    for blank in ("keep", "clear"):
        assert instance.import_file(answer.content, blank=blank)["unchanged_rows"] == len(products)
    other = fresh()
    assert other.import_file(answer.content)["created_rows"] == len(products)
    assert other.digest()["digest"] == before["digest"]

    lines = instance.api.get("/api/products.ndjson?sort=id").text.splitlines()
    assert [json.loads(line) for line in lines] == listed(instance.api, "&sort=id")


def test_an_apostrophe_of_the_catalogue_is_left_alone(bodega):
    for number, name in enumerate(["'=1+1", "'-5", "=1+1"], start=1):
        assert bodega.api.post("/api/products", json={"sku": f"apo-{number}", "name": name}).status_code == 201
    names = [bodega.api.get(f"/api/products/by-sku/apo-{number}").json()["name"] for number in (1, 2, 3)]
    assert names == ["'=1+1", "'-5", "=1+1"]
    text = bodega.api.get("/api/products.csv?sku=apo-&sort=sku").text
    assert [row["name"] for row in read(text)] == names
    assert bodega.import_file(text)["unchanged_rows"] == 3


def test_filters_and_refusals(bodega):
    bodega.import_file("sku,name,price,status\nf-1,Filter apple,1,active\nf-2,Filter birch,2,draft\nf-3,Filter birch,3,active\n")
    for query, expected in [("q=filter+birch", ["f-3", "f-2"]), ("sku=F-&status=active&sort=sku", ["f-1", "f-3"]),
                            ("sku=f-&price_min=2.00&sort=price", ["f-2", "f-3"]), ("q=nothinglikethis", [])]:
        wait_for(lambda: [row["sku"] for row in read(bodega.api.get(f"/api/products.csv?{query}").text)] == expected, query)
    for query in ("limit=5", "statsu=active", "sort=colour", "q=a&sort=name"):
        answer = bodega.api.get(f"/api/products.csv?{query}")
        assert answer.status_code == 400 and answer.headers["Content-Type"].startswith("application/problem+json")
    for path in ("/api/products.xlsx?bom=1", "/api/products.csv?bom=yes"):
        assert bodega.api.get(path).status_code == 400, path
    assert requests.get(f"{bodega.url}/api/products.csv").status_code == 401
    head = bodega.api.head("/api/products.csv")
    assert head.status_code == 200 and "attachment" in head.headers["Content-Disposition"] and not head.content


def test_from_the_shell(bodega, tmp_path):
    bodega.import_file("sku,name,status\nsh-1,=Shell,active\nsh-2,Shell,draft\n")
    folder = bodega.folder / "exports"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    path = folder / "out.csv"
    said = bodega.run("export", str(path), "--filter", "sku=sh-", "--sort", "sku").stdout
    assert said == "exported: 2 products\n"
    assert path.read_bytes() == bodega.api.get("/api/products.csv?sku=sh-&sort=sku").content
    assert os.listdir(folder) == ["out.csv"]
    text = bodega.run("export", "-", "--filter", "sku=sh-", "--filter", "status=draft").stdout
    assert [row["sku"] for row in read(text)] == ["sh-2"]
    lines = bodega.run("export", "-", "--format", "ndjson", "--filter", "sku=sh-", "--sort", "sku").stdout.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["=Shell", "Shell"]
    for words in (["--filter", "colour=red"], ["--filter", "price_min=x"], ["--sort", "colour"], ["--format", "xml"]):
        assert bodega.run("export", str(path), *words, check=False).returncode == 64
    assert path.read_bytes().count(b"\r\n") == 3, "what was refused leaves the old file"


@pytest.fixture(scope="module")
def million():
    """An instance with a million products of a few hundred bytes."""
    from instance import Bodega

    with Bodega() as instance:
        path = instance.folder / "million.csv"
        with path.open("w") as file:
            file.write("sku,name,description,price,status\n")
            text = "A text of a length that descriptions of products often have, with a comma, " * 2
            for number in range(MANY):
                file.write(f'M-{number:07},Name {number % 9973},"{text}{number}",{number % 500}.50,active\n')
        with path.open("rb") as file:
            answer = instance.api.post("/api/upload-csv", data=file, headers={"X-Filename": "million.csv"}, timeout=120)
        assert answer.status_code == 202, answer.text
        assert instance.api.wait(answer.json()["job_id"], timeout=300)["created_rows"] == MANY
        path.unlink()
        yield instance


def stream(instance, query="", **arguments):
    return instance.api.get(f"/api/products.csv{query}", stream=True, timeout=120, **arguments)


def test_a_million_products_in_flat_memory(million):
    api = million.api
    [api.get("/api/products.csv?sku=M-000000").close() for _ in range(4)]
    before = max(resident(pid, "VmHWM") for pid in million.pids("export"))
    began, size, lines = time.monotonic(), 0, 0
    for part in stream(million).iter_content(1 << 20):
        size += len(part)
        lines += part.count(b"\n")
    seconds = time.monotonic() - began
    assert lines == MANY + 1
    after = max(resident(pid, "VmHWM") for pid in million.pids("export"))
    print(f"{MANY / seconds:,.0f} rows/s, {size >> 20} MB, worker {before >> 10} MB, afterwards at most {after >> 10} MB")
    assert after - before < 24 << 10, (before, after)


def test_who_leaves_stops_the_export(million):
    """Each of many leaves after a megabyte; neither of the two workers is kept by them."""
    for _ in range(8):
        answer = stream(million)
        answer.raw.read(1 << 20)
        answer.close()
    began = time.monotonic()
    assert million.login().get("/api/me").status_code == 200
    assert million.api.get("/api/products.csv?sku=M-0000001").text.count("\r\n") == 2
    # Well before a reader that takes nothing is dropped, which is after a minute.
    assert time.monotonic() - began < 45


def test_a_slow_client_fills_no_disk(million):
    """Nothing is kept on the disk for a client that does not read, and the log can be brought home meanwhile."""
    folder = million.data / "nginx/fastcgi"
    cookie = "; ".join(f"{name}={value}" for name, value in million.api.cookies.items())
    with socket.create_connection(("127.0.0.1", million.port)) as connection:
        connection.sendall(
            f"GET /api/products.csv HTTP/1.1\r\nHost: localhost:{million.port}\r\nCookie: {cookie}\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        time.sleep(3)
        kept = sum(int(line.split()[0]) for line in os.popen(f"du -s -k {folder}").read().splitlines())
        assert kept < 1 << 10, f"{kept} kB for one client"
        million.import_file("sku,name\n" + "".join(f"slow-{number},Name\n" for number in range(20_000)))
        log = Path(f"{million.data}/bodega.db-wal")
        wait_for(lambda: log.stat().st_size < 70 << 20, lambda: f"the log has {log.stat().st_size >> 20} MB")
