"""Every page of an instance that has something on each of them, for tests that look at all pages."""

import dataclasses
import re

from instance import FINAL

VIEWER = ("viewer@wineshop.example", "seven quiet lamps")


@dataclasses.dataclass(frozen=True)
class View:
    """One page in one state."""

    name: str
    path: str
    status: int = 200
    # admin, viewer, or None for somebody who is not logged in.
    who: str | None = "admin"


def rows(prefix, count, price="12.50"):
    """A product file with problems of several kinds at its end."""
    head = "SKU,Name,Description,Price,UPC,Shelf\n"
    lines = [
        f"{prefix}-{number:04},Quetzal Reserva {2000 + number % 25} No. {number},"
        f"\"Dry, from old vines; {number} bottles were made and most of them are gone\",{price},,A{number % 7}\n"
        for number in range(count)
    ]
    wrong = f"x,Ragged\n,No SKU,,1,,A\n{prefix}-0001,Twin,,-5,,A\n{prefix}-9999,Odd code,,3,4006381333932,B\n"
    return head + "".join(lines) + wrong


class Gallery:
    """Furnishes an instance; `views` then holds every page."""

    def __init__(self, instance):
        self.instance = instance
        self.client = instance.api
        self.views = []
        self.furnish()

    def add(self, name, path, **options):
        self.views.append(View(name, path, **options))

    def post(self, path, body=None, expect=(200, 201, 202)):
        answer = self.client.post(path, json=body)
        assert answer.status_code in expect, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.text else {}

    def furnish(self):
        for step in (self.catalogue, self.imports, self.deletions, self.people, self.account, self.house, self.errors):
            step()

    def catalogue(self):
        self.done = self.instance.import_file(
            rows("furniture", 400), filename="spring-catalogue-with-a-rather-long-name-2026.csv"
        )
        product = self.client.get("/api/products?sku=furniture-0002").json()["items"][0]["id"]
        self.client.patch(f"/api/products/{product}", json={
            "price": "19.90", "compare_at_price": "24.00", "brand": "Bodegas Quetzal", "description": "Changed by hand",
            "custom_attributes": {"Grape": "Tempranillo", "Region": "Rioja Alta"},
        })
        self.add("products", "/products")
        self.add("products-found", "/products?q=quetzal&status=active&sort=-price")
        self.add("products-none", "/products?q=nosuchthing")
        self.add("product", f"/products/{product}")
        self.add("product-saved", f"/products/{product}?done=saved")
        self.add("product-new", "/products/new")
        self.add("product-delete", f"/products/{product}/delete")
        self.add("products-delete", "/products/delete?sku=furniture")

    def imports(self):
        failed = self.instance.import_file("SKU,Name\n,\n,\n", filename="nothing-usable.csv")
        waiting = self.client.upload(rows("furniture", 300, "11.00"), filename="price-list.csv", review="1")["job_id"]
        self.client.wait(waiting, until=lambda job: job["status"] in FINAL | {"awaiting_confirmation"})
        undone = self.instance.import_file("SKU,Name,Price\nundo-1,Taken back,1\nundo-2,Taken back,2\n",
                                           filename="taken-back.csv")
        undo = self.post(f"/api/jobs/{undone['id']}/undo")
        self.client.wait(undo["job_id"])
        profile = self.post("/api/import-profiles", {
            "name": "Supplier Müller", "mapping": {"Ref": "sku", "Bezeichnung": "name", "Preis": "price"},
        })
        self.add("imports", "/imports")
        self.add("import", f"/imports/{self.done['id']}")
        self.add("import-all-failed", f"/imports/{failed['id']}")
        self.add("import-to-confirm", f"/imports/{waiting}")
        self.add("import-plan", f"/imports/{waiting}/plan")
        self.add("import-columns", f"/imports/{waiting}/mapping")
        self.add("import-undone", f"/imports/{undone['id']}")
        self.add("import-undo", f"/jobs/{self.done['id']}/undo")
        self.add("profiles", "/imports/profiles")
        self.add("profile-of-columns", f"/imports/profiles/{profile['id']}")
        self.add("profile-of-columns-delete", f"/imports/profiles/{profile['id']}/delete")
        self.add("job-undo", f"/jobs/{undo['job_id']}")

    def deletions(self):
        self.instance.import_file("SKU,Name\n" + "".join(f"gone-{n},Gone {n}\n" for n in range(20)),
                                  filename="short-lived.csv")
        answer = self.client.delete("/api/products?sku=gone-&confirm=20")
        assert answer.status_code == 202, answer.text
        job = self.client.wait(answer.json()["job_id"])
        self.add("job-delete", f"/jobs/{job['id']}")
        self.add("jobs", "/jobs")
        self.add("jobs-filtered", "/jobs?status=failed")
        self.add("jobs-none", "/jobs?status=cancelled")

    def people(self):
        made = self.post("/api/users", {
            "email": "anna.ribera-with-a-rather-long-name@wineshop.example", "first_name": "Anna", "role": "editor",
        })
        self.post("/api/users", {"email": VIEWER[0], "first_name": "Vera", "role": "viewer", "password": VIEWER[1]})
        self.add("users", "/users")
        self.add("users-none", "/users?q=nosuchuser")
        self.add("user-new", "/users/new")
        self.add("user", f"/users/{made['id']}")
        self.add("user-deactivate", f"/users/{made['id']}/deactivate")
        link = re.sub(r"^https?://[^/]+", "", made["reset_link"]["url"])
        self.add("reset", link, who=None)
        self.add("reset-void", "/reset/no-such-link", status=404, who=None)

    def account(self):
        token = self.post("/api/tokens", {"name": "Shop synchronisation", "scopes": ["read:products"]})
        self.add("profile", "/profile")
        self.add("profile-email", "/profile/email")
        self.add("profile-password", "/profile/password")
        self.add("tokens", "/tokens")
        self.add("token-new", "/tokens/new")
        self.add("token-rotate", f"/tokens/{token['id']}/rotate")
        self.add("token-revoke", f"/tokens/{token['id']}/revoke")

    def house(self):
        self.add("home", "/")
        self.add("home-of-a-viewer", "/", who="viewer")
        self.add("login", "/login", who=None)
        self.add("audit", "/audit")
        self.add("audit-filtered", "/audit?action=job.create")
        self.add("audit-none", "/audit?entity_id=nosuchthing")
        self.add("shortcuts", "/shortcuts")
        self.add("settings-saved", "/settings?saved=shop")
        self.add("settings", "/settings")
        self.add("api-docs", "/api/docs")

    def errors(self):
        self.add("not-found", "/nothing-here", status=404)
        self.add("not-found-for-strangers", "/static/nothing-here", status=404, who=None)
        self.add("forbidden", "/users", status=403, who="viewer")
        self.add("bad-filter", "/products?price_min=cheap", status=400)
