"""Imports in the browser, point by point: with and without script, by keys alone, and each page as axe wants it."""

import contextlib
import csv
import io
import re
import sqlite3
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from instance import FINAL, wait_for
from test_browser import SIZES, browser, figure, shoot, visitor  # noqa: F401 (a fixture)
from test_plan import WAITING, asks

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BOTH = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def table(prefix, rows, price="10", name="Product"):
    lines = [f"{prefix}-{number},{name} {number},{price}" for number in range(rows)]
    return "\n".join(["sku,name,price", *lines]) + "\n"


def choose(page, files, script, review=False):
    """Chooses files on the page of imports; a path, or names and texts."""
    page.goto("/imports")
    page.get_by_label("Show me what will change").set_checked(review)
    if isinstance(files, dict):
        files = [{"name": name, "mimeType": "text/csv", "buffer": text.encode() if isinstance(text, str) else text}
                 for name, text in files.items()]
    page.locator("input[type=file]").set_input_files(files)
    if not script:
        page.get_by_role("button", name="Upload and import").click()


def status(page, wanted):
    """Without script the page loads itself anew every two seconds."""
    expect(page.locator("[data-job]").first).to_have_attribute("data-status", wanted)


def job_of(page):
    return re.search("[0-9a-f-]{36}", page.url)[0]


def act(instance, job_id, action):
    answer = instance.api.post(f"/api/jobs/{job_id}/{action}")
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]


# What runs is stopped, taken up again and read once more


@BOTH
def test_cancel_retry_import_again(bodega, browser, tmp_path, script):  # noqa: F811
    """Stopped while it runs: what was imported stays, the rest is imported later, each row once."""
    rows = 300_000
    path = tmp_path / "long.csv"
    path.write_text(table(f"control-{script}", rows) + "bad,,\n")
    with visitor(browser, bodega, java_script_enabled=script) as page:
        choose(page, path, script)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        page.get_by_role("button", name="Cancel import").click()
        status(page, "cancelled")
        expect(page.locator(".banner", has_text="The import was cancelled.")).to_be_visible()
        shoot(page, f"imports-cancelled-{script}")
        stopped = bodega.api.job(job_of(page))
        assert stopped["created_rows"] < rows, "it was over before anybody could cancel it"
        page.get_by_role("button", name="Retry import").click()
        status(page, "completed")
        assert figure(page, "created_rows") == rows and figure(page, "failed_rows") == 1
        # The same file again is an import of its own; this one keeps its books.
        first = bodega.api.job(job_of(page))
        with page.expect_navigation():
            page.get_by_role("button", name="Import this file again").click()
        assert job_of(page) != first["id"]
        expect(page.locator(".banner", has_text="This very file was imported already.")).to_be_visible()
        wait_for(lambda: bodega.api.job(job_of(page))["unchanged_rows"] == rows, "not read again")
        status(page, "completed")
        expect(page.locator("[data-field=unchanged_rows]").first).to_have_text("300,000")
        assert bodega.api.job(first["id"]) == first
        shoot(page, f"imports-again-{script}")


def test_a_file_of_which_nothing_can_be_taken_says_so(bodega, browser):  # noqa: F811
    with visitor(browser, bodega) as page:
        choose(page, {"nameless.csv": "sku,name\n,No SKU\n,None here either\n"}, True, review=True)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        expect(page.locator(".banner", has_text="Every row would be left out")).to_be_visible()


# The same file, several files


@BOTH
def test_the_same_file_is_pointed_out_before_it_runs(bodega, browser, script):  # noqa: F811
    content = table(f"twin-{script}", 3)
    with visitor(browser, bodega, java_script_enabled=script) as page:
        choose(page, {"twin.csv": content}, script)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        status(page, "completed")
        first = page.url
        choose(page, {"again.csv": content.replace("Product 2", "Product 2")}, script, review=True)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        expect(page.locator(".banner", has_text="This very file was imported already.")).to_be_visible()
        expect(page.get_by_role("button", name="Finish without changes")).to_be_visible()
        shoot(page, f"imports-twin-{script}")
        page.locator(".banner").get_by_role("link", name="twin.csv").click()
        page.wait_for_url(first)
        expect(page.locator(".banner", has_text="This very file")).to_have_count(0)


