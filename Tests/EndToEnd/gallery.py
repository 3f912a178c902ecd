"""Every page of an instance that has something on each of them, for tests that look at all pages."""

import dataclasses
import json
import re

from instance import FINAL, wait_for
from pictures import picture

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
        steps = (
            self.catalogue, self.imports, self.customers, self.deletions, self.schedules, self.people, self.account, self.webhooks, self.house,
            self.errors,
        )
        for step in steps:
            step()

    def catalogue(self):
        self.done = self.instance.import_file(
            rows("furniture", 60), filename="spring-catalogue-with-a-rather-long-name-2026.csv"
        )
        product = self.client.get("/api/products?sku=furniture-0002").json()["items"][0]["id"]
        self.client.patch(f"/api/products/{product}", json={
            "price": "19.90", "compare_at_price": "24.00", "brand": "Bodegas Quetzal", "description": "Changed by hand",
            "custom_attributes": {"Grape": "Tempranillo", "Region": "Rioja Alta"},
        })
        wine = self.post("/api/categories", {"name": "Wine"})["id"]
        red = self.post("/api/categories", {"name": "Red wine", "parent_id": wine})["id"]
        self.client.patch(f"/api/products/{product}", json={"category_id": red})
        self.add("categories", f"/categories?open={wine}")
        self.add("categories-found", "/categories?q=wine")
        self.add("categories-cut", f"/categories?open={wine}&cut={red}")
        self.add("category", f"/categories/{red}")
        self.add("category-new", f"/categories/new?parent={wine}")
        self.add("category-merge", f"/categories/{red}/merge")
        self.add("category-delete", f"/categories/{red}/delete")
        weight = self.post("/api/metafield-definitions", {
            "namespace": "custom", "key": "net_weight", "name": "Net weight", "type": "weight", "validations": {"max": "50 kg"},
        })["id"]
        for number, kind in enumerate(["list.single_line_text_field", "boolean", "rich_text_field", "money", "date"]):
            self.post("/api/metafield-definitions", {
                "namespace": "custom", "key": f"k{number}", "name": f"Metafield {number}", "type": kind,
                "description": "What it is said to mean",
            })
        self.client.put(f"/api/products/{product}/metafields/custom/net_weight", json={"value": "2.5 kg"})
        for colour in ("#8a1c2b", "#c9a227", "#3b5d38"):
            self.client.post(f"/api/products/{product}/images", data=picture(colour, (640, 900))).raise_for_status()
        self.add("changes", "/changes")
        self.post("/api/views", {"name": "Drafts of the spring", "query": "status=draft&sort=-price"})
        self.add("views", "/products/views?query=status%3Ddraft")
        self.add("product-compared", f"/products/{product}/compare?from=1")
        self.add("products-counted", "/products?facets=1")
        self.add("metafields", "/metafields")
        self.add("metafield-types", "/metafields/new")
        self.add("metafield-new", "/metafields/new?type=single_line_text_field")
        self.add("metafield", f"/metafields/{weight}")
        self.add("metafield-delete", f"/metafields/{weight}/delete")
        self.add("products", "/products")
        self.add("products-found", "/products?q=quetzal+2002&status=active")
        self.add("products-none", "/products?q=nosuchthing")
        self.add("product", f"/products/{product}")
        self.add("product-saved", f"/products/{product}?done=saved")
        self.add("product-new", "/products/new")
        self.add("product-delete", f"/products/{product}/delete")
        self.add("products-delete", "/products/delete?sku=furniture")
        self.add("products-status", "/products/status?sku=furniture")
        self.add("products-chosen", f"/products?ids={product}")

    def imports(self):
        failed = self.instance.import_file("SKU,Name\n,Shelf\n,Chair\n", filename="nothing-usable.csv")
        waiting = self.client.upload(rows("furniture", 20, "11.00"), filename="price-list.csv", review="1")["job_id"]
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
        self.add("import-rows", f"/imports/{failed['id']}/rows")
        self.add("import-to-confirm", f"/imports/{waiting}")
        self.add("import-plan", f"/imports/{waiting}/plan")
        self.add("import-columns", f"/imports/{waiting}/mapping")
        self.add("import-undone", f"/imports/{undone['id']}")
        self.add("import-undo", f"/jobs/{self.done['id']}/undo")
        self.add("profiles", "/imports/profiles")
        self.add("profile-of-columns", f"/imports/profiles/{profile['id']}")
        self.add("profile-of-columns-delete", f"/imports/profiles/{profile['id']}/delete")
        self.add("job-undo", f"/jobs/{undo['job_id']}")

    def customers(self):
        self.add("customers-empty", "/customers?country=AQ")
        marta = self.post("/api/customers", {
            "customer_code": "C-10387", "first_name": "Marta", "last_name": "Oliveira", "email": "marta@sapo.example",
            "phone": "+351 21 000 0000", "address": "Rua de Santa Catarina 1", "postal_code": "4000-447", "city": "Porto",
            "country": "Portugal", "language": "pt",
        })["id"]
        gone = self.post("/api/customers", {"customer_code": "C-20114", "city": "Vila Nova de Gaia", "optout": True})["id"]
        self.post("/api/customers", {
            "customer_code": "a-code-of-another-shop-that-is-rather-long-0123456789", "first_name": "Maximiliane",
            "last_name": "von und zu Hohenlohe-Schillingsfuerst-Waldenburg", "bounced": True, "country": "DE",
            "email": "a-rather-long-address-of-somebody@a-rather-long-domain-of-a-company.example",
        })
        twins = [self.post("/api/customers", {
            "customer_code": f"WEB-{number}", "first_name": "M.", "last_name": "Oliveira", "email": "marta@sapo.example",
        })["id"] for number in range(2)]
        self.post(f"/api/customers/{twins[0]}/merge", {"into": marta, "reason": "same e-mail"})
        self.add("customers-duplicates", "/customers/duplicates")
        self.add("customers-duplicates-none", "/customers/duplicates?by=phone")
        self.add("customer-merged", f"/customers/{twins[0]}")
        self.client.patch(f"/api/customers/{marta}", json={"city": "Lisboa"})
        self.client.delete(f"/api/customers/{gone}")
        self.add("customers", "/customers")
        self.add("customers-of-a-viewer", "/customers", who="viewer")
        self.add("customers-none", "/customers?q=nosuchcustomer")
        self.add("customer", f"/customers/{marta}")
        self.add("customer-of-a-viewer", f"/customers/{marta}", who="viewer")
        self.add("customer-new", "/customers/new")
        self.add("customer-delete", f"/customers/{marta}/delete")
        self.add("customer-deleted", f"/customers/{gone}", status=410)

    def deletions(self):
        self.instance.import_file("SKU,Name\n" + "".join(f"gone-{n},Gone {n}\n" for n in range(20)),
                                  filename="short-lived.csv")
        gone = self.client.get("/api/products/by-sku/gone-7").json()["id"]
        answer = self.client.delete("/api/products?sku=gone-&confirm=20")
        assert answer.status_code == 202, answer.text
        job = self.client.wait(answer.json()["job_id"])
        self.add("product-deleted", f"/products/{gone}", status=410)
        self.add("products-deleted", "/products/deleted")
        self.add("job-delete", f"/jobs/{job['id']}")
        self.add("jobs", "/jobs")
        self.add("jobs-filtered", "/jobs?status=failed")
        self.add("jobs-none", "/jobs?status=cancelled")

    def schedules(self):
        made = self.post("/api/schedules", {
            "name": "Nightly cleanup", "kind": "maintenance", "parameters": {"task": "cleanup"}, "cron": "30 3 * * *",
            "time_zone": "Europe/Lisbon",
        })
        self.post("/api/schedules", {
            "name": "Check of the books on the first working day of each week, and of the audit trail", "kind": "books_check",
            "cron": "15,45 6-8/2 1,15 */3 MON", "time_zone": "America/Argentina/Buenos_Aires", "enabled": False,
        })
        run = self.client.wait(self.post(f"/api/schedules/{made['id']}/run")["job_id"])
        self.add("schedules", "/schedules")
        self.add("schedules-none", "/schedules?enabled=true&kind=books_check")
        self.add("schedule", f"/schedules/{made['id']}")
        self.add("schedule-of-a-viewer", f"/schedules/{made['id']}", who="viewer")
        self.add("schedule-new", "/schedules/new?kind=maintenance")
        self.add("schedule-delete", f"/schedules/{made['id']}/delete")
        self.add("job-maintenance", f"/jobs/{run['id']}")
        self.add("job-remove", f"/jobs/{run['id']}/delete")

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

    def webhooks(self):
        made = self.post("/api/webhooks", {
            "url": "http://localhost:9/hooks/a-rather-long-path-of-an-endpoint", "description": "ERP of the warehouse",
            "event_types": ["product.*", "import.completed"], "headers": {"Authorization": "Bearer x"}, "rate_limit": 5,
        })
        self.post("/api/webhooks", {"url": "https://shop.example/hooks", "event_types": ["*"], "enabled": False})
        path = f"/webhooks/{made['id']}"
        self.post(f"/api{path}/test")
        delivery = self.client.get(f"/api{path}/deliveries").json()["items"][0]["id"]
        self.add("webhooks", "/webhooks")
        self.add("webhook-new", "/webhooks/new")
        self.add("webhook", path)
        self.add("webhook-none", f"{path}?status=pending&event_type=import.completed")
        self.add("webhook-edit", f"{path}/edit")
        self.add("webhook-rotate", f"{path}/rotate-secret")
        self.add("webhook-replay", f"{path}/replay")
        self.add("webhook-delete", f"{path}/delete")
        self.add("delivery", f"{path}/deliveries/{delivery}")

    def house(self):
        self.add("home", "/")
        self.add("home-of-a-viewer", "/", who="viewer")
        self.add("login", "/login", who=None)
        self.add("audit", "/audit")
        self.add("audit-filtered", "/audit?action=job.create")
        self.add("audit-none", "/audit?entity_id=nosuchthing")
        self.say_something()
        self.add("logs", "/logs")
        self.add("logs-filtered", "/logs?level=error&q=disk&user_id=1")
        self.add("logs-none", "/logs?q=nosuchthing")
        self.add("shortcuts", "/shortcuts")
        self.add("search", "/search?q=furniture")
        self.add("search-none", "/search?q=nosuchthing")
        for topic in ("users", "operators", "programs"):
            self.add(f"help-{topic}", f"/help/{topic}")
        self.add("settings-saved", "/settings?saved=shop")
        self.add("settings", "/settings")
        self.add("api-docs", "/api/docs")

    def say_something(self):
        """Lines of the system log, as a worker writes them (LogSpool), and the time until they are collected."""
        said = [
            ("error", "request failed", {"user_id": "1", "request_id": "0b77f5e2c14d4c1fb6b1f0a2f5c8d9e0"},
             {"method": "POST", "path": "/api/products", "status": "500",
              "reason": "database: disk I/O error (10) in: INSERT INTO product (sku, sku_norm, name) VALUES (?, ?, ?)"}),
            ("warning", "a worker died", {"job_id": self.done["id"]},
             {"how": "signal 9", "then": "pending", "x" * 60: "y" * 300}),
        ]
        with (self.instance.data / "logs/system-log.spool").open("ab") as file:
            for level, message, references, data in said * 3:
                line = {"time": "2026-11-25T12:00:00.000Z", "level": level, "logger": "web", "pid": 4711,
                        "message": message, "module": "App/ErrorResponses", "function": "response(to:of:_:)",
                        "line": 17, **references, "data": data}
                file.write(b"\x1e" + json.dumps(line).encode() + b"\n")
        wait_for(lambda: len(self.client.get("/api/system-log?q=4711").json()["items"]) >= 6, "nothing was collected")

    def errors(self):
        self.add("not-found", "/nothing-here", status=404)
        self.add("not-found-for-strangers", "/static/nothing-here", status=404, who=None)
        self.add("forbidden", "/users", status=403, who="viewer")
        self.add("bad-filter", "/products?price_min=cheap", status=400)
