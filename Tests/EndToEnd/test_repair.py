"""Repair: the failing rows come out in the upload's own form, go in again corrected, and count in the same import."""

import contextlib
import csv
import io
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from instance import FINAL, Bodega, make_folder, wait_for
from test_browser import SIZES, browser, log_in, shoot, visitor  # noqa: F401: a fixture

BOOKS = ("total", "processed", "created", "updated", "unchanged", "skipped", "failed")


def books(job):
    return tuple(job[f"{kind}_rows"] for kind in BOOKS)


def balances(job):
    return job["processed_rows"] == sum(job[f"{kind}_rows"] for kind in BOOKS[2:])


def failing(instance, job_id, encoding="utf-8", **dialect):
    answer = instance.api.get(f"/api/jobs/{job_id}/errors.csv")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode(encoding), newline=""), **dialect))


def corrected(rows, correct, **dialect):
    out = io.StringIO(newline="")
    writer = csv.writer(out, **dialect)
    writer.writerow(rows[0])
    writer.writerows(correct(row) for row in rows[1:])
    return out.getvalue().encode()


def repair(instance, job_id, content, as_form=False, expect=202, name="errors.csv"):
    if as_form:
        answer = instance.api.post(f"/api/jobs/{job_id}/repair", files={"file": (name, content, "text/csv")})
    else:
        answer = instance.api.post(f"/api/jobs/{job_id}/repair", data=content, headers={"X-Filename": name})
    assert answer.status_code == expect, answer.text
    return answer.json() if expect != 202 else instance.api.wait(job_id)


