"""Webhooks: what is told arrives, signed, at least once, and on record; whatever the endpoint does, and whatever is killed."""

import base64
import collections
import json
import os
import signal
import sqlite3
import threading

import jsonschema
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from standardwebhooks import Webhook, WebhookVerificationError

from instance import LONG, Bodega, wait_for
from sink import Sink, add, add_product, change, deliveries, replay
from test_browser import browser, visitor  # noqa: F401: the fixture


@pytest.fixture(scope="module")
def sink(house):
    sink = Sink()
    yield sink
    sink.close()
    # All that any of these tests was told holds what its type promises.
    types = {item["name"]: item for item in house.api.get("/api/event-types").json()["items"]}
    bodies = [json.loads(body) for requests in sink.requests.values() for _, _, body in requests]
    told = collections.Counter(body["type"] for body in bodies)
    for body in bodies:
        assert set(body) == {"type", "timestamp", "data"}
        if body["type"] != "webhook.test":
            jsonschema.validate(body["data"], types[body["type"]]["schema"])
    assert len(told) >= 7, told


@pytest.fixture(scope="module")
def house():
    with Bodega(variables={"BODEGA_HTTP_ALLOWED_NETWORKS": '["127.0.0.1"]'}) as running:
        yield running


def test_what_happens_arrives_signed(house, sink):
    path = "/signed"
    webhook = add(house, sink.url(path), "product.*", "import.*", headers={"X-Shop": "Casa Amarela"})
    assert house.api.get(f"/api/webhooks/{webhook['id']}").json()["headers"] == {"X-Shop": None}
    product = add_product(house, "SIGNED-1")
    house.api.patch(f"/api/products/{product['id']}", json={"name": "Other"})
    house.api.delete(f"/api/products/{product['id']}")
    house.import_file("sku,name\nSIGNED-2,Two\nSIGNED-3,Three\n")
    wait_for(lambda: len(sink.requests[path]) >= 4, lambda: f"only {len(sink.requests[path])} requests")
    verifier = Webhook(webhook["secret"])
    told = [verifier.verify(body, headers) for _, headers, body in sink.requests[path]]
    assert sorted(event["type"] for event in told) == [
        "import.completed", "product.created", "product.deleted", "product.updated",
    ]
    completed = next(event for event in told if event["type"] == "import.completed")
    assert completed["data"]["created"] == 2 and set(completed) == {"type", "timestamp", "data"}
    _, headers, body = sink.requests[path][0]
    assert headers["X-Shop"] == "Casa Amarela" and headers["Content-Type"] == "application/json"
    for forged in [(body + b" ", headers), (body, {**headers, "webhook-id": "x"})]:
        with pytest.raises(WebhookVerificationError):
            verifier.verify(*forged)
    # What each was is on record, with its attempts.
    [first, *_] = wait_for(lambda: deliveries(house, webhook, status="delivered"), "no delivery is delivered")
    detail = house.api.get(f"/api/webhooks/{webhook['id']}/deliveries/{first['id']}").json()
    assert [attempt["response_status"] for attempt in detail["attempts"]] == [204]
    # Another secret: both sign.
    rotated = house.api.post(f"/api/webhooks/{webhook['id']}/rotate-secret").json()
    add_product(house, "SIGNED-4")
    wait_for(lambda: len(sink.requests[path]) >= 5, "no request after the rotation")
    _, headers, body = sink.requests[path][-1]
    assert Webhook(rotated["secret"]).verify(body, headers) == verifier.verify(body, headers)
    again = house.api.post(f"/api/webhooks/{webhook['id']}/deliveries/{first['id']}/redeliver")
    assert again.status_code == 202, again.text
    wait_for(lambda: sink.ids(path).count(first["event_id"]) == 2, "it was not sent again")
    change(house, webhook, enabled=False)


def test_what_fails_is_tried_again(house, sink):
    path = "/retried"
    webhook = add(house, sink.url(path), "product.created")
    sink.answers[path] = (503, {})
    add_product(house, "RETRIED-1")
    [failed] = wait_for(lambda: deliveries(house, webhook, status="failed"), "nothing failed")
    assert failed["response_status"] == 503 and failed["next_attempt_at"]
    assert house.api.get(f"/api/webhooks/{webhook['id']}").json()["state"] == "failing"
    sink.answers[path] = (200, {})
    [done] = wait_for(lambda: deliveries(house, webhook, status="delivered"), "it was not tried again")
    assert done["attempt"] == 2 and len(set(sink.ids(path))) == 1
    first, second = [at for at, _, _ in sink.requests[path]]
    assert second - first >= 3.9
    # Who is gone is told nothing any more.
    sink.answers[path] = (410, {})
    add_product(house, "RETRIED-2")
    gone = wait_for(
        lambda: next((found for found in [house.api.get(f"/api/webhooks/{webhook['id']}").json()] if not found["enabled"]), None),
        "410 did not switch it off",
    )
    assert gone["state"] == "disabled" and "410" in gone["disabled_reason"]
    refused = house.api.post(f"/api/webhooks/{webhook['id']}/replay", params={"since": "2026-01-01"})
    assert refused.status_code == 409 and refused.json()["code"] == "webhook_off"
    sink.answers[path] = (200, {})
    add_product(house, "RETRIED-3")
    change(house, webhook, enabled=True)
    # However far the sender has read: what happened while it was off is missed, and not sent by itself.
    count, job = replay(house, webhook, only="missed")
    assert count == 1 and job["status"] == "completed" and job["created_rows"] == 1
    wait_for(lambda: len(deliveries(house, webhook, status="delivered")) == 2, "what it has missed was not sent")
    change(house, webhook, enabled=False)


