"""One running Bodega, started and stopped as its users do: with deploy/up and deploy/down."""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import jsonschema
import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
EMAIL = "admin@localhost"
FINAL = {"completed", "failed", "cancelled"}


def program():
    """The release build under test."""
    path = Path(os.environ.get("BODEGA_PROGRAM") or ROOT / ".build/release/bodega")
    assert path.is_file(), f"{path} is missing: build it, or name another with BODEGA_PROGRAM"
    return path


def shared_file(name):
    """The path of a file of the public test data; without it the test is skipped."""
    for folder in [os.environ.get("BODEGA_SHARED_DATA"), ROOT.parent / "shared/data"]:
        if folder and (Path(folder) / name).is_file():
            return Path(folder) / name
    pytest.skip(f"test data {name} is absent; BODEGA_SHARED_DATA names its folder")


# How long anything may take before it is said never to come, in seconds: other work on the machine must not fail a test.
PATIENCE = 60.0
# Whether sweeps, soaks and everything else that only repeats more often is to be done: `deploy/test --long`.
LONG = bool(os.environ.get("BODEGA_LONG"))


def free_port():
    """A port that nobody listens at. Not one of those that the kernel gives to whoever asks: between this and the start of
    nginx another test's client could be given it. Each process that runs tests looks in a range of its own first."""
    chance = random.Random(os.urandom(8))
    while True:
        port = 10_000 + os.getpid() % 100 * 200 + chance.randrange(200)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(condition, what, timeout=PATIENCE, every=0.02):
    """What the condition returns, as soon as that is true; fails when it never is. How soon is another question: a test of
    that measures it, and is marked as quiet."""
    deadline = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:g} s: {what() if callable(what) else what}")
        time.sleep(every)


@contextlib.contextmanager
def held_worker(instance):
    """Stops the next import worker as soon as it is there; the block gets what lets it go on.

    A file of a few rows is done before it is seen; a big one is still being counted, and its worker holds nothing.
    """
    stopped = []

    def stop():
        stopped.append(wait_for(lambda: instance.pids("work"), "no worker", every=0.005)[0])
        os.kill(stopped[0], signal.SIGSTOP)

    stopping = threading.Thread(target=stop)
    stopping.start()

    def go_on():
        stopping.join()
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)

    try:
        yield go_on
    finally:
        # It may hold the gate, and everybody else would wait for it.
        with contextlib.suppress(ProcessLookupError):
            go_on()


def spooled(instance):
    """The files that wait in the spool. The one in which downloads are counted stays, and is empty."""
    spool = instance.data / "spool"
    return {path for path in spool.rglob("*") if path.is_file() and path != spool / "downloads"}


def as_account():
    """What stands before a command to run it as the account of the instance."""
    return ["setpriv", "--reuid=bodega", "--regid=bodega", "--init-groups"] if os.geteuid() == 0 else []


