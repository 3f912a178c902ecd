"""Rows that failed are corrected in the page: kind by kind, as small forms, without script and by keyboard."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from instance import FINAL, wait_for
from test_browser import SIZES, browser, shoot, visitor  # noqa: F401 (browser is a fixture)
from test_repair import balances, books

BOTH = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
ROWS = 5000


def faulty(prefix):
    """A file of 5,000 rows of which 40 fail: 22 prices, 9 names, 9 lines with a value too many."""
    lines = [f"{prefix}-{row},Name {row},{row}.50" for row in range(1, ROWS + 1)]
    for place in range(22):
        lines[100 + 200 * place] = f"{prefix}-{101 + 200 * place},Name,on request {place}"
    for place in range(9):
        lines[55 + 300 * place] = f"{prefix}-{56 + 300 * place},,7.00"
        lines[3077 + 200 * place] = f"{prefix}-{3078 + 200 * place},Wine, red,9.00"
    return "sku,name,price\n" + "\n".join(lines) + "\n"


def type_into(page, field, text):
    """By keyboard alone."""
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def correct_page(page):
    """Corrects every row of the page as somebody would who reads what stands beside the values; returns how many."""
    forms = page.locator(".row-form")
    count = forms.count()
    for place in range(count):
        form = forms.nth(place)
        values = form.locator("input[type=text]")
        if "This line has 4 values, the header 3: usually a , inside a text." in form.inner_text():
            type_into(page, values.nth(1), f"{values.nth(1).input_value()},{values.nth(2).input_value()}")
            type_into(page, values.nth(2), values.nth(3).input_value())
            type_into(page, values.nth(3), "")
        else:
            wrong = form.locator("[aria-invalid=true]")
            expect(wrong).to_have_count(1)
            label = form.locator(f"label[for='{wrong.get_attribute('id')}']").inner_text()
            type_into(page, wrong, {"price": "12.50", "name": "Named"}[label])
    page.keyboard.press("Enter")
    return count


def products(instance, prefix):
    found = {}
    for row in csv.DictReader(io.StringIO(instance.api.get(f"/api/products.csv?sku={prefix}-").text)):
        found[row["sku"].removeprefix(prefix)] = (row["name"], row["price"])
    return found


def test_forty_rows_of_5000_are_corrected_in_the_page_and_the_same_through_the_file(bodega, browser):  # noqa: F811
    """Without script and by keyboard; and the same rows through the file give the same products."""
    by_page, by_file = "in-page", "by-file"
    job = bodega.import_file(faulty(by_page), filename="wines.csv")
    assert books(job) == (ROWS, ROWS, ROWS - 40, 0, 0, 0, 40)
    saved = 0
    with visitor(browser, bodega, java_script_enabled=False) as page:
        page.goto(f"/imports/{job['id']}")
        kinds = page.locator(".rows > li strong").all_inner_texts()
        assert kinds == ["22 rows:", "9 rows:", "9 rows:"], "those of most rows come first"
        shoot(page, "corrections-kinds")
        page.get_by_role("link", name="Correct 40 rows here").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Rows that failed")).to_be_visible()
        expect(page.locator(".row-form legend").first).to_contain_text("Line 57")
        while page.locator(".row-form").count():
            shoot(page, f"corrections-rows-{saved}")
            with page.expect_navigation():
                saved += correct_page(page)
            done = bodega.api.wait(job["id"], until=lambda job: job["status"] in FINAL and job["failed_rows"] == 40 - saved)
            assert balances(done), done
            # The page loads itself again.
            expect(page.get_by_text("The corrected rows are being imported")).to_have_count(0)
        expect(page.get_by_text("No row of this import fails")).to_be_visible()
        shoot(page, "corrections-none-left")
    assert saved == 40 and books(done) == (ROWS, ROWS, ROWS, 0, 0, 0, 0)

    other = bodega.import_file(faulty(by_file), filename="wines.csv")
    rows = list(csv.reader(io.StringIO(bodega.api.get(f"/api/jobs/{other['id']}/errors.csv").text, newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(rows[0])
    for row in rows[1:]:
        number, _, sku, *values = row
        if len(values) == 3:
            values = [",".join(values[:2]), values[2]]
        values = [values[0] or "Named", "12.50" if values[1].startswith("on request") else values[1]]
        writer.writerow([number, "", sku, *values])
    answer = bodega.api.post(f"/api/jobs/{other['id']}/repair", data=out.getvalue().encode())
    assert answer.status_code == 202, answer.text
    assert books(bodega.api.wait(other["id"])) == books(done)
    assert products(bodega, by_page) == products(bodega, by_file)


@BOTH
def test_one_kind_is_opened_and_what_is_still_wrong_stays_as_typed(bodega, browser, script):  # noqa: F811
    key = f"kind{int(script)}"
    job = bodega.import_file(
        f'sku,name,price,Notes\n{key}-1,One,x,"a ""b"""\n{key}-2,,2,\n{key}-3,Three,y,\n', filename="kinds.csv")
    with visitor(browser, bodega, expected=["422"], java_script_enabled=script) as page:
        page.goto(f"/imports/{job['id']}")
        item = page.locator(".rows > li", has_text="The price is not an amount")
        expect(item).to_contain_text("In line 2 x, line 4 y.")
        item.get_by_role("link", name="Correct").click()
        expect(page.locator(".row-form")).to_have_count(2)
        # Nothing was changed.
        page.get_by_role("button", name="Save and import").click()
        expect(page.get_by_text("No row was changed").first).to_be_visible()
        page.locator("#row-1").get_by_label("price").fill("1.50")
        page.locator("#row-3").get_by_label("price").fill("still wrong")
        page.locator("#row-3").get_by_label("name").fill("Three; \"new\"")
        with page.expect_navigation():
            page.get_by_role("button", name="Save and import").click()
        bodega.api.wait(job["id"], until=lambda job: job["status"] in FINAL and job["failed_rows"] == 2)
        expect(page.locator(".banner", has_text="1 row repaired; 1 still not importable")).to_be_visible()
        expect(page.locator(".row-form")).to_have_count(1)
        expect(page.locator("#row-3").get_by_label("price")).to_have_value("still wrong")
        expect(page.locator("#row-3").get_by_label("name")).to_have_value('Three; "new"')
        page.get_by_role("link", name=re.compile("^name: ")).click()
        expect(page.locator(".row-form legend")).to_have_text(re.compile("Line 3"))
    assert bodega.api.get(f"/api/products/by-sku/{key}-1").json()["price"] == "1.50"


