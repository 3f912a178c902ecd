"""Customers: files become people, by the command line, the API and pages; and nobody learns who they are who may not."""

import json
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from test_browser import SIZES, browser, shoot, visitor  # noqa: F401
from test_people import log_in, make_user

FILE = """Customer number,Vorname,Nachname,E-mail,Phone,Street,PLZ,Ort,Country,Language,Opt out
C-1,Marta,Oliveira,Marta@Sapo.example,+351 21 000 0000,Rua Nova 1,4000-447,Porto,Portugal,pt,no
C-2,Jürgen,Groß,j.gross@firma.example,0049 30 123456,Gartenweg 3,10115,Berlin,DE,de,yes
C-3,No,Mail,,,,,,,,
"""
BAD = """customer_code,email,country,optout
C-2,j.gross@firma.example,DE,no
C-4,nobody,PT,
C-5,a@b.example,Atlantis,
"""
SECRETS = ["Marta", "Oliveira", "marta@", "Marta@", "21000", "21 000", "Rua Nova", "4000-447", "Porto"]


def only_digest(bodega):
    items = bodega.api.get("/api/customers?sort=id&limit=1000").json()["items"]
    return [{name: value for name, value in item.items() if name not in ("version", "updated_at")} for item in items]


def test_files_become_people_and_go_again(fresh):
    bodega = fresh()
    api = bodega.api
    done = bodega.import_file(FILE, filename="people.csv", target="customers")
    assert (done["status"], done["kind"], done["created_rows"]) == ("completed", "customer_import", 3), done
    assert done["options"]["target"] == "customers"
    marta = api.get("/api/customers/by-code/c-1").json()
    assert (marta["email"], marta["phone"], marta["country"]) == ("marta@sapo.example", "+351210000000", "PT")
    before = only_digest(bodega)

    # The same file again changes nothing; the command line says what cannot be.
    path = bodega.folder / "people.csv"
    path.write_text(FILE)
    path.chmod(0o644)
    again = json.loads(bodega.run("import", str(path), "--target", "customers", "--json").stdout)
    job = again.get("job", again)
    assert (job["unchanged_rows"], job["processed_rows"]) == (3, 3), again

    # A plan is looked at first; a file takes no opt-out back; what fails is repaired.
    waiting = api.upload(BAD, filename="bad.csv", target="customers", review=1)["job_id"]
    api.wait(waiting, until=lambda state: state["status"] == "awaiting_confirmation")
    plan = api.get(f"/api/jobs/{waiting}/plan").json()
    assert plan["counts"]["reject"] == 3, plan
    codes = sorted(error["code"] for error in api.errors(waiting))
    assert codes == ["bad_country", "bad_email", "optout_reversed"], codes
    api.post(f"/api/jobs/{waiting}/confirm")
    assert api.wait(waiting)["failed_rows"] == 3
    corrected = api.get(f"/api/jobs/{waiting}/errors.csv").text.replace("nobody", "somebody@b.example")
    answer = api.post(f"/api/jobs/{waiting}/repair", data=corrected.encode(), headers={"Content-Type": "text/csv"})
    assert answer.status_code == 202, answer.text
    repaired = api.wait(waiting, until=lambda state: state["failed_rows"] == 2 and state["status"] == "completed")
    assert repaired["created_rows"] == 1
    allowed = bodega.import_file(BAD, filename="bad.csv", target="customers", allow_optin=1)
    assert allowed["updated_rows"] == 1 and api.get("/api/customers/by-code/C-2").json()["optout"] is False

    # Both go again, the last one first.
    for job in (allowed["id"], waiting):
        undo = api.post(f"/api/jobs/{job}/undo")
        assert undo.status_code == 202, undo.text
        assert api.wait(undo.json()["job_id"])["status"] == "completed"
    assert only_digest(bodega) == before


