"""JSON that is no JSON, or says more than a computer holds, in every body that the served document knows: refused with
the place, never a failure."""

import itertools
import json

import pytest

from document import concrete, json_body, operations, resolved
from instance import Bodega
from test_attacks import BODIES, address, places, planted, with_text  # noqa: F401 - planted is a fixture

# What a number may look like and what a program makes of it is not always the same.
HUGE = ["1e400", "-1e400", "99999999999999999999", "1E-400", "-99999999999999999999", "9223372036854775808", "1" + "0" * 400,
        "0." + "0" * 400 + "1", "1e99999999999999999999"]
ODD = ["-0", "-0.0", "1.0", "1e2", "1E+2", "0.1e1"]
NOT_JSON = ["NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1_000", "'a'", "undefined", "True", "-", "1e", "\"\\x41\"",
            "\"a\nb\"", "\"\\u12\"", "[1,]", "{\"a\":1,}", "/*1*/1", "1 1"]
HERE = "@here@"


@pytest.fixture(scope="module")
def bodega():
    with Bodega("--request-rate", 0, "--token-rate", 0) as running:
        yield running


@pytest.fixture(scope="module")
def document(bodega):
    return bodega.api.get("/api/openapi.json").json()


@pytest.fixture(scope="module")
def bodies(document, planted):
    """(name, method, address, schema, a body that is taken) of every operation that takes JSON."""
    found = []
    for method, path, operation in operations(document):
        schema = json_body(document, operation)
        name = f"{method} {path}"
        # Of many products each is answered for itself (200); what they are is what one product's PATCH takes.
        if schema is not None and name != "PATCH /api/products":
            found.append((name, method, address(path, planted), schema, BODIES.get(name, dict)))
    assert len(found) > 12
    return found


def members(document, schema):
    """The places of every value, of texts and numbers alike."""
    names = [(name,) for name in resolved(document, schema).get("properties", {})]
    return list(dict.fromkeys(names + places(document, schema)))


def send(bodega, method, path, text):
    content = text if isinstance(text, bytes) else text.encode()
    answer = bodega.api.request(method, path, data=content, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, (method, path, text[:200], answer.text)
    return answer


def is_not_json(answer, what, length):
    """400 with the byte at which it could not be read."""
    assert answer.status_code == 400, (what, answer.status_code, answer.text)
    problem = answer.json()
    assert problem["code"] == "not_json" and 0 <= problem["offset"] <= length and problem["detail"], (what, problem)


def named(answer):
    """The members that are refused; of what stands in one the member itself."""
    fields = {problem["field"] for problem in answer.json()["errors"]}
    return fields | {field.split(".")[0] for field in fields}


def written(body, place, text):
    """The body as it is sent, with this very text as the value at a place."""
    if "*" in place:
        return None
    return json.dumps(with_text(body, place, HERE)).replace(json.dumps(HERE), text)


def test_numbers_beyond_all_bounds(bodega, document, bodies):
    refused = 0
    for name, method, path, schema, body in bodies:
        for place, text in itertools.product(members(document, schema), HUGE + ODD):
            sent = written(body(), place, text)
            if sent is None:
                continue
            answer = send(bodega, method, path, sent)
            # Another number of jobs than there are is told, and nothing done; some of what is understood cannot be done.
            if place == ("confirm",) and answer.status_code == 428 or text in ODD and answer.status_code == 409:
                continue
            if answer.status_code >= 400:
                what = name, place, text, answer.text
                assert answer.status_code == 422, what
                fields = named(answer)
                # What stands under another parent is refused by one name.
                assert fields & {place[0], "before" if place == ("after",) else place[0]} and all(problem["detail"] for problem in answer.json()["errors"]), what
                refused += 1
            else:
                # Taken is only what a price or a count may be.
                assert text in ODD, (name, place, text)
    assert refused > 500


def test_what_is_not_json_is_refused_where_it_stands(bodega, document, bodies):
    for name, method, path, schema, body in bodies:
        place = members(document, schema)[0]
        for text in NOT_JSON:
            sent = written(body(), place, text)
            answer = send(bodega, method, path, sent)
            is_not_json(answer, (name, text), len(sent))
            assert answer.json()["offset"] >= sent.index(text[:1], 1) or text[0] in "\"[{", (name, text, answer.text)
        whole = json.dumps(body())
        for text in ("", " ", whole[:-1], f"{whole}x", f"{whole},", f"\ufeff{whole}", "null,", "[" * 10_000, '{"a":' * 10_000,
                     "[" * 10_000 + "]" * 10_000, json.dumps({"a": HERE}).replace(f'"{HERE}"', "[" * 10_000 + "]" * 10_000)):
            answer = send(bodega, method, path, text)
            if name == "POST /api/tokens/{id}/rotate" and text == "":
                # Its body may be left out.
                assert answer.status_code == 200, answer.text
            elif name == "POST /api/session" and len(text) > 16 << 10:
                assert answer.status_code == 413, (name, answer.text)
            else:
                is_not_json(answer, (name, text[:40]), len(text.encode()))
        for text in ("null", "true", "1", "\"a\"", "[]", "[{}]"):
            answer = send(bodega, method, path, text)
            assert answer.status_code == 422 and answer.json()["errors"][0]["code"], (name, text, answer.text)


def test_bytes_that_are_no_text(bodega, document, bodies):
    """Broken UTF-8, halves of surrogate pairs, NUL, and names that stand twice."""
    for name, method, path, schema, body in bodies:
        for place in places(document, schema):
            if "*" in place:
                continue
            plain = written(body(), place, '"@"').encode()
            for broken in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\x00", b"\x1f",
                           b"\\ud800", b"\\udc00", b"\\ud800\\u0041", b"\\ud83d"):
                sent = plain.replace(b"@", broken)
                is_not_json(send(bodega, method, path, sent), (name, place, broken), len(sent))
            # NUL is a character that JSON can say; no text of ours holds one.
            for text in ('"\\u0000"', '"a\\u0000b"', '"\\u0001"'):
                answer = send(bodega, method, path, written(body(), place, text))
                # Whether a password that is only compared could be one is not asked.
                if name == "POST /api/session" or place == ("current_password",):
                    assert answer.status_code in (200, 401, 422, 429), (name, place, text)
                    continue
                # Some programs write files with such a delimiter.
                if place == ("delimiter",) and text == '"\\u0001"':
                    assert answer.status_code in (200, 201, 409), (name, answer.text)
                    continue
                assert answer.status_code == 422, (name, place, text, answer.text)
                assert place[0] in named(answer), (name, place, answer.text)
        whole = json.dumps(body())
        twice = whole[:-1] + (", " if whole != "{}" else "") + '"x": 1, "x": 1}'
        is_not_json(send(bodega, method, path, twice), (name, "twice"), len(twice))
        assert "stands twice" in send(bodega, method, path, twice).json()["detail"]


