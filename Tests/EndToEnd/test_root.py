"""Root runs deploy/up and deploy/down, and the account that Bodega runs as has prepared for it: nothing of the account's
is run, followed or signalled by root."""

import contextlib
import fcntl
import os
import pwd
import re
import resource
import shutil
import subprocess
import termios
import threading
import time
from pathlib import Path

import pytest
import requests

from instance import PASSWORD, ROOT, Bodega, Process, as_account, program, wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to lose: run the tests as root")

SECRET = "root's own\n"
NET_BIND_SERVICE = 1 << 10


@pytest.fixture(scope="module")
def stopped():
    """An instance that has run and does not run now, and what root owns beside it."""
    instance = Bodega("--web-workers", 2, "--slow-workers", 1, "--request-rate", 0)
    try:
        instance.up()
        assert not instance.down()
        instance.own = instance.folder / "own"
        instance.own.mkdir(mode=0o755)
        instance.marks = instance.folder / "marks"
        instance.marks.mkdir()
        instance.marks.chmod(0o1777)
        yield instance
    finally:
        instance.kill_everything()
        shutil.rmtree(instance.folder)


@pytest.fixture
def planted(stopped):
    """The same; whatever a test plants is taken away afterwards, and root's things are held against what they were."""
    file = stopped.own / "file"
    file.write_text(SECRET)
    file.chmod(0o600)
    copy = stopped.folder / "copy"
    subprocess.run(["cp", "-a", stopped.data, copy], check=True)
    before = state(stopped.own)
    yield stopped
    stopped.kill_everything()
    after, users = state(stopped.own), ran(stopped)
    subprocess.run(["rm", "-rf", stopped.data, *stopped.marks.iterdir()], check=True)
    copy.rename(stopped.data)
    assert after == before, "root wrote where the account had led it"
    assert "0" not in users, "root ran what the account had planted"


def state(folder):
    """Name, owner, mode and content of everything there and of the folder itself."""
    found = []
    for path in [folder, *sorted(folder.rglob("*"))]:
        info = path.lstat()
        found.append((path.name, info.st_uid, info.st_gid, info.st_mode, path.read_bytes() if path.is_file() else None))
    return found


def ran(instance):
    """The users as whom planted programs ran."""
    return {line for path in instance.marks.glob("ran*") for line in path.read_text().splitlines()}


def marking(instance):
    """A program that says as whom it runs, in a file for each user, since nobody writes to that of another."""
    return (f'#!/bin/sh\nPATH=/usr/bin:/bin\nuser=$(id -u)\necho "$user" >>{instance.marks}/ran-$user\n'
            f'cat /proc/self/status >>{instance.marks}/status-$user\nexit 0\n')


def as_bodega(script, *words, check=True):
    return subprocess.run([*as_account(), "sh", "-c", script, *map(str, words)], check=check, capture_output=True, text=True)


def plant_program(instance):
    """Where the program used to be, and under the name that the version would have."""
    version = instance.executable.resolve().name
    script = ('mkdir -p "$0/bin" && cd "$0/bin" && for name in bodega "$1"; do'
              ' rm -f "$name" && cat "$2" >"$name" && chmod 755 "$name"; done')
    source = instance.folder / "marking"
    source.write_text(marking(instance))
    source.chmod(0o644)
    as_bodega(script, instance.data, version, source)


def replace_by_link(instance, name, target):
    as_bodega('rm -rf "$0/$1" && ln -s "$2" "$0/$1"', instance.data, name, target)


def test_a_planted_program(planted):
    plant_program(planted)
    planted.up()
    assert planted.health()
    exe = os.readlink(f"/proc/{planted.supervisor}/exe")
    assert Path(exe).parent.parent == planted.programs and Path(exe).stat().st_uid == 0
    assert not ran(planted)
    plant_program(planted)
    assert not planted.down()
    assert not ran(planted)


def test_a_planted_program_of_an_installation_before(planted):
    """deploy/down finds no program of root's: the account's stops what runs, as the account."""
    plant_program(planted)
    moved = planted.programs.rename(planted.folder / "elsewhere")
    try:
        assert planted.run_down().returncode == 0
    finally:
        moved.rename(planted.programs)
    account = str(pwd.getpwnam("bodega").pw_uid)
    assert ran(planted) == {account}
    assert set(rights((planted.marks / f"status-{account}").read_text())) == {0}


