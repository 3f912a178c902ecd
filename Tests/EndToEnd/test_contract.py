"""What integrators may rely on, at the socket: the served document, keys, limits, other origins, every method."""

import json
import os
import random
import re
import signal
import socket
import sqlite3
import threading
import time
import uuid
from pathlib import Path

import pytest
import requests
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from document import concrete, operations
from instance import PATIENCE, Bodega, wait_for

ORIGIN = "https://shop.example"


def bearer(token, **headers):
    return {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): value for name, value in headers.items()}}


@pytest.fixture(scope="module")
def bodega():
    """One that does not mind how much is asked."""
    with Bodega("--request-rate", 0, "--token-rate", 0) as running:
        yield running


@pytest.fixture(scope="module")
def document(bodega):
    answer = bodega.api.get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json()


# The document


def test_the_document_is_valid_and_cached(bodega, document):
    validate(document)
    assert len(list(operations(document))) > 35
    answer = bodega.api.get("/api/openapi.json")
    again = bodega.api.get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert requests.get(f"{bodega.url}/api/openapi.json").status_code == 401
    assert "Artikelnummer" in document["components"]["schemas"]["ColumnMapping"]["x-synonyms"]["sku"]


def examples(document):
    """(where, schema, value) of every example in the document."""
    for name, schema in document["components"]["schemas"].items():
        for value in schema.get("examples", []):
            yield name, {"$ref": f"#/components/schemas/{name}"}, value
    contents = {f"Refusal {name}": answer for name, answer in document["components"]["responses"].items()}
    for method, path, operation in operations(document):
        contents |= {f"{method} {path} {status}": answer for status, answer in operation["responses"].items() if "$ref" not in answer}
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                yield f"{method} {path} {parameter['name']}", parameter["schema"], parameter["example"]
    for name, answer in contents.items():
        for kind, content in answer.get("content", {}).items():
            if "example" in content:
                yield f"{name} {kind}", content["schema"], content["example"]


def test_every_example_is_what_its_schema_says(document):
    """And there is one for every body and every answer."""
    components = {"components": document["components"]}
    tried = set()
    for where, schema, value in examples(document):
        validator = OAS31Validator({**schema, **components}, format_checker=OAS31Validator.FORMAT_CHECKER)
        faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in validator.iter_errors(value)]
        assert not faults, (where, faults)
        tried.add(where)
    assert len(tried) > 90
    for method, path, operation in operations(document):
        assert operation["description"] and operation["tags"], (method, path)
        answers = list(operation["responses"].values())
        for part in [operation.get("requestBody", {}), *(answer for answer in answers if "$ref" not in answer)]:
            for content in part.get("content", {}).values():
                assert content["schema"]["$ref"].split("/")[-1] in tried, (method, path, content)
    tags = {tag["name"] for tag in document["tags"]}
    assert all(tag["description"] for tag in document["tags"])
    assert sorted(tag for group in document["x-tagGroups"] for tag in group["tags"]) == sorted(tags)