def test_a_test_tells_how_it_went(house, sink):
    good, bad = add(house, sink.url("/test")), add(house, "http://127.0.0.1:9/")
    private = add(house, "http://localhost.:9/", enabled=False)
    answer = house.api.post(f"/api/webhooks/{good['id']}/test").json()
    assert answer["delivered"] is True and answer["response_status"] == 204 and answer["error"] is None
    _, headers, body = sink.requests["/test"][-1]
    assert Webhook(good["secret"]).verify(body, headers)["type"] == "webhook.test"
    answer = house.api.post(f"/api/webhooks/{bad['id']}/test").json()
    assert answer["delivered"] is False and answer["response_status"] is None and answer["error"]
    for refused in ["http://10.0.0.1/", "http://0x0a000001/", "http://[::1]/", "file:///etc/passwd", "http://a:b@example.com/"]:
        answer = house.api.post("/api/webhooks", json={"url": refused, "event_types": ["*"]})
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "url", (refused, answer.text)
    for webhook in (good, bad, private):
        assert house.api.delete(f"/api/webhooks/{webhook['id']}").status_code == 204


# How often the sender is killed, and how many events are told meanwhile.
KILLS, PRODUCTS = (30, 6000) if LONG else (5, 300)


def test_a_dead_endpoint_holds_up_no_other_and_a_killed_sender_loses_nothing(house, sink):
    dead = add(house, sink.url("/dead"), "product.created")
    live = add(house, sink.url("/live"), "product.created")
    sink.answers["/dead"] = (None, {})
    lines = "".join(json.dumps({"sku": f"LOAD-{number}", "name": "x"}) + "\n" for number in range(PRODUCTS))
    loading = threading.Thread(
        target=lambda: house.login().patch(
            "/api/products", data=lines, headers={"Content-Type": "application/x-ndjson"}, timeout=600,
        )
    )
    loading.start()
    for round in range(KILLS):
        wait_for(lambda: len(sink.requests["/live"]) >= PRODUCTS // (KILLS * 2) * (round + 1), "nothing arrives")
        [pid] = wait_for(lambda: house.pids("deliver"), "no sender")
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: house.pids("deliver") not in ([], [pid]), "no other sender")
    loading.join()
    wait_for(
        lambda: count(house, live, "delivered") == PRODUCTS,
        lambda: f"{count(house, live, 'delivered')} of {PRODUCTS} are delivered",
    )
    assert len(set(sink.ids("/live"))) == PRODUCTS
    change(house, dead, enabled=False)
    # No request without its attempt on record: each id was sent as often as it was claimed, at most.
    with sqlite3.connect(f"file:{house.data}/bodega.db?mode=ro", uri=True) as database:
        claimed = dict(
            database.execute(
                "SELECT d.event_id, COUNT(*) FROM webhook_attempt a JOIN webhook_delivery d ON d.id = a.delivery_id"
                " WHERE d.webhook_id = ? GROUP BY d.event_id",
                (live["id"],),
            )
        )
    sent = collections.Counter(sink.ids("/live"))
    assert set(sent) == set(claimed)
    assert all(sent[event] <= claimed[event] for event in sent)
    health = house.api.get("/health").json()
    assert health["checks"]["webhook_sender"]["status"] == "ok"


def count(house, webhook, status):
    """How many deliveries are there; an independent look."""
    with sqlite3.connect(f"file:{house.data}/bodega.db?mode=ro", uri=True) as database:
        [(found,)] = database.execute(
            "SELECT COUNT(*) FROM webhook_delivery WHERE webhook_id = ? AND status = ?", (webhook["id"], status)
        )
    return found


