"""Where webhooks may go, with a DNS server of the test's own: what a name leads to is looked at where the connection is
made, so an answer that changes gains nothing."""

import os
import shutil
import socket
import struct
import threading

import pytest

from instance import Bodega, make_folder, wait_for
from sink import Sink, add, add_product, deliveries

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="another resolv.conf and port 53 take root"
)
ALLOWED, FORBIDDEN, RESOLVER = "127.0.0.2", "127.0.0.3", "127.0.0.153"


class Names(threading.Thread):
    """Answers questions for addresses: each name has a list of answers, of which the last one stays."""

    def __init__(self):
        super().__init__(daemon=True)
        self.answers, self.asked = {}, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((RESOLVER, 53))

    def run(self):
        while True:
            try:
                question, client = self.socket.recvfrom(512)
            except OSError:
                return
            self.socket.sendto(self.answer(question), client)

    def answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack(">H", question[at + 1 : at + 3])[0]
        name = ".".join(labels).lower()
        family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
        found = [address for address in self.next(name, kind) if (":" in address) == (family == socket.AF_INET6)]
        records = b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(data)) + data
            for data in (socket.inet_pton(family, address) for address in found)
        ) if family else b""
        flags = 0x8180 if name in self.answers else 0x8183
        return question[:2] + struct.pack(">HHHHH", flags, 1, len(found), 0, 0) + question[12 : at + 5] + records

    def next(self, name, kind):
        """Both questions of one look-up get the same answer; the next look-up the next one."""
        self.asked.append((name, kind))
        turn = sum(1 for asked in self.asked if asked == (name, kind)) - 1
        answers = self.answers.get(name, [[]])
        return answers[min(turn, len(answers) - 1)]


class Housed(Bodega):
    """An instance whose processes ask the test's own server for names."""

    def up_command(self, *options, **arguments):
        conf = self.folder / "resolv.conf"
        conf.write_text(f"nameserver {RESOLVER}\noptions timeout:5 attempts:2\n")
        conf.chmod(0o644)
        command = super().up_command(*options, **arguments)
        # deploy/up looks for what it needs where it always does; only names are asked for elsewhere.
        script = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", script, "sh", str(conf), *map(str, command)]


@pytest.fixture(scope="module")
def names():
    names = Names()
    names.start()
    yield names
    names.socket.close()


@pytest.fixture(scope="module")
def house(names):
    with Housed(variables={"BODEGA_HTTP_ALLOWED_NETWORKS": f'["{ALLOWED}"]'}, folder=make_folder()) as running:
        running.owns_folder = True
        yield running


@pytest.fixture(scope="module")
def sinks():
    """Where it may go, and one at the same port where it may not."""
    allowed = Sink(ALLOWED)
    forbidden = socket.create_server((FORBIDDEN, allowed.port))
    forbidden.settimeout(0)
    yield allowed, forbidden
    allowed.close()
    forbidden.close()


def is_untouched(listener):
    try:
        listener.accept()
        return False
    except BlockingIOError:
        return True


def last_step(house, webhook):
    [newest, *_] = deliveries(house, webhook)
    found = house.api.get(f"/api/webhooks/{webhook['id']}/deliveries/{newest['id']}").json()
    return found["attempts"][-1]["step"]


def test_a_name_that_changes_is_looked_at_each_time(house, names, sinks):
    allowed, forbidden = sinks
    names.answers["rebind.test"] = [[ALLOWED], [FORBIDDEN]]
    webhook = add(house, allowed.url("/rebind", "rebind.test"), "product.created", enabled=False)
    path = f"/api/webhooks/{webhook['id']}/test"
    assert house.api.post(path).json()["delivered"] is True and allowed.count() == 1
    answer = house.api.post(path).json()
    assert answer["delivered"] is False and "loopback" in answer["error"], answer
    assert last_step(house, webhook) == "refused_address"
    assert allowed.count() == 1 and is_untouched(forbidden)
    assert sum(1 for name, kind in names.asked if (name, kind) == ("rebind.test", 1)) >= 2, "it was asked once"


def test_the_sender_itself_is_no_way_around(house, names, sinks):
    allowed, forbidden = sinks
    # Nothing listens at the first address: the next one of the same answer is tried, and refused.
    names.answers["both.test"] = [["127.0.0.2", FORBIDDEN]]
    with socket.socket() as unused:
        unused.bind((ALLOWED, 0))
        port = unused.getsockname()[1]
    other = socket.create_server((FORBIDDEN, port))
    other.settimeout(0)
    names.answers["late.test"] = [[FORBIDDEN], [ALLOWED]]
    both = add(house, f"http://both.test:{port}/", "product.created")
    late = add(house, allowed.url("/late", "late.test"), "product.created")
    add_product(house, "NAMES-1")
    for webhook in (both, late):
        [failed] = wait_for(lambda: deliveries(house, webhook, status="failed"), "nothing was tried")
        assert failed["response_status"] is None and failed["error"]
    assert last_step(house, late) == "refused_address"
    assert is_untouched(forbidden) and is_untouched(other) and not allowed.requests["/late"]
    other.close()
    for webhook in (both, late):
        assert house.api.delete(f"/api/webhooks/{webhook['id']}").status_code == 204


FORMS = [
    "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "255.255.255.255", "168.63.129.16", "::1", "::", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fd00::1",
    "fe80::1", "ff02::1", "fd00:ec2::254", "2001:db8::1",
]


def test_a_name_is_no_way_around_what_is_refused(house, names, sinks):
    allowed, forbidden = sinks
    webhook = add(house, allowed.url("/", "form.test"), "product.created", enabled=False)
    for form in FORMS:
        names.answers["form.test"] = [[form]]
        answer = house.api.post(f"/api/webhooks/{webhook['id']}/test").json()
        assert answer["delivered"] is False and answer["response_status"] is None, (form, answer)
        # A machine without version 6 has no use for such an answer.
        steps = {"refused_address"} if ":" not in form else {"refused_address", "name", "connect"}
        assert last_step(house, webhook) in steps, (form, answer)
    names.answers.pop("form.test")
    answer = house.api.post(f"/api/webhooks/{webhook['id']}/test").json()
    assert last_step(house, webhook) == "name" and "form.test" in answer["error"]
    assert is_untouched(forbidden)


@pytest.mark.parametrize(
    "url",
    ["http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://0177.0.0.1/", "http://[::ffff:7f00:1]/",
     "http://[64:ff9b::7f00:1]/", "http://a:b@rebind.test/", "http://rebind.test:0/", "file:///etc/passwd",
     "gopher://rebind.test/", "http://b\u00fccher.test/"],
)
def test_what_is_refused_is_said_at_once(house, url):
    answer = house.api.post("/api/webhooks", json={"url": url, "event_types": ["*"]})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "url", answer.text
