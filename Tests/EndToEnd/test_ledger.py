"""The audit trail and the configuration, across processes: workers, commands, kill -9."""

import csv
import io
import os
import signal
import sqlite3
import stat
import threading

import pytest
import requests

from instance import wait_for


@pytest.fixture(scope="module")
def admin(bodega):
    return bodega.api


def actions(admin, **filters):
    answer = admin.get("/api/audit-log", params={"limit": 1000, **filters})
    assert answer.status_code == 200, answer.text
    return [item["action"] for item in answer.json()["items"]]


def test_what_people_do_is_in_the_trail(bodega, admin):
    created = admin.post("/api/products", json={"sku": "LEDGER-1", "name": "Lamp", "price": "1.50"})
    assert created.status_code == 201
    request = created.headers["X-Request-Id"]
    product = created.json()["id"]
    item, = admin.get("/api/audit-log", params={"request_id": request}).json()["items"]
    assert item["action"] == "product.create" and item["entity_id"] == str(product)
    assert item["ip"] == "127.0.0.1" and item["actor"].startswith("user:")
    job = bodega.import_file("sku,name\nL-1,One\nL-2,Two\n")
    assert actions(admin, entity="job", entity_id=job["id"]) == ["job.end", "job.create"], "an order and its end, not a row"
    assert "session.begin" in actions(admin) and "user.create" in actions(admin, actor="system")
    rows = list(csv.DictReader(io.StringIO(admin.get("/api/audit-log.csv").text)))
    assert [int(row["id"]) for row in rows] == list(range(1, len(rows) + 1))
    assert bodega.run("audit", "verify").stdout.startswith("The audit trail is whole")


def test_the_trail_stays_whole_under_many_writers(bodega, admin):
    """Every worker and the importer add to one chain."""
    token = bodega.token("write:products", "read:products")
    failures = []

    def edit(number):
        for price in range(25):
            answer = requests.patch(
                f"{bodega.url}/api/products/by-sku/LEDGER-1",
                json={"price": f"{number}.{price:02}"},
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            )
            if answer.status_code != 200:
                failures.append(answer.text)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    bodega.import_file("sku,name\n" + "".join(f"M-{number},Many\n" for number in range(20_000)))
    for thread in threads:
        thread.join()
    assert failures == []
    assert bodega.run("audit", "verify").returncode == 0


def test_tampering_is_found_and_named(fresh):
    instance = fresh()
    head = instance.run("audit", "verify").stdout.split()[-1]
    assert instance.run("audit", "verify", "--known", head).returncode == 0
    instance.down()
    with sqlite3.connect(instance.data / "bodega.db") as database:
        database.execute("UPDATE audit_log SET actor = 'user:99' WHERE id = 1")
    found = instance.run("audit", "verify", check=False)
    assert found.returncode == 1 and found.stdout.startswith("Row 1 was changed")
    instance.up()


