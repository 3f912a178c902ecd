"""Clients that are generated from the served document, as they come out of the generator, do what integrators do: upload,
watch, list, edit what was read, change many at once, delete.

openapi-python-client writes a package with a class for each schema. aiopenapi3 makes its classes from the document while it
runs, and holds requests and answers against it. openapi-generator, which needs Java, was tried by hand."""

import importlib
import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import aiopenapi3
import httpx2
import pytest

from instance import FINAL

FILE = b"sku,name,price\nA-1,Teapot,12.50\nA-2,Cup,4.00\nA-3,Bowl,1.2.3\n"


@pytest.fixture(scope="module")
def served(bodega):
    """The document as a client's developer gets it."""
    return bodega.api.get("/api/openapi.json").text


@pytest.fixture(scope="module")
def token(bodega):
    return bodega.token("read:products", "write:products", "delete:products", "read:jobs", "run:imports", "undo:imports", "run:jobs", "read:schedules", "read:webhooks",
                        "admin:users", "admin:settings", "manage:account")


@pytest.fixture
def empty(bodega):
    """No product is there."""
    count = bodega.api.get("/api/products?include=total&limit=1").json()["total"]
    if count:
        bodega.api.wait(bodega.api.delete(f"/api/products?confirm={count}").json()["job_id"])


def settled(job, *statuses):
    """The job at its end or in one of these states, asked for with the client's own function."""
    deadline = time.monotonic() + 120
    while str(getattr((found := job()).status, "value", found.status)) not in (statuses or FINAL):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


# openapi-python-client


