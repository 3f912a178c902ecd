"""Somebody else's front end: a React page from a development server at http://localhost:3000 or :5173 uploads, lists and
watches, directly with a token or through the server's proxy with a session. And what is refused to every other page."""

import contextlib
import http.client
import os
import re
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from instance import EMAIL, PASSWORD, Bodega, held_worker
from test_browser import browser, visitor  # noqa: F401 (a fixture)
from test_http import events, is_problem

PAGE = Path(__file__).parent / "react"
# Debian's node-react and node-react-dom.
REACT = Path(os.environ.get("BODEGA_REACT", "/usr/share/nodejs"))
FILES = {
    "/": (PAGE / "index.html", "text/html"),
    "/app.js": (PAGE / "app.js", "text/javascript"),
    "/react.js": (REACT / "react/umd/react.production.min.js", "text/javascript"),
    "/react-dom.js": (REACT / "react-dom/umd/react-dom.production.min.js", "text/javascript"),
}
ORIGINS = ["http://localhost:3000", "http://localhost:5173"]


@pytest.fixture(scope="module")
def bodega():
    with Bodega(up=["--dev-origins"]) as running:
        yield running


class DevelopmentServer(BaseHTTPRequestHandler):
    """Serves the page, and hands /api on as Vite does with `changeOrigin`: under the Host of where it goes."""

    api = None

    def handle_one(self):
        path = self.path.partition("?")[0]
        if path.startswith("/api/"):
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.hand_on()
        elif path in FILES:
            file, kind = FILES[path]
            self.answer(200, {"Content-Type": f"{kind}; charset=utf-8"}, file.read_bytes())
        else:
            self.answer(204, {})

    do_GET = do_POST = do_DELETE = do_PATCH = handle_one

    def hand_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        upstream = http.client.HTTPConnection("127.0.0.1", self.api, timeout=60)
        with contextlib.closing(upstream):
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            self.answer(answer.status, [pair for pair in answer.getheaders() if pair[0].lower() not in ("connection", "transfer-encoding")])
            while part := answer.read1(65536):
                self.wfile.write(part)
                self.wfile.flush()

    def answer(self, status, headers, body=b""):
        self.send_response_only(status)
        for name, value in headers.items() if isinstance(headers, dict) else headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def origin(bodega):
    """The origin of a page that is allowed: the first of the two whose port is free."""
    for name in ORIGINS:
        with contextlib.suppress(OSError):
            server = ThreadingHTTPServer(("127.0.0.1", int(name.rpartition(":")[2])), DevelopmentServer)
            break
    else:
        pytest.fail("neither port 3000 nor 5173 is free")
    DevelopmentServer.api = bodega.port
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield name
    server.shutdown()
    server.server_close()


