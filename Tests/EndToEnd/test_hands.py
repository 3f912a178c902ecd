"""Many products at once, cells that are changed in place, two who change one product, and products that were deleted."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from test_browser import browser, shoot, visitor  # noqa: F401  (a fixture)

ROWS = "sku,name,brand,price\n" + "".join(f"T-{n:03},Tumbler {n},Crasto,{n}.50\n" for n in range(1, 71))


@pytest.fixture(scope="module")
def shop(bodega):
    assert bodega.import_file(ROWS)["status"] == "completed"
    return bodega


def product(shop, sku):
    return shop.api.get(f"/api/products/by-sku/{sku}").json()


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]


def said(page, words):
    expect(page.get_by_role("region", name="Messages")).to_contain_text(words)


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_ticked_products_get_a_status(shop, browser):  # noqa: F811
    with visitor(browser, shop, expected=["status of 422"]) as page:
        page.goto("/products?sort=sku")
        bar = page.get_by_role("form", name="Selected products")
        expect(bar).to_be_hidden()
        page.get_by_label("Select Tumbler 1", exact=True).check()
        expect(bar).to_contain_text("1 selected")
        # The key ticks the current row, the shift key a range.
        for key in "jjjx":
            page.keyboard.press(key)
        expect(bar).to_contain_text("2 selected")
        page.get_by_label("Select Tumbler 5", exact=True).click(modifiers=["Shift"])
        expect(page.get_by_label("Select Tumbler 4", exact=True)).to_be_checked()
        shoot(page, "products-selected")
        assert violations(page) == []
        bar.get_by_role("button", name="Set status").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Set the status of \d products$"))
        assert violations(page) == []
        page.get_by_role("button", name=re.compile("^Set status of")).click()
        expect(page.get_by_text("Choose a status.").first).to_be_visible()
        page.get_by_label("New status").select_option("archived")
        page.get_by_role("button", name=re.compile("^Set status of")).click()
        said(page, "are archived now")
        assert product(shop, "T-001")["status"] == "archived" and product(shop, "T-020")["status"] == "active"
        entry = shop.api.get("/api/audit-log?limit=1").json()["items"][0]
        assert entry["action"] == "product.bulk"


def test_all_of_the_page_and_all_that_match(shop, browser):  # noqa: F811
    with visitor(browser, shop) as page:
        page.goto("/products?sku=T-&sort=sku")
        page.get_by_label("Select all on this page").check()
        bar = page.get_by_role("form", name="Selected products")
        expect(bar).to_contain_text("50 selected")
        bar.get_by_label("All 70 that match").check()
        bar.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 70 products?")
        page.go_back()
        with page.expect_download() as download:
            page.get_by_label("Select Tumbler 9", exact=True).check()
            page.evaluate("document.querySelector('#all-products').checked = false")
            page.get_by_label("Select all on this page").uncheck()
            page.get_by_label("Select Tumbler 9", exact=True).check()
            bar.get_by_role("button", name="Export").click()
        lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == 2 and lines[1].startswith("T-009,")


def test_without_script_a_plain_form_does_it(shop, browser):  # noqa: F811
    with visitor(browser, shop, java_script_enabled=False) as page:
        page.goto("/products?sku=T-06")
        page.get_by_label("Select Tumbler 61", exact=True).check()
        page.get_by_label("Select Tumbler 62", exact=True).check()
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 2 products?")
        expect(page.get_by_text("Chosen")).to_be_visible()
        page.goto("/products/selection?action=delete&sku=T-06")
        said(page, "Tick products first")
    assert shop.api.get("/products/selection?action=delete&colour=red", allow_redirects=False).status_code == 400
    assert shop.api.get("/api/products?ids=0").status_code == 400
    ids = [product(shop, sku)["id"] for sku in ("T-061", "T-062")]
    found = shop.api.get(f"/api/products?ids={ids[0]},{ids[1]}").json()["items"]
    assert sorted(item["sku"] for item in found) == ["T-061", "T-062"]


def cell(page, sku, field):
    return page.locator("tr", has_text=sku).locator(f"[data-edit={field}]")


def test_cells_are_changed_where_they_stand(shop, browser):  # noqa: F811
    with visitor(browser, shop, expected=("412", "422")) as page:
        page.goto("/products?sku=T-01&sort=sku")
        cell(page, "T-010", "price").get_by_role("button").click()
        page.get_by_label("price of Tumbler 10").fill("1.234,50")
        page.keyboard.press("Enter")
        expect(cell(page, "T-010", "price")).to_have_text("1,234.50")
        assert product(shop, "T-010")["price"] == "1234.50"
        # By keyboard from the current row: name, then on with the tabulator.
        page.keyboard.press("j")
        page.keyboard.press("e")
        page.get_by_label("name of Tumbler 10").fill("Tumbler ten")
        page.keyboard.press("Tab")
        page.get_by_label("status of Tumbler ten").select_option("draft")
        page.keyboard.press("Enter")
        expect(cell(page, "T-010", "status")).to_have_text("Draft")
        cell(page, "T-010", "inventory_quantity").get_by_role("button").click()
        page.keyboard.type("12")
        shoot(page, "products-cell")
        page.keyboard.press("Enter")
        expect(cell(page, "T-010", "inventory_quantity")).to_have_text("12")
        stored = product(shop, "T-010")
        assert (stored["name"], stored["status"], stored["inventory_quantity"]) == ("Tumbler ten", "draft", 12)
        # What is wrong is said there, and Escape leaves the value as it was.
        cell(page, "T-011", "price").get_by_role("button").click()
        page.keyboard.type("cheap")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(re.compile("EUR|12.50|amount", re.I))
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(cell(page, "T-011", "price")).to_have_text("11.50")


def test_what_another_user_changed_is_told_in_the_cell(shop, browser):  # noqa: F811
    made = product(shop, "T-012")
    with visitor(browser, shop, expected=("412",)) as page:
        page.goto("/products?sku=T-012")
        # Another field: both changes stay.
        shop.api.patch(f"/api/products/{made['id']}", json={"brand": "Theirs"})
        cell(page, "T-012", "price").get_by_role("button").click()
        page.get_by_label("price of Tumbler 12").fill("13")
        page.keyboard.press("Enter")
        expect(cell(page, "T-012", "price")).to_have_text("13.00")
        stored = product(shop, "T-012")
        assert stored["brand"] == "Theirs" and stored["price"] == "13.00"
        # The same field: asked.
        shop.api.patch(f"/api/products/{made['id']}", json={"price": "14.00"})
        cell(page, "T-012", "price").get_by_role("button").click()
        page.get_by_label("price of Tumbler 12").fill("15")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("changed this to 14.00 meanwhile")
        shoot(page, "products-cell-conflict")
        assert product(shop, "T-012")["price"] == "14.00"
        page.get_by_role("button", name="Save mine").click()
        expect(cell(page, "T-012", "price")).to_have_text("15.00")
        assert product(shop, "T-012")["price"] == "15.00"


def test_two_changes_of_one_product_are_merged_or_asked_about(shop, browser):  # noqa: F811
    made = product(shop, "T-020")
    with visitor(browser, shop, expected=("409",)) as page:
        page.goto(f"/products/{made['id']}")
        shop.api.patch(f"/api/products/{made['id']}", json={"brand": "Theirs"})
        page.locator("input[name=price]").fill("21,90")
        expect(page.get_by_text("Not saved yet")).to_be_visible()
        page.get_by_role("button", name="Save changes").click()
        said(page, "those that others made meanwhile were kept")
        stored = product(shop, "T-020")
        assert stored["brand"] == "Theirs" and stored["price"] == "21.90"
        shop.api.patch(f"/api/products/{made['id']}", json={"name": "Theirs", "price": "22.00"})
        page.locator("input[name=price]").fill("23")
        page.get_by_role("button", name="Save changes").click()
        row = page.get_by_role("row", name=re.compile("^Price"))
        for amount in ("21.90", "22.00", "23.00"):
            expect(row).to_contain_text(amount)
        expect(page.get_by_label("Name")).to_have_value("Theirs")
        shoot(page, "product-three-way")
        assert violations(page) == []
        page.get_by_role("button", name="Save my values over theirs").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Theirs")
        assert product(shop, "T-020")["price"] == "23.00"


def test_an_edited_form_is_not_left_unasked(shop, browser):  # noqa: F811
    made = product(shop, "T-021")
    with visitor(browser, shop) as page:
        page.goto(f"/products/{made['id']}")
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.get_by_label("Name").fill("Something else")
        page.get_by_role("link", name="Categories").first.click()
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"] and page.url.endswith(f"/products/{made['id']}")
        page.get_by_label("Name").fill("Tumbler 21")
        page.get_by_role("link", name="Categories").first.click()
        page.wait_for_url("**/categories")


def test_attributes_are_rows_of_name_and_value(shop, browser):  # noqa: F811
    made = product(shop, "T-022")
    shop.api.patch(f"/api/products/{made['id']}", json={"custom_attributes": {"Colour": "red", "Size": "L"}})
    with visitor(browser, shop) as page:
        page.goto(f"/products/{made['id']}")
        page.get_by_role("button", name="Remove Size").click()
        page.get_by_role("button", name="Add attribute").click()
        page.get_by_label("Name of the attribute").last.fill("Glass")
        page.get_by_label("Value", exact=True).last.fill("clear: yes")
        shoot(page, "product-attributes")
        assert violations(page) == []
        page.get_by_role("button", name="Save changes").click()
        said(page, "Your changes were saved.")
        assert product(shop, "T-022")["custom_attributes"] == {"Colour": "red", "Glass": "clear: yes"}


def test_odd_values_are_saved_with_a_warning(shop, browser):  # noqa: F811
    made = product(shop, "T-023")
    shop.api.patch(f"/api/products/{made['id']}", json={"upc": "4006381333932", "compare_at_price": "1.00"})
    with visitor(browser, shop) as page:
        page.goto(f"/products/{made['id']}")
        expect(page.get_by_text("Saved, but this is no GTIN")).to_be_visible()
        expect(page.get_by_text("Saved, but shops show a reduction only")).to_be_visible()
        assert violations(page) == []


def test_a_deleted_product_can_be_put_back(shop, browser):  # noqa: F811
    made = product(shop, "T-030")
    with visitor(browser, shop, expected=("410",)) as page:
        def delete():
            page.goto(f"/products/{made['id']}/delete")
            page.get_by_role("button", name="Delete product").click()
        delete()
        toast = page.get_by_role("region", name="Messages")
        expect(toast).to_contain_text("The product was deleted.")
        shoot(page, "product-deleted-toast")
        assert violations(page) == []
        toast.get_by_role("button", name="Undo").click()
        said(page, "The product is back.")
        assert product(shop, "T-030")["id"] == made["id"]
        delete()
        page.goto("/products")
        page.get_by_label("Status").first.select_option("deleted")
        page.get_by_role("button", name="Apply").first.click()
        page.wait_for_url("**/products/deleted")
        expect(page.get_by_role("heading", level=1)).to_have_text("Deleted products")
        shoot(page, "products-deleted")
        assert violations(page) == []
        assert page.goto(f"/products/{made['id']}").status == 410
        expect(page.get_by_text("This product was deleted.")).to_be_visible()
        shoot(page, "product-tombstone")
        assert violations(page) == []
        page.get_by_role("button", name="Put back").click()
        said(page, "The product is back.")
        page.goto("/products/deleted")
        expect(page.get_by_text("No deleted products")).to_be_visible()
    assert shop.api.get("/products/999999", allow_redirects=False).status_code in (303, 404)


@pytest.mark.parametrize("width", [360, 820, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(shop, browser, width, scheme):  # noqa: F811
    with visitor(browser, shop, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        page.goto("/products?sort=sku")
        page.locator("tbody input[name=id]").first.check()
        page.locator("tbody input[name=id]").nth(2).check()
        assert overflow(page) == 0 and violations(page) == []
        shoot(page, f"hands-list-{width}-{scheme}")
        page.goto(f"/products/{product(shop, 'T-023')['id']}")
        assert overflow(page) == 0 and violations(page) == []
        shoot(page, f"hands-product-{width}-{scheme}")
