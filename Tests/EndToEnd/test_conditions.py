"""Versions at the socket: every address that declares an ETag in the served document, read and written with and without
the headers that name one."""

import itertools
import re

import pytest

from instance import Bodega
from pictures import picture

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def bodega():
    with Bodega("--request-rate", 0, "--token-rate", 0) as running:
        yield running


def made(bodega, path, **body):
    answer = bodega.api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def product(bodega):
    return made(bodega, "/api/products", sku=f"tag-{next(NUMBERS)}", name="Tagged", description="words " * 400)


def profile(bodega):
    return made(bodega, "/api/import-profiles", name=f"Tagged {next(NUMBERS)}", mapping={"Artikel": "sku"})


def user(bodega):
    return made(bodega, "/api/users", email=f"tag-{next(NUMBERS)}@example.com", role="viewer")


def token(bodega):
    return made(bodega, "/api/tokens", name=f"Tagged {next(NUMBERS)}", scopes=["read:products"])


# A category that others can be merged into.
INTO = []


def category(bodega):
    INTO[:] = [made(bodega, "/api/categories", name=f"Into {next(NUMBERS)}")["id"]]
    return made(bodega, "/api/categories", name=f"Tagged {next(NUMBERS)}")


def new_category():
    return {"name": f"Put {next(NUMBERS)}"}


def new_schedule():
    return {"name": f"Tagged {next(NUMBERS)}", "kind": "maintenance", "parameters": {"task": "cleanup"}, "cron": "30 3 * * *",
            "time_zone": "Europe/Lisbon"}


def new_webhook():
    return {"url": f"https://tagged-{next(NUMBERS)}.invalid/", "event_types": ["import.failed"], "enabled": False}


def new_definition():
    return {"namespace": "tagged", "key": f"k{next(NUMBERS)}", "name": "Tagged", "type": "number_integer"}


# A customer that others can be merged into.
ROOT = []


def customer(bodega):
    ROOT[:] = [made(bodega, "/api/customers", customer_code=f"root-{next(NUMBERS)}")["id"]]
    return made(bodega, "/api/customers", customer_code=f"tag-{next(NUMBERS)}", first_name="Tagged")


def new_customer():
    return {"customer_code": f"put-{next(NUMBERS)}", "city": "Porto"}


def new_view():
    return {"name": f"Tagged {next(NUMBERS)}", "query": "status=draft"}


