"""All pages as people meet them: judged by axe, by keyboard alone, without script, on paper, in other zones."""

import contextlib
import re
import socket
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError, expect

from gallery import VIEWER, Gallery, View
from instance import EMAIL, LONG, PASSWORD, PATIENCE
from test_browser import SIZES, browser, shoot, visitor, watch  # noqa: F401  (a fixture)

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What passes is not listed, which is most of the time on a long page.
    "resultTypes": ["violations"],
}
PAPER = {"width": 718, "height": 1000}


@pytest.fixture(scope="module")
def shop(bodega):
    return Gallery(bodega)


@pytest.fixture(scope="module")
def sessions(shop, browser):  # noqa: F811
    """What a browser knows after a login, by role."""
    known = {None: None}
    for who, (name, password) in {"admin": (EMAIL, PASSWORD), "viewer": VIEWER}.items():
        context = browser.new_context(base_url=shop.instance.url)
        page = context.new_page()
        page.goto("/login")
        page.get_by_label("Email address or username").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda address: "/login" not in address)
        known[who] = context.storage_state()
        context.close()
    return known


@pytest.fixture(scope="module")
def views(shop):
    """The gallery, and every page without a parameter that is not in it yet."""
    known = {view.path for view in shop.views}
    plain = [path for path in page_routes(shop.instance) if "{" not in path and path not in known]
    return shop.views + [View(path.strip("/").replace("/", "-"), path) for path in plain]


def page_routes(instance):
    """The paths of all pages, from the table that the program itself works by."""
    lines = [line.split("\t") for line in output(instance, "routes").splitlines()]
    return [
        path for method, path, *_ in lines
        if method == "GET" and (path == "/api/docs" or not re.match("/(api|health|metrics)(/|$)", path))
    ]


def output(instance, *words):
    return subprocess.run([instance.executable, *words], capture_output=True, text=True, check=True).stdout


def test_no_page_is_left_out(shop):
    """A page with a parameter needs an example in the gallery."""
    shown = [view.path.split("?")[0] for view in shop.views if view.status == 200]
    missing = []
    for path in page_routes(shop.instance):
        parts = [re.escape(part) for part in re.split(r"\{[^}]+\}", path)]
        if "{" in path and not any(re.fullmatch("[^/]+".join(parts), seen) for seen in shown):
            missing.append(path)
    assert missing == []


# Each size and each scheme once; a long run has all their pairs.
LOOKS = [(size, scheme) for size in SIZES for scheme in ("light", "dark")
         if LONG or (size == "wide") == (scheme == "light")]


@pytest.mark.parametrize("size, scheme", LOOKS, ids=["-".join(look) for look in LOOKS])
def test_every_page_is_accessible(shop, views, sessions, browser, size, scheme):  # noqa: F811
    """axe finds nothing, nothing overflows, nothing is complained about."""
    faults, complaints = [], []
    pages = {}
    for who, state in sessions.items():
        context = browser.new_context(
            base_url=shop.instance.url, viewport=SIZES[size], color_scheme=scheme, storage_state=state
        )
        pages[who] = context.new_page()
        watch(pages[who], complaints)
    for view in views:
        page = pages[view.who]
        answer = page.goto(view.path)
        if answer.status != view.status:
            faults.append(f"{view.name}: {answer.status}")
        found = Axe().run(page, options=RULES).response["violations"]
        faults += [f"{view.name}: {fault['id']}: {fault['help']}: {node['html'][:160]}"
                   for fault in found for node in fault["nodes"]]
        wider, headings = page.evaluate("""() => [
            document.documentElement.scrollWidth - document.documentElement.clientWidth,
            document.querySelectorAll('h1').length,
        ]""")
        if wider > 0:
            faults.append(f"{view.name}: the page is {wider} pixels wider than the window")
        if headings != 1:
            faults.append(f"{view.name}: {headings} first headings")
        shoot(page, f"{view.name}-{size}-{scheme}")
        if (size, scheme) == ("wide", "light"):
            faults += too_wide(page, view)
    for page in pages.values():
        page.context.close()
    # The console repeats the statuses of refusals, which are looked at above.
    faults += [text for text in complaints if not re.search("status of (40[034]|410)", text)]
    assert faults == [], "\n".join(faults[:100])


def too_wide(page, view):
    """The widths between those that are looked at: where columns give way, and where there is more room than needed."""
    before = page.viewport_size
    for width in (820, 1024, 1100, 1440, 2200):
        page.set_viewport_size({"width": width, "height": 900})
        wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            yield f"{view.name}: at {width} pixels the page is {wider} pixels wider than the window"
    page.set_viewport_size(before)


# Keys


