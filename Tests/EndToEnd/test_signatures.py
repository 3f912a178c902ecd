"""What webhooks are sent is verified by the libraries that receivers use, through every change of secrets."""

import base64
import itertools

import pytest
import standardwebhooks
import svix.webhooks
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from instance import Bodega
from sink import Sink, add

SCHEMES = ("v1", "v1a")
# No rotation, one of each kind to each, and two of them in a day: the newest secret and the one before sign.
CHAINS = [chain for length in (1, 2, 3) for chain in itertools.product(SCHEMES, repeat=length)]


@pytest.fixture(scope="module")
def house():
    with Bodega(variables={"BODEGA_HTTP_ALLOWED_NETWORKS": '["127.0.0.1"]'}) as running:
        yield running


@pytest.fixture(scope="module")
def sink():
    sink = Sink()
    yield sink
    sink.close()


class Refused(Exception):
    pass


def with_secret(library, secret):
    def verify(headers, body):
        try:
            library.Webhook(secret).verify(body, headers)
        except library.WebhookVerificationError as error:
            raise Refused from error

    return verify


def with_public_key(text):
    assert text.startswith("whpk_")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(text[5:]))

    def verify(headers, body):
        message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signatures = [word[4:] for word in headers["webhook-signature"].split() if word.startswith("v1a,")]
        for signature in signatures:
            try:
                return key.verify(base64.b64decode(signature), message)
            except InvalidSignature:
                pass
        raise Refused

    return verify


def verifiers(answer):
    """All that a receiver with the secret of an answer may check with."""
    if answer["signature"] == "v1":
        assert answer["public_key"] is None and answer["secret"].startswith("whsec_")
        return [with_secret(library, answer["secret"]) for library in (standardwebhooks, svix.webhooks)]
    assert answer["secret"] is None
    return [with_public_key(answer["public_key"])]


def spoilt(headers, body):
    """With another byte, id or time."""
    yield headers, body.replace(b'"', b"'", 1)
    yield headers, body + b" "
    yield {**headers, "webhook-id": headers["webhook-id"][:-1] + ("0" if headers["webhook-id"][-1] != "0" else "1")}, body
    yield {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body


@pytest.mark.parametrize("chain", CHAINS, ids="-".join)
def test_a_receiver_verifies_it(house, sink, chain):
    path = f"/{'-'.join(chain)}"
    answers = [add(house, sink.url(path), "product.created", signature=chain[0])]
    number = answers[0]["id"]
    for scheme in chain[1:]:
        answer = house.api.post(f"/api/webhooks/{number}/rotate-secret", params={"signature": scheme})
        assert answer.status_code == 200 and answer.json()["previous_secret_until"], answer.text
        answers.append(answer.json())
    assert house.api.post(f"/api/webhooks/{number}/test").json()["delivered"] is True
    _, headers, body = sink.requests[path][-1]
    valid = answers[-2:]
    assert sorted(word.split(",")[0] for word in headers["webhook-signature"].split()) == sorted(
        answer["signature"] for answer in valid
    )
    for answer in valid:
        for verify in verifiers(answer):
            verify(headers, body)
            for forged in spoilt(headers, body):
                with pytest.raises(Refused):
                    verify(*forged)
    for answer in answers[:-2]:
        for verify in verifiers(answer):
            with pytest.raises(Refused):
                verify(headers, body)
    assert house.api.delete(f"/api/webhooks/{number}").status_code == 204


def test_the_way_of_signing_changes_only_with_the_secret(house):
    webhook = add(house, "https://a.invalid/", "product.*", signature="v1a", enabled=False)
    path = f"/api/webhooks/{webhook['id']}"
    record = house.api.get(path).json()
    assert record["signature"] == "v1a" and record["public_key"] == webhook["public_key"]
    assert house.api.put(path, json=record).status_code == 200, "what is read can be written back"
    refused = house.api.patch(path, json={"signature": "v1"})
    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "read_only"
    assert "rotate-secret" in refused.text
    refused = house.api.post("/api/webhooks", json={"url": "https://a.invalid/", "event_types": ["*"], "signature": "rsa"})
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "signature"
    assert house.api.post(f"{path}/rotate-secret", params={"signature": "rsa"}).status_code == 400
