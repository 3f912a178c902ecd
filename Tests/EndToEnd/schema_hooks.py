"""What schemathesis must know beyond the document, see test_schema.py, which loads this by name: whom it comes as, lest it
takes its own token away, that a cursor is no word of one's own but taken from the page before, and that a key for a
repetition is used for one request (test_contract.py repeats them)."""

import itertools
import json
import os
from urllib.parse import parse_qsl, urlsplit

import schemathesis

OWN = json.loads(os.environ["BODEGA_SCHEMA_OWN"])
NUMBERS = itertools.count(1)
# The query of the next page, by the address of the list.
NEXT = {}


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """Lines of JSON are generated as a text."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.deserializer("application/x-ndjson", "text/csv", "application/octet-stream")
def text(context, response):
    """A file is a text as the document has it, also when its one line could be read as JSON."""
    return response.content.decode(errors="replace")


def aims_at(case, noun):
    return case.path.startswith(f"/api/{noun}/{{id}}") and str((case.path_parameters or {}).get("id")) == str(OWN[noun])


def is_positive(case):
    return case.meta is not None and not case.meta.generation.mode.is_negative


@schemathesis.hook
def before_call(context, case, kwargs):
    # What is aimed at oneself meets a record that there is not.
    if case.method.upper() != "GET" and (aims_at(case, "tokens") or aims_at(case, "users")):
        case.path_parameters["id"] = 10 ** 15
    key = next((name for name in case.headers or {} if name.lower() == "idempotency-key"), None)
    if key and is_positive(case):
        case.headers[key] = f"{case.headers[key][:200]}-{next(NUMBERS)}".lstrip()
    if case.method.upper() == "GET" and is_positive(case) and "cursor" in (case.query or {}):
        known = NEXT.get(case.path)
        if known:
            case.query.clear()
            case.query.update(known)
        else:
            del case.query["cursor"]


@schemathesis.hook
def after_call(context, case, response):
    if case.method.upper() != "GET" or response.status_code != 200 or "{" in case.path:
        return
    try:
        following = response.json().get("next")
    except (ValueError, AttributeError):
        return
    # The preview of a schedule has a list of times there.
    if isinstance(following, str) and following:
        NEXT[case.path] = dict(parse_qsl(urlsplit(following).query, keep_blank_values=True))
