"""What people do on the pages, in headless Chromium, with and without script. All pages one by one: test_pages.py."""

import contextlib
import os
import random
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from instance import EMAIL, PASSWORD, PATIENCE, held_worker

CHROMIUM = os.environ.get("BODEGA_CHROMIUM", "/usr/bin/chromium")
SIZES = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 360, "height": 740}}
SHOTS = os.environ.get("BODEGA_SHOTS")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # As root Chromium has no sandbox.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


def watch(page, complaints):
    """Collects what the console and the network complain about; violations of the CSP are console errors."""
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(
        f"{message.text} {message.location.get('url', '')}".rstrip()))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # From the beginning: a chooser that is asked for just before the key that opens it may miss it.
    page.on("filechooser", lambda _: None)
    page.on("response", lambda answer: answer.status >= 500 and complaints.append(f"{answer.status} {answer.url}"))


@contextlib.contextmanager
def visitor(browser, instance, logs_in=True, expected=(), **options):
    """A browser window of one's own; at its end nothing may have been complained about but what was expected."""
    options.setdefault("viewport", SIZES["wide"])
    context = browser.new_context(base_url=instance.url, **options)
    context.set_default_timeout(PATIENCE * 1000)
    complaints = []
    context.on("page", lambda page: watch(page, complaints))
    page = context.new_page()
    try:
        if logs_in:
            log_in(page)
        yield page
    finally:
        context.close()
    unexpected = [text for text in complaints if not any(word in text for word in expected)]
    assert unexpected == []


def log_in(page, path="/"):
    page.goto(path)
    page.get_by_label("Email address or username").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/login" not in address)