def test_several_files_in_one_form(bodega, browser):  # noqa: F811
    """Without script a form brings all of them: one job each, and one that is no table keeps none of them out."""
    files = {f"form-{number}.csv": table(f"form-{number}", 2) for number in range(3)}
    with visitor(browser, bodega, java_script_enabled=False, expected=["415"]) as page:
        choose(page, files, script=False)
        page.wait_for_url(re.compile("/imports$"))
        for name in files:
            row = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
            expect(row).to_contain_text("2 created")
        shoot(page, "imports-several")
        job = next(job for job in bodega.api.get("/api/jobs").json()["items"] if job["filename"] == "form-1.csv")
        assert bodega.api.get(job["links"]["file"]).text == files["form-1.csv"], "the others stand in the same form"
        mixed = {name: text.replace("form", "mixed") for name, text in files.items()}
        choose(page, {**mixed, "photo.csv": b"\x89PNG\r\n\x1a\n and so on"}, False)
        expect(page.locator(".field-error")).to_contain_text("photo.csv: ")
        expect(page.locator(".field-error")).to_contain_text("The 3 other files are being imported.")
        shoot(page, "imports-several-refused")
        expect(page.get_by_role("link", name="form-2.csv", exact=True)).to_have_count(2)
    wait_for(lambda: bodega.api.get("/api/products?sku=mixed-&include=total").json()["total"] == 6, "not imported")


# The plan


@BOTH
def test_a_guarded_plan_is_checked_again_and_dropped(bodega, browser, script):  # noqa: F811
    prefix = f"guard-{script}"
    bodega.import_file(table(prefix, 30))
    with visitor(browser, bodega, java_script_enabled=script, viewport=SIZES["narrow"]) as page:
        choose(page, {"wrong.csv": table(prefix, 30, "99")}, script)
        expect(page.locator(".banner")).to_contain_text("30 prices would change by more than 50 %")
        expect(page.locator(".tally")).to_contain_text("30 The price changes by more than 50 %")
        shoot(page, f"imports-guard-{script}")
        attempt = page.locator("[data-job]").get_attribute("data-attempt")
        page.get_by_role("button", name="Check again").click()
        expect(page.locator("[data-job]")).not_to_have_attribute("data-attempt", attempt)
        expect(page.get_by_role("button", name="Import 30 rows")).to_be_visible()
        page.get_by_role("button", name="Discard").click()
        status(page, "cancelled")
        expect(page.locator(".banner", has_text="The catalogue was not changed.")).to_be_visible()
        shoot(page, f"imports-dropped-{script}")
    assert bodega.api.get(f"/api/products/by-sku/{prefix}-3").json()["price"] == "10.00"


@BOTH
def test_what_was_edited_meanwhile_is_held_back_and_listed(bodega, browser, script):  # noqa: F811
    prefix = f"held-{script}"
    bodega.import_file(table(prefix, 8))
    with visitor(browser, bodega, java_script_enabled=script) as page:
        choose(page, {"held.csv": table(prefix, 8, "11")}, script, review=True)
        expect(page.get_by_role("button", name="Import 8 rows")).to_be_visible()
        product = bodega.api.get(f"/api/products/by-sku/{prefix}-4").json()
        assert bodega.api.patch(f"/api/products/{product['id']}", json={"price": "7.70"}).status_code == 200
        page.get_by_role("button", name="Import 8 rows").click()
        status(page, "completed")
        expect(page.get_by_text("the product was changed after the plan was made")).to_be_visible()
        page.get_by_role("link", name="What was planned").click()
        page.locator(".tiles a", has_text="Held back").click()
        row = page.get_by_role("row").filter(has_text=f"{prefix}-4")
        expect(row).to_contain_text("Not carried out: changed after the plan was made by ")
        shoot(page, f"imports-held-back-{script}")
    assert bodega.api.get(f"/api/products/by-sku/{prefix}-4").json()["price"] == "7.70"


