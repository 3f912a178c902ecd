"""The served document against the running server: schemathesis makes requests of it, good ones and bad ones, and looks
whether the answers are those that the document promises. As an administrator and as a viewer, with all checks.

Usually it asks the same each time: every example and every boundary of every schema, of what a viewer reads and of all
that an administrator does. In a long run it goes on for BODEGA_SCHEMA_SECONDS (1200) for each role with cases made by
chance, and with chains of requests that follow the document's links. Other cases come of another BODEGA_SCHEMA_SEED
(1), more of each operation of BODEGA_SCHEMA_EXAMPLES. What it may be answered beyond the
document is in schemathesis.toml, each with its reason; what it must not do, in schema_hooks.py.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from instance import LONG, Bodega
from test_people import log_in, make_user

HERE = Path(__file__).parent
SECONDS = os.environ.get("BODEGA_SCHEMA_SECONDS") or ("1200" if LONG else None)
SEED = os.environ.get("BODEGA_SCHEMA_SEED", "1")
EXAMPLES = os.environ.get("BODEGA_SCHEMA_EXAMPLES", "20" if SECONDS else "5")
LIMIT = int(SECONDS or 0) + 2400


def extent(role):
    """What it asks, and for how many seconds at the most. A viewer may do little but read."""
    if SECONDS:
        return ["--phases", "examples,coverage,fuzzing,stateful", "--max-time", SECONDS]
    return ["--phases", "examples,coverage", "--generation-deterministic",
            *(["--include-method", "GET"] if role == "viewer" else [])]


@pytest.fixture(scope="module")
def bodega():
    """With something of everything in it, and without limits on how much is asked; what is fixed by a flag cannot be
    changed by what is tried."""
    with Bodega("--request-rate", 0, "--token-rate", 0, "--upload-connections", 0, "--stream-connections", 0,
                "--cors-origins", '["https://shop.example"]') as running:
        running.import_file("sku,name,price\n" + "".join(f"S-{number},Product {number},{number}.00\n" for number in range(20)))
        running.import_file("sku,name,price\nS-1,Changed,1.00\nbad,Bad,wrong\n")
        waiting = running.api.upload("sku,name\nS-2,Waits\n", review=1)["job_id"]
        running.api.wait(waiting, until=lambda job: job["status"] == "awaiting_confirmation")
        for name in ("First", "Second"):
            made = running.api.post("/api/import-profiles", json={"name": f"{name} supplier", "mapping": {"Nummer": "sku"}})
            assert made.status_code == 201
        running.members = {role: member(running, role) for role in ("viewer", "admin")}
        yield running


def member(bodega, role):
    """A user of that role with a token of all that the role may do; the record, and how to come as them."""
    user = make_user(bodega, f"schema-{role}@example.com", role)
    session = log_in(bodega, f"schema-{role}@example.com")
    scopes = session.get(f"{bodega.url}/api/me").json()["scopes"]
    made = session.post(f"{bodega.url}/api/tokens", json={"name": "schemathesis", "scopes": scopes}).json()
    return user, made


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_the_server_does_what_its_document_says(bodega, role, tmp_path):
    user, token = bodega.members[role]
    bearer = {"Authorization": f"Bearer {token['secret']}"}
    document = tmp_path / "openapi.json"
    document.write_text(requests.get(f"{bodega.url}/api/openapi.json", headers=bearer).text)
    log = bodega.data / "logs/access.log"
    before = log.stat().st_size
    environment = {
        **os.environ, "BODEGA_SCHEMA_TOKEN": token["secret"], "BODEGA_SCHEMA_OWN": json.dumps({"users": user["id"], "tokens": token["id"]}),
        "SCHEMATHESIS_HOOKS": "schema_hooks", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run", document, "--url", bodega.url,
        *extent(role), "--max-examples", EXAMPLES, "--seed", SEED, "--workers", "1",
        "--no-color", "--report", "json", "--report-json-path", tmp_path / "report.json",
    ]
    ended = subprocess.run(list(map(str, command)), env=environment, cwd=tmp_path, capture_output=True, text=True,
                           timeout=LIMIT)
    # What reaches a limit is mostly one character.
    print(re.sub(r"(.)\1{60,}", r"\1…\1", ended.stdout)[-20_000:], ended.stderr[-5_000:])
    assert ended.returncode == 0, "schemathesis has found something; see above"
    # It was let in to the end, and nothing went wrong that it would have taken for an answer.
    assert requests.get(f"{bodega.url}/api/me", headers=bearer).json()["user"]["role"] == role
    with log.open() as lines:
        lines.seek(before)
        asked = [json.loads(line) for line in lines]
    failures = [line for line in asked if line["status"] >= 500 and line["status"] != 501]
    assert not failures, failures[:5]
    assert len(asked) > 300, len(asked)
    reached = {(line["method"], re.sub(r"/([0-9]+|[0-9a-f-]{36})(?=[/?]|$)", "/N", line["uri"].split("?")[0])) for line in asked if line["status"] < 300}
    assert len(reached) > (20 if role == "admin" else 8), sorted(reached)