@pytest.mark.parametrize("as_form", [False, True], ids=["raw", "form"])
def test_fix_and_merge(fresh, as_form):
    instance = fresh()
    job = instance.import_file("sku,name,price\na,Apple,1\nb,Birch,x\nc,,2\nd,Dune,-1\n,Ember,3\n", filename="fruit.csv")
    assert books(job) == (5, 5, 1, 0, 0, 0, 4)
    assert {"errors", "errors_csv", "repair"} <= set(job["links"])
    rows = failing(instance, job["id"])
    assert rows[0] == ["bodega_row", "bodega_error", "sku", "name", "price"]
    assert [(row[0], row[2:]) for row in rows[1:]] == [
        ("2", ["b", "Birch", "x"]), ("3", ["c", "", "2"]), ("4", ["d", "Dune", "-1"]), ("5", ["", "Ember", "3"])]
    assert rows[1][1].startswith("price: ") and rows[2][1].startswith("name: ")
    answer = instance.api.get(job["links"]["errors_csv"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fruit-errors.csv"'

    fixed = corrected(rows, lambda row: [*row[:2], row[2] or "e", row[3] or "Copper", row[4].replace("x", "9").replace("-", "")])
    partly = fixed.replace(b",9\r\n", b",still x\r\n")
    done = repair(instance, job["id"], partly, as_form)
    assert done["id"] == job["id"] and done["status"] == "completed" and done["completed_at"] > job["completed_at"]
    assert books(done) == (5, 5, 4, 0, 0, 0, 1)
    assert [(error["row"], error["line"], error["code"], error["value"]) for error in instance.api.errors(job["id"])] == [
        (2, 3, "bad_price", "still x")]
    done = repair(instance, job["id"], fixed, as_form)
    assert books(done) == (5, 5, 5, 0, 0, 0, 0)
    assert done["result"]["repair"]["repaired"] == 1
    assert done["result"]["repair"]["ignored"]["not_failing"] == 3
    assert "repair" not in done["links"] and "errors_csv" not in done["links"]
    problem = repair(instance, job["id"], fixed, as_form, expect=409)
    assert problem["code"] == "wrong_state"
    whole = fresh()
    whole.import_file("sku,name,price\na,Apple,1\nb,Birch,9\nc,Copper,2\nd,Dune,1\ne,Ember,3\n")
    assert instance.digest()["digest"] == whole.digest()["digest"]
    assert not list((instance.data / "spool").rglob("*.repair*")), "what was merged is not kept"


STOPPER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A job's worker stands still before it removes a file with corrected rows. */
int unlink(const char *path) {
    char words[64] = {0};
    int file = open("/proc/self/cmdline", O_RDONLY), length = file < 0 ? 0 : read(file, words, sizeof words - 1);
    close(file);
    size_t end = strlen(path);
    if (length > 12 && !strcmp(words + strlen(words) + 1, "work") && end > 7 && !strcmp(path + end - 7, ".repair"))
        raise(SIGSTOP);
    return ((int (*)(const char *))dlsym(RTLD_NEXT, "unlink"))(path);
}
"""


def is_stopped(pid):
    return " T (stopped)" in Path(f"/proc/{pid}/status").read_text().replace("\t", " ")


def test_a_repair_that_comes_while_the_last_one_tidies_up(tmp_path):
    """Its file is its own: what the worker of the repair before removes is not it."""
    folder = make_folder()
    (folder / "stopper.c").write_text(STOPPER)
    library = folder / "stopper.so"
    compiler = shutil.which("clang") or shutil.which("cc")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, folder / "stopper.c", "-ldl"], check=True)
    library.chmod(0o755)
    try:
        with Bodega(variables={"LD_PRELOAD": str(library)}) as instance:
            job = instance.import_file("sku,name,price\na,Apple,x\nb,Birch,x\n")
            rows = failing(instance, job["id"])
            first = corrected(rows, lambda row: [*row[:4], "1" if row[0] == "1" else "x"])
            second = corrected(rows, lambda row: [*row[:4], "2"])
            done = repair(instance, job["id"], first)
            assert books(done) == (2, 2, 1, 0, 0, 0, 1)
            worker = wait_for(lambda: [pid for pid in instance.pids("work") if is_stopped(pid)], "nothing is removed")[0]
            answer = instance.api.post(f"/api/jobs/{job['id']}/repair", data=second)
            assert answer.status_code == 202, answer.text
            os.kill(worker, signal.SIGCONT)
            # The second one's worker stands still there as well.
            end = instance.api.wait(job["id"])
            assert end["status"] == "completed" and books(end) == (2, 2, 2, 0, 0, 0, 0), end
            assert end["result"]["repair"]["repaired"] == 1, end["result"]
            last = wait_for(lambda: [pid for pid in instance.pids("work") if is_stopped(pid)], "nothing is removed")[0]
            os.kill(last, signal.SIGCONT)
            wait_for(lambda: not list((instance.data / "spool").rglob("*.repair*")), "what was merged is kept")
    finally:
        shutil.rmtree(folder)


def test_the_same_file_twice(bodega):
    job = bodega.import_file("sku,name,price\ntw-1,One,x\ntw-2,Two,x\n")
    rows = failing(bodega, job["id"])
    content = corrected(rows, lambda row: [*row[:4], "1" if row[0] == "1" else "x"])
    assert books(repair(bodega, job["id"], content)) == (2, 2, 1, 0, 0, 0, 1)
    again = repair(bodega, job["id"], content)
    assert books(again) == (2, 2, 1, 0, 0, 0, 1)
    assert again["result"]["repair"]["ignored"]["not_failing"] == 1
    assert again["result"]["repair"]["still_failed"] == 1


DIALECTS = {
    "semicolons of Windows": (";", "cp1252", "\r\n", b""),
    "tabs": ("\t", "utf-8", "\n", b""),
    "UTF-16": ("\t", "utf-16-le", "\r\n", b"\xff\xfe"),
    "bars with a mark": ("|", "utf-8", "\n", b"\xef\xbb\xbf"),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_the_form_of_the_upload_is_kept(bodega, name):
    delimiter, encoding, end, mark = DIALECTS[name]
    prefix = f"form-{list(DIALECTS).index(name)}"
    lines = ["sku", "name", "price"], [f"{prefix}-1", "Käse", "1"], [f"{prefix}-2", '"Süße ""Größe"""', "nix"]
    text = end.join(delimiter.join(line) for line in lines) + end
    job = bodega.import_file(mark + text.encode(encoding), filename="käse.csv")
    assert job["failed_rows"] == 1, job
    content = bodega.api.get(f"/api/jobs/{job['id']}/errors.csv").content
    assert content.startswith(mark)
    out = content[len(mark):].decode(encoding)
    assert out.startswith(delimiter.join(["bodega_row", "bodega_error", "sku", "name", "price"]) + end)
    assert out.endswith(delimiter.join(["", *lines[2]]) + end), out
    done = repair(bodega, job["id"], mark + out.replace("nix", "7").encode(encoding))
    assert books(done) == (2, 2, 2, 0, 0, 0, 0), done
    assert bodega.api.get(f"/api/products/by-sku/{prefix}-2").json()["name"] == 'Süße "Größe"'


def test_rows_of_broken_form(bodega):
    content = 'sku,name,price\nbr-1,Short\nbr-2,Long,1,2\nbr-3,"Quo"te,3\nbr-4,"never closed,4\n'
    job = bodega.import_file(content, ragged="refuse")
    assert job["failed_rows"] == 4
    rows = failing(bodega, job["id"])
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4"]
    content = b"bodega_row,sku,name,price\n1,br-1,Short,1\n2,br-2,Long,2\n3,br-3,Quote,3\n4,br-4,Closed,4\n"
    assert books(repair(bodega, job["id"], content)) == (4, 4, 4, 0, 0, 0, 0)


def test_refusals(bodega):
    job = bodega.import_file("sku,name,price\nrf-1,One,x\n")
    for content, status, code in [
        (b"sku,name,price\nrf-1,One,1\n", 422, "no_row_column"), (b"bodega_row,name\n1,One\n", 422, "no_sku_column"),
        (b"", (400, 422), None), (b"\x00\x01\x02\x03", 415, "not_a_table"),
    ]:
        answer = bodega.api.post(f"/api/jobs/{job['id']}/repair", data=content)
        assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text
        assert code in (None, answer.json()["code"])
    assert bodega.api.post(f"/api/jobs/{job['id']}/repair?mode=create", data=b"bodega_row,sku\n1,a\n").status_code == 400
    assert bodega.api.post("/api/jobs/01890000-0000-7000-8000-000000000000/repair", data=b"x").status_code == 404
    weak = bodega.token("read:jobs")
    headers = {"Authorization": f"Bearer {weak}", "X-CSRF-Token": ""}
    import requests
    assert requests.post(f"{bodega.url}/api/jobs/{job['id']}/repair", data=b"x", headers=headers).status_code == 403
    assert books(bodega.api.job(job["id"])) == (1, 1, 0, 0, 0, 0, 1)


@pytest.mark.parametrize("kills", [4])
def test_killed_in_the_middle(fresh, kills):
    """Workers die by kill -9 while 100,000 rows are repaired; each row is applied once, and the books always balance."""
    instance, rows = fresh(), 100_000
    text = "A description that gives the worker something to do. " * 4
    job = instance.import_file("sku,name,description,price\n" + "".join(
        f"k-{row},Name {row},{text}{row},{'x' if row % 2 else '1'}\n" for row in range(1, rows + 1)))
    assert books(job) == (rows, rows, rows // 2, 0, 0, 0, rows // 2)
    content = b"bodega_row,bodega_error,sku,name,description,price\n" + b"".join(
        f"{row},,k-{row},Name {row},{text}{row},1\n".encode() for row in range(rows - 1, 0, -2))
    answer = instance.api.post(f"/api/jobs/{job['id']}/repair", data=content, timeout=60)
    assert answer.status_code == 202, answer.text
    killed, left = 0, rows // 2
    while killed < kills:
        found = instance.api.wait(
            job["id"], until=lambda job: job["status"] in FINAL or job["failed_rows"] < left, timeout=90)
        assert balances(found) and found["processed_rows"] == rows, found
        if found["status"] in FINAL:
            break
        left = found["failed_rows"]
        for pid in instance.pids("work"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed += 1
    done = instance.api.wait(job["id"], timeout=120)
    assert killed >= 1
    assert books(done) == (rows, rows, rows, 0, 0, 0, 0)
    assert done["result"]["repair"]["repaired"] == rows // 2
    digest = instance.digest()
    assert (digest["products"], digest["revisions"], digest["most_revisions_per_job_and_product"]) == (rows, rows, 1)
    whole = fresh()
    whole.import_file("sku,name,description,price\n" + "".join(f"k-{row},Name {row},{text}{row},1\n" for row in range(1, rows + 1)))
    assert whole.digest()["digest"] == digest["digest"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", SIZES)
def test_in_the_browser(bodega, browser, tmp_path, size, script):  # noqa: F811
    """Download the failing rows, correct them, choose the file: the same import has none left."""
    prefix = f"{size}-{script}"
    job = bodega.import_file(f"sku,name,price\n{prefix}-1,One,1\n{prefix}-2,Two,x\n{prefix}-3,Three,y\n", filename="to mend.csv")
    with visitor(browser, bodega, viewport=SIZES[size], java_script_enabled=script) as page:
        page.goto(f"/imports/{job['id']}")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the failing rows").click()
        assert download.value.suggested_filename == "to mend-errors.csv"
        path = tmp_path / "mended.csv"
        path.write_text(re.sub(r",[xy]\n", ",5\n", download.value.path().read_text()))
        shoot(page, f"repair-{prefix}-before")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"] if script else True
        # The script opens the import's page anew when the rows are accepted.
        with page.expect_navigation():
            page.get_by_label("corrected rows").set_input_files(path)
            if not script:
                page.get_by_role("button", name="Upload corrected rows").click()
        done = bodega.api.wait(job["id"], until=lambda job: job["status"] in FINAL and job["failed_rows"] == 0)
        assert books(done) == (3, 3, 3, 0, 0, 0, 0)
        page.goto(f"/imports/{job['id']}")
        expect(page.get_by_text("2 rows repaired")).to_be_visible()
        expect(page.get_by_role("link", name="Download the failing rows")).to_have_count(0)
        shoot(page, f"repair-{prefix}-after")


def test_the_form_says_what_is_wrong(bodega, browser, tmp_path):  # noqa: F811
    job = bodega.import_file("sku,name,price\nsay-1,One,x\n")
    path = tmp_path / "no-rows.csv"
    path.write_text("sku,name,price\nsay-1,One,1\n")
    for script in (True, False):
        with visitor(browser, bodega, expected=["422"], java_script_enabled=script) as page:
            page.goto(f"/imports/{job['id']}")
            page.get_by_label("corrected rows").set_input_files(path)
            if not script:
                page.get_by_role("button", name="Upload corrected rows").click()
            expect(page.get_by_text("No column is named bodega_row").first).to_be_visible()
