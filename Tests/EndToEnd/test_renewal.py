"""Starting over: another version, one that cannot start, two at once; what ran goes on until the next has answered."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest
import requests

from instance import ROOT, as_account, program, wait_for


def programs(instance):
    return instance.executable.parent


def linked(instance):
    """The version to which the link leads that everybody uses."""
    return os.readlink(programs(instance) / "bodega")


@contextlib.contextmanager
def another_program(instance, script):
    """A version of which a person thinks that it is one: a script in front of the true program."""
    path = instance.folder / "another"
    if path.exists():
        path.unlink()
    true = instance.folder / "true-program"
    shutil.copy(program(), true)
    true.chmod(0o755)
    shutil.copytree(ROOT / "static", instance.folder / "static", dirs_exist_ok=True)
    path.write_text(f'#!/bin/sh\nprogram={true}\nexport BODEGA_STATIC_FOLDER={instance.folder}/static\n{script}\nexec "$program" "$@"\n')
    path.chmod(0o755)
    before = os.environ.get("BODEGA_PROGRAM")
    os.environ["BODEGA_PROGRAM"] = str(path)
    try:
        yield path
    finally:
        os.environ.pop("BODEGA_PROGRAM")
        if before:
            os.environ["BODEGA_PROGRAM"] = before


@contextlib.contextmanager
def asked_all_the_time(instance):
    """Collects every answer that is not 200 while the block runs."""
    stop, failures, count = threading.Event(), [], [0]

    def ask():
        session = requests.Session()
        while not stop.is_set():
            try:
                answer = session.get(f"{instance.url}/login", timeout=20)
                if answer.status_code != 200:
                    failures.append(answer.status_code)
            except requests.RequestException as error:
                failures.append(repr(error))
            count[0] += 1
            time.sleep(0.005)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield failures
        at = count[0]
        wait_for(lambda: count[0] > at + 3, "nobody answers")
    finally:
        stop.set()
        asking.join()


def goes_on(instance, supervisor, roles):
    assert instance.supervisor == supervisor and instance.health(), instance.log_end()
    wait_for(lambda: sorted(process.role for process in instance.processes()) == roles,
             lambda: f"not as before: {instance.processes()}")
    assert not instance.orphans()


def roles_of(instance):
    return sorted(process.role for process in instance.processes())


def test_an_interrupted_update_leaves_the_link_at_what_runs(fresh):
    """The program takes over although deploy/up was stopped: the next reload must not bring the former back."""
    instance = fresh()
    before, pid_file = linked(instance), instance.data / "bodega.pid"
    new = instance.folder / "new"
    shutil.copy(program(), new)
    with new.open("ab") as file:
        file.write(b"\n")
    new.chmod(0o755)
    up = subprocess.Popen(
        instance.up_command(executable=new), env=instance.up_environment(), stdin=subprocess.DEVNULL, start_new_session=True,
    )
    wait_for(lambda: "trying" in pid_file.read_text(), "never tried", every=0.002)
    up.send_signal(signal.SIGTERM)
    up.wait(120)
    wait_for(lambda: pid_file.read_text().splitlines()[2:] == ["ready", "1 done"], pid_file.read_text)
    runs = os.path.basename(os.readlink(f"/proc/{instance.supervisor}/exe"))
    assert linked(instance) == runs != before
    assert instance.run("serve", "--reload").returncode == 0
    assert os.path.basename(os.readlink(f"/proc/{instance.supervisor}/exe")) == runs and instance.health()


@pytest.mark.parametrize("script, reason", [
    # An older program on a newer database, and so on: the schema cannot be brought up to date.
    ('[ "$1" != migrate ] || { echo "bodega migrate: refused on purpose" >&2; exit 1; }', "refused on purpose"),
    # It answers nothing.
    ('case "$1 $2" in "serve --check") echo "bodega serve: It does not start." >&2; exit 1;; esac', "does not start"),
    ("exit 139", None),
])
def test_a_refused_update_changes_nothing(fresh, script, reason):
    instance = fresh()
    instance.import_file("sku,name\nkeep,Kept\n")
    before, supervisor, roles = linked(instance), instance.supervisor, roles_of(instance)
    with asked_all_the_time(instance) as failures:
        with another_program(instance, script):
            ended = instance.run_up()
        assert ended.returncode != 0 and (reason or "") in ended.stderr, ended
        assert linked(instance) == before and not (programs(instance) / "next").is_symlink()
        # What was refused does not come in through the other door either.
        assert instance.run("serve", "--reload").returncode == 0
        goes_on(instance, supervisor, roles)
    assert failures == []
    assert instance.digest()["products"] == 1
    instance.up()
    assert instance.supervisor == supervisor


def put_in_place(instance, name, content, mode=0o755):
    """Another program as an update puts it into place, and the link moved to it, as somebody without care does."""
    path = programs(instance) / name
    path.write_bytes(content)
    path.chmod(mode)
    static = programs(instance) / name.replace("bodega-", "static-")
    shutil.copytree(ROOT / "static", static, dirs_exist_ok=True)
    link = programs(instance) / "link"
    link.symlink_to(name)
    link.rename(programs(instance) / "bodega")


@pytest.mark.parametrize("content", [
    b"", b"#!/bin/sh\nexit 1\n", b"#!/bin/sh\nkill -SEGV $$\n", b"#!/bin/sh\nexec sleep 600\n", "half", b"\x7fELF\x02\x01\x01",
], ids=["empty", "fails", "crashes", "hangs", "cut off", "no program"])
def test_sighup_to_a_program_that_cannot_start(fresh, content):
    """The old one goes on; the order is refused, and /health and the log say so."""
    if content == "half":
        content = program().read_bytes()[: program().stat().st_size // 8]
    instance = fresh(variables={"BODEGA_HANG_TIMEOUT": "2"})
    supervisor, roles, before = instance.supervisor, roles_of(instance), linked(instance)
    put_in_place(instance, "bodega-0123456789ab", content)
    with asked_all_the_time(instance) as failures:
        os.kill(supervisor, signal.SIGHUP)
        wait_for(lambda: "the next program was refused" in (instance.data / "logs/bodega.log").read_text(), instance.log_end)
        goes_on(instance, supervisor, roles)
    assert failures == []
    check = wait_for(lambda: instance.health().json()["checks"].get("update_refused"), "not said")
    assert check["status"] == "degraded" and "deploy/up" in check["detail"]
    assert instance.import_file("sku,name\nafter,After\n")["status"] == "completed"
    # And a good one is taken, which ends the warning.
    instance.up()
    assert instance.supervisor == supervisor and linked(instance) == before
    wait_for(lambda: "update_refused" not in instance.health().json()["checks"], "still said")


def test_a_program_that_fails_after_the_handover_gives_it_back(fresh):
    """It answers when it is tried, and fails when it has everything: the one before takes it again."""
    instance = fresh()
    supervisor, roles = instance.supervisor, roles_of(instance)
    put_in_place(instance, "bodega-0123456789ab", program().read_bytes())
    # Without its static files it cannot start; they go when it was tried.
    log = instance.data / "logs/bodega.log"
    with asked_all_the_time(instance) as failures:
        trial = instance.data / "nginx/check/nginx.conf"
        trial.unlink(missing_ok=True)
        static = programs(instance) / "static-0123456789ab"

        def remove():
            wait_for(trial.exists, "not tried", every=0.0005)
            static.rename(static.with_name("away"))

        removing = threading.Thread(target=remove)
        removing.start()
        os.kill(supervisor, signal.SIGHUP)
        removing.join()
        wait_for(lambda: "the one before goes on" in log.read_text(), instance.log_end)
        goes_on(instance, supervisor, roles)
    assert failures == []
    assert "0123456789ab" not in os.readlink(f"/proc/{supervisor}/exe")


@pytest.mark.parametrize("what", ["program", "files", "both"])
def test_a_damaged_program_or_its_files_are_replaced(fresh, what):
    instance = fresh()
    assert not instance.down()
    version = instance.executable.resolve()
    whole = version.read_bytes()
    static = version.with_name(version.name.replace("bodega-", "static-"))
    sheet = next(path for path in static.rglob("*.css"))
    sheet_whole = sheet.read_bytes()
    if what != "files":
        version.write_bytes(whole[: len(whole) // 3])
    if what != "program":
        sheet.write_bytes(b"")
    instance.up()
    assert version.read_bytes() == whole and sheet.read_bytes() == sheet_whole
    assert instance.health()


# The data folder


def test_without_its_pid_file_it_is_found(fresh):
    """There is no second one on the folder, deploy/up and deploy/down find it, and nothing is left behind."""
    instance = fresh()
    supervisor, roles = instance.supervisor, roles_of(instance)
    file = instance.data / "bodega.pid"
    file.unlink()
    second = instance.run("serve", "--port", instance.port + 1, check=False)
    assert second.returncode == 1 and "runs already" in second.stderr, second
    wait_for(lambda: file.exists() and file.read_text(), "not made anew")
    goes_on(instance, supervisor, roles)
    file.unlink()
    instance.up()
    assert not instance.orphans() and len(instance.pids("serve")) == 1
    (instance.data / "bodega.pid").unlink()
    # At once, before it is made anew.
    assert not instance.down()


def test_two_updates_of_the_schema_at_once(fresh):
    instance = fresh()
    assert not instance.down()
    for name in instance.data.glob("bodega.db*"):
        name.unlink()
    command = [*as_account(), str(instance.executable), "migrate", "up", "--data", str(instance.data)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * 4, said
    applied = [line for out, _ in said for line in out.splitlines() if line.startswith("applied: ")]
    assert applied and len(applied) == len(set(applied)), said
    assert instance.run("migrate", "check").stdout == ""


def test_one_that_waits_for_the_schema_says_so(fresh):
    instance = fresh()
    gate = instance.data / "bodega.db-gate-migrate"
    holder = subprocess.Popen([*as_account(), "flock", "--no-fork", gate, "sleep", "600"])
    try:
        wait_for(lambda: subprocess.run(["flock", "-n", gate, "true"]).returncode != 0, "not held")
        command = [*as_account(), str(instance.executable), "migrate", "up", "--data", str(instance.data)]
        waiting = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert "waiting for its end" in waiting.stderr.readline()
        assert waiting.poll() is None
    finally:
        holder.kill()
        holder.wait()
    assert waiting.wait(60) == 0


def test_two_deploy_ups_at_once(fresh):
    instance = fresh()
    supervisor = instance.supervisor
    ended = []
    threads = [threading.Thread(target=lambda: ended.append(instance.run_up())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.returncode for one in ended] == [0, 0], ended
    assert instance.supervisor == supervisor and instance.health() and not instance.orphans()
