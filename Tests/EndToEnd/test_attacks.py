"""What somebody would try against a running instance. Most of it is made from what the program says of itself (the served
document, `bodega routes`, the pages and their forms), so that a new address is attacked as soon as it is there.

| attack | tested here, and in |
|---|---|
| SQL and HTML in every member of every body, stored and shown | test_every_member_of_every_body, test_no_page_runs_…; AttackTests.swift, Hostile.swift |
| the same in every filter, reflected | test_every_filter_…, test_every_field_of_every_form; test_contract: test_filters_are_values_and_never_code |
| the same in uploads: file names, headings, cells | test_no_page_runs_what_people_write; test_contract: test_names_of_uploads_lead_nowhere |
| CSRF: missing, wrong, another session's, foreign Origin, form of another site | test_nothing_is_done_for_another_site; test_http: test_csrf_and_origin; AttackTests.swift |
| session fixation | AttackTests.swift: aLoginAlwaysMakesANewSession; test_a_planted_cookie_is_worth_nothing |
| cookie flags | test_http: test_the_login_form; AttackTests.swift: theCookieIsForTheServerOnly (TLS) |
| path traversal: uploads, downloads, X-Accel | test_no_path_leads_out; test_contract: test_names_of_uploads_…, test_a_client_cannot_choose_… |
| header injection | test_no_value_becomes_a_header; AttackTests.swift: noValueReachesAHeader; FinishedResponseTests.swift |
| mass assignment | test_what_is_not_theirs_to_write, test_forms_take_their_own_fields_only |
| a token that gains more than it holds | test_a_token_gains_nothing_by_others; HandingOutTests.swift |
| a scope that does more than it says | test_run_imports_deletes_nothing, test_read_jobs_shows_no_product; JobAccessTests.swift, DeletionScopeTests.swift |
| id guessing | test_what_belongs_to_others |
| timing of login for unknown users | test_people: test_unknown_names_take_as_long_…; AttackTests.swift |
| deactivated user's token | test_people: test_a_deactivated_user_is_out_in_every_worker |
| tampered audit | test_ledger: test_tampering_is_found_and_named; AuditTests.swift |
| replayed idempotency key | test_a_key_of_somebody_else; test_contract: test_a_post_that_is_sent_again_…, test_many_at_once_are_one |
| oversized headers, bodies | test_http: test_errors_of_nginx, test_oversized_upload |
| JSON depth 10,000, numbers, encodings | test_json: all of it |
| a path that nginx and the router read differently | test_a_path_is_read_in_one_way; NginxPathTests.swift |
| filling the disk without login | test_no_body_of_a_stranger_reaches_the_disk; test_http: test_bodies_under_way_… |
| addresses that are long to look at | test_a_long_address_costs_nginx_little |
| slow header and slow body clients | test_drops_of_a_body_hold_nobody_up; test_contract: test_a_head_that_never_ends_…; test_http: test_half_an_upload_… |
"""

import contextlib
import copy
import itertools
import os
import re
import socket
import sqlite3
import time
import uuid
from pathlib import Path

import pytest
import requests

from document import concrete, is_stream, json_body, operations, resolved, routes
from instance import PATIENCE, Bodega, wait_for
from pages import MARK, Crawler, Page
from pictures import picture
from test_people import log_in, make_user

NUMBERS = itertools.count(1)


def markup(source="x"):
    """Texts that are markup if nobody escapes them; `source` tells on a page whence one came."""
    return [
        f'"><{MARK} s={source} onclick=alert(1)>', f"' onfocus=alert(1) autofocus s='<{MARK}>", f"<img src={MARK} onerror=alert(1)>",
        f"</title></textarea></select></script><{MARK}>", f"javascript:alert('{MARK}')", f"&lt;{MARK}&gt;&quot;",
    ]


CODE = [
    "' OR '1'='1", "'; DROP TABLE product; --", "x' UNION SELECT password_hash FROM \"user\" --", "\\' OR 1=1 --", "%' AND 1=1 --",
    "1; SELECT 1", "{{7*7}}${7*7}", "x\r\nX-Injected: 1", "\x00", "\u202e", "a" * 5000,
]
LEAKS = re.compile(r"sqlite|no such (column|table)|syntax error|\.swift\b|fatal error|\$argon2id\$v|/var/tmp/", re.I)


@pytest.fixture(scope="module")
def bodega():
    with Bodega("--request-rate", 0, "--token-rate", 0) as running:
        yield running


@pytest.fixture(scope="module")
def document(bodega):
    return bodega.api.get("/api/openapi.json").json()


def is_calm(bodega, answer, what):
    """Whatever was asked: no failure, nothing of the inside, nothing injected."""
    assert answer.status_code < 500, (what, answer.status_code, answer.text[:500])
    assert "X-Injected" not in answer.headers, what
    assert answer.headers["X-Content-Type-Options"] == "nosniff", what
    if answer.status_code >= 400:
        assert not LEAKS.search(answer.text) and str(bodega.data) not in answer.text, (what, answer.text)


