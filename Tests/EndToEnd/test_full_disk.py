"""A disk without room, or without inodes: every request that would write says so and leaves nothing, everything that only
reads goes on, and with the first room all is well again. The disk is a small tmpfs, for which it takes root."""

import contextlib
import errno
import json
import os
import resource
import subprocess

import pytest
import requests

from instance import EMAIL, PASSWORD, ROOT, Bodega, make_folder, program, spooled, wait_for
from test_faults import fill, small_disk

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")

PRODUCTS = "sku,name,price\n" + "".join(f"full-{number},Name {number},1.00\n" for number in range(200))


def use_up_inodes(folder):
    """Makes files until there can be no further one; returns their folder."""
    ballast = folder / "ballast"
    ballast.mkdir()
    number = 0
    # The first refusal may be met by a file that somebody removes a moment later.
    for _ in range(20):
        with contextlib.suppress(OSError):
            while True:
                (ballast / str(number)).touch()
                number += 1
    return ballast


def remove(ballast):
    subprocess.run(["rm", "-rf", ballast], check=True)


class Disk:
    """A running instance on a disk of its own, which can be filled."""

    def __init__(self, instance, folder, kind):
        self.instance, self.folder, self.kind = instance, folder, kind

    @contextlib.contextmanager
    def full(self):
        ballast = fill(self.folder, left=0) if self.kind == "bytes" else use_up_inodes(self.folder)
        try:
            yield
        finally:
            remove(ballast)


@pytest.fixture(scope="module", params=["bytes", "inodes"])
def disk(request):
    with small_disk(400) as folder:
        if request.param == "inodes":
            subprocess.run(["mount", "-o", "remount,nr_inodes=4000", folder], check=True)
        with Bodega(folder=folder) as instance:
            assert instance.import_file(PRODUCTS)["status"] == "completed"
            yield Disk(instance, folder, request.param)


def is_refusal(answer):
    """507 with words and the cure, nothing from inside."""
    assert answer.status_code == 507, f"{answer.status_code} {answer.text}"
    problem = answer.json()
    assert problem["code"] == "disk_full" and problem["status"] == 507 and problem["request_id"], problem
    assert "disk" in problem["detail"] and "room" in problem["detail"], problem
    assert "/" not in problem["detail"] and "SQL" not in problem["detail"], problem
    return True


UPLOADS = {
    "raw": lambda api: api.post("/api/upload-csv", data=PRODUCTS.encode(), headers={"Content-Type": "text/csv"}),
    "large": lambda api: api.post(
        "/api/upload-csv", data=(PRODUCTS * 300).encode(), headers={"Content-Type": "text/csv"}),
    "form": lambda api: api.post("/api/upload-csv", files={"file": ("a.csv", PRODUCTS.encode(), "text/csv")}),
    # A body of unknown length: nobody can tell before nginx has no room for the rest of it.
    "chunked": lambda api: api.post(
        "/api/upload-csv", data=(PRODUCTS.encode() for _ in range(100)), headers={"Content-Type": "text/csv"}),
    "lines": lambda api: api.patch(
        "/api/products", data="".join(
            json.dumps({"sku": f"line-{number}", "name": "x" * 100}) + "\n" for number in range(2000)),
        headers={"Content-Type": "application/x-ndjson"}),
    "json": lambda api: api.post("/api/products", json={"sku": "big", "name": "Big", "description": "x" * 100_000}),
}


@pytest.mark.parametrize("kind", UPLOADS)
def test_a_body_without_room_is_refused(disk, kind):
    api, files = disk.instance.api, spooled(disk.instance)
    with disk.full():
        for _ in range(3):
            assert is_refusal(UPLOADS[kind](api))
        wait_for(lambda: spooled(disk.instance) <= files, lambda: f"left: {spooled(disk.instance) - files}")
        page = api.post("/imports", files={"file": ("a.csv", PRODUCTS.encode(), "text/csv")},
                        data={"csrf_token": api.headers["X-CSRF-Token"]})
        assert page.status_code == 507 and "disk is full" in page.text, page.text
        wait_for(lambda: spooled(disk.instance) <= files, lambda: f"left: {spooled(disk.instance) - files}")
    answer = UPLOADS["raw"](api)
    assert answer.status_code == 202, answer.text
    assert api.wait(answer.json()["job_id"])["status"] == "completed"


