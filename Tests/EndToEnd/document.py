"""What the program says of its addresses: the served OpenAPI document and `bodega routes`, as tests want them."""

import re
import subprocess
import uuid
from dataclasses import dataclass

from instance import program

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def is_stream(operation):
    return any("text/event-stream" in answer.get("content", {}) for answer in operation["responses"].values())


def concrete(path):
    """An address of a path's template, of records that there are not."""
    path = path.replace("/jobs/{id}", f"/jobs/{uuid.UUID(int=7)}").replace("/imports/{id}", f"/imports/{uuid.UUID(int=7)}")
    return re.sub(r"\{[^}]*\}", "none", re.sub(r"\{(id|delivery|image|\w+:int)(:int)?\}", "987654321", path))


def resolved(document, schema):
    while "$ref" in schema:
        found = document
        for step in schema["$ref"].split("/")[1:]:
            found = found[step]
        schema = found
    return schema


def json_body(document, operation):
    """The schema of an operation's JSON body; None when it takes none."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return content and resolved(document, content["schema"])


@dataclass
class Route:
    method: str
    path: str
    access: str
    roles: list
    pool: str

    @property
    def is_unsafe(self):
        return self.method in UNSAFE

    @property
    def is_api(self):
        """Whether its refusals are problem documents."""
        return self.path.startswith(("/api/", "/media/"))


def routes():
    listed = subprocess.run([program(), "routes"], capture_output=True, text=True, check=True).stdout
    found = [line.split("\t") for line in listed.splitlines()]
    assert len(found) > 100
    return [Route(method, path, access, roles.split(), pool) for method, path, access, roles, pool, _ in found]
