"""What we sign verifies by others' hands, and what was tampered with does not: Standard Webhooks, from outside.

Three verifiers that share no line: the library `standardwebhooks`, `openssl` on the command line, and the standard
library's `hmac`. We take no webhooks ourselves, so the lists of what must be accepted and rejected are held against
messages of ours: the library's verdict on each, and what our signing makes of each form of secret.
"""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError

from andon.adapters.connections import Connections
from andon.adapters.webhook_client import WebhookClient, signature
from andon.kernel.clock import wall
from andon.kernel.outside import LOOPBACK
from andon.ports.pushing import Message
from tests.places import real_data
from tests.worlds_push import replies_of
from tests.worlds_supply import a_sink

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = '{"type": "fulfilment.pushed", "买家": "Lucía", "n": 2432232314}'.encode()

Headers = dict[str, str]


def delivered(*secrets: str) -> tuple[Headers, bytes]:
    """A message as it comes out of the wire at the endpoint."""
    with a_sink() as sink:
        client = WebhookClient(Connections(LOOPBACK), threads=1)
        try:
            [reply] = replies_of(client, [Message(sink.url, secrets, "msg_1", BODY)])
        finally:
            client.close()
        assert reply is not None
        assert reply.status == 204
        [heard] = sink.heard
        return heard


def key_of(secret: str) -> bytes:
    """The key in a secret, with or without its prefix and padding."""
    text = secret.removeprefix("whsec_")
    return base64.b64decode(text + "=" * (-len(text) % 4))


def by_hmac(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature by the standard library."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def by_openssl(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature by OpenSSL's command."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl command here")
    signed = f"{message_id}.{timestamp}.".encode() + body
    arguments = ["dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key_of(secret).hex()}", "-binary"]
    done = subprocess.run([openssl, *arguments], input=signed, capture_output=True, check=True)
    return base64.b64encode(done.stdout).decode()


@pytest.mark.parametrize("sign", [by_hmac, by_openssl])
def test_a_push_off_the_wire_has_the_signature_that_others_compute(sign: Callable[..., str]) -> None:
    headers, body = delivered(SECRET, OTHER)
    assert body == BODY
    expected = [
        sign(each, headers["webhook-id"], headers["webhook-timestamp"], body) for each in (SECRET, OTHER)
    ]
    assert headers["webhook-signature"] == " ".join(f"v1,{each}" for each in expected)


def test_a_push_off_the_wire_verifies_under_each_live_secret_and_no_other() -> None:
    headers, body = delivered(SECRET, OTHER)
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(body, headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(bytes(32)).decode()).verify(body, headers)


@pytest.mark.parametrize("sign", [by_hmac, by_openssl])
def test_the_published_vectors_are_signed_alike_by_all(sign: Callable[..., str]) -> None:
    for vector in vectors()["sign"]:
        timestamp, payload = str(vector["timestamp"]), vector["payload"].encode()
        assert f"v1,{sign(vector['secret'], vector['id'], timestamp, payload)}" == vector["signature"]


def vectors() -> dict[str, Any]:
    """The published vectors."""
    found: dict[str, Any] = json.loads((real_data("webhooks") / "standard_webhooks_vectors.json").read_text())
    return found


# --- what must be rejected ------------------------------------------------------------------------------------


def signed(by: timedelta = timedelta()) -> Headers:
    """The headers of a message of ours that was signed so long from now."""
    instant = wall() + by
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": signature(Message("", (SECRET,), "msg_1", BODY), instant),
    }


def refuses(headers: Headers) -> None:
    """A receiver turns this message away."""
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers)


def without(name: str) -> None:
    """A message that lacks a header is turned away."""
    refuses({header: value for header, value in signed().items() if header != name})


def last_character_changed() -> None:
    """A signature whose last character is another is turned away, though it decodes."""
    headers = signed()
    stump, last = headers["webhook-signature"][:-2], headers["webhook-signature"][-2]
    # The last letter of 32 bytes in base64 has two bits that say nothing: four steps on is another byte.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[(alphabet.index(last) + 4) % 64]
    refuses(headers | {"webhook-signature": f"{stump}{other}="})


def no_secret() -> None:
    """Nothing is signed with no secret, and nothing verified."""
    for secret in ("", "whsec_"):
        with pytest.raises(EmptyWebhookSecretError):
            signature(Message("", (secret,), "msg_1", BODY), wall())
        with pytest.raises(EmptyWebhookSecretError):
            Webhook(secret)


REJECTED: dict[str, Callable[[], None]] = {
    "missing webhook-id": lambda: without("webhook-id"),
    "missing webhook-timestamp": lambda: without("webhook-timestamp"),
    "missing webhook-signature": lambda: without("webhook-signature"),
    "webhook-timestamp: hello": lambda: refuses(signed() | {"webhook-timestamp": "hello"}),
    "signature v1,g0hM9SsE": last_character_changed,
    "timestamp older than now-300s": lambda: refuses(signed(timedelta(seconds=-302))),
    "timestamp newer than now+300s": lambda: refuses(signed(timedelta(seconds=330))),
    "empty secret, or whsec_ alone": no_secret,
}


@pytest.mark.parametrize("case", REJECTED)
def test_what_must_be_rejected_is(case: str) -> None:
    REJECTED[case]()


# --- what must be accepted ------------------------------------------------------------------------------------


def several_signatures() -> None:
    """One signature that holds is enough, whatever stands beside it."""
    headers = signed()
    wrong = base64.b64encode(bytes(32)).decode()
    several = f"v1,{wrong} v2,{wrong} {headers['webhook-signature']}"
    assert Webhook(SECRET).verify(BODY, headers | {"webhook-signature": several}) == json.loads(BODY)


def one_secret_in_two_forms() -> None:
    """A secret is one with or without its prefix, to us who sign and to whoever verifies."""
    bare = SECRET.removeprefix("whsec_")
    now = wall()
    assert signature(Message("", (bare,), "msg_1", BODY), now) == signature(
        Message("", (SECRET,), "msg_1", BODY), now
    )
    assert Webhook(bare).verify(BODY, signed()) == json.loads(BODY)


def unpadded_secrets() -> None:
    """A secret whose base64 lacks its padding signs as one that has it. The library takes both, too."""
    for unpadded in ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBr"):
        for secret in (unpadded, f"whsec_{unpadded}"):
            headers, body = delivered(secret)
            expected = by_hmac(secret, headers["webhook-id"], headers["webhook-timestamp"], body)
            assert headers["webhook-signature"] == f"v1,{expected}"
            padded = unpadded + "=" * (-len(unpadded) % 4)
            assert Webhook(padded).verify(body, headers) == json.loads(BODY)
            assert Webhook(unpadded).verify(body, headers) == json.loads(BODY)


ACCEPTED: dict[str, Callable[[], None]] = {
    "several space-separated signatures": several_signatures,
    "secret with and without the whsec_ prefix": one_secret_in_two_forms,
    "base64 secret without padding": unpadded_secrets,
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_must_be_accepted_is(case: str) -> None:
    ACCEPTED[case]()


def test_no_published_case_is_left_out() -> None:
    for published, ours in (("must_reject", REJECTED), ("must_accept", ACCEPTED)):
        cases = vectors()[published]
        assert [case for case in cases if not any(case.startswith(each) for each in ours)] == []
        assert len(cases) == len(ours)