def shoot(page, name):
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def product_file(folder, rows, prefix):
    chance = random.Random(rows)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvwz", k=chance.randrange(3, 10))) for _ in range(5000)]
    path = folder / f"{prefix}.csv"
    with path.open("w") as file:
        file.write("SKU,Name,Description,Price,Shelf\n")
        for number in range(rows):
            price = "none" if number % 1000 == 999 else f"{number % 500}.50"
            name = f"Quetzal {number}" if number % (rows // 10) == 0 else " ".join(chance.choices(words, k=3)).title()
            file.write(f"{prefix}-{number:06},{name},{' '.join(chance.choices(words, k=10))},{price},A{number % 7}\n")
    return path


def figure(page, field):
    text = page.locator(f"[data-field={field}]").first.text_content()
    return int(re.sub(r"\D", "", text) or 0)


# The main job


def test_drop_a_file_and_watch_it(bodega, browser, tmp_path):
    """Log in, drop 300,000 rows, see the figures move without a reload, search the catalogue, edit what is found."""
    rows = 300_000
    path = product_file(tmp_path, rows, "drop")
    with visitor(browser, bodega) as page:
        page.goto("/imports")
        skip_review(page)
        # A real drop: the file goes through the browser's own DataTransfer to where the mouse is.
        page.evaluate("""() => {
            const input = Object.assign(document.createElement('input'), {type: 'file', id: 'courier'});
            document.body.append(input);
        }""")
        page.set_input_files("#courier", path)
        # They take two seconds, and wait until somebody is watching.
        with held_worker(bodega) as go_on:
            page.evaluate("""() => {
                const data = new DataTransfer();
                data.items.add(document.querySelector('#courier').files[0]);
                const zone = document.querySelector('.drop-zone');
                for (const type of ['dragenter', 'dragover', 'drop']) {
                    zone.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
                }
            }""")
            page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
            page.evaluate("() => { window.isTheSamePage = true; }")
            shoot(page, "import-running")
            go_on()
        # The figures are looked at from inside the page, as they change.
        seen = page.evaluate("""() => new Promise((done) => {
            const seen = [], end = Date.now() + 60000;
            (function look() {
                const text = document.querySelector('[data-field=processed_rows]')?.textContent.replace(/\\D/g, '') ?? '';
                if (text && Number(text) !== seen.at(-1)) seen.push(Number(text));
                const status = document.querySelector('[data-job]')?.dataset.status;
                if (status === 'completed' || status === 'failed' || Date.now() > end) done(seen);
                else setTimeout(look, 20);
            })();
        })""")
        assert seen == sorted(seen) and any(0 < count < rows for count in seen), seen
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")
        assert page.evaluate("() => window.isTheSamePage") is True, "the page was loaded again"
        assert figure(page, "created_rows") == rows - 300 and figure(page, "failed_rows") == 300
        assert figure(page, "processed_rows") == rows
        expect(page.get_by_text("Shelf")).to_be_visible()
        shoot(page, "import-after-drop")

        page.goto("/products")
        search = page.get_by_label("Search products")
        search.fill("quetz")
        search.press("Enter")
        expect(page.locator("tbody tr")).to_have_count(10)
        page.locator("tbody a").first.click()
        page.get_by_label("Name").fill("Renamed by hand")
        page.get_by_role("button", name="Save changes").click()
        expect(page.locator("h1")).to_contain_text("Renamed by hand")
        # Rows may be live before they can be found; two seconds is the promise.
        for _ in range(10):
            page.goto("/products?q=renamed+hand")
            if page.locator("tbody tr").count() == 1:
                break
            page.wait_for_timeout(200)
        expect(page.locator("tbody tr")).to_have_count(1)


def test_choose_several_files(bodega, browser, tmp_path):
    """One request a file; each line leads to its import."""
    paths = [product_file(tmp_path, 50, f"several-{number}") for number in range(3)]
    refused = tmp_path / "photo.csv"
    refused.write_bytes(b"\xff\xd8\xff\xe0 a photograph under another name")
    with visitor(browser, bodega, expected=("415",)) as page:
        page.goto("/imports")
        skip_review(page)
        page.set_input_files("input[type=file]", [*paths, refused])
        expect(page.locator("[data-uploads] a")).to_have_count(3)
        expect(page.locator("[data-uploads] .failed")).to_contain_text("picture")
        shoot(page, "uploads")
        expect(page.get_by_role("table", name="Imports").get_by_role("link", name="several-1.csv")).to_be_visible()
        page.locator("[data-uploads] a").first.click()
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")


def test_the_main_job_without_script(bodega, browser, tmp_path):
    """A plain form, a page that refreshes itself, a search that is a form."""
    path = product_file(tmp_path, 100_000, "plain")
    with visitor(browser, bodega, java_script_enabled=False) as page:
        page.goto("/imports")
        skip_review(page)
        page.set_input_files("input[type=file]", path)
        page.get_by_role("button", name="Upload and import").click()
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        loads = []
        page.on("load", lambda _: loads.append(page.url))
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")
        assert loads, "the page did not refresh itself"
        assert figure(page, "created_rows") == 99_900
        page.goto("/products")
        page.get_by_label("Search products").fill("quetz")
        page.get_by_label("Search products").press("Enter")
        page.wait_for_url(re.compile("q=quetz"))
        assert page.locator("tbody tr").count() >= 10
        page.goto("/products/new")
        page.get_by_label("SKU").fill("by-hand-1")
        page.get_by_label("Name").fill("Made by hand")
        page.get_by_role("button", name="Create product").click()
        expect(page.locator("h1")).to_contain_text("Made by hand")
        page.get_by_role("link", name="Delete product").click()
        page.get_by_role("button", name="Delete").click()
        page.goto("/products?sku=by-hand-1")
        expect(page.locator("tbody tr")).to_have_count(0)
        page.goto("/")
        page.get_by_role("button", name="Log out").first.click()
        page.wait_for_url(re.compile("/login"))


def test_a_refused_upload_without_script(bodega, browser, tmp_path):
    path = tmp_path / "picture.csv"
    path.write_bytes(bytes.fromhex("ffd8ffe000104a4649460001") + bytes(500))
    with visitor(browser, bodega, java_script_enabled=False, expected=("415",)) as page:
        page.goto("/imports")
        page.set_input_files("input[type=file]", path)
        page.get_by_role("button", name="Upload and import").click()
        expect(page.locator(".field-error")).to_contain_text("not a table")
        shoot(page, "upload-refused")


def skip_review(page):
    """Has the next upload imported at once; test_plan.py looks at the plan."""
    page.get_by_label("Show me what will change").uncheck()


def set_hidden(page, hidden):
    """What a browser does to a tab when another one is chosen; Playwright keeps all of them visible."""
    page.evaluate("""(hidden) => {
        Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        Object.defineProperty(document, 'visibilityState', {value: hidden ? 'hidden' : 'visible', configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    }""", hidden)


def test_ten_open_job_pages_do_not_block_an_eleventh(bodega, browser, tmp_path):
    """HTTP/1.1 gives a browser six connections to one host: tabs that nobody sees hold none."""
    path = product_file(tmp_path, 120_000, "tabs")
    job_id = bodega.api.upload(path)["job_id"]
    with visitor(browser, bodega) as page:
        tabs = []
        for number in range(10):
            tab = page.context.new_page()
            tab.goto(f"/imports/{job_id}" if number % 2 else "/jobs", wait_until="domcontentloaded")
            tab.wait_for_function("() => document.querySelector('[data-region]') !== null")
            set_hidden(tab, True)
            tabs.append(tab)
        eleventh = page.context.new_page()
        eleventh.goto("/products")
        expect(eleventh.locator("h1")).to_contain_text("Products")
        eleventh.goto(f"/imports/{job_id}")
        expect(eleventh.locator("[data-job]")).to_have_attribute("data-status", "completed")
        set_hidden(eleventh, True)
        for tab in tabs:
            # Back in front it catches up with what it missed.
            set_hidden(tab, False)
            expect(tab.locator(f'[data-job="{job_id}"]').first).to_have_attribute("data-status", "completed")
            set_hidden(tab, True)


SHOWN_MEANWHILE = """() => {
    // Whenever the page is fetched, and so at the end of its stream, it is shown again as after going back; what it
    // then opens has to wait for another page.
    const fetched = window.fetch;
    window.releases = [];
    window.fetch = (...words) => {
        const region = document.querySelector('[data-stream]');
        if (region) {
            window.stream = `bodega ${new URL(region.dataset.stream, location.href).pathname}`;
            navigator.locks.request(window.stream, () => new Promise((release) => window.releases.push(release)));
            window.dispatchEvent(new Event('pageshow'));
        }
        return fetched(...words);
    };
    // Resolves when every turn has come.
    window.letGo = () => {
        const last = navigator.locks.request(window.stream, () => null);
        const timer = setInterval(() => window.releases.forEach((release) => release()), 10);
        return last.finally(() => clearInterval(timer));
    };
}"""


def test_a_page_that_is_shown_while_its_job_ends_asks_for_nothing_more(bodega, browser, tmp_path):
    text = product_file(tmp_path, 150_000, "shown").read_bytes()
    with visitor(browser, bodega) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        with held_worker(bodega) as go_on:
            job_id = bodega.api.upload(text)["job_id"]
            with page.expect_request(lambda request: "/events" in request.url):
                page.goto(f"/imports/{job_id}")
            page.evaluate(SHOWN_MEANWHILE)
            assert bodega.api.post(f"/api/jobs/{job_id}/cancel").status_code == 202
            go_on()
        page.wait_for_function("() => window.stream && !document.querySelector('[data-stream]')")
        page.evaluate("() => window.letGo().then(() => new Promise((done) => setTimeout(done, 100)))")
        assert not [url for url in asked if url.endswith("/null") or "/null?" in url], asked


def test_two_editors_of_one_product(bodega, browser):
    made = bodega.api.post("/api/products", json={"sku": "conflict-1", "name": "Before"}).json()
    with visitor(browser, bodega, expected=("409", "412")) as page:
        page.goto(f"/products/{made['id']}")
        assert bodega.api.patch(f"/api/products/{made['id']}", json={"name": "Theirs"}).status_code == 200
        page.get_by_label("Name").fill("Mine")
        page.get_by_role("button", name="Save changes").click()
        expect(page.get_by_text("Another user changed this product meanwhile.")).to_be_visible()
        expect(page.get_by_label("Name")).to_have_value("Mine")
        shoot(page, "product-conflict")
        page.get_by_role("button", name="Save my values over theirs").click()
        expect(page.locator("h1")).to_contain_text("Mine")


def test_wrong_entries_stand_at_their_fields(bodega, browser):
    with visitor(browser, bodega, expected=("422", "401")) as page:
        page.goto("/products/new")
        page.get_by_label("SKU").fill("errors-1")
        page.get_by_label("Name").fill("Something")
        page.locator("input[name=price]").fill("cheap")
        page.get_by_role("button", name="Create product").click()
        expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()
        expect(page.locator("input[name=price]")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("Name")).to_have_value("Something")
        shoot(page, "product-errors")
    with visitor(browser, bodega, logs_in=False, expected=("401",)) as page:
        page.goto("/login")
        page.get_by_label("Email address or username").fill(EMAIL)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_be_visible()


# People


def test_a_new_user_comes_in_by_link(bodega, browser):
    """An administrator makes a user, who sets a password without script, looks around and is shut out again."""
    with visitor(browser, bodega) as page, visitor(browser, bodega, logs_in=False, java_script_enabled=False,
                                                   expected=("422", "401", "403")) as other:
        page.goto("/users")
        page.get_by_role("link", name="New user").click()
        page.get_by_label("Email address").fill("nina@example.com")
        page.get_by_label("Role").select_option("editor")
        page.get_by_role("button", name="Create user").click()
        link = page.get_by_label("Password link").input_value()
        expect(page.get_by_role("button", name="Copy")).to_be_visible()
        shoot(page, "user-link")

        other.goto(link)
        other.get_by_label("New password", exact=True).fill("password1234")
        other.get_by_label("New password, once more").fill("password1234")
        other.get_by_role("button", name="Set password").click()
        expect(other.get_by_role("alert")).to_contain_text("guessed first")
        shoot(other, "reset-refused")
        other.get_by_label("New password", exact=True).fill("seven quiet lamps")
        other.get_by_label("New password, once more").fill("seven quiet lamps")
        other.get_by_role("button", name="Set password").click()
        expect(other.get_by_text("Your password was set.")).to_be_visible()
        other.get_by_label("Email address or username").fill("nina@example.com")
        other.get_by_label("Password").fill("seven quiet lamps")
        other.get_by_role("button", name="Log in").click()
        other.wait_for_url(lambda address: "/login" not in address)
        assert other.goto("/users").status == 403
        other.goto("/profile")
        other.get_by_label("First name").fill("Nina")
        other.get_by_role("button", name="Save changes").click()
        expect(other.get_by_text("Your changes were saved.")).to_be_visible()
        expect(other.get_by_role("table", name="Your sessions")).to_contain_text("This one")

        page.goto("/users?q=nina")
        page.get_by_role("link", name="nina@example.com").click()
        page.get_by_role("link", name="Deactivate user").click()
        expect(page.get_by_text("1 session and 0 tokens end")).to_be_visible()
        page.get_by_role("button", name="Deactivate user").click()
        expect(page.get_by_text("logged out everywhere")).to_be_visible()
        other.goto("/profile")
        assert "/login" in other.url


def test_a_token_by_hand(bodega, browser):
    """Made, shown once, rotated and revoked, with keys alone."""
    with visitor(browser, bodega) as page:
        page.goto("/tokens/new")
        page.get_by_label("Name").fill("Keyboard only")
        page.get_by_label("read:products").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Create token").focus()
        page.keyboard.press("Enter")
        secret = page.get_by_label("Secret").input_value()
        assert secret.startswith("bodega_")
        shoot(page, "token-secret")
        page.get_by_role("link", name="I have copied it").click()
        assert secret not in page.content()
        row = page.get_by_role("row", name="Keyboard only")
        row.get_by_role("link", name="Rotate").click()
        page.get_by_role("button", name="Rotate token").click()
        assert page.get_by_label("Secret").input_value() != secret
        page.goto("/tokens")
        page.get_by_role("row", name="Keyboard only").get_by_role("link", name="Revoke").click()
        page.get_by_role("button", name="Revoke token").click()
        expect(page.get_by_text("The token was revoked.")).to_be_visible()
        expect(page.get_by_role("row", name="Keyboard only")).to_contain_text("Revoked")


def test_an_empty_shop(fresh, browser):
    """Every list says what to do when there is nothing on it."""
    instance = fresh()
    with visitor(browser, instance) as page:
        for name, path in (("home", "/"), ("imports", "/imports"), ("jobs", "/jobs"), ("products", "/products"),
                           ("users", "/users"), ("tokens", "/tokens"), ("profile", "/profile"),
                           ("profiles", "/imports/profiles")):
            page.goto(path)
            expect(page.locator("h1")).to_have_count(1)
            results = Axe().run(page)
            assert results.violations_count == 0, results.generate_report()
            shoot(page, f"empty-{name}")
