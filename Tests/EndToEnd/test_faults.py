"""What must survive: kill -9 of anything at any moment, a full disk, a stop in the middle of work."""

import concurrent.futures
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import pytest
import requests

from instance import FINAL, LONG, Bodega, as_account, make_folder, wait_for

ROWS = 200_000


def product_file(rows, seed):
    """A realistic file: random words, 2 % duplicates in the other case, some bad rows."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvwz", k=chance.randrange(3, 10))) for _ in range(5000)]
    lines = ["sku,name,description,price,status"]
    for number in range(rows):
        draw = chance.random()
        sku = f"SKU-{number:07}" if draw > 0.02 or not number else f"sku-{chance.randrange(number):07}"
        price = "bad" if draw > 0.999 else f"{chance.randrange(1, 99999)}.{chance.randrange(100):02}"
        lines.append(f"{sku},{' '.join(chance.choices(words, k=4))},{' '.join(chance.choices(words, k=12))},{price},")
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture(scope="module")
def big_file():
    return product_file(ROWS, seed=11)


@pytest.fixture(scope="module")
def undisturbed(big_file):
    """The job and the digest of an import that nobody disturbed."""
    with Bodega() as instance:
        job = instance.import_file(big_file)
        assert job["status"] == "completed" and job["processed_rows"] == ROWS, job
        return job, instance.digest()


@pytest.fixture(scope="module")
def small_file():
    return product_file(50_000, seed=12)


@pytest.fixture(scope="module")
def small_undisturbed(small_file):
    with Bodega() as instance:
        job = instance.import_file(small_file)
        assert job["status"] == "completed", job
        return job, instance.digest()


def same_outcome(instance, job, undisturbed):
    wanted, digest = undisturbed
    counts = ("status", "total_rows", "processed_rows", "created_rows", "updated_rows", "unchanged_rows",
              "skipped_rows", "failed_rows")
    assert {name: job[name] for name in counts} == {name: wanted[name] for name in counts}, job
    found = instance.digest()
    assert found["most_revisions_per_job_and_product"] <= 1
    assert found == digest
    assert len({error["row"] for error in instance.api.errors(job["id"])}) == job["failed_rows"]


def retry_undisturbed(instance, job, undisturbed):
    """Goes on with a failed import without the point at which its workers died."""
    instance.variables.clear()
    assert not instance.down()
    instance.up()
    assert instance.api.post(f"/api/jobs/{job['id']}/retry").status_code == 202
    same_outcome(instance, instance.api.wait(job["id"]), undisturbed)


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def is_moving(job, since=0):
    return job["stage"] == "importing" and since < job["processed_rows"] < job["total_rows"]


# The import worker


def kill_worker_at_random(instance, content, chance, wanted):
    """Kills the import's worker so many times; returns the job and how many died while rows moved."""
    job_id = instance.api.upload(content)["job_id"]
    moving = 0
    for round_number in range(wanted):
        # One of five dies anywhere, before its first batch too; the others after rows of their own.
        anywhere = round_number % 5 == 4
        last = wait_for(lambda: instance.pids("work"), "no worker", every=0.005)[-1]
        begun = instance.api.job(job_id)
        if begun["status"] in FINAL:
            break
        if not anywhere:
            begun = instance.api.wait(
                job_id, until=lambda job, at=begun["processed_rows"]: is_moving(job, at) or job["status"] in FINAL
            )
        time.sleep(chance.uniform(0, 0.15))
        seen = instance.api.job(job_id)
        if seen["status"] in FINAL:
            break
        workers = instance.pids("work")
        kill(last)
        if last in workers and is_moving(seen):
            moving += 1
        died = seen["attempt"]
        instance.api.wait(job_id, until=lambda job, died=died: job["attempt"] > died or job["status"] in FINAL)
    return instance.api.wait(job_id), moving


def test_kill_the_worker_at_random_moments(fresh, big_file, undisturbed):
    seed = int(os.environ.get("BODEGA_SEED") or time.time())
    print(f"seed {seed}; set BODEGA_SEED to repeat")
    chance = random.Random(seed)
    deaths = moving = 0
    while deaths < (100 if LONG else 10) or moving < (80 if LONG else 8):
        instance = fresh()
        job, of_them = kill_worker_at_random(instance, big_file, chance, wanted=chance.randrange(5, 9))
        deaths += job["attempt"] - 1
        moving += of_them
        print(f"{job['attempt'] - 1} deaths, {of_them} while rows moved")
        assert job["attempt"] > 1
        same_outcome(instance, job, undisturbed)
        assert not instance.down()
    print(f"{deaths} deaths, {moving} of them while rows moved")


