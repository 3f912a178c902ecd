"""Undo, restart, files and the history of imports: killed in the middle, and by hand in a browser."""

import contextlib
import os
import random
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from instance import FINAL, held_worker, wait_for
from test_browser import SIZES, browser, log_in, shoot, visitor  # noqa: F401 (browser is a fixture)
from test_faults import kill

ROWS = 60_000


def table(rows, first=0, price=1):
    lines = ["sku,name,price"]
    lines += [f"SKU-{number:06},Name {number} {price},{number % 900 + price}.50" for number in range(first, first + rows)]
    return "\n".join(lines).encode() + b"\n"


def act(instance, job_id, action):
    answer = instance.api.post(f"/api/jobs/{job_id}/{action}")
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


def kill_while_it_runs(instance, job_id, stage, times, chance):
    """Kills the job's worker so many times in the middle of its work; returns the job as it ended."""
    died = 0
    while died < times:
        # A worker that dies before it has done anything is taken for poisoned at the third time.
        begun = instance.api.job(job_id)
        if begun["status"] in FINAL:
            break
        for pid in instance.pids("work"):
            died += kill_in_the_middle(instance, pid, job_id, stage, begun["processed_rows"], chance)
            instance.api.wait(
                job_id,
                until=lambda later, at=begun["attempt"]: later["attempt"] > at or later["status"] in FINAL,
            )
    assert died, "it was over before anybody could kill it"
    return instance.api.wait(job_id)


def kill_in_the_middle(instance, pid, job_id, stage, after, chance):
    """Lets a worker go on for moments only, however fast it is, until it has done something; says whether it was killed."""
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(pid, signal.SIGSTOP)
            job = instance.api.job(job_id)
            if job["status"] in FINAL:
                os.kill(pid, signal.SIGCONT)
                return False
            if job["stage"] == stage and job["processed_rows"] > after:
                kill(pid)
                return True
            os.kill(pid, signal.SIGCONT)
            time.sleep(chance.uniform(0, 0.05))
    return False


