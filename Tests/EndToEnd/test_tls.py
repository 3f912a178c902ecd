"""TLS: by Bodega itself and by a proxy in front, as `deploy/proxy.example.conf` has it; who is believed about it."""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess

import pytest
import requests
from playwright.sync_api import expect
from requests.adapters import HTTPAdapter

from instance import EMAIL, PASSWORD, PATIENCE, ROOT, Bodega, as_account, free_port, make_folder, wait_for
from test_browser import browser, log_in  # noqa: F401  (a fixture)

HSTS = "max-age=31536000"
LOGIN = {"email": EMAIL, "password": PASSWORD}


class FromAddress(HTTPAdapter):
    """Connections from one of the machine's own addresses."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


def make_certificate(folder):
    """A self-signed certificate for this machine that the account of the instance may read."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:shop.example,IP:127.0.0.1",
         "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )
    key.chmod(0o644)
    return chain, key


@pytest.fixture(scope="module")
def secure():
    """An instance that speaks TLS itself, and leads there from a plain port."""
    folder = make_folder()
    chain, key = make_certificate(folder)
    plain = free_port()
    instance = Bodega("--certificate", chain, "--certificate-key", key, "--redirect-port", plain, folder=folder)
    instance.url = f"https://localhost:{instance.port}"
    instance.chain, instance.plain = chain, plain
    try:
        with instance:
            yield instance
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fetch(instance, path, **arguments):
    arguments.setdefault("verify", str(getattr(instance, "chain", True)))
    arguments.setdefault("allow_redirects", False)
    return requests.request(arguments.pop("method", "GET"), f"{instance.url}{path}", timeout=PATIENCE, **arguments)


def the_cookie(answer):
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    return name.partition("=")[0], sorted(attributes)