def ticket(bodega, job_id, **headers):
    answer = requests.post(f"{bodega.url}/api/jobs/{job_id}/stream-ticket", headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


def bearer(secret, **headers):
    return {"Authorization": f"Bearer {secret}", **headers}


@pytest.fixture(scope="module")
def token(bodega):
    return bodega.token("read:jobs", "run:imports")


# The page


@contextlib.contextmanager
def front_end(browser, bodega, address):  # noqa: F811
    """The React page, open in a window of its own."""
    with visitor(browser, bodega, logs_in=False, expected=["ERR_", "Failed to load", "502"]) as page:
        page.goto(address)
        yield page


def product_file(name, rows):
    lines = "".join(f"{name}-{number},Name {number},{'word ' * 20}\n" for number in range(rows))
    return {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": f"sku,name,description\n{lines}".encode()}


@pytest.mark.parametrize("host, query", [("127.0.0.1", ""), ("localhost", "&named=0")])
def test_a_react_page_uploads_lists_and_watches(bodega, browser, origin, token, host, query):  # noqa: F811
    """As another site (127.0.0.1) and as another origin of the same site; by events with names and by onmessage."""
    with front_end(browser, bodega, f"{origin}/?api=http://{host}:{bodega.port}{query}") as page:
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Enter").click()
        with held_worker(bodega) as go_on:
            page.get_by_label("Product file").set_input_files(product_file(f"react-{host[:5]}", 40_000))
            expect(page.locator("#job")).to_have_attribute("data-seen", re.compile("[1-9]"))
            assert page.locator("#job").get_attribute("data-status") != "completed"
            go_on()
            expect(page.locator("#job")).to_have_attribute("data-status", "completed")
        assert page.locator("#job").get_attribute("data-rows") == "40000"
        expect(page.locator("li").first).to_have_text(f"react-{host[:5]}.csv 40000")
        assert page.locator("#error").text_content() == ""
        # Our own session never went along.
        assert page.context.cookies() == []


def test_a_stream_of_another_origin_comes_back_by_itself(bodega, browser, origin, token):  # noqa: F811
    with front_end(browser, bodega, f"{origin}/?api={bodega.url}") as page:
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Enter").click()
        with held_worker(bodega) as go_on:
            page.get_by_label("Product file").set_input_files(product_file("back", 40_000))
            page.wait_for_function("() => window.opened === 1")
            for pid in bodega.pids("events"):
                os.kill(pid, signal.SIGKILL)
            page.wait_for_function("() => window.opened === 2")
            go_on()
            expect(page.locator("#job")).to_have_attribute("data-status", "completed")


def test_a_development_proxy_may_rewrite_the_host(bodega, browser, origin):  # noqa: F811
    """Login, upload and stream with a session, through a server that makes Origin and Host differ."""
    with front_end(browser, bodega, origin) as page:
        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Enter").click()
        page.get_by_label("Product file").set_input_files(product_file("proxied", 1000))
        expect(page.locator("#job")).to_have_attribute("data-status", "completed")
        expect(page.locator("li").first).to_have_text("proxied.csv 1000")


# What is let in


def test_the_development_origins_are_allowed_and_no_other(bodega):
    for name, allowed in [(ORIGINS[0], True), (ORIGINS[1], True), ("http://localhost:3001", False), ("https://localhost:3000", False),
                          ("http://localhost", False), ("http://evil.example", False)]:
        answer = requests.options(f"{bodega.url}/api/jobs", headers={"Origin": name, "Access-Control-Request-Method": "POST"})
        assert answer.headers.get("Access-Control-Allow-Origin") == (name if allowed else None)
        assert "Access-Control-Allow-Credentials" not in answer.headers
    both = bodega.run_up("--cors-origins", "[]")
    assert both.returncode != 0 and "--dev-origins and --cors-origins exclude each other" in both.stderr


def test_a_ticket_opens_one_stream(bodega, token):
    first, second = (bodega.import_file(f"sku,name\nticket-{number},Name\n") for number in range(2))
    made = ticket(bodega, first["id"], **bearer(token))
    assert made["events"] == f"/api/jobs/{first['id']}/events?ticket={made['ticket']}"
    for name, allowed in [(ORIGINS[0], ORIGINS[0]), ("http://evil.example", None)]:
        answer = requests.get(bodega.url + made["events"], headers={"Origin": name}, stream=True, timeout=60)
        assert answer.status_code == 200 and answer.headers.get("Access-Control-Allow-Origin") == allowed
        seen = list(events(answer))
        assert [kind for _, kind, _ in seen] == ["end"] and seen[0][2]["id"] == first["id"]
    # Whoever has seen the end does not come back for ever.
    over = requests.get(bodega.url + made["events"], headers={"Origin": ORIGINS[0], "Last-Event-ID": str(seen[0][0])})
    assert over.status_code == 204 and over.headers["Access-Control-Allow-Origin"] == ORIGINS[0]
    query = f"?ticket={made['ticket']}"
    for path in [f"/api/jobs/{second['id']}/events", f"/api/jobs/{first['id']}", "/api/events", "/api/jobs", "/api/me"]:
        answer = requests.get(bodega.url + path + query, headers={"Origin": ORIGINS[0]})
        assert is_problem(401, answer.headers, answer.text, path)["code"] == "bad_ticket"
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGINS[0]
    for method in ["POST", "DELETE", "HEAD"]:
        assert requests.request(method, bodega.url + made["events"]).status_code == 401, method
    assert requests.post(f"{bodega.url}/api/jobs/{first['id']}/stream-ticket{query}").status_code == 401
    assert bodega.api.post("/api/jobs/00000000-0000-4000-8000-000000000000/stream-ticket").status_code == 404


def test_a_ticket_ends_with_its_session(bodega):
    job = bodega.import_file("sku,name\nticket-session,Name\n")
    session = bodega.login()
    answer = session.post(f"/api/jobs/{job['id']}/stream-ticket", headers={"Idempotency-Key": "ticket"})
    assert answer.status_code == 201
    path = answer.json()["events"]
    # The answer held a secret, which is kept nowhere.
    again = session.post(f"/api/jobs/{job['id']}/stream-ticket", headers={"Idempotency-Key": "ticket"})
    assert again.status_code == 409 and again.json()["code"] == "idempotency_answer_not_kept"
    assert requests.get(bodega.url + path).status_code == 200
    assert session.delete("/api/session").status_code == 204
    assert requests.get(bodega.url + path).status_code == 401


def test_a_ticket_is_stored_and_logged_nowhere(bodega, token):
    job = bodega.import_file("sku,name\nticket-log,Name\n")
    made = ticket(bodega, job["id"], **bearer(token))
    assert requests.get(bodega.url + made["events"]).status_code == 200
    assert requests.get(f"{bodega.url}/api/jobs?ticket={made['ticket']}").status_code == 401
    # What never becomes a request is logged too.
    assert requests.request("BREW", bodega.url + made["events"]).status_code in (401, 405, 501)
    files = [path for path in bodega.data.rglob("*") if path.is_file() and path.parent.name != "nginx"]
    assert len(files) > 3
    assert [path.name for path in files if made["ticket"].encode() in path.read_bytes()] == []


def test_a_session_is_used_by_our_pages_and_those_of_a_proxy_only(bodega):
    """What the browser says of a request decides, not the list of origins alone: a page that calls us directly from an
    allowed origin is refused even when it knows the security token."""
    for name, site, status in [
        (ORIGINS[0], "same-origin", 201), (ORIGINS[1], "same-origin", 201), (ORIGINS[0], "same-site", 403), (ORIGINS[0], "cross-site", 403),
        (ORIGINS[0], "none", 403), (ORIGINS[0], None, 403), ("http://evil.example", "same-origin", 403), ("null", "same-origin", 403),
    ]:
        headers = {"Origin": name, **({"Sec-Fetch-Site": site} if site else {})}
        sku = f"origin-{name}-{site}"
        answer = bodega.api.post("/api/products", json={"sku": sku, "name": "Name"}, headers=headers)
        assert answer.status_code == status, (name, site)
        login = requests.post(f"{bodega.url}/api/session", json={"email": EMAIL, "password": PASSWORD}, headers=headers)
        assert login.status_code == (200 if status == 201 else 403), (name, site)
        if status == 403:
            assert login.json()["code"] == answer.json()["code"] == "origin" and "cors.origins" in answer.json()["detail"]
    # The security token is asked for all the same; a Bearer token needs neither.
    proxied = {"Origin": ORIGINS[0], "Sec-Fetch-Site": "same-origin"}
    missing = requests.post(f"{bodega.url}/api/products", json={"sku": "no-csrf", "name": "Name"}, headers=proxied,
                            cookies=bodega.api.cookies.get_dict())
    assert missing.status_code == 403 and missing.json()["code"] == "csrf"
    direct = bearer(bodega.token("write:products"), Origin=ORIGINS[0], **{"Sec-Fetch-Site": "cross-site"})
    assert requests.post(f"{bodega.url}/api/products", json={"sku": "by-token", "name": "Name"}, headers=direct).status_code == 201
