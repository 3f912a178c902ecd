"""Files without SKUs, their corrections in the page, and workbooks that go out: killed in the middle, and on a disk that
fills up. Books balance, and what is left is what a run without faults leaves."""

import concurrent.futures
import contextlib
import io
import os
import random
import re
import signal
import subprocess
import time
import zipfile

import pytest
import requests

from instance import FINAL, Bodega, as_account, wait_for
from test_faults import fill, integrity, kill, small_disk, wait_for_disk_full
from test_repair import balances, books
from test_undo import kill_while_it_runs

# So many that even a fast machine needs several batches.
ROWS, BAD = 160_000, 20
HEADER = "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src"


def shop_file():
    """Variants without SKUs in any order, rows of pictures, rows that are wrong."""
    chance = random.Random(14)
    rows = []
    for product in range(ROWS // 4):
        title = f"h{product},Name {product},<p>{'A text. ' * 12}</p>,Brand {product % 9},Size"
        prices = ["x" if product < BAD and size == "M" else f"{product % 90}.50" for size in "SML"]
        rows += [f"{title},S,,{prices[0]},", f"h{product},,,,Size,M,,{prices[1]},", f"h{product},,,,,,,,p.jpg",
                 f"h{product},,,,Size,L,,{prices[2]},"]
    chance.shuffle(rows)
    return "\n".join([HEADER, *rows]) + "\n"


WANTED = (ROWS, ROWS, ROWS // 4 * 3 - BAD, 0, 0, ROWS // 4, BAD)
REPAIRED = (ROWS, ROWS, ROWS // 4 * 3, 0, 0, ROWS // 4, 0)


def order(instance):
    return instance.api.upload(shop_file(), filename="shop.csv", identify="handle", review="0", guard="off")["job_id"]


def correction(instance, job_id):
    """What a browser sends for the first page of failing rows, each with its price put right."""
    page = instance.api.get(f"/imports/{job_id}/rows").text
    names = re.findall('name="(cell-[0-9]+-7)"', page)
    assert len(names) == BAD, page
    token = re.search('name="csrf_token" value="([^"]+)"', page)[1]
    return {"csrf_token": token, **{name: "7.00" for name in names}}


def correct(instance, job_id, form, expect=303):
    answer = instance.api.post(f"/imports/{job_id}/rows", data=form, headers={"Origin": instance.url})
    assert answer.status_code == expect, f"{answer.status_code} {answer.text}"
    return answer


def ended(instance, job_id, wanted):
    job = instance.api.wait(job_id, until=lambda job: job["status"] in FINAL)
    assert balances(job) and (job["status"], books(job)) == ("completed", wanted), job
    return job


def content(instance):
    digest = instance.digest()
    assert digest["most_revisions_per_job_and_product"] == 1, digest
    return digest


@pytest.fixture(scope="module")
def whole():
    """What a run without faults leaves: behind the import, and behind its corrections."""
    with Bodega() as instance:
        job_id = order(instance)
        ended(instance, job_id, WANTED)
        imported = content(instance)
        correct(instance, job_id, correction(instance, job_id))
        ended(instance, job_id, REPAIRED)
        yield instance, imported, content(instance)


def kill_before_it_begins(instance, times):
    """Kills the next workers as soon as they are there."""
    for _ in range(times):
        kill(wait_for(lambda: instance.pids("work"), "no worker", every=0.002)[0])
        wait_for(lambda: not instance.pids("work"), "it lives", every=0.002)


def test_killed(fresh, whole):
    """Workers die while SKUs are made, and while rows that were corrected in the page are imported."""
    instance = fresh()
    job_id = order(instance)
    kill_while_it_runs(instance, job_id, "importing", 2, random.Random(3))
    ended(instance, job_id, WANTED)
    assert content(instance) == whole[1]
    form = correction(instance, job_id)
    correct(instance, job_id, form)
    kill_before_it_begins(instance, 2)
    ended(instance, job_id, REPAIRED)
    assert content(instance) == whole[2]
    # The same form once more changes nothing.
    assert "can be corrected any more" in correct(instance, job_id, form, expect=409).text
    assert content(instance) == whole[2]


def import_without_room(whole, folder):
    with small_disk(300) as disk, Bodega(folder=disk) as instance:
        job_id = order(instance)
        instance.api.wait(job_id, until=lambda job: job["stage"] == "importing")
        with stopped(instance):
            ballast = fill(disk, 0)
        wait_for_disk_full(instance, job_id)
        assert integrity(instance, folder) == [("ok",)]
        ballast.unlink()
        ended(instance, job_id, WANTED)
        assert content(instance) == whole[1]


@contextlib.contextmanager
def stopped(instance, kind="work"):
    """A worker stands still meanwhile, or the runner, so that no worker begins."""
    process = wait_for(lambda: instance.pids(kind), f"no {kind}", every=0.002)[-1]
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def correct_without_room(whole, folder):
    """The form is refused with what was typed in it, or its rows wait; and none of them is lost."""
    with small_disk(300) as disk, Bodega(folder=disk) as instance:
        job_id = order(instance)
        job = ended(instance, job_id, WANTED)
        form = correction(instance, job_id)
        ballast = fill(disk, 0)
        refused = correct(instance, job_id, form, expect=507)
        assert "disk is full" in refused.text
        assert refused.text.count('value="7.00"') == BAD, "what was typed is there still"
        assert instance.api.job(job_id)["completed_at"] == job["completed_at"]
        ballast.unlink()
        with stopped(instance, "jobs"):
            correct(instance, job_id, form)
            ballast = fill(disk, 0)
        # The runner tries several times; its log stands on the same disk and may have no room to say so.
        time.sleep(5)
        assert instance.api.job(job_id)["failed_rows"] == BAD
        ballast.unlink()
        instance.api.wait(job_id, until=lambda job: job["failed_rows"] == 0)
        ended(instance, job_id, REPAIRED)
        assert integrity(instance, folder) == [("ok",)]
        assert content(instance) == whole[2]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_without_room(whole, tmp_path):
    """Both at once: each waits 30 s for room."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = []
        for way in (import_without_room, correct_without_room):
            folder = tmp_path / way.__name__
            folder.mkdir()
            running.append(pool.submit(way, whole, folder))
        for one in running:
            one.result()


def workbook(data):
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        return book.read("xl/worksheets/sheet1.xml")


def test_a_workbook_whose_worker_dies(whole):
    """A workbook that is not whole is never taken for one, and the next one is whole."""
    instance = whole[0]
    before = content(instance)
    answer = instance.api.get("/api/products.xlsx", stream=True)
    read = answer.raw.read(32 << 10)
    for pid in instance.pids("export"):
        kill(pid)
    with pytest.raises(requests.RequestException):
        for part in answer.iter_content(1 << 16):
            read += part
    with pytest.raises(zipfile.BadZipFile):
        workbook(read)
    again = wait_for(lambda: instance.api.get("/api/products.xlsx").content, "no worker answers")
    assert workbook(again).count(b"<row ") == ROWS // 4 * 3 + 1
    job = instance.import_file(again, filename="products.xlsx")
    assert (job["unchanged_rows"], job["processed_rows"]) == (ROWS // 4 * 3,) * 2, job
    assert content(instance)["digest"] == before["digest"]


@pytest.mark.parametrize("fault", ["killed", "no room"])
def test_a_workbook_at_the_terminal(whole, fault):
    """The file that was there stays, and nothing else is left, until a whole one takes its place."""
    if fault == "no room" and os.geteuid():
        pytest.skip("only root mounts a small disk")
    instance = whole[0]
    with small_disk(24) as folder:
        file = folder / "out/products.xlsx"
        file.parent.mkdir()
        file.parent.chmod(0o777)
        file.write_bytes(b"former")
        file.chmod(0o666)
        command = [*as_account(), str(instance.executable), "export", str(file), "--data", str(instance.data)]
        if fault == "killed":
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Whenever that is: at its beginning, or in the middle.
            time.sleep(0.05)
            process.kill()
            assert process.wait() == -signal.SIGKILL
        else:
            ballast = fill(folder, 0)
            refused = subprocess.run(command, capture_output=True, text=True, timeout=60)
            assert refused.returncode == 1 and "ake room" in refused.stderr, refused
            ballast.unlink()
        assert file.read_bytes() == b"former" and [path.name for path in file.parent.iterdir()] == [file.name]
        assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0
        assert workbook(file.read_bytes()).count(b"<row ") == ROWS // 4 * 3 + 1