@pytest.mark.parametrize("point", ["before-commit:5", "after-commit:4"])
def test_death_around_a_commit(fresh, small_file, small_undisturbed, point):
    """Every worker dies at this passage: each goes on where rows were saved last, until no rows are left to save."""
    instance = fresh(variables={"BODEGA_FAILPOINT": point})
    job = instance.import_file(small_file)
    assert (job["status"], job["processed_rows"]) == ("failed", job["total_rows"]), job
    assert job["attempt"] > 3
    retry_undisturbed(instance, job, small_undisturbed)


@pytest.mark.parametrize("point", ["before-commit:1", "before-finish:1"])
def test_a_job_that_kills_its_workers_is_given_up(fresh, small_file, small_undisturbed, point):
    """Three workers in a row that save no row are enough; nothing is lost, and a retry goes on."""
    instance = fresh(variables={"BODEGA_FAILPOINT": point})
    job = instance.import_file(small_file)
    assert job["status"] == "failed" and job["attempt"] in (3, 4), job
    assert "Three workers" in job["error_message"] and "retry" in job["links"]
    assert instance.digest()["products"] == job["created_rows"]
    retry_undisturbed(instance, job, small_undisturbed)


# Everything else


def roles_of(instance):
    found = {}
    for process in instance.processes():
        found[process.role] = found.get(process.role, 0) + 1
    found.pop("work", None)
    return found


def victims(instance, role):
    return [instance.supervisor] if role == "serve" else instance.pids(role)


@pytest.mark.quiet
@pytest.mark.parametrize("role", ["jobs", "web", "login", "upload", "export", "events", "index", "deliver", "nginx", "nginx worker", "serve", "all"])
def test_kill_during_an_import(fresh, small_file, small_undisturbed, role):
    """Back within five seconds, the acknowledged import completes with the same books, and no orphan is left."""
    instance = fresh()
    whole = roles_of(instance)
    job_id = instance.api.upload(small_file)["job_id"]
    instance.api.wait(job_id, until=lambda job: job["processed_rows"] > 0 or job["status"] in FINAL)
    if role == "all":
        # Also what the dying start meanwhile.
        dead = {process.pid for process in instance.processes()}
        instance.kill_everything()
    elif role in ("web", "login", "upload", "export", "nginx worker"):
        dead = set(instance.pids(role)[:1])
        kill(*dead)
    else:
        dead = set(victims(instance, role))
        # Workers of a dead nginx may still answer for a moment.
        workers = set(instance.pids("nginx worker")) if role == "nginx" else set()
        kill(*dead)
        dead |= workers
    killed = time.monotonic()
    if role in ("serve", "all"):
        wait_for(lambda: not instance.processes(), lambda: f"outlived their supervisor: {instance.processes()}")
        instance.up()

    def is_back():
        now = roles_of(instance)
        return (now == whole and not dead & {process.pid for process in instance.processes()}
                and not instance.orphans() and instance.health())

    wait_for(is_back, lambda: f"{role} is not back: {instance.processes()}, orphans {instance.orphans()}")
    assert time.monotonic() - killed <= 5.0
    assert instance.api.get("/imports").status_code == 200
    job = instance.api.wait(job_id)
    same_outcome(instance, job, small_undisturbed)
    assert not instance.orphans()


@pytest.mark.parametrize("role", ["web", "login", "slow", "upload", "export", "events"])
def test_kill_all_of_a_pool_at_once(fresh, role):
    instance = fresh()
    whole = roles_of(instance)
    dead = set(instance.pids(role))
    for pid in dead:
        kill(pid)
    wait_for(lambda: roles_of(instance) == whole and not dead & set(instance.pids(role)) and instance.health(),
             lambda: f"not back: {instance.processes()}")
    wait_for(lambda: instance.api.get("/imports").status_code == 200, "the pages do not answer")


