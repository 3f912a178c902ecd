"""Makes the pictures of README.md from a shop that it furnishes: .build/venv/bin/python deploy/screenshots/make.py

deploy/test sets up what it needs (.build/venv, chromium, the program). Names, prices and days are made up.
"""

import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from playwright.sync_api import sync_playwright  # noqa: E402

from instance import EMAIL, PASSWORD, Bodega, wait_for  # noqa: E402

BRANDS = ["Quinta do Crasto", "Niepoort", "Rösle", "Bialetti", "Riedel", ""]
WORDS = "Vinho Tinto Reserva Branco Copo Cristal Panela Aço Moka Express Faca Chef Saca-rolhas Decanter Porto Tawny".split()


def table(rows, seed):
    chance = random.Random(seed)
    lines = ["sku,name,brand,price,upc,description"]
    for number in range(rows):
        name = " ".join(chance.sample(WORDS, 3))
        price = chance.choice(["", "12.50", "8.90", "234.00", "3.20", "bad" if chance.random() < 0.2 else "17.00"])
        lines.append(f"P-{number:05},{name},{chance.choice(BRANDS)},{price},{chance.choice(['', '4006381333931'])},")
    return "\n".join(lines) + "\n"


def main():
    with Bodega() as shop:
        for number in range(6):
            shop.import_file(table(300 + 200 * number, number), filename=f"catalogue-{number + 1}.csv")
        waiting = shop.api.post(
            "/api/upload-csv?review=1",
            data=table(900, 9).encode(),
            headers={"X-Filename": "Katalog Herbst.csv", "Content-Type": "text/csv"},
        ).json()["job_id"]
        wait_for(lambda: shop.api.job(waiting)["status"] == "awaiting_confirmation", "the plan")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(base_url=shop.url, viewport={"width": 1280, "height": 800})
            page.goto("/login")
            page.get_by_label("Email address or username").fill(EMAIL)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            # The runner counts what products lack every 20 seconds.
            wait_for(lambda: page.goto("/") and page.get_by_text("What products lack").count(), "the figures")
            for name, path in {"home": "/", "plan": f"/imports/{waiting}", "products": "/products"}.items():
                page.goto(path)
                page.screenshot(path=ROOT / f"deploy/screenshots/{name}.png")


if __name__ == "__main__":
    main()
