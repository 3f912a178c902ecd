"""Data folders that are copied, moved or started twice: each lives on its own, and none writes into another."""

import contextlib
import shutil
import sqlite3
import subprocess

import requests

from instance import FINAL, Bodega, as_account, free_port, make_folder, wait_for

WAITING = "awaiting_confirmation"


def table(count, price):
    return "sku,name,price\n" + "".join(f"P{number},Product {number},{price}\n" for number in range(count))


def waiting(client, content):
    """Uploads and waits until the import asks."""
    job_id = client.upload(content, review="1")["job_id"]
    return client.wait(job_id, until=lambda job: job["status"] in FINAL | {WAITING})


def act(client, job, action):
    answer = client.post(f"/api/jobs/{job['id']}/{action}")
    assert answer.status_code == 202, answer.text


def rows(data, sql, *values):
    """What stands in a database, read by another program than ours and without writing."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/bodega.db?mode=ro", uri=True)) as database:
        return database.execute(sql, values).fetchall()


def prices(data):
    return {price for (price,) in rows(data, "SELECT DISTINCT price FROM product")}


def verify(data, job, *, updated):
    """Books, revisions and products of a finished import, by Python's sqlite3."""
    ((status, total, processed, columns, changed),) = rows(
        data,
        """
        SELECT status, total_rows, processed_rows, created_rows + updated_rows + unchanged_rows + skipped_rows + failed_rows,
            updated_rows FROM job WHERE public_id = ?
        """,
        job["id"],
    )
    assert (status, total, processed, columns, changed) == ("completed", total, total, total, updated)
    ((revisions, products),) = rows(
        data,
        """
        SELECT COUNT(*), COUNT(DISTINCT product_id) FROM product_revision
        WHERE change = 'update' AND job_id = (SELECT id FROM job WHERE public_id = ?)
        """,
        job["id"],
    )
    assert (revisions, products) == (updated, updated)
    assert rows(data, "PRAGMA integrity_check") == [("ok",)]