def make_folder(parent="/var/tmp"):
    """A folder that the account of the instance can reach, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="bodega-e2e-", dir=parent))
    folder.chmod(0o755)
    return folder


class Process:
    """What /proc says of a process."""

    def __init__(self, pid):
        self.pid = pid
        self.words = [word for word in Path(f"/proc/{pid}/cmdline").read_text().split("\0") if word]
        status = Path(f"/proc/{pid}/status").read_text()
        self.parent = int(re.search(r"^PPid:\s+(\d+)", status, re.M)[1])
        self.is_zombie = re.search(r"^State:\s+Z", status, re.M) is not None
        self.uid = int(re.search(r"^Uid:\s+(\d+)", status, re.M)[1])
        # Of a process that has died meanwhile these two cannot be read: then it is none of ours any more.
        self.folder = os.readlink(f"/proc/{pid}/cwd") if not self.is_zombie else ""
        self.environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if not self.is_zombie else []

    @property
    def role(self):
        """nginx, nginx worker, serve, web, login, slow, upload, export, events, jobs, index, work …"""
        if self.words[:1] and self.words[0].startswith("nginx: worker"):
            return "nginx worker"
        if self.words[:1] and self.words[0].startswith("nginx"):
            return "nginx"
        if self.words[1:3] == ["web", "--pool"]:
            return self.words[3]
        return self.words[1] if len(self.words) > 1 else "?"

    def __repr__(self):
        return f"{self.role} {self.pid} (child of {self.parent})"


class Bodega:
    def __init__(self, *options, variables=None, folder=None, port=None, up=()):
        """Options of `bodega serve`, and those of deploy/up itself."""
        self.folder = folder or make_folder()
        self.owns_folder = folder is None
        self.data = self.folder / "data"
        # Where root puts programs; another user's stand in the data folder.
        self.programs = self.folder / "programs"
        self.port = port or free_port()
        self.options = [str(option) for option in options]
        # A test that stops a process means it, and a busy machine takes its time: what ends hanging ones has tests of its own.
        self.variables = {"BODEGA_HANG_TIMEOUT": "600", **(variables or {})}
        self.up_options = list(up)
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = None

    def __enter__(self):
        self.up()
        return self

    def __exit__(self, kind, error, trace):
        try:
            left = self.down()
            assert kind or not left, f"left behind after deploy/down: {left}"
            if not kind:
                self.check_payloads()
        finally:
            self.kill_everything()
            if self.owns_folder:
                shutil.rmtree(self.folder, ignore_errors=True)

    # What was told

    schemas = {}

    def check_payloads(self):
        """Whatever a test has told other systems of holds what its type promises. Of a database that a test has spoilt,
        or emptied, nothing can be said."""
        database = self.data / "bodega.db"
        if not Bodega.schemas:
            listed = self.run("webhook", "events", "--json", check=False)
            if listed.returncode == 0:
                Bodega.schemas = {event["name"]: event["schema"] for event in json.loads(listed.stdout)}
        told = []
        with contextlib.suppress(sqlite3.Error), contextlib.closing(
            sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        ) as connection:
            for (name,) in connection.execute("SELECT DISTINCT type FROM outbox").fetchall():
                statement = "SELECT type, data FROM outbox WHERE type = ? ORDER BY id DESC LIMIT 200"
                told += connection.execute(statement, (name,)).fetchall()
        for name, data in told if Bodega.schemas else []:
            assert name in Bodega.schemas, f"{name} is told and declared nowhere"
            jsonschema.validate(json.loads(data), Bodega.schemas[name])

    # Starting and stopping

    def up_command(self, *options, executable=None):
        """The words of `deploy/up` for this instance."""
        kept = [word for name in self.variables if not name.startswith("BODEGA_") for word in ("--env", name)]
        return [
            ROOT / "deploy/up", "--detach", "--port", str(self.port), "--data", self.data,
            "--program", executable or program(), *self.up_options, *kept, "--", *self.options, *options,
        ]

    def up_environment(self, variables=None):
        return {**self.environment, "BODEGA_ADMIN_PASSWORD": PASSWORD, **self.variables, **(variables or {})}

    def run_up(self, *options, variables=None, **arguments):
        return subprocess.run(
            self.up_command(*options), env=self.up_environment(variables), capture_output=True, text=True, timeout=300,
            stdin=subprocess.DEVNULL, **arguments,
        )

    def up(self, **arguments):
        ended = self.run_up(**arguments)
        assert ended.returncode == 0, f"deploy/up ended with {ended.returncode}: {ended.stdout}{ended.stderr}\n{self.log_end()}"
        return ended.stdout

    def down(self):
        """Stops it; returns what still runs."""
        ended = self.run_down()
        assert ended.returncode == 0, f"deploy/down ended with {ended.returncode}: {ended.stdout}{ended.stderr}"
        return self.processes()

    def run_down(self):
        return subprocess.run(
            [ROOT / "deploy/down", "--data", self.data], env=self.environment, capture_output=True, text=True, timeout=300
        )

    @property
    def environment(self):
        return {**os.environ, "BODEGA_PROGRAMS": str(self.programs)}

    @property
    def executable(self):
        """The program as deploy/up has put it into place."""
        (found,) = self.programs.glob("*/bodega") if os.geteuid() == 0 else [self.data / "bin/bodega"]
        return found

    def log_end(self, lines=15):
        with contextlib.suppress(OSError):
            return "\n".join((self.data / "logs/bodega.log").read_text(errors="replace").splitlines()[-lines:])
        return ""

    def run(self, *words, check=True, **arguments):
        """A command of the program, as the account that owns the data."""
        command = [*as_account(), str(self.executable), *map(str, words), "--data", str(self.data)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300, **arguments)
        assert not check or ended.returncode == 0, f"{words}: {ended.stdout}{ended.stderr}"
        return ended

    def digest(self):
        return json.loads(self.run("digest", "--json").stdout)

    def token(self, *scopes):
        words = [word for scope in scopes for word in ("--scope", scope)]
        return self.run("token", "create", "--user", EMAIL, "--name", "test", *words).stdout.strip()

    # Processes

    def processes(self):
        """Everything of this instance that runs, known by its marks as the program itself knows it."""
        mark = f"BODEGA_SUPERVISED={self.data}".encode()
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            with contextlib.suppress(OSError, TypeError):
                process = Process(int(entry))
                of_nginx = process.words[:1] and process.words[0].startswith("nginx")
                if process.is_zombie:
                    continue
                if mark in process.environment or (of_nginx and process.folder == str(self.data / "nginx")):
                    found.append(process)
                elif process.words[1:2] == ["serve"] and str(self.data) in process.words:
                    found.append(process)
        return found

    def pids(self, role):
        return sorted(process.pid for process in self.processes() if process.role == role)

    @property
    def supervisor(self):
        return int((self.data / "bodega.pid").read_text().split()[0])

    def orphans(self):
        """Processes of this instance that do not descend from its supervisor."""
        processes = {process.pid: process for process in self.processes()}
        root = self.supervisor

        def descends(process):
            while process.pid != root:
                if process.parent not in processes:
                    return False
                process = processes[process.parent]
            return True

        return [process for process in processes.values() if not descends(process)]

    def kill_everything(self):
        """Ends what a failed test left."""
        for _ in range(50):
            left = self.processes()
            for process in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            if not left:
                return
            time.sleep(0.02)

    # Clients

    def health(self):
        """200 when it is well; None when nobody answers."""
        try:
            answer = requests.get(f"{self.url}/health", timeout=10)
        except requests.RequestException:
            return None
        return answer if answer.status_code == 200 else None

    def login(self):
        return Client(self)

    @property
    def api(self):
        """A client that is logged in, made at the first use."""
        self.client = self.client or self.login()
        return self.client

    def import_file(self, content, **options):
        """Uploads, waits for the end, and returns the job; `mapping` may be a dictionary. Nobody is asked."""
        options.setdefault("guard", "off")
        return self.api.wait(self.api.upload(content, **options)["job_id"])


class Client(requests.Session):
    """Requests with a session of the administrator; paths instead of addresses."""

    def __init__(self, bodega):
        super().__init__()
        self.bodega = bodega
        answer = self.post("/api/session", json={"email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.headers["X-CSRF-Token"] = answer.json()["csrf_token"]

    def request(self, method, url, **arguments):
        arguments.setdefault("timeout", PATIENCE)
        arguments.setdefault("allow_redirects", False)
        return super().request(method, self.bodega.url + url if url.startswith("/") else url, **arguments)

    def get(self, url, **arguments):
        return self.request("GET", url, **arguments)

    def upload(self, content, filename="products.csv", as_form=False, expect=202, **options):
        """One upload; returns the answer's JSON. The content is bytes, text or a path."""
        if isinstance(content, Path):
            content = content.read_bytes()
        if isinstance(content, str):
            content = content.encode()
        if "mapping" in options and not isinstance(options["mapping"], str):
            options["mapping"] = json.dumps(options["mapping"])
        if as_form:
            answer = self.post("/api/upload-csv", data=options, files={"file": (filename, content, "text/csv")})
        else:
            answer = self.post(
                "/api/upload-csv", params=options, data=content,
                headers={"Content-Type": "text/csv", "X-Filename": requests.utils.quote(filename)},
            )
        assert answer.status_code == expect, f"{answer.status_code} {answer.text}"
        return answer.json()

    def job(self, job_id):
        answer = self.get(f"/api/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait(self, job_id, timeout=3 * PATIENCE, until=lambda job: job["status"] in FINAL):
        """The job as soon as it is over, or as the condition wants it."""
        last = {}

        def look():
            last.update(self.job(job_id))
            return dict(last) if until(last) else None

        return wait_for(look, lambda: f"job is {last}\n{self.bodega.log_end()}", timeout)

    def errors(self, job_id):
        """Every problem of every row, page by page."""
        path, found = f"/api/jobs/{job_id}/errors?limit=1000", []
        while path:
            answer = self.get(path)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["items"]
            path = page["next"]
        return found
