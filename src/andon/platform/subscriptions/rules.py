"""Who may subscribe to which events, and what a delivery says."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from andon.kernel.errors import Invalid, codes
from andon.kernel.lifecycle import State

CODES = codes(
    {
        "webhook.not_found": ("No such subscription", "订阅不存在"),
        "webhook.events": ("Not a kind of event that this party may hear of", "事件类型无效或不可订阅"),
        "webhook.too_many": ("More subscriptions than one party has", "订阅数量超出上限"),
        "webhook.disabled": ("The subscription is disabled", "订阅已停用"),
        "webhook.replay": ("Name deliveries, or since when", "请指定投递记录或起始时间"),
        "webhook.replay_too_many": (
            "More deliveries than one call sends again",
            "单次重发的投递数量超出上限",
        ),
        "webhook.delivery_not_found": ("No such delivery of this subscription", "投递记录不存在"),
    }
)

HEARD: Mapping[str, tuple[str, ...]] = {
    "shop": (
        "appeal", "binding", "calibration", "charge", "departure", "dispute", "enrolment", "exit", "fulfilment", "funds", "handover",
        "label",
        "letter", "move", "order", "parcel", "plan", "product", "return", "settlement", "statement", "stock", "waybill",
    ),
    "supplier": ("binding", "dispute", "fulfilment", "handover", "label", "parcel", "stock"),
}  # fmt: skip
"""The families of events that each party may hear of: a shop of its own, a supplier of what names it where it has a grant."""

LAST_WORD = "binding.ended"
"""What a supplier hears of a shop although it ends its grant there: with it, it hears of nothing more."""

HIDDEN: Mapping[str, tuple[str, ...]] = {
    "shop": ("recipient", "old_recipient"),
    "supplier": ("recipient", "old_recipient", "passed_over", "successors", "replaces"),
}
"""What of an event a party is not told: commitments to a buyer's address, and what concerns other suppliers."""

PING = "webhook.ping"
MOST_WEBHOOKS = 20
MOST_PATTERNS = 50
MOST_REPLAYED = 5_000
BATCH = 200
"""How many deliveries one claim takes: fewer than pushes, which they must not hold up."""

_PATTERN = re.compile(r"\*|([a-z_]{1,40})\.(\*|[a-z_]{1,40})")


class DeliveryState(State):
    """What became of a delivery; `withdrawn` is one that its supplier may not hear of any more."""

    WAITING = 10
    DELIVERED = 80
    GIVEN_UP = 81
    WITHDRAWN = 82


REPLAYABLE = (DeliveryState.DELIVERED, DeliveryState.GIVEN_UP)


def check_patterns(party: str, patterns: Sequence[str], known: Collection[str]) -> list[str]:
    """The patterns in order, each once; Invalid `webhook.events` for one that nothing this party may hear of can match.

    A pattern is a kind (`charge.settled`), a family (`charge.*`), or `*`: all that the party may hear of.
    """
    wanted = sorted(set(patterns))
    if not wanted or len(patterns) > MOST_PATTERNS:
        raise Invalid("webhook.events", f"from 1 to {MOST_PATTERNS}")
    for each in wanted:
        found = _PATTERN.fullmatch(each)
        family = found and found[1]
        if not found or (family and (family not in HEARD[party] or (found[2] != "*" and each not in known))):
            raise Invalid("webhook.events", each[:100], families=list(HEARD[party]))
    return wanted


def body_of(kind: str, at: datetime, facts: Mapping[str, Any], party: str) -> bytes:
    """A delivery as it goes over the wire, the same on every try: `type`, `timestamp`, `data`."""
    told = {name: value for name, value in facts.items() if value is not None and name not in HIDDEN[party]}
    timestamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return orjson.dumps({"type": kind, "timestamp": timestamp, "data": told})