def test_who_may_not_know_learns_of_nobody(fresh):
    bodega = fresh()
    bodega.import_file(FILE, filename="people.csv", target="customers")
    job = bodega.import_file(BAD, filename="bad.csv", target="customers")["id"]
    one = bodega.api.get("/api/customers/by-code/C-1").json()["id"]
    bodega.api.patch(f"/api/customers/{one}", json={"address": "Rua Nova 2"})
    make_user(bodega, "vera@example.com", "viewer")
    viewer = log_in(bodega, "vera@example.com")
    seen = {}
    for path in ("/customers", f"/customers/{one}", "/api/customers", f"/api/customers/{one}", "/api/customers/by-code/C-1",
                 f"/api/customers/{one}/history", "/jobs", "/imports", "/", f"/api/jobs/{job}", "/search?q=C-1"):
        answer = viewer.get(f"{bodega.url}{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        seen[path] = answer.text
    for path in (f"/api/jobs/{job}/errors", f"/api/jobs/{job}/errors.csv", f"/api/jobs/{job}/file", f"/imports/{job}",
                 f"/api/jobs/{job}/plan", f"/api/customers/{one}/data", "/customers?q=mar", "/api/customers?email=a"):
        answer = viewer.get(f"{bodega.url}{path}")
        assert answer.status_code == 403, (path, answer.status_code)
        seen[path] = answer.text
    for path, text in seen.items():
        for secret in SECRETS:
            assert secret not in text, (path, secret)
    assert "m•••••@sapo.example" in seen[f"/customers/{one}"]
    # Nothing of it stands in logs, events or the audit trail.
    bodega.api.post("/api/customers", json={"customer_code": "C-1", "first_name": "Marta", "email": "Marta@Sapo.example"})
    bodega.api.patch(f"/api/customers/{one}", json={"email": "Marta@Sapo", "country": "Porto"})
    trail = bodega.api.get("/api/audit-log?limit=1000").text
    told = trail + bodega.api.get("/api/system-log?limit=1000").text
    told += "".join(path.read_text(errors="replace") for path in (bodega.data / "logs").glob("*") if path.is_file())
    for secret in SECRETS:
        assert secret not in told, secret
    assert "customer.update" in trail


def test_merged_customers_are_taken_apart_again(fresh):
    bodega = fresh()
    api = bodega.api
    bodega.import_file(FILE, filename="people.csv", target="customers")
    twin = api.post("/api/customers", json={"customer_code": "WEB-1", "email": "MARTA@sapo.example", "phone": "+4930123456"}).json()
    ids = {item["customer_code"]: item["id"] for item in api.get("/api/customers").json()["items"]}

    def duplicates(by):
        items = api.get(f"/api/customers/duplicates?by={by}&include=total").json()["items"]
        return [[customer["customer_code"] for customer in item["customers"]] for item in items]

    assert duplicates("email") == [["C-1", "WEB-1"]] and duplicates("phone") == [["C-2", "WEB-1"]]

    def merge(one, other, expect=200, code=None):
        answer = api.post(f"/api/customers/{ids[one]}/merge", json={"into": ids[other]})
        assert answer.status_code == expect and answer.json().get("code") == code, answer.text
        return answer.json()

    merge("WEB-1", "WEB-1", 409, "merged_into_itself")
    assert merge("WEB-1", "C-1")["merged_into"] == ids["C-1"]
    merge("WEB-1", "C-2", 409, "already_merged")
    merge("C-2", "WEB-1", 409, "merge_chain")
    merge("C-1", "C-2", 409, "is_merge_root")
    merge("C-1", "WEB-1", 409, "merge_chain")
    assert duplicates("email") == [] and duplicates("phone") == []
    assert api.delete(f"/api/customers/{ids['C-1']}").status_code == 409
    # A file that comes meanwhile changes each customer by its own code.
    done = bodega.import_file("customer_code,city\nWEB-1,Faro\nC-1,Braga\n", filename="later.csv", target="customers")
    assert done["updated_rows"] == 2
    back = api.post(f"/api/customers/{ids['WEB-1']}/unmerge")
    assert back.status_code == 200 and back.json()["merged_into"] is None
    assert api.post(f"/api/customers/{ids['WEB-1']}/unmerge").json()["code"] == "not_merged"
    assert back.json()["city"] == "Faro" and back.json()["email"] == twin["email"]
    assert api.get(f"/api/customers/{ids['C-1']}").json()["city"] == "Braga"
    told = [item["action"] for item in api.get("/api/audit-log?entity=customer").json()["items"]]
    assert told[:2] == ["customer.unmerge", "customer.merge"]


def test_pages_are_used_without_script(fresh, browser):  # noqa: F811
    bodega = fresh()
    with visitor(browser, bodega, java_script_enabled=False, expected=["status of 422", "status of 410"]) as page:
        page.goto("/customers")
        expect(page.get_by_text("No customers yet")).to_be_visible()
        page.get_by_role("link", name="New customer").first.click()
        page.get_by_label("Customer code").fill("C-1")
        page.get_by_label("E-mail").fill("nobody")
        page.get_by_role("button", name="Create customer").click()
        expect(page.get_by_text("E-mail must be an address like name@example.com.").first).to_be_visible()
        page.get_by_label("E-mail").fill("Marta@Sapo.example")
        page.get_by_label("First name").fill("Marta")
        page.get_by_role("button", name="Create customer").click()
        expect(page.get_by_text("The customer was created.")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Marta")
        page.get_by_label("City").fill("Porto")
        page.get_by_role("button", name="Save changes").click()
        expect(page.get_by_text("Your changes were saved.")).to_be_visible()
        page.get_by_role("button", name="Restore version 1").click()
        expect(page.get_by_text("The earlier version was restored as a new one.")).to_be_visible()
        expect(page.get_by_label("City")).to_have_value("")
        page.get_by_role("link", name="Delete customer…").click()
        page.get_by_role("button", name="Delete customer").click()
        expect(page.get_by_text("The customer was deleted.")).to_be_visible()
        assert page.goto("/customers/1").status == 410
        page.get_by_role("button", name="Put back").click()
        expect(page.get_by_label("E-mail")).to_have_value("marta@sapo.example")
        for code in ("C-2", "C-3"):
            page.goto("/customers/new")
            page.get_by_label("Customer code").fill(code)
            page.get_by_label("E-mail").fill("marta@sapo.example")
            page.get_by_role("button", name="Create customer").click()
        page.get_by_label("Code of the customer that stays").fill("c-1")
        page.get_by_role("button", name="Merge customer").click()
        expect(page.get_by_text("The customers were merged.")).to_be_visible()
        page.goto("/customers/duplicates")
        page.get_by_role("button", name="Merge into C-1").click()
        page.goto("/customers/duplicates")
        expect(page.get_by_text("No duplicates")).to_be_visible()
        page.goto("/customers/2")
        page.get_by_role("button", name="Take apart").click()
        expect(page.get_by_text("The merge was taken back.")).to_be_visible()
        page.goto("/customers?q=MAR")
        page.get_by_role("link", name="Marta", exact=True).click()
        page.wait_for_url(re.compile(r"/customers/1$"))


def test_the_pages_are_accessible_and_fit(fresh, browser):  # noqa: F811
    bodega = fresh()
    bodega.import_file(FILE, filename="people.csv", target="customers")
    long = "Maximiliane-Friederike von und zu Hohenlohe"
    made = bodega.api.post("/api/customers", json={
        "customer_code": "a-code-of-another-shop-that-is-rather-long-0123456789", "first_name": long, "last_name": long,
        "email": f"{'a' * 60}@a-rather-long-domain-of-a-company.example", "bounced": True, "country": "DE",
    })
    assert made.status_code == 201, made.text
    pages = {"list": "/customers", "one": "/customers/1", "long": f"/customers/{made.json()['id']}", "new": "/customers/new",
             "none": "/customers?q=nosuchcustomer", "delete": "/customers/1/delete", "imports": "/imports"}
    sizes = {**SIZES, "middle": {"width": 820, "height": 1100}}
    for size, viewport in sizes.items():
        with visitor(browser, bodega, viewport=viewport) as page:
            for name, path in pages.items():
                page.goto(path)
                shoot(page, f"customers-{name}-{size}")
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{name} {size}: {wide} px too wide"
                if size != "middle":
                    found = Axe().run(page).response["violations"]
                    assert found == [], f"{name} {size}: {[(v['id'], v['nodes'][0]['html']) for v in found]}"