def rights(status):
    return [int(value, 16) for value in re.findall(r"^Cap\w+:\s+(\S+)$", status, re.M)]


@pytest.mark.parametrize("name, target", [
    ("logs/bodega.log", "file"), ("logs", "."), ("nginx", "."), ("spool", "."), ("spool/incoming", "."),
    ("bodega.pid", "file"), ("bodega.db", "file"), ("secrets", "."), ("bin", "."), ("spool/scratch", "."),
])
def test_a_link_to_what_is_roots(planted, name, target):
    """As the account it cannot be followed: the start fails, or does without. What root owns stays (see `planted`)."""
    replace_by_link(planted, name, planted.own / target)
    ended = planted.run_up()
    assert SECRET.strip() not in ended.stdout + ended.stderr
    assert ended.returncode == 0 or "deploy" not in ended.stdout and ended.stderr.strip(), ended
    planted.run_down()


def test_a_fifo_does_not_hold_root_up(planted):
    as_bodega('rm -f "$0/bodega.pid" && mkfifo "$0/bodega.pid"', planted.data)
    began = time.monotonic()
    planted.run_up()
    # What waits for ever is ended by the limit of a command, after 300 s.
    assert time.monotonic() - began < 240


@contextlib.contextmanager
def sleeper(*before):
    process = subprocess.Popen([*before, "sleep", "600"])
    wait_for(lambda: Process(process.pid).words[:1] == ["sleep"], "no process")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def start_time(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[19]


def name_in_pid_file(instance, pid):
    """As the account, in place, so that whoever holds the file goes on holding it."""
    text = f"{pid} {start_time(pid)}\n{instance.executable.resolve()}\nready\n"
    as_bodega('printf %s "$1" >"$0/bodega.pid"', instance.data, text)


def test_a_pid_file_that_names_others(planted):
    with sleeper() as of_root, sleeper("setpriv", "--reuid=nobody") as foreign, sleeper(*as_account()) as same_user:
        for process in (of_root, foreign, same_user):
            name_in_pid_file(planted, process.pid)
            planted.run_down()
            assert process.poll() is None, f"signalled by deploy/down: {process.args}"
        name_in_pid_file(planted, of_root.pid)
        planted.up()
        # Beside one that runs.
        truth = (planted.data / "bodega.pid").read_text()
        for process in (of_root, foreign, same_user):
            name_in_pid_file(planted, process.pid)
            ended = planted.run_down()
            assert ended.returncode != 0 and "bodega.pid" in ended.stderr, ended
            assert process.poll() is None, f"signalled by deploy/down: {process.args}"
        name_in_pid_file(planted, of_root.pid)
        assert planted.run_up().returncode != 0
        assert all(process.poll() is None for process in (of_root, foreign, same_user))
        as_bodega('printf %s "$1" >"$0/bodega.pid"', planted.data, truth)
        assert not planted.down()
        assert all(process.poll() is None for process in (of_root, foreign, same_user))


# The data folder itself


def let_the_account_run_nothing():
    """As when the account ends what runs as the account before that has said anything."""
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


@pytest.mark.parametrize("hindered", [None, let_the_account_run_nothing], ids=["asked", "hindered"])
@pytest.mark.parametrize("kind", ["link", "link of root's to it", "link to a file", "folder", "link above"])
def test_a_data_folder_in_a_folder_of_the_account(planted, kind, hindered):
    """What the account can put there, or put in its place at any moment, is not given to it."""
    above = planted.folder / "above"
    above.mkdir()
    other = Bodega(folder=planted.folder, port=planted.port)
    other.data = above / "data"
    try:
        if kind == "folder":
            other.data.mkdir()
            (other.data / "roots").write_text(SECRET)
        elif kind == "link above":
            (above / "data").symlink_to(planted.own)
            other.data = above / "data/below"
        else:
            (above / "data").symlink_to(planted.own / ("file" if kind.endswith("file") else "."))
            if kind == "link of root's to it":
                other.data = planted.own / "link"
                other.data.symlink_to(above / "data")
        shutil.chown(above, "bodega", "bodega")
        before = state(above)
        ended = other.run_up(preexec_fn=hindered)
        assert ended.returncode != 0 and len(ended.stderr.strip().splitlines()) == 1, ended.stderr
        assert str(other.data) in ended.stderr and state(above) == before
    finally:
        shutil.rmtree(above)
        (planted.own / "link").unlink(missing_ok=True)


def test_a_folder_with_something_of_the_accounts_in_it_is_not_given_as_a_whole(planted):
    other = Bodega(folder=planted.folder, port=planted.port)
    other.data = planted.folder / "given"
    (other.data / "theirs").mkdir(parents=True)
    (other.data / "roots").write_text(SECRET)
    shutil.chown(other.data / "theirs", "bodega", "bodega")
    os.link(planted.own / "file", other.data / "theirs/roots")
    before = state(other.data)
    ended = other.run_up()
    assert ended.returncode != 0 and "chown -RhP" in ended.stderr and state(other.data) == before
    shutil.rmtree(other.data)


def test_a_folder_that_others_can_add_to_is_not_given_as_a_whole(planted):
    other = Bodega(folder=planted.folder, port=planted.port)
    other.data = planted.folder / "given"
    (other.data / "below").mkdir(parents=True)
    shutil.chown(other.data / "below", group="bodega")
    (other.data / "below").chmod(0o775)
    before = state(other.data)
    ended = other.run_up()
    assert ended.returncode != 0 and "chown -RhP" in ended.stderr and state(other.data) == before
    shutil.rmtree(other.data)


def test_programs_that_the_account_can_change_are_not_installed(planted):
    programs, theirs = planted.programs, planted.folder / "theirs"
    shutil.copytree(programs, theirs, symlinks=True)
    for path in [theirs, *theirs.rglob("*")]:
        os.chown(path, *pwd.getpwnam("bodega")[2:4], follow_symlinks=False)
    planted.programs = theirs
    try:
        before = state(theirs)
        ended = planted.run_up()
        assert ended.returncode != 0 and "--programs" in ended.stderr and state(theirs) == before
    finally:
        planted.programs = programs
        shutil.rmtree(theirs)


# Rights and environment


def hostile_commands(instance):
    folder = instance.folder / "commands"
    folder.mkdir()
    for name in ("id", "dirname", "setpriv", "env", "chmod", "chown", "curl", "stat", "realpath", "find", "setsid", "cp",
                 "readlink"):
        (folder / name).write_text(marking(instance))
        (folder / name).chmod(0o755)
    return folder


def test_what_is_started_has_no_rights_and_nothing_of_roots_environment(planted):
    commands = hostile_commands(planted)
    hostile = {
        "PATH": f"{commands}:{os.environ['PATH']}", "AWS_SECRET_ACCESS_KEY": "secret", "odd-name": "secret",
        "BASH_FUNC_chmod%%": "() { id -u >>" + f"{planted.marks}/ran-function" + "; }", "BASH_ENV": "/nonexistent",
        "ENV": "/nonexistent", "LD_LIBRARY_PATH": str(commands), "XDG_RUNTIME_DIR": "/run/user/0", "TMPDIR": "/root",
        "BODEGA_HANDOVER": "lock=3,web=4;nginx=1", "BODEGA_SUPERVISED": "/elsewhere", "LANG": "C.UTF-8", "HOME": "/root",
    }
    try:
        planted.up(variables=hostile)
    finally:
        shutil.rmtree(commands)
    assert not ran(planted)
    processes = planted.processes()
    assert len(processes) > 8
    account = pwd.getpwnam("bodega").pw_uid
    for process in processes:
        status = dict(re.findall(r"^(\w+):\s+(.*)$", Path(f"/proc/{process.pid}/status").read_text(), re.M))
        assert status["Uid"].split() == [str(account)] * 4 and status["Gid"].split()[0] != "0", process
        assert "0" not in status["Groups"].split(), process
        assert status["NoNewPrivs"] == "1", process
        rights = {name: int(status[name], 16) for name in status if name.startswith("Cap")}
        assert set(rights.values()) == {0}, (process, rights)
        if process.role.startswith("nginx"):
            continue  # it writes its title over its environment
        names = {entry.split(b"=")[0].decode() for entry in process.environment if entry}
        assert all(re.fullmatch("PATH|PWD|LANG|LC_.*|TERM|TZ|BODEGA_.*", name) for name in names), (process, names)
        assert b"BODEGA_HANDOVER" not in b" ".join(process.environment)
        assert f"PATH={commands}".encode() not in b" ".join(process.environment)
    assert not planted.down()


def test_a_port_below_1024_takes_one_right(planted):
    low = Bodega(*planted.options, folder=planted.folder, port=next(port for port in range(1000, 900, -1) if is_free(port)))
    low.up()

    def check():
        for process in low.processes():
            status = Path(f"/proc/{process.pid}/status").read_text()
            if process.role == "serve" or process.role.startswith("nginx"):
                assert set(rights(status)) == {NET_BIND_SERVICE}, (process, status)
            else:
                # The last one is what it could be given, and nobody gives it that.
                assert set(rights(status)[:3]) == {0} and rights(status)[4] == 0, (process, status)

    check()
    supervisor = low.supervisor
    low.up()
    assert low.supervisor == supervisor and low.health()
    web = set(low.pids("web"))
    command = [planted.programs / "bodega", "serve", "--reload", "--data", low.data]
    assert subprocess.run(command, env=low.environment).returncode == 0
    wait_for(lambda: not web & set(low.pids("web")) and low.health(), "not reloaded")
    check()
    assert not low.down()


def is_free(port):
    return subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{port}"]).returncode == 7


def test_a_terminal_of_roots_is_out_of_reach(planted):
    """In the foreground too: a process can type into the terminal of its own session, and read what is typed there."""
    master, slave = os.openpty()

    def own_terminal():
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    command = [ROOT / "deploy/up", "--port", str(planted.port), "--data", planted.data, "--program", program(), "--",
               *planted.options]
    running = subprocess.Popen(command, env=planted.environment, stdin=slave, stdout=slave, stderr=slave,
                               preexec_fn=own_terminal)
    terminal = os.ttyname(slave)
    os.close(slave)
    said = []

    def read():
        with contextlib.suppress(OSError):
            while text := os.read(master, 65536):
                said.append(text)

    reading = threading.Thread(target=read)
    reading.start()
    wait_for(lambda: b"ready at" in b"".join(said), lambda: b"".join(said))
    for process in planted.processes():
        assert Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()[4] == "0", process
        for number in os.listdir(f"/proc/{process.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                if os.readlink(f"/proc/{process.pid}/fd/{number}") == terminal:
                    information = Path(f"/proc/{process.pid}/fdinfo/{number}").read_text()
                    flags = int(re.search(r"^flags:\s+(\d+)", information, re.M)[1], 8)
                    assert flags & os.O_ACCMODE == os.O_WRONLY, (process, number)
    os.write(master, b"\x03")
    assert running.wait(60) == 0
    assert not planted.processes()
    reading.join(5)
    os.close(master)


# What root types


def test_roots_command_leaves_the_terminal_to_root(planted):
    """It asks and is answered, but no process of the account has a descriptor of the terminal or is in its session."""
    file = planted.folder / "wines.csv"
    file.write_text("sku,name\nasked,Asked\n")
    master, slave = os.openpty()
    terminal = os.ttyname(slave)

    def own_terminal():
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    command = [planted.programs / "bodega", "import", file, "--review", "--data", planted.data]
    running = subprocess.Popen(command, env=planted.environment, stdin=slave, stdout=slave, stderr=slave,
                               preexec_fn=own_terminal)
    os.close(slave)
    said = b""
    while b"[y/N] " not in said:
        said += os.read(master, 65536)
    account = pwd.getpwnam("bodega").pw_uid
    found = [process for process in everything() if process.uid == account and str(planted.data) in process.words]
    assert any(process.role == "import" for process in found)
    for process in found:
        assert Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()[4] == "0", process
        assert set(rights(Path(f"/proc/{process.pid}/status").read_text())) == {0}, process
        assert all(open_file != terminal for open_file in open_files(process)), process
    os.write(master, b"y\n")
    with contextlib.suppress(OSError):
        while text := os.read(master, 65536):
            said += text
    assert running.wait(60) == 0 and b"created: 1" in said, said
    os.close(master)
    # The status of the program is that of the command, and a signal reaches it.
    assert subprocess.run([*command[:2], "/nonexistent", *command[4:]], capture_output=True).returncode != 0


def everything():
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, TypeError):
            yield Process(int(entry))


def open_files(process):
    for number in os.listdir(f"/proc/{process.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            yield os.readlink(f"/proc/{process.pid}/fd/{number}")


def test_roots_command_runs_as_the_account(planted):
    command = planted.programs / "bodega"
    assert command.stat().st_uid == 0 and command.stat().st_mode & 0o022 == 0
    planted.up()

    def run(*words, **variables):
        environment = {**planted.environment, "AWS_SECRET_ACCESS_KEY": "secret", **variables}
        return subprocess.run([command, *words, "--data", planted.data], env=environment, capture_output=True, text=True)

    file = planted.folder / "products.csv"
    file.write_text("sku,name\nby-root,By root\n")
    assert run("import", file).returncode == 0
    assert "by-root" in run("export", "-").stdout
    changed = run("user", "password", "--email", "admin@localhost", "--password-env", "NEW", NEW=f"{PASSWORD} 2")
    assert changed.returncode == 0, changed.stderr
    found = subprocess.run(["find", planted.data, "!", "-user", "bodega"], capture_output=True, text=True, check=True)
    assert found.stdout == ""
    # The program itself refuses, before it has opened anything.
    refused = subprocess.run([planted.executable, "export", "-", "--data", planted.data], capture_output=True, text=True)
    assert refused.returncode == 1 and "root does not work in it" in refused.stderr and refused.stdout == ""
    supervisor, web = planted.supervisor, set(planted.pids("web"))
    assert run("serve", "--reload").returncode == 0
    wait_for(lambda: not web & set(planted.pids("web")) and planted.health(), "not reloaded")
    assert planted.supervisor == supervisor
    assert not planted.down()
    assert "Nothing runs" in run("serve", "--reload").stderr


# An installation of before


def install_as_before(instance, owner):
    """The program in a folder in the data folder, which the account could put another in the place of; the log is
    root's."""
    os.chown(instance.data / "logs/bodega.log", 0, 0)
    programs = instance.data / "bin"
    programs.mkdir()
    shutil.copy(program(), programs / "bodega-000000000000")
    shutil.copytree(ROOT / "static", programs / "static-000000000000")
    (programs / "bodega").symlink_to("bodega-000000000000")
    subprocess.run(["chown", "-Rh", f"{owner}:", programs], check=True)
    command = [*as_account(), programs / "bodega", "serve", "--data", instance.data, "--port", str(instance.port),
               *instance.options]
    with (instance.folder / "output").open("wb") as output:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)


def test_an_installation_in_the_data_folder_is_updated_without_losing_a_request(planted):
    running = install_as_before(planted, "bodega")
    wait_for(planted.health, "does not start")
    stop, counts, failures = threading.Event(), [0, 0, 0], []

    def load(worker):
        # A connection for each request: one that idles when nginx takes its new settings is closed by right, and a request
        # that meets this on its way is the client's to send again (RFC 9112, 9.3.1).
        while not stop.is_set():
            try:
                answer = requests.get(f"{planted.url}/{'health' if worker else 'login'}", timeout=20)
                if answer.status_code != 200:
                    failures.append((answer.status_code, answer.text[:200]))
            except requests.RequestException as error:
                failures.append(repr(error))
            counts[worker] += 1

    threads = [threading.Thread(target=load, args=(worker,)) for worker in range(len(counts))]
    for thread in threads:
        thread.start()
    wait_for(lambda: min(counts) > 5, "no load")
    planted.up()
    at = min(counts)
    wait_for(lambda: min(counts) > at + 5, "no load after the update")
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == [] and planted.supervisor == running.pid
    for process in planted.processes():
        assert Path(f"/proc/{process.pid}/status").read_text().count("NoNewPrivs:\t1") == 1 or "nginx" in process.role
    assert Path(os.readlink(f"/proc/{running.pid}/exe")).parent.parent == planted.programs
    assert not (planted.data / "bin").exists()
    # And once more, now that it runs from root's folder.
    planted.up()
    assert planted.supervisor == running.pid
    assert not planted.down()
    running.wait(60)
    planted.up()
    assert planted.health() and (planted.data / "logs/bodega.log").stat().st_uid != 0
    assert not planted.down()


def test_root_changes_nothing_in_the_data_folder_even_where_root_made_it(planted):
    """The account can put another folder there at any moment: root says what is to be removed, and starts it anew."""
    running = install_as_before(planted, "root")
    wait_for(planted.health, "does not start")
    programs = planted.data / "bin"
    before = state(programs)
    said = planted.up()
    assert f"rm -rf '{programs}'" in said and state(programs) == before
    running.wait(60)
    assert planted.health() and Path(os.readlink(f"/proc/{planted.supervisor}/exe")).parent.parent == planted.programs
    assert not planted.down()