def test_undo_gives_the_same_catalogue_although_its_worker_is_killed(fresh):
    chance = random.Random(5)
    instance = fresh()
    assert instance.import_file(table(ROWS // 2))["status"] == "completed"
    before = instance.digest()
    job = instance.import_file(table(ROWS, first=ROWS // 4, price=2))
    assert job["created_rows"] == ROWS * 3 // 4 and job["updated_rows"] == ROWS // 4, job
    after = instance.digest()
    undo = kill_while_it_runs(instance, act(instance, job["id"], "undo"), "undoing", 4, chance)
    assert undo["status"] == "completed" and undo["attempt"] > 2, undo
    assert undo["result"] == {"delete": ROWS * 3 // 4, "restore": ROWS // 4, "keep": 0}
    found = instance.digest()
    assert found["digest"] == before["digest"] and found["most_revisions_per_job_and_product"] == 1
    assert instance.api.get("/api/products?q=Name&include=total&limit=1").json()["total"] == ROWS // 2
    # And back again, killed too.
    redo = kill_while_it_runs(instance, act(instance, undo["id"], "undo"), "undoing", 2, chance)
    assert redo["status"] == "completed", redo
    assert instance.digest()["digest"] == after["digest"]
    assert instance.api.job(job["id"])["undone_by"] == undo["id"]


def test_repaired_rows_and_those_of_a_cancelled_import_are_taken_back(fresh):
    """Imports that were not simply whole, undone by workers that are killed: the catalogue is what it was, bit by bit."""
    chance = random.Random(8)
    instance = fresh()
    assert instance.import_file(table(ROWS // 3))["status"] == "completed"
    before = instance.digest()
    lines = table(ROWS, price=2).decode().splitlines()
    broken = [line if row % 3 else line.rpartition(",")[0] + ",x" for row, line in enumerate(lines)]
    job = instance.import_file(("\n".join([lines[0], *broken[1:]]) + "\n").encode())
    assert job["failed_rows"] == ROWS // 3, job
    corrected = "".join(f"{row},{line}\n" for row, line in enumerate(lines) if row and row % 3 == 0)
    answer = instance.api.post(f"/api/jobs/{job['id']}/repair", data=f"bodega_row,{lines[0]}\n{corrected}".encode())
    assert answer.status_code == 202, answer.text
    repaired = instance.api.wait(job["id"])
    assert repaired["failed_rows"] == 0 and repaired["created_rows"] == ROWS - ROWS // 3, repaired
    undo = kill_while_it_runs(instance, act(instance, job["id"], "undo"), "undoing", 2, chance)
    assert undo["result"] == {"delete": ROWS - ROWS // 3, "restore": ROWS // 3, "keep": 0}, undo
    found = instance.digest()
    assert found["digest"] == before["digest"] and found["most_revisions_per_job_and_product"] == 1

    job_id = instance.api.upload(table(3 * ROWS, price=3), guard="off")["job_id"]
    instance.api.wait(job_id, until=lambda job: job["processed_rows"] > 0 or job["status"] in FINAL)
    act(instance, job_id, "cancel")
    cancelled = instance.api.wait(job_id)
    assert cancelled["status"] == "cancelled" and 0 < cancelled["processed_rows"] < 3 * ROWS, cancelled
    undo = instance.api.wait(act(instance, job_id, "undo"))
    assert undo["status"] == "completed" and instance.digest()["digest"] == before["digest"], undo


def test_what_is_edited_while_the_undo_runs_is_kept(fresh):
    instance = fresh()
    job = instance.import_file(table(ROWS))
    products = instance.api.get("/api/products?sort=id&limit=5").json()["items"]
    # The undo takes back what was done last first, so the first products are its last.
    undo_id = act(instance, job["id"], "undo")
    for product in products:
        answer = instance.api.patch(f"/api/products/{product['id']}", json={"name": "Edited"})
        assert answer.status_code == 200, answer.text
    undo = instance.api.wait(undo_id)
    assert undo["result"] == {"delete": ROWS - 5, "restore": 0, "keep": 5}, undo
    left = instance.api.get("/api/products?limit=100").json()["items"]
    assert {product["id"] for product in left} == {product["id"] for product in products}
    page = instance.api.get(f"/jobs/{undo_id}").text
    assert "Kept products" in page and products[0]["sku"] in page


def test_a_deletion_whose_worker_is_killed_deletes_everything_once(fresh):
    instance = fresh()
    assert instance.import_file(table(ROWS))["status"] == "completed"
    before = instance.digest()
    answer = instance.api.delete(f"/api/products?confirm={ROWS}")
    assert answer.status_code == 202, answer.text
    job = kill_while_it_runs(instance, answer.json()["job_id"], "deleting", 3, random.Random(6))
    assert job["status"] == "completed" and job["updated_rows"] == ROWS, job
    assert instance.digest()["products"] == 0 and instance.digest()["most_revisions_per_job_and_product"] == 1
    undo = instance.api.wait(act(instance, job["id"], "undo"))
    assert undo["result"] == {"delete": 0, "restore": ROWS, "keep": 0}
    assert instance.digest()["digest"] == before["digest"]


def test_imports_stand_in_line_and_say_for_whom(fresh):
    instance = fresh()
    with held_worker(instance):
        first = instance.api.upload(table(200_000))["job_id"]
        others = [instance.api.upload(table(10, price=price))["job_id"] for price in (3, 4)]
        waiting = instance.api.wait(others[1], until=lambda job: job["waiting_reason"] == "queue")
        assert waiting["status"] == "pending" and waiting["waiting_for"] == first
    ended = [instance.api.wait(job_id) for job_id in [first, *others]]
    assert all(job["status"] == "completed" for job in ended)
    times = [(job["started_at"], job["completed_at"]) for job in ended]
    assert times[0][1] <= times[1][0] and times[1][1] <= times[2][0], times


def test_the_file_comes_back_byte_by_byte(bodega):
    content = "sku,name\nF-1,\"Fränkisch\"\n".encode()
    for as_form in (False, True):
        job = bodega.api.wait(bodega.api.upload(content, filename="Mäh.csv", as_form=as_form)["job_id"])
        answer = bodega.api.get(job["links"]["file"])
        assert answer.status_code == 200 and answer.content == content
        assert "filename*=UTF-8''M%C3%A4h.csv" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        part = bodega.api.get(job["links"]["file"], headers={"Range": "bytes=0-2"})
        assert part.status_code == 206 and part.content == b"sku"
    assert job["duplicate_of"]
    name = job["id"]
    assert bodega.api.get(f"/internal/spool/uploads/{name}").status_code == 404


def test_nothing_is_left_in_the_runtime_folder(fresh):
    instance = fresh()
    before = set(Path("/run/bodega").iterdir()) if Path("/run/bodega").is_dir() else set()
    assert not instance.down()
    after = set(Path("/run/bodega").iterdir()) if Path("/run/bodega").is_dir() else set()
    assert len(before - after) == 1 or not before
    instance.up()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_import_is_undone_in_the_browser(browser, fresh, script):  # noqa: F811
    instance = fresh()
    job = instance.import_file(table(300))
    product = instance.api.get("/api/products?sku=SKU-000007").json()["items"][0]
    instance.api.patch(f"/api/products/{product['id']}", json={"name": "Kept by hand"})
    with visitor(browser, instance, java_script_enabled=script) as page:
        name = "script" if script else "no-script"
        page.goto("/imports")
        expect(page.get_by_role("link", name="300 created")).to_be_visible()
        shoot(page, f"undo-history-{name}")
        page.get_by_role("link", name="300 created").click()
        expect(page.get_by_text("of 300 products")).to_be_visible()
        shoot(page, f"undo-products-{name}")
        page.goto(f"/imports/{job['id']}")
        shoot(page, f"undo-import-{name}")
        page.get_by_role("link", name="Undo import…").click()
        expect(page.get_by_text("SKU-000007")).to_be_visible()
        shoot(page, f"undo-ask-{name}")
        page.get_by_role("button", name="Undo 299 products").click()
        page.wait_for_url("**/jobs/*")
        if not script:
            wait_for(lambda: instance.api.get("/api/jobs?kind=import_undo").json()["items"][0]["status"] in FINAL, "undo")
            page.reload()
        expect(page.locator(".banner", has_text="Completed in")).to_be_visible()
        expect(page.get_by_text("299 deleted, 0 restored.")).to_be_visible()
        expect(page.get_by_role("link", name="SKU-000007")).to_be_visible()
        shoot(page, f"undo-done-{name}")
        page.get_by_role("link", name="Import of products.csv").click()
        expect(page.get_by_text("It is undone in part.")).to_be_visible()
        expect(page.locator(".banner", has_text="1 product was kept")).to_be_visible()
        page.get_by_role("link", name="what the undo did").click()
        page.get_by_role("link", name="Undo…").click()
        page.get_by_role("button", name="Undo 299 products").click()
        page.wait_for_url("**/jobs/*")
        page.goto(f"/products/{product['id']}")
        page.get_by_role("button", name="Restore version 1").click()
        expect(page.get_by_text("The earlier version was restored as a new one.")).to_be_visible()
        shoot(page, f"undo-product-{name}")
        page.set_viewport_size(SIZES["narrow"])
        for path in ("/imports", f"/imports/{job['id']}", "/jobs", f"/products/{product['id']}"):
            page.goto(path)
            width = page.evaluate("document.documentElement.scrollWidth") if script else 360
            assert width <= 360, f"{path} is {width} wide"
            shoot(page, f"undo-narrow-{path.strip('/').split('/')[0]}-{len(path)}-{name}")