def test_no_acknowledged_upload_is_lost(fresh):
    """Uploads go on while everything is killed; whatever got its 202 is there afterwards and completes."""
    instance = fresh()
    client, accepted = instance.api, []
    stop = threading.Event()

    def upload():
        number = 0
        while not stop.is_set():
            number += 1
            with contextlib.suppress(requests.RequestException, AssertionError, ValueError):
                accepted.append((client.upload(f"sku,name\nlost-{number},Name\n")["job_id"], number))
                continue
            time.sleep(0.02)

    uploading = threading.Thread(target=upload)
    uploading.start()
    wait_for(lambda: len(accepted) > 10, "no uploads")
    instance.kill_everything()
    left = instance.data / "spool/incoming/0000099999"
    left.write_bytes(b"a body whose request was killed")
    instance.up()
    assert not left.exists(), "bodies of killed requests are not swept up"
    at = len(accepted)
    wait_for(lambda: len(accepted) > at + 10, "no uploads after the start")
    stop.set()
    uploading.join()
    for job_id, number in accepted:
        job = client.wait(job_id)
        assert job["status"] == "completed", (number, job)
    assert instance.digest()["products"] >= len({number for _, number in accepted})
    wait_for(lambda: not [path for path in (instance.data / "spool/incoming").rglob("*") if path.is_file()],
             "bodies stay behind")


@pytest.mark.quiet
def test_sigterm_ends_everything_within_ten_seconds(fresh, big_file):
    """With an import running, an event stream open, and a client in the middle of an upload."""
    instance = fresh()
    job_id = instance.api.upload(big_file)["job_id"]
    stream = instance.api.get(f"/api/jobs/{job_id}/events", stream=True)
    assert stream.status_code == 200
    instance.api.wait(job_id, until=lambda job: job["processed_rows"] > 0)
    began = time.monotonic()
    os.kill(instance.supervisor, signal.SIGTERM)
    wait_for(lambda: not instance.processes(), lambda: f"left: {instance.processes()}")
    assert time.monotonic() - began <= 10
    stream.close()
    instance.up()
    job = instance.api.wait(job_id)
    assert job["status"] == "completed" and job["processed_rows"] == ROWS
    assert instance.digest()["most_revisions_per_job_and_product"] == 1


# A full disk


@contextlib.contextmanager
def small_disk(megabytes):
    folder = make_folder()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def integrity(instance, folder):
    """What SQLite says of a copy of the database and its log. Somebody who reads meanwhile keeps the log from being
    begun anew, and what it holds from being written into the database: else the copy may be half of each."""
    copy, live = folder / "copy", instance.data / "bodega.db"
    copy.mkdir()
    with contextlib.ExitStack() as stack:
        # Without this file nobody has it open.
        if live.with_name("bodega.db-shm").exists():
            reader = stack.enter_context(contextlib.closing(sqlite3.connect(f"file:{live}?mode=ro", uri=True)))
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        for path in (live, live.with_name("bodega.db-wal")):
            if path.exists():
                shutil.copy(path, copy / path.name)
    with contextlib.closing(sqlite3.connect(copy / "bodega.db")) as database:
        return database.execute("PRAGMA integrity_check").fetchall()


def fill(folder, left):
    """Takes all room but so many bytes; returns the file to remove. Others write meanwhile, so the last of it goes in
    small pieces."""

    def room():
        state = os.statvfs(folder)
        return state.f_bavail * state.f_frsize

    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        size = max(1, room() - left - (32 << 20))
        os.posix_fallocate(file.fileno(), 0, size)
        file.seek(size)
        with contextlib.suppress(OSError):
            while room() > left or left == 0:
                file.write(bytes(4096))
    return ballast


def wait_for_disk_full(instance, job_id):
    job = instance.api.wait(job_id, until=lambda job: job["waiting_reason"] or job["status"] in FINAL)
    assert (job["status"], job["waiting_reason"], job["attempt"]) == ("pending", "disk_full", 1), job
    page = instance.api.get(f"/imports/{job_id}")
    assert page.status_code == 200 and "disk" in page.text.lower()