def test_examples_have_the_members_of_real_answers(bodega, document):
    """Made on the spot: what is asked for is there, and no example shows more or less than its answer has."""
    bodega.import_file("sku,name,price\nE-1,Teapot,12.50\n")
    job = bodega.api.upload("sku,name,price\nE-1,Teapot,13.00\nE-2,Bowl,1.2.3\n")["job_id"]
    bodega.api.wait(job)
    product = bodega.api.get("/api/products/by-sku/E-1").json()["id"]
    token = bodega.api.post("/api/tokens", json={"name": "Example", "scopes": ["read:jobs"]}).json()["id"]
    bodega.api.post("/api/import-profiles", json={"name": "Example", "mapping": {"Art.-Nr.": "sku"}})

    def shape(value):
        """The names of members, and of those of what stands in lists."""
        if isinstance(value, dict):
            return {name: shape(part) for name, part in value.items()}
        return shape(value[0]) if isinstance(value, list) and value and isinstance(value[0], dict) else None

    # What differs from case to case: names of the shop's own, and what can be done just now.
    free = ("custom_attributes", "mapping", "options", "result", "links", "before", "after", "extra_data", "samples", "warnings")

    def fixed(names):
        return {name: fixed(part) if isinstance(part, dict) else None for name, part in names.items() if name not in free}

    for path, name in [("/api/products", "ProductList"), (f"/api/products/{product}", "Product"), (f"/api/products/{product}/history", "ProductHistory"),
                       (f"/api/jobs/{job}", "Job"), ("/api/jobs", "JobList"), (f"/api/jobs/{job}/errors", "RowErrorList"),
                       (f"/api/jobs/{job}/plan", "Plan"), ("/api/users", "UserList"), ("/api/users/stats", "UserStats"), ("/api/sessions", "SessionList"),
                       (f"/api/tokens/{token}", "Token"), ("/api/tokens", "TokenList"), ("/api/import-profiles", "ImportProfileList"), ("/api/me", "Me"),
                       ("/api/audit-log", "AuditEntryList"), ("/api/configuration", "ConfigurationList"), ("/health", "Health")]:
        answer = bodega.api.get(path).json()
        example = document["components"]["schemas"][name]["examples"][0]
        assert fixed(shape(answer)) == fixed(shape(example)), (path, name)


def test_every_address_knows_its_methods(bodega, document):
    """OPTIONS names them, another one is 405, HEAD is GET without its body."""
    seen = 0
    for path, methods in document["paths"].items():
        address = concrete(path)
        options = bodega.api.request("OPTIONS", address)
        assert options.status_code == 204, (address, options.status_code)
        allowed = set(options.headers["Allow"].split(", "))
        assert {method.upper() for method in methods} <= allowed, address
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            refused = bodega.api.request(method, address)
            assert refused.status_code == 405 and set(refused.headers["Allow"].split(", ")) == allowed, (method, address)
            assert refused.headers["Content-Type"] == "application/problem+json"
        if "get" in methods and "text/event-stream" not in json.dumps(methods["get"]):
            get, head = bodega.api.get(address), bodega.api.head(address)
            assert (head.status_code, head.content) == (get.status_code, b""), address
            assert head.headers.get("Content-Type") == get.headers.get("Content-Type"), address
        seen += 1
    assert seen > 20


def test_unknown_parameters_and_members_are_refused_everywhere(bodega, document):
    for method, path, operation in operations(document):
        if method == "GET" and "text/event-stream" not in json.dumps(operation) and "{" not in path:
            assert bodega.api.get(f"{path}?surprise=1").status_code == 400, path
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            address = concrete(path)
            answer = bodega.api.request(method, address, json={"surprise": 1})
            assert answer.status_code in (404, 422), (method, path, answer.text)
            if answer.status_code == 422:
                assert "unknown_field" in {problem["code"] for problem in answer.json()["errors"]}, path


# Attacks

PLANTED = ["' OR '1'='1", "'; DROP TABLE product; --", "\" OR 1=1 --", "%_\\", "a\" OR b*", "NEAR(a b)", "<script>alert(1)</script>",
           "x\r\nX-Injected: 1", "../../etc/passwd", "\x00", "{{7*7}}", "-1", "9" * 400, "1e999", "\u202e\ud7ff", "a" * 4000]


def test_filters_are_values_and_never_code(bodega, document):
    """Every parameter of every list and record with texts that would be something else if they were put together."""
    bodega.import_file("sku,name\nplanted,Planted\n")
    before = bodega.digest()
    tried = 0
    for method, path, operation in operations(document):
        if method != "GET" or "text/event-stream" in json.dumps(operation):
            continue
        names = [parameter["name"] for parameter in operation.get("parameters", []) if parameter.get("in") == "query"]
        for name in names:
            for text in PLANTED:
                answer = bodega.api.get(concrete(path), params={name: text})
                assert answer.status_code < 500, (path, name, text, answer.text)
                assert "X-Injected" not in answer.headers
                assert "<script>" not in answer.text or "json" in answer.headers["Content-Type"]
                for word in ("sqlite", "syntax error", "SELECT ", "Traceback", str(bodega.data)):
                    assert word not in answer.text, (path, name, text, answer.text)
                tried += 1
    assert tried > 300
    assert bodega.digest() == before


