"""Schedules and what is done with many jobs: by API, on the pages with and without script, from the shell, and through a
kill of the job runner."""

import json
import os
import re
import signal
import time

import pytest
import requests
from playwright.sync_api import expect

from instance import wait_for
from test_browser import browser, shoot, visitor  # noqa: F401  (a fixture)

NIGHTLY = {"name": "Nightly", "kind": "maintenance", "parameters": {"task": "cleanup"}, "cron": "30 3 * * *"}


@pytest.fixture(scope="module")
def every_minute(bodega):
    """A schedule that runs every minute from the beginning of the file on, and whose runner is killed meanwhile."""
    made = bodega.api.post("/api/schedules", json={
        "name": "Every minute", "kind": "books_check", "cron": "* * * * *", "overlap_policy": "wait",
    })
    assert made.status_code == 201, made.text
    return made.json()


def runs(bodega, schedule):
    return bodega.api.get(f"/api/schedules/{schedule['id']}/runs").json()["items"]


def test_a_schedule_by_api(bodega, every_minute):
    api = bodega.api
    made = api.post("/api/schedules", json={**NIGHTLY, "time_zone": "Europe/Lisbon"})
    assert made.status_code == 201 and made.headers["Location"] == f"/api/schedules/{made.json()['id']}"
    path, record = made.headers["Location"], made.json()
    assert record["missed_policy"] == "once" and record["overlap_policy"] == "skip" and record["enabled"] is True
    preview = api.get("/api/schedules/preview", params={"cron": NIGHTLY["cron"], "time_zone": "Europe/Lisbon"}).json()
    assert len(preview["next"]) == 5 and preview["next"][0] == record["next_run_at"]
    taken = api.post("/api/schedules", json={**NIGHTLY, "name": "NIGHTLY "})
    assert taken.status_code == 409 and taken.json()["existing_id"] == record["id"]
    assert api.put(path, json=api.get(path).json()).status_code == 200, "what is read can be written back"
    changed = api.patch(path, json={"enabled": False}, headers={"If-Match": made.headers["ETag"]})
    assert changed.status_code == 200 and changed.json()["next_run_at"] is None, changed.text
    assert api.patch(path, json={"enabled": True}, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    job = api.wait(api.post(f"{path}/run").json()["job_id"])
    assert job["status"] == "completed" and set(job["result"]) >= {"jobs", "events", "log_lines"}
    run = runs(bodega, record)[0]
    assert run["manual"] and run["job_id"] == job["id"] and run["job_status"] == "completed"
    assert api.get(path).json()["last_job_status"] == "completed"
    assert api.delete(path).status_code == 204 and api.get(path).status_code == 404
    assert api.get(f"/api/jobs/{job['id']}").status_code == 200, "its jobs stay"


BAD = [
    ({"cron": "60 * * * *"}, "cron", "bad_cron"), ({"cron": "0 0 31 2 *"}, "cron", "bad_cron"),
    ({"cron": ""}, "cron", "bad_cron"), ({"time_zone": "Europe/Atlantis"}, "time_zone", "bad_time_zone"),
    ({"time_zone": "../../etc/passwd"}, "time_zone", "bad_time_zone"), ({"kind": "product_import"}, "kind", "bad_kind"),
    ({"parameters": {"task": "everything"}}, "parameters.task", "bad_option"),
    ({"parameters": {"tasks": "cleanup"}}, "parameters.tasks", "unknown_field"),
    ({"missed_policy": "never"}, "missed_policy", "bad_option"), ({"missed_limit": 0}, "missed_limit", "bad_number"),
    ({"name": " "}, "name", "required"), ({"id": 7}, "id", "unknown_field"), ({"enabled": "yes"}, "enabled", "wrong_type"),
]


@pytest.mark.parametrize("change, field, code", BAD)
def test_what_is_wrong_is_said_at_its_field(bodega, change, field, code):
    answer = bodega.api.post("/api/schedules", json={**NIGHTLY, **change})
    assert answer.status_code == 422, answer.text
    assert (field, code) in [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_who_may_not_ask_for_the_jobs_may_not_schedule_them(bodega):
    secret = bodega.token("write:schedules", "read:schedules")
    answer = requests.post(
        f"{bodega.url}/api/schedules", json=NIGHTLY, headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 403 and "run:jobs" in answer.text


def test_the_shell(bodega, every_minute):
    listed = json.loads(bodega.run("schedule", "list", "--json").stdout)
    assert every_minute["id"] in [schedule["id"] for schedule in listed]
    words = bodega.run("schedule", "preview", "0 6 * * MON", "--time-zone", "Europe/Lisbon", "--count", "2").stdout
    assert len(words.split()) == 2
    job = bodega.run("schedule", "run", "every minute").stdout.strip()
    assert bodega.api.wait(job)["status"] == "completed"
    assert job in bodega.run("job", "list", "--kind", "books_check").stdout
    assert bodega.run("job", "retry", job, check=False).returncode == 1
    wrong = bodega.run("schedule", "preview", "61 * * * *", check=False)
    assert wrong.returncode == 64 and "minute" in wrong.stderr


def failed_imports(bodega, name, count):
    return [
        bodega.import_file(f"SKU,Name\n,{name} {number}\n", filename=f"{name}-{number}.csv")["id"]
        for number in range(count)
    ]


def test_jobs_are_deleted_and_run_again(bodega):
    api = bodega.api
    done = bodega.import_file("SKU,Name\nkept-1,Kept\n", filename="kept.csv")
    kept = api.delete(f"/api/jobs/{done['id']}")
    assert kept.status_code == 409 and kept.json()["code"] == "needed_for_undo"
    assert api.post(f"/api/jobs/{done['id']}/rerun").json()["code"] == "not_repeatable"
    job = api.post("/api/schedules", json={**NIGHTLY, "name": "Again", "parameters": {"task": "integrity"}}).json()
    first = api.wait(api.post(f"/api/schedules/{job['id']}/run").json()["job_id"])
    assert first["status"] == "completed" and first["result"]["faults"] == 0
    second = api.wait(api.post(f"/api/jobs/{first['id']}/rerun").json()["job_id"])
    assert second["id"] != first["id"] and second["options"] == first["options"] and second["status"] == "completed"
    attempts = api.get(f"/api/jobs/{first['id']}/attempts").json()["items"]
    assert [attempt["outcome"] for attempt in attempts] == ["completed"] and attempts[0]["peak_memory_bytes"] > 0
    assert api.delete(f"/api/jobs/{first['id']}").status_code == 204
    assert api.get(f"/api/jobs/{first['id']}").status_code == 404
    api.delete(f"/api/schedules/{job['id']}")


def test_many_jobs_at_once(bodega):
    api = bodega.api
    ids = failed_imports(bodega, "bulk", 3)
    asked = {"action": "delete", "filter": {"q": "bulk-", "kind": "product_import"}}
    told = api.post("/api/jobs/bulk", json=asked)
    assert told.status_code == 428 and told.json()["count"] == 3
    assert api.post("/api/jobs/bulk", json={**asked, "confirm": 2}).status_code == 428
    misspelt = api.post("/api/jobs/bulk", json={"action": "delete", "filter": {"kinds": "product_import"}})
    assert misspelt.status_code == 422
    assert api.post("/api/jobs/bulk", json={"action": "cancel", "ids": ids}).json()["count"] == 0, "they are over"
    viewer = bodega.token("read:jobs", "run:jobs")
    other = requests.post(
        f"{bodega.url}/api/jobs/bulk", json=asked, headers={"Authorization": f"Bearer {viewer}"}
    )
    assert other.status_code == 428 and other.json()["count"] == 0, "those of other kinds are not theirs"
    done = api.post("/api/jobs/bulk", json={**asked, "confirm": 3})
    assert done.status_code == 200 and done.json()["done"] == 3 and done.json()["refused"] == []
    assert {api.get(f"/api/jobs/{id}").status_code for id in ids} == {404}


def test_a_paused_lane_starts_nothing(bodega):
    api = bodega.api
    assert api.post("/api/job-lanes/nowhere/pause").status_code == 404
    paused = api.post("/api/job-lanes/imports/pause").json()
    try:
        assert paused["paused_at"] and paused["kinds"] == ["product_import"]
        first = api.upload("SKU,Name\nlane-1,One\n", filename="first.csv")["job_id"]
        last = api.upload("SKU,Name\nlane-2,Two\n", filename="last.csv")["job_id"]
        assert api.patch(f"/api/jobs/{last}", json={"priority": 10}).json()["priority"] == 10
        # Other lanes go on: what comes later is done meanwhile.
        made = api.post("/api/schedules", json={**NIGHTLY, "name": "Beside"}).json()
        assert api.wait(api.post(f"/api/schedules/{made['id']}/run").json()["job_id"])["status"] == "completed"
        assert {api.job(job)["status"] for job in (first, last)} == {"pending"}
        form = {"priority": "50", "csrf_token": api.headers["X-CSRF-Token"]}
        assert api.post(f"/jobs/{first}/priority", data=form).status_code == 303
        assert api.job(first)["priority"] == 50
        assert api.post(f"/jobs/{first}/priority", data={**form, "priority": "0"}).status_code == 400
        lane = next(lane for lane in api.get("/api/job-lanes").json()["items"] if lane["name"] == "imports")
        assert lane["waiting"] == 2
    finally:
        assert api.post("/api/job-lanes/imports/resume").json()["paused_at"] is None
    jobs = [api.wait(job) for job in (first, last)]
    assert jobs[1]["started_at"] <= jobs[0]["started_at"], "the smaller priority goes first"
    api.delete(f"/api/schedules/{made['id']}")


@pytest.mark.parametrize("script", [True, False], ids=["script", "without script"])
def test_pages(bodega, browser, script):  # noqa: F811
    name = f"Every night {'with' if script else 'without'} script"
    # The form comes back with what is wrong: the browser complains of its status.
    with visitor(browser, bodega, expected=["422"], java_script_enabled=script) as page:
        page.goto("/schedules/new")
        page.get_by_role("link", name="Maintenance").click()
        page.get_by_label("Name").fill(name)
        page.get_by_label("Task").select_option("analyze")
        page.get_by_label("How often").select_option("*")
        page.locator("#field-time").fill("25:00")
        page.get_by_role("button", name="Show next runs").click()
        expect(page.locator("#field-time-error")).to_contain_text("03:30")
        page.get_by_label("How often").select_option("cron")
        page.get_by_label("Cron expression").fill("61 3 * * *")
        page.get_by_role("button", name="Show next runs").click()
        expect(page.locator("#field-cron-error")).to_contain_text("minute has '61'")
        page.get_by_label("How often").select_option("1-5")
        page.locator("#field-time").fill("03:30")
        page.get_by_label("Time zone").select_option("Europe/Lisbon")
        page.get_by_role("button", name="Show next runs").click()
        expect(page.get_by_text("Monday to Friday at 03:30, Europe/Lisbon")).to_be_visible()
        expect(page.locator("ol.plain li")).to_have_count(5)
        page.get_by_role("button", name="Create schedule").click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        expect(page.get_by_label("How often")).to_have_value("1-5")
        expect(page.locator("#field-time")).to_have_value("03:30")
        page.get_by_role("button", name="Run now").click()
        page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
        bodega.api.wait(page.url.rsplit("/", 1)[1])
        page.reload()
        expect(page.get_by_role("heading", name="Attempts")).to_be_visible()
        expect(page.get_by_role("link", name=name)).to_be_visible()
        page.goto("/schedules")
        row = page.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text("Completed")
        row.get_by_role("link", name=name).click()
        page.get_by_role("link", name="Delete schedule…").click()
        page.get_by_role("button", name="Delete schedule").click()
        expect(page.get_by_text("The schedule was deleted.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "without script"])
def test_jobs_are_ticked_and_deleted_on_the_page(bodega, browser, script):  # noqa: F811
    word = "ticked" if script else "plain"
    failed_imports(bodega, word, 3)
    with visitor(browser, bodega, java_script_enabled=script) as page:
        page.goto(f"/jobs?q={word}")
        page.get_by_label(f"Select {word}-1.csv").check()
        page.get_by_role("button", name="Delete…").click()
        expect(page.get_by_role("heading", name="Delete 1 job?")).to_be_visible()
        page.get_by_role("button", name="Delete job").click()
        expect(page.get_by_text("1 job deleted.")).to_be_visible()
        page.get_by_label("All 2 jobs that match").check()
        page.get_by_role("button", name="Delete…").click()
        page.get_by_label("Type 2 to confirm").fill("2")
        page.get_by_role("button", name="Delete 2 jobs").click()
        expect(page.get_by_text("2 jobs deleted.")).to_be_visible()
        expect(page.get_by_text("No job matches these filters")).to_be_visible()


def test_each_minute_is_run_once_through_kills(bodega, every_minute):
    """Last, when a minute has passed anyway: the runner is killed while the next one comes."""
    known = len([run for run in runs(bodega, every_minute) if not run["manual"]])
    deadline = time.monotonic() + 150

    def has_come():
        return len([run for run in runs(bodega, every_minute) if not run["manual"]]) > known

    while time.monotonic() < deadline and not has_come():
        for runner in bodega.pids("jobs"):
            os.kill(runner, signal.SIGKILL)
        wait_for(lambda: bodega.pids("jobs"), "no runner came back")
        time.sleep(2)
    bodega.api.patch(f"/api/schedules/{every_minute['id']}", json={"enabled": False})
    made = [run for run in runs(bodega, every_minute) if not run["manual"]]
    assert len(made) > known, "nothing was run"
    due = [run["due_at"] for run in made]
    assert len(set(due)) == len(due) and all(moment.endswith(":00.000Z") for moment in due)
    started = [run["job_id"] for run in made if run["outcome"] == "started"]
    jobs = bodega.api.get("/api/jobs?kind=books_check&limit=1000").json()["items"]
    assert len(set(started)) == len(started) and set(started) <= {job["id"] for job in jobs}
    manual = [run["job_id"] for run in runs(bodega, every_minute) if run["manual"]]
    assert {job["id"] for job in jobs} == set(started) | set(manual), "no job without its time"
    bodega.api.delete(f"/api/schedules/{every_minute['id']}")