def import_on_a_full_disk(content, undisturbed, folder, left):
    """The disk fills up while rows move, and is emptied again."""
    with small_disk(700) as disk, Bodega(folder=disk) as instance:
        job_id = instance.api.upload(content)["job_id"]
        instance.api.wait(job_id, until=is_moving)
        # The worker stands still meanwhile: it may be faster than whoever fills the disk.
        worker = instance.pids("work")[-1]
        os.kill(worker, signal.SIGSTOP)
        ballast = fill(disk, left)
        os.kill(worker, signal.SIGCONT)
        wait_for_disk_full(instance, job_id)
        assert integrity(instance, folder) == [("ok",)]
        ballast.unlink()
        same_outcome(instance, instance.api.wait(job_id), undisturbed)


def import_with_small_files(content, undisturbed, folder):
    """A limit on the worker's files makes its writes fail in the middle of a batch; no root is needed."""
    with Bodega() as instance:
        job_id = instance.api.upload(content)["job_id"]
        worker = wait_for(lambda: instance.pids("work"), "no worker", every=0.005)[-1]
        subprocess.run([*as_account(), "prlimit", "--pid", str(worker), f"--fsize={3 << 20}"], check=True)
        wait_for_disk_full(instance, job_id)
        assert integrity(instance, folder) == [("ok",)]
        same_outcome(instance, instance.api.wait(job_id), undisturbed)


def test_no_room_during_an_import(big_file, undisturbed, tmp_path):
    """It waits and says why, the database stays whole, and it goes on by itself. All ways at once: each waits 30 s."""
    ways = [lambda folder: import_with_small_files(big_file, undisturbed, folder)]
    if os.geteuid() == 0:
        ways.append(lambda folder: import_on_a_full_disk(big_file, undisturbed, folder, left=0))
        ways.append(lambda folder: import_on_a_full_disk(big_file, undisturbed, folder, left=8 << 20))
    with concurrent.futures.ThreadPoolExecutor(len(ways)) as pool:
        running = []
        for number, way in enumerate(ways):
            folder = tmp_path / str(number)
            folder.mkdir()
            running.append(pool.submit(way, folder))
        for one in running:
            one.result()


# Starting twice, with the wrong port or folder


def test_up_twice_keeps_the_data(fresh):
    instance = fresh()
    instance.import_file("sku,name\nkeep,Kept\n")
    before, supervisor = instance.digest(), instance.supervisor
    out = instance.up()
    assert "ready" in out and instance.supervisor == supervisor
    assert instance.digest() == before and not instance.orphans()
    assert instance.api.get("/api/jobs").status_code == 200, "the session ended"
    assert len(instance.pids("nginx")) == 1


def test_what_killed_processes_left_is_swept(fresh):
    """Programs that were being put into place, and files that were not whole yet; not what is nobody's leftover."""
    instance = fresh()
    assert not instance.down()
    data, programs = instance.data, instance.executable.parent
    left = [programs / "new.4194399", programs / "link.4194399", data / "nginx/nginx.conf.4194399.new",
            data / "secrets/keyring.4194399.new", data / "logs/system-log.spool.new-4194399-ab",
            data / "spool/uploads/x.plan.4194399.new", data / "spool/scratch/bodega-temporary-1-0"]
    kept = [data / "logs/notes.new", data / "spool/uploads/x.4194399"]
    for path in left + kept:
        path.write_bytes(b"x")
        subprocess.run(["chown", "--reference", path.parent, path], check=True)
    instance.up()
    assert [path for path in left if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


def test_a_taken_port_gives_one_clear_line(fresh):
    instance = fresh()
    other = Bodega(port=instance.port)
    try:
        ended = other.run_up()
        assert ended.returncode != 0
        lines = ended.stderr.strip().splitlines()
        assert len(lines) == 1 and str(instance.port) in lines[0] and "taken" in lines[0], ended.stderr
        assert other.processes() == []
        assert instance.health()
    finally:
        other.kill_everything()
        shutil.rmtree(other.folder)


def test_a_folder_that_cannot_be_written_gives_one_clear_line():
    other = Bodega()
    try:
        if os.geteuid() == 0:
            other.folder.chmod(0o700)
        else:
            other.folder.chmod(0o500)
        ended = other.run_up()
        assert ended.returncode != 0
        lines = ended.stderr.strip().splitlines()
        assert len(lines) == 1 and str(other.data) in lines[0], ended.stderr
        assert other.processes() == []
    finally:
        other.folder.chmod(0o755)
        other.kill_everything()
        shutil.rmtree(other.folder)