def test_other_writes_and_reads(disk):
    """What a row of the database takes no room for is done as always; what it does is refused."""
    instance, api = disk.instance, disk.instance.api
    before = instance.digest()
    product = api.get("/api/products?limit=1").json()["items"][0]
    writes = {
        "a product": lambda: api.post("/api/products", json={"sku": f"new-{os.urandom(4).hex()}", "name": "New"}),
        "a change": lambda: api.patch(f"/api/products/{product['id']}", json={"name": os.urandom(2000).hex()[:250]}),
        "a deletion": lambda: api.delete(f"/api/products/{product['id']}"),
        "a setting": lambda: api.patch("/api/configuration/logs.days", json={"value": 20}),
        "a login": lambda: requests.post(f"{instance.url}/api/session", json={"email": EMAIL, "password": PASSWORD}),
        "a user": lambda: api.post("/api/users", json={"email": f"{os.urandom(4).hex()}@example.com", "role": "viewer"}),
        "a token": lambda: api.post("/api/tokens", json={"name": "t", "scopes": ["read:products"]}),
    }
    refused = None
    with disk.full():
        if disk.kind == "bytes":
            # The log may have room for a few more.
            wait_for(lambda: writes["a product"]().status_code != 201, "it is not full")
            for name, write in writes.items():
                assert is_refusal(write()), name
            page = api.post("/products", data={
                "csrf_token": api.headers["X-CSRF-Token"], "sku": "p", "name": "P", "status": "active"})
            assert page.status_code == 507 and "disk is full" in page.text and "make room" in page.text.lower()
            refused = writes["a product"]().json()["request_id"]
            login = requests.post(f"{instance.url}/login", data={"email": EMAIL, "password": PASSWORD})
            assert login.status_code in (403, 507), login.text
        for path in ("/", "/products", "/imports", "/users", "/api/products", "/api/jobs", "/api/products.csv"):
            answer = api.get(path)
            assert answer.status_code == 200, path
        health = instance.health()
        assert health and health.json()["checks"]["spool"]["status"] == "degraded", health.text
    for name in ("a product", "a change", "a setting", "a login", "a user", "a token", "a deletion"):
        assert writes[name]().status_code in (200, 201, 204), name
    assert instance.digest()["digest"] != before["digest"]
    # What happened meanwhile is told all the same: the export, and why a write was refused.
    export = answer.headers["X-Request-Id"]
    wait_for(lambda: export in api.get("/api/audit-log?action=product.export").text, "the export is not in the audit trail")
    if refused:
        wait_for(lambda: refused in api.get(f"/api/system-log?request_id={refused}").text, "the refusal is not in the log")


def test_commands_say_it(disk):
    """An export that finds no room leaves the file that was there, and no other."""
    file = disk.folder / "exports/products.csv"
    file.parent.mkdir()
    file.parent.chmod(0o777)
    assert disk.instance.run("export", file).stdout.startswith("exported")
    whole = file.read_bytes()
    with disk.full():
        ended = disk.instance.run("export", file, check=False)
        assert ended.returncode == 1 and "disk" in ended.stderr and "ake room" in ended.stderr, ended
        assert os.strerror(errno.ENOSPC) not in ended.stderr and "(13)" not in ended.stderr, ended.stderr
        assert file.read_bytes() == whole and [path.name for path in file.parent.iterdir()] == [file.name]
    assert disk.instance.run("export", file).stdout.startswith("exported")


def test_a_start_without_room(disk):
    """One clear line, no process left, and a start like any other as soon as there is room."""
    instance = disk.instance
    assert not instance.down()
    with disk.full():
        for words in (["migrate", "up"], ["serve", "--port", instance.port]):
            ended = instance.run(*words, check=False)
            lines = ended.stderr.strip().splitlines()
            assert ended.returncode == 1 and lines[-1].startswith(f"bodega {words[0]}: The disk is full"), ended
            assert "Make room" in lines[-1] and "Fatal" not in ended.stderr, ended.stderr
        ended = instance.run_up()
        assert ended.returncode != 0
        assert "disk" in ended.stderr and "ake room" in ended.stderr, ended.stderr
        assert instance.processes() == []
    instance.client = None
    instance.up()
    assert instance.import_file(PRODUCTS)["status"] == "completed"


def test_few_open_files():
    """Fewer open files than the processes need are refused in words, by the program and by deploy/up."""
    folder = make_folder()
    instance = Bodega(folder=folder)
    try:
        ended = subprocess.run(
            ["prlimit", "--nofile=64:64", program(), "migrate", "up", "--data", folder / "own"],
            capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr
        ended = subprocess.run(
            ["prlimit", "--nofile=64:64", program(), "serve", "--data", folder / "own", "--port", str(instance.port),
             "--static-folder", ROOT / "static"], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 1, ended
        lines = [line for line in ended.stderr.splitlines() if line.startswith("bodega serve: ")]
        assert len(lines) == 1 and "64" in lines[0] and "ulimit -n" in lines[0], ended.stderr
        ended = instance.run_up(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        assert ended.returncode != 0 and "ulimit -n" in ended.stderr, ended.stderr
        assert instance.processes() == []
    finally:
        instance.kill_everything()
        subprocess.run(["rm", "-rf", folder], check=True)
