"""Downloads for readers that are slow, silent or many: they hold nobody up, and a reader that moves gets the whole file."""

import contextlib
import json
import os
import re
import selectors
import signal
import socket
import statistics
import threading
import time

import pytest
import requests

from instance import EMAIL, LONG, PASSWORD, wait_for

TEXT = "A text of a length that descriptions of products often have, with a comma, " * 3
# Kilobytes a second at which more than 100 MB are read with the bounds that people have: 256 takes seven minutes.
WHOLE = 256 if LONG else 0


def fill(instance, count=30_000):
    """Products of about 250 bytes each."""
    rows = "".join(f'D-{number:07},Name {number % 997},"{TEXT}{number}"\n' for number in range(count))
    assert instance.import_file(f"sku,name,description\n{rows}")["created_rows"] == count


def begin(instance, path="/api/products.csv", token=None, buffer=8 << 10):
    """A connection on which a download was asked for, whose reader has room for little."""
    cookie = "; ".join(f"{name}={value}" for name, value in instance.api.cookies.items())
    who = f"Authorization: Bearer {token}" if token else f"Cookie: {cookie}"
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", instance.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{instance.port}\r\n{who}\r\nConnection: close\r\n\r\n".encode())
    return connection


def status(connection):
    """Of the answer, without reading more than its first bytes."""
    return int(connection.recv(64, socket.MSG_PEEK | socket.MSG_WAITALL)[9:12])


def admitted(instance, stack):
    """A download that was let in; None where there is no room for one."""
    connection = stack.enter_context(begin(instance))
    return connection if status(connection) == 200 else None


