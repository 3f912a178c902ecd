"""The HTTP contract at the socket, with nginx in front: access, errors, limits, headers, caching, streams, reloads."""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest
import requests

from instance import EMAIL, PASSWORD, PATIENCE, Bodega, wait_for


# Helpers


def raw(instance, data, timeout=PATIENCE, pause=None):
    """What comes back for these very bytes: (status, headers, body); status None when the server just closes."""
    with socket.create_connection(("127.0.0.1", instance.port), timeout=timeout) as connection:
        connection.sendall(data)
        if pause:
            pause(connection)
        answer = b""
        # Not until the end of the connection: after a refusal nginx lingers, waiting for the rest of the body.
        with contextlib.suppress(ConnectionResetError):
            while not is_complete(answer) and (part := connection.recv(65536)):
                answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = requests.structures.CaseInsensitiveDict(line.split(": ", 1) for line in lines)
    return (int(first.split()[1]) if first else None), headers, body


def is_complete(answer):
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    return end and length and len(body) >= int(length[1])


def is_problem(status, headers, body, instance=None):
    """Checks a problem document."""
    assert headers["Content-Type"].startswith("application/problem+json"), headers
    problem = json.loads(body)
    assert problem["status"] == status
    assert problem["type"] and problem["title"] and problem["detail"]
    # Also in what nginx says itself.
    assert re.fullmatch("[a-z_]+", problem["code"]) and problem["errors"][0]["code"], problem
    assert problem["request_id"] == headers["X-Request-Id"]
    if instance is not None:
        assert problem["instance"] == instance
    assert not re.search(r"SELECT|INSERT|/var/|/usr/|\.swift|nginx", body if isinstance(body, str) else body.decode())
    return problem


def is_page(status, headers, body):
    """Checks an error page for people."""
    text = body if isinstance(body, str) else body.decode()
    assert headers["Content-Type"].startswith("text/html"), headers
    assert "<h1" in text and headers["X-Request-Id"] in text
    assert "nginx" not in text


def has_security_headers(headers):
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])
    assert "nginx/" not in headers.get("Server", "")


@pytest.fixture(scope="module")
def small():
    """An instance with small limits."""
    with Bodega("--upload-limit", 1 << 20, "--body-limit", 4096, "--client-timeout", 2) as running:
        yield running


def make_product(instance, sku, **members):
    answer = instance.api.post("/api/products", json={"sku": sku, "name": f"Product {sku}", **members})
    assert answer.status_code == 201, answer.text
    return answer


# Access


