"""Secrets stand nowhere in clear: not in a log, the database, an export, an error, nor in what /proc tells of a process.

One instance whose secrets are all known does everything that it can do with them, well and badly; then everything that
it has left is searched. Whoever adds a secret adds it here.
"""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import threading
from urllib.parse import quote

import pytest
import requests

from instance import EMAIL, Bodega, as_account, wait_for


class Known(dict):
    """Secrets by what they are."""

    def password(self, name):
        """A new one, which no rule refuses."""
        return self.setdefault(name, f"Phrase-{secrets.token_urlsafe(18)}")

    def found_in(self, data):
        return sorted(name for name, secret in list(self.items()) for form in {secret, quote(secret, safe="")} if form.encode() in data)


class Watch(threading.Thread):
    """Looks at /proc all the time: the words and the environment of everything that works for the instance."""

    def __init__(self, instance, known):
        super().__init__(daemon=True)
        self.instance, self.known = instance, known
        self.seen, self.found, self.ended = set(), set(), threading.Event()
        self.mark = str(instance.data).encode()

    def run(self):
        while not self.ended.wait(0.004):
            for entry in os.listdir("/proc"):
                if entry.isdigit() and int(entry) != os.getpid():
                    with contextlib.suppress(OSError):
                        self.look(entry)

    def look(self, pid):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read()
        with open(f"/proc/{pid}/environ", "rb") as file:
            environment = file.read()
        if self.mark not in words and self.mark not in environment:
            return
        role = b" ".join(words.split(b"\0")[:3]).decode(errors="replace")
        self.seen.add(role)
        for name in self.known.found_in(words):
            self.found.add((role, "words", name))
        # What somebody hands to a command in a variable of that command stands there; it must go no further.
        if b"--password-env" in words or b"deploy/up" in words or b"\0--if-none\0" in words:
            return
        for name in self.known.found_in(environment):
            self.found.add((role, "environment", name))

    def stop(self):
        self.ended.set()
        self.join()


class Visitor(requests.Session):
    def __init__(self, instance):
        super().__init__()
        self.url = instance.url

    def get(self, url, **arguments):
        return self.request("GET", url, **arguments)

    def request(self, method, url, **arguments):
        arguments.setdefault("timeout", 30)
        arguments.setdefault("allow_redirects", False)
        return super().request(method, self.url + url if url.startswith("/") else url, **arguments)