def test_an_import_tells_its_products_to_who_asks(house, sink):
    webhook = add(house, sink.url("/changed"), "products.changed", "import.*", "product.*")
    add(house, sink.url("/all"), "*")
    lines = "".join(f"CHANGED-{number},Name\n" for number in range(1203))
    job = house.import_file(f"sku,name\n{lines}")
    bodies = wait_for(
        lambda: (found := changed(sink, "/changed")) and sum(len(data["products"]) for data in found) >= 1203 and found,
        lambda: f"told are {[len(data['products']) for data in changed(sink, '/changed')]}",
    )
    assert all(len(data["products"]) <= 500 and data["job_id"] == job["id"] for data in bodies)
    told = [product for data in bodies for product in data["products"]]
    assert len(told) == 1203 and {product["sku"] for product in told} == {f"CHANGED-{number}" for number in range(1203)}
    assert {(product["change"], product["version"]) for product in told} == {("create", 1)}
    # Who asks for everything is told once; an import that changes nothing tells nobody of products.
    before = len(bodies)
    again = house.import_file(f"sku,name\n{lines}")
    wait_for(lambda: len(sink.requests["/all"]) >= 2, "the imports were not told")
    undone = house.api.wait(house.api.post(f"/api/jobs/{job['id']}/undo").json()["job_id"])
    assert again["unchanged_rows"] == 1203 and undone["status"] == "completed"
    wait_for(lambda: sum(len(data["products"]) for data in changed(sink, "/changed")[before:]) == 1203, "not all are told")
    assert {product["change"] for data in changed(sink, "/changed")[before:] for product in data["products"]} == {"delete"}
    assert all(product["sku"] for data in changed(sink, "/changed") for product in data["products"])
    assert not changed(sink, "/all")
    for one in house.api.get("/api/webhooks").json()["items"]:
        change(house, one, enabled=False)
    assert webhook["signature"] == "v1"


def changed(sink, path):
    bodies = [json.loads(body) for _, _, body in list(sink.requests[path])]
    return [body["data"] for body in bodies if body["type"] == "products.changed"]


def test_pages_and_command(house, sink, browser):  # noqa: F811
    own = {"env": {**os.environ, **house.variables}}
    shown = house.run("webhook", "create", sink.url("/shell"), "--event", "import.*", **own).stdout.strip()
    assert shown.startswith("whsec_") and len(base64.b64decode(shown.removeprefix("whsec_"))) == 32
    listed = json.loads(house.run("webhook", "list", "--json").stdout)
    number = str(listed[-1]["id"])
    assert "Delivered" in house.run("webhook", "test", number, **own).stdout
    replayed = house.run("webhook", "replay", number, "--since", "2026-01-01", "--json", **own)
    assert set(json.loads(replayed.stdout)) == {"deliveries", "job_id"}
    public = house.run("webhook", "create", sink.url("/keys"), "--event", "import.*", "--signature", "v1a", "--strict", **own)
    assert public.stdout.startswith("whpk_") and len(base64.b64decode(public.stdout.strip()[5:])) == 32
    with visitor(browser, house, expected=("422",)) as page:
        keep_webhooks(house, sink, page)


def keep_webhooks(house, sink, page):
    page.get_by_role("link", name="Webhooks").first.click()
    page.get_by_role("link", name="New webhook").click()
    page.get_by_role("button", name="Create webhook").click()
    expect(page.get_by_text("Choose at least one type of event").first).to_be_visible()
    page.get_by_label("Address").fill(sink.url("/page"))
    page.get_by_label("Everything").check()
    page.get_by_label("Headers (optional)").fill("Authorization: Bearer of-the-page")
    page.get_by_role("button", name="Create webhook").click()
    secret = page.get_by_label("Secret").input_value()
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("Delivered.").wait_for()
    _, headers, body = sink.requests["/page"][-1]
    assert Webhook(secret).verify(body, headers) and headers["Authorization"] == "Bearer of-the-page"
    assert "webhook-signature: v1," in page.get_by_role("group", name="Request as it is sent").inner_text()
    page.get_by_text("As a curl command").click()
    command = page.get_by_label("Command").input_value()
    assert command.startswith("curl -X POST ") and "of-the-page" not in command
    look(page, "webhook-delivery")
    page.get_by_role("link", name=f"127.0.0.1:{sink.server.server_address[1]}").first.click()
    look(page, "webhook")
    page.get_by_role("link", name="Edit webhook").click()
    look(page, "webhook-edit")
    page.get_by_label("Description (optional)").fill("Warehouse")
    page.get_by_role("button", name="Save webhook").click()
    page.get_by_text("The webhook was saved.").wait_for()
    page.get_by_role("link", name="Send again…").click()
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_label("Which").select_option("")
    look(page, "webhook-replay")
    page.get_by_role("button", name="Continue").click()
    number = page.get_by_role("button", name="Send ").inner_text()
    assert number.split()[1].isdigit(), number
    look(page, "webhook-replay-confirm")
    page.get_by_role("button", name="Send ").click()
    page.wait_for_url("**/jobs/*")
    house.api.wait(page.url.rsplit("/", 1)[1])
    page.reload()
    look(page, "job-replay")
    page.goto(f"{house.url}/webhooks")
    look(page, "webhooks")


def look(page, name):
    """Whoever may not see, or has a small screen, gets along."""
    violations = Axe().run(page).response["violations"]
    assert not violations, [(violation["id"], violation["nodes"][0]["html"]) for violation in violations]
    folder = os.environ.get("BODEGA_SHOTS")
    for width in (1280, 820, 360):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{name} scrolls sideways at {width}"
        if folder:
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