@pytest.mark.parametrize("field", ["sku", "name", "brand", "description", "upc", "status", "price", "custom_attributes"])
def test_texts_are_stored_as_they_are_or_refused_with_their_place(bodega, field):
    for text in PLANTED:
        body = {"sku": f"stored-{uuid.uuid4()}", "name": "Stored", field: {"a": text} if field == "custom_attributes" else text}
        answer = bodega.api.post("/api/products", json=body)
        if answer.status_code == 422:
            assert field in {problem["field"] for problem in answer.json()["errors"]}, answer.text
            continue
        assert answer.status_code == 201, (field, text, answer.text)
        page = bodega.api.get(f"/products/{answer.json()['id']}").text
        assert "<script>alert(1)" not in page
        assert bodega.api.get(f"/api/products/{answer.json()['id']}").json()[field] == answer.json()[field]
        bodega.api.delete(f"/api/products/{answer.json()['id']}")


@pytest.mark.parametrize("body, place", [
    (b"[" * 10_000 + b"]" * 10_000, 64), (b'{"sku":' * 10_000, None), (b'{"sku":"\\ud800"}', None), (b'{"sku":"a\x00"}', None),
    (b'{"sku":"\xff"}', None), (b'{"sku":"a","sku":"b"}', None), (b"", None), (b"nul", None),
])
def test_what_is_not_json_is_400_with_its_place(bodega, body, place):
    answer = bodega.api.post("/api/products", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "not_json" and isinstance(answer.json()["offset"], int)
    assert place is None or answer.json()["offset"] == place


def test_composed_and_decomposed_are_one_sku(bodega):
    first = bodega.api.post("/api/products", json={"sku": "caf\u00e9-1", "name": "Café"})
    assert first.status_code == 201
    second = bodega.api.post("/api/products", json={"sku": "CAFE\u0301-1", "name": "Café"})
    assert second.status_code == 409 and second.json()["existing_id"] == first.json()["id"]


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..%2f..%2fbodega.db", "a\r\nX-Injected: 1", "x\";filename=\"y", "\u202egpj.exe", "."])
def test_names_of_uploads_lead_nowhere(bodega, name):
    """Neither in the spool nor in what is sent back, whose address is nginx's alone."""
    job = bodega.api.upload("sku,name\npath,Path\n", filename=name)["job"]
    bodega.api.wait(job["id"])
    answer = bodega.api.get(f"/api/jobs/{job['id']}/file")
    assert answer.status_code == 200 and answer.text == "sku,name\npath,Path\n"
    assert "X-Injected" not in answer.headers and "X-Accel-Redirect" not in answer.headers
    assert re.fullmatch(r'attachment; filename="[^"\\\x00-\x1f]*"; filename\*=UTF-8\'\'[A-Za-z0-9%._~-]*',
                        answer.headers["Content-Disposition"])
    for path in ("/internal/spool/uploads/", "/internal/blobs/", "/internal/spool/../bodega.db", "/-/web", "/-/auth"):
        assert requests.get(bodega.url + path, cookies=bodega.api.cookies.get_dict()).status_code == 404, path
    assert not (bodega.data.parent / "etc").exists()


def test_long_names_are_refused_by_name(bodega):
    assert bodega.api.upload("sku\n", filename="n" * 2400, expect=202)["job"]["filename"] == "n" * 200
    too_long = bodega.api.upload("sku\n", filename="n" * 2401, expect=400)
    assert too_long["code"] == "bad_filename" and "2400" in too_long["detail"]
    assert bodega.api.upload("sku\n", filename="%" * 3, expect=202)["job"]["filename"] == "%%%"
    for as_form in (False, True):
        refused = bodega.api.upload("sku\n", as_form=as_form, sheet="s" * 256, expect=422)
        assert refused["errors"][0]["field"] == "sheet" and "255" in refused["errors"][0]["detail"]
    too_long = bodega.api.upload("sku\n", mapping=json.dumps({"x" * 40_000: "sku"}), expect=414)
    assert too_long["status"] == 414 and too_long["detail"]


