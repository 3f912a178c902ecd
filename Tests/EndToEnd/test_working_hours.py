"""Work that runs by itself, over days and in thousands: what was missed while nothing ran, and what is done with all
jobs that match."""

import concurrent.futures
import contextlib

import pytest

from clock_shift import HOUR, WallClock
from instance import LONG, Bodega, make_folder, wait_for

MANY = 10_000 if LONG else 200
HOURS_OFF = 72
POLICIES = {"skip": 0, "once": 1, "all": 5}


def schedule(instance, name, kind, **members):
    answer = instance.api.post("/api/schedules", json={"name": name, "kind": kind, "cron": "0 0 1 1 *", **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def clock_and_house():
    folder = make_folder()
    clock = WallClock(folder)
    with contextlib.closing(clock.memory), Bodega(folder=folder, variables=clock.variables) as instance:
        instance.owns_folder = True
        yield clock, instance


def test_what_was_missed_in_three_days_off(clock_and_house):
    """The house is closed for three days: of an hourly schedule as many times are made up for as its policy says, each one
    is on record, and what comes next lies in the future."""
    clock, house = clock_and_house
    made = {
        policy: schedule(
            house, f"Hourly, {policy}", "books_check", cron="0 * * * *", missed_policy=policy, missed_limit=5,
            overlap_policy="wait",
        )
        for policy in POLICIES
    }
    assert not house.down()
    clock.put(HOURS_OFF * HOUR)
    # A machine that was off counts anew, so that its clock is believed.
    (house.data / "clock").unlink()
    house.up()
    # The session of before has expired.
    api = house.login()

    def runs(policy):
        answer = api.get(f"/api/schedules/{made[policy]['id']}/runs", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        return [run for run in answer.json()["items"] if not run["manual"]]

    for policy, made_up in POLICIES.items():
        found = wait_for(
            lambda policy=policy, made_up=made_up: (
                (all_of := runs(policy)) and len(all_of) >= HOURS_OFF - 1
                and sum(run["job_status"] == "completed" for run in all_of) >= made_up and all_of
            ),
            lambda policy=policy: f"{policy}: {runs(policy)[:8]}",
        )
        # The hours that have come, but for one that may have come just now and be in time.
        assert HOURS_OFF - 1 <= len(found) <= HOURS_OFF + 1, len(found)
        assert len({run["due_at"] for run in found}) == len(found)
        assert len([run for run in found if run["outcome"] == "started"]) in (made_up, made_up + 1), found[:10]
        # The newest are made up for, the others are on record as missed.
        newest = sorted(found, key=lambda run: run["due_at"])[-made_up - 1:]
        assert {run["outcome"] for run in found if run not in newest} == {"missed"}, (policy, found[:10])
        assert api.get(f"/api/schedules/{made[policy]['id']}").json()["next_run_at"] > found[0]["due_at"]
        page = api.get(f"/schedules/{made[policy]['id']}")
        assert page.status_code == 200 and "Missed" in page.text


def test_bulk_actions_on_thousands_of_jobs(bodega):
    """All that match, across the pages of the list, with the number told first."""
    api = bodega.api
    assert api.post("/api/job-lanes/imports/pause").status_code == 200
    try:
        def upload(numbers):
            client = bodega.login()
            return [client.upload(f"sku,name\nM-{n},N\n", filename=f"thousands-{n}.csv")["job_id"] for n in numbers]

        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            made = sum(threads.map(upload, [range(first, MANY, 4) for first in range(4)]), [])
        assert len(set(made)) == MANY
        matching = {"q": "thousands-", "kind": "product_import"}
        page = api.get("/jobs?q=thousands-").text
        assert f"All {MANY:,} jobs that match" in page or f"All {MANY} jobs that match" in page

        def act(action, expected):
            asked = {"action": action, "filter": matching}
            told = api.post("/api/jobs/bulk", json=asked)
            assert told.status_code == 428 and told.json()["count"] == expected, told.text
            answer = api.post("/api/jobs/bulk", json={**asked, "confirm": expected}, timeout=600)
            assert answer.status_code == 200, answer.text
            assert answer.json()["done"] == expected and answer.json()["refused"] == [], answer.text[:1000]

        act("cancel", MANY)
        assert api.job(made[0])["status"] == "cancelled" and api.job(made[-1])["status"] == "cancelled"
        act("delete", MANY)
        assert {api.get(f"/api/jobs/{made[n]}").status_code for n in (0, MANY // 2, -1)} == {404}
        assert api.get("/api/jobs", params=matching).json()["items"] == []
    finally:
        api.post("/api/job-lanes/imports/resume")
