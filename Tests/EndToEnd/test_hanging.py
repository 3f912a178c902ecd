"""Processes that hang: a signal has stopped them, and nothing ever says that they ended."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from instance import as_account, wait_for

# Seconds; by a variable, which a version without this setting does not mind.
SOON = {"BODEGA_HANG_TIMEOUT": "2"}
ROWS = 60_000


@pytest.fixture(scope="module")
def file():
    lines = ["sku,name,description,price"]
    lines += [f"SKU-{number:06},Name {number % 997} {number},Words {number % 89} and {number % 101},{number}.50"
              for number in range(ROWS)]
    return "\n".join(lines).encode() + b"\n"


def state(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[0]
    return None


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: state(pid) in ("T", "Z", None), "not stopped", every=0.001)


def lock_holders(path):
    """Pids that hold a flock on the file, as the kernel says."""
    number = str(path.stat().st_ino)
    words = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return {int(line[4]) for line in words
            if len(line) == 8 and line[1] == "FLOCK" and line[5].rsplit(":", 1)[1] == number}


def stop_inside(path, pids, what):
    """Stops one of the processes at a moment at which it holds the lock; returns its pid."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                stop(pid)
                if pid in lock_holders(path):
                    return pid
                os.kill(pid, signal.SIGCONT)
        time.sleep(0.002)
    raise AssertionError(f"never held the lock: {what}")


def said(instance):
    """What /health says of it."""
    checks = instance.health().json()["checks"]
    return checks.get("hanging_process", {}).get("detail", "")


def same_catalogue(instance, rows=ROWS):
    found = instance.digest()
    assert found["products"] == rows and found["most_revisions_per_job_and_product"] <= 1, found


# Workers of jobs


def test_two_stopped_workers_stop_no_job(fresh, file):
    instance = fresh("--imports", "parallel", "--job-workers", 2, variables=SOON)
    jobs = [instance.api.upload(content, guard="off")["job_id"] for content in (file, file.replace(b"SKU-", b"TWO-"))]
    stopped = wait_for(lambda: len(instance.pids("work")) == 2 and instance.pids("work"), "no workers", every=0.005)
    for pid in stopped:
        stop(pid)
    third = instance.api.upload("sku,name\nTHIRD,Third\n", guard="off")["job_id"]
    assert instance.api.wait(third)["status"] == "completed"
    ended = [instance.api.wait(job) for job in jobs]
    assert [job["status"] for job in ended] == ["completed"] * 2, ended
    assert all(state(pid) is None for pid in stopped)

    def told(job):
        # One that finds its work all but done when it is told to end completes it, and its job has nothing to tell; one
        # that was stopped while it kept all others from writing is killed sooner.
        page = instance.api.get(f"/imports/{job['id']}").text
        return job["attempt"] == 1 or re.search("no sign of life|The process died", page)

    # The runner says it as soon as it may write, which can be after the other worker's last row.
    wait_for(lambda: all(told(job) for job in ended), lambda: instance.log_end())
    # As a worker, or as the process that kept all others from writing.
    assert re.search(r"a worker of a job|\(bodega work\)", said(instance)), said(instance)
    assert instance.health().json()["status"] == "degraded"
    same_catalogue(instance, 2 * ROWS + 1)


def test_a_job_of_a_stopped_worker_can_be_cancelled(fresh, file):
    instance = fresh(variables=SOON)
    job = instance.api.upload(file, guard="off")["job_id"]
    stop(wait_for(lambda: instance.pids("work"), "no worker", every=0.005)[0])
    wait_for(lambda: instance.api.post(f"/api/jobs/{job}/cancel").status_code in (200, 202), "not cancelled")
    assert instance.api.wait(job)["status"] == "cancelled"


# The writer gate


def test_a_stopped_worker_in_the_gate(fresh, file):
    """Every write and every cancellation waits for it, and neither it nor its job says anything."""
    instance = fresh(variables=SOON)
    client = instance.api
    job = client.upload(file, guard="off")["job_id"]
    pid = stop_inside(instance.data / "bodega.db-gate-write", lambda: instance.pids("work"), lambda: client.job(job))
    wait_for(lambda: client.post("/api/products", json={"sku": "gate", "name": "Gate"}).status_code == 201, "no write")
    assert state(pid) is None
    assert client.wait(job)["status"] == "completed"
    wait_for(lambda: "no sign of life" in said(instance), lambda: instance.health().text)
    same_catalogue(instance, ROWS + 1)


