"""What stands around the pages: the search, what needs a person, rows by keyboard, one stream for many pages."""

import pathlib
import re
import struct

import pytest
from playwright.sync_api import expect

from instance import wait_for
from test_browser import browser, product_file, shoot, visitor  # noqa: F401  (a fixture)

ROWS = "sku,name,brand,price\nA-1,Vinho Tinto,Crasto,12.50\nA-2,Vinho Branco,Crasto,8.90\nB-1,Copo de Cristal,,\n"


@pytest.fixture(scope="module")
def shop(bodega):
    assert bodega.import_file(ROWS)["status"] == "completed"
    return bodega


def test_the_search_finds_products_jobs_and_users(shop, browser):  # noqa: F811
    with visitor(browser, shop) as page:
        page.goto("/")
        page.keyboard.press("/")
        page.keyboard.type("vinho")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=vinho")
        expect(page.get_by_role("heading", level=1)).to_have_text("Search for “vinho”")
        expect(page.get_by_role("region", name="Products").get_by_role("link")).to_have_text(
            [re.compile("Vinho"), re.compile("Vinho")]
        )
        shoot(page, "search")
        page.goto("/search?q=B-1")
        page.get_by_role("link", name="Copo de Cristal").click()
        page.wait_for_url(re.compile(r"/products/\d+$"))
        page.goto("/search?q=products.csv")
        expect(page.get_by_role("region", name="Jobs").get_by_role("link").first).to_have_text("products.csv")
        page.goto("/search?q=admin%40")
        expect(page.get_by_role("region", name="Users").get_by_role("link")).to_have_text("admin@localhost")
        # Signs that mean something to others mean nothing here.
        for words in ("%25", "_", "%27", "%22%22", "%5C", "a" * 150, "*"):
            assert page.goto(f"/search?q={words}").status == 200
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_what_waits_for_somebody_stands_first_and_is_counted(shop, browser):  # noqa: F811
    answer = shop.api.post(
        "/api/upload-csv?review=1",
        data=ROWS.replace("12.50", "13.50").encode(),
        headers={"X-Filename": "Herbst.csv", "Content-Type": "text/csv"},
    )
    job = answer.json()["job_id"]
    wait_for(lambda: shop.api.job(job)["status"] == "awaiting_confirmation", "the plan")
    with visitor(browser, shop) as page:
        page.goto("/")
        needs = page.get_by_role("region", name="Needs you")
        expect(needs.get_by_text("Herbst.csv waits for your decision")).to_be_visible()
        expect(page.locator(".sidebar").get_by_role("link", name="Imports")).to_contain_text("1")
        shoot(page, "needs-you")
        needs.get_by_role("link", name="Review").click()
        page.wait_for_url(f"**/imports/{job}")
        page.get_by_role("button", name=re.compile("^Import 1 ")).click()
        expect(page.get_by_text("Completed").first).to_be_visible()
        page.goto("/")
        expect(page.get_by_text("Herbst.csv waits")).to_have_count(0)
        # The figures and charts of a catalogue that has something in it.
        expect(page.get_by_role("heading", name="Last imports")).to_be_visible()
        # The runner counts every 20 seconds.
        wait_for(lambda: page.goto("/") and page.get_by_role("heading", name="What products lack").count(), "no figures")


def test_a_failure_is_put_away_by_who_may(shop, browser):  # noqa: F811
    answer = shop.api.post(
        "/api/upload-csv?on_error=stop",
        data=b"sku,name,price\nx,X,much\n",
        headers={"X-Filename": "Kaputt.csv", "Content-Type": "text/csv"},
    )
    job = answer.json()["job_id"]
    wait_for(lambda: shop.api.job(job)["status"] == "failed", "the failure")
    with visitor(browser, shop) as page:
        page.goto("/")
        needs = page.get_by_role("region", name="Needs you")
        row = needs.get_by_role("listitem").filter(has_text="Kaputt.csv failed")
        shoot(page, "put-away")
        row.get_by_role("button", name="Put away").click()
        page.wait_for_load_state()
        expect(page.get_by_text("Kaputt.csv failed")).to_have_count(0)
    entries = shop.api.get("/api/audit-log?action=job.put_away").json()["items"]
    assert [entry["entity_id"] for entry in entries] == [job]


def test_rows_by_keyboard(shop, browser):  # noqa: F811
    with visitor(browser, shop) as page:
        page.goto("/products?sort=sku")
        for key in "jjk":
            page.keyboard.press(key)
        expect(page.locator("tr.is-current")).to_contain_text("Vinho Tinto")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/products/\d+$"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Vinho Branco")


def test_ten_visible_pages_of_one_job_are_all_live(shop, browser, tmp_path):  # noqa: F811
    """HTTP/1.1 gives a browser six connections to one host: pages that show the same share one."""
    path = product_file(tmp_path, 120_000, "shared")
    job = shop.api.upload(path)["job_id"]
    with visitor(browser, shop) as page:
        tabs = [page.context.new_page() for _ in range(10)]
        for tab in tabs:
            tab.goto(f"/imports/{job}", wait_until="domcontentloaded")
        eleventh = page.context.new_page()
        eleventh.goto("/products")
        expect(eleventh.get_by_role("heading", level=1)).to_have_text("Products")
        for tab in tabs:
            expect(tab.locator("[data-job]")).to_have_attribute("data-status", "completed")


def test_the_pictures_of_the_readme_are_there():
    """PNG, 1280 by 800, each shown once; `deploy/screenshots/make.py` makes them."""
    root = pathlib.Path(__file__).resolve().parents[2]
    text = (root / "README.md").read_text()
    pictures = sorted((root / "deploy/screenshots").glob("*.png"))
    assert [text.count(f"deploy/screenshots/{picture.name}") for picture in pictures] == [1, 1, 1]
    for picture in pictures:
        head = picture.read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n", picture
        assert struct.unpack(">II", head[16:24]) == (1280, 800), picture
