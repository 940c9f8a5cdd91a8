"""Ending a binding: the letter's number and states, what still stands in the way, and what counts as a door that is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from andon.kernel.errors import Conflict, codes
from andon.orders.order.rules import Flag, FulfilmentState

CODES = codes(
    {
        "binding.blocked": (
            "An open fulfilment stands in the way of the binding's end",
            "存在未完结订单，无法解除绑定",
        ),
        "letter.not_found": ("No such letter", "解约确认函不存在"),
        "letter.withdrawn": ("The letter was withdrawn before it was signed", "解约确认函已撤回"),
        "letter.signed": ("The letter is signed", "解约确认函已签署"),
        "letter.sellers_own": ("The seller's own people sign, or its key", "仅限卖家本人或其密钥签署"),
    }
)

ZONE = ZoneInfo("Asia/Shanghai")
"""Where the year of a letter's number begins: the platform's own."""
MOST_LISTED = 100
"""Up to so many open fulfilments are named as blockers, the oldest; all are counted."""

LetterState = Literal["draft", "withdrawn", "signed", "proven"]

_S = FulfilmentState


def letter_number(letter_id: int, drawn_at: datetime) -> str:
    """The number that stands on a letter: `JIT-TL-2026-000123`. The year is the platform's; no two letters share the rest."""
    return f"JIT-TL-{drawn_at.astimezone(ZONE):%Y}-{letter_id:06d}"


def state_of(
    withdrawn_at: datetime | None, signed_at: datetime | None, proven_at: datetime | None
) -> LetterState:
    """Where a letter stands: it is proven once everything was tried that it closes, and nothing opened."""
    if withdrawn_at is not None:
        return "withdrawn"
    if signed_at is None:
        return "draft"
    return "signed" if proven_at is None else "proven"


@dataclass(frozen=True, slots=True)
class OpenPart:
    """An open fulfilment of the shop at the supplier."""

    fulfilment_id: int
    order_id: int
    state: FulfilmentState
    flags: Flag
    since: datetime


def check_no_open(shop_id: int, supplier_id: int, parts: Sequence[OpenPart], count: int) -> None:
    """Refuse, with Conflict `binding.blocked`, while the supplier has an open fulfilment of the shop.

    `parts` are the oldest of `count`; each is told as a blocker is. Source: EXIT-3.
    """
    if count:
        raise Conflict(
            "binding.blocked",
            f"{count} open at supplier {supplier_id}",
            clause="EXIT-3",
            blockers=[_blocker(shop_id, supplier_id, part) for part in parts[:MOST_LISTED]],
            blocker_counts={"open_order": count},
        )


def _blocker(shop_id: int, supplier_id: int, part: OpenPart) -> dict[str, Any]:
    owner, call = _who_clears(shop_id, part)
    return {
        "code": "open_order",
        "blocking": True,
        "object": {
            "kind": "fulfilment",
            "id": part.fulfilment_id,
            "order_id": part.order_id,
            "supplier_id": supplier_id,
        },
        "since": part.since.isoformat().replace("+00:00", "Z"),
        "owner": owner,
        "remedy": {"text": dict(_WORDS), "call": call},
        "expected_on": None,
    }


_WORDS: Mapping[str, str] = {"en": "Bring the order to its end", "zh-CN": "请将订单履约至完结"}
_NEXT: Mapping[FulfilmentState, str] = {
    _S.RESERVED: "accept",
    _S.PUSHED: "accept",
    _S.ACCEPTED: "labelled",
    _S.PICKED: "labelled",
    _S.LABELLED: "shipped",
}


def _who_clears(shop_id: int, part: OpenPart) -> tuple[str, str]:
    """Whose matter it is, and the call that brings it on."""
    if part.state is _S.SHIPPED:
        return "carrier", "POST /v1/carriers/{carrier}/scans"
    if Flag.HELD in part.flags:
        return "seller", f"POST /v1/shops/{shop_id}/orders/{part.order_id}/release"
    if Flag.STUCK in part.flags:
        return "seller", f"POST /v1/shops/{shop_id}/fulfilments/{part.fulfilment_id}/remedy"
    return "supplier", f"POST /v1/supplier/fulfilments/{part.fulfilment_id}/{_NEXT[part.state]}"
