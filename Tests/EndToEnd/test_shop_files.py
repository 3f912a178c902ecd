"""Files as shops have them, from the drop to the catalogue: in the browser with at most three clicks, counts as Python says."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from instance import shared_file
from test_browser import SIZES, browser, shoot, visitor  # noqa: F401 (browser is a fixture)
from test_mapping import faults


def written(rows, delimiter=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def magento():
    """Rows for a store view translate the product above."""
    header = ("sku,store_view_code,attribute_set_code,product_type,categories,name,description,weight,product_online,"
              "visibility,price,special_price,url_key,qty").split(",")
    rows, products = [], {}
    for number in range(40):
        sku, online = f"MG-{number}", "2" if number % 7 == 0 else "1"
        rows.append([sku, "", "Default", "simple", "Default Category/Gear", f"Bag {number}", "<p>Strong</p>", "1.2", online,
                     "Catalog, Search", f"{number}.50", "", f"bag-{number}", "3"])
        products[sku] = {"name": f"Bag {number}", "price": f"{number}.50", "status": "draft" if online == "2" else "active"}
        if number % 4 == 0:
            rows.append([sku, "fr", "Default", "simple", "", f"Sac {number}", "", "", "", "", "", "", "", ""])
    return written([header] + rows), products, len(rows), len(rows) - len(products)


def prestashop():
    header = ("Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax included;On sale (0/1);Reference #;"
              "Supplier reference #;Manufacturer;EAN13;UPC;Quantity;Summary;Description").split(";")
    rows, products = [], {}
    for number in range(30):
        active = number % 5 != 0
        rows.append([number, "1" if active else "0", f"Tasse № {number}", "Home,Cups", f"{number}.90", "0", f"demo_{number}",
                     f"S{number}", "Studio Design", "4006381333931" if number % 2 else "", "", "7", "", "<p>Belle</p>"])
        products[f"demo_{number}"] = {"name": f"Tasse № {number}", "price": f"{number}.90", "brand": "Studio Design",
                                      "upc": "4006381333931" if number % 2 else None,
                                      "status": "active" if active else "draft"}
    return written([header] + rows, ";"), products, len(rows), 0


def wix():
    header = ("handleId,fieldType,name,description,productImageUrl,collection,sku,ribbon,price,surcharge,visible,discountMode,"
              "discountValue,inventory,weight,cost,productOptionName1,productOptionType1,productOptionDescription1,brand")
    rows, products = [], {}
    for number in range(12):
        handle = f"product_{number:08x}"
        rows.append([handle, "Product", f"Candle {number}", "<p>Wax</p>", "a.jpg;b.jpg", "All", f"W-{number}", "", "12.5", "",
                     "true", "PERCENT", "0.0", "InStock", "0.2", "", "Size", "DROP_DOWN", "S;M", "Lumen"])
        products[f"W-{number}"] = {"name": f"Candle {number}", "brand": "Lumen", "price": "12.50", "status": "active"}
        for size in "SM":
            rows.append([handle, "Variant", "", "", "", "", f"W-{number}-{size}", "", "", "1.5", "true", "", "", "InStock", "",
                         "", "Size", "", size, ""])
            products[f"W-{number}-{size}"] = {"name": f"Candle {number} – {size}", "brand": "Lumen", "price": "14.00",
                                              "description": "<p>Wax</p>"}
    return written([header.split(",")] + rows), products, len(rows), 0


def etsy():
    """Most listings have no SKU: it is made of the title."""
    header = ("TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,IMAGE1,IMAGE2,VARIATION 1 TYPE,VARIATION 1 NAME,"
              "VARIATION 1 VALUES,SKU").split(",")
    rows, products = [], {}
    for number in range(20):
        rows.append([f"Linen apron No. {number}, handmade", "Soft\nlinen", f"{20 + number}.00", "EUR", "4", "apron,linen",
                     "linen", "https://i.etsystatic.com/1.jpg", "", "", "", "", ""])
        products[f"linen-apron-no.-{number}-handmade"] = {"name": f"Linen apron No. {number}, handmade",
                                                          "price": f"{20 + number}.00"}
    return written([header] + rows), products, len(rows), 0


def wholesaler():
    header = "Art.-Nr.;Bezeichnung;Hersteller;EAN;VK brutto;EK netto;Lagerbestand;Warengruppe;Beschreibung".split(";")
    rows, products = [], {}
    for number in range(60):
        rows.append([f"W-{10000 + number}", f"Gläser {number} Stück", "Müller & Söhne", "4006381333931", f"1.2{number:02},90",
                     "17,40", "148", "Küche", "Für den täglichen Gebrauch"])
        products[f"W-{10000 + number}"] = {"name": f"Gläser {number} Stück", "brand": "Müller & Söhne",
                                           "price": f"12{number:02}.90", "upc": "4006381333931"}
    return written([header] + rows, ";", "cp1252"), products, len(rows), 0


def unknown():
    """Names that say little: guessed by what they have in them, and by content."""
    header = ["Nummer", "Was", "Endpreis Laden", "Strich", "Text", "Farbe", "Lager"]
    rows, products = [], {}
    for number in range(25):
        rows.append([f"N{number:03}-A", f"Blaue Schale {number}", f"{number},95", ["4006381333931", "4006381333948"][number % 2],
                     "Ein langer Text über die Schale, " * 4, ["rot", "blau"][number % 2], str(number % 9)])
        products[f"N{number:03}-A"] = {"name": f"Blaue Schale {number}", "price": f"{number}.95",
                                       "upc": rows[-1][3]}
    return written([header] + rows, ";"), products, len(rows), 0


STYLES = {style.__name__: style for style in (magento, prestashop, wix, etsy, wholesaler, unknown)}


def drop(page, name, content):
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}"))


def import_by_hand(page, name, content, shot=None):
    """Drops a file and presses the main button until it is imported; returns what was pressed."""
    drop(page, name, content)
    pressed = []
    if "/mapping" in page.url:
        if shot:
            shoot(page, shot)
        page.get_by_role("button", name="Apply and check the file").click()
        pressed.append("Apply and check the file")
        page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}$"))
    button = page.get_by_role("button", name=re.compile(r"^Import [\d,]+ "))
    expect(button).to_be_visible()
    if shot:
        shoot(page, f"{shot}-plan")
    pressed.append(button.inner_text())
    button.click()
    expect(page.get_by_text("Completed").first).to_be_visible()
    return pressed


@pytest.mark.parametrize("style", STYLES)
def test_a_file_of_each_style_needs_three_clicks_at_most(browser, fresh, style):  # noqa: F811
    instance = fresh()
    content, products, total, skipped = STYLES[style]()
    with visitor(browser, instance) as page:
        pressed = import_by_hand(page, f"{style}.csv", content, f"style-{style}")
        assert len(pressed) <= 3, pressed
        print(style, pressed)
    job = instance.api.get("/api/jobs").json()["items"][0]
    counts = [job[f"{kind}_rows"] for kind in ("total", "created", "skipped", "failed")]
    assert counts == [total, len(products), skipped, 0], (job, instance.api.errors(job["id"])[:3])
    stored = {item["sku"]: item for item in instance.api.get("/api/products?limit=1000").json()["items"]}
    assert {sku: {field: stored[sku][field] for field in wanted} for sku, wanted in products.items()} == products


@pytest.mark.parametrize("name", ["apparel", "home-and-garden", "jewelery"])
def test_shopifys_samples_in_the_browser(browser, fresh, name):  # noqa: F811
    instance = fresh()
    path = shared_file(f"feeds/shopify-product-csvs/{name}.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    products = [row for row in rows if row["Variant Price"]]
    with visitor(browser, instance) as page:
        drop(page, path.name, path.read_bytes())
        expect(page.get_by_text("The products of this file have no SKUs.")).to_be_visible()
        shoot(page, f"identity-{name}")
        assert faults(page) == []
        page.get_by_role("button", name=f"Import {len(products)} rows").click()
        expect(page.get_by_text("Completed").first).to_be_visible()
    job = instance.api.get("/api/jobs").json()["items"][0]
    assert (job["created_rows"], job["skipped_rows"]) == (len(products), len(rows) - len(products))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_what_identifies_is_chosen_and_the_rest_is_kept(browser, fresh, script):  # noqa: F811
    """The page of columns: another column identifies, all others become attributes with one click, a profile remembers."""
    instance = fresh()
    content = "EAN;Bezeichnung;Farbe;Glanz (%)\n4006381333931;Vase;blau;12\n4006381333948;Krug;rot;9\n".encode()
    with visitor(browser, instance, java_script_enabled=script) as page:
        page.goto("/imports")
        page.locator("input[type=file]").set_input_files({"name": "e.csv", "mimeType": "text/csv", "buffer": content})
        if not script:
            page.get_by_role("button", name="Upload and import").click()
        page.wait_for_url(re.compile("/mapping$"))
        expect(page.get_by_label("What identifies a product")).to_have_value("EAN")
        expect(page.get_by_text("All 2 rows can be read.")).to_be_visible()
        before = page.locator("th.map-target").bounding_box()["width"]
        page.get_by_role("button", name="Keep all other columns as attributes").click()
        expect(page.get_by_label("Custom attribute for Glanz (%)")).to_have_value("Glanz (%)")
        assert page.locator("th.map-target").bounding_box()["width"] == before, "widths stay"
        shoot(page, f"columns-kept-{script}")
        if script:
            assert faults(page) == []
        expect(page.locator("[data-region=stored]")).to_contain_text("4006381333931")
        for width in (360, 820, 1000, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            page.locator("details.map-blank summary").nth(1).click()
            expect(page.get_by_label("Blank cells of Bezeichnung", exact=True)).to_be_visible()
            page.locator("details.map-blank summary").nth(1).click()
            shoot(page, f"columns-{width}-{script}")
        page.get_by_label("Save as a profile").fill("Krüge")
        page.get_by_role("button", name="Apply and check the file").click()
        page.get_by_role("button", name="Import 2 rows").click()
        expect(page.get_by_text("Completed").first).to_be_visible()
    product = instance.api.get("/api/products/by-sku/4006381333931").json()
    assert product["custom_attributes"] == {"Farbe": "blau", "Glanz (%)": "12"} and product["upc"] == "4006381333931"
    again = instance.api.wait(instance.api.upload(content, review="0")["job_id"])
    assert again["unchanged_rows"] == 2 and again["options"]["identify"] == "EAN", again


def test_a_guess_is_never_taken_without_a_person(bodega):
    content, *_ = unknown()
    assert bodega.api.upload(content, expect=422)["code"] == "no_sku_column"


def test_the_command_says_how_products_are_identified(fresh):
    instance = fresh()
    content, products, *_ = etsy()
    # The account of the command must be able to read it.
    path = instance.folder / "etsy.csv"
    path.write_bytes(content)
    path.chmod(0o644)
    refused = instance.run("import", str(path), check=False)
    assert refused.returncode != 0 and "--identify handle" in refused.stdout + refused.stderr, refused
    done = instance.run("import", str(path), "--identify", "handle")
    assert f"created: {len(products)}" in done.stdout, done.stdout