def test_what_is_new_and_what_is_odd_stands_in_the_plan(bodega, browser):  # noqa: F811
    """New brands, codes that a spreadsheet has spoilt, and a header below a title."""
    content = ("Spring list 2026\n\nSKU,Name,Vendor,EAN,Price\nodd-1,One,Zeta,8.4E+12,1\nodd-2,Two,Zeta,36000291452,2\n"
               "odd-3,Three,Eta,4006381333930,3\n8.4E+12,Four,,4006381333931,4\n")
    with visitor(browser, bodega) as page:
        choose(page, {"odd.csv": content}, script=True, review=True)
        expect(page.get_by_role("button", name="Import 4 rows")).to_be_visible()
        expect(page.locator(".tally")).to_contain_text("new brands: Zeta, Eta")
        warnings = page.get_by_role("table", name="Warnings")
        for code, value in (("scientific_identifier", "8.4E+12"), ("stripped_zeros", "36000291452"),
                            ("bad_check_digit", "4006381333930")):
            expect(warnings.get_by_role("row").filter(has_text=code).first).to_contain_text(value)
        expect(page.locator(".facts")).to_contain_text("Line 3")
        shoot(page, "imports-odd")
        job_id = job_of(page)
        summary = bodega.api.get(f"/api/jobs/{job_id}/plan").json()
        assert summary["new_brands"] == {"count": 2, "names": ["Zeta", "Eta"]}
        assert {"scientific_identifier", "stripped_zeros", "bad_check_digit"} == {item["code"] for item in summary["warnings"]}
        page.get_by_role("button", name="Import 4 rows").click()
        status(page, "completed")
        expect(page.get_by_role("table", name="Warnings")).to_contain_text("36000291452")
        page.get_by_role("link", name="What was planned").click()
        expect(page.get_by_role("table", name="Warnings")).to_contain_text("4006381333930")
        expect(page.locator(".tally")).to_contain_text("new brands: Zeta, Eta")


# How a file is read


@BOTH
def test_the_header_and_the_form_of_a_file_are_said_and_remembered(bodega, browser, script):  # noqa: F811
    """A title above, a header that nobody knows, single quotes: said once on the page of columns, kept as a profile."""
    key = "yes" if script else "no"
    content = f"Liste {key}\nRef {key};Was;VK\n'said-{key}-1';'Vase; blau';'1,50'\n'said-{key}-2';'Krug';'2,50'\n"
    with visitor(browser, bodega, java_script_enabled=script, expected=["422"]) as page:
        choose(page, {"liste.csv": content}, script)
        page.wait_for_url(re.compile("/mapping$"))
        header = page.get_by_label("Header", exact=True)
        expect(header).to_contain_text("Line 2 (found)")

        def reread():
            if not script:
                page.get_by_role("button", name="Check the rows").click()

        header.select_option("1")
        reread()
        expect(page.get_by_label(f"What Liste {key} means")).to_be_visible()
        page.get_by_label("Header", exact=True).select_option("2")
        reread()
        expect(page.get_by_label(f"What Ref {key} means")).to_be_visible()
        page.get_by_label("Quote").select_option("single")
        reread()
        expect(page.get_by_role("row").filter(has_text=f"Ref {key}").first).to_contain_text(f"said-{key}-1")
        shoot(page, f"imports-form-{script}")
        for column, meaning in ((f"Ref {key}", "sku"), ("Was", "name"), ("VK", "price")):
            page.get_by_label(f"What {column} means").select_option(meaning)
        page.get_by_label("Save as a profile").fill(f"Listen {key}")
        page.get_by_role("button", name="Apply and check the file").click()
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        status(page, "completed")
        expect(page.locator(".facts")).to_contain_text("Single (') (chosen)")
        assert bodega.api.get(f"/api/products/by-sku/said-{key}-1").json()["name"] == "Vase; blau"
        # The next one needs nobody, wherever its header stands.
        choose(page, {"liste-2.csv": f"Unsere Liste\nvom Montag\n\n{content.replace('said', 'next')}"}, script)
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        status(page, "completed")
        expect(page.locator(".facts")).to_contain_text("Single (') (from the profile)")
        expect(page.locator(".facts")).to_contain_text(f"Listen {key}")
        assert bodega.api.get(f"/api/products/by-sku/next-{key}-1").json()["price"] == "1.50"
        page.goto("/imports")
        expect(page.get_by_role("row").filter(has_text="liste-2.csv").first).to_contain_text(f"Profile Listen {key}")
        # Renamed and deleted.
        page.goto("/imports/profiles")
        page.get_by_role("link", name=f"Listen {key}").click()
        expect(page.locator(".facts")).to_contain_text("Single (')")
        page.get_by_label("Name").fill("Shopify")
        page.get_by_role("button", name="Rename profile").click()
        expect(page.locator(".field-error")).to_be_visible()
        page.get_by_label("Name").fill(f"Lists {key}")
        page.get_by_role("button", name="Rename profile").click()
        page.get_by_role("link", name=f"Lists {key}").click()
        shoot(page, f"imports-profile-{script}")
        page.get_by_role("link", name="Delete profile…").click()
        shoot(page, f"imports-profile-delete-{script}")
        page.get_by_role("button", name="Delete profile").click()
        expect(page.get_by_role("link", name=f"Lists {key}")).to_have_count(0)