def test_a_stopped_command_in_the_gate(fresh, file, tmp_path):
    """Control and Z, and all others can write no more: the supervisor ends it, and the runner goes on with its job."""
    instance = fresh(variables=SOON)
    source = instance.folder / "products.csv"
    source.write_bytes(file)
    source.chmod(0o644)
    command = [*as_account(), str(instance.executable), "import", str(source), "--data", str(instance.data)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        gate = instance.data / "bodega.db-gate-write"
        wait_for(lambda: instance.api.get("/api/jobs").json()["items"], "no job", every=0.005)
        pid = stop_inside(gate, lambda: [running.pid], lambda: instance.log_end())
        wait_for(lambda: instance.api.post("/api/products", json={"sku": "gate", "name": "Gate"}).status_code == 201,
                 "no write")
        running.wait(60)
        assert pid == running.pid
        wait_for(lambda: "bodega import" in said(instance), lambda: instance.health().text)
        (job,) = instance.api.get("/api/jobs").json()["items"]
        assert instance.api.wait(job["id"])["status"] == "completed"
        same_catalogue(instance, ROWS + 1)
    finally:
        running.kill()
        running.wait()


def test_another_program_in_the_gate_is_named_and_left_alone(fresh):
    instance = fresh(variables=SOON)
    client = instance.api
    gate = instance.data / "bodega.db-gate-write"
    holder = subprocess.Popen([*as_account(), "flock", "--no-fork", gate, "sleep", "600"])
    try:
        wait_for(lambda: holder.pid in lock_holders(gate), "no lock")
        stop(holder.pid)
        check = wait_for(lambda: instance.health().json()["checks"].get("writer_gate"), "not said")
        assert check["status"] == "degraded" and str(holder.pid) in check["detail"] and "no process of Bodega" in check["detail"]
        log = instance.data / "logs/bodega.log"
        wait_for(lambda: "another program holds the writer gate" in log.read_text(), "not logged")
        answer = client.post("/api/products", json={"sku": "gate", "name": "Gate"})
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        assert holder.poll() is None and state(holder.pid) == "T"
    finally:
        holder.kill()
        holder.wait()
    wait_for(lambda: instance.api.post("/api/products", json={"sku": "gate", "name": "Gate"}).status_code == 201, "no write")
    assert "writer_gate" not in instance.health().json()["checks"]


def test_a_stopped_index_process_in_its_gate(fresh, file):
    instance = fresh(variables=SOON)
    job = instance.api.upload(file, guard="off")["job_id"]
    pid = stop_inside(instance.data / "bodega.db-search-gate-write", lambda: instance.pids("index"),
                      lambda: instance.api.job(job))
    assert instance.api.wait(job)["status"] == "completed"
    assert state(pid) is None
    wait_for(lambda: "no sign of life" in said(instance), lambda: instance.health().text)
    assert instance.api.get("/api/products?q=words+88&include=total").json()["total"] > 0
    wait_for(lambda: instance.pids("index") and pid not in instance.pids("index"), "no new index process")


# What the supervisor keeps running


@pytest.mark.parametrize("role", ["jobs", "index", "deliver", "events", "web", "slow", "export", "nginx", "nginx worker"])
def test_a_stopped_process_is_replaced(fresh, role):
    instance = fresh("--web-workers", 2, variables=SOON)
    whole = sorted(process.role for process in instance.processes())
    pid = instance.pids(role)[0]
    stop(pid)
    wait_for(lambda: state(pid) is None, lambda: f"{role} hangs: {instance.processes()}")
    wait_for(lambda: sorted(process.role for process in instance.processes()) == whole and instance.health(),
             lambda: f"not back: {instance.processes()}")
    wait_for(lambda: "no sign of life" in said(instance), lambda: instance.health().text)
    assert instance.import_file("sku,name\nafter,After\n")["status"] == "completed"
    assert not instance.orphans()


def test_what_was_paused_as_a_whole_goes_on(fresh, file):
    """As when the machine sleeps, or its container is paused: nobody has hung."""
    instance = fresh(variables={"BODEGA_HANG_TIMEOUT": "1"})
    job = instance.api.upload(file, guard="off")["job_id"]
    wait_for(lambda: instance.pids("work"), "no worker", every=0.005)
    before = {process.pid: process.role for process in instance.processes()}
    for pid in sorted(before, key=lambda pid: pid != instance.supervisor):
        stop(pid)
    # Three times as long as one alone may be silent.
    time.sleep(3)
    for pid in before:
        os.kill(pid, signal.SIGCONT)
    assert instance.api.wait(job)["status"] == "completed"
    # And as long again, so that each would have been missed.
    watched = time.monotonic()
    wait_for(lambda: time.monotonic() - watched > 2, "")
    now = {process.pid: process.role for process in instance.processes()}
    lost = {pid: role for pid, role in before.items() if pid not in now and role != "work"}
    assert lost == {} and said(instance) == "", (lost, instance.log_end())
    same_catalogue(instance)
