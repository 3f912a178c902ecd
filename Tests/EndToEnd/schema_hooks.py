"""What schemathesis may not do, or it would test nothing from then on: take away the token and the user that it comes as.
Loaded by name, see test_schema.py."""

import json
import os

import schemathesis

OWN = json.loads(os.environ["BODEGA_SCHEMA_OWN"])


def aims_at(case, noun):
    return case.path.startswith(f"/api/{noun}/{{id}}") and str((case.path_parameters or {}).get("id")) == str(OWN[noun])


@schemathesis.hook
def before_call(context, case, kwargs):
    """Nobody else is hurt: what is aimed at oneself meets a record that there is not."""
    if case.method.upper() != "GET" and (aims_at(case, "tokens") or aims_at(case, "users")):
        case.path_parameters["id"] = 10 ** 15