def test_a_client_cannot_choose_what_nginx_sends(bodega):
    answer = bodega.api.get("/api/me", headers={"X-Accel-Redirect": "/internal/spool/uploads/x", "X-Forwarded-For": "1.2.3.4"})
    assert answer.status_code == 200 and "user" in answer.json()


# Keys


def test_a_post_that_is_sent_again_does_nothing(bodega):
    key = str(uuid.uuid4())
    first = bodega.api.post("/api/products", json={"sku": key, "name": "Once"}, headers={"Idempotency-Key": key})
    again = bodega.api.post("/api/products", json={"sku": key, "name": "Once"}, headers={"Idempotency-Key": key})
    assert first.status_code == again.status_code == 201 and first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert again.headers["Location"] == first.headers["Location"] and again.headers["ETag"] == first.headers["ETag"]
    other = bodega.api.post("/api/products", json={"sku": key, "name": "Twice"}, headers={"Idempotency-Key": key})
    assert other.status_code == 422 and other.json()["code"] == "idempotency_key_reused"
    # Nothing is told of an answer that another user has got.
    stranger = requests.post(f"{bodega.url}/api/products", json={"sku": key, "name": "Once"}, headers={"Idempotency-Key": key})
    assert stranger.status_code == 401
    assert bodega.api.get(f"/api/products?q={key}").status_code == 200


def test_a_user_that_is_sent_again_is_one_user(bodega):
    """The answer is kept unless there is a link in it that lets somebody in."""
    body = {"email": "twice@example.com", "first_name": "Ann", "role": "viewer", "password": "a long enough phrase 5"}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = [bodega.api.post("/api/users", json=body, headers=key) for _ in range(2)]
    assert first.status_code == again.status_code == 201 and first.json() == again.json(), again.text
    assert "reset_link" not in first.json() and "password" not in first.text
    key = {"Idempotency-Key": str(uuid.uuid4())}
    linked = {"email": "linked@example.com", "first_name": "Ann", "role": "viewer"}
    first, again = [bodega.api.post("/api/users", json=linked, headers=key) for _ in range(2)]
    assert first.status_code == 201 and first.json()["reset_link"], first.text
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_answer_not_kept")


def test_an_upload_that_is_sent_again_is_one_job(bodega):
    key = str(uuid.uuid4())
    bodega.api.headers["Idempotency-Key"] = key
    try:
        jobs = [bodega.api.upload("sku,name\nonce,Once\n", as_form=form)["job_id"] for form in (True, True)]
        assert jobs[0] == jobs[1]
        bodega.api.upload("sku,name\nonce,Other\n", as_form=True, expect=422)
    finally:
        del bodega.api.headers["Idempotency-Key"]
    bodega.api.wait(jobs[0])


