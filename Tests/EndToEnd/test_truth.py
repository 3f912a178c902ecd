"""What pages say of an import is true: rates, pauses, rows left as they are, failures, undo."""

import re

from playwright.sync_api import expect

from instance import FINAL
from test_browser import browser, shoot, visitor  # noqa: F401 (browser is a fixture)


def table(prefix, rows, price=1):
    return "sku,name,price\n" + "".join(f"{prefix}-{row},Name {row},{price}.00\n" for row in range(rows))


def act(instance, job_id, action):
    answer = instance.api.post(f"/api/jobs/{job_id}/{action}")
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


def test_the_rate_is_that_of_the_stage_and_never_below_zero(bodega):
    """Checking and importing count their rows from zero each; what is told of one says nothing of the other."""
    rows = 60_000
    bodega.import_file(table("rate", rows))
    seen = []

    def look(job):
        if job["rows_per_second"] is not None:
            seen.append((job["stage"], job["rows_per_second"]))
        return job["status"] in FINAL

    job = bodega.api.wait(bodega.api.upload(table("rate", rows, 2), guard="off")["job_id"], until=look)
    assert job["updated_rows"] == rows and seen
    assert all(rate >= 0 for _, rate in seen), seen
    assert {stage for stage, _ in seen} <= {"validating", "importing"}, seen


def test_a_confirmed_plan_is_not_resumed_and_held_back_rows_are_said(bodega, browser):  # noqa: F811
    bodega.import_file(table("held", 3))
    job = bodega.api.upload(table("held", 3, 2), review="1")["job_id"]
    bodega.api.wait(job, until=lambda job: job["status"] == "awaiting_confirmation")
    product = bodega.api.get("/api/products/by-sku/held-1").json()
    assert bodega.api.patch(f"/api/products/{product['id']}", json={"name": "Edited"}).status_code == 200
    act(bodega, job, "confirm")
    done = bodega.api.wait(job)
    assert (done["attempt"], done["takeovers"]) == (2, 0) and done["working_ms"] < 60_000
    assert (done["updated_rows"], done["skipped_rows"], done["result"]["held_back"]) == (2, 1, 1)
    with visitor(browser, bodega) as page:
        page.goto(f"/imports/{job}")
        banner = page.locator(".banner.tone-warning")
        expect(banner).to_contain_text("2 products updated. 1 left as it is because it was edited after the check.")
        expect(page.get_by_text("Resumed")).to_have_count(0)
        shoot(page, "truth-held-back")
        banner.get_by_role("link", name="See which").click()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody")).to_contain_text("held-1")


def test_badges_say_what_became_of_the_rows(bodega, browser):  # noqa: F811
    some = bodega.import_file("sku,name,price\nbadge-1,One,1\nbadge-2,Two,x\nbadge-3,Three,y\n", filename="badge-some.csv")
    none = bodega.import_file("sku,name,price\nbadge-8,One,x\nbadge-9,Two,x\n", filename="badge-none.csv")
    taken = bodega.import_file("sku,name\nbadge-5,Five\n", filename="badge-undone.csv")
    bodega.api.wait(act(bodega, taken["id"], "undo"))
    stopped = bodega.api.wait(bodega.api.upload(
        "sku,name,price\nbadge-6,Six,1\nbadge-7,Seven,x\n", filename="badge-stopped.csv", on_error="stop")["job_id"])
    words = {
        some["id"]: ("warning", "Completed, 2 failed"), none["id"]: ("danger", "Failed, all 2 rows"),
        taken["id"]: ("neutral", "Undone"), stopped["id"]: ("danger", "Failed"),
    }
    with visitor(browser, bodega) as page:
        for path in ("/imports", "/jobs"):
            page.goto(path)
            for job, (tone, text) in words.items():
                expect(page.locator(f"tr[data-job='{job}'] .badge.tone-{tone}")).to_have_text(text)
            shoot(page, f"truth-list{path.replace('/', '-')}")
        for job, (tone, text) in words.items():
            page.goto(f"/imports/{job}")
            expect(page.locator(f".page-head .badge.tone-{tone}")).to_have_text(text)
        # Nothing was imported, and it is said so only where that is true.
        expect(page.locator(".banner", has_text="The catalogue was not changed.")).to_be_visible()
        page.goto(f"/imports/{none['id']}")
        expect(page.locator(".banner.tone-danger")).to_contain_text(re.compile("No row was imported.*The catalogue was not changed"))
        page.goto(f"/imports/{taken['id']}")
        expect(page.get_by_text("The catalogue was not changed.")).to_have_count(0)
