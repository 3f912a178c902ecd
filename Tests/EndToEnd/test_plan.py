"""Plans: what is shown is what is done, nothing happens before somebody agrees, and no kill changes that."""

import os
import re
import signal
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from instance import FINAL, wait_for
from test_browser import SIZES, browser, shoot, visitor  # noqa: F401  (a fixture)

WAITING = "awaiting_confirmation"
STATES = ["create", "update", "delete", "unchanged", "skip", "reject"]


def asks(client, content, **options):
    """Uploads and waits until the job asks, or is over."""
    job_id = client.upload(content, **options)["job_id"]
    return client.wait(job_id, until=lambda job: job["status"] in FINAL | {WAITING})


def plan(client, job, path=""):
    answer = client.get(f"/api/jobs/{job['id']}/plan{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def act(client, job, action, expect=202):
    answer = client.post(f"/api/jobs/{job['id']}/{action}")
    assert answer.status_code == expect, answer.text
    return answer.json()


def lines(count, price="10", first=0):
    return "".join(f"P{number},Product {number},{price}\n" for number in range(first, first + count))


def table(count, price="10"):
    return f"sku,name,price\n{lines(count, price)}"


def counted(job):
    """The run's books in the words of a plan."""
    return {
        "create": job["created_rows"], "change": job["updated_rows"], "unchanged": job["unchanged_rows"],
        "skip": job["skipped_rows"], "reject": job["failed_rows"],
    }


def planned(summary):
    counts = summary["counts"]
    return {
        "create": counts["create"], "change": counts["update"] + counts["delete"], "unchanged": counts["unchanged"],
        "skip": counts["skip"], "reject": counts["reject"],
    }


def test_the_plan_is_what_runs(fresh):
    instance = fresh()
    client = instance.api
    assert instance.import_file(table(100))["created_rows"] == 100
    before = instance.digest()
    content = (
        table(40) + lines(20, "11", 40) + lines(30, "5", 200) + "P99,,wrong\nnameless,,1\nP0,Product 0,10\n"
    )
    job = asks(client, content, review="1")
    assert (job["status"], job["stage"], job["worker_alive"]) == (WAITING, "validating", None)
    assert {"plan", "confirm", "replan", "cancel"} <= job["links"].keys() and "retry" not in job["links"]
    assert instance.digest() == before, "checking changed something"
    summary = plan(client, job)
    assert summary["counts"] == {
        "create": 30, "update": 20, "delete": 0, "unchanged": 40, "skip": 1, "reject": 2, "deactivate": 0,
    }
    assert summary["skipped"]["superseded"] == 1
    sample = next(row for row in summary["samples"] if row["state"] == "update")
    assert sample["changes"] == [{"field": "price", "before": "10.00", "after": "11.00"}]
    # Pages, by state, with the exact number.
    page, rows = plan(client, job, "?state=create,update&limit=7&include=total"), []
    assert page["total"] == 50
    while page:
        rows += page["items"]
        page = client.get(page["next"]).json() if page["next"] else None
    assert len(rows) == 50 and [row["row"] for row in rows] == sorted(row["row"] for row in rows)
    rejected = plan(client, job, "?state=reject")["items"]
    assert [error["code"] for row in rejected for error in row["errors"]] == ["bad_price", "no_name"]
    assert client.get(f"/api/jobs/{job['id']}/plan?state=all").status_code == 400
    assert act(client, job, "confirm")["job_id"] == job["id"]
    done = client.wait(job["id"])
    assert done["status"] == "completed" and counted(done) == planned(summary)
    answer = act(client, job, "confirm", expect=409)
    assert answer["code"] == "wrong_state"
    assert client.get(done["links"]["plan"]).status_code == 200


def test_an_edit_after_the_plan_is_kept(fresh):
    instance = fresh()
    client = instance.api
    instance.import_file(table(3))
    job = asks(client, table(3, "11"), review="1")
    product = client.get("/api/products/by-sku/P1").json()
    answer = client.patch(f"/api/products/{product['id']}", json={"price": "77.00"})
    assert answer.status_code == 200, answer.text
    act(client, job, "confirm")
    done = client.wait(job["id"])
    assert (done["updated_rows"], done["skipped_rows"]) == (2, 1) and done["result"]["held_back"] == 1
    held = plan(client, job, "?state=held_back")["items"]
    assert [(row["sku"], row["reason"]) for row in held] == [("P1", "held_back")]
    assert held[0]["by"] and held[0]["at"]
    assert client.get("/api/products/by-sku/P1").json()["price"] == "77.00"


def test_discarded_and_checked_again(fresh):
    instance = fresh()
    client = instance.api
    job = asks(client, table(5) + "bad,,\n", review="1")
    assert len(client.errors(job["id"])) == 1
    act(client, job, "replan")
    again = client.wait(job["id"], until=lambda job: job["status"] == WAITING and job["attempt"] == 2)
    assert len(client.errors(job["id"])) == 1
    act(client, again, "cancel")
    dropped = client.job(job["id"])
    assert dropped["status"] == "cancelled" and not {"plan", "confirm", "replan"} & dropped["links"].keys()
    assert client.get(f"/api/jobs/{job['id']}/plan").status_code == 404
    act(client, job, "replan", expect=409)
    assert instance.digest()["products"] == 0


def test_the_guard_asks(fresh):
    instance = fresh()
    client = instance.api
    instance.import_file(table(10))
    for content, options, kind in [
        (table(10, "20"), {}, "price_changes"), (table(5), {"mode": "delete"}, "deletions"),
        (table(5), {"missing": "deactivate"}, "deactivations"),
    ]:
        job = asks(client, content, **options)
        assert (job["status"], job["waiting_reason"]) == (WAITING, "guard"), job
        assert [finding["kind"] for finding in plan(client, job)["guard"]] == [kind]
        act(client, job, "cancel")
        done = asks(client, content, guard="off", **options)
        assert done["status"] == "completed", done
    statuses = [product["status"] for product in client.get("/api/products").json()["items"]]
    assert len(statuses) == 10 and statuses.count("draft") == 5
    # Of three rows one is a third, and nobody is asked.
    assert asks(client, table(1, "1") + lines(2, "20", 1))["status"] == "completed"


def test_stop_at_the_first_error_lists_all(fresh):
    instance = fresh()
    client = instance.api
    job = asks(client, "sku,name\na,A\nb,\nc,\n", on_error="stop")
    assert (job["status"], job["failed_rows"], job["created_rows"]) == ("failed", 2, 0)
    assert {error["code"] for error in client.errors(job["id"])} == {"no_name"}
    assert instance.digest()["products"] == 0


def test_kill_the_worker_while_it_checks(fresh):
    """Planned anew from a clean state, and what follows is as if nothing had been."""
    instance = fresh()
    client = instance.api
    rows = 300_000
    instance.import_file(table(rows))
    # In another order than the first time, which takes long enough to be killed in.
    header, *records = table(rows, "11").replace("1\n", "x\n", 500).splitlines(keepends=True)
    content = header + "".join(reversed(records))
    job_id = client.upload(content, review="1")["job_id"]
    deaths = 0
    for _ in range(2):
        job = client.wait(
            job_id, until=lambda job: job["stage"] == "validating" and job["progress"] > 0 or job["status"] == WAITING
        )
        if job["status"] == WAITING:
            break
        for pid in instance.pids("work"):
            os.kill(pid, signal.SIGKILL)
            deaths += 1
        client.wait(job_id, until=lambda seen, died=job["attempt"]: seen["attempt"] > died)
    assert deaths > 0, "it was too fast to be killed"
    job = client.wait(job_id, until=lambda job: job["status"] in FINAL | {WAITING})
    assert job["status"] == WAITING and job["attempt"] == deaths + 1, job
    summary = plan(client, job)
    assert summary["counts"]["update"] + summary["counts"]["reject"] == rows
    assert len({error["row"] for error in client.errors(job_id)}) == summary["counts"]["reject"]
    uploads = list((instance.data / "spool/uploads").iterdir())
    assert not [path for path in uploads if re.search(r"\.plan\.\d+$", path.name) and not path.name.endswith(".1")
                and not path.name.endswith(".2")], uploads
    act(client, job, "confirm")
    # And once more, while the plan is carried out.
    client.wait(job_id, until=lambda job: job["stage"] == "importing" and job["processed_rows"] > 0 or job["status"] in FINAL)
    for pid in instance.pids("work"):
        os.kill(pid, signal.SIGKILL)
    done = client.wait(job_id)
    assert done["status"] == "completed" and counted(done) == planned(summary), done
    assert instance.digest()["most_revisions_per_job_and_product"] == 1


def test_the_terminal_asks_only_a_terminal(fresh, tmp_path):
    instance = fresh()
    path = instance.folder / "terminal.csv"
    path.write_text(table(3))
    ended = instance.run("import", path, "--review", check=False, stdin=-3)
    assert ended.returncode == 2 and "--yes" in ended.stdout, ended
    assert instance.digest()["products"] == 0
    ended = instance.run("import", path, "--review", "--yes", stdin=-3)
    assert "create: 3" in ended.stdout and "created: 3" in ended.stdout
    assert instance.digest()["products"] == 3
    ended = instance.run("import", path, "--mode", "remove", check=False, stdin=-3)
    assert ended.returncode == 64 and "upsert" in ended.stderr


# The browser


def fill(instance):
    instance.import_file(table(60))


def changed():
    return table(20) + lines(20, "12", 20) + lines(5, "3", 300) + "P50,,x\n"


def test_review_in_the_browser(fresh, browser, tmp_path):
    """Drop a file, look at the plan, filter it, agree; each page as axe wants it."""
    instance = fresh()
    fill(instance)
    path = tmp_path / "spring.csv"
    path.write_text(changed())
    with visitor(browser, instance) as page:
        page.goto("/imports")
        expect(page.get_by_label("Show me what will change")).to_be_checked()
        shoot(page, "plan-upload")
        page.set_input_files("input[type=file]", path)
        expect(page.get_by_role("button", name="Import 25 rows")).to_be_visible()
        shoot(page, "plan-wide")
        assert Axe().run(page).violations_count == 0, Axe().run(page).generate_report()
        expect(page.get_by_role("row", name="P20")).to_contain_text("10.00")
        page.locator(".tiles a", has_text="Reject").click()
        expect(page.get_by_role("row", name="P50")).to_contain_text("not an amount")
        shoot(page, "plan-reject")
        page.get_by_role("link", name="Show all changes").click()
        page.get_by_role("link", name="Next page").or_(page.get_by_role("heading", name="All changes")).first.wait_for()
        button = page.get_by_role("button", name="Import 25 rows")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")
        page.get_by_role("link", name="What was planned").click()
        expect(page.locator("h1")).to_contain_text("Plan of spring.csv")
        shoot(page, "plan-after")


def test_review_without_script_on_a_phone(fresh, browser, tmp_path):
    instance = fresh()
    fill(instance)
    path = tmp_path / "spring.csv"
    path.write_text(changed())
    with visitor(browser, instance, java_script_enabled=False, viewport=SIZES["narrow"]) as page:
        page.goto("/imports")
        page.set_input_files("input[type=file]", path)
        page.get_by_role("button", name="Upload and import").click()
        expect(page.get_by_role("button", name="Import 25 rows")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        shoot(page, "plan-narrow")
        page.get_by_role("button", name="Import 25 rows").click()
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")


def test_discard_and_guard_in_the_browser(fresh, browser, tmp_path):
    instance = fresh()
    fill(instance)
    path = tmp_path / "wrong.csv"
    path.write_text(table(60, "99"))
    with visitor(browser, instance) as page:
        page.goto("/imports")
        page.get_by_label("Show me what will change").uncheck()
        page.set_input_files("input[type=file]", path)
        expect(page.locator(".banner")).to_contain_text("60 prices would change by more than 50 %: 100 % of the 60 rows")
        shoot(page, "plan-guard")
        page.get_by_role("button", name="Check again").click()
        expect(page.get_by_role("button", name="Discard")).to_be_visible()
        page.get_by_role("button", name="Discard").click()
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "cancelled")
        assert "retry" in instance.api.job(page.url.rsplit("/", 1)[1])["links"]