# How to have a record at an address that declares an ETag.
RECORDS = {
    "/api/products/{id}": lambda bodega: f"/api/products/{product(bodega)['id']}",
    "/api/products/by-sku/{sku}": lambda bodega: f"/api/products/by-sku/{product(bodega)['sku']}",
    "/api/import-profiles/{id}": lambda bodega: f"/api/import-profiles/{profile(bodega)['id']}",
    "/api/users/{id}": lambda bodega: f"/api/users/{user(bodega)['id']}",
    "/api/tokens/{id}": lambda bodega: f"/api/tokens/{token(bodega)['id']}",
    "/api/categories/{id}": lambda bodega: f"/api/categories/{category(bodega)['id']}",
    "/api/schedules/{id}": lambda bodega: f"/api/schedules/{made(bodega, '/api/schedules', **new_schedule())['id']}",
    "/api/webhooks/{id}": lambda bodega: f"/api/webhooks/{made(bodega, '/api/webhooks', **new_webhook())['id']}",
    "/api/metafield-definitions/{id}": lambda bodega: "/api/metafield-definitions/"
                                                      f"{made(bodega, '/api/metafield-definitions', **new_definition())['id']}",
    "/api/views/{id}": lambda bodega: f"/api/views/{made(bodega, '/api/views', **new_view())['id']}",
    "/api/customers/{id}": lambda bodega: f"/api/customers/{customer(bodega)['id']}",
    "/api/customers/by-code/{code}": lambda bodega: f"/api/customers/by-code/{customer(bodega)['customer_code']}",
    "/api/configuration": lambda bodega: "/api/configuration",
    "/api/configuration/{key}": lambda bodega: "/api/configuration/shop.name",
    "/api/openapi.json": lambda bodega: "/api/openapi.json",
}
# What changes such a record, by the last name in the address; None sends no body, "" what was read.
CHANGES = {
    ("patch", "/api/products/{id}"): lambda: {"brand": f"Brand {next(NUMBERS)}"},
    ("patch", "/api/products/by-sku/{sku}"): lambda: {"brand": f"Brand {next(NUMBERS)}"},
    ("put", "/api/products/{id}"): lambda: {"sku": f"put-{next(NUMBERS)}", "name": "Put"},
    ("put", "/api/products/by-sku/{sku}"): lambda: {"sku": f"put-{next(NUMBERS)}", "name": "Put"},
    ("delete", "/api/products/{id}"): lambda: None,
    ("delete", "/api/products/by-sku/{sku}"): lambda: None,
    ("post", "/api/products/{id}/restore"): lambda: {"version": 1},
    ("patch", "/api/import-profiles/{id}"): lambda: {"name": f"Changed {next(NUMBERS)}"},
    ("put", "/api/import-profiles/{id}"): lambda: {"name": f"Put {next(NUMBERS)}", "mapping": {"Nummer": "sku"}},
    ("delete", "/api/import-profiles/{id}"): lambda: None,
    ("patch", "/api/users/{id}"): lambda: {"first_name": f"Name {next(NUMBERS)}"},
    ("put", "/api/users/{id}"): lambda: {"email": f"put-{next(NUMBERS)}@example.com", "role": "viewer"},
    ("post", "/api/users/{id}/activate"): lambda: None,
    ("post", "/api/users/{id}/deactivate"): lambda: None,
    ("post", "/api/users/{id}/verify"): lambda: None,
    ("patch", "/api/categories/{id}"): lambda: {"description": f"Text {next(NUMBERS)}"},
    ("put", "/api/categories/{id}"): new_category,
    ("delete", "/api/categories/{id}"): lambda: None,
    ("post", "/api/categories/{id}/move"): lambda: {"parent_id": INTO[0]},
    ("post", "/api/categories/{id}/merge"): lambda: {"into": INTO[0]},
    ("post", "/api/categories/{id}/restore"): lambda: {"version": 1},
    ("patch", "/api/schedules/{id}"): lambda: {"name": f"Changed {next(NUMBERS)}"},
    ("put", "/api/schedules/{id}"): new_schedule,
    ("delete", "/api/schedules/{id}"): lambda: None,
    ("patch", "/api/webhooks/{id}"): lambda: {"description": f"Text {next(NUMBERS)}"},
    ("put", "/api/webhooks/{id}"): new_webhook,
    ("delete", "/api/webhooks/{id}"): lambda: None,
    ("patch", "/api/metafield-definitions/{id}"): lambda: {"name": f"Changed {next(NUMBERS)}"},
    ("put", "/api/metafield-definitions/{id}"): lambda: {"name": f"Put {next(NUMBERS)}"},
    ("delete", "/api/metafield-definitions/{id}"): lambda: None,
    ("patch", "/api/views/{id}"): lambda: {"name": f"Changed {next(NUMBERS)}"},
    ("put", "/api/views/{id}"): new_view,
    ("delete", "/api/views/{id}"): lambda: None,
    ("patch", "/api/customers/{id}"): lambda: {"city": f"City {next(NUMBERS)}"},
    ("patch", "/api/customers/by-code/{code}"): lambda: {"city": f"City {next(NUMBERS)}"},
    ("put", "/api/customers/{id}"): new_customer,
    ("put", "/api/customers/by-code/{code}"): new_customer,
    ("delete", "/api/customers/{id}"): lambda: None,
    ("delete", "/api/customers/by-code/{code}"): lambda: None,
    ("post", "/api/customers/{id}/restore"): lambda: {"version": 1},
    ("post", "/api/customers/{id}/merge"): lambda: {"into": ROOT[0]},
    ("post", "/api/customers/{id}/unmerge"): lambda: None,
    ("patch", "/api/configuration"): lambda: {"shop.name": f"Shop {next(NUMBERS)}"},
    ("patch", "/api/configuration/{key}"): lambda: {"value": f"Shop {next(NUMBERS)}"},
}


METAFIELD = "/api/products/{id}/metafields/{namespace}/{key}"


def test_a_metafield_goes_by_the_version_of_its_product(bodega):
    record = f"/api/products/{product(bodega)['id']}"
    definition = made(bodega, "/api/metafield-definitions", **new_definition())
    path = f"{record}/metafields/tagged/{definition['key']}"
    for method, body in (("PUT", {"value": 1}), ("PUT", {"value": 2}), ("DELETE", None)):
        tag = bodega.api.get(record).headers["ETag"]
        for stale in ('"stale"', f"W/{tag}", "garbage", f'{tag[:-1]}0"'):
            refused = bodega.api.request(method, path, json=body, headers={"If-Match": stale})
            assert refused.status_code == 412, (method, stale, refused.text)
        assert bodega.api.get(record).headers["ETag"] == tag
        done = bodega.api.request(method, path, json=body, headers={"If-Match": tag})
        assert done.status_code in (200, 201, 204), (method, done.text)
        assert bodega.api.get(record).headers["ETag"] != tag, method