def test_many_at_once_are_one(bodega):
    key = str(uuid.uuid4())
    token = bodega.token("write:products")
    answers = []

    def send():
        answers.append(requests.post(f"{bodega.url}/api/products", json={"sku": key, "name": "Race"},
                                     headers=bearer(token, Idempotency_Key=key), timeout=30))

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer for answer in answers if answer.status_code == 201]
    assert made and len({answer.content for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1
    assert all(answer.json()["code"] == "idempotency_running" for answer in answers if answer.status_code == 409)


def test_killed_at_any_moment_it_happens_once(fresh):
    """Workers are killed while POSTs run; each is sent again until it is answered. Every SKU is there once, made by one
    write, and its answer says so."""
    instance = fresh("--web-workers", 2, "--token-rate", 0, "--request-rate", 0)
    token = instance.token("write:products", "read:products")
    stop = threading.Event()

    def kill():
        chance = random.Random(1)
        # Sometimes before a worker has answered at all, sometimes when it has answered many.
        while not stop.wait(chance.uniform(0.02, 0.12)):
            workers = instance.pids("web")
            for pid in chance.sample(workers, min(1, len(workers))):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    killer = threading.Thread(target=kill)
    killer.start()
    made, lost, replayed, deadline = {}, 0, 0, time.monotonic() + 120
    try:
        # Enough of both: a worker may die between two requests many times in a row.
        while len(made) < 60 or lost < 5:
            number = len(made)
            headers = bearer(token, Idempotency_Key=f"kill-{number}")
            while number not in made:
                assert time.monotonic() < deadline, f"{len(made)} were made and {lost} answers lost in two minutes"
                try:
                    answer = requests.post(f"{instance.url}/api/products", json={"sku": f"kill-{number}", "name": "Kill"},
                                           headers=headers, timeout=30)
                except requests.RequestException:
                    lost += 1
                    continue
                if answer.status_code == 201:
                    made[number] = answer.json()["id"]
                    replayed += "Idempotency-Replayed" in answer.headers
                    continue
                # Cut off, no worker, or the one that was killed has not been missed yet: never "taken".
                assert answer.status_code in (409, 502, 503, 504), answer.text
                assert answer.status_code != 409 or answer.json()["code"] == "idempotency_running", answer.text
                lost += answer.status_code == 502
    finally:
        stop.set()
        killer.join()
    count = len(made)
    assert len(set(made.values())) == count
    print(f"{count} made, {lost} answers lost, {replayed} of them after the commit")
    wait_for(instance.health, "not well again")
    with sqlite3.connect(f"file:{instance.data}/bodega.db?mode=ro", uri=True) as database:
        assert database.execute("SELECT COUNT(*), MAX(version) FROM product").fetchone() == (count, 1)
        assert database.execute("SELECT COUNT(*) FROM product_revision").fetchone() == (count,)


# Other origins and limits


@pytest.fixture(scope="module")
def limited():
    with Bodega("--token-rate", 20) as running:
        allowed = running.api.patch("/api/configuration", json={"cors.origins": [ORIGIN]})
        assert allowed.status_code == 200, allowed.text
        yield running


def test_other_origins(limited):
    asked = requests.options(f"{limited.url}/api/products", headers={
        "Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"})
    assert asked.status_code == 204 and asked.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Origin" in asked.headers["Vary"] and "Access-Control-Allow-Credentials" not in asked.headers
    token = limited.token("read:products")
    for origin, allowed in ((ORIGIN, ORIGIN), ("https://evil.example", None), ("null", None)):
        for path, headers in (("/api/products", bearer(token)), ("/api/products", {}), ("/api/products/9999", bearer(token))):
            answer = requests.get(limited.url + path, headers={"Origin": origin, **headers})
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed, (origin, path)
            assert "Origin" in answer.headers["Vary"]
            assert allowed is None or "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    # A token may write from there, a cookie may not.
    write = limited.token("write:products")
    made = requests.post(f"{limited.url}/api/products", json={"sku": "cors", "name": "Cors"}, headers=bearer(write, Origin=ORIGIN))
    assert made.status_code == 201
    assert limited.api.post("/api/products", json={"sku": "cors2", "name": "Cors"}, headers={"Origin": ORIGIN}).status_code == 403


def test_other_origins_can_read_what_nginx_says(fresh):
    """Refusals that no worker has seen: a page of an allowed origin can read them, any other cannot. The origins are
    chosen while it runs."""
    instance = fresh("--body-limit", 4096, "--upload-limit", 8192, "--token-rate", 0)
    token = instance.token("read:products", "write:products", "run:imports")

    def is_in_force():
        answer = requests.get(f"{instance.url}/api/x", data=b"x" * 5000, headers={"Origin": ORIGIN})
        return answer.status_code == 413 and answer.headers.get("Access-Control-Allow-Origin")

    assert not is_in_force()
    assert instance.api.patch("/api/configuration", json={"cors.origins": [ORIGIN]}).status_code == 200
    # A worker of nginx that is on its way out may still take a connection.
    wait_for(lambda: all(is_in_force() for _ in range(20)), "nginx has not learned of the origin")
    big = b"x" * 10_000
    listener = Path(re.search(r'unix:([^"]*/web\.sock)', (instance.data / "nginx/nginx.conf").read_text())[1])

    def without_workers(headers):
        listener.rename(f"{listener}.away")
        try:
            return requests.get(f"{instance.url}/api/products", headers=headers)
        finally:
            Path(f"{listener}.away").rename(listener)

    attempts = [
        (413, lambda headers: requests.post(f"{instance.url}/api/products", data=big, headers=headers)),
        (413, lambda headers: requests.post(f"{instance.url}/api/upload-csv", data=big, headers=headers)),
        (401, lambda headers: requests.post(f"{instance.url}/api/upload-csv", data=b"sku\n",
                                            headers={**headers, "Authorization": "Bearer wrong"})),
        (431, lambda headers: requests.get(f"{instance.url}/api/products", headers={**headers, "X-Long": "y" * 40_000})),
        (501, lambda headers: requests.post(f"{instance.url}/api/products", headers={**headers, "Transfer-Encoding": "odd"})),
        (502, without_workers),
    ]
    for status, attempt in attempts:
        for origin, allowed in ((ORIGIN, ORIGIN), ("https://evil.example", None), (None, None)):
            headers = bearer(token, **({"Origin": origin} if origin else {}))
            answer = attempt(headers)
            assert answer.status_code == status, (status, origin, answer.status_code, answer.text)
            assert answer.headers["Content-Type"].startswith("application/problem+json")
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed, (status, origin, answer.headers)
            assert "Origin" in answer.headers["Vary"] and "Access-Control-Allow-Credentials" not in answer.headers
            assert ("X-Request-Id" in answer.headers.get("Access-Control-Expose-Headers", "")) == bool(allowed)
    # What a worker refuses before it is a request, and pages, which are for nobody else.
    odd = requests.request("PROPFIND", f"{instance.url}/api/products", headers={"Origin": ORIGIN})
    assert odd.status_code == 405 and odd.headers["Access-Control-Allow-Origin"] == ORIGIN
    page = requests.post(f"{instance.url}/products/new", data=big, headers={"Origin": ORIGIN})
    assert page.status_code == 413 and "Access-Control-Allow-Origin" not in page.headers
    # A limit that is set while it runs holds as well, and its refusal can be read.
    assert instance.run("config", "set", "limits.request_rate", "5").returncode == 0

    def refused():
        answers = [requests.get(f"{instance.url}/api/me", headers={"Origin": ORIGIN}) for _ in range(20)]
        # An answer that refuses is no true value.
        return [answer for answer in answers if answer.status_code == 429]

    answer = wait_for(refused, lambda: f"the new limit does not hold\n{instance.log_end()}")[0]
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN and int(answer.headers["Retry-After"]) > 0


def test_limits_by_token_over_all_workers(limited):
    tokens = [limited.token("read:products") for _ in range(2)]
    answers = [requests.get(f"{limited.url}/api/products/99999", headers=bearer(tokens[0])) for _ in range(120)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and answers[0].status_code == 404
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=40;w=2'
    assert answers[0].headers["RateLimit"].startswith('"token";r=39;t=')
    assert refused[0].headers["Content-Type"] == "application/problem+json" and int(refused[0].headers["Retry-After"]) >= 1
    assert refused[0].json()["code"] == "too_many_requests"
    # Another token has its own.
    assert requests.get(f"{limited.url}/api/products/99999", headers=bearer(tokens[1])).status_code == 404
    strangers = [requests.get(f"{limited.url}/api/me") for _ in range(120)]
    assert {answer.status_code for answer in strangers} == {401, 429}
    assert strangers[0].headers["RateLimit-Policy"].startswith('"address"')


# Slow and oversized


def test_a_head_that_never_ends_holds_nobody_up(fresh):
    instance = fresh("--client-timeout", 1)
    with socket.create_connection(("127.0.0.1", instance.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /api/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert instance.api.get("/api/me").status_code == 200
        # nginx says 408 or just closes, as it does with every client that has gone silent.
        assert connection.recv(1000).split(b"\r\n")[0] in (b"", b"HTTP/1.1 408 Request Time-out")
    assert instance.api.get("/api/me").status_code == 200