@pytest.mark.parametrize("size", SIZES)
def test_the_page_at_every_width(bodega, browser, size):  # noqa: F811
    columns = [f"column {place}" for place in range(20)]
    text = "sku,name,price," + ",".join(columns) + "\n"
    for row in range(3):
        text += f"wide-{size}-{row},Name,x," + ",".join(["value " * 40 if place == 7 else "v" for place in range(20)]) + "\n"
    job = bodega.import_file(text + f"wide-{size}-9,Name,1,\"never closed\n", filename="wide.csv")
    with visitor(browser, bodega, viewport=SIZES[size]) as page:
        page.goto(f"/imports/{job['id']}/rows")
        expect(page.get_by_text("20 other values").first).to_be_visible()
        page.get_by_text("20 other values").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
        shoot(page, f"corrections-wide-{size}")


def test_a_workbook_and_json_are_corrected_alike(bodega):
    """What the page sends is the same for every format; here without a browser."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [["sku", "name", "price"], ["cells-x1", "One", "x"], ["cells-x2", "Two", 2]]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    for content, filename in [(out.getvalue(), "a.xlsx"), (b'{"sku":"cells-j1","name":"One","price":"x"}\n', "a.ndjson")]:
        job = bodega.import_file(content, filename=filename)
        assert job["failed_rows"] == 1, job
        page = bodega.api.get(f"/imports/{job['id']}/rows").text
        token = re.search('name="csrf_token" value="([^"]+)"', page)[1]
        names = re.findall('name="(cell-1-[0-9])"', page)
        assert len(names) == 3, page
        form = {"csrf_token": token, names[2]: "3.25"}
        answer = bodega.api.post(f"/imports/{job['id']}/rows", data=form, headers={"Origin": bodega.url})
        assert answer.status_code == 303, answer.text
        wait_for(lambda: bodega.api.job(job["id"])["status"] in FINAL, "the rows are not imported")
        assert bodega.api.job(job["id"])["failed_rows"] == 0