IMAGES = "/api/products/{id}/images"
OF_IMAGES = {("post", IMAGES), ("put", f"{IMAGES}/order"), ("patch", f"{IMAGES}/{{image}}"), ("delete", f"{IMAGES}/{{image}}")}


def test_a_picture_goes_by_the_version_of_its_product(bodega):
    record = f"/api/products/{product(bodega)['id']}"
    first = bodega.api.post(f"{record}/images", data=picture("red")).json()["id"]

    def steps():
        yield "POST", f"{record}/images", {"data": picture("blue")}
        ids = [image["id"] for image in bodega.api.get(f"{record}/images").json()["items"]]
        yield "PUT", f"{record}/images/order", {"json": {"ids": ids[::-1]}}
        yield "PATCH", f"{record}/images/{first}", {"json": {"alt_text": f"Text {next(NUMBERS)}"}}
        yield "DELETE", f"{record}/images/{first}", {}

    for method, path, body in steps():
        tag = bodega.api.get(record).headers["ETag"]
        for stale in ('"stale"', f"W/{tag}", "garbage", f'{tag[:-1]}0"'):
            refused = bodega.api.request(method, path, headers={"If-Match": stale}, **body)
            assert refused.status_code == 412, (method, stale, refused.text)
        assert bodega.api.get(record).headers["ETag"] == tag
        done = bodega.api.request(method, path, headers={"If-Match": tag}, **body)
        assert done.status_code in (200, 201, 204), (method, done.text)
        assert bodega.api.get(record).headers["ETag"] != tag, method


def declared(bodega):
    """(reading, writing): the templates and the (method, template) pairs that take a version."""
    document = bodega.api.get("/api/openapi.json").json()
    reading, writing = set(), set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names = [entry.get("$ref", "").rsplit("/", 1)[-1] for entry in operation.get("parameters", [])]
            if "If-Match" in names:
                writing.add((method, path))
            if method == "get" and "ETag" in operation["responses"]["200"].get("headers", {}):
                assert "304" in operation["responses"] and "If-None-Match" in names, path
                reading.add(path)
    return reading, writing


def test_every_address_with_a_version_is_in_the_tables(bodega):
    reading, writing = declared(bodega)
    assert reading == set(RECORDS)
    # These go by the version of their product; see below.
    assert writing - {(method, METAFIELD) for method in ("put", "delete")} - OF_IMAGES == set(CHANGES)


# What differs between two answers to the same question.
OF_THE_ANSWER = {"date", "x-request-id", "ratelimit", "connection", "keep-alive", "transfer-encoding"}


def stable(answer):
    return {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OF_THE_ANSWER}


@pytest.mark.parametrize("template", list(RECORDS))
def test_reading(bodega, template):
    path = RECORDS[template](bodega)
    full = bodega.api.get(path)
    tag = full.headers["ETag"]
    opaque = tag.removeprefix("W/")
    assert full.status_code == 200 and full.content
    # Only the document is compressed by the way, which makes its version a weak one.
    assert not tag.startswith("W/") or template == "/api/openapi.json", tag
    assert opaque[0] == opaque[-1] == '"' and len(opaque) > 2
    for known in (opaque, f"W/{opaque}", f'"other", {opaque}', "*", f'W/"other",W/{opaque}'):
        for ask in (bodega.api.get, bodega.api.head):
            same = ask(path, headers={"If-None-Match": known})
            assert (same.status_code, same.content) == (304, b""), (known, same.text)
            assert same.headers["ETag"].removeprefix("W/") == opaque and same.headers["X-Request-Id"]
            assert "Content-Type" not in same.headers and same.headers.get("Content-Length", "0") == "0"
    for unknown in ('"other"', opaque[:-1], f'{opaque[:-1]}x"', "", "garbage"):
        other = bodega.api.get(path, headers={"If-None-Match": unknown})
        assert (other.status_code, other.content) == (200, full.content), unknown
    head = bodega.api.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert {**stable(head), "content-length": ""} == {**stable(full), "content-length": ""}
    # Twice the same as long as nobody changes anything.
    assert bodega.api.get(path).headers["ETag"] == tag


def record_of(template):
    """The address of the record that an action is about."""
    return template if template in RECORDS else template.rsplit("/", 1)[0]