def test_nobody_gets_in_without_login(bodega):
    for path in ("/", "/imports", "/jobs", "/products", "/nothing-here"):
        answer = requests.get(bodega.url + path, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next={path.replace('/', '%2F')}")
    for path in ("/api/jobs", "/api/products", "/api/nothing", "/api/jobs/x/events", "/api/me"):
        answer = requests.get(bodega.url + path)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
        is_problem(401, answer.headers, answer.text, path)
    answer = requests.post(f"{bodega.url}/api/upload-csv", data=b"sku,name\nx,y\n")
    assert answer.status_code == 401
    assert is_problem(401, answer.headers, answer.text, "/api/upload-csv")["code"] == "login_required"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert requests.get(f"{bodega.url}/health").json()["status"] == "ok"
    assert requests.get(f"{bodega.url}/login").status_code == 200


def test_wrong_password(bodega):
    answer = requests.post(f"{bodega.url}/api/session", json={"email": EMAIL, "password": "guess"})
    assert answer.status_code == 401 and "Set-Cookie" not in answer.headers
    is_problem(401, answer.headers, answer.text, "/api/session")
    page = requests.post(f"{bodega.url}/login", data={"email": EMAIL, "password": "guess"}, allow_redirects=False)
    assert page.status_code == 401 and "Set-Cookie" not in page.headers
    assert "guess" not in page.text and EMAIL in page.text
    unknown = requests.post(f"{bodega.url}/api/session", json={"email": "nobody@localhost", "password": "guess"})
    assert (unknown.status_code, unknown.json()["detail"]) == (401, answer.json()["detail"])


def test_guessing_is_throttled(fresh):
    instance = fresh()
    codes = [requests.post(f"{instance.url}/api/session", json={"email": EMAIL, "password": f"guess {number}"})
             for number in range(11)]
    assert [answer.status_code for answer in codes] == [401] * 10 + [429]
    assert 0 < int(codes[-1].headers["Retry-After"]) <= 900
    is_problem(429, codes[-1].headers, codes[-1].text, "/api/session")
    right = requests.post(f"{instance.url}/api/session", json={"email": EMAIL, "password": PASSWORD})
    assert right.status_code == 429, "the right password tells itself apart while throttled"


def test_the_login_form(bodega):
    session = requests.Session()
    answer = session.post(f"{bodega.url}/login", data={"email": EMAIL, "password": PASSWORD, "next": "/jobs"},
                          allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/jobs")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert session.get(f"{bodega.url}/jobs").status_code == 200
    for target in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        answer = requests.post(f"{bodega.url}/login", data={"email": EMAIL, "password": PASSWORD, "next": target},
                               allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/"), target


def test_csrf_and_origin(bodega):
    """Missing and wrong tokens, foreign, null and several origins: refused, and nothing has happened."""
    cookies, token = bodega.api.cookies, bodega.api.headers["X-CSRF-Token"]
    before = bodega.digest()
    attempts = [
        ({}, "csrf"),
        ({"X-CSRF-Token": "wrong"}, "csrf"),
        ({"X-CSRF-Token": token, "Origin": "https://evil.example"}, "origin"),
        ({"X-CSRF-Token": token, "Origin": "null"}, "origin"),
        ({"X-CSRF-Token": token, "Origin": f"http://127.0.0.1:{bodega.port + 1}"}, "origin"),
        ({"X-CSRF-Token": token, "Origin": f"https://127.0.0.1:{bodega.port}"}, "origin"),
        ({"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}, "origin"),
    ]
    for headers, code in attempts:
        answers = [
            requests.post(f"{bodega.url}/api/products", json={"sku": "forged", "name": "Forged"}, headers=headers,
                          cookies=cookies),
            requests.delete(f"{bodega.url}/api/products?confirm=0", headers=headers, cookies=cookies),
        ]
        for answer in answers:
            assert answer.status_code == 403, (headers, answer.text)
            assert is_problem(403, answer.headers, answer.text)["code"] == code
        upload = requests.post(f"{bodega.url}/api/upload-csv", data=b"sku,name\nforged,Forged\n", headers=headers,
                               cookies=cookies)
        assert upload.status_code == 403, (headers, upload.text)
        assert is_problem(403, upload.headers, upload.text, "/api/upload-csv")["code"] == code
        form = requests.post(f"{bodega.url}/imports", files={"file": ("f.csv", b"sku,name\nforged,Forged\n")},
                             data={"csrf_token": headers.get("X-CSRF-Token", "")}, headers=headers, cookies=cookies,
                             allow_redirects=False)
        assert form.status_code == 403, (headers, form.text)
        is_page(403, form.headers, form.text)
    login = requests.post(f"{bodega.url}/login", data={"email": EMAIL, "password": PASSWORD},
                          headers={"Origin": "null"}, allow_redirects=False)
    assert login.status_code == 403 and "Set-Cookie" not in login.headers
    ours = requests.post(f"{bodega.url}/api/products", json={"sku": "ours", "name": "Ours"}, cookies=cookies,
                         headers={"X-CSRF-Token": token, "Origin": bodega.url})
    assert ours.status_code == 201, ours.text
    assert bodega.digest()["products"] == before["products"] + 1


def test_expired_session(fresh):
    """Aged while everything is stopped: nobody writes to the live file but the program."""
    instance = fresh()
    client = instance.api
    assert client.get("/api/me").status_code == 200
    assert not instance.down()
    with contextlib.closing(sqlite3.connect(instance.data / "bodega.db")) as database:
        database.execute("UPDATE session SET expires_at = 1")
        database.commit()
    for path in instance.data.glob("bodega.db*"):
        subprocess.run(["chown", "--reference", instance.data, path], check=True)
    instance.up()
    answer = client.get("/api/me")
    assert answer.status_code == 401
    assert is_problem(401, answer.headers, answer.text)["code"] == "session_expired"
    assert client.post("/api/upload-csv", data=b"sku,name\na,b\n").status_code == 401
    page = client.get("/imports")
    assert page.status_code == 303 and page.headers["Location"] == "/login?next=%2Fimports", (page.status_code, page.text)
    assert instance.login().get("/api/me").status_code == 200


def test_logout_ends_the_session_and_its_streams(fresh):
    instance = fresh()
    client = instance.login()
    cookie = client.cookies.copy()
    assert client.delete("/api/session").status_code == 204
    assert requests.get(f"{instance.url}/api/me", cookies=cookie).status_code == 401


def test_a_bad_token_beside_a_good_cookie(bodega):
    answer = bodega.api.get("/api/me", headers={"Authorization": "Bearer bodega_wrong"})
    assert answer.status_code == 401
    assert is_problem(401, answer.headers, answer.text)["code"] == "bad_token"


# Methods and paths


def test_methods(bodega):
    answer = bodega.api.head("/imports")
    full = bodega.api.get("/imports")
    assert answer.status_code == 200 and answer.content == b"" and full.content
    answer = bodega.api.options("/api/products")
    assert answer.status_code == 204
    allowed = {word.strip() for word in answer.headers["Allow"].split(",")}
    assert allowed == {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"}
    answer = bodega.api.put("/api/jobs", json={})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]
    is_problem(405, answer.headers, answer.text, "/api/jobs")
    answer = bodega.api.request("PROPFIND", "/api/products")
    assert answer.status_code == 405, answer.text
    is_problem(405, answer.headers, answer.text, "/api/products")
    for path in ("/api/nothing", "/api/products/99999999", "/api/jobs/00000000-0000-7000-8000-000000000000"):
        answer = bodega.api.get(path)
        assert answer.status_code == 404
        is_problem(404, answer.headers, answer.text, path)
        has_security_headers(answer.headers)
    for path in ("/nothing", "/products/99999999", "/imports/nothing"):
        answer = bodega.api.get(path)
        assert answer.status_code == 404
        is_page(404, answer.headers, answer.text)
        has_security_headers(answer.headers)


def test_unknown_query_parameters_are_refused(bodega):
    for path in ("/api/products?nmae=x", "/api/jobs?sttaus=failed", "/api/products?limit=0", "/api/jobs?cursor=%00"):
        answer = bodega.api.get(path)
        assert answer.status_code == 400, path
        is_problem(400, answer.headers, answer.text)


# What nginx says itself


def nginx_errors():
    host = b"Host: localhost\r\nConnection: close\r\n"
    for prefix, check in ((b"/api/jobs", is_problem), (b"/jobs", is_page)):
        name = prefix.decode()
        yield f"400 {name}", b"GET " + prefix + b" HTTP/1.1\r\nConnection: close\r\n\r\n", 400, check
        yield f"414 {name}", b"GET " + prefix + b"?" + b"x" * 40_000 + b" HTTP/1.1\r\n" + host + b"\r\n", 414, check
        yield f"431 {name}", b"GET " + prefix + b" HTTP/1.1\r\n" + host + b"X-Long: " + b"y" * 40_000 + b"\r\n\r\n", 431, check
        yield f"413 {name}", b"POST " + prefix + b" HTTP/1.1\r\n" + host + b"Content-Length: 99999999\r\n\r\n", 413, check
        for large in (b"500000", b"99999999"):
            yield (f"401 {name} {large.decode()}", b"POST " + (b"/api/upload-csv" if b"api" in prefix else b"/imports")
                   + b" HTTP/1.1\r\n" + host + b"Content-Length: " + large + b"\r\n\r\n", 401 if b"api" in prefix else 303,
                   check if b"api" in prefix else lambda *answer: None)
        yield f"505 {name}", b"GET " + prefix + b" HTTP/3.0\r\n" + host + b"\r\n", 505, check


@pytest.mark.parametrize("name, data, status, check", list(nginx_errors()), ids=lambda value: value if isinstance(value, str) else "")
def test_errors_of_nginx(bodega, name, data, status, check):
    found, headers, body = raw(bodega, data)
    assert found == status, (found, headers, body)
    check(found, headers, body)
    has_security_headers(headers)


def test_answers_when_no_worker_comes(fresh):
    """504 is nginx's own; a new worker serves at once."""
    instance = fresh("--web-workers", 1, "--web-timeout", 1)
    os.kill(instance.pids("web")[0], signal.SIGSTOP)
    answers = {}

    def ask(path):
        answers[path] = requests.get(instance.url + path, cookies=instance.api.cookies.get_dict(), timeout=60)

    threads = [threading.Thread(target=ask, args=(path,)) for path in ("/api/jobs", "/imports")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for path, check in (("/api/jobs", is_problem), ("/imports", is_page)):
        assert answers[path].status_code == 504
        check(504, answers[path].headers, answers[path].text)
        has_security_headers(answers[path].headers)
    os.kill(instance.pids("web")[0], signal.SIGKILL)
    wait_for(instance.health, "no new worker")


def test_answers_when_nobody_listens(fresh):
    """502 is nginx's own too: the socket of the workers is gone."""
    instance = fresh()
    listener = Path(re.search(r'unix:([^"]*/web\.sock)', (instance.data / "nginx/nginx.conf").read_text())[1])
    listener.rename(f"{listener}.away")
    for path, check in (("/api/jobs", is_problem), ("/imports", is_page)):
        answer = instance.api.get(path)
        assert answer.status_code == 502, answer.text
        check(502, answer.headers, answer.text)
        has_security_headers(answer.headers)
    Path(f"{listener}.away").rename(listener)
    assert instance.health()


@pytest.fixture(scope="module")
def strict():
    """An instance that lets little in at a time."""
    with Bodega("--request-rate", 5, "--token-rate", 5, "--upload-connections", 3, "--upload-share", 1 << 20, "--upload-limit", 1 << 20,
                "--stream-connections", 1) as running:
        running.api.get("/api/me")
        yield running


def until_refused(ask, by=""):
    """The first refusal (by the limit of that name), and what was answered before."""
    before = set()
    for _ in range(60):
        answer = ask()
        if answer.status_code == 429 and by in answer.headers["RateLimit-Policy"]:
            return answer, before
        before.add(answer.status_code)
    raise AssertionError("nobody is refused")


@pytest.mark.quiet
def test_too_many_requests(strict):
    """nginx's own 429 says what a worker's says, and the time that it gives is true."""
    refused, before = until_refused(lambda: strict.api.get("/api/me"), by="address")
    assert before <= {200, 429}
    assert is_problem(429, refused.headers, refused.text, "/api/me")["code"] == "too_many_requests"
    assert (refused.headers["RateLimit-Policy"], refused.headers["RateLimit"]) == ('"address";q=10;w=2', '"address";r=0;t=2')
    time.sleep(int(refused.headers["Retry-After"]))
    assert strict.api.get("/api/me").status_code == 200
    page = next(page for page in (strict.api.get("/imports") for _ in range(40)) if page.status_code == 429)
    is_page(429, page.headers, page.text)
    assert page.headers["Retry-After"] == "1"


@pytest.mark.quiet
def test_a_token_learns_of_its_own_limit_first(strict):
    def asked(token):
        return lambda: requests.get(f"{strict.url}/api/products/99999", headers={"Authorization": f"Bearer {token}"})

    time.sleep(2)
    refused, before = until_refused(asked(strict.token("read:products")))
    assert before == {404} and refused.headers["RateLimit-Policy"] == '"token";q=10;w=2', refused.headers
    assert is_problem(429, refused.headers, refused.text)["code"] == "too_many_requests"
    # Many tokens share an address, and so do those that are none; no header gets around it.
    tokens = [strict.token("read:products") for _ in range(3)]
    numbers = iter(range(60))
    refused, before = until_refused(lambda: asked(tokens[next(numbers) % 3])())
    assert before <= {404} and refused.headers["RateLimit-Policy"] == '"address";q=10;w=2', refused.headers
    assert int(refused.headers["Retry-After"]) == 1
    time.sleep(2)
    stranger = {"Authorization": "Bearer none"}
    answers = [requests.get(f"{strict.url}/login", headers=stranger) for _ in range(40)]
    assert {answer.status_code for answer in answers} == {200, 429} and answers[-1].headers["Retry-After"] == "1"


def half(instance, length, sent, target="/api/upload-csv", **headers):
    """An upload of which only a part has come; its connection."""
    connection = socket.create_connection(("127.0.0.1", instance.port), timeout=PATIENCE)
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(f"POST {target} HTTP/1.1\r\n".encode() + authorized(instance, f"{more}Content-Length: {length}\r\n"))
    connection.sendall((b"sku,name\n" + b"a,b\n" * (sent // 4 + 4))[:sent])
    return connection


def rest(connection, length, sent):
    """The status for an upload, once the rest of it has been sent."""
    connection.sendall((b"sku,name\n" + b"a,b\n" * (length // 4 + 4))[sent:length])
    return int(connection.recv(65536).split()[1])


def incoming(instance):
    return {path.name for path in (instance.data / "spool/incoming").iterdir()}


def test_too_many_connections(strict):
    """Uploads and streams at a time from one address; of large uploads fewer. Bytes of an address: at most its share."""
    time.sleep(2)
    with contextlib.ExitStack() as stack:
        stack.enter_context(half(strict, 400_000, 100_000))
        wait_for(lambda: len(incoming(strict)) == 1, "no body")
        large = strict.api.post("/api/upload-csv", data=b"x" * 200_000)
        unknown = strict.api.post("/api/upload-csv", data=iter([b"sku,name\n"]))
        for answer in (large, unknown):
            assert answer.status_code == 429, answer.text
            assert is_problem(429, answer.headers, answer.text, "/api/upload-csv")["code"] == "too_many_uploads"
            assert answer.headers["RateLimit-Policy"] == '"heavy_uploads";q=1;qu="concurrent-requests"'
        for _ in range(2):
            stack.enter_context(half(strict, 100_000, 70_000))
        wait_for(lambda: len(incoming(strict)) == 3, "no bodies")
        time.sleep(1)
        one_more = strict.api.post("/api/upload-csv", data=b"sku,name\na,b\n")
        assert one_more.status_code == 429 and int(one_more.headers["Retry-After"]) > 0
        assert one_more.headers["RateLimit-Policy"] == '"uploads";q=3;qu="concurrent-requests"'
    wait_for(lambda: not incoming(strict), "bodies are kept")
    with strict.api.get("/api/events?topics=jobs", stream=True) as stream:
        assert stream.status_code == 200
        second = strict.api.get("/api/events?topics=jobs")
        assert second.status_code == 429
        assert is_problem(429, second.headers, second.text, "/api/events")["code"] == "too_many_streams"
        assert second.headers["RateLimit"] == '"streams";r=0'


def test_bodies_under_way_are_bounded_and_swept(fresh):
    """Beyond the limit nobody's body comes in, those under way are let finish. What a killed nginx worker leaves is
    removed, what another one still receives is not."""
    instance = fresh("--spool-limit", 1 << 20)

    def owner(name):
        for pid in instance.pids("nginx worker"):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(link).endswith(f"/incoming/{name}"):
                        return pid
        return None

    first = half(instance, 800_000, 700_000)
    wait_for(lambda: sum((instance.data / "spool/incoming" / name).stat().st_size for name in incoming(instance)) > 600_000, "no body")
    refused = instance.api.post("/api/upload-csv", data=b"x" * 500_000)
    assert refused.status_code == 503, refused.text
    assert is_problem(503, refused.headers, refused.text, "/api/upload-csv")["code"] == "spool_full"
    assert refused.headers["Retry-After"] == "30"
    large = instance.api.patch("/api/products", data=b"{}\n" * 150_000, headers={"Content-Type": "application/x-ndjson"})
    assert large.status_code == 503, "every body that goes to the disk"
    assert instance.import_file("sku,name\nfits,Fits\n")["created_rows"] == 1
    assert rest(first, 800_000, 700_000) == 202
    wait_for(lambda: not incoming(instance), "a body is kept")
    connections = {}
    for _ in range(8):
        known = incoming(instance)
        connection = half(instance, 100_000, 70_000)
        name = wait_for(lambda: incoming(instance) - known, "no body").pop()
        connections[name] = (connection, owner(name))
    victim = next(iter(connections.values()))[1]
    os.kill(victim, signal.SIGKILL)
    left = {name for name, (_, pid) in connections.items() if pid == victim}
    late = half(instance, 100_000, 70_000)
    wait_for(lambda: not incoming(instance) & left, "what the dead worker left is still there")
    alive = {name: connection for name, (connection, pid) in connections.items() if pid != victim}
    assert set(alive) <= incoming(instance)
    assert {rest(connection, 100_000, 70_000) for connection in [*alive.values(), late]} == {202}


# Sizes and slowness


def test_oversized_upload(small):
    big = b"sku,name\n" + b"a,b\n" * (1 << 19)
    for answer in (
        small.api.post("/api/upload-csv", data=big),
        small.api.post("/api/upload-csv", files={"file": ("big.csv", big)}),
    ):
        assert answer.status_code == 413
        is_problem(413, answer.headers, answer.text, "/api/upload-csv")
        has_security_headers(answer.headers)
    chunked = small.api.post("/api/upload-csv", data=(big[at:at + 65536] for at in range(0, len(big), 65536)))
    assert chunked.status_code == 413, chunked.text
    is_problem(413, chunked.headers, chunked.text, "/api/upload-csv")
    page = small.api.post("/imports", files={"file": ("big.csv", big)})
    assert page.status_code == 413
    is_page(413, page.headers, page.text)
    answer = small.api.post("/api/products", data=b"{" + b" " * 5000 + b"}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    is_problem(413, answer.headers, answer.text, "/api/products")
    assert small.import_file("sku,name\nfits,Fits\n")["created_rows"] == 1
    assert [path for path in (small.data / "spool/incoming").rglob("*") if path.is_file()] == []


def test_upload_of_a_stranger_is_refused_before_its_body(small):
    """Nginx asks first: no byte of the body is waited for."""
    status, headers, body = raw(small, b"POST /api/upload-csv HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                       b"Content-Length: 1000000\r\n\r\n")
    assert status == 401
    is_problem(401, headers, body, "/api/upload-csv")


def authorized(instance, extra):
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in instance.api.cookies)
    return (f"Host: 127.0.0.1:{instance.port}\r\nCookie: {cookie}\r\nX-CSRF-Token: {instance.api.headers['X-CSRF-Token']}"
            f"\r\n{extra}\r\n").encode()


@pytest.mark.parametrize("target", ["/api/upload-csv?profile=%00", "/api/jobs/%ff/repair", "/imports?mode=%c3%28"])
def test_an_upload_to_an_address_that_cannot_be_read(small, target):
    """nginx asks before it takes the body, and gives the application's answer."""
    for cookies in (None, small.api.cookies.get_dict()):
        answer = requests.post(small.url + target, data=b"sku,name\na,b\n", cookies=cookies, allow_redirects=False)
        assert answer.status_code == 400, answer.text
        if target.startswith("/api"):
            assert is_problem(400, answer.headers, answer.text)["code"] == "bad_target"


@pytest.mark.quiet
def test_half_an_upload_then_silence(small):
    """Ended after the client's timeout; meanwhile others are served, and nothing is kept.

    nginx logs 408 and closes without an answer: the client that would read it has gone silent.
    """
    served = []

    def pause(_):
        began = time.monotonic()
        assert small.api.get("/api/jobs").status_code == 200
        served.append(time.monotonic() - began)

    jobs = small.api.get("/api/jobs?include=total&limit=1").json()["total"]
    began = time.monotonic()
    status, headers, body = raw(
        small, b"POST /api/upload-csv?mode=create HTTP/1.1\r\n" + authorized(small, "Content-Length: 500000\r\n")
        + b"sku,name\na,b\n", pause=pause,
    )
    assert 1.5 < time.monotonic() - began < 6
    assert status in (None, 408), (status, headers, body)
    assert served[0] < 1
    log = small.data / "logs/access.log"
    wait_for(lambda: re.search(r'"uri":"/api/upload-csv\?mode=create","status":408', log.read_text()), "not logged")
    wait_for(lambda: not [path for path in (small.data / "spool/incoming").rglob("*") if path.is_file()],
             "half a body is kept")
    assert small.api.get("/api/jobs?include=total&limit=1").json()["total"] == jobs


@pytest.mark.quiet
def test_many_silent_clients_hold_nobody_up(small):
    """More silent uploads than there are workers for them."""
    with contextlib.ExitStack() as stack:
        for _ in range(12):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", small.port)))
            connection.sendall(b"POST /api/upload-csv HTTP/1.1\r\n" + authorized(small, "Content-Length: 500000\r\n") + b"sku")
        began = time.monotonic()
        assert small.import_file("sku,name\nsilent,Silent\n")["status"] == "completed"
        assert small.api.get("/imports").status_code == 200
        assert time.monotonic() - began < 2


@pytest.mark.quiet
def test_slow_reader(fresh):
    """A client that asks for much and reads nothing holds no worker."""
    instance = fresh("--web-workers", 1)
    rows = "".join(f"slow-{number},{'x' * 200}\n" for number in range(1000))
    assert instance.import_file(f"sku,name\n{rows}")["created_rows"] == 1000
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", instance.port))
            connection.sendall(b"GET /api/products?limit=1000 HTTP/1.1\r\n" + authorized(instance, ""))
        began = time.monotonic()
        for _ in range(20):
            assert instance.api.get("/api/products?limit=10").status_code == 200
        assert time.monotonic() - began < 5


# Headers and caching


def test_security_headers_everywhere(bodega):
    page = bodega.api.get("/imports")
    script = re.search(r'src="(/static/[0-9a-f]+/[^"]+\.js)"', page.text)[1]
    for answer in (page, bodega.api.get("/"), requests.get(f"{bodega.url}/login"), bodega.api.get("/api/jobs"),
                   bodega.api.get(script), bodega.api.get("/static/nothing.css"), bodega.api.get("/robots.txt"),
                   requests.get(f"{bodega.url}/health"), requests.get(f"{bodega.url}/imports", allow_redirects=False)):
        has_security_headers(answer.headers)
    assert "no-store" in page.headers["Cache-Control"] or "private" in page.headers["Cache-Control"]


def test_request_ids_differ_and_stand_in_the_log(bodega):
    ids = {bodega.api.get("/api/me").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    # nginx writes its log when the answer is out.
    wait_for(lambda: all(one in (bodega.data / "logs/access.log").read_text() for one in ids), "not logged")
    line = next(json.loads(line) for line in (bodega.data / "logs/access.log").read_text().splitlines() if max(ids) in line)
    assert line["status"] == 200 and float(line["upstream_seconds"]) >= 0
    given = bodega.api.get("/api/me", headers={"X-Request-Id": "chosen"}).headers["X-Request-Id"]
    assert given != "chosen"


def test_a_secret_in_the_query_changes_no_pool(bodega):
    """A form of a login goes to those who check passwords, and a large body is asked about."""
    mark = os.urandom(8).hex()
    status, headers, body = raw(bodega, f"POST /api/upload-csv?mark={mark}&token=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                "Content-Length: 500000\r\n\r\n".encode())
    assert status == 401, (status, body)
    is_problem(401, headers, body)
    large = bodega.api.post(f"/api/upload-csv?{mark}&token=1", data=b"x" * 500_000)
    assert large.status_code == 400, large.text
    before = (bodega.data / "logs/access.log").stat().st_size
    assert requests.post(f"{bodega.url}/login?token=1", data={"email": "a@example.com", "password": "x"}).status_code in (401, 429)
    log = wait_for(lambda: [line for line in (bodega.data / "logs/access.log").read_bytes()[before:].decode().splitlines()
                            if '"/login?-"' in line], "not logged")
    assert '"pool":"login"' in log[0]


def test_static_files(bodega):
    page = bodega.api.get("/imports").text
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert any(path.endswith(".css") for path in found) and any(path.endswith(".js") for path in found)
    for path in found:
        answer = requests.get(bodega.url + path)
        assert answer.status_code == 200 and answer.content
        assert re.match(r"/static/[0-9a-f]{16}/", path), path
        assert "immutable" in answer.headers["Cache-Control"] and "max-age=31536000" in answer.headers["Cache-Control"]
    style = next(path for path in found if path.endswith(".css"))
    packed = requests.get(bodega.url + style, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    old = re.sub("[0-9a-f]{16}", "0" * 16, style)
    assert "immutable" not in requests.get(bodega.url + old).headers.get("Cache-Control", "")
    for bad in ("/static/../bodega.db", "/static/%2e%2e/bodega.db", "/static/0123456789abcdef/..%2f..%2fbodega.db"):
        status, _, body = raw(bodega, f"GET {bad} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert status in (303, 400, 403, 404) and b"SQLite" not in body, (bad, status)
    for inside in ("/internal/spool/x", "/-/web", "/-/auth", "/-/error/json/500"):
        assert requests.get(bodega.url + inside, allow_redirects=False).status_code in (303, 404)


def test_etag_is_strong_and_guards_a_record(bodega):
    made = make_product(bodega, "etag-1", description="words " * 400)
    path, tag = made.headers["Location"], made.headers["ETag"]
    assert re.fullmatch(r'"\d+-1"', tag)
    answer = bodega.api.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["ETag"] == tag and "Content-Encoding" not in answer.headers
    assert bodega.api.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert bodega.api.get(path, headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    changed = bodega.api.patch(path, json={"price": "2.50"}, headers={"If-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    late = bodega.api.patch(path, json={"price": "3.50"}, headers={"If-Match": tag})
    assert late.status_code == 412
    is_problem(412, late.headers, late.text, path)
    assert bodega.api.patch(path, json={"price": "4.00"}, headers={"If-Match": "*"}).status_code == 200
    assert bodega.api.delete(path, headers={"If-Match": tag}).status_code == 412
    assert bodega.api.delete(path).status_code == 204
    assert bodega.api.get(path).status_code == 404


def test_lists_are_compressed(bodega):
    bodega.import_file("sku,name\n" + "".join(f"zip-{number},Name\n" for number in range(50)))
    answer = bodega.api.get("/api/products?sku=zip-", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip" and len(answer.json()["items"]) == 50


# The catalogue's contract


def test_product_lifecycle(bodega):
    made = make_product(bodega, "Life-1", price="12.50", description="A fine thing")
    product = made.json()
    assert product["status"] == "active" and product["active"] is True and product["price"] == "12.50"
    path = made.headers["Location"]
    taken = bodega.api.post("/api/products", json={"sku": " life-1 ", "name": "Twin"})
    assert taken.status_code == 409 and taken.json()["existing_id"] == product["id"]
    assert bodega.api.get("/api/products/by-sku/LIFE-1").json()["id"] == product["id"]
    again = bodega.api.put(path, json=bodega.api.get(path).json())
    assert again.status_code == 200, again.text
    bad = bodega.api.patch(path, json={"price": "1.234", "colour": "red"})
    assert bad.status_code == 422
    assert {error["field"] for error in bad.json()["errors"]} >= {"price", "colour"}
    assert bodega.api.patch(path, data=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert bodega.api.patch(path, data=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert bodega.api.patch(path, json={"active": False}).json()["status"] == "draft"
    assert bodega.api.delete(path).status_code == 204
    assert bodega.api.get(path).status_code == 404


def test_pages_of_a_list_hold_every_product_once(bodega):
    bodega.import_file("sku,name,price\n" + "".join(f"page-{number:03},Name {number % 7},{number % 11}\n" for number in range(137)))
    for sort in ("id", "-id", "sku", "-sku", "name", "-name", "price", "-price", "updated_at"):
        path, seen, total = f"/api/products?sku=page-&limit=10&sort={sort}&include=total", [], None
        while path:
            page = bodega.api.get(path).json()
            total = page["total"]
            seen += [item["sku"] for item in page["items"]]
            path = page["next"]
        assert total == 137 and len(seen) == 137 == len(set(seen)), sort
        if sort in ("sku", "-sku"):
            assert seen == sorted(seen, reverse=sort[0] == "-")


@pytest.mark.quiet
def test_search_finds_prefixes_of_words(bodega):
    make_product(bodega, "find-1", name="Zirkonia Ringwald", description="a marvellous quokka")
    make_product(bodega, "find-2", name="Zirkonia Halskette")

    def found(query):
        return {item["sku"] for item in bodega.api.get("/api/products", params={"q": query}).json()["items"]}

    wait_for(lambda: found("zirk") == {"find-1", "find-2"}, lambda: found("zirk"), timeout=2)
    assert found("ringw zirkonia") == {"find-1"} and found("quok") == {"find-1"}
    assert found("irkonia") == set()
    for odd in ('"', "zirk*", "NEAR(", "a OR b", "-zirk", "'; DROP TABLE product", "zirk AND", "^zirk", "()", "name:zirk"):
        assert bodega.api.get("/api/products", params={"q": odd}).status_code == 200, odd


def test_delete_by_filter_needs_the_number(fresh):
    instance = fresh()
    instance.import_file("sku,name\n" + "".join(f"{kind}-{number},Name\n" for kind in "ab" for number in range(30)))
    for confirm in ("", "?confirm=29&sku=a-", "?sku=a-"):
        answer = instance.api.delete(f"/api/products{confirm}")
        assert answer.status_code == 428, answer.text
        assert is_problem(428, answer.headers, answer.text)["count"] == (30 if "sku" in confirm else 60)
    assert instance.api.delete("/api/products?confirm=30&skuu=a-").status_code == 400
    answer = instance.api.delete("/api/products?confirm=30&sku=a-")
    assert answer.status_code == 202 and answer.json()["job"]["kind"] == "product_delete"
    assert instance.api.wait(answer.json()["job_id"])["status"] == "completed"
    assert {item["sku"][0] for item in instance.api.get("/api/products?limit=1000").json()["items"]} == {"b"}


# Event streams


def events(answer):
    """(id, event, data) of a stream, until it ends."""
    event = {}
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if not line:
            if "data" in event:
                yield int(event["id"]), event.get("event", "message"), json.loads(event["data"])
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")


def test_stream_of_one_job(bodega):
    content = "sku,name,description\n" + "".join(f"sse-{number},Name {number},{'word ' * 20}\n" for number in range(250_000))
    job_id = bodega.api.upload(content)["job_id"]
    answer = bodega.api.get(f"/api/jobs/{job_id}/events", stream=True)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert "no-cache" in answer.headers["Cache-Control"] or "no-store" in answer.headers["Cache-Control"]
    seen = list(events(answer))
    assert seen[0][1] == "progress" and seen[0][2]["id"] == job_id
    assert [kind for _, kind, _ in seen].count("end") == 1 and seen[-1][1] == "end"
    ids = [number for number, _, _ in seen]
    assert ids == sorted(ids)
    rows = [job["processed_rows"] for _, _, job in seen]
    assert rows == sorted(rows) and len(set(rows)) > 2
    final = seen[-1][2]
    assert final["status"] == "completed" and final == bodega.api.job(job_id)
    end = seen[-1][0]
    for where in ({"headers": {"Last-Event-ID": str(end)}}, {"params": {"last_event_id": end}}):
        assert bodega.api.get(f"/api/jobs/{job_id}/events", **where).status_code == 204
    again = list(events(bodega.api.get(f"/api/jobs/{job_id}/events", stream=True)))
    assert [(number, kind) for number, kind, _ in again] == [(end, "end")]


def test_stream_of_many_jobs_goes_on_where_it_stopped(bodega):
    first = bodega.import_file("sku,name\nmany-1,Name\n")
    cursor = next(events(bodega.api.get(f"/api/jobs/{first['id']}/events", stream=True)))[0]
    second = bodega.import_file("sku,name\nmany-2,Name\n")
    answer = bodega.api.get("/api/events?topics=jobs", headers={"Last-Event-ID": str(cursor)}, stream=True, timeout=14)
    jobs = set()
    for _, _, job in events(answer):
        jobs.add(job["id"])
        if job["id"] == second["id"] and job["status"] == "completed":
            break
    assert jobs == {second["id"]}


def replayed(bodega, topics, after, until):
    """What a watcher of the topics missed since then, up to the first event that is the last."""
    seen = []
    # Shorter than the pause between two comments, so that waiting in vain ends.
    with bodega.api.get(f"/api/events?topics={topics}", headers={"Last-Event-ID": str(after)}, stream=True, timeout=14) as answer:
        for event in events(answer):
            seen.append(event)
            if until(*event):
                return seen
    return seen


def test_a_replay_misses_nothing_however_much_happened(bodega):
    """More than a thousand events were written meanwhile, most of them of other topics."""
    first = bodega.import_file("sku,name\nreplayed,Name\n")
    after = next(events(bodega.api.get(f"/api/jobs/{first['id']}/events", stream=True)))[0]
    lines = "".join(json.dumps({"sku": f"replayed-{number}", "name": "Name"}) + "\n" for number in range(1200))
    made = bodega.api.patch("/api/products", data=lines, headers={"Content-Type": "application/x-ndjson"})
    assert made.status_code == 200 and made.text.count('"status":201') == 1200
    job = bodega.import_file("sku,name\nreplayed-last,Name\n")
    ended = lambda number, kind, data: data.get("id") == job["id"] and data["status"] == "completed"  # noqa: E731
    jobs = replayed(bodega, "jobs", after, ended)
    assert {kind for _, kind, _ in jobs} == {"progress"} and {data["id"] for _, _, data in jobs} == {job["id"]}
    everything = replayed(bodega, "catalogue,jobs", after, ended)
    numbers = [number for number, _, _ in everything]
    assert numbers == list(range(after + 1, numbers[-1] + 1)), "in order, without a gap, nothing twice"
    assert [kind for _, kind, _ in everything].count("product.created") == 1200
    assert [event for event in everything if event[1] == "progress"] == jobs
    # One event is told once, also to whom asks for the job and for all jobs.
    both = replayed(bodega, f"jobs,job:{job['id']}", after, lambda number, kind, data: kind == "end")
    assert [number for number, _, _ in both] == [number for number, _, _ in jobs]
    # Without names every event says in its data what it is, except the states of jobs.
    unnamed = replayed(bodega, "catalogue,jobs&named=0", after, ended)
    assert {kind for _, kind, _ in unnamed} == {"message"} and unnamed[-1][2] == everything[-1][2]
    assert [data["event"] for _, _, data in unnamed if "event" in data] == ["product.created"] * 1200
    assert bodega.api.get("/api/events?named=2").status_code == 400


def test_an_id_of_the_future_is_reset(bodega):
    """A backup was restored: whoever comes back with an id that there is not yet would hear nothing for long."""
    job = bodega.import_file("sku,name\nfuture,Name\n")
    future = {"Last-Event-ID": "999999999999"}
    answer = bodega.api.get("/api/events?topics=jobs", headers=future, stream=True, timeout=14)
    stream = events(answer)
    assert next(stream)[1:] == ("reset", {})
    later = bodega.api.upload("sku,name\nfuture-2,Name\n")
    assert next(stream)[2]["id"] == later["job_id"]
    answer.close()
    seen = list(events(bodega.api.get(f"/api/jobs/{job['id']}/events", headers=future, stream=True)))
    assert [kind for _, kind, _ in seen] == ["reset", "end"] and seen[-1][2]["id"] == job["id"]
    seen = list(events(bodega.api.get(f"/api/jobs/{job['id']}/events?named=0", headers=future, stream=True)))
    assert [data.get("event") for _, _, data in seen] == ["reset", None] and {kind for _, kind, _ in seen} == {"message"}


def test_a_forgotten_id_is_reset(fresh):
    """Events older than the retention are gone: whoever missed them is told to look again."""
    instance = fresh()
    job = instance.import_file("sku,name\na,b\n")
    assert not instance.down()
    with contextlib.closing(sqlite3.connect(instance.data / "bodega.db")) as database:
        database.execute("DELETE FROM event WHERE id < (SELECT MAX(id) FROM event)")
        database.commit()
    for path in instance.data.glob("bodega.db*"):
        subprocess.run(["chown", "--reference", instance.data, path], check=True)
    instance.up()
    answer = instance.api.get("/api/events?topics=jobs", headers={"Last-Event-ID": "0"}, stream=True, timeout=14)
    assert next(events(answer))[1] == "reset"
    assert job["status"] == "completed"


def test_two_hundred_clients_see_the_same_end(fresh):
    instance = fresh("--request-rate", 0, "--token-rate", 0)
    content = "sku,name,description\n" + "".join(f"sse-{number},Name {number},{'word ' * 20}\n" for number in range(100_000))
    job_id = instance.api.upload(content)["job_id"]
    cookies = instance.api.cookies.get_dict()
    seen, failures = [], []

    def follow():
        try:
            answer = requests.get(f"{instance.url}/api/jobs/{job_id}/events", cookies=cookies, stream=True, timeout=60)
            seen.append(list(events(answer)))
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(repr(error))

    threads = [threading.Thread(target=follow) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and len(seen) == 200, failures[:3]
    ends = {(one[-1][0], one[-1][1], json.dumps(one[-1][2])) for one in seen}
    assert len(ends) == 1 and ends.pop()[1] == "end"
    assert len({one[-2][0] for one in seen if len(one) > 2}) == 1, "the last event before the end differs"


def test_a_stream_ends_with_its_session(fresh):
    """The streamer looks again whether its clients are still welcome."""
    instance = fresh()
    client = instance.login()
    answer = client.get("/api/events?topics=jobs", stream=True, timeout=60)
    assert answer.status_code == 200
    other = instance.login()
    assert client.delete("/api/session").status_code == 204
    began = time.monotonic()
    assert list(events(answer)) == []
    assert time.monotonic() - began < PATIENCE
    assert other.get("/api/me").status_code == 200


# Reloads


@pytest.mark.parametrize("how", ["SIGHUP", "deploy/up"])
def test_a_reload_under_load_loses_no_request(fresh, how):
    instance = fresh("--request-rate", 0, "--token-rate", 0)
    make_product(instance, "load-1")
    stop, failures, counts = threading.Event(), [], [0] * 6
    supervisor, before = instance.supervisor, set(instance.pids("web"))
    csrf, cookies = instance.api.headers["X-CSRF-Token"], instance.api.cookies.get_dict()

    def load(worker):
        session = requests.Session()
        # A connection that idles when nginx takes its new settings is closed by right (RFC 9112, 9.3.1): one each.
        session.headers.update({"X-CSRF-Token": csrf, "Connection": "close"})
        session.cookies.update(cookies)
        while not stop.is_set():
            number = counts[worker]
            try:
                if worker == 0:
                    answer, wanted = session.post(f"{instance.url}/api/upload-csv",
                                                  data=f"sku,name\nreload-{number},Name\n".encode()), 202
                elif worker == 1:
                    answer, wanted = session.post(f"{instance.url}/api/products", timeout=20,
                                                  json={"sku": f"posted-{number}", "name": "Name"}), 201
                else:
                    answer, wanted = session.get(f"{instance.url}/api/products?limit=5", timeout=20), 200
                if answer.status_code != wanted:
                    failures.append((worker, answer.status_code, answer.text[:200]))
            except requests.RequestException as error:
                failures.append((worker, repr(error)))
            counts[worker] += 1

    threads = [threading.Thread(target=load, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    wait_for(lambda: min(counts) > 5, "no load")
    for _ in range(2):
        before = set(instance.pids("web"))
        if how == "SIGHUP":
            os.kill(supervisor, signal.SIGHUP)
        else:
            instance.up()
        wait_for(lambda: not before & set(instance.pids("web")) and len(instance.pids("web")) == len(before),
                 lambda: f"not replaced: {instance.processes()}")
        at = min(counts)
        wait_for(lambda: min(counts) > at + 5, "no load after the reload")
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert instance.supervisor == supervisor and not instance.orphans()
    posted = instance.api.get("/api/products?sku=posted-&include=total").json()["total"]
    assert posted == counts[1]
    # Each is a job of its own: on a busy machine they take longer than anything else here.
    wait_for(lambda: not [job for status in ("pending", "validating", "processing")
                          for job in instance.api.get("/api/jobs", params={"status": status}).json()["items"]],
             "imports are not done", timeout=10 * PATIENCE)
    assert instance.api.get("/api/products?sku=reload-&include=total").json()["total"] == counts[0]