def absolute_paths(data):
    """Every text of the database in which the data folder is named."""
    found = []
    for (name,) in rows(data, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        for row in rows(data, f'SELECT * FROM "{name}"'):
            found += [(name, value) for value in row if isinstance(value, str) and str(data) in value]
    return found


@contextlib.contextmanager
def copied(instance, way="cp"):
    """Another Bodega, not started, for a copy of a data folder as it stands now, or for the folder itself, moved."""
    folder = make_folder()
    other = Bodega(folder=folder)
    subprocess.run([way, *(["-a"] if way == "cp" else []), instance.data, other.data], check=True)
    try:
        yield other
    finally:
        other.run_down()
        other.kill_everything()
        if way == "mv":
            shutil.move(other.data, instance.data)
        shutil.rmtree(folder, ignore_errors=True)


def folder_id(data):
    """The id of a data folder as the database has it; the file beside it has the same."""
    ((found,),) = rows(data, "SELECT id FROM data_folder")
    assert f'"id":"{found}"' in (data / "bodega.place").read_text()
    return found


def log(instance):
    return (instance.data / "logs/bodega.log").read_text(errors="replace")


def checks(instance):
    """What /health says, whatever its status."""
    answer = requests.get(f"{instance.url}/health", timeout=10).json()
    return answer["status"], answer["checks"]


def test_a_copy_never_writes_into_the_original(fresh):
    instance = fresh()
    client = instance.api
    instance.import_file(table(40, "10"))
    job = waiting(client, table(40, "11"))
    spool = {path: path.read_bytes() for path in (instance.data / "spool").rglob("*") if path.is_file()}
    with copied(instance) as copy:
        said = copy.up()
        assert f"is a copy of {instance.data}, which is still there" in said, said
        assert "damaged" not in said and "looked through: no damage" in log(copy), log(copy)
        assert folder_id(copy.data) != folder_id(instance.data)
        assert checks(copy)[0] == "ok"
        copy.import_file(table(20, "11"))
        # It is planned anew for a catalogue in which 20 of its changes are there already.
        act(copy.api, job, "replan")
        again = copy.api.wait(job["id"], until=lambda job: job["status"] in FINAL | {WAITING})
        assert again["status"] == WAITING, again
        after = {path: path.read_bytes() for path in (instance.data / "spool").rglob("*") if path.is_file()}
        assert after == spool, "the copy has written into the original"
        act(client, job, "confirm")
        assert client.wait(job["id"])["status"] == "completed"
        assert prices(instance.data) == {1100}
        verify(instance.data, job, updated=40)
        assert prices(copy.data) == {1000, 1100}, "the original has written into the copy"
        act(copy.api, job, "confirm")
        assert copy.api.wait(job["id"])["status"] == "completed"
        assert prices(copy.data) == {1100}
        verify(copy.data, job, updated=20)
        # Nor does stopping the one touch the other.
        assert copy.down() == []
        assert checks(instance)[0] == "ok" and "is a copy" not in copy.up()


def test_a_moved_folder_keeps_its_uploads(fresh):
    instance = fresh()
    client = instance.api
    content = table(5, "10") + "nameless,,1\n"
    done = instance.import_file(content)
    own = instance.folder / "own.csv"
    own.write_text(table(2, "10"))
    own.chmod(0o644)
    instance.run("import", own)
    job = waiting(client, table(5, "11"))
    assert absolute_paths(instance.data) == []
    ((path, companion),) = rows(
        instance.data,
        """
        SELECT json_extract(parameters, '$.path'), json_extract(parameters, '$.companion') FROM job
        WHERE filename = 'own.csv'
        """,
    )
    assert path == str(own) and companion.startswith("spool/scratch/"), "a user's own file stays where it is"
    known = folder_id(instance.data)
    instance.down()
    with copied(instance, "mv") as moved:
        said = moved.up()
        assert f"stood at {instance.data} and was moved here" in said and "was moved here" in log(moved), said
        assert folder_id(moved.data) == known and checks(moved)[0] == "ok"
        client = moved.api
        assert client.get(f"/api/jobs/{done['id']}/file").text == content
        failing = client.get(f"/api/jobs/{done['id']}/errors.csv")
        assert failing.status_code == 200 and "nameless" in failing.text, failing.text
        plan = client.get(f"/api/jobs/{job['id']}/plan")
        assert plan.status_code == 200 and plan.json()["counts"]["update"] == 5, plan.text
        act(client, job, "confirm")
        assert client.wait(job["id"])["status"] == "completed"
        verify(moved.data, job, updated=5)
        repaired = client.post(
            f"/api/jobs/{done['id']}/repair", data=failing.text.replace("nameless,,", "nameless,Named,"),
            headers={"Content-Type": "text/csv", "X-Filename": "again.csv"},
        )
        assert repaired.status_code == 202, repaired.text
        assert client.wait(done["id"], until=lambda job: job["failed_rows"] == 0 and job["status"] in FINAL)
        assert absolute_paths(moved.data) == []
        moved.down()


def test_a_folder_runs_once_and_an_id_runs_once(fresh):
    instance = fresh()
    instance.import_file(table(5, "10"))
    link = instance.folder / "link"
    link.symlink_to(instance.data)
    for data in [instance.data, link]:
        words = [instance.executable, "serve", "--data", data, "--port", free_port()]
        ended = subprocess.run([*as_account(), *map(str, words)], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 1 and "runs already for" in ended.stderr, ended
    assert checks(instance)[0] == "ok"
    known = folder_id(instance.data)
    instance.down()
    with copied(instance) as first, copied(instance) as second:
        aside = instance.data.rename(instance.folder / "aside")
        said = first.up()
        assert "was moved here" in said and folder_id(first.data) == known, said
        said = second.up()
        assert "runs on this machine" in said and folder_id(second.data) != known, said
        # A reload keeps the id taken.
        first.up()
        ids = {folder_id(first.data), folder_id(second.data)}
        second.down()
        assert len(ids) == 2 and "runs on this machine" not in second.up()
        for number, copy in enumerate([first, second]):
            assert copy.import_file(table(5, f"2{number}"))["updated_rows"] == 5
        assert (prices(first.data), prices(second.data), prices(aside)) == ({2000}, {2100}, {1000})
        for copy in [first, second]:
            assert copy.down() == []
        aside.rename(instance.data)


# Damage


def overwrite(data, name):
    """Overwrites the first page of an index or a table; returns how to put it back. Nothing may run."""
    with contextlib.closing(sqlite3.connect(f"{data}/bodega.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((page,),) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchall()
    place = (page - 1) * 4096

    def write(content):
        with open(data / "bodega.db", "r+b") as file:
            file.seek(place)
            before = file.read(4096)
            file.seek(place)
            file.write(content)
        return before

    before = write(b"\x5a" * 4096)
    return lambda: write(before)


def own(data):
    """What another user's sqlite3 has made anew belongs to the account again."""
    if as_account():
        subprocess.run(["chown", "-R", "bodega:", data], check=True)


def failing_import(instance):
    job = instance.import_file(table(30, "12"))
    assert job["status"] == "failed" and "is damaged" in job["error_message"], job
    assert "othing was lost" not in job["error_message"] and "retry goes on" not in job["error_message"]


def test_a_torn_copy_says_what_it_is(fresh):
    instance = fresh()
    instance.import_file(table(30, "10"))
    with copied(instance) as copy:
        overwrite(copy.data, "product_by_price")
        own(copy.data)
        said = copy.up()
        assert "The database file is damaged" in said and "is a copy of" in said, said
        status, found = checks(copy)
        assert status == "degraded" and "Stop Bodega" in found["database_damage"]["detail"], found
        assert "the database file is damaged" in log(copy)
        assert rows(copy.data, "SELECT name FROM alert") == [("database_damage",)]
        failing_import(copy)
        # Whoever starts it again is told again.
        copy.down()
        assert "The database file is damaged" in copy.up()
        copy.down()
    assert checks(instance)[0] == "ok"


def test_a_damaged_page_is_said_and_mended_by_a_copy(fresh):
    instance = fresh()
    instance.import_file(table(30, "10"))
    instance.down()
    mend = overwrite(instance.data, "product_by_price")
    own(instance.data)
    said = instance.up()
    assert "damaged" not in said, "it was stopped in order, so nobody looks"
    assert checks(instance)[0] == "ok"
    answer = instance.api.get("/api/products?sort=price")
    assert answer.status_code == 500, answer.text
    status, found = checks(instance)
    assert status == "degraded" and "database_damage" in found, found
    wait_for(lambda: "Stop Bodega" in checks(instance)[1]["database_damage"]["detail"], lambda: checks(instance))
    failing_import(instance)
    ended = instance.run("check", check=False)
    assert ended.returncode == 2 and "is damaged" in ended.stdout, ended
    instance.down()
    mend()
    ended = instance.run("check")
    assert "No damage found" in ended.stdout, ended
    assert "damaged" not in instance.up() and checks(instance)[0] == "ok"
    assert instance.import_file(table(30, "13"))["updated_rows"] == 30
    assert prices(instance.data) == {1300} and rows(instance.data, "PRAGMA integrity_check") == [("ok",)]