@pytest.fixture(scope="module")
def package(served, tmp_path_factory):
    """The generated package; the output of the generator is held against what is known to be left out."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(served)
    (folder / "config.yml").write_text("post_hooks: []\nproject_name_override: bodega-client\n")
    ended = subprocess.run(
        [Path(sys.executable).with_name("openapi-python-client"), "generate", "--path", "openapi.json", "--config", "config.yml",
         "--output-path", "out"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout
    # It knows no lines of JSON: the change of many has a list too, and of the export the text is given. Nor workbooks.
    warnings = [line for line in ended.stdout.splitlines() if line.startswith(("WARNING", "ERROR"))]
    assert warnings == ["WARNING parsing PATCH /api/products within products.",
                        "WARNING parsing GET /api/products.ndjson within products.",
                        "WARNING parsing GET /api/products.xlsx within products."], ended.stdout
    unknown = re.findall(r"Unsupported content[_ ]type ([^),\s]+)", ended.stdout)
    assert unknown[:2] == ["application/x-ndjson"] * 2 and len(unknown) == 3, ended.stdout
    sys.path.insert(0, str(folder / "out"))
    yield importlib.import_module("bodega_client")
    sys.path.remove(str(folder / "out"))


class Generated:
    """The functions of the package by operation, each called with the client."""

    def __init__(self, package, url, token):
        self.client = package.AuthenticatedClient(url, token, raise_on_unexpected_status=True)
        self.models = importlib.import_module("bodega_client.models")
        self.file = importlib.import_module("bodega_client.types").File

    def __call__(self, operation, *words, **arguments):
        """The whole answer: status_code, headers, parsed."""
        function = importlib.import_module(f"bodega_client.api.{operation}").sync_detailed
        return function(*words, client=self.client, **arguments)

    def settled(self, job, *statuses):
        return settled(lambda: self("jobs.get_jobs_by_id", job).parsed, *statuses)


@pytest.fixture
def generated(package, bodega, token, empty):
    return Generated(package, bodega.url, token)


def test_a_generated_package_uploads_and_watches(generated):
    models = generated.models
    # Options in both places, as a client sends them that takes defaults from the document.
    upload = models.Upload(
        file=generated.file(payload=io.BytesIO(FILE), file_name="prices.csv", mime_type="text/csv"), mode=models.UploadMode.CREATE,
        mapping=models.ColumnMapping.from_dict({"sku": "sku"}))
    answer = generated("imports.post_upload_csv", body=upload, mode=models.PostUploadCsvMode.CREATE,
                       on_error=models.PostUploadCsvOnError.SKIP, review=models.PostUploadCsvReview.VALUE_1)
    assert (answer.status_code, answer.parsed.job.filename) == (202, "prices.csv")
    job = generated.settled(answer.parsed.job_id, "awaiting_confirmation")
    plan = generated("jobs.get_jobs_by_id_plan", job.id).parsed
    assert (plan.counts.create, plan.counts.reject) == (2, 1)
    rows = generated("jobs.get_jobs_by_id_plan", job.id, state="reject").parsed.items
    assert [(row.sku, row.errors[0].code.value) for row in rows] == [("A-3", "bad_price")]
    assert generated("jobs.post_jobs_by_id_confirm", job.id).status_code == 202
    job = generated.settled(job.id)
    assert (job.status.value, job.created_rows, job.failed_rows) == ("completed", 2, 1)
    assert job.options == {**job.options, "mode": "create", "on_error": "skip"}
    errors = generated("jobs.get_jobs_by_id_errors", job.id).parsed.items
    assert [(error.row, error.column, error.code.value) for error in errors] == [(3, "price", "bad_price")]
    assert generated("jobs.get_jobs_by_id_undo", job.id).parsed.delete == 2
    assert generated("jobs.get_jobs_by_id_errors_csv", job.id).parsed.startswith("bodega_row,")
    assert generated("jobs.get_jobs_by_id_file", job.id).parsed.payload.read() == FILE
    assert "event: end" in generated("jobs.get_jobs_by_id_events", job.id).parsed
    # What it cannot mean.
    answer = generated("imports.post_upload_csv", body=upload, mode=models.PostUploadCsvMode.UPDATE)
    assert (answer.status_code, answer.parsed.code.value) == (400, "options_twice")


def test_a_generated_package_uploads_a_raw_body(generated):
    answer = generated("imports.post_upload_csv", body=generated.file(payload=FILE), x_filename="raw%20prices.csv",
                       mode=generated.models.PostUploadCsvMode.UPSERT)
    assert answer.status_code == 202
    job = generated.settled(answer.parsed.job_id)
    assert (job.filename, job.created_rows) == ("raw prices.csv", 2)


def test_a_generated_package_edits_what_it_has_read(generated):
    models = generated.models
    made = generated("products.post_products", body=models.NewProduct(sku="A-1", name="Teapot", price="12.50")).parsed
    found = generated("products.get_products", sku="a-1", include=models.GetProductsInclude.TOTAL).parsed
    assert found.total == 1 and found.items[0] == made
    read = generated("products.get_products_by_id", made.id)
    whole = models.ProductReplacement.from_dict(read.parsed.to_dict())
    same = generated("products.put_products_by_id", made.id, body=whole, if_match=read.headers["ETag"])
    assert (same.status_code, same.parsed) == (200, made)
    # Without a price too, which is the blank case.
    (whole.price, whole.name) = (None, "Teapot, blue")
    put = generated("products.put_products_by_id", made.id, body=whole, if_match=read.headers["ETag"])
    assert (put.status_code, put.parsed.price, put.parsed.name) == (200, None, "Teapot, blue")
    again = models.ProductReplacement.from_dict(put.parsed.to_dict())
    assert generated("products.put_products_by_id", made.id, body=again).parsed == put.parsed
    change = models.ProductChange(price=13.5, custom_attributes=models.ProductChangeCustomAttributesType0.from_dict({"Colour": "blue"}))
    late = generated("products.patch_products_by_id", made.id, body=change, if_match=read.headers["ETag"])
    assert (late.status_code, late.parsed.code.value) == (412, "changed_meanwhile")
    changed = generated("products.patch_products_by_id", made.id, body=change, if_match=put.headers["ETag"])
    assert (changed.status_code, changed.parsed.price) == (200, "13.50")
    assert generated("products.get_products_by_id", made.id, if_none_match=changed.headers["ETag"]).status_code == 304
    history = generated("products.get_products_by_id_history", made.id).parsed.items
    assert [version.change.value for version in history] == ["update", "update", "create"]
    assert generated("products.delete_products_by_id", made.id, if_match=changed.headers["ETag"]).status_code == 204
    gone = generated("products.get_products_by_id", made.id)
    assert (gone.status_code, gone.parsed.code.value) == (404, "not_found")


def test_a_generated_package_changes_and_deletes_many(generated):
    models = generated.models
    items = [models.ProductChange(sku="B-1", name="Lamp", price="1.00"), models.ProductChange(sku="B-2"),
             models.ProductChange(sku="B-1", price=2)]
    answer = generated("products.patch_products", body=models.ProductBatch(items=items))
    results = answer.parsed.items
    assert [(result.line, result.status.value, result.sku) for result in results] == [(1, 201, "B-1"), (2, 422, "B-2"), (3, 200, "B-1")]
    assert [fault.code.value for fault in results[1].errors] == ["required"]
    count = generated("products.delete_products", sku="B-")
    assert (count.status_code, count.parsed.code.value, count.parsed["count"]) == (428, "confirmation_required", 1)
    deleted = generated("products.delete_products", sku="B-", confirm=1)
    assert generated.settled(deleted.parsed.job_id).status.value == "completed"
    assert generated("products.get_products").parsed.items == []
    assert generated("products.get_products_csv").parsed.startswith("sku,name,")


def test_a_generated_package_writes_back_profiles_users_and_settings(generated):
    """Members that Bodega gives come back as the client's types write them, times above all."""
    models = generated.models
    profile = generated("imports.post_import_profiles", body=models.NewImportProfile(name="Acme")).parsed
    body = models.ImportProfileReplacement.from_dict(profile.to_dict())
    put = generated("imports.put_import_profiles_by_id", profile.id, body=body)
    assert (put.status_code, put.parsed.name) == (200, "Acme")
    added = generated("users.post_users", body=models.NewUser(email="anna@example.com")).parsed
    assert hasattr(added, "id"), added
    user = generated("users.get_users_by_id", added.id).parsed
    body = models.UserReplacement.from_dict(user.to_dict())
    body.first_name = "Anna"
    put = generated("users.put_users_by_id", user.id, body=body)
    assert (put.status_code, put.parsed.first_name) == (200, "Anna")
    setting = generated("configuration.get_configuration_key", "imports.guard_count").parsed
    for value in (setting.value + 1, None):
        body = models.ConfigurationChange.from_dict({**setting.to_dict(), "value": value})
        patched = generated("configuration.patch_configuration_key", setting.key, body=body)
        assert patched.status_code == 200, patched.content
        setting = patched.parsed


