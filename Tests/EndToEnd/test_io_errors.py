"""Writes, syncs and renames that fail (libfiu), one by one and from some moment on: the process ends with a reason, the
database stays whole, the books balance, and what was stopped goes on to the same catalogue as if nothing had happened.

A long run sweeps wider: at 15 calls of each kind something fails, else at 3."""

import collections
import contextlib
import errno
import gzip
import json
import os
import shutil
import sqlite3
import subprocess

import openpyxl
import pytest
import requests

from instance import EMAIL, FINAL, LONG, PASSWORD, Bodega, make_folder, program, spooled, wait_for
from io_faults import (
    FDATASYNC, FOREVER, FSYNC, OPEN, PREAD, PWRITE, READ, RENAME, SHORT_PWRITE, SHORT_WRITE, UNLINK, WRITE, Faults,
    places,
)
from test_faults import integrity

PLACES = 15 if LONG else 3
BOOKS = ("created_rows", "updated_rows", "unchanged_rows", "skipped_rows", "failed_rows")
# What only the inside knows.
INSIDE = ("SELECT", "UPDATE ", "INSERT", "PRAGMA", "sqlite", "/var/", "/tmp/", "spool", "I/O error")

# Done; done, and some rows were refused.
DONE = (0, 2)


def table(numbers, name):
    lines = [f"S-{number},{name} {number},Words of {number},{number if number % 50 else 'bad'}.50" for number in numbers]
    return "\n".join(["sku,name,description,price", *lines]) + "\n"


BASE = table(range(1, 700), "Name")
CHANGE = table(range(400, 1200), "New name")


@pytest.fixture(scope="module")
def folder():
    made = make_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def faults(folder):
    return Faults(folder)


class Sweep:
    """What came of each fault, by the call that failed."""

    def __init__(self):
        self.outcomes = collections.Counter()
        self.hits = collections.Counter()
        self.wasted = collections.Counter()

    def note(self, point, hits, outcome):
        self.outcomes[point, outcome] += 1
        self.hits[point] += hits
        self.wasted[point] += not hits

    def close(self):
        """A sweep in which nothing failed has tested nothing. The last calls of a run are not the same each time."""
        for (point, outcome), count in sorted(self.outcomes.items(), key=str):
            print(f"{count:5} {point}: {outcome}")
        print(f"{sum(self.hits.values())} calls failed in {sum(self.outcomes.values())} runs")
        assert self.hits and all(self.hits.values()), self.hits
        assert sum(self.wasted.values()) <= sum(self.outcomes.values()) / 5, self.wasted


def ways(calls, points):
    """Point, first and last call that fails, and errno."""
    for point in points:
        for step, first in enumerate(places(calls[point], PLACES)):
            yield point, first, first, (errno.EIO, errno.ENOSPC)[step % 2]
            yield point, first, FOREVER, (errno.ENOSPC, errno.EIO)[step % 2]


# At the terminal


def run(*words, **arguments):
    return subprocess.run([program(), *map(str, words)], capture_output=True, text=True, timeout=60, **arguments)


def done(*words):
    ended = run(*words)
    assert ended.returncode in DONE, f"{words}: {ended.stdout}{ended.stderr}"
    return ended.stdout


def content(data):
    """The digest of the products; not of their history, which two runs for one have more of."""
    return json.loads(done("digest", "--json", "--data", data))["digest"]