def log_in(instance, known, name, email, password):
    session = Visitor(instance)
    answer = session.post("/api/session", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    known[f"session of {name}"] = session.cookies.get_dict()["bodega_session"]
    known[f"CSRF token of {name}"] = session.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return session


@pytest.fixture(scope="module")
def lived():
    """(instance, secrets, watch, refusals): an instance that has lived."""
    known = Known()
    variables = {"BODEGA_ADMIN_PASSWORD": known.password("password of the first administrator")}
    instance = Bodega("--request-rate", 0, "--token-rate", 0, "--log-level", "debug", variables=variables)
    watch = Watch(instance, known)
    watch.start()
    refusals = []
    try:
        with instance:
            live(instance, known, refusals)
            watch.stop()
            yield instance, known, watch, refusals
    finally:
        watch.stop()


def live(instance, known, refusals):
    admin = log_in(instance, known, "admin", EMAIL, known["password of the first administrator"])
    go_wrong(instance, known, admin, refusals)
    keep_tokens(instance, known, admin, refusals)
    keep_people(instance, known, admin, refusals)
    keep_webhooks(instance, known, admin, refusals)
    use_commands(instance, known)
    work(instance, known, admin, refusals)
    break_down(instance, known, admin, refusals)
    # A reload hands everything to new processes.
    supervisor, before = instance.supervisor, set(instance.pids("web"))
    os.kill(supervisor, signal.SIGHUP)
    wait_for(lambda: not before & set(instance.pids("web")) and instance.health(), "not reloaded")
    assert admin.get("/api/me").status_code == 200
    assert admin.delete("/api/session").status_code == 204


def go_wrong(instance, known, admin, refusals):
    """Logins that fail, in every way in which a password can be typed into the wrong place."""
    typed = known.password("password that was typed wrongly")
    visitor = Visitor(instance)
    for body in ({"email": EMAIL, "password": typed}, {"email": typed, "password": typed}, {"email": typed, "password": ""},
                 {"email": [typed], "password": {typed: typed}}, {"email": EMAIL, "password": typed, "more": typed}):
        refusals.append(visitor.post("/api/session", json=body))
    refusals.append(visitor.post("/api/session", data=f'{{"email": "{EMAIL}", "password": "{typed}"', headers={"Content-Type": "application/json"}))
    refusals.append(visitor.post("/api/session", data=f'{{"password": "{typed}"}}', headers={"Content-Type": "text/plain"}))
    refusals.append(visitor.post("/api/session", data=f'{{"password": "{typed}", "x": "{"y" * 20_000}"}}', headers={"Content-Type": "application/json"}))
    page = visitor.post("/login", data={"email": EMAIL, "password": typed})
    assert page.status_code == 401
    refusals.append(page)
    refusals.append(visitor.post("/login", data=f"email={EMAIL}&password={typed}%zz"))
    refusals.append(visitor.get("/api/me", headers={"Authorization": f"Bearer {known.password('token that there is not')}"}))
    refusals.append(visitor.get("/api/me", headers={"Authorization": f"Basic {known.password('something else for Authorization')}"}))
    refusals.append(visitor.get("/api/me", cookies={"bodega_session": known.password("session that there is not")}))
    refusals.append(admin.post("/api/products", json={}, headers={"X-CSRF-Token": known.password("CSRF token that is wrong")}))


def keep_tokens(instance, known, admin, refusals):
    key = "key-of-a-token"
    made = admin.post("/api/tokens", json={"name": "API", "scopes": ["read:products", "run:imports"]}, headers={"Idempotency-Key": key})
    assert made.status_code == 201, made.text
    known["token by API"] = made.json()["secret"]
    refusals.append(admin.post("/api/tokens", json={"name": "API", "scopes": ["read:products", "run:imports"]}, headers={"Idempotency-Key": key}))
    rotated = admin.post(f"/api/tokens/{made.json()['id']}/rotate", json={"grace_hours": 1})
    known["token by rotation"] = rotated.json()["secret"]
    page = admin.post("/tokens/new", data={"name": "Page", "scopes": "read:products", "days": "30", "csrf_token": admin.headers["X-CSRF-Token"]})
    assert page.status_code == 200, page.text
    known["token by page"] = re.search(r"bodega_[A-Za-z0-9_-]{30,}", page.text)[0]
    for name in ("token by API", "token by rotation", "token by page"):
        # Put into an address, as other programs want it; the last time into one that nginx itself refuses.
        for query in ("token=", "access_token=", "a=b&ticket=", "%74oken=", "Api_Key=", "x=", ""):
            for path in ("/products", "/api/products", "/api/events", "/login", f"/{known[name]}"):
                refusals.append(Visitor(instance).get(f"{path}?{query}{known[name]}"))
        refusals.append(Visitor(instance).request("PROPFIND", f"/api/products?token={known[name]}"))
        # nginx answers these itself; some of them it looks for among its files.
        for target in (f"/static/x?auth={known[name]}", f"/static/{known[name]}", f"/robots.txt/{known[name]}", f"/favicon.ico?key={known[name]}",
                       f"/login?next=%2Fproducts%3Fcode%3D{known[name]}", f"/login?next=%252Freset%252F{known[name]}"):
            answer = Visitor(instance).get(target)
            # The form of a login carries where to go on.
            refusals.append(answer) if answer.status_code != 200 else None
        assert Visitor(instance).post(f"/static/reset/{known[name]}").status_code in (404, 405)
        visitor = Visitor(instance)
        visitor.headers["Authorization"] = f"Bearer {known[name]}"
        assert visitor.get("/api/products").status_code == 200
        refusals.append(visitor.get("/api/users"))
        refusals.append(visitor.get("/api/nothing"))
        refusals.append(visitor.post("/api/upload-csv", data=b"no,such,columns\n1,2,3\n"))


def keep_people(instance, known, admin, refusals):
    chosen = known.password("password by API")
    body = {"email": "anna@example.com", "role": "editor", "password": chosen}
    made = admin.post("/api/users", json=body, headers={"Idempotency-Key": "key-of-a-user"})
    assert made.status_code == 201, made.text
    refusals.append(admin.post("/api/users", json={**body, "role": "king"}))
    refusals.append(admin.post("/api/users", json={**body, "password": [chosen]}))
    refusals.append(admin.post("/api/users", json={**body, "email": chosen}))
    anna = log_in(instance, known, "Anna", "anna@example.com", chosen)
    second = known.password("password that replaced it")
    refusals.append(anna.patch("/api/me", json={"password": second, "current_password": known.password("current password that is wrong")}))
    changed = anna.patch("/api/me", json={"password": second, "current_password": chosen})
    assert changed.status_code == 200, changed.text
    known["CSRF token of Anna after it"] = changed.json()["csrf_token"]
    known["session of Anna after it"] = anna.cookies.get_dict()["bodega_session"]
    anna.headers["X-CSRF-Token"] = changed.json()["csrf_token"]
    third = known.password("password by form")
    form = {"csrf_token": anna.headers["X-CSRF-Token"], "current_password": second, "password": third, "repeated": third}
    refusals.append(anna.post("/profile/password", data={**form, "repeated": f"{third}x"}))
    assert anna.post("/profile/password", data=form).status_code == 303
    # One-time links: by the API, with a new user, by a page.
    link = admin.post(f"/api/users/{made.json()['id']}/reset-link")
    invited = admin.post("/api/users", json={"email": "bert@example.com"}, headers={"Idempotency-Key": "key-of-an-invitation"})
    paged = admin.post(f"/users/{made.json()['id']}/reset-link", data={"csrf_token": admin.headers["X-CSRF-Token"]})
    known["link that another replaced"] = link.json()["url"].rsplit("/", 1)[1]
    known["link of an invitation"] = invited.json()["reset_link"]["url"].rsplit("/", 1)[1]
    known["link by page"] = re.search(r"/reset/([A-Za-z0-9_-]{20,})", paged.text)[1]
    refusals.append(admin.post("/api/users", json={"email": "bert@example.com"}, headers={"Idempotency-Key": "key-of-an-invitation"}))
    for name in ("link that another replaced", "link of an invitation", "link by page"):
        token, browser = known[name], Visitor(instance)
        # Also as a mail program or a person may spoil it: what a browser is sent to then says nothing either.
        for path in (f"/reset/{token}", f"//reset/{token}", f"/reset/{token}/", f"/Reset/{token}", f"/reset/{token}.", f"/reset/{token}?x=1",
                     f"/x/../reset/{token}", f"/reset/{token}/more"):
            answer = browser.get(path)
            refusals.append(answer) if answer.status_code != 200 else None
            if answer.status_code == 303:
                refusals.append(browser.get(answer.headers["Location"]))
    weak = known.password("password by link")
    browser = Visitor(instance)
    refusals.append(browser.post(f"/reset/{known['link by page']}", data={"password": weak, "repeated": f"{weak}x"}))
    assert browser.post(f"/reset/{known['link by page']}", data={"password": weak, "repeated": weak}).status_code == 303
    refusals.append(browser.post(f"/reset/{known['link by page']}", data={"password": weak, "repeated": weak}))
    log_in(instance, known, "Anna by link", "anna@example.com", weak)


def keep_webhooks(instance, known, admin, refusals):
    header = known.password("header of a webhook")
    body = {"url": "http://localhost:9/", "event_types": ["*"], "headers": {"Authorization": header}}
    made = admin.post("/api/webhooks", json=body, headers={"Idempotency-Key": "key-of-a-webhook"})
    assert made.status_code == 201, made.text
    known["secret of a webhook"] = made.json()["secret"]
    path = f"/api/webhooks/{made.json()['id']}"
    refusals.append(admin.post("/api/webhooks", json=body, headers={"Idempotency-Key": "key-of-a-webhook"}))
    refusals.append(admin.patch(path, json={"headers": {"Host": header}}))
    refusals.append(admin.patch(path, json={"headers": {"X-A": f"{header}\r\nX-B: c"}}))
    # The secret one of a pair of keys is shown to nobody: its prefix stands for it.
    paired = admin.post("/api/webhooks", json={**body, "signature": "v1a"}, headers={"Idempotency-Key": "key-of-a-pair"})
    assert paired.json()["secret"] is None and paired.json()["public_key"].startswith("whpk_"), paired.text
    known["secret key of a webhook"] = "whsk_"
    assert admin.post(f"/api/webhooks/{paired.json()['id']}/test").json()["delivered"] is False
    known["secret of a webhook after another"] = admin.post(f"{path}/rotate-secret").json()["secret"]
    assert admin.post(f"{path}/test").json()["delivered"] is False
    known["secret of a webhook by command"] = instance.run("webhook", "create", "https://a.invalid/", "--event", "job.failed").stdout.strip()
    for told in (path, f"{path}/deliveries", "/api/webhooks", f"/webhooks/{made.json()['id']}/edit", "/webhooks", "/api/audit-log?limit=1000"):
        answer = admin.get(told)
        own = {"CSRF token of admin"} if answer.headers["Content-Type"].startswith("text/html") else set()
        assert answer.status_code == 200 and set(known.found_in(answer.content)) <= own, told


def use_commands(instance, known):
    by_variable = known.password("password by a variable")
    environment = {**os.environ, "CHOSEN": by_variable}
    instance.run("user", "create", "--email", "carl@example.com", "--password-env", "CHOSEN", env=environment)
    instance.run("user", "password", "--email", "carl@example.com", "--password-stdin", input=f"{known.password('password by stdin')}\n")
    log_in(instance, known, "Carl", "carl@example.com", known["password by stdin"])
    printed = instance.run("user", "create", "--email", "dora@example.com").stdout
    known["password that was printed"] = re.search(r"Password: (\S+)", printed)[1]
    known["token by command"] = instance.token("read:products", "write:products")
    known["link by command"] = instance.run("user", "reset-link", "--email", "dora@example.com").stdout.split("/reset/")[1].split()[0]
    short = known.setdefault("password that is too short", "Short-7x")
    refused = instance.run("user", "password", "--email", "dora@example.com", "--password-stdin", input=short, check=False)
    assert refused.returncode != 0
    for words in (("user", "list", "--json"), ("config", "list"), ("audit", "verify"), ("config", "rotate-key"), ("migrate", "status")):
        ended = instance.run(*words)
        assert not known.found_in((ended.stdout + ended.stderr).encode()), words
    assert not known.found_in((refused.stdout + refused.stderr).encode())


def work(instance, known, admin, refusals):
    """Uploads, jobs and exports by session and by token."""
    visitor = Visitor(instance)
    visitor.headers["Authorization"] = f"Bearer {known['token by rotation']}"
    job = visitor.post("/api/upload-csv", data=b"sku,name,price\na,A,1.00\nb,B,wrong\n").json()["job_id"]
    wait_for(lambda: admin.get(f"/api/jobs/{job}").json()["status"] == "completed", "the import does not end")
    for path in ("/api/products.csv", "/api/products.ndjson", "/api/audit-log.csv", "/api/audit-log?limit=1000", f"/api/jobs/{job}/errors.csv", "/api/users?limit=1000",
                 "/api/tokens", "/api/sessions", "/api/configuration", "/users", "/audit", "/profile", "/settings", "/api/openapi.json", "/health"):
        answer = admin.get(path)
        assert answer.status_code == 200, path
        # A page carries the token of its own forms.
        own = {"CSRF token of admin"} if answer.headers["Content-Type"].startswith("text/html") else set()
        assert set(known.found_in(answer.content)) <= own, path
    exported = instance.folder / "export.csv"
    subprocess.run([*as_account(), "touch", instance.data / "export.csv"], check=True)
    instance.run("export", instance.data / "export.csv")
    assert not known.found_in((instance.data / "export.csv").read_bytes()) and not exported.exists()


def break_down(instance, known, admin, refusals):
    """500: an upload that cannot be put away, with everything that may tell of its request in the log."""
    uploads = instance.data / "spool/uploads"
    mode = uploads.stat().st_mode
    owner = uploads.stat()
    uploads.chmod(0o500)
    if os.geteuid() == 0:
        os.chown(uploads, 0, 0)
        uploads.chmod(0o555)
    try:
        answer = admin.post("/api/upload-csv", data=b"sku,name\na,A\n", headers={"Idempotency-Key": "key-of-a-failure"})
        assert answer.status_code >= 500, answer.text
        refusals.append(answer)
        refusals.append(admin.post("/imports", data={"csrf_token": admin.headers["X-CSRF-Token"]}, files={"file": ("a.csv", b"sku,name\na,A\n")}))
    finally:
        os.chown(uploads, owner.st_uid, owner.st_gid)
        uploads.chmod(mode)


# What is left of it


def test_no_refusal_repeats_a_secret(lived):
    instance, known, _, refusals = lived
    assert len(refusals) > 40 and {answer.status_code for answer in refusals} >= {303, 400, 401, 403, 404, 409, 413, 415, 422, 500}
    for answer in refusals:
        told = answer.content + "".join(f"{name}: {value}\n" for name, value in answer.headers.items() if name != "Set-Cookie").encode()
        # A page carries the token of its own forms, and that of a link sends to the link.
        own = {name for name, secret in known.items() if name.startswith("CSRF token") or f"/reset/{secret}" == answer.request.path_url}
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            own = set()
        assert set(known.found_in(told)) <= own, (answer.request.method, answer.request.path_url, answer.status_code, known.found_in(told))


def test_no_log_holds_one(lived):
    instance, known, _, _ = lived
    wait_for(lambda: "/reset/-" in (instance.data / "logs/access.log").read_text(), "the log does not know the links")
    logs = {path.name: path.read_bytes() for path in (instance.data / "logs").iterdir()}
    assert {"bodega.log", "access.log", "nginx-error.log"} <= set(logs) and b"request failed" in logs["bodega.log"]
    assert b"/api/products?-" in logs["access.log"] and b"/products?-" in logs["access.log"]
    for name, data in logs.items():
        assert not known.found_in(data), (name, known.found_in(data))
    keys = re.findall(r"[A-Za-z0-9+/=_-]{40,}", (instance.data / "secrets/keyring").read_text())
    assert keys and not any(key.encode() in data for key in keys for data in logs.values())


def test_no_file_holds_one(lived):
    """The database with its log and what it has freed, the index, uploads, nginx's files: everything in the folder."""
    instance, known, _, _ = lived
    searched = 0
    for path in instance.data.rglob("*"):
        if path.is_file() and "bin" not in path.parts:
            data = path.read_bytes()
            assert not known.found_in(data), (path, known.found_in(data))
            searched += len(data)
    assert searched > 100_000
    # The search finds what is there.
    known_to_be_there = Known({"email": "anna@example.com"})
    assert any(known_to_be_there.found_in(path.read_bytes()) for path in instance.data.glob("bodega.db*"))


def test_no_process_shows_one(lived):
    _, _, watch, _ = lived
    seen = " ".join(sorted(watch.seen))
    # What deploy/up starts runs under the name of its file, which has the hash of the program.
    for role in (r"bodega(-[0-9a-f]+)? serve", "bodega web", "bodega jobs", "bodega events", "nginx"):
        assert re.search(role, seen), (role, seen)
    # Some commands are over before anybody can look.
    assert re.search("bodega(-[0-9a-f]+)? (user|token|config|migrate|export|work)", seen), seen
    assert not watch.found, sorted(watch.found)


def test_the_first_password_goes_no_further(lived):
    """It was for the first start: nothing that runs has it in its environment."""
    instance, known, _, _ = lived
    assert instance.processes()
    for process in instance.processes():
        assert not known.found_in(b"\0".join(process.environment)), process
        assert not any(entry.startswith(b"BODEGA_ADMIN_PASSWORD") for entry in process.environment), process
