"""The machine's clock is put forward or back by an hour or by two years, for a while: nothing is lost, nothing waits for
the old time, and somebody is told."""

import contextlib
import os
import signal
import sqlite3
import time

import pytest
import requests

from clock_shift import HOUR, YEAR, WallClock
from instance import EMAIL, FINAL, Bodega, make_folder, wait_for

JUMPS = {"an hour back": -HOUR, "an hour forward": HOUR, "two years back": -2 * YEAR, "two years forward": 2 * YEAR}


def table(numbers, price=1, status="active"):
    lines = ["sku,name,price,status"]
    return "\n".join(lines + [f"SKU-{number:06},Name {number},{price}.50,{status}" for number in numbers]) + "\n"


@pytest.fixture
def shifted():
    """An instance and the clock of its machine."""
    folder = make_folder()
    clock = WallClock(folder)
    with contextlib.closing(clock.memory), Bodega(folder=folder, variables=clock.variables) as instance:
        instance.owns_folder = True
        yield instance, clock


def rows(instance, statement):
    """What an independent look at the database finds."""
    with contextlib.closing(sqlite3.connect(f"file:{instance.data / 'bodega.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def count(instance, name):
    return rows(instance, f"SELECT COUNT(*) FROM {name}")[0][0]


def clock_check(instance):
    """What /health says of the clock."""
    answer = instance.health()
    return answer and answer.json()["checks"].get("clock")


def wait_until_told(instance):
    """Waits until the runner has seen the jump and has gone through all that it keeps in order once: the warning comes to
    the system log by the last of it."""
    wait_for(lambda: clock_check(instance), "/health does not say that the clock jumped")
    wait_for(
        lambda: rows(instance, "SELECT id FROM system_log WHERE message = 'the clock has jumped'"),
        "the system log does not say that the clock jumped",
    )


def edit(instance, product, name):
    path = f"/api/products/{product['id']}"
    tag = instance.api.get(path).headers["ETag"]
    return instance.api.patch(path, json={"name": name}, headers={"If-Match": tag})


def restart(instance):
    instance.down()
    instance.up()


@pytest.mark.parametrize("jump", JUMPS)
def test_nothing_is_forgotten_that_is_kept_for_days(shifted, jump):
    instance, clock = shifted
    content = table(range(50))
    first = instance.import_file(content)
    changed = instance.import_file(table(range(50), price=2))
    assert changed["updated_rows"] == 50, changed
    keyed = {"headers": {"Idempotency-Key": "clock-1"}, "json": {"sku": "KEYED", "name": "Once"}}
    created = instance.api.post("/api/products", **keyed)
    assert created.status_code == 201, created.text
    kept = {name: count(instance, name) for name in ["product_revision", "event", "session", "outbox", "audit_log"]}

    clock.put(JUMPS[jump])
    restart(instance)
    wait_until_told(instance)
    # Whoever logs in now clears up what has expired.
    instance.login()
    # What comes to be meanwhile is as lasting as what was there.
    during = instance.import_file(table(range(50, 60)))
    during_product = instance.api.post("/api/products", json={"sku": "DURING", "name": "During"}).json()
    clock.put(0)
    restart(instance)
    instance.login()

    assert instance.api.get("/api/products?limit=1").status_code == 200, "the session that was there before is over"
    assert instance.api.get(f"/api/jobs/{first['id']}/file").content == content.encode()
    assert instance.api.get(f"/api/jobs/{during['id']}/file").status_code == 200
    again = instance.api.post("/api/products", **keyed)
    assert (again.status_code, again.text) == (201, created.text), "an idempotency key was forgotten"
    for name, before in kept.items():
        assert count(instance, name) >= before, f"rows of {name} are gone"
    for job in [during, changed]:
        undone = instance.api.wait(instance.api.post(f"/api/jobs/{job['id']}/undo").json()["job_id"])
        assert undone["status"] == "completed", undone
    assert rows(instance, "SELECT DISTINCT price FROM product WHERE sku LIKE 'SKU-%'") == [(150,)]
    # The next change is not older than the one before it.
    answer = edit(instance, during_product, "After")
    assert answer.status_code == 200, answer.text
    assert answer.json()["updated_at"] >= during_product["updated_at"]


@pytest.mark.parametrize("jump", JUMPS)
def test_an_import_goes_on_whatever_the_clock_says(shifted, jump):
    instance, clock = shifted
    instance.import_file(table(range(20_000)))
    job = instance.api.upload(table(range(20_000), price=2), guard="off")["job_id"]
    instance.api.wait(job, until=lambda job: job["status"] == "processing" or job["status"] in FINAL)
    # One waits behind it, and a worker is lost as well.
    second = instance.api.upload(table(range(100), price=3), guard="off")["job_id"]
    for pid in instance.pids("work"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    instance.down()
    clock.put(JUMPS[jump])
    instance.up()
    for one in [job, second]:
        ended = instance.api.wait(one, timeout=60)
        assert ended["status"] == "completed", ended
        assert ended["processed_rows"] == sum(
            ended[f"{name}_rows"] for name in ["created", "updated", "unchanged", "skipped", "failed"])
    assert count(instance, "product") == 20_000
    assert rows(instance, "SELECT price, COUNT(*) FROM product GROUP BY price ORDER BY price") == [(250, 19_900), (350, 100)]


@pytest.mark.parametrize("jump", JUMPS)
def test_an_import_and_its_plan_are_not_disturbed_while_they_run(shifted, jump):
    instance, clock = shifted
    instance.import_file(table(range(1000)))
    waiting = instance.api.upload(table(range(500), price=2), review="1", guard="off")["job_id"]
    instance.api.wait(waiting, until=lambda job: job["status"] == "awaiting_confirmation")
    clock.put(JUMPS[jump])
    # A product that somebody edits now was changed since the plan was made, and one that nobody edits was not.
    edited = instance.api.get("/api/products?sku=SKU-000007").json()["items"][0]
    answer = edit(instance, edited, "By hand")
    assert answer.status_code == 200, answer.text
    assert answer.json()["updated_at"] >= edited["updated_at"]
    assert instance.api.post(f"/api/jobs/{waiting}/confirm").status_code == 202
    ended = instance.api.wait(waiting)
    assert (ended["status"], ended["updated_rows"], ended["skipped_rows"]) == ("completed", 499, 1), ended
    # What a file does not name is deactivated although it was changed "later" than now.
    ended = instance.import_file(table(range(500)), missing="deactivate")
    assert ended["status"] == "completed", ended
    assert rows(instance, "SELECT COUNT(*) FROM product WHERE status = 'active'") == [(500,)]
    # Sessions, too, go on while the clock is wrong.
    assert instance.api.get("/api/products?limit=1").status_code == 200
    wait_for(lambda: clock_check(instance), "/health does not say that the clock jumped")


@pytest.mark.parametrize("jump", JUMPS)
def test_guessing_stays_bounded_and_nobody_is_locked_out_for_longer(shifted, jump):
    instance, clock = shifted

    def guess(name):
        return requests.post(f"{instance.url}/api/session", json={"email": name, "password": "wrong wrong wrong"}, timeout=60)

    answers = [guess("mallory@localhost") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    for shift in [JUMPS[jump], 0]:
        clock.put(shift)
        guess(EMAIL)
        answer = guess("mallory@localhost")
        assert answer.status_code == 429, "attempts were forgotten"
        assert int(answer.headers["Retry-After"]) <= 15 * 60