def test_shortcuts(shop, browser):  # noqa: F811
    with visitor(browser, shop.instance) as page:
        page.goto("/")
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
        expect(dialog).to_be_visible()
        assert Axe().run(page, options=RULES).violations_count == 0
        shoot(page, "shortcuts-dialog")
        # The focus stays in it: what is behind cannot be reached.
        for _ in range(6):
            page.keyboard.press("Tab")
            assert page.evaluate("""() => document.activeElement === document.body
                || document.activeElement.closest('dialog') !== null""")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()

        page.keyboard.press("g")
        page.keyboard.press("p")
        page.wait_for_url("**/products")
        page.keyboard.press("/")
        search = page.get_by_label("Search products")
        expect(search).to_be_focused()
        page.keyboard.type("gpn?")
        expect(search).to_have_value("gpn?")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("n")
        page.wait_for_url("**/products/new")
        page.get_by_role("heading", level=1).click()
        for letter, path in (("i", "/imports"), ("j", "/jobs"), ("u", "/users"), ("s", "/settings"), ("h", "/")):
            page.keyboard.press("g")
            page.keyboard.press(letter)
            page.wait_for_url(f"{shop.instance.url}{path}")

        # Off means off, here and on the next page.
        page.get_by_role("link", name="Keyboard shortcuts").click()
        page.get_by_label("Use these keys in this browser").uncheck()
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("link", name="Keyboard shortcuts")).to_be_focused()
        page.goto("/products")
        for key in ("?", "n", "/", "g", "j"):
            page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(search).not_to_be_focused()
        assert page.url.endswith("/products")
        page.goto("/shortcuts")
        box = page.get_by_label("Use these keys in this browser")
        expect(box).not_to_be_checked()
        box.check()
        page.keyboard.press("g")
        page.keyboard.press("j")
        page.wait_for_url("**/jobs")


def test_shortcuts_are_listed_without_script(shop, browser):  # noqa: F811
    with visitor(browser, shop.instance, java_script_enabled=False) as page:
        page.goto("/jobs")
        page.get_by_role("link", name="Keyboard shortcuts").click()
        expect(page.locator("h1")).to_have_text("Keyboard shortcuts")
        expect(page.get_by_text("which this browser does not run")).to_be_visible()
        expect(page.get_by_text("Audit trail").last).to_be_visible()
        expect(page.get_by_label("Use these keys in this browser")).to_be_hidden()


# Messages


def test_messages_are_announced_and_stay_until_put_away(shop, browser):  # noqa: F811
    product = shop.post("/api/products", {"sku": "toast-1", "name": "Before"})["id"]
    with visitor(browser, shop.instance) as page:
        page.clock.install()
        page.goto(f"/products/{product}")
        page.get_by_label("Name").fill("After")
        page.get_by_role("button", name="Save changes").click()
        toast = page.locator("[data-toast]")
        expect(toast).to_contain_text("Your changes were saved.")
        # What is there when a page comes is not read out; what changes in the announcer later is.
        expect(page.locator("[data-announcer]")).to_be_empty()
        page.clock.run_for(1000)
        expect(page.locator("[data-announcer]")).to_have_text("Your changes were saved.")
        page.clock.fast_forward("30:00")
        expect(toast).to_be_visible()
        shoot(page, "toast")
        assert page.url.endswith(f"/products/{product}"), "a bookmark would say it again"
        page.reload()
        expect(page.locator("h1")).to_contain_text("After")
        expect(toast).to_have_count(0)
        page.goto(f"/products/{product}?done=saved")
        page.get_by_role("link", name="Put this message away").focus()
        page.keyboard.press("Enter")
        expect(toast).to_have_count(0)
        assert page.evaluate("() => document.activeElement.id") == "main"
        page.goto(f"/products/{product}?done=saved")
        expect(toast).to_be_visible()
        page.keyboard.press("Escape")
        expect(toast).to_have_count(0)


def test_messages_without_script(shop, browser):  # noqa: F811
    with visitor(browser, shop.instance, java_script_enabled=False) as page:
        page.goto("/settings?saved=shop")
        toast = page.get_by_role("status").filter(has_text="are saved")
        expect(toast).to_be_visible()
        above = toast.bounding_box()
        heading = page.locator("h1").bounding_box()
        assert above["y"] + above["height"] <= heading["y"], "it lies over the page"
        page.get_by_role("link", name="Put this message away").click()
        expect(page.locator("h1")).to_have_text("Settings")
        expect(toast).to_have_count(0)


# Paper