# Repair


@BOTH
def test_rows_that_fail_again_come_back_as_they_were_typed(bodega, browser, tmp_path, script):  # noqa: F811
    key = f"twice-{script}"
    job = bodega.import_file(f"sku,name,price\n{key}-1,One,x\n{key}-2,Two,y\n", filename="twice.csv")
    with visitor(browser, bodega, java_script_enabled=script) as page:
        def mend(correct, left):
            page.goto(f"/imports/{job['id']}")
            with page.expect_download() as download:
                page.get_by_role("link", name="Download the failing rows").click()
            path = tmp_path / f"mended-{left}.csv"
            text = download.value.path().read_text()
            path.write_text(correct(text))
            # The script opens the import's page anew when the rows are accepted.
            with page.expect_navigation():
                page.get_by_label("corrected rows").set_input_files(path)
                if not script:
                    page.get_by_role("button", name="Upload corrected rows").click()
            bodega.api.wait(job["id"], until=lambda job: job["status"] in FINAL and job["failed_rows"] == left)
            return text

        mend(lambda text: text.replace(",One,x", ",One mended,1").replace(",Two,y", ",Two mended,z"), 1)
        page.goto(f"/imports/{job['id']}")
        expect(page.locator(".banner", has_text="1 row repaired; 1 still not importable")).to_be_visible()
        shoot(page, f"imports-repaired-in-part-{script}")
        text = mend(lambda text: text.replace(",z", ",2"), 0)
        assert text.endswith(f",{key}-2,Two mended,z\n"), text
    assert bodega.api.get(f"/api/products/by-sku/{key}-2").json()["name"] == "Two mended"


# The history and the export


