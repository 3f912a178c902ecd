"""The tree of categories: what people do on its pages, with and without script, and what the command line proves."""

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from instance import PATIENCE
from test_browser import SIZES, browser, shoot, visitor  # noqa: F401


def furnish(bodega):
    api = bodega.api

    def add(name, parent=None):
        answer = api.request("POST", "/api/categories", json={"name": name, "parent_id": parent})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    ids = {"Wine": add("Wine")}
    ids["Red wine"] = add("Red wine", ids["Wine"])
    ids["Douro"] = add("Douro", ids["Red wine"])
    ids["White wine"] = add("White wine", ids["Wine"])
    ids["Glasses"] = add("Glasses for every wine that is worth a second glass")
    ids["Knives"] = add("Knives")
    for number in range(12):
        product = {"sku": f"DOU-{number}", "name": f"Quinta {number}", "price": "12.50", "category_id": ids["Douro"]}
        assert api.request("POST", "/api/products", json=product).status_code == 201
    return api, ids


def names(api, parent=0):
    return [item["name"].split()[0] for item in api.get(f"/api/categories?parent_id={parent}").json()["items"]]


def test_the_tree_is_kept_with_and_without_script(fresh, browser):  # noqa: F811
    bodega = fresh()
    api, ids = furnish(bodega)
    with visitor(browser, bodega) as page:
        page.goto("/categories")
        page.get_by_role("link", name="Open Wine").click()
        expect(page.get_by_role("link", name="Red wine", exact=True)).to_be_visible()
        assert page.url.endswith("/categories")

        # By keys: behind the knives, then into the glasses.
        page.get_by_role("link", name="White wine", exact=True).focus()
        page.keyboard.press("x")
        page.get_by_role("link", name="Knives", exact=True).focus()
        page.keyboard.press("a")
        expect(page.get_by_text("The category was moved.").first).to_be_visible()
        expect(page.get_by_role("link", name="White wine", exact=True)).to_be_focused()
        assert names(api) == ["Wine", "Glasses", "Knives", "White"]
        page.keyboard.press("ArrowUp")
        expect(page.get_by_role("link", name="Knives", exact=True)).to_be_focused()

        # By dragging: the knives before the wine.
        source = page.locator(f"li[data-id='{ids['Knives']}'] > [data-row]")
        target = page.locator(f"li[data-id='{ids['Wine']}'] > [data-row]")
        source.drag_to(target, target_position={"x": 200, "y": 3})
        expect(page.locator(f"li[data-id='{ids['Knives']}'] > .is-current")).to_be_visible()
        assert names(api) == ["Knives", "Wine", "Glasses", "White"]

        # What cannot be is refused in words.
        page.goto(f"/categories?cut={ids['Wine']}&open={ids['Wine']}")
        assert page.get_by_role("button", name="Into Red wine").count() == 0

        # A product gets its category by its path, with offers while it is typed.
        page.goto("/products/1")
        page.get_by_label("Category").fill("whi")
        expect(page.locator("#field-category_id-offers option")).to_have_count(1)
        page.get_by_label("Category").fill("White wine")
        page.get_by_role("button", name="Save changes").click()
        expect(page.get_by_text("Your changes were saved.").first).to_be_visible()
        assert api.get("/api/products/1").json()["category_id"] == ids["White wine"]

    with visitor(browser, bodega, java_script_enabled=False) as page:
        page.goto("/categories")
        page.get_by_role("link", name="Open Wine").click()
        page.get_by_role("link", name="Open Red wine").click()
        page.get_by_role("link", name="Douro", exact=True).click()
        page.get_by_role("link", name="Choose a place in the tree").click()
        page.get_by_role("button", name="Before Knives").click()
        expect(page.get_by_text("The category was moved.").first).to_be_visible()
        assert names(api)[0] == "Douro"
        page.goto(f"/categories/{ids['Douro']}")
        page.get_by_label("Belongs to").fill("Wine > Red wine")
        page.get_by_role("button", name="Move category").click()
        assert names(api)[0] == "Knives"
        page.goto(f"/categories/{ids['Red wine']}/delete?children=along")
        page.get_by_label("Its products").select_option("another")
        page.get_by_label("Other category").fill("white wine")
        page.get_by_label("Type 13 to confirm").fill("13")
        page.get_by_role("button", name="Delete 2 categories").click()
        expect(page.get_by_text("The category was deleted.").first).to_be_visible()
        assert api.get(f"/api/products?category_id={ids['White wine']}&include=total").json()["total"] == 12

    checked = bodega.run("categories", "check", "--json")
    assert json.loads(checked.stdout) == {"categories": 4, "faults": []}
    assert "White wine" in bodega.run("categories", "tree").stdout


def test_the_pages_are_accessible_and_fit(fresh, browser):  # noqa: F811
    bodega = fresh()
    api, ids = furnish(bodega)
    every = f"open={ids['Wine']},{ids['Red wine']}"
    pages = {
        "tree": f"/categories?{every}&current={ids['Douro']}",
        "cut": f"/categories?{every}&cut={ids['Knives']}",
        "search": "/categories?q=wine",
        "one": f"/categories/{ids['Red wine']}",
        "new": "/categories/new",
        "merge": f"/categories/{ids['Douro']}/merge",
        "delete": f"/categories/{ids['Douro']}/delete",
        "products": f"/products?category_id={ids['Wine']}&descendants=1",
        "product": "/products/1",
    }
    sizes = {**SIZES, "middle": {"width": 820, "height": 1100}}
    for size, viewport in sizes.items():
        with visitor(browser, bodega, viewport=viewport) as page:
            for name, path in pages.items():
                if size == "middle" and name.startswith("product"):
                    continue
                page.goto(path)
                shoot(page, f"categories-{name}-{size}")
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{name} {size}: {wide} px too wide"
                if size != "middle":
                    found = Axe().run(page).response["violations"]
                    assert found == [], f"{name} {size}: {[(v['id'], v['nodes'][0]['html']) for v in found]}"