def tables(bodega):
    with sqlite3.connect(f"file:{bodega.data}/bodega.db?mode=ro", uri=True) as database:
        return sorted(row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"))


def trail(bodega):
    """How many changes of the administrator the audit trail has. What is only read is noted a moment later."""
    noted = "'product.export', 'job.download', 'audit.export', 'customer.data'"
    with contextlib.closing(sqlite3.connect(f"file:{bodega.data}/bodega.db?mode=ro", uri=True, timeout=60)) as database:
        query = f"SELECT COUNT(*) FROM audit_log WHERE actor = 'user:1' AND action NOT IN ({noted})"
        return database.execute(query).fetchone()[0]


# Members of bodies


@pytest.fixture(scope="module")
def planted(bodega):
    """Records to be attacked, by the template of their address."""
    def make(path, **body):
        answer = bodega.api.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    product = make("/api/products", sku="victim", name="Victim")
    bodega.api.patch(f"/api/products/{product['id']}", json={"brand": "Second version"})
    profile = make("/api/import-profiles", name="Victim", mapping={"Nummer": "sku"})
    user = make("/api/users", email="victim@example.com", role="viewer")
    token = make("/api/tokens", name="victim", scopes=["read:products"])
    webhook = make("/api/webhooks", url="https://victim.invalid/", event_types=["import.failed"], enabled=False)
    bodega.api.post(f"/api/webhooks/{webhook['id']}/test")
    category = make("/api/categories", name="Victim")
    definition = make("/api/metafield-definitions", namespace="victim", key="size", name="Size", type="number_integer")
    bodega.api.put(f"/api/products/{product['id']}/metafields/victim/size", json={"value": 1})
    # One of its own: an earlier version of a product has no picture.
    pictured_product = make("/api/products", sku="pictured", name="Pictured")["id"]
    pictured = bodega.api.post(f"/api/products/{pictured_product}/images", data=picture())
    assert pictured.status_code == 201, pictured.text
    schedule = make("/api/schedules", name="Victim", kind="books_check", cron="0 5 * * *", enabled=False)
    view = make("/api/views", name="Victim", query="status=draft")
    customer = make("/api/customers", customer_code="victim", first_name="Victim")
    bodega.api.patch(f"/api/customers/{customer['id']}", json={"city": "Second version"})
    job = bodega.import_file("sku,name\nvictim-2,Victim\n")
    return {
        "/api/products": product["id"], "/api/import-profiles": profile["id"], "/api/users": user["id"],
        "/api/tokens": token["id"], "/api/jobs": job["id"], "/api/webhooks": webhook["id"],
        "/api/categories": category["id"], "/api/schedules": schedule["id"],
        "/api/metafield-definitions": definition["id"], "/api/views": view["id"],
        "/api/customers": customer["id"], "image": pictured.json()["id"], "pictured": pictured_product,
    }


def address(path, planted):
    """The address of a template with a record that there is."""
    noun = "/".join(path.split("/")[:3])
    path = path.replace("/{namespace}/{key}", "/victim/size")
    if "/images" in path:
        path = path.replace("{id}", str(planted["pictured"])).replace("{image}", str(planted["image"]))
    path = path.replace("{id}", str(planted.get(noun, 1))).replace("{sku}", "victim").replace("{code}", "victim").replace("{key}", "shop.name").replace("{delivery}", "1")
    return concrete(path)


# A measure needs one beside it.
UNITS = {"weight_unit": "kg", "dimension_unit": "cm"}
# Bodies that are taken as they are, by operation; what is not here is a change that may be empty.
BODIES = {
    "POST /api/products": lambda: {"sku": f"attack-{next(NUMBERS)}", "name": "Attack", "custom_attributes": {"Colour": "blue"}, **UNITS},
    "PATCH /api/products/{id}": lambda: {**UNITS},
    "PATCH /api/products/by-sku/{sku}": lambda: {**UNITS},
    "PUT /api/products/{id}": lambda: {"sku": "victim", "name": "Victim", **UNITS},
    "PUT /api/products/by-sku/{sku}": lambda: {"sku": "victim", "name": "Victim", **UNITS},
    "PUT /api/products/{id}/metafields/{namespace}/{key}": lambda: {"value": next(NUMBERS)},
    "PUT /api/products/{id}/images/order": lambda: {"ids": [1]},
    "POST /api/metafield-definitions": lambda: {
        "namespace": "attack", "key": f"k{next(NUMBERS)}", "name": "Attack", "type": "weight",
    },
    "PUT /api/metafield-definitions/{id}": lambda: {"name": "Size"},
    "POST /api/products/{id}/restore": lambda: {"version": 1},
    "POST /api/import-profiles": lambda: {"name": f"Attack {next(NUMBERS)}", "mapping": {"Art": "sku"}, "headers": ["Art"]},
    "PUT /api/import-profiles/{id}": lambda: {"name": "Victim", "mapping": {"Nummer": "sku"}},
    "POST /api/users": lambda: {"email": f"attack-{next(NUMBERS)}@example.com"},
    "PUT /api/users/{id}": lambda: {"email": "victim@example.com", "role": "viewer"},
    "POST /api/tokens": lambda: {"name": f"Attack {next(NUMBERS)}", "scopes": ["read:products"]},
    "POST /api/webhooks": lambda: {"url": "https://attack.invalid/", "event_types": ["import.failed"], "enabled": False},
    "PUT /api/webhooks/{id}": lambda: {"url": "https://victim.invalid/", "event_types": ["import.failed"], "enabled": False},
    "POST /api/categories": lambda: {"name": f"Attack {next(NUMBERS)}"},
    "PUT /api/categories/{id}": lambda: {"name": "Victim"},
    "POST /api/customers": lambda: {"customer_code": f"attack-{next(NUMBERS)}"},
    "PUT /api/customers/{id}": lambda: {"customer_code": "victim"},
    "PUT /api/customers/by-code/{code}": lambda: {"customer_code": "victim"},
    "POST /api/customers/{id}/merge": lambda: {"into": 10 ** 15},
    "POST /api/customers/{id}/restore": lambda: {"version": 1},
    "POST /api/schedules": lambda: {"name": f"Attack {next(NUMBERS)}", "kind": "books_check", "cron": "0 5 * * *", "enabled": False},
    "PUT /api/schedules/{id}": lambda: {"name": "Victim", "kind": "books_check", "cron": "0 5 * * *", "enabled": False},
    "POST /api/views": lambda: {"name": f"Attack {next(NUMBERS)}", "query": "status=draft"},
    "PUT /api/views/{id}": lambda: {"name": "Victim", "query": "status=draft"},
    "POST /api/jobs/bulk": lambda: {"action": "delete", "ids": [], "confirm": 0},
    "POST /api/session": lambda: {"email": f"attack-{next(NUMBERS)}@example.com", "password": "not the password"},
    "PATCH /api/configuration/{key}": lambda: {"value": "Bodega"},
}


def places(document, schema, path=()):
    """Where a text may stand in a body: by the names on the way, "*" for a name of the sender's own."""
    schema = resolved(document, schema)
    if "anyOf" in schema:
        return [place for part in schema["anyOf"] for place in places(document, part, path)]
    kinds = schema.get("type", ["string"])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    found = [path] if "string" in kinds and path else []
    if "object" in kinds:
        for name, part in schema.get("properties", {}).items():
            found += places(document, part, (*path, name))
        if isinstance(schema.get("additionalProperties"), dict):
            found += [(*path, "*")] + places(document, schema["additionalProperties"], (*path, "Planted"))
    if "array" in kinds:
        found += places(document, schema["items"], (*path, 0))
    return list(dict.fromkeys(found))


def with_text(body, place, text):
    """The body with a text at a place."""
    body = copy.deepcopy(body)
    at = body
    for name, following in zip(place, place[1:]):
        empty = [] if following == 0 else {}
        if isinstance(at, list):
            at[:] = [empty]
        elif not isinstance(at.get(name), type(empty)):
            at[name] = empty
        at = at[name]
    if place[-1] == 0:
        at[:] = [text]
    elif place[-1] == "*":
        at[text] = "sku"
    else:
        at[place[-1]] = text
    return body


def test_every_member_of_every_body(bodega, document, planted):
    before, tried, taken = tables(bodega), 0, 0
    for method, path, operation in operations(document):
        schema = json_body(document, operation)
        if schema is None:
            continue
        name = f"{method} {path}"
        found = places(document, schema)
        for place, text in itertools.product(found, markup() + CODE):
            # A wrong login costs a hash, and the third part of them says it all.
            if name == "POST /api/session" and tried % 3:
                tried += 1
                continue
            body = with_text(BODIES.get(name, dict)(), place, text)
            answer = bodega.api.request(method, address(path, planted), json=body)
            is_calm(bodega, answer, (name, place, text))
            if answer.status_code == 422:
                assert answer.json()["errors"], (name, place, text)
            tried += 1
            taken += answer.status_code < 300
    assert tried > 1000 and taken > 300, (tried, taken)
    assert tables(bodega) == before
    assert bodega.run("audit", "verify").returncode == 0


def test_every_filter_means_what_it_says(bodega, document, planted):
    """A text that no record holds finds no record, whatever else stands in it."""
    tried = 0
    for method, path, operation in operations(document):
        if method != "GET" or is_stream(operation):
            continue
        for parameter in operation.get("parameters", []):
            if parameter.get("in") != "query":
                continue
            for text in CODE + markup():
                value = f"nowhere{text}"
                answer = bodega.api.get(address(path, planted), params={parameter["name"]: value})
                is_calm(bodega, answer, (path, parameter["name"], text))
                if answer.status_code == 200 and answer.headers["Content-Type"] == "application/json" and "items" in answer.json():
                    assert answer.json()["items"] == [], (path, parameter["name"], text)
                tried += 1
    assert tried > 400


# Pages


def plant(bodega, planted):
    """Markup in everything that people can write and see."""
    api = bodega.api
    product = {"name": markup("product")[0], "brand": markup("brand")[0], "description": markup("words")[0],
               "custom_attributes": {markup("attribute")[0]: markup("value")[0]}}
    made = api.post("/api/products", json={**product, "sku": markup("sku")[0]})
    assert made.status_code == 201, made.text
    path = f"/api/products/{planted['/api/products']}"
    assert api.patch(path, json={"brand": markup("past")[0]}).status_code == 200
    assert api.patch(path, json={"brand": "Now"}).status_code == 200
    person = {"email": f'"><{MARK}/s=email>@example.com', "role": "editor", "username": markup("username")[0][:64],
              "first_name": markup("first")[0], "last_name": markup("last")[0]}
    added = api.post("/api/users", json=person)
    assert added.status_code == 201, added.text
    api.patch(f"/api/users/{planted['/api/users']}", json={"first_name": markup("victim")[0]})
    assert api.patch(f"/api/import-profiles/{planted['/api/import-profiles']}", json={
        "name": markup("profile")[0], "mapping": {markup("column")[0]: "sku"}, "headers": [markup("column")[0]],
        "encoding": None, "delimiter": None}).status_code == 200
    api.delete(f"/api/tokens/{planted['/api/tokens']}")
    assert api.post("/api/tokens", json={"name": markup("token")[0], "scopes": ["read:products"]}).status_code == 201
    assert api.patch("/api/configuration/shop.name", json={"value": f"\"><{MARK} s=shop onload=x>"}).status_code == 200
    # A session of one's own by a browser that calls itself so, and names in the profile.
    other = requests.Session()
    other.headers["User-Agent"] = markup("agent")[0]
    answer = other.post(f"{bodega.url}/api/session", json={"email": "admin@localhost", "password": "correct horse battery staple"})
    assert answer.status_code == 200
    assert api.patch("/api/me", json={"first_name": markup("me")[0]}).status_code == 200

    def quoted(text):
        return '"' + text.replace('"', '""') + '"'

    heads = ",".join(["sku", "name", "price", quoted(markup("heading")[0])])
    rows = [f"{quoted(markup('cell')[0])},{quoted(markup('imported')[0])},{quoted(markup('price')[0])},x",
            f"fine-{next(NUMBERS)},{quoted(markup('imported')[0])},1.00,x", "victim,Changed,2.00,x"]
    content = "\n".join([heads, *rows]) + "\n"
    job = api.upload(content, filename=f"{markup('file')[0]}.csv", as_form=True, guard="off")["job_id"]
    assert api.wait(job)["failed_rows"] == 1
    waiting = api.upload(content.replace("1.00", "3.00"), filename=f"{markup('file')[0]}.csv", review=1)["job_id"]
    api.wait(waiting, until=lambda state: state["status"] == "awaiting_confirmation")
    undone = api.wait(api.upload("sku,name\nundone,Undone\n", filename=f"{markup('file')[0]}.csv")["job_id"])["id"]
    undo = api.wait(api.post(f"/api/jobs/{undone}/undo").json()["job_id"])["id"]
    asking = api.upload(f"{quoted(markup('unmapped')[0])},b\n{quoted(markup('sample')[0])},y\n", unmapped="ask",
                        filename=f"{markup('file')[0]}.csv")["job_id"]
    api.wait(asking, until=lambda state: state["status"] == "awaiting_confirmation")
    return [f"/products/{made.json()['id']}", f"/products/{planted['/api/products']}", f"/users/{added.json()['id']}",
            f"/imports/profiles/{planted['/api/import-profiles']}", f"/imports/{waiting}/plan", f"/imports/{asking}/mapping", f"/jobs/{job}/undo", f"/imports/{job}", f"/jobs/{undo}",
            f"/jobs/{undo}/delete", f"/webhooks/{planted['/api/webhooks']}"]


# On which pages what was planted has to be seen; one that shows nothing proves nothing.
SHOWN = {
    "product": {"/products", "/products/{id:int}", "/products/{id:int}/delete"}, "brand": {"/products/{id:int}"},
    "words": {"/products/{id:int}"}, "past": {"/products/{id:int}"}, "first": {"/users", "/users/{id:int}"},
    "profile": {"/imports/profiles", "/imports/profiles/{id:int}"}, "column": {"/imports/profiles/{id:int}"},
    "token": {"/tokens"}, "shop": {"/", "/products", "/settings"}, "me": {"/", "/profile", "/users"},
    "file": {"/imports", "/imports/{id}", "/jobs", "/jobs/{id}"}, "price": {"/imports/{id}"},
    "imported": {"/imports/{id}/plan"}, "unmapped": {"/imports/{id}/mapping"}, "sample": {"/imports/{id}/mapping"},
}
# Pages to which no link leads while a user is logged in, while no products share a SKU, and those of what is ticked and of
# the status "Deleted", which forms ask for.
APART = {"/reset/{token}", "/login", "/products/duplicates", "/products/selection", "/products/status", "/products/deleted"}


@pytest.fixture(scope="module")
def crawled(bodega, planted):
    starts = plant(bodega, planted)
    crawler = Crawler(bodega.api, routes()).walk(*starts, "/", "/users/new", "/api/docs", "/login", "/products/delete?q=victim", "/search?q=victim")
    return crawler


def test_no_page_runs_what_people_write(crawled):
    """The crawler has looked at every page for elements, handlers and addresses that were not ours."""
    everything = {route.path for route in routes() if route.method == "GET" and not route.is_api} - {"/health"}
    assert everything - crawled.routes <= APART, "no link leads there"
    for source, wanted in SHOWN.items():
        missing = wanted - crawled.showing(f"{MARK} s={source}")
        assert not missing, f"{source} is not seen on {missing}"
    assert crawled.showing(f"{MARK}/s=email") >= {"/users", "/users/{id:int}"}
    assert len(crawled.pages) > 60


def test_every_filter_of_every_page(bodega, crawled):
    """Reflected: what stands in an address, in each parameter that a form or a link of ours uses."""
    names = {}
    for page_address, page in crawled.pages.items():
        for form in page.forms:
            if form.method == "get":
                names.setdefault(form.action.split("?")[0], set()).update(form.texts)
        for link in [page_address, *page.links]:
            path, _, query = link.partition("?")
            if crawled.route_of(path) and path.startswith("/"):
                names.setdefault(path, set()).update(part.split("=")[0] for part in query.split("&") if part)
    # One address of a route will do.
    chosen = {}
    for path, found in names.items():
        chosen.setdefault(crawled.route_of(path), (path, set()))[1].update(found)
    tried = 0
    for path, found in chosen.values():
        for name in sorted(found):
            for text in markup() + CODE[:6]:
                answer = bodega.api.get(path, params={name: text})
                is_calm(bodega, answer, (path, name, text))
                if answer.headers.get("Content-Type", "").startswith("text/html"):
                    page = Page(answer.text, path)
                    assert not page.faults, (path, name, text, page.faults)
                tried += 1
    assert tried > 300, tried


# Forms that would end what the other tests need, or only say the same again.
SPARED = re.compile(r"/([0-9]+/(delete|revoke|merge)|logout|profile/sessions/.*|users/[0-9]+/(activate|verify|deactivate)|profile/password)$")


def test_every_field_of_every_form(bodega, crawled):
    """Each with markup in it, sent as a browser would; the page that comes back, or the one that it leads to."""
    tried = set()
    forms = [(where, form) for where, form in crawled.forms("post") if not SPARED.search(form.action)]
    for where, form in forms:
        for name in form.texts:
            for text in (markup("form")[0], markup("form")[1], CODE[0]):
                values = form.values(**{name: text})
                values["csrf_token"] = bodega.api.headers["X-CSRF-Token"]
                files = {name: (f"{text}.csv", b"sku,name\nform,Form\n") for name in form.files}
                answer = bodega.api.post(form.action, data=values, files=files or None)
                is_calm(bodega, answer, (where, form.action, name, text))
                if answer.status_code == 303:
                    answer = bodega.api.get(answer.headers["Location"])
                    is_calm(bodega, answer, (where, form.action, name, text))
                page = Page(answer.text, form.action)
                assert not page.faults, (where, form.action, name, text, page.faults)
                tried.add(re.sub(r"/([0-9]+|[0-9a-f-]{36})(?=/|$)", "/N", form.action))
    assert len(tried) >= 12, sorted(tried)


def test_the_login_page_shows_what_was_typed_as_text(bodega):
    for text in markup("login"):
        for data in ({"email": text, "password": "x"}, {"email": "x", "password": text}, {"email": "x", "password": "", "next": text}):
            answer = requests.post(f"{bodega.url}/login", data=data, allow_redirects=False)
            assert answer.status_code in (401, 422, 429)
            assert not Page(answer.text, "/login").faults, text
        page = requests.get(f"{bodega.url}/login", params={"next": text, "done": text})
        assert not Page(page.text, "/login").faults, text
        missing = requests.get(f"{bodega.url}/reset/{requests.utils.quote(text, safe='')}")
        assert missing.status_code == 404 and not Page(missing.text, "/reset/x").faults


# Other sites


def test_nothing_is_done_for_another_site(bodega):
    """Every route that changes something, as another site's page could call it with the visitor's cookie."""
    make_user(bodega, "csrf@example.com", "admin")
    stranger = log_in(bodega, "csrf@example.com")
    own = bodega.api.headers["X-CSRF-Token"]
    cookies = bodega.api.cookies.get_dict()
    attempts = [
        ({}, "csrf"), ({"X-CSRF-Token": ""}, "csrf"), ({"X-CSRF-Token": own[:-1]}, "csrf"),
        ({"X-CSRF-Token": stranger.headers["X-CSRF-Token"]}, "csrf"),
        ({"X-CSRF-Token": own, "Origin": "https://evil.example"}, "origin"), ({"X-CSRF-Token": own, "Origin": "null"}, "origin"),
        ({"X-CSRF-Token": own, "Origin": f"{bodega.url}.evil.example"}, "origin"),
        ({"X-CSRF-Token": own, "Sec-Fetch-Site": "cross-site"}, "origin"),
        # A form of another site: the three encodings that need no preflight.
        ({"Origin": "https://evil.example", "Content-Type": "application/x-www-form-urlencoded"}, "origin"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "csrf"), ({"Content-Type": "text/plain"}, "csrf"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, "csrf"),
    ]
    before, digest, tried = trail(bodega), bodega.digest(), 0
    for route in routes():
        if not route.is_unsafe or route.access == "open":
            continue
        path = re.sub(r"\{id(:int)?\}", "1", route.path) if "jobs" not in route.path and "imports/{id}" not in route.path else concrete(route.path)
        path = concrete(path)
        for headers, code in attempts:
            body = b"--x\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\nwrong\r\n--x--\r\n"
            if "multipart" not in headers.get("Content-Type", ""):
                body = b"csrf_token=wrong&email=a%40b.example&role=admin&name=Forged&sku=forged"
            answer = requests.request(route.method, bodega.url + path, data=body, headers=headers, cookies=cookies, allow_redirects=False)
            what = (route.method, path, headers)
            if route.pool == "upload" and "{id}" in route.path and answer.status_code == 404:
                # The token of an upload is looked for in its body, which nobody reads for a job that there is not.
                continue
            assert answer.status_code == 403, (what, answer.status_code, answer.text[:300])
            if route.is_api:
                # Of an upload nginx asks first, and tells only that it is not allowed.
                assert answer.json().get("code", code) == code, (what, answer.text)
            else:
                assert "<h1" in answer.text, what
            tried += 1
    for path in ("/login", "/api/session", "/reset/none"):
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = requests.post(bodega.url + path, data={"email": "x", "password": "y"}, headers=headers, allow_redirects=False)
            assert answer.status_code == 403 and "Set-Cookie" not in answer.headers, (path, headers)
    assert tried > 600
    assert (trail(bodega), bodega.digest()) == (before, digest), "something was done"
    assert bodega.api.get("/api/me").status_code == 200


def test_a_planted_cookie_is_worth_nothing(bodega):
    make_user(bodega, "planted@example.com")
    attacker = log_in(bodega, "planted@example.com")
    planted = attacker.cookies.get_dict()["bodega_session"]
    login = {"email": "planted@example.com", "password": "another long phrase"}
    for known in (planted, "chosen", "A" * 43):
        answer = requests.post(f"{bodega.url}/login", data=login, cookies={"bodega_session": known}, allow_redirects=False)
        assert answer.status_code == 303
        given = answer.cookies.get_dict()["bodega_session"]
        assert given != known and len(given) >= 43
        assert requests.get(f"{bodega.url}/api/me", cookies={"bodega_session": known}).status_code == 401
        assert requests.get(f"{bodega.url}/api/me", cookies={"bodega_session": given}).status_code == 200
        flags = {part.strip().lower() for part in answer.headers["Set-Cookie"].split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= flags and not any(flag.startswith("domain") for flag in flags)


# Paths and headers


def send(bodega, target, headers=()):
    """The answer to a request whose target is sent as it stands."""
    cookie = "; ".join(f"{name}={value}" for name, value in bodega.api.cookies.get_dict().items())
    lines = [b"GET " + target.encode("latin-1") + b" HTTP/1.1", f"Host: 127.0.0.1:{bodega.port}".encode(), f"Cookie: {cookie}".encode(),
             *(line.encode("latin-1") for line in headers), b"Connection: close"]
    with socket.create_connection(("127.0.0.1", bodega.port), timeout=PATIENCE) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else None, head, body


UP = ["..", "%2e%2e", "%2E.", ".%2e", "..%00", "%252e%252e", "..%5c", "%c0%ae%c0%ae", "..;", "....//"]
STARTS = ["", "/static", "/static/0123456789abcdef", "/internal/spool", "/internal/blobs", "/protected", "/api/jobs", "/imports", "/products",
          "/api/products/by-sku", "/reset"]


def test_no_path_leads_out(bodega, planted):
    secret = (bodega.data / "secrets/keyring").read_bytes().strip()[:32]
    aims = ["bodega.db", "secrets/keyring", "etc/passwd", "logs/bodega.log", "nginx/nginx.conf", "spool/uploads/"]
    targets = [f"{start}/{'/'.join([step] * 3)}/{aim}" for start in STARTS for step in UP for aim in aims[:3]]
    targets += [f"{start}/{'%2f'.join([step] * 3)}%2f{aim}" for start in STARTS for step in UP[:3] for aim in aims]
    targets += [
        f"http://127.0.0.1:{bodega.port}/internal/spool/uploads/", "//internal/spool/uploads/", "/internal%2fspool%2fuploads/", "/./internal/spool/x",
        "/-/upload", "/-/auth", "/%2d/web", "/-%2fweb", "/-/error/json/500", "/-/login/json", "/x/../-/auth", "/x/../internal/spool/uploads/",
        f"/internal/spool/uploads/{planted['/api/jobs']}", "/static/%00", "/static/x%00.css", "/static//etc/passwd", "/static/\xff",
        f"/api/jobs/{planted['/api/jobs']}%2f..%2f..%2fbodega.db/file", f"/api/jobs/{planted['/api/jobs']}/file/../../../internal/spool/x",
    ]
    for target in targets:
        status, head, body = send(bodega, target)
        assert status in (303, 400, 401, 403, 404), (target, status)
        for word in (b"SQLite format", b"root:x:", secret, b"fastcgi_pass", b"X-Accel", b"Index of"):
            assert word not in head + body, target
    # Headers by which proxies are told what to send, and names of our own parameters.
    told = ["X-Accel-Redirect: /internal/spool/uploads/", "X-Sendfile: /etc/passwd", "X-Original-URL: /internal/spool/uploads/", "X-Rewrite-URL: /-/auth",
            "Body-File: /etc/passwd", "BODY_FILE: /etc/passwd", "Bodega-Role: authorize", "Script-Filename: /etc/passwd", "Request-Uri: /-/auth",
            "X-Forwarded-For: 127.0.0.1", "Remote-Addr: 127.0.0.1", "Proxy: http://evil.example"]
    for header in told:
        status, head, body = send(bodega, "/api/me", [header])
        assert status == 200 and b'"user"' in body and b"X-Accel" not in head, header


def stranger(bodega, method, target, headers=(), body=b""):
    """The status for a request without login whose body may not have come whole; the answer waits for nothing more."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{bodega.port}", *headers, "Connection: close"]
    with socket.create_connection(("127.0.0.1", bodega.port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return int(connection.recv(65536).split()[1])


def on_disk(bodega):
    """Bodies that nginx has in files, with a name or without one."""
    found = []
    for pid in bodega.pids("nginx worker"):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if "/spool/incoming/" in os.readlink(link):
                    found.append(os.readlink(link))
    return found


CROOKED = ["/reset/..%2Fapi%2Fupload-csv", "/reset/..%2fapi%2fupload-csv", "/reset/%2e%2e/api/upload-csv", "/login/../api/upload-csv",
           "/login/.%2E%2Fimports", "//api/upload-csv", "/api//upload-csv", "/api/./upload-csv", "/api%2Fupload-csv", "/imports#/../login",
           "/login%2F..%2Fapi%2Fupload-csv", "/api/upload-csv/.", "/reset/x%2F..%2F..%2Fimports", "/static/..%2Fapi%2Fupload-csv"]


def test_a_path_is_read_in_one_way(bodega):
    """Where nginx and the router could mean different addresses nobody's request is answered and no body is taken."""
    token = bodega.token("run:imports", "read:products", "write:products")
    for path in CROOKED:
        for headers in ((), (f"Authorization: Bearer {token}",)):
            for method, length in (("POST", ("Content-Length: 4294967296",)), ("POST", ("Transfer-Encoding: chunked",)), ("GET", ())):
                status = stranger(bodega, method, path, (*headers, *length), b"100000\r\n" + b"x" * 200_000 if length else b"")
                assert status == 400, (method, path, status)
        assert not on_disk(bodega)
    answer = requests.Request("GET", f"{bodega.url}/x").prepare()
    answer.url = f"{bodega.url}/api/x/..%2Fme"
    refused = requests.Session().send(answer)
    assert refused.status_code == 400 and refused.json()["code"] == "ambiguous_path"
    # What both read alike goes on: other ways to write a letter, slashes in a value, and what only looks like a step up.
    headers = (f"Authorization: Bearer {token}",)
    made = bodega.api.post("/api/products", json={"sku": "up/to//2", "name": "Slashes"})
    assert made.status_code == 201
    for sku in ("up%2Fto%2F%2F2", "up%2fto%2F%2f2", "%75p%2Fto%2f%2f2"):
        assert stranger(bodega, "GET", f"/api/products/by-sku/{sku}", headers) == 200, sku
    large = bodega.api.patch("/api/products/by-sku/up%2Fto%2f%2F2", json={"description": "d" * 100_000})
    assert large.status_code in (200, 422), large.text
    for path, status in (("/%61pi/products", 200), ("/api/products/by-sku/..;", 404), ("/api/products/by-sku/..%5c..", 404), ("/api/...", 404),
                         ("/api/products/by-sku/%252e%252e", 404), ("/api/products/by-sku/a%00", 400), ("/api/products/by-sku/a%2", 400)):
        assert stranger(bodega, "GET", path, headers) == status, path


def test_no_body_of_a_stranger_reaches_the_disk(bodega):
    """Open routes take 64 KiB, which stay in memory, and so do those of the logins; of all others the body is not even
    read."""
    limit, tried = 65_536, 0
    for route in routes():
        path = concrete(route.path)
        if route.access == "open" or (route.pool == "login" and route.is_unsafe):
            assert stranger(bodega, route.method, path, (f"Content-Length: {limit + 1}",)) == 413, route
            chunked = b"%x\r\n" % (limit + 1) + b"x" * (limit + 1) + b"\r\n0\r\n\r\n"
            assert stranger(bodega, route.method, path, ("Transfer-Encoding: chunked",), chunked) == 413, route
        elif route.is_unsafe:
            for length in ("Content-Length: 500000", "Transfer-Encoding: chunked"):
                assert stranger(bodega, route.method, path, (length,)) == (401 if route.is_api else 303), (route, length)
        tried += 1
    assert tried > 100
    with contextlib.ExitStack() as stack:
        for method, path in [("POST", "/login"), ("POST", "/api/session"), ("POST", "/reset/none"), ("POST", "/api/products"), ("PATCH", "/api/products"),
                             ("POST", "/nothing"), ("PUT", "/api/nothing"), ("GET", "/health")]:
            for headers, body in ((f"Content-Length: {limit}", b"x" * (limit - 100)), ("Content-Length: 4294967296", b"x" * 500_000)):
                connection = stack.enter_context(socket.create_connection(("127.0.0.1", bodega.port), timeout=60))
                with contextlib.suppress(ConnectionError):
                    connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n".encode() + body)
        assert bodega.api.get("/api/me").status_code == 200
        assert not on_disk(bodega)


def test_no_value_becomes_a_header(bodega, document):
    line = "x%0d%0aX-Injected:%201%0d%0a%0d%0a<script>"
    for route in routes():
        if route.method != "GET" or route.pool == "events":
            continue
        path = concrete(route.path)
        for target in (f"{path}?next={line}", f"{path}?q={line}", re.sub("987654321|none", line, path), f"{path}{line}"):
            status, head, _ = send(bodega, target)
            assert status in (200, 303, 400, 404, 422), (target, status)
            assert b"\nx-injected" not in head.lower(), target
    for name in ("Idempotency-Key", "X-Request-Id", "If-Match", "Last-Event-ID", "Origin", "User-Agent", "X-Filename"):
        answer = bodega.api.post("/api/upload-csv", data=b"sku,name\nh,H\n", headers={name: "a\tb\x7f" if name != "User-Agent" else "%0d%0aX-Injected: 1"})
        assert answer.status_code < 500 and "X-Injected" not in answer.headers, name


# What is not theirs


FOREIGN = {
    "id": 10 ** 9, "user_id": 10 ** 9, "is_admin": True, "is_active": False, "role": "admin", "password_hash": "$argon2id$x", "token_hash": "x", "hash": "x",
    "scopes": ["admin:users"], "version": 99, "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z", "verified_at": "2020-01-01T00:00:00Z",
    "last_login_at": "2020-01-01T00:00:00Z", "failed_logins": 0.5, "prefix": "x", "secret": "x", "status_": "x", "__proto__": {"role": "admin"},
    "constructor": {}, "search_text": "x", "sku_norm": "x", "used_at": "2020-01-01T00:00:00Z", "actor": "user:1", "csrf_token": "x",
}


def test_what_is_not_theirs_to_write(bodega, document, planted):
    """Members that a schema does not let be written, in every body: refused with their names, and nothing is written."""
    tried = 0
    for method, path, operation in operations(document):
        schema = json_body(document, operation)
        if schema is None or path == "/api/session":
            continue
        name = f"{method} {path}"
        body = BODIES.get(name, dict)()
        writable = {key for key, part in schema.get("properties", {}).items() if not resolved(document, part).get("readOnly")}
        foreign = {key: value for key, value in FOREIGN.items() if key not in writable}
        if path == "/api/me":
            # An administrator may say so; that nobody becomes one is in the next test.
            foreign = {key: value for key, value in foreign.items() if key not in ("role", "is_admin")}
        before = trail(bodega)
        answer = bodega.api.request(method, address(path, planted), json={**body, **foreign})
        assert answer.status_code == 422, (name, answer.text)
        named = {problem["field"] for problem in answer.json()["errors"]}
        assert named >= set(foreign) - {"value"}, (name, set(foreign) - named)
        for key, value in foreign.items():
            one = bodega.api.request(method, address(path, planted), json={**body, key: value})
            assert one.status_code == 422, (name, key, one.text)
            tried += 1
        assert trail(bodega) == before, name
    assert tried > 250, tried


def test_forms_take_their_own_fields_only(bodega):
    user = make_user(bodega, "climber@example.com", "viewer")
    session = log_in(bodega, "climber@example.com")
    token = session.headers["X-CSRF-Token"]
    more = {"role": "admin", "is_active": "1", "is_admin": "1", "id": "1", "user_id": "1", "email": "other@example.com", "verified_at": "2020-01-01"}
    answer = session.post(f"{bodega.url}/profile", data={"first_name": "Climber", "csrf_token": token, **more}, allow_redirects=False)
    assert answer.status_code in (303, 400, 422)
    made = session.post(f"{bodega.url}/tokens/new", data={"name": "x", "scopes": "admin:users", "csrf_token": token, **more}, allow_redirects=False)
    assert made.status_code == 422, "a scope beyond the role"
    api = session.patch(f"{bodega.url}/api/me", json={"role": "admin"})
    assert api.status_code == 422 and api.json()["errors"][0]["field"] == "role"
    seen = bodega.api.get(f"/api/users/{user['id']}").json()
    assert (seen["role"], seen["email"], seen["is_admin"], seen["verified_at"]) == ("viewer", "climber@example.com", False, None)
    scopes = session.post(f"{bodega.url}/api/tokens", json={"name": "x", "scopes": ["read:products", "admin:users"]})
    assert scopes.status_code == 422, scopes.text


def test_what_belongs_to_others(bodega):
    """Numbers are easily guessed: what is somebody else's is not there, neither to be seen nor to be changed."""
    make_user(bodega, "owner@example.com", "editor")
    owner = log_in(bodega, "owner@example.com")
    made = owner.post(f"{bodega.url}/api/tokens", json={"name": "mine", "scopes": ["read:products"]}).json()
    session = owner.get(f"{bodega.url}/api/sessions").json()["items"][0]
    make_user(bodega, "guesser@example.com", "editor")
    guesser = log_in(bodega, "guesser@example.com")
    token = guesser.headers["X-CSRF-Token"]
    nothing = str(10 ** 12)
    attempts = [
        ("GET", "/api/tokens/{token}"), ("DELETE", "/api/tokens/{token}"), ("POST", "/api/tokens/{token}/rotate"), ("DELETE", "/api/sessions/{session}"),
        ("GET", "/tokens/{token}/rotate"), ("POST", "/tokens/{token}/rotate"), ("GET", "/tokens/{token}/revoke"), ("POST", "/tokens/{token}/revoke"),
        ("POST", "/profile/sessions/{session}/end"),
    ]
    for method, template in attempts:
        answers = []
        for token_id, session_id in ((made["id"], session["id"]), (nothing, nothing)):
            path = template.format(token=token_id, session=session_id)
            body = {"json": {}} if path.startswith("/api") and method == "POST" else {"data": {"csrf_token": token}} if method == "POST" else {}
            answer = guesser.request(method, bodega.url + path, allow_redirects=False, **body)
            answers.append((answer.status_code, re.sub(r"[0-9a-f]{32}|\b[0-9]+\b", "N", answer.text)))
        assert answers[0] == answers[1] and answers[0][0] == 404, (method, template, answers)
    assert made["name"] not in guesser.get(f"{bodega.url}/api/tokens").text and "mine" not in guesser.get(f"{bodega.url}/tokens").text
    others = guesser.get(f"{bodega.url}/api/tokens", params={"user_id": 1})
    assert others.status_code in (200, 400, 403) and (others.status_code != 200 or others.json()["items"] == [])
    assert owner.get(f"{bodega.url}/api/me").status_code == 200
    used = requests.get(f"{bodega.url}/api/products", headers={"Authorization": f"Bearer {made['secret']}"})
    assert used.status_code == 200


def test_a_key_of_somebody_else(bodega):
    """Each has their own keys: the answer that somebody got is not told to another who sends the same."""
    key = str(uuid.uuid4())
    make_user(bodega, "key@example.com", "editor")
    other = log_in(bodega, "key@example.com")
    body = {"name": f"Shared {key}", "mapping": {"A": "sku"}}
    first = bodega.api.post("/api/import-profiles", json=body, headers={"Idempotency-Key": key})
    second = other.post(f"{bodega.url}/api/import-profiles", json=body, headers={"Idempotency-Key": key})
    assert first.status_code == 201
    assert second.status_code == 409 and second.json()["code"] == "name_taken" and "Idempotency-Replayed" not in second.headers
    again = bodega.api.post("/api/import-profiles", json=body, headers={"Idempotency-Key": key})
    assert again.headers["Idempotency-Replayed"] == "true" and again.content == first.content
    elsewhere = bodega.api.post("/api/products", json={"sku": key, "name": "Key"}, headers={"Idempotency-Key": key})
    assert elsewhere.status_code == 422 and elsewhere.json()["code"] == "idempotency_key_reused"
    for bad in ("a" * 256, "caf\xe9", "a\tb"):
        answer = bodega.api.post("/api/products", json={"sku": f"{key}-{bad!r}", "name": "Key"}, headers={"Idempotency-Key": bad.encode("latin-1")})
        assert answer.status_code == 400, (bad, answer.text)


# One address of every kind that the expressions for the logs look at again and again, as long as nginx takes it.
HOSTILE = {
    "nothing": "x", "percent": "%", "number": "%25", "names": "&token", "words": "token", "token": "bodega_a", "link": "/rese", "parts": "&a_",
    "encoded": "%74", "signs": "%3f",
}


@pytest.mark.quiet
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_long_address_costs_nginx_little(bodega, piece):
    """Strangers send whatever they like: sixty of the longest addresses take less than a second more than short ones."""
    def seconds(query):
        with socket.create_connection(("127.0.0.1", bodega.port), timeout=30) as connection:
            stream = connection.makefile("rb")
            began = time.monotonic()
            for _ in range(60):
                connection.sendall(b"GET /robots.txt?" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                assert b" 200 " in stream.readline()
                length = 0
                while (line := stream.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                stream.read(length)
            return time.monotonic() - began

    assert seconds((piece * 16_000)[:15_800].encode()) < seconds(b"x") + 1


@pytest.mark.quiet
def test_drops_of_a_body_hold_nobody_up(bodega):
    """Many clients that send a JSON body a byte at a time: nginx waits for them, no worker does."""
    token = bodega.token("write:products")
    head = (f"POST /api/products HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 200\r\n\r\n{").encode()
    connections = [socket.create_connection(("127.0.0.1", bodega.port)) for _ in range(60)]
    try:
        for connection in connections:
            connection.sendall(head)
        began = time.monotonic()
        for _ in range(20):
            for connection in connections[::7]:
                connection.sendall(b" ")
            assert bodega.api.get("/api/products?limit=1").status_code == 200
        assert time.monotonic() - began < 3
    finally:
        for connection in connections:
            connection.close()
    assert wait_for(bodega.health, "not well any more")


def program(bodega, *scopes):
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {bodega.token(*scopes)}"
    return session


def test_a_token_gains_nothing_by_others(bodega):
    """With manage:account alone no mightier token is rotated, by API or page, and nothing that is worth a login changes."""
    mighty = bodega.token("admin:users", "manage:account")
    number = requests.get(f"{bodega.url}/api/tokens", headers={"Authorization": f"Bearer {mighty}"}).json()["items"][0]["id"]
    keeper = program(bodega, "manage:account")
    for answer in [
        keeper.post(f"{bodega.url}/api/tokens/{number}/rotate", json={}),
        keeper.post(f"{bodega.url}/tokens/{number}/rotate", data={"grace_hours": "0"}),
        keeper.patch(f"{bodega.url}/api/me", json={"password": "a phrase of somebody else's", "current_password": "wrong"}),
        program(bodega, "admin:users").post(f"{bodega.url}/api/users", json={"email": "climbing@example.com", "role": "admin"}),
    ]:
        assert answer.status_code == 403 and "bodega_" not in answer.text and "/reset/" not in answer.text, answer.text
    assert requests.get(f"{bodega.url}/api/users", headers={"Authorization": f"Bearer {mighty}"}).status_code == 200


def test_run_imports_deletes_nothing(bodega):
    """Neither by an upload of its own, which is refused before its body is read, nor by somebody else's job."""
    bodega.import_file("sku,name\nscope-1,Alder\n")
    importer = program(bodega, "run:imports", "read:jobs")
    for options in ("mode=delete", "missing=deactivate"):
        answer = importer.post(f"{bodega.url}/api/upload-csv?{options}", data=b"sku\nscope-1\n")
        assert answer.status_code == 403 and "delete:products" in answer.json()["detail"], answer.text
        name, value = options.split("=")
        answer = importer.post(f"{bodega.url}/api/upload-csv", files={"file": ("a.csv", "sku,name\nscope-1,A\n")}, data={name: value})
        assert answer.status_code == 403 and "delete:products" in answer.json()["detail"], answer.text
    waiting = bodega.api.upload("sku\nscope-1\n", mode="delete", review=1)["job_id"]
    bodega.api.wait(waiting, until=lambda job: job["status"] == "awaiting_confirmation")
    for action in ("confirm", "replan", "cancel"):
        assert importer.post(f"{bodega.url}/api/jobs/{waiting}/{action}").status_code == 403, action
        assert importer.post(f"{bodega.url}/imports/{waiting}/{action}", allow_redirects=False).status_code == 403, action
    job = importer.get(f"{bodega.url}/api/jobs/{waiting}").json()
    assert job["status"] == "awaiting_confirmation" and job["links"].keys() == {"self", "events"}
    assert program(bodega, "run:imports", "delete:products").post(f"{bodega.url}/api/jobs/{waiting}/cancel").status_code == 202


def test_read_jobs_shows_no_product(bodega):
    """Neither in what a job answers, nor in its events, nor in those of the catalogue."""
    secret = f"secret-{next(NUMBERS)}"
    job = bodega.import_file(f"sku,name,price\n{secret},{secret},1.00\n{secret}-2,{secret},{secret}\n", review=0)
    watcher = program(bodega, "read:jobs")
    base = f"{bodega.url}/api/jobs/{job['id']}"
    for path in ("plan", "errors", "errors.csv", "file", "undo"):
        assert watcher.get(f"{base}/{path}").status_code == 403, path
    for page in (f"/imports/{job['id']}", f"/imports/{job['id']}/plan"):
        assert watcher.get(bodega.url + page).status_code == 403, page
    assert watcher.get(f"{bodega.url}/api/events?topics=jobs,catalogue").status_code == 403
    stream = watcher.get(f"{base}/events", stream=True, timeout=60)
    for text in (watcher.get(base).text, watcher.get(f"{bodega.url}/api/jobs?limit=1").text, stream.text):
        assert job["id"] in text and secret not in text and "/retry" not in text and "/undo" not in text, text
    # And what happens while it listens.
    with watcher.get(f"{bodega.url}/api/events?topics=jobs", stream=True, timeout=60) as stream:
        other = bodega.api.upload(f"sku,name,price\n{secret}-3,{secret},{secret}\n")["job_id"]
        seen = ""
        for line in stream.iter_lines(decode_unicode=True):
            seen += line
            if other in line and '"completed"' in line:
                break
    assert secret not in seen and "/errors" not in seen and f"/api/jobs/{other}/events" in seen, seen