@BOTH
def test_the_history_leads_to_the_very_products(bodega, browser, script):  # noqa: F811
    prefix = f"history-{script}"
    bodega.import_file(table(prefix, 6), filename=f"{prefix}-first.csv")
    bodega.import_file(table(prefix, 2, "12") + table(f"{prefix}-more", 3).split("\n", 1)[1] + "bad,,\n",
                       filename=f"{prefix}-second.csv")
    bodega.api.wait(act(bodega, asks(bodega.api, table(prefix, 6, "90"), filename=f"{prefix}-third.csv")["id"], "cancel"))
    with visitor(browser, bodega, java_script_enabled=script) as page:
        def row():
            page.goto("/imports")
            return page.get_by_role("row").filter(has_text=f"{prefix}-second.csv")

        expect(row()).to_contain_text("by ")
        expect(row()).to_contain_text("rows/s")
        row().get_by_role("link", name="3 created").click()
        expect(page.locator("tbody tr")).to_have_count(3)
        expect(page.locator("tbody")).to_contain_text(f"{prefix}-more-2")
        shoot(page, f"imports-created-{script}")
        row().get_by_role("link", name="2 updated").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        row().get_by_role("link", name="1 failed").click()
        expect(page.get_by_role("heading", name="Problems")).to_be_visible()
        with page.expect_download() as download:
            row().get_by_role("link", name="Download").click()
        assert download.value.suggested_filename == f"{prefix}-second.csv"
        # The sums of the import's own page lead there too.
        row().get_by_role("link", name=f"{prefix}-second.csv").click()
        expect(page.locator(".facts")).to_contain_text("Can be undone")
        expect(page.locator(".facts")).to_contain_text("File kept")
        page.locator(".sum").get_by_role("link", name="3").click()
        expect(page.locator("tbody tr")).to_have_count(3)
        page.goto("/imports")
        page.get_by_label("Status").select_option("cancelled")
        page.get_by_role("button", name="Apply").first.click()
        page.wait_for_url(re.compile("status=cancelled"))
        expect(page.get_by_role("row").filter(has_text=f"{prefix}-third.csv")).to_have_count(1)
        expect(page.get_by_role("row").filter(has_text=f"{prefix}-second.csv")).to_have_count(0)
        page.get_by_role("link", name="Remove filter").click()
        expect(page.get_by_role("row").filter(has_text=f"{prefix}-second.csv")).to_have_count(1)


@BOTH
def test_the_export_is_the_list_with_its_filter(bodega, browser, script):  # noqa: F811
    prefix = f"export-{script}".lower()
    bodega.import_file("sku,name,status,price\n" + "".join(
        f"{prefix}-{number},=Formula {number},{'draft' if number % 3 else 'active'},{number}\n" for number in range(9)))
    with visitor(browser, bodega, java_script_enabled=script) as page:
        page.goto(f"/products?sku={prefix}&status=draft&sort=price")
        with page.expect_download() as download:
            page.get_by_role("link", name="Export 6 products").click()
        # With a mark for spreadsheets.
        assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbf")
        text = download.value.path().read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["sku"] for row in rows] == [f"{prefix}-{number}" for number in (1, 2, 4, 5, 7, 8)]
        assert rows[0]["name"] == "'=Formula 1"
        shoot(page, f"imports-export-{script}")
        choose(page, {"again.csv": text}, script, review=True)
        expect(page.get_by_role("button", name="Finish without changes")).to_be_visible()
        page.get_by_role("button", name="Finish without changes").click()
        status(page, "completed")
        assert figure(page, "unchanged_rows") == 6


# Keys alone