def test_print(shop, browser):  # noqa: F811
    """On a sheet of A4, from a dark screen: no navigation, nothing to press, tables as tables, white ground."""
    with visitor(browser, shop.instance, viewport=PAPER, color_scheme="dark") as page:
        page.goto("/products?q=quetzal")
        page.emulate_media(media="print")
        look = page.evaluate("""() => {
            const style = (selector) => getComputedStyle(document.querySelector(selector));
            const seen = (selector) => [...document.querySelectorAll(selector)].some((each) => each.checkVisibility());
            return {
                head: style('thead').display, cell: style('tbody td:not(.select)').display, row: style('tbody tr').breakInside,
                ground: style('body').backgroundColor, text: style('body').color,
                seen: ['nav', 'button', '.sidebar', '.topbar', '.page-head .actions', 'form', '.skip-link', 'dialog']
                    .filter(seen),
                content: ['h1', 'thead th', 'tbody th', '.chip'].every(seen),
                wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            };
        }""")
        # The pages of the list are a navigation too: of that only the count is left.
        assert look["seen"] in ([], ["nav"]), look
        assert page.locator(".sidebar nav, .topbar nav").first.is_hidden()
        assert (look["head"], look["cell"], look["row"]) == ("table-header-group", "table-cell", "avoid")
        assert (look["ground"], look["text"]) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
        assert look["content"] and look["wider"] <= 0
        shoot(page, "print-products")
        page.goto(next(view.path for view in shop.views if view.name == "import"))
        shoot(page, "print-import")
        assert page.locator(".drop-zone").is_hidden() and page.get_by_role("table").first.is_visible()
        document = page.pdf(format="A4")
        assert document.startswith(b"%PDF")


# Times


def test_times_stand_in_the_viewers_zone(shop, browser):  # noqa: F811
    with visitor(browser, shop.instance, timezone_id="Asia/Kolkata") as page:
        page.goto("/jobs")
        expect(page.get_by_text(re.compile("Times in Asia/(Calcutta|Kolkata)"))).to_be_visible()
        check_local(page)
        # So do those that come later, without a reload.
        before = page.locator("tbody tr").count()
        shop.instance.import_file("sku,name\nlate-1,Late\n", filename="late.csv")
        expect(page.get_by_role("link", name="late.csv")).to_be_visible()
        assert page.locator("tbody tr").count() == before + 1
        check_local(page)
        page.goto("/audit?action=password.link")
        expect(page.locator("ins time").first).to_have_attribute("title", re.compile("UTC$"))
    with visitor(browser, shop.instance, java_script_enabled=False) as page:
        page.goto("/jobs")
        expect(page.get_by_text("Times in UTC")).to_be_visible()
        assert all(text.endswith("UTC") for text in page.locator("time").all_text_contents())


def check_local(page):
    """Every moment is five and a half hours ahead of the UTC that its title says."""
    read = "(all) => all.map((time) => [time.dateTime, time.title, time.textContent])"
    times = page.locator("time").evaluate_all(read)
    assert times
    for moment, title, text in times:
        hours, minutes = int(moment[11:13]), int(moment[14:16])
        assert title.endswith(f"{hours:02}:{minutes:02} UTC"), (moment, title)
        local = (hours * 60 + minutes + 330) % (24 * 60)
        assert text.endswith(f"{local // 60:02}:{local % 60:02}"), (moment, text)


# Errors


def test_errors_look_like_the_rest(shop, browser, sessions):  # noqa: F811
    """Those of the application lead on; those that nginx makes by itself have the same look."""
    instance = shop.instance
    expected = ("404", "403", "413")
    with visitor(browser, instance, expected=expected) as page:
        assert page.goto("/products/999999999").status == 404
        expect(page.get_by_role("navigation", name="Main").first).to_be_visible()
        expect(page.get_by_role("link", name="Go to the home page")).to_be_visible()
        assert page.goto("/static/no-such-file").status == 404
        expect(page.locator("h1")).to_have_text("Page not found")
        assert page.locator("main").evaluate("(main) => getComputedStyle(main).borderRadius") == "8px"
        shoot(page, "error-of-nginx")
    context = browser.new_context(base_url=instance.url, storage_state=sessions["viewer"])
    page = context.new_page()
    assert page.goto("/users").status == 403
    expect(page.get_by_text("Ask an administrator if you need it.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main").first).to_be_visible()
    context.close()
    for request, status, words in (
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: y\r\n\r\n", 400, "That request could not be read"),
        (b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413, "That is too large"),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "That did not work"),
    ):
        answer = raw(instance.port, request)
        assert answer.startswith(f"HTTP/1.1 {status} "), answer[:200]
        assert f"<h1>{words}</h1>" in answer and "/bodega.css" in answer and f"Error {status}" in answer
        assert "frame-ancestors 'none'" in answer


