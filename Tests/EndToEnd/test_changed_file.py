"""A file that changes while its import rests, and a catalogue in which products share their SKU."""

import contextlib
import gzip
import os
import signal
import sqlite3
import subprocess

import pytest

from instance import as_account, wait_for

ROWS = 250_000


def table(first, last, name="Name"):
    return "sku,name\n" + "".join(f"Item-{row},{name} {row}\n" for row in range(first, last + 1))


def database(instance):
    return contextlib.closing(sqlite3.connect(f"file:{instance.data}/bodega.db?mode=ro", uri=True))


def ask(instance, query, *values):
    with database(instance) as connection:
        return connection.execute(query, values).fetchall()


def products(instance):
    """How many there are, and how many SKUs they have."""
    return ask(instance, "SELECT COUNT(*), COUNT(DISTINCT sku_norm) FROM product")[0]


def import_and_kill(instance, path):
    """`bodega import FILE`, killed when its first rows are in; returns its job."""
    before = ask(instance, "SELECT COALESCE(MAX(id), 0) FROM job")[0][0]
    command = [*as_account(), str(instance.executable), "import", str(path), "--data", str(instance.data)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    query = "SELECT public_id, processed_rows, total_rows FROM job WHERE id > ? AND processed_rows > 0"
    try:
        wait_for(lambda: ask(instance, query, before), "no rows", every=0.005)
    finally:
        process.kill()
        process.wait()
    ((job, processed, total),) = ask(instance, query, before)
    assert processed < total
    return job


def assert_refused(job):
    assert job["status"] == "failed", job
    message = job["error_message"]
    assert "file has changed" in message and f"first {job['processed_rows']} rows" in message, message
    assert job["processed_rows"] == sum(
        job[f"{name}_rows"] for name in ("created", "updated", "unchanged", "skipped", "failed")
    )


def undo(instance, job):
    answer = instance.api.post(f"/api/jobs/{job['id']}/undo")
    assert answer.status_code == 202, answer.text
    ended = instance.api.wait(answer.json()["job_id"])
    assert ended["status"] == "completed" and ended["updated_rows"] == job["created_rows"], ended


@pytest.mark.parametrize("suffix", ["csv", "csv.gz"])
def test_a_file_that_grows_while_it_is_read_is_warned_of(fresh, suffix):
    instance = fresh()
    path = instance.folder / f"growing.{suffix}"
    content = table(1, ROWS).encode()
    path.write_bytes(gzip.compress(content, 1) if suffix == "csv.gz" else content)
    path.chmod(0o644)
    command = [*as_account(), str(instance.executable), "import", str(path), "--data", str(instance.data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    query = "SELECT public_id FROM job WHERE stage = 'importing' AND total_rows > 0"
    ((job_id,),) = wait_for(lambda: ask(instance, query), "it is not at its rows", every=0.005)
    with path.open("ab") as file:
        file.write(b"tail,tail\n" * 50)
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 0 and "Warning: The file has become longer" in said, said
    job = instance.api.job(job_id)
    assert job["created_rows"] == ROWS, job
    assert [warning["code"] for warning in job["result"]["warnings"]] == ["file_changed"], job
    assert "has become longer" in instance.api.get(f"/imports/{job_id}").text


def test_what_is_no_file_is_refused_in_words(fresh):
    instance = fresh()
    os.mkfifo(instance.folder / "pipe", 0o644)
    for path, kind in [(instance.folder / "pipe", "a pipe"), (instance.folder, "a folder"), ("/dev/null", "a device")]:
        ended = instance.run("import", path, check=False, stdin=subprocess.DEVNULL)
        assert ended.returncode == 64 and f"is {kind}" in ended.stderr, ended


def test_a_first_load_does_not_go_on_with_another_file(fresh):
    instance = fresh()
    path = instance.folder / "products.csv"
    path.write_text(table(1, ROWS))
    path.chmod(0o644)
    # What is loaded already stands behind the place where the import would go on.
    other = instance.folder / "other.csv"
    other.write_text(table(ROWS // 2, ROWS) + table(1, ROWS).partition("\n")[2])
    other.chmod(0o644)
    job_id = import_and_kill(instance, path)
    # At once: the job runner goes on with it.
    other.replace(path)
    job = instance.api.wait(job_id)
    assert_refused(job)
    assert products(instance) == (job["created_rows"], job["created_rows"])
    answer = instance.api.post("/api/products", json={"sku": "by-hand", "name": "By hand"})
    assert answer.status_code == 201, answer.text
    assert instance.health().json()["status"] == "ok"
    undo(instance, job)
    assert products(instance) == (1, 1)


def alter(path, way):
    text = path.read_text()
    if way == "shorter":
        os.truncate(path, len(text) // 2)
    elif way == "longer":
        path.write_text(f"{text}{way}-1,Again\n")
    elif way == "bytes":
        times = os.stat(path)
        path.write_text(text.replace(f"{way}-15,", f"{way}-51,"))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif way == "replaced":
        other = path.with_suffix(".new")
        other.write_text(text.replace(f"{way} 2", f"{way} 3"))
        other.chmod(0o644)
        other.replace(path)
    else:
        os.utime(path, (1, 1))


def test_a_file_is_changed_in_four_ways(fresh):
    instance = fresh()
    instance.import_file(b"sku,name\nThere,There\n")
    jobs = {}
    for way in ("shorter", "longer", "bytes", "replaced", "touched"):
        path = instance.folder / f"{way}.csv"
        path.write_text(table(1, 100_000, way).replace("Item-", f"{way}-"))
        path.chmod(0o644)
        jobs[way] = import_and_kill(instance, path)
        alter(path, way)
    touched = instance.api.wait(jobs.pop("touched"))
    assert (touched["status"], touched["created_rows"]) == ("completed", 100_000), touched
    for job_id in jobs.values():
        job = instance.api.wait(job_id)
        assert_refused(job)
        undo(instance, job)
    assert products(instance) == (100_001, 100_001)


# Products that share a SKU


@pytest.fixture
def shared(fresh):
    """A catalogue as an old installation may have it: 3,000 of 4,000 SKUs twice, and no key."""
    instance = fresh()
    instance.import_file(table(1, 4000).encode())
    assert not instance.down()
    with contextlib.closing(sqlite3.connect(instance.data / "bodega.db")) as connection, connection:
        connection.execute("DROP INDEX product_by_sku")
        connection.execute(
            """
            INSERT INTO product (sku, sku_norm, name, status, version, created_at, updated_at)
            SELECT sku, sku_norm, 'Newer', 'active', 1, created_at, updated_at FROM product WHERE id <= 3000 ORDER BY id
            """
        )
        connection.execute(
            """
            INSERT INTO product_revision (product_id, version, at, actor, change)
            SELECT id, 1, created_at, 'system', 'create' FROM product WHERE name = 'Newer' ORDER BY id
            """
        )
    instance.up()
    instance.client = None
    return instance


def is_unique(instance):
    return bool(ask(instance, "SELECT 1 FROM sqlite_schema WHERE name = 'product_by_sku'"))


def test_shared_skus_block_nothing_and_are_resolved(shared):
    instance = shared
    api = instance.api
    assert api.post("/api/products", json={"sku": "New", "name": "New"}).status_code == 201
    taken = api.post("/api/products", json={"sku": "ITEM-7", "name": "Taken"})
    assert (taken.status_code, taken.json()["code"]) == (409, "sku_taken")
    check = instance.health().json()
    assert check["status"] == "degraded"
    detail = check["checks"]["duplicate_skus"]["detail"]
    assert detail.startswith("3,000 products share their SKU") and "item" not in detail.lower()
    assert "3,000 products share their SKU" in api.get("/").text
    assert "/products/duplicates" in api.get("/products").text

    job = instance.import_file(b"sku,name\nItem-1,Changed\nItem-3500,Changed\nItem-9000,Created\n")
    assert (job["status"], job["created_rows"], job["updated_rows"]) == ("completed", 1, 2), job
    answer = api.post(f"/api/jobs/{job['id']}/undo")
    undone = api.wait(answer.json()["job_id"])
    assert (undone["status"], undone["updated_rows"]) == ("completed", 3), undone

    listed = api.get("/api/products/duplicates?limit=5").json()
    assert listed["count"] == 3000 and [len(item["products"]) for item in listed["items"]] == [2] * 5
    asked = api.delete("/api/products/duplicates?confirm=3000")
    assert asked.status_code == 202, asked.text
    job_id = asked.json()["job_id"]
    # Killed while it deletes, it goes on.
    for worker in wait_for(lambda: instance.pids("work") or api.job(job_id)["status"] == "completed" and [0], "no worker"):
        with contextlib.suppress(ProcessLookupError):
            if worker:
                os.kill(worker, signal.SIGKILL)
    ended = api.wait(job_id)
    assert (ended["status"], ended["updated_rows"], ended["skipped_rows"]) == ("completed", 3000, 0), ended
    assert is_unique(instance)
    assert products(instance) == (4001, 4001)
    names = ask(instance, "SELECT name, COUNT(*) FROM product WHERE id <> ? GROUP BY name = 'Newer'", 0)
    assert sorted(count for _, count in names) == [1001, 3000]
    assert ask(instance, "SELECT COUNT(*) FROM product_revision WHERE change = 'delete' AND before LIKE '%Name %'") == [(3000,)]
    assert instance.health().json()["status"] == "ok"
