"""What needs someone: the kinds of it, whose matter each is, and the call that does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from andon.platform.notices.rules import Audience

Role = Literal["clerk", "finance", "owner"]
Urgency = Literal["overdue", "due_soon", "later"]

URGENCIES: tuple[Urgency, ...] = ("overdue", "due_soon", "later")
"""In the order in which they are listed."""

SOON = timedelta(hours=24)

ROLES: Mapping[str, Role] = {
    "unanswered": "clerk",
    "unpushed": "clerk",
    "waiting": "clerk",
    "short": "clerk",
    "uncollected": "clerk",
    "stale": "clerk",
    "cancellation": "clerk",
    "address_problem": "clerk",
    "held": "clerk",
    "not_reported": "clerk",
    "no_measure": "finance",
    "papers_missing": "clerk",
    "uncounted": "clerk",
    "half_left": "clerk",
    "endpoint": "clerk",
    "audit": "owner",
}
"""Whose matter each kind is. Owners see all."""

_REMEDY = "POST /v1/shops/{shop_id}/fulfilments/{fulfilment_id}/remedy"
_STORY = "GET /v1/shops/{shop_id}/orders/{order_id}/story"
_ANSWER = "POST /v1/supplier/fulfilments/{fulfilment_id}"

CALLS: Mapping[Audience, Mapping[str, str]] = {
    "seller": {
        "unanswered": _REMEDY,
        "unpushed": _REMEDY,
        "waiting": _REMEDY,
        "short": _REMEDY,
        "uncollected": _REMEDY,
        "stale": _STORY,
        "cancellation": _REMEDY,
        "address_problem": "PUT /v1/shops/{shop_id}/orders/{order_id}/ship_to",
        "held": "POST /v1/shops/{shop_id}/orders/{order_id}/release",
        "not_reported": "GET /v1/shops/{shop_id}/orders/{order_id}",
        "no_measure": "GET /v1/shops/{shop_id}/charges",
        "papers_missing": "POST /v1/shops/{shop_id}/orders/{order_id}/declaration",
        "uncounted": "GET /v1/shops/{shop_id}/calibrations",
        "half_left": "GET /v1/shops/{shop_id}/product_exits",
    },
    "supplier": {
        "unanswered": f"{_ANSWER}/accept",
        "uncollected": f"{_ANSWER}/shipped",
        "short": f"{_ANSWER}/cannot_fulfil",
        "cancellation": f"{_ANSWER}/cancellation",
        "endpoint": "PUT /v1/supplier/endpoint",
    },
    "operator": {
        "unanswered": _STORY,
        "unpushed": _STORY,
        "uncollected": _STORY,
        "stale": _STORY,
        "cancellation": _STORY,
        "endpoint": "GET /v1/suppliers/{supplier_id}/endpoint",
        "audit": "GET /v1/audits",
    },
}
"""What each audience sees, and the call that does it, or that shows what there is to decide."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose list it is: a shop's, a supplier's, or the platform's own; `role` None is everybody of theirs."""

    audience: Audience
    shop_id: int | None = None
    supplier_id: int | None = None
    role: Role | None = None


def kinds_for(desk: Desk) -> list[str]:
    """The kinds that a desk sees, in a fixed order: owners all, others what is their matter."""
    return [kind for kind in CALLS[desk.audience] if desk.role in (None, "owner") or ROLES[kind] == desk.role]
