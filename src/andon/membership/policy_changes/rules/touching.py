"""Which changes touch a shop, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from andon.membership.policy_changes.rules.differences import Change
from andon.platform.policies.rules import FAMILIES, OVERRIDES

Reason = Literal["jit", "coming_back", "past_orders", "category", "line", "everyone"]
"""Why a change touches a shop: it is in JIT, may come back, has had JIT orders; its own category or line; or it is all shops'."""


class Membership(Enum):
    """Where a shop stands with JIT; one that joins is in it."""

    NEVER = "never"
    IN = "in"
    LEAVING = "leaving"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What of a shop decides what touches it.

    `lines` are its plan's, by code with their kinds; `own` the names of the policy's values that it has of its own.
    """

    category: str
    membership: Membership
    lines: Mapping[str, str]
    own: frozenset[str] = frozenset()


_M = Membership
_IN: Mapping[Membership, Reason] = {_M.IN: "jit", _M.LEAVING: "jit"}
_ALL: Mapping[Membership, Reason] = dict.fromkeys(_M, "everyone")
_NONE: Mapping[Membership, Reason] = {}

AUDIENCE: Mapping[str, Mapping[Membership, Reason]] = {
    "MODE": {**_IN, _M.LEFT: "coming_back"},
    "EXIT": _IN,
    "PART": _IN,
    "FEE": _IN,  # an order keeps the version under which it was placed
    "DISP": {**_IN, _M.LEFT: "past_orders"},
    "STOCK": _IN,
    "QUAL": {**_IN, _M.LEFT: "coming_back"},
    "BACK": {_M.LEAVING: "coming_back", _M.LEFT: "coming_back"},
    "MOVE": _IN,
    "push": _NONE,
    "breaker": _NONE,
    "post": _ALL,
    "announcing": _ALL,
    "tracking": _NONE,
    "reporting": _ALL,
    "customs": _ALL,
    "capacity": _NONE,
    "retention": _ALL,
    "audit": _NONE,
    "record": _NONE,
    "privacy": _ALL,
    "standing": {**_IN, _M.LEFT: "coming_back"},
}
"""Whom a family of clauses, or a setting, concerns, and why; how the platform itself works concerns no shop."""


def reason_for(change: Change, shop: ShopFacts) -> Reason | None:
    """Why a change touches the shop; None where it does not."""
    match change.part:
        case "version":
            return "everyone"
        case "category":
            return "category" if change.code == shop.category else None
        case "line":
            return "line" if _line_touches(change, shop) else None
        case "clause" if (change.code, change.name) == ("MODE-1", "categories"):
            turned = (shop.category in change.before) != (shop.category in change.after)
            return "category" if turned else None
        case "clause":
            return None if _has_own(change, shop) else _clause_reason(change, shop)
        case _:
            return AUDIENCE[change.code].get(shop.membership)


def _clause_reason(change: Change, shop: ShopFacts) -> Reason | None:
    reason = AUDIENCE[_family(change)].get(shop.membership)
    # Shops go by the smart line in and out of JIT.
    return "line" if reason is None and change.code == "MOVE-2" and "smart" in shop.lines.values() else reason


def _family(change: Change) -> str:
    return change.code.partition("-")[0]


def _has_own(change: Change, shop: ShopFacts) -> bool:
    section = FAMILIES[_family(change)][0]
    return any((OVERRIDES[key].section, OVERRIDES[key].figure) == (section, change.name) for key in shop.own)


def _line_touches(change: Change, shop: ShopFacts) -> bool:
    """A line touches whoever ships by it; a new one whoever may."""
    is_new = change.name == "whole" and change.before is None
    return change.code in shop.lines or (
        is_new and (change.after.kind != "jit" or shop.membership in (_M.IN, _M.LEAVING))
    )
