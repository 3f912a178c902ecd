"""Users, sessions and tokens across processes: who is shut out is out in every worker, and no secret stands in a log."""

import json
import re
import threading
import time

import pytest
import requests

from instance import EMAIL, PASSWORD, wait_for

PHRASE = "another long phrase"


def make_user(instance, email, role="viewer", password=PHRASE):
    answer = instance.api.post("/api/users", json={"email": email, "role": role, "password": password})
    assert answer.status_code == 201, answer.text
    return answer.json()


def log_in(instance, email, password=PHRASE):
    """A session of that user, with its CSRF token in every request."""
    session = requests.Session()
    answer = session.post(f"{instance.url}/api/session", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    session.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return session


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def ask(instance, secret, times=40):
    """The statuses that a token gets: a connection each, several at once, so that every worker is asked."""
    statuses = []

    def some():
        for _ in range(times // 8):
            statuses.append(requests.get(f"{instance.url}/api/products?limit=1", headers=bearer(secret)).status_code)

    threads = [threading.Thread(target=some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_a_deactivated_user_is_out_in_every_worker(bodega):
    user = make_user(bodega, "leaver@example.com", "editor")
    session = log_in(bodega, "leaver@example.com")
    secret = session.post(f"{bodega.url}/api/tokens", json={"name": "sync", "scopes": ["read:products"]}).json()["secret"]
    assert set(ask(bodega, secret)) == {200}
    answer = bodega.api.post(f"/api/users/{user['id']}/deactivate")
    assert answer.status_code == 200 and answer.json()["is_active"] is False
    # The very next requests, all of them.
    assert set(ask(bodega, secret)) == {401}
    assert session.get(f"{bodega.url}/api/me").status_code == 401
    refused = requests.post(f"{bodega.url}/api/session", json={"email": "leaver@example.com", "password": PHRASE})
    assert refused.status_code == 401
    bodega.api.post(f"/api/users/{user['id']}/activate")
    assert set(ask(bodega, secret, 8)) == {401}, "tokens do not come back"


def test_a_rotated_token(bodega):
    make_user(bodega, "rotator@example.com", "editor")
    session = log_in(bodega, "rotator@example.com")
    made = session.post(f"{bodega.url}/api/tokens", json={"name": "sync", "scopes": ["read:products"]}).json()
    path = f"{bodega.url}/api/tokens/{made['id']}"
    assert set(ask(bodega, made["secret"], 8)) == {200}
    second = session.post(f"{path}/rotate", json={"grace_hours": 1}).json()["secret"]
    assert set(ask(bodega, made["secret"], 8) + ask(bodega, second, 8)) == {200}
    third = session.post(f"{path}/rotate").json()["secret"]
    assert set(ask(bodega, made["secret"], 8) + ask(bodega, second, 8)) == {401}
    assert set(ask(bodega, third, 8)) == {200}
    assert session.delete(path).status_code == 204
    assert set(ask(bodega, third, 8)) == {401}


def test_a_viewer_gets_no_further_by_address(bodega):
    make_user(bodega, "viewer@example.com")
    session = log_in(bodega, "viewer@example.com")
    for path in ("/users", "/users/new", "/users/1", "/users/1/deactivate"):
        answer = session.get(bodega.url + path, allow_redirects=False)
        assert answer.status_code == 403 and "<h1" in answer.text, path
    for method, path in (("GET", "/api/users"), ("POST", "/api/users"), ("PATCH", "/api/users/1"),
                         ("POST", "/api/users/1/deactivate"), ("POST", "/api/users/1/reset-link")):
        answer = session.request(method, bodega.url + path, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
    home = session.get(f"{bodega.url}/").text
    assert 'href="/tokens"' in home and 'href="/profile"' in home and 'href="/users"' not in home


def test_a_reset_link_works_once_and_stands_in_no_log(bodega):
    make_user(bodega, "forgetful@example.com")
    session = log_in(bodega, "forgetful@example.com")
    printed = bodega.run("user", "reset-link", "--email", "forgetful@example.com").stdout
    token = re.search(r"/reset/(\S+)", printed)[1]
    url = f"{bodega.url}/reset/{token}"
    assert requests.get(url).status_code == 200
    # By other ways of writing the address too.
    assert requests.get(f"{bodega.url}//reset/{token}", allow_redirects=False).status_code == 400
    weak = requests.post(url, data={"password": "password1234", "repeated": "password1234"})
    assert weak.status_code == 422 and "guessed first" in weak.text
    new = {"password": "a phrase that is new", "repeated": "a phrase that is new"}
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(requests.post(url, data=new, allow_redirects=False)))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [303, 404, 404, 404], "one of four at the same time"
    assert requests.get(url).status_code == 404
    assert session.get(f"{bodega.url}/api/me").status_code == 401
    log_in(bodega, "forgetful@example.com", "a phrase that is new")
    wait_for(lambda: "/reset/-" in (bodega.data / "logs/access.log").read_text(), "the log does not know the request")
    for path in (bodega.data / "logs").iterdir():
        assert token not in path.read_text(errors="replace"), path


def test_two_administrators_cannot_remove_each_other(fresh):
    """At the same moment, by two processes."""
    instance = fresh()
    first = instance.api.get("/api/me").json()["user"]["id"]
    second = make_user(instance, "second-admin@example.com", "admin")["id"]
    sessions = [log_in(instance, EMAIL, PASSWORD), log_in(instance, "second-admin@example.com")]
    answers = []
    barrier = threading.Barrier(2)

    def demote(session, other):
        barrier.wait()
        answers.append(session.patch(f"{instance.url}/api/users/{other}", json={"role": "viewer"}))

    threads = [threading.Thread(target=demote, args=pair) for pair in zip(sessions, (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Who was slower is no administrator any more, or would have removed the last one.
    quick, slow = sorted(answers, key=lambda answer: answer.status_code)
    assert quick.status_code == 200 and slow.json()["code"] in ("forbidden", "last_admin"), slow.text
    users = json.loads(instance.run("user", "list", "--json").stdout)
    assert sorted(user["role"] for user in users) == ["admin", "viewer"]


@pytest.mark.quiet
def test_unknown_names_take_as_long_as_known_ones(bodega):
    """Through nginx and all: medians of 8 by turns; without its hash an attempt would take a fraction."""
    make_user(bodega, "timed@example.com")
    times = {"timed@example.com": [], "nobody-here@example.com": []}
    for _ in range(8):
        for email, taken in times.items():
            start = time.perf_counter()
            answer = requests.post(f"{bodega.url}/api/session", json={"email": email, "password": "not the password"})
            taken.append(time.perf_counter() - start)
            assert answer.status_code == 401
    medians = sorted(sorted(taken)[4] for taken in times.values())
    assert medians[0] > 0.6 * medians[1], times


@pytest.mark.parametrize("email", ["a\r\nX-Evil: 1@b.example", "<script>@b.example", "x@b.example\0"])
def test_odd_addresses(bodega, email):
    answer = bodega.api.post("/api/users", json={"email": email, "role": "viewer"})
    assert answer.status_code in (201, 422), answer.text
    assert "X-Evil" not in answer.headers
    page = bodega.api.get("/users")
    assert page.status_code == 200 and "<script>@" not in page.text