def limits(document, schema):
    """(place, the most characters) of every text that can be written; None where the document names no end."""
    for place in places(document, schema):
        part, bounds, is_given = schema, [], False
        for name in place:
            part = resolved(document, part)
            choices = part.get("anyOf", [part])
            inner = []
            for choice in (resolved(document, choice) for choice in choices):
                if name == 0:
                    inner.append(choice.get("items"))
                elif name == "*":
                    inner.append(choice.get("propertyNames", {}))
                elif name in choice.get("properties", {}):
                    inner.append(choice["properties"][name])
                elif isinstance(choice.get("additionalProperties"), dict):
                    inner.append(choice["additionalProperties"])
            part = next(item for item in inner if item is not None)
            is_given = is_given or part.get("readOnly", False)
        choices = [resolved(document, choice) for choice in resolved(document, part).get("anyOf", [part])]
        for choice in choices:
            if is_given or "enum" in choice or "const" in choice or choice.get("format") in ("date-time", "uuid"):
                continue
            kinds = choice.get("type", "string")
            if place[-1] == "*" or "string" in ([kinds] if isinstance(kinds, str) else kinds):
                bounds.append(choice.get("maxLength"))
        if bounds:
            yield place, None if None in bounds else max(bounds)


def test_every_text_has_an_end(bodega, document, bodies):
    """The document names the most characters of each, and one more is refused by name."""
    tried = 0
    for name, method, path, schema, body in bodies:
        for place, most in limits(document, schema):
            assert most is not None, f"{name}: {place} has no maxLength"
            answer = bodega.api.request(method, path, json=with_text(body(), place, "x" * (most + 1)))
            assert answer.status_code == 422, (name, place, most, answer.status_code, answer.text[:300])
            fields = named(answer)
            assert place[0] in fields or place[0] == "*", (name, place, most, answer.text[:300])
            far = bodega.api.request(method, path, json=with_text(body(), place, "\U0001f600" * 200_000))
            assert far.status_code in (413, 422), (name, place, far.status_code)
            tried += 1
    assert tried > 40


def test_a_body_that_is_too_long_is_not_read(bodega, bodies):
    for name, method, path, _, body in bodies:
        long = json.dumps(body())[:-1] + " " * (18 << 20) + "}"
        answer = send(bodega, method, path, long)
        assert answer.status_code == 413, (name, answer.status_code)
    assert bodega.api.get(concrete("/api/products")).status_code == 200