def test_cookies_and_headers_over_tls(secure):
    answer = fetch(secure, "/api/session", method="POST", json=LOGIN)
    assert answer.status_code == 200, answer.text
    assert the_cookie(answer) == ("__Host-bodega_session", ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"])
    token = answer.cookies["__Host-bodega_session"]
    assert fetch(secure, "/api/me", headers={"Cookie": f"__Host-bodega_session={token}"}).status_code == 200
    # The plain name counts for nothing here: a neighbour on the same domain could plant it.
    assert fetch(secure, "/api/me", headers={"Cookie": f"bodega_session={token}"}).status_code == 401
    paths = ["/login", "/", "/api/me", "/api/nothing", "/static/nothing", "/static/bodega.css", "/health", "/%00"]
    for path in paths:
        headers = fetch(secure, path).headers
        assert headers["Strict-Transport-Security"] == HSTS, path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy, path


def test_plain_http_is_led_to_tls(secure):
    for port in (secure.plain, secure.port):
        answer = requests.get(f"http://localhost:{port}/products?q=a%20b", timeout=PATIENCE, allow_redirects=False)
        assert answer.status_code == 301, port
        assert answer.headers["Location"] == f"https://localhost:{secure.port}/products?q=a%20b"
    # What an authority of certificates asks for is shown in plain.
    challenge = secure.data / "acme/.well-known/acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token-1").write_text("proof")
    address = f"http://localhost:{secure.plain}/.well-known/acme-challenge"
    answer = requests.get(f"{address}/token-1", timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (200, "proof")
    for path in ("..%2f..%2fbodega.db", "%2e%2e/%2e%2e/bodega.db", "..%2f..%2fsecrets"):
        assert requests.get(f"{address}/{path}", timeout=PATIENCE, allow_redirects=False).status_code != 200, path


def test_only_modern_encryption(secure):
    def shake(**limits):
        context = ssl.create_default_context(cafile=secure.chain)
        context.set_alpn_protocols(["h2", "http/1.1"])
        for name, value in limits.items():
            setattr(context, name, value)
        with socket.create_connection(("127.0.0.1", secure.port), timeout=PATIENCE) as raw:
            with context.wrap_socket(raw, server_hostname="localhost") as wrapped:
                return wrapped.version(), wrapped.cipher()[0], wrapped.selected_alpn_protocol()

    assert shake()[0] == "TLSv1.3" and shake()[2] == "h2"
    version, cipher, _ = shake(maximum_version=ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2" and re.match("ECDHE-ECDSA-(AES|CHACHA)", cipher), cipher
    weak = ssl.create_default_context(cafile=secure.chain)
    weak.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", secure.port), timeout=PATIENCE) as raw, pytest.raises(ssl.SSLError):
        weak.wrap_socket(raw, server_hostname="localhost")


def test_a_renewed_certificate_is_taken_without_a_stop(secure):
    def served():
        return ssl.get_server_certificate(("127.0.0.1", secure.port))

    before = served()
    supervisor = secure.supervisor
    make_certificate(secure.folder)
    secure.up()
    wait_for(lambda: served() != before, "the old certificate is still served")
    assert secure.supervisor == supervisor


def test_the_browser_logs_in_over_tls(secure, browser):  # noqa: F811
    context = browser.new_context(base_url=secure.url, ignore_https_errors=True)
    page = context.new_page()
    log_in(page)
    expect(page.locator("h1")).to_have_text("Home")
    (cookie,) = context.cookies()
    assert cookie["name"] == "__Host-bodega_session" and cookie["secure"] and cookie["httpOnly"]
    assert (cookie["path"], cookie["domain"], cookie["sameSite"]) == ("/", "localhost", "Lax")
    page.goto("/products/new")
    page.get_by_label("SKU").fill("tls-1")
    page.get_by_label("Name").fill("By TLS")
    page.get_by_role("button", name="Create product").click()
    expect(page.locator("h1")).to_contain_text("By TLS")
    context.close()


# Behind a proxy

PROXY = "127.0.0.9"


@contextlib.contextmanager
def proxy(instance):
    """The example, on ports of this test; it reaches Bodega from an address of its own."""
    folder = make_folder()
    chain, key = make_certificate(folder)
    port, plain = free_port(), free_port()
    site = (ROOT / "deploy/proxy.example.conf").read_text()
    changes = [
        (r"listen 443 ", f"listen 127.0.0.1:{port} "), (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"/etc/letsencrypt/\S+/fullchain\.pem", str(chain)), (r"/etc/letsencrypt/\S+/privkey\.pem", str(key)),
        (r"(?<=proxy_pass http://)127\.0\.0\.1:8080;", f"127.0.0.1:{instance.port};\n        proxy_bind {PROXY};"),
    ]
    for pattern, replacement in changes:
        site, count = re.subn(pattern, replacement, site)
        assert count >= 1, pattern
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{site}}}\n"
    )
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "bodega:bodega", folder], check=True)
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    files = ["-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    process = subprocess.Popen([*as_account(), nginx, *files])
    try:
        wait_for(lambda: open_port(port), "the proxy does not listen")
        yield port, plain, chain
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def open_port(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


def test_a_proxy_is_believed_and_nobody_else(fresh, browser):  # noqa: F811
    instance = fresh("--address", "127.0.0.1", "--public-url", "https://shop.example", "--trusted-proxies", PROXY)
    with proxy(instance) as (port, plain, chain):
        address = f"https://localhost:{port}"
        client = requests.Session()
        client.mount("https://", FromAddress("127.0.0.3"))
        client.verify = str(chain)
        # Else a bundle that the environment names goes before ours.
        client.trust_env = False
        answer = client.post(f"{address}/api/session", json=LOGIN, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        assert the_cookie(answer) == ("__Host-bodega_session", ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"])
        assert answer.headers["Strict-Transport-Security"] == HSTS
        # The one who asks is the client, not the proxy, whatever the client says.
        forged = {"X-Forwarded-For": "203.0.113.7"}
        cookie = {"Cookie": f"__Host-bodega_session={answer.cookies['__Host-bodega_session']}"}
        sessions = client.get(f"{address}/api/sessions", headers=forged | cookie, timeout=PATIENCE).json()["items"]
        assert [session["ip"] for session in sessions] == ["127.0.0.3"]
        answer = requests.get(f"http://127.0.0.1:{plain}/jobs?x=1", timeout=PATIENCE, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (301, "https://shop.example/jobs?x=1")
        # Pages, forms and live parts work through it.
        context = browser.new_context(base_url=address, ignore_https_errors=True)
        page = context.new_page()
        log_in(page)
        page.goto("/imports")
        instance.import_file("sku,name\nproxied-1,Through it\n", filename="through.csv")
        expect(page.get_by_role("link", name="through.csv", exact=True)).to_be_visible()
        context.close()
    # Who writes the headers without being that proxy is what the connection says.
    lies = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7"}
    answer = requests.post(f"{instance.url}/api/session", json=LOGIN, headers=lies, timeout=PATIENCE)
    assert the_cookie(answer) == ("bodega_session", ["HttpOnly", "Path=/", "SameSite=Lax"])
    assert "Strict-Transport-Security" not in answer.headers
    sessions = requests.get(f"{instance.url}/api/sessions", cookies=answer.cookies, headers=lies, timeout=PATIENCE)
    assert {session["ip"] for session in sessions.json()["items"]} == {"127.0.0.3", "127.0.0.1"}