def inspect(data, folder, file):
    """How the import of a file stands in a copy of the database, which must be whole; None when there is no job."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in data.glob("bodega.db*"):
        if "gate" not in path.name and not path.name.endswith("-shm"):
            shutil.copy(path, copy / path.name)
    for name in ("bodega.db", "bodega.db-search"):
        with contextlib.closing(sqlite3.connect(copy / name)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with contextlib.closing(sqlite3.connect(copy / "bodega.db")) as database:
        jobs = database.execute(
            f"SELECT status, processed_rows, {'+'.join(BOOKS)} FROM job WHERE filename = ?", [file.name]
        ).fetchall()
    assert all(processed == sum_of_books for _, processed, sum_of_books in jobs), jobs
    return jobs[0][0] if jobs else None


@pytest.fixture(scope="module")
def templates(folder):
    """A data folder without and one with products."""
    empty, filled, base = folder / "empty", folder / "filled", folder / "base.csv"
    done("migrate", "up", "--data", empty)
    shutil.copytree(empty, filled)
    base.write_text(BASE)
    done("import", base, "--data", filled)
    return {"empty": empty, "filled": filled}


def as_workbook(path):
    book = openpyxl.Workbook()
    for line in CHANGE.splitlines():
        book.active.append(line.split(","))
    book.save(path)


WRITERS = {
    "products.csv": lambda path: path.write_text(CHANGE),
    "products.csv.gz": lambda path: path.write_bytes(gzip.compress(CHANGE.encode())),
    "products.xlsx": as_workbook,
}


@pytest.mark.parametrize("start, name, options, points", [
    ("empty", "products.csv", [], [PWRITE, FDATASYNC, SHORT_PWRITE, PREAD, OPEN]),
    ("filled", "products.csv", ["--review", "--yes"],
     [WRITE, PWRITE, FSYNC, FDATASYNC, RENAME, SHORT_WRITE, SHORT_PWRITE, READ, PREAD]),
    ("filled", "products.csv.gz", [], [WRITE, PWRITE, FSYNC, RENAME, UNLINK, SHORT_WRITE]),
    ("filled", "products.xlsx", ["--review", "--yes"], [WRITE, FSYNC, RENAME, SHORT_WRITE, SHORT_PWRITE, PREAD]),
], ids=["first-load", "planned", "gz", "xlsx"])
def test_import_at_the_terminal(folder, faults, templates, start, name, options, points):
    file, data = folder / name, folder / "case"
    WRITERS[name](file)
    command = ["import", file, *options, "--data", data]
    environment = {**os.environ, **faults.variables}

    def fresh():
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(templates[start], data)

    fresh()
    faults.count("import")
    ended = run(*command, env=environment)
    assert ended.returncode in DONE, ended
    wanted, sweep = content(data), Sweep()
    for point, first, last, code in ways(faults.calls(), points):
        where = f"{point} {first} to {last}, {errno.errorcode[code]}"
        fresh()
        faults.arm("import", point, first, last, code)
        ended = run(*command, env=environment)
        hits = faults.hits
        faults.disarm()
        text = ended.stdout + ended.stderr
        assert ended.returncode in (*DONE, 1, 64) and "Fatal" not in text, (where, ended)
        # Where nothing can be written, nothing can be said.
        assert ended.returncode in DONE or text.strip() or (point == WRITE and last == FOREVER), where
        status = inspect(data, folder, file)
        assert status == "completed" or ended.returncode not in DONE, (where, status, ended)
        # A read that fails once all is committed can only be the one for what is told at the end.
        assert status != "completed" or ended.returncode in DONE or point == PREAD, (where, status, ended)
        again = run(*command)
        assert again.returncode in DONE, (where, again)
        assert content(data) == wanted, where
        # Plans and converted tables belong to jobs; nothing else stays.
        left = [path.name for path in (data / "spool").rglob("*") if path.is_file() and path.suffix not in (".plan", ".table")]
        assert not left, (where, left)
        sweep.note(point, hits, f"exit {ended.returncode}, job {status}")
    sweep.close()


# Served


@pytest.fixture(scope="module")
def served(faults):
    """An instance with products in it, whose processes can be made to fail."""
    with Bodega("--export-workers", 1, variables=faults.variables) as instance:
        assert instance.import_file(BASE)["status"] == "completed"
        yield instance


@pytest.fixture(scope="module")
def before(served):
    return served.digest()


def requires_nothing_from_inside(answer):
    text = answer.text if hasattr(answer, "text") else json.dumps(answer)
    assert not [word for word in INSIDE if word in text], text


def stops(job):
    """It is over, or waits for a reason that it names."""
    return job["status"] in FINAL or (job["status"] == "pending" and job["waiting_reason"] not in (None, "queue"))


def resume(instance, job):
    """Goes on with a job that a fault has stopped; one that waits for room would do so after a while."""
    if job["status"] == "pending":
        assert instance.api.post(f"/api/jobs/{job['id']}/cancel").status_code == 202
        job = instance.api.wait(job["id"])
    if job["status"] != "completed":
        assert instance.api.post(f"/api/jobs/{job['id']}/retry").status_code == 202
        job = instance.api.wait(job["id"])
    assert job["status"] == "completed", job
    assert job["processed_rows"] == job["total_rows"] == sum(job[name] for name in BOOKS), job
    return job


def run_into_fault(instance, faults, tmp_path, way, begin):
    """Starts a job, has its worker fail, and lets it go on; returns the job as it stopped and as it ended."""
    point, first, last, code = way
    faults.arm("work", point, first, last, code)
    job_id = begin()
    stopped = instance.api.wait(job_id, until=stops)
    hits = faults.hits
    faults.disarm()
    requires_nothing_from_inside(stopped)
    assert stopped["status"] != "failed" or stopped["error_message"], stopped
    assert stopped["processed_rows"] == sum(stopped[name] for name in BOOKS), stopped
    copy = tmp_path / f"{point.replace('/', '-')}-{first}-{last}-{job_id}"
    copy.mkdir()
    assert integrity(instance, copy) == [("ok",)], way
    shutil.rmtree(copy)
    return hits, stopped, resume(instance, stopped)


def outcome(job):
    if job["waiting_reason"]:
        return f"{job['status']}, {job['waiting_reason']}"
    return f"{job['status']}{', by a further attempt' if job['status'] == 'completed' and job['attempt'] > 1 else ''}"


def undo(instance, job):
    answer = instance.api.post(f"/api/jobs/{job['id']}/undo")
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


@pytest.mark.parametrize("name, points", [
    ("products.csv", [WRITE, PWRITE, FSYNC, FDATASYNC, RENAME, SHORT_PWRITE, PREAD]),
    ("products.xlsx", [WRITE, FSYNC, RENAME, SHORT_WRITE]),
], ids=["csv", "xlsx"])
def test_worker(served, faults, folder, before, tmp_path, name, points):
    """An import and its undo, each with a fault; in between the catalogue is as it should be, bit by bit."""
    file = folder / name
    WRITERS[name](file)
    body = file.read_bytes()

    def upload():
        return served.api.upload(body, filename=name, guard="off")["job_id"]

    faults.count("work")
    whole = served.api.wait(upload())
    importing, after = faults.calls(), served.digest()
    faults.count("work")
    assert served.api.wait(undo(served, whole))["status"] == "completed"
    undoing = faults.calls()
    assert served.digest()["digest"] == before["digest"]

    sweeps = Sweep(), Sweep()
    for way in ways(importing, points):
        if way[0] in (FDATASYNC, PREAD) and way[2] == FOREVER and way[1] > 1:
            continue  # Three workers die one after the other, with pauses: once is enough.
        history = served.digest()["revisions"]
        hits, stopped, job = run_into_fault(served, faults, tmp_path, way, upload)
        sweeps[0].note(way[0], hits, f"import {outcome(stopped)}")
        found = served.digest()
        assert found["digest"] == after["digest"] and found["most_revisions_per_job_and_product"] <= 1, way
        assert found["revisions"] - history == job["created_rows"] + job["updated_rows"], way
        assert {kind: job[kind] for kind in BOOKS} == {kind: whole[kind] for kind in BOOKS}, way
        if name == "products.csv" and undoing[way[0]] and not (way[0] in (FDATASYNC, PREAD) and way[2] == FOREVER):
            undo_way = (way[0], min(way[1], undoing[way[0]]), way[2], way[3])
            hits, stopped, _ = run_into_fault(served, faults, tmp_path, undo_way, lambda job=job: undo(served, job))
            sweeps[1].note(way[0], hits, f"undo {outcome(stopped)}")
        else:
            assert served.api.wait(undo(served, job))["status"] == "completed"
        assert served.digest()["digest"] == before["digest"], way
    sweeps[0].close()
    if name == "products.csv":
        sweeps[1].close()


def test_upload(served, faults, before):
    """An upload that cannot be claimed is refused, leaves nothing behind, and is welcome a moment later."""
    def send():
        return served.api.post("/api/upload-csv", params={"guard": "off"}, data=CHANGE.encode(),
                               headers={"Content-Type": "text/csv", "X-Filename": "products.csv"})

    def take_back(answer):
        job = served.api.wait(answer.json()["job_id"])
        assert job["status"] == "completed"
        assert served.api.wait(undo(served, job))["status"] == "completed"

    faults.count("upload")
    first = send()
    calls = faults.calls()
    take_back(first)
    sweep = Sweep()
    for point in [RENAME, FSYNC, FDATASYNC, PWRITE, OPEN]:
        for at in places(calls[point], max(3, PLACES)):
            for code in (errno.EIO, errno.ENOSPC):
                files = spooled(served)
                faults.arm("upload", point, at, at, code)
                answer = send()
                hits = faults.hits
                faults.disarm()
                sweep.note(point, hits, f"{answer.status_code}")
                if answer.status_code == 202:
                    take_back(answer)
                    continue
                assert answer.status_code in (500, 503, 507) and answer.json()["request_id"], answer.text
                requires_nothing_from_inside(answer.json()["detail"])
                if code == errno.ENOSPC and point in (RENAME, FSYNC):
                    assert answer.status_code == 507 and answer.headers["Retry-After"], answer.text
                # nginx removes the body when the request is over.
                wait_for(lambda: spooled(served) <= files, lambda: f"{point} {at}: {spooled(served) - files}")
    sweep.close()
    take_back(send())
    assert served.digest()["digest"] == before["digest"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT], ids=["disk", "quota"])
@pytest.mark.parametrize("role", ["web", "login"])
def test_a_write_without_room(served, faults, before, role, code):
    """Full is full, whether it is the disk or a quota; the next write is as welcome as ever. No root is needed, see
    test_full_disk for a disk that is."""
    def write():
        if role == "login":
            return requests.post(f"{served.url}/api/session", json={"email": EMAIL, "password": PASSWORD})
        return served.api.patch("/api/configuration/logs.days", json={"value": 20 + code % 7})

    faults.arm(role, PWRITE, 1, FOREVER, code)
    answer = write()
    hits = faults.hits
    faults.disarm()
    assert hits and answer.status_code == 507 and answer.json()["code"] == "disk_full", answer.text
    requires_nothing_from_inside(answer.json()["detail"])
    assert write().status_code == 200
    assert served.digest()["digest"] == before["digest"]


def test_failing_rows(served, faults, before):
    """A disk that cannot be read makes no file of failing rows that looks whole."""
    job = served.import_file(CHANGE)
    path = f"/api/jobs/{job['id']}/errors.csv"
    # The one process has read the database by then: what is left are the reads of the upload.
    served.api.get(path)
    faults.count("export")
    whole = served.api.get(path).content
    calls, sweep = faults.calls(), Sweep()
    for at in places(calls[PREAD], max(4, PLACES)):
        faults.arm("export", PREAD, at, at, errno.EIO)
        try:
            answer = served.api.get(path)
            cut = answer.status_code >= 500
            assert cut or answer.content == whole, (at, answer.status_code, answer.content[-200:])
        except OSError:
            cut = True
        sweep.note(PREAD, faults.hits, "refused or cut off" if cut else "whole")
        faults.disarm()
    sweep.close()
    assert served.api.get(path).content == whole
    assert served.api.wait(undo(served, job))["status"] == "completed"
    assert served.digest()["digest"] == before["digest"]


def few_ways(calls, points):
    """As `ways`, for what takes long: two single faults and a lasting one of each kind of call that is made."""
    for point in points:
        for step, first in enumerate(places(calls[point], max(2, PLACES - 1))):
            yield point, first, first, (errno.EIO, errno.ENOSPC)[step % 2]
        if calls[point]:
            yield point, 1, FOREVER, errno.ENOSPC


def test_repair(served, faults, before, tmp_path):
    """A repair that fails gives its import back as it was so far; brought again, the rest is repaired."""
    def bring(job):
        text = served.api.get(f"/api/jobs/{job['id']}/errors.csv").text
        answer = served.api.post(f"/api/jobs/{job['id']}/repair", data=text.replace("bad.50", "7.50").encode())
        assert answer.status_code == 202, answer.text

    def done(job):
        """Repairs what is left, as whoever sees the page would."""
        if job["status"] == "pending":
            assert served.api.post(f"/api/jobs/{job['id']}/cancel").status_code == 202
            job = served.api.wait(job["id"])
        if job["failed_rows"]:
            bring(job)
            job = served.api.wait(job["id"])
        assert job["status"] == "completed" and job["failed_rows"] == 0, job
        assert job["processed_rows"] == job["total_rows"] == sum(job[name] for name in BOOKS), job
        return job

    first = served.import_file(CHANGE)
    faults.count("work")
    bring(first)
    whole = done(served.api.wait(first["id"]))
    calls, after = faults.calls(), served.digest()
    assert served.api.wait(undo(served, whole))["status"] == "completed"
    sweep = Sweep()
    for way in few_ways(calls, [WRITE, PWRITE, FSYNC]):
        job = served.import_file(CHANGE)
        faults.arm("work", *way)
        bring(job)
        stopped = served.api.wait(job["id"], until=stops)
        hits = faults.hits
        faults.disarm()
        requires_nothing_from_inside(stopped)
        assert stopped["processed_rows"] == sum(stopped[name] for name in BOOKS), (way, stopped)
        sweep.note(way[0], hits, f"repair {outcome(stopped)}, {'all' if not stopped['failed_rows'] else 'not all'} repaired")
        ended = done(stopped)
        found = served.digest()
        assert found["digest"] == after["digest"] and found["most_revisions_per_job_and_product"] <= 1, way
        assert {kind: ended[kind] for kind in BOOKS} == {kind: whole[kind] for kind in BOOKS}, way
        assert served.api.wait(undo(served, ended))["status"] == "completed"
        assert served.digest()["digest"] == before["digest"], way
    sweep.close()


def test_plan_that_waits(served, faults, before, tmp_path):
    """A worker that fails while it plans, a confirmation that cannot be written, a worker that fails after it: what was
    planned is what is done, once."""
    asks = "awaiting_confirmation"

    def plan():
        return served.api.upload(CHANGE, review="1", filename="products.csv")["job_id"]

    def look(job_id):
        job = served.api.wait(job_id, until=lambda job: stops(job) or job["status"] == asks)
        assert job["status"] == asks and job["processed_rows"] == 0, job
        return job

    def confirm(job_id):
        return served.api.post(f"/api/jobs/{job_id}/confirm")

    faults.count("work")
    job_id = plan()
    look(job_id)
    planning = faults.calls()
    faults.count("web")
    assert confirm(job_id).status_code == 202
    confirming = faults.calls()
    whole = served.api.wait(job_id)
    after = served.digest()
    assert served.api.wait(undo(served, whole))["status"] == "completed"

    def done(job_id):
        job = resume(served, served.api.wait(job_id, until=stops))
        found = served.digest()
        assert found["digest"] == after["digest"] and found["most_revisions_per_job_and_product"] <= 1
        assert {kind: job[kind] for kind in BOOKS} == {kind: whole[kind] for kind in BOOKS}
        assert served.api.wait(undo(served, job))["status"] == "completed"
        assert served.digest()["digest"] == before["digest"]

    sweeps = Sweep(), Sweep()
    for way in few_ways(planning, [WRITE, RENAME]):
        faults.arm("work", *way)
        job_id = plan()
        job = served.api.wait(job_id, until=lambda job: stops(job) or job["status"] == asks)
        hits = faults.hits
        faults.disarm()
        requires_nothing_from_inside(job)
        sweeps[0].note(way[0], hits, f"plan {outcome(job)}")
        if job["status"] == "pending":
            assert served.api.post(f"/api/jobs/{job_id}/cancel").status_code == 202
            job = served.api.wait(job_id)
        if job["status"] in FINAL:
            assert served.digest()["digest"] == before["digest"] and job["processed_rows"] == 0, (way, job)
            assert served.api.post(f"/api/jobs/{job_id}/retry").status_code == 202
        look(job_id)
        assert confirm(job_id).status_code == 202
        done(job_id)
    for way in few_ways(confirming, [PWRITE, FDATASYNC]):
        job_id = plan()
        look(job_id)
        faults.arm("web", *way)
        answer = confirm(job_id)
        hits = faults.hits
        faults.disarm()
        assert answer.status_code in (202, 500, 503, 507), (way, answer.text)
        requires_nothing_from_inside(answer.json()["detail"] if answer.status_code != 202 else "")
        sweeps[1].note(way[0], hits, f"confirmed with {answer.status_code}")
        if answer.status_code != 202:
            # What could not be written was not agreed to, or was already: never half.
            again = confirm(job_id)
            assert again.status_code in (202, 409), (way, again.text)
        done(job_id)
    for sweep in sweeps:
        sweep.close()


@pytest.mark.parametrize("role", ["jobs", "index"])
def test_runner_and_index(served, faults, before, role):
    """Those that run all the time outlive a disk that refuses everything for a while."""
    faults.arm(role, PWRITE, 1, FOREVER, errno.ENOSPC)
    pids = served.pids(role)
    job_id = served.api.upload(CHANGE, guard="off")["job_id"]
    wait_for(lambda: faults.hits > 0, "nothing failed")
    faults.disarm()
    job = resume(served, served.api.wait(job_id, until=stops))
    assert served.pids(role) == pids and served.health()
    assert served.api.wait(undo(served, job))["status"] == "completed"
    assert served.digest()["digest"] == before["digest"]


def test_nothing_is_left_after_the_next_start(served):
    """Of all the faults above; a temporary file too that a process was killed beside."""
    for name in ("scratch", "uploads"):
        (served.data / f"spool/{name}/bodega-temporary-1-0").write_bytes(b"x")
    assert not served.down()
    served.up()
    known = {item["id"] for item in served.api.get("/api/jobs?limit=1000").json()["items"]}
    assert not [path for path in spooled(served) if path.name.split(".")[0] not in known]