@pytest.mark.parametrize("method, template", list(CHANGES), ids=lambda value: value)
def test_writing(bodega, method, template):
    record = record_of(template)

    def fresh():
        path = RECORDS[record](bodega)
        if template.endswith("/restore"):
            later = {"brand": "Later"} if "/products/" in template else {"city": "Later"} if "/customers/" in template \
                else {"name": f"Later {next(NUMBERS)}"}
            assert bodega.api.patch(path, json=later).status_code == 200
        if template.endswith("/activate"):
            assert bodega.api.post(f"{path}/deactivate").status_code == 200
        if template.endswith("/unmerge"):
            assert bodega.api.post(f"{path}/merge", json={"into": ROOT[0]}).status_code == 200
        return path, path + template.removeprefix(record)

    def write(address, body, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return bodega.api.request(method.upper(), address, json=body, headers=named)

    path, address = fresh()
    before = bodega.api.get(path)
    tag = before.headers["ETag"]
    # Behind a record's version may stand what changes by itself.
    another = re.sub('^"([0-9]+-[0-9]+)?', lambda found: f"{found[0]}0", tag)
    for stale in ('"stale"', f"W/{tag}", "garbage", another, '""'):
        refused = write(address, CHANGES[method, template](), If_Match=stale)
        assert refused.status_code == 412, (stale, refused.text)
        assert refused.json()["code"] == "changed_meanwhile" and refused.headers["ETag"] == tag
    unwanted = write(address, CHANGES[method, template](), If_None_Match=tag)
    assert unwanted.status_code == 412, unwanted.text
    after = bodega.api.get(path)
    assert (after.headers["ETag"], after.content) == (tag, before.content), "nothing has happened"
    for wanted in ("{}", '"other", {}', "*", None):
        headers = {"If_Match": wanted.format(tag)} if wanted else {}
        done = write(address, CHANGES[method, template](), **headers)
        assert done.status_code in (200, 204), (headers, done.text)
        if method == "delete":
            assert bodega.api.get(path).status_code == 404
        else:
            location = f"/api/products/by-sku/{done.json()['sku']}" if "{sku}" in record else path
            if "{code}" in record:
                location = f"/api/customers/by-code/{done.json()['customer_code']}"
            if template.endswith("categories/{id}/merge"):
                location = f"/api/categories/{done.json()['id']}"
            assert done.headers["ETag"] == bodega.api.get(location).headers["ETag"] != tag, headers
        path, address = fresh()
        tag = bodega.api.get(path).headers["ETag"]


def test_what_is_not_there_has_no_version(bodega):
    """A deleted product comes back by its number, but not for somebody who names a version of it."""
    made = product(bodega)
    path = f"/api/products/{made['id']}"
    tag = bodega.api.get(path).headers["ETag"]
    assert bodega.api.delete(path).status_code == 204
    for wanted in (tag, "*", "garbage"):
        answer = bodega.api.post(f"{path}/restore", json={"version": 1}, headers={"If-Match": wanted})
        assert answer.status_code == 412, (wanted, answer.text)
    assert bodega.api.post(f"{path}/restore", json={"version": 1}).status_code == 200


def test_a_login_changes_no_version(bodega):
    made = user(bodega)
    path = f"/api/users/{made['id']}"
    tag = bodega.api.get(path).headers["ETag"]
    answer = bodega.api.post("/api/session", json={"email": made["email"], "password": "not the password"})
    assert answer.status_code == 401
    seen = bodega.api.get(path)
    assert seen.json()["failed_logins"] == 1 and seen.headers["ETag"] == tag
    assert bodega.api.patch(path, json={"last_name": "Kept"}, headers={"If-Match": tag}).status_code == 200


def test_lists_have_a_head_like_their_body(bodega):
    document = bodega.api.get("/api/openapi.json").json()
    seen = 0
    for path, methods in document["paths"].items():
        if "{" in path or "get" not in methods or "event-stream" in str(methods["get"]["responses"]):
            continue
        # What is computed of its parameters is none without them.
        asked = f"{path}?cron=30+3+*+*+*&time_zone=UTC" if path == "/api/schedules/preview" else path
        full, head = bodega.api.get(asked), bodega.api.head(asked)
        assert (head.status_code, head.content) == (full.status_code, b"") and full.status_code == 200, path
        differing = {"content-length", "content-encoding", "transfer-encoding", "etag"}
        assert ({name: value for name, value in stable(head).items() if name not in differing}
                == {name: value for name, value in stable(full).items() if name not in differing}), path
        options = bodega.api.options(path)
        assert options.status_code == 204 and {"GET", "HEAD", "OPTIONS"} <= set(options.headers["Allow"].split(", "))
        seen += 1
    assert seen >= 12