def raw(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
            if b"</html>" in b"".join(parts):
                break
        return b"".join(parts).decode(errors="replace")


def test_the_login_names_the_shop_and_nothing_else(shop, browser):  # noqa: F811
    instance = shop.instance
    assert shop.client.patch("/api/configuration/shop.name", json={"value": "Weinhaus & Söhne"}).status_code == 200
    try:
        with visitor(browser, instance, logs_in=False) as page:
            page.goto("/login")
            expect(page.locator(".brand")).to_have_text("Weinhaus & Söhne")
            expect(page).to_have_title("Log in – Weinhaus & Söhne")
            expect(page.get_by_label("Email address or username")).to_be_focused()
            assert output(instance, "version").split()[-1] not in page.content()
    finally:
        shop.client.patch("/api/configuration/shop.name", json={"value": None})


# By keyboard


class Hands:
    """Somebody who has a keyboard and nothing else: Tab, Shift, Space, Enter, arrows, letters."""

    def __init__(self, page, script):
        self.page = page
        self.script = script

    def reach(self, locator, limit=150):
        """Tabs until it has the focus; whatever has it on the way must show it."""
        for _ in range(limit):
            if locator.count() and locator.first.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            hidden = self.page.evaluate("""() => {
                const element = document.activeElement;
                if (element === document.body) return null;
                const style = getComputedStyle(element);
                const shows = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                return shows ? null : element.outerHTML.slice(0, 200);
            }""")
            assert hidden is None, f"the focus cannot be seen on {hidden}"
        raise AssertionError(f"not reached by {limit} times Tab: {locator} on {self.page.url}")

    def press(self, role, name):
        self.reach(self.page.get_by_role(role, name=name, exact=True))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, label, text):
        self.reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose_file(self, path):
        chosen = self.page.locator("input[type=file]")
        self.reach(chosen)
        if not self.script:
            # Playwright does not hear of the dialog in a browser that runs no scripts.
            return chosen.set_input_files(path)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(path)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_every_flow_by_keyboard(shop, browser, tmp_path, script):  # noqa: F811
    mark = "k" if script else "p"
    with visitor(browser, shop.instance, logs_in=False, java_script_enabled=script) as page:
        hands = Hands(page, script)
        page.goto("/products")
        hands.type("Email address or username", EMAIL)
        hands.type("Password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/products")

        # The first stop leads past the navigation.
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.closest('main') !== null")

        # Create, edit, delete a product.
        hands.press("link", "New product")
        hands.type("SKU", f"{mark}-hand")
        hands.type("Name", "By hand")
        hands.press("button", "Create product")
        expect(page.locator("h1")).to_have_text("By hand")
        hands.type("Name", "By another hand")
        hands.press("button", "Save changes")
        expect(page.locator("h1")).to_have_text("By another hand")
        hands.press("link", "Delete product…")
        hands.press("button", "Delete product")
        expect(page.get_by_text("The product was deleted.").first).to_be_visible()

        # Upload, look at the plan, agree.
        path = tmp_path / f"{mark}-keys.csv"
        path.write_text("SKU,Name,Price\n" + "".join(f"{mark}-{n},Key {n},{n}\n" for n in range(3)))
        page.goto("/imports")
        hands.choose_file(path)
        if not script:
            hands.press("button", "Upload and import")
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}"))
        expect(page.get_by_role("button", name="Import 3 rows").first).to_be_visible()
        hands.press("button", "Import 3 rows")
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")

        # Delete them again, all that match, by typing their number.
        page.goto(f"/products?sku={mark}-")
        hands.press("link", "Delete all 3 products that match…")
        hands.type("Type 3 to confirm", "3")
        hands.press("button", "Delete 3 products")
        page.wait_for_url(re.compile("/jobs/"))
        expect(page.locator("[data-job]")).to_have_attribute("data-status", "completed")

        # People.
        page.goto("/users")
        hands.press("link", "New user")
        hands.type("Email address", f"{mark}.hand@wineshop.example")
        hands.press("button", "Create user")
        hands.press("link", "Go to the user")
        hands.press("link", "Deactivate user…")
        hands.press("button", "Deactivate user")
        expect(page.get_by_role("button", name="Activate user")).to_be_visible()


# What people set in their systems


def test_forced_colours_and_less_motion(shop, browser):  # noqa: F811
    with visitor(browser, shop.instance, forced_colors="active", reduced_motion="reduce") as page:
        page.goto("/settings?saved=shop")
        expect(page.locator("[data-toast]")).to_be_visible()
        assert page.locator("[data-toast]").evaluate("(toast) => getComputedStyle(toast).animationName") == "none"
        page.goto("/products")
        current = page.locator(".sidebar nav a[aria-current]")
        assert current.evaluate("(link) => getComputedStyle(link).outlineStyle") == "solid", "colour alone"
        badge = page.locator(".badge").first
        assert badge.evaluate("(badge) => getComputedStyle(badge).borderTopStyle") == "solid"
        shoot(page, "forced-colours")