def tab_to(page, wanted, most=120):
    """Goes there as who has no mouse: every stop on the way must be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(node) => node === document.activeElement"):
            outline = page.evaluate("""() => {
                const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
                return box.width > 0 && box.height > 0 && (style.outlineStyle !== 'none' || style.boxShadow !== 'none'
                    || getComputedStyle(node.parentElement).outlineStyle !== 'none');
            }""")
            assert outline, "who tabs does not see where"
            return
    raise AssertionError(f"not reached by {most} tabs: {wanted}")


def test_the_whole_way_with_keys(bodega, browser, tmp_path):  # noqa: F811
    """Upload, columns, plan, import, problems, repair, undo, undo of the undo: without a mouse."""
    path = tmp_path / "keys.csv"
    path.write_text("Ref k,Was,VK\nkey-1,Lampe,1\nkey-2,Stuhl,2\nkey-3,Tisch,x\n")
    with visitor(browser, bodega, expected=["422"]) as page:
        page.goto("/imports")
        tab_to(page, page.locator("input[type=file]"))
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(path)
        page.wait_for_url(re.compile("/mapping$"))
        for column, key in (("Ref k", "SKU"), ("Was", "Name"), ("VK", "Price")):
            tab_to(page, page.get_by_label(f"What {column} means"))
            page.keyboard.type(key)
        # Checked while it is filled in, and said to who cannot see it.
        expect(page.get_by_role("status").filter(has_text="1 of 3 rows cannot be imported").first).to_be_visible()
        tab_to(page, page.get_by_role("button", name="Apply and check the file"))
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
        button = page.get_by_role("button", name="Import 2 rows")
        expect(button).to_be_visible()
        tab_to(page, page.locator(".tiles a", has_text="Reject"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("row").filter(has_text="key-3")).to_contain_text("not an amount")
        tab_to(page, button)
        page.keyboard.press("Enter")
        status(page, "completed")
        job_id = job_of(page)
        tab_to(page, page.get_by_role("link", name="Download the failing rows"))
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        mended = tmp_path / "keys-mended.csv"
        mended.write_text(download.value.path().read_text().replace(",x\n", ",3\n"))
        tab_to(page, page.locator("form[data-single] input[type=file]"))
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        # The script opens the import's page anew when the rows are accepted.
        with page.expect_navigation():
            chooser.value.set_files(mended)
        bodega.api.wait(job_id, until=lambda job: job["status"] in FINAL and job["failed_rows"] == 0)
        page.goto(f"/imports/{job_id}")
        for _ in range(2):
            tab_to(page, page.get_by_role("link", name=re.compile("^Undo( import)?…$")))
            page.keyboard.press("Enter")
            tab_to(page, page.get_by_role("button", name="Undo 3 products"))
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}$"))
            expect(page.locator(".banner", has_text="Completed in")).to_be_visible()
        assert bodega.api.get("/api/products?sku=key-&include=total").json()["total"] == 3


# Every page


@pytest.fixture(scope="module")
def pages(bodega):
    """An import in every state that a person can meet, and what belongs to it; paths by name."""
    api = bodega.api
    bodega.import_file(table("page", 40), filename="stock-of-the-whole-shop-with-a-long-name-2026.csv")
    rich = ("Ref,SKU,Name,Brand,UPC,Price,Colour\n" + "".join(
        f"{n},page-{n},Product {n},,,{'10' if n < 10 else '99' if n < 15 else '11'},red\n" for n in range(25))
        + "".join(f"{n},page-new-{n},A new product of a name that goes on and on {n},Maison Élégance & Filles,8.4E+12,5,blue\n"
                  for n in range(4)) + "0,PAGE-0,Product 0,,,10,red\n1,page-x,,,,x,red\n2,,No SKU,,,1,red\n")
    plan = asks(api, rich, review="1", filename="spring.csv")["id"]
    guard = asks(api, table("page", 40, "77"), filename="wrong-prices.csv")["id"]
    columns = asks(api, "Ref,Was\n1,Lampe\n", unmapped="ask", filename="lager.csv")["id"]
    failed = bodega.import_file("sku,name\na,\nb,\n", on_error="stop", filename="nothing-at-all.csv")["id"]
    partly = bodega.import_file("sku,name,price\npart-1,One,1\npart-2,Two,x\npart-3,Three,y\n", filename="fruit.csv")["id"]
    mended = api.get(f"/api/jobs/{partly}/errors.csv").text.replace(",x\n", ",2\n").replace(",y\n", ",z\n") + "77,,a,b,1\n"
    assert api.post(f"/api/jobs/{partly}/repair", data=mended.encode()).status_code == 202
    api.wait(partly)
    done = bodega.import_file(table("undo", 5), filename="to-undo.csv")["id"]
    kept = api.get("/api/products/by-sku/undo-1").json()["id"]
    assert api.patch(f"/api/products/{kept}", json={"name": "Edited since"}).status_code == 200
    undone = bodega.import_file(table("undone", 5), filename="undone.csv")["id"]
    other = api.get("/api/products/by-sku/undone-2").json()["id"]
    assert api.patch(f"/api/products/{other}", json={"name": "Edited since", "price": "3.00"}).status_code == 200
    undo = act(bodega, undone, "undo")
    api.wait(undo)
    held = asks(api, table("undo", 5, "11"), review="1", guard="off", filename="held.csv")["id"]
    assert api.patch(f"/api/products/{kept}", json={"name": "Edited again"}).status_code == 200
    act(bodega, held, "confirm")
    api.wait(held)
    dropped = asks(api, table("page", 9, "78"), filename="dropped.csv")["id"]
    act(bodega, dropped, "cancel")
    profile = api.post("/api/import-profiles", json={
        "name": "Supplier with a rather long name, price list", "headers": ["Ref", "Was", "Farbe"], "delimiter": "semicolon",
        "quote": "single", "encoding": "windows-1252", "mode": "update", "blank": "clear",
        "mapping": {"Ref": "sku", "Was": "name", "Farbe": {"field": "attribute:Colour", "blank": "default", "default": "x"}},
    }).json()["id"]
    return {
        "imports": "/imports", "imports-none": "/imports?status=failed&user_id=99", "plan": f"/imports/{plan}",
        "plan-updates": f"/imports/{plan}?state=update", "plan-rejects": f"/imports/{plan}?state=reject",
        "plan-skips": f"/imports/{plan}?state=skip", "guard": f"/imports/{guard}", "columns-waiting": f"/imports/{columns}",
        "columns": f"/imports/{columns}/mapping", "columns-of-plan": f"/imports/{plan}/mapping",
        "failed": f"/imports/{failed}", "partly-repaired": f"/imports/{partly}", "done": f"/imports/{done}",
        "undo-ask": f"/jobs/{done}/undo", "undone": f"/imports/{undone}", "undo-job": f"/jobs/{undo}",
        "undo-of-undo": f"/jobs/{undo}/undo", "held-back": f"/imports/{held}/plan?state=held_back",
        "plan-after": f"/imports/{held}/plan", "dropped": f"/imports/{dropped}", "profiles": "/imports/profiles",
        "profile": f"/imports/profiles/{profile}", "profile-delete": f"/imports/profiles/{profile}/delete",
        "history": f"/products/{other}", "of-an-import": f"/products?job={done}&change=created",
    }


def test_every_page_of_imports_is_accessible(bodega, pages, browser):  # noqa: F811
    """Wide and light, narrow and dark (test_pages.py has all four for each page): axe finds nothing, nothing is wider than
    the window, nothing complains."""
    violations = []
    with visitor(browser, bodega) as page:
        for name, path in pages.items():
            assert page.goto(path).status == 200, name
            expect(page.locator("h1")).to_have_count(1)
            for size, scheme in (("wide", "light"), ("narrow", "dark")):
                page.set_viewport_size(SIZES[size])
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
                violations += [f"{name}, {size}, {scheme}: {fault['id']}: {node['html'][:160]}"
                               for fault in found for node in fault["nodes"]]
                shoot(page, f"imports-{name}-{size}-{scheme}")
                wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wider > 0:
                    violations.append(f"{name}, {size}: {wider} pixels wider than the window")
    assert violations == []


# Last, because it stops the instance


def test_an_undo_that_has_expired_says_so(bodega, browser):  # noqa: F811
    job = bodega.import_file(table("old", 3), filename="old.csv")
    assert not bodega.down()
    with contextlib.closing(sqlite3.connect(bodega.data / "bodega.db")) as database:
        # 380 days ago: past the days for undo, within those of jobs; what then happens is the runner's own doing.
        database.execute("UPDATE job SET completed_at = completed_at - 32832000000 WHERE public_id = ?", [job["id"]])
        database.execute("UPDATE product_revision SET at = at - 32832000000 WHERE job_id = "
                         "(SELECT id FROM job WHERE public_id = ?)", [job["id"]])
        database.commit()
    for path in bodega.data.glob("bodega.db*"):
        subprocess.run(["chown", "--reference", bodega.data, path], check=True)
    bodega.up()
    bodega.client = None
    wait_for(lambda: "undo" not in bodega.api.job(job["id"])["links"], "it can still be undone")
    answer = bodega.api.post(f"/api/jobs/{job['id']}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    with visitor(browser, bodega, java_script_enabled=False) as page:
        page.goto(f"/imports/{job['id']}")
        expect(page.locator(".banner", has_text="This import can no longer be undone.")).to_be_visible()
        expect(page.get_by_role("link", name="Undo import…")).to_have_count(0)
        shoot(page, "imports-expired")
        # A link that somebody has kept leads to the page that says how it stands.
        page.goto(f"/jobs/{job['id']}/undo")
        expect(page.locator(".banner", has_text="This import can no longer be undone.")).to_be_visible()