# aiopenapi3


@pytest.fixture
def dynamic(served, bodega, token, empty):
    api = aiopenapi3.OpenAPI.loads(f"{bodega.url}/api/openapi.json", served, session_factory=httpx2.Client)
    api.authenticate(token=token)
    return api


def kind(api, schema):
    return api.components.schemas[schema].get_type()


def merge_patch(model):
    """What was set, as a merge patch wants it: of members that nobody set this client would make nulls, which clear."""
    return model.model_dump(mode="json", exclude_unset=True)


def test_a_client_made_at_run_time_does_the_same(dynamic):
    call = dynamic._
    form = [("file", ("prices.csv", io.BytesIO(FILE), "text/csv")), ("mode", "create")]
    accepted = call.postUploadCsv(parameters={"mode": "create"}, data=form)
    job = settled(lambda: call.getJobsById(parameters={"id": accepted.job_id}))
    assert (job.status, job.created_rows, job.failed_rows) == ("completed", 2, 1)
    [error] = call.getJobsByIdErrors(parameters={"id": job.id}).items
    assert (error.row, str(error.code)) == (3, "bad_price")

    found = call.getProducts(parameters={"sort": "sku", "include": "total"})
    assert (found.total, [product.sku for product in found.items]) == (2, ["A-1", "A-2"])
    number = found.items[0].id
    headers, read, _ = call.getProductsById.request(parameters={"id": number})
    whole = kind(dynamic, "ProductReplacement").model_validate(read.model_dump())
    whole.price = "13.50"
    headers, put, _ = call.putProductsById.request(parameters={"id": number, "If-Match": headers["ETag"]}, data=whole)
    assert (put.price, put.version) == ("13.50", read.version + 1)
    change = kind(dynamic, "ProductChange").model_validate({"name": "Teapot, blue", "price": None})
    patched = call.patchProductsById(parameters={"id": number, "If-Match": headers["ETag"]}, data=merge_patch(change))
    assert (patched.name, patched.price) == ("Teapot, blue", None)
    with pytest.raises(aiopenapi3.errors.HTTPClientError) as refused:
        call.patchProductsById(parameters={"id": number, "If-Match": headers["ETag"]}, data=merge_patch(change))
    assert (refused.value.status_code, json.loads(refused.value.data)["code"]) == (412, "changed_meanwhile")

    batch = kind(dynamic, "ProductBatch").model_validate({"items": [{"sku": "A-1", "price": "4.50"}, {"sku": "A-9"}]})
    results = call.patchProducts(data=merge_patch(batch)).items
    assert [(result.line, result.status) for result in results] == [(1, 200), (2, 422)]
    call.deleteProductsById(parameters={"id": number})
    assert [product.sku for product in call.getProducts().items] == ["A-2"]


# What holds for all of them


def test_options_in_both_places_may_agree(bodega, empty):
    """Equal values are no fault, other ones and a parameter that there is not are."""
    def send(query, **form):
        return bodega.api.post(f"/api/upload-csv{query}", files={"file": ("a.csv", FILE)}, data=form)

    assert send("?mode=create&blank=keep", mode="create").status_code == 202
    both = send("?blank=clear", mode="create")
    options = both.json()["job"]["options"]
    assert (both.status_code, options["blank"], options["mode"]) == (202, "clear", "create")
    for answer in (send("?mode=update", mode="create"), send("?mode=", mode="create")):
        assert (answer.status_code, answer.json()["code"]) == (400, "options_twice")
        assert "'mode'" in answer.json()["detail"]
    assert send("?mod=create", mode="create").json()["code"] == "unknown_parameter"
    assert send("?mode=create&mode=create").json()["code"] == "duplicate_parameter"


def test_no_default_contradicts_a_form(served):
    """A generated client sends defaults of the query along, whatever its user has put into the form."""
    for path, methods in json.loads(served)["paths"].items():
        for method, operation in methods.items():
            if "multipart/form-data" in operation.get("requestBody", {}).get("content", {}):
                given = [parameter["name"] for parameter in operation["parameters"] if "default" in parameter.get("schema", {})]
                assert given == [], (method, path)
