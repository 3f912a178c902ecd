"""Who watches imports: thousands at once, some slow, some gone without a word, and all through a restart of the streamer."""

import contextlib
import json
import os
import resource
import selectors
import signal
import socket

import pytest
import requests
from playwright.sync_api import expect

from instance import held_worker, wait_for
from test_browser import browser, figure, visitor  # noqa: F401 (a fixture)
from test_http import events

WATCHERS, VANISHED, SLOW = 2000, 100, 20


def table(rows, prefix):
    return "sku,name,description\n" + "".join(f"{prefix}-{number},Name {number},{'word ' * 20}\n" for number in range(rows))


class Watcher:
    """One client on a plain socket: it keeps the end of what it was sent."""

    def __init__(self, instance, path, cookies):
        self.socket = socket.create_connection(("127.0.0.1", instance.port), timeout=20)
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.socket.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{instance.port}\r\nCookie: {cookie}\r\n"
                            "Accept: text/event-stream\r\n\r\n".encode())
        self.socket.setblocking(False)
        self.tail, self.begun, self.ended = b"", False, False

    def read(self):
        """False when the server has closed."""
        try:
            data = self.socket.recv(1 << 16)
        except BlockingIOError:
            return True
        except ConnectionError:
            data = b""
        self.begun = self.begun or b" 200 " in data[:20]
        self.tail = (self.tail + data)[-8192:]
        self.ended = self.ended or b"event: end" in self.tail
        return bool(data)

    @property
    def last(self):
        """The last event: its id, and what it says."""
        block = self.tail.decode().replace("\r\n", "\n").rpartition("event: end")
        lines = (block[0].rpartition("\n\n")[2] + block[1] + block[2]).split("\n")
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        return int(fields["id"]), json.loads(fields["data"])


def test_two_thousand_see_the_same_end(fresh):
    """Of two thousand some vanish and some never read: nobody waits for them, and all others see the same end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    instance = fresh("--request-rate", 0, "--token-rate", 0, "--stream-connections", 0)
    cookies = instance.api.cookies.get_dict()
    with held_worker(instance) as go_on, contextlib.ExitStack() as stack:
        job_id = instance.api.upload(table(60_000, "many"))["job_id"]
        path = f"/api/jobs/{job_id}/events"
        watchers = [Watcher(instance, path, cookies) for _ in range(WATCHERS)]
        for watcher in watchers:
            stack.callback(watcher.socket.close)
        selector = stack.enter_context(selectors.DefaultSelector())
        for watcher in watchers[SLOW:]:
            selector.register(watcher.socket, selectors.EVENT_READ, watcher)

        def read():
            for key, _ in selector.select(0.05):
                if not key.data.read():
                    selector.unregister(key.fileobj)

        reading = watchers[SLOW:]
        wait_for(lambda: read() or all(watcher.begun for watcher in reading),
                 lambda: f"{sum(watcher.begun for watcher in reading)} of {len(reading)} see it", every=0)
        for watcher in watchers[-VANISHED:]:
            selector.unregister(watcher.socket)
            watcher.socket.close()
        left = watchers[SLOW:-VANISHED]
        go_on()
        wait_for(lambda: read() or all(watcher.ended for watcher in left),
                 lambda: f"{sum(watcher.ended for watcher in left)} of {len(left)} saw the end", every=0)
        job = instance.api.job(job_id)
        ends = {(number, json.dumps(data)) for number, data in (watcher.last for watcher in left)}
        assert len(ends) == 1 and json.loads(ends.pop()[1]) == job, job
        assert job["created_rows"] == 60_000
        # Those who never read hold nobody up, and the streamer still answers.
        again = list(events(instance.api.get(path, stream=True)))
        assert [kind for _, kind, _ in again] == ["end"]


def test_a_restarted_streamer_replays_what_was_missed(fresh):
    """Killed again and again, with imports in between: who comes back with the last id misses nothing and gets nothing
    twice."""
    instance = fresh()
    first = instance.import_file("sku,name\nreplay-0,Name\n")
    last = next(events(instance.api.get(f"/api/jobs/{first['id']}/events", stream=True)))[0]
    statuses, ids = {}, [last]
    for round_number in range(1, 4):
        answer = instance.api.get("/api/events?topics=jobs", headers={"Last-Event-ID": str(ids[-1])}, stream=True, timeout=20)
        assert answer.status_code == 200
        pid = instance.pids("events")[0]
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(requests.RequestException):
            # What was under way when it died may have been read; it counts.
            for number, kind, job in events(answer):
                ids.append(number)
                statuses.setdefault(job["id"], []).append(job["status"])
        jobs = [instance.import_file(f"sku,name\nreplay-{round_number}-{number},Name\n") for number in range(3)]
        wait_for(lambda: instance.pids("events") not in ([], [pid]), "the streamer is not back")
        wanted = {job["id"] for job in jobs}
        answer = wait_for(lambda: (found := instance.api.get(
            "/api/events?topics=jobs", headers={"Last-Event-ID": str(ids[-1])}, stream=True, timeout=20)).status_code == 200
            and found, "no stream")
        for number, kind, job in events(answer):
            assert kind != "reset"
            ids.append(number)
            statuses.setdefault(job["id"], []).append(job["status"])
            if job["status"] == "completed":
                wanted.discard(job["id"])
            if not wanted:
                break
        answer.close()
    assert ids == sorted(set(ids)), "an event came twice, or before its time"
    assert len(statuses) == 9 and all(found[-1] == "completed" for found in statuses.values()), statuses
    # As who was there all the time would have seen it.
    whole = instance.api.get("/api/events?topics=jobs", headers={"Last-Event-ID": str(last)}, stream=True, timeout=20)
    seen = []
    for number, _, _ in events(whole):
        seen.append(number)
        if number == ids[-1]:
            break
    assert seen == ids[1:]


@pytest.mark.parametrize("role", ["events", "nginx worker"])
def test_a_page_outlives_what_it_hangs_on(bodega, browser, role):  # noqa: F811
    assert bodega.api
    with visitor(browser, bodega, expected=["502", "504", "ERR_", "Failed to load"]) as page:
        with held_worker(bodega) as go_on:
            job_id = bodega.api.upload(table(60_000, f"page-{role[:2]}"))["job_id"]
            page.goto(f"/imports/{job_id}")
            page.evaluate("() => { window.isTheSamePage = true; }")
            for pid in bodega.pids(role):
                os.kill(pid, signal.SIGKILL)
            wait_for(bodega.health, "not back")
            go_on()
            expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")
            assert figure(page, "created_rows") == 60_000
            assert page.evaluate("() => window.isTheSamePage") is True, "the page was loaded again"
