"""When a push is tried again, and how it is signed."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from andon.adapters.webhook_client import signature, signed_headers
from andon.orders.order.rules import FulfilmentState
from andon.orders.push.rules import is_moot
from andon.platform.calling.rules import is_taken, retry_at
from andon.platform.policies.files import load_policies
from andon.ports.pushing import Message

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PUSH = load_policies().named("jit-3.2").push
DATA = Path(os.environ.get("ANDON_DATA", Path(__file__).parents[3] / "shared" / "data"))
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()


def test_a_push_is_tried_again_at_growing_delays_and_never_given_up() -> None:
    waits = [retry_at(NOON, n, PUSH.retry_delays, Decimal(0), 0.5) - NOON for n in range(1, 12)]
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    assert waits[:7] == [
        timedelta(seconds=5),
        5 * minute,
        30 * minute,
        2 * hour,
        5 * hour,
        10 * hour,
        10 * hour,
    ]
    assert set(waits[7:]) == {10 * hour}


@given(failed=st.integers(1, 50), chance=st.floats(0, 1))
def test_a_retry_is_later_by_its_delay_and_at_most_the_jitter(failed: int, chance: float) -> None:
    plain = retry_at(NOON, failed, PUSH.retry_delays, PUSH.jitter_share, 0) - NOON
    wait = retry_at(NOON, failed, PUSH.retry_delays, PUSH.jitter_share, chance) - NOON
    assert timedelta(seconds=5) <= plain <= wait <= plain * 1.1 + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("status", "taken"),
    [(200, True), (204, True), (299, True), (300, False), (302, False), (410, False), (None, False)],
)
def test_only_an_answer_of_the_two_hundreds_takes_a_message(status: int | None, taken: bool) -> None:
    assert is_taken(status) is taken


def test_nobody_is_told_of_what_was_over_before_they_knew() -> None:
    assert is_moot(FulfilmentState.CANCELLED, told_before=False, granted=True)
    assert not is_moot(FulfilmentState.CANCELLED, told_before=True, granted=True), "a replay was asked for"
    assert not is_moot(FulfilmentState.RESERVED, told_before=False, granted=True)
    assert is_moot(FulfilmentState.RESERVED, told_before=False, granted=False)


def message(*secrets: str) -> Message:
    return Message("http://127.0.0.1/", secrets, "msg_1", '{"type":"fulfilment.pushed","数":1}'.encode())


def test_a_message_verifies_under_each_secret_that_is_valid_and_under_no_other() -> None:
    sent = message(SECRET, OTHER)
    headers = signed_headers(sent)
    assert [part[:3] for part in headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(sent.body, headers)["type"] == "fulfilment.pushed"
    stranger = Webhook("whsec_" + base64.b64encode(bytes(32)).decode())
    for verifier, body in ((stranger, sent.body), (Webhook(SECRET), sent.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            verifier.verify(body, headers)


def test_the_published_vectors_are_signed_as_published() -> None:
    if not (DATA / "webhooks").is_dir():
        pytest.skip(f"no real data in {DATA}: set ANDON_DATA")
    vectors = json.loads((DATA / "webhooks" / "standard_webhooks_vectors.json").read_text())
    for vector in vectors["sign"]:
        instant = datetime.fromtimestamp(vector["timestamp"], UTC)
        sent = Message("", (vector["secret"],), vector["id"], vector["payload"].encode())
        assert signature(sent, instant) == vector["signature"]
        bare = Message(
            "", (vector["secret"].removeprefix("whsec_"),), vector["id"], vector["payload"].encode()
        )
        assert signature(bare, instant) == vector["signature"], "a secret is one with or without its prefix"
    unpadded = [
        text.strip()
        for each in vectors["must_accept"]
        if "(" in each
        for text in each[each.index("(") + 1 : -1].split(",")
    ]
    for secret in (each for each in unpadded if each.startswith("Mf")):
        assert signature(Message("", (secret,), "msg_1", b"{}"), NOON).startswith("v1,")
