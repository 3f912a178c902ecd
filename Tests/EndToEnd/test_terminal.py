"""`bodega import` and its neighbours as people and scripts meet them at a terminal."""

import csv
import io
import json
import os
import re
import shlex
import subprocess

import pytest

from instance import as_account

FAILING = "sku,name,price\n" + "".join(f"term-{row},Name,{'x' if row % 2 else '1.00'}\n" for row in range(1, 31))


def put(instance, name, text, encoding="utf-8"):
    path = instance.folder / name
    path.write_bytes(text.encode(encoding))
    path.chmod(0o644)
    return path


def test_failed_rows_are_named_and_the_rest_can_be_had(bodega, tmp_path):
    path = put(bodega, "failing.csv", FAILING)
    ended = bodega.run("import", path, check=False)
    assert ended.returncode == 2, ended
    lines = ended.stdout.splitlines()
    assert "  created: 15" in lines and "  failed: 15" in lines
    named = [line for line in lines if line.startswith("  line ")]
    assert len(named) == 10 and named[0].startswith("  line 2: price “x”: The price is not an amount"), named
    assert not re.search(r"\brow \d", ended.stdout), "lines, not rows"
    # What it says to do next does it.
    command = shlex.split(next(line for line in lines if line.startswith("  bodega errors ")))
    assert command[-2:] == ["--data", str(bodega.data)]
    written = bodega.run("errors", command[2], bodega.data / "errors.csv")
    assert "15 failing rows" in written.stdout
    to_output = bodega.run("errors", command[2]).stdout
    rows = list(csv.reader(io.StringIO(to_output)))
    assert rows[0] == ["bodega_row", "bodega_error", "sku", "name", "price"] and len(rows) == 16
    mended = put(bodega, "mended.csv", re.sub(",x$", ",2.00", to_output, flags=re.M))
    ended = bodega.run("import", mended)
    assert "created: 15" in ended.stdout and "failed: 0" in ended.stdout
    assert bodega.run("errors", "no-such-job", check=False).returncode == 64


def test_json(bodega):
    path = put(bodega, "json.csv", FAILING.replace("term-", "json-"))
    ended = bodega.run("import", path, "--json", check=False)
    job = json.loads(ended.stdout)
    assert ended.returncode == 2 and job == {**bodega.api.job(job["id"]), "errors": job["errors"]}
    assert (job["status"], job["created_rows"], job["failed_rows"], len(job["errors"])) == ("completed", 15, 15, 10)
    assert job["errors"][0]["line"] == 2 and job["errors"][0]["code"] == "bad_price"
    again = bodega.run("import", path, "--json", "--review", check=False, stdin=-3)
    assert again.returncode == 2 and json.loads(again.stdout)["status"] == "cancelled"
    refused = bodega.run("import", put(bodega, "none.csv", "a,b\n1,2\n"), "--json", check=False)
    assert refused.returncode == 64
    assert json.loads(refused.stdout)["code"] == "no_sku_column" and json.loads(refused.stdout)["headers"] == ["a", "b"]
    clean = bodega.run("import", put(bodega, "clean.csv", "sku,name\njson-c,Clean\n"), "--json")
    assert json.loads(clean.stdout)["errors"] == []


@pytest.mark.parametrize("header, said", [
    ("Bezeichnung;Mein's Nr.;VK", "Mein's Nr."), ("Kol 1;Kol 2;Kol 3", "Kol 1"), ("x=y;Artikelcode (alt);z", "Artikelcode (alt)"),
])
def test_without_an_sku_column_the_columns_are_listed(bodega, header, said):
    path = put(bodega, "liste.csv", f"{header}\nWein;A-1;2,50\n")
    ended = bodega.run("import", path, check=False)
    assert ended.returncode == 64
    for name in header.split(";"):
        assert f"\n  {name}\n" in ended.stderr, ended.stderr
    command = shlex.split(next(line for line in ended.stderr.splitlines() if line.startswith("  bodega import ")))
    assert command[2:] == [str(path), "--map", f"{said}=sku"]
    # Field names are taken in any case.
    named = header.split(";")[0 if said != "Kol 1" else 1]
    done = bodega.run(*command[1:], "--map", f"{named}=Name", "--map", f"{header.split(';')[2]}=PRICE")
    assert "failed: 0" in done.stdout


def test_help(bodega):
    listed = subprocess.run([*as_account(), str(bodega.executable), "help"], capture_output=True, text=True).stdout
    people, own = listed.split("Bodega itself starts these:")
    for name in ("import", "export", "errors", "user", "serve"):
        assert f"\n  {name} " in people and f"\n  {name} " not in own
    for name in ("web", "events", "jobs", "work", "index", "deliver"):
        assert f"\n  {name} " in own and f"\n  {name} " not in people
    told = subprocess.run([*as_account(), str(bodega.executable), "help", "import"], capture_output=True, text=True)
    assert told.returncode == 0 and "--map COLUMN=FIELD" in told.stdout and "Ends with 0" in told.stdout
    unknown = subprocess.run([*as_account(), str(bodega.executable), "help", "imprt"], capture_output=True, text=True)
    assert unknown.returncode == 64 and "no command 'imprt'" in unknown.stderr


def test_a_bar_while_checking_in_a_terminal_only(bodega):
    path = put(bodega, "bar.csv", "sku,name\n" + "".join(f"bar-{row},Name {row}\n" for row in range(120_000)))
    command = [*as_account(), str(bodega.executable), "import", str(path), "--review", "--yes", "--data", str(bodega.data)]
    leader, follower = os.openpty()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    said = b""
    try:
        while piece := os.read(leader, 65536):
            said += piece
    except OSError:
        pass
    os.close(leader)
    assert running.wait(60) == 0
    assert re.search(rb"Checking \[[#.]{40}\] \d+ % of 120000 rows", said), said[-2000:]
    assert re.search(rb"Importing \[[#.]{40}\] \d+ of 120000 rows", said), said[-2000:]
    assert b"rows/s" in said and b"-" not in re.sub(rb"\x1b\[K", b"", said), "no rate below zero"
    quiet = bodega.run("import", path)
    assert quiet.stderr == ""


def test_messages_name_what_people_have_named(bodega):
    ended = bodega.run("export", bodega.data / "no/such/folder/products.csv", check=False)
    assert ended.returncode == 1 and f"{bodega.data}/no/such/folder/products.csv" in ended.stderr, ended
    assert ".new" not in ended.stderr