def rest(connection):
    """Everything that still comes."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def is_whole(answer):
    """Whether a chunked answer has its end."""
    return answer.endswith(b"\r\n0\r\n\r\n")


@contextlib.contextmanager
def trickle(connections, size=512, every=0.25):
    """Reads a little of each again and again, as clients on slow lines do."""
    ended = threading.Event()

    def run():
        while not ended.wait(every):
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.recv(size, socket.MSG_DONTWAIT)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def log_lines(instance, *parts):
    lines = (instance.data / "logs/bodega.log").read_text().splitlines()
    return [line for line in lines if all(part in line for part in parts)]


def upload_slowly(instance, stop, refused):
    """One upload after the other, each sent in pieces, until it is told to stop or one is refused."""
    with requests.Session() as session:
        session.headers.update({"Authorization": f"Bearer {instance.upload_token}", "X-Filename": "slow.csv"})

        def pieces():
            yield b"sku,name\n"
            for number in range(20):
                yield b"U-%d,Name\n" % number * 1000
                stop.wait(0.05)

        while not stop.is_set():
            answer = session.post(f"{instance.url}/api/upload-csv?review=1", data=pieces())
            if answer.status_code != 202:
                return refused.append(answer.text)


@pytest.mark.quiet
def test_nobody_is_kept_out_by_slow_downloads(fresh):
    """Logins and uploads beside 200 downloads that hardly move and 4 uploads that do."""
    instance = fresh("--user-downloads", 200, "--downloads", 200, "--request-rate", 0, "--token-rate", 0,
                     "--upload-share", 64 << 30)
    fill(instance)
    instance.upload_token = instance.token("run:imports")
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(begin(instance)) for _ in range(200)]
        assert {status(reader) for reader in readers} == {200}
        stack.enter_context(trickle(readers))
        stop, refused = threading.Event(), []
        uploads = [threading.Thread(target=upload_slowly, args=(instance, stop, refused)) for _ in range(4)]
        for upload in uploads:
            upload.start()
        took = []
        try:
            for _ in range(100 if WHOLE else 30):
                began = time.monotonic()
                answer = requests.post(f"{instance.url}/api/session", json={"email": EMAIL, "password": PASSWORD}, timeout=30)
                assert answer.status_code == 200, answer.text
                took.append(time.monotonic() - began)
            began = time.monotonic()
            assert instance.import_file("sku,name\nbeside,Beside\n")["status"] == "completed"
            assert instance.api.get("/api/products.csv?sku=beside").text.count("\r\n") == 2
            beside = time.monotonic() - began
        finally:
            stop.set()
            for upload in uploads:
                upload.join()
        memory = [int(re.search(r"Pss:\s+(\d+)", open(f"/proc/{pid}/smaps_rollup").read())[1]) for pid in instance.pids("export")]
    took.sort()
    print(f"login: median {statistics.median(took):.3f} s, p99 {took[int(len(took) * 0.99)]:.3f} s; "
          f"upload and small export {beside:.2f} s; processes of 100 downloads: {memory} kB")
    assert not refused
    assert statistics.median(took) < 0.5 and took[-1] < 3, took
    assert beside < 8
    assert max(memory) < 80 << 10


@pytest.mark.quiet
def test_a_reader_that_moves_gets_the_whole_file(fresh):
    """Much longer than the bound on silence; nothing of it waits on the disk."""
    instance = fresh("--download-timeout", 60 if WHOLE else 2, "--slow-timeout", 600 if WHOLE else 3)
    fill(instance, 450_000 if WHOLE else 12_000)
    expected = instance.api.get("/api/products.csv", timeout=120).content
    rate, began = WHOLE << 10 or len(expected) // 6, time.monotonic()
    answer, largest = bytearray(), 0
    folder = instance.data / "nginx/fastcgi"
    with begin(instance, buffer=32 << 10) as connection:
        while part := connection.recv(rate // 20):
            answer += part
            ahead = len(answer) / rate - (time.monotonic() - began)
            if ahead > 0:
                time.sleep(ahead)
            if len(answer) % 16 == 0:
                largest = max(largest, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
    seconds = time.monotonic() - began
    print(f"{len(answer) >> 20} MB in {seconds:.0f} s, {largest} bytes on the disk")
    assert is_whole(answer) and len(answer) > len(expected) and seconds > 5 and not largest
    assert not log_lines(instance, "download dropped")


def test_a_reader_that_takes_nothing_is_dropped(fresh):
    instance = fresh("--download-timeout", 1, "--log-format", "json")
    fill(instance)
    job = instance.import_file("sku,name\n" + "".join(f'F-{number},"{TEXT * 4}"\n' for number in range(20_000)))
    user = instance.api.get("/api/me").json()["user"]["id"]
    for path in ("/api/products.csv", "/api/products.ndjson", job["links"]["file"]):
        with begin(instance, path) as connection:
            assert status(connection) == 200
            line = json.loads(wait_for(lambda: log_lines(instance, "download dropped", path), "no line in the log")[0])
            assert line["level"] == "warning" and line["user_id"] == str(user) and re.fullmatch("[0-9a-f]{32}", line["request_id"])
            assert "took nothing for 1 s" in line["data"]["reason"] and line["data"]["address"] == "127.0.0.1"
            answer = rest(connection)
            assert not is_whole(answer) and abs(int(line["data"]["bytes"]) - len(answer)) < 2 << 20
    # It can be gone on with where it broke off.
    head = instance.api.head(job["links"]["file"])
    size = int(head.headers["Content-Length"])
    part = instance.api.get(job["links"]["file"], headers={"Range": f"bytes={size - 1000}-", "If-Range": head.headers["ETag"]})
    assert part.status_code == 206 and len(part.content) == 1000


def test_downloads_have_a_share(fresh):
    """One user's readers leave room for others, and what a killed process had is given back."""
    instance = fresh("--user-downloads", 2, "--downloads", 3)
    fill(instance)
    password = "another long passphrase of hers"
    made = instance.api.post("/api/users", json={"email": "e@example.com", "role": "editor", "password": password})
    assert made.status_code == 201, made.text
    other = instance.run("token", "create", "--user", "e@example.com", "--name", "t", "--scope", "read:products").stdout.strip()
    with contextlib.ExitStack() as stack:
        own = [stack.enter_context(begin(instance)) for _ in range(2)]
        assert [status(connection) for connection in own] == [200, 200]
        refused = instance.api.get("/api/products.csv")
        assert refused.status_code == 429 and refused.json()["code"] == "too_many_downloads" and int(refused.headers["Retry-After"]) > 0
        assert "2 of your downloads" in refused.json()["detail"]
        assert instance.api.head("/api/products.csv").status_code == 200
        assert instance.api.get("/api/products.csv?sku=D-0000001").status_code == 200, "what is short is no download that lasts"
        theirs = stack.enter_context(begin(instance, token=other))
        assert status(theirs) == 200
        second = stack.enter_context(begin(instance, token=other))
        assert status(second) == 503
        answer = rest(second)
        assert b'"downloads_busy"' in answer and b"retry-after" in answer.lower()
        # Who leaves makes room; so does a process that dies.
        own[0].close()
        wait_for(lambda: instance.api.get("/api/products.csv", stream=True).status_code == 200, "the share is not given back")
        # What the request above has begun may still run for a moment.
        third = wait_for(lambda: admitted(instance, stack), "there is room for one")
        wait_for(lambda: instance.api.get("/api/products.csv", stream=True).status_code == 429, "two run again")
        del third
        for pid in instance.pids("export"):
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: instance.api.get("/api/products.csv").status_code == 200, "the share of the dead is not given back")