def test_exports_and_refused_tokens_leave_an_entry(bodega, admin):
    """They are requests that write nothing: their notes reach the trail a moment later."""
    bodega.import_file("sku,name\nex-1,Exported\n")
    job = admin.get("/api/jobs?limit=1").json()["items"][0]["id"]
    for path in ("/api/products.csv?sku=ex-", "/api/audit-log.csv", f"/api/jobs/{job}/file"):
        assert admin.get(path).status_code == 200, path
    bodega.run("export", bodega.data / "shell.csv")
    token = bodega.token("read:products")
    entry = admin.get("/api/tokens?limit=1").json()["items"][0]
    assert admin.delete(f"/api/tokens/{entry['id']}").status_code in (200, 204)
    for secret in [token] * 10 + ["bodega_" + "x" * 43] * 10:
        answer = requests.get(f"{bodega.url}/api/products", headers={"Authorization": f"Bearer {secret}"}, timeout=60)
        assert answer.status_code == 401

    def noted(**filters):
        return admin.get("/api/audit-log", params=filters).json()["items"]

    wait_for(lambda: noted(action="token.refuse_unknown"), "no entry of a token that there is not")
    wait_for(lambda: noted(action="token.refuse", entity_id=str(entry["id"])), "no entry of a revoked token")
    exports = wait_for(lambda: len(noted(action="product.export")) >= 2 and noted(action="product.export"), "no entry of exports")
    assert {item["actor"] for item in exports} >= {"system", admin.get("/api/audit-log?limit=1&action=session.begin").json()["items"][0]["actor"]}
    wait_for(lambda: noted(action="audit.export"), "no entry of the trail's own export")
    wait_for(lambda: noted(action="job.download", entity_id=job), "no entry of a job's file")
    assert token not in str(noted(limit=200)) and token[:13] in str(noted(action="token.refuse"))
    ended = noted(action="job.end", entity_id=job)
    assert len(ended) == 1 and ended[0]["after"]["skus"] == ["ex-1"] and ended[0]["after"]["changed"] == 1
    assert bodega.run("audit", "verify").returncode == 0


def test_files_of_the_database_are_not_for_everybody(bodega):
    files = list(bodega.data.glob("bodega.db*"))
    assert len(files) >= 10, files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o640}
    for folder in ("secrets", "spool", "spool/uploads"):
        assert stat.S_IMODE((bodega.data / folder).stat().st_mode) == 0o700


def test_the_head_of_a_stream_has_no_length_and_ends(bodega, admin):
    for path in ("/api/events?topics=jobs", "/api/audit-log.csv"):
        head = admin.request("HEAD", path, timeout=60)
        assert head.status_code == 200 and not head.content
        assert path.endswith(".csv") or "Content-Length" not in head.headers, (path, head.headers)
    assert head.headers["Content-Type"].startswith("text/csv")


def test_a_setting_is_in_force_at_once_in_every_worker(bodega, admin):
    changed = admin.patch("/api/configuration/shop.name", json={"value": "Acme & Daughters"})
    assert changed.status_code == 200 and changed.json()["source"] == "database"
    for _ in range(30):
        assert "Acme &amp; Daughters" in admin.get("/products").text
    assert bodega.run("config", "set", "shop.name", "Bodega").returncode == 0
    for _ in range(30):
        assert "Acme" not in admin.get("/products").text
    assert bodega.run("config", "set", "shop.nmae", "x", check=False).returncode == 64
    assert actions(admin, entity="configuration", entity_id="shop.name") == ["configuration.update"] * 2


def test_the_environment_goes_first_and_says_so(fresh):
    instance = fresh("--history-days", "90", variables={"BODEGA_SHOP_NAME": "Fixed"})
    admin = instance.api
    for key, value in (("imports.history_days", 90), ("shop.name", "Fixed")):
        item = admin.get(f"/api/configuration/{key}").json()
        assert item["value"] == value and item["source"] == "environment"
        refused = admin.patch(f"/api/configuration/{key}", json={"value": item["default"]})
        assert refused.status_code == 422 and item["variable"] in refused.text
    page = admin.get("/settings").text
    assert "Fixed by the variable BODEGA_SHOP_NAME" in page and "<title>Settings – Fixed</title>" in page


def test_keys_are_private_and_a_change_of_keys_survives_kill_9(bodega):
    ring = bodega.data / "secrets/keyring"
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert stat.S_IMODE(ring.parent.stat().st_mode) == 0o700
    for point in ("key-added", "resealed", "committed"):
        killed = bodega.run("config", "rotate-key", check=False, env={**os.environ, "BODEGA_FAILPOINT": f"{point}:1"})
        assert killed.returncode == -signal.SIGKILL, (point, killed)
        assert bodega.run("audit", "verify").returncode == 0
    assert bodega.run("config", "rotate-key").stdout.startswith("Made a new key")
    assert len(ring.read_text().splitlines()) == 1
    wait_for(bodega.health, "health")
