"""The ways that a past order could have gone, and what each costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from andon.money.charges.rules import Parcel, freight_cost, handling_fee, volume_ml, warehouse_fee
from andon.money.charges.rules import Way as Course
from andon.orders.order.rules import Mode
from andon.orders.routing.rules import PlanLine, Want, line_for, plan_lines, serving
from andon.platform.policies.rules import Policy


class Way(StrEnum):
    """How a shop could ship.

    `jit`: every order by its suppliers. `smart`: from the shop's own warehouse, by the smart line, and where that does
    not reach by a standard one. `standard`: from there by a standard line alone. `mixed`: from there while it has the
    units, by the smart line, else by its suppliers.
    """

    JIT = "jit"
    SMART = "smart"
    STANDARD = "standard"
    MIXED = "mixed"


class Leg(NamedTuple):
    """The line that an order would go by, its country, what that costs in minor units, and the days it promises."""

    line: str
    country: str
    cost: int
    promise_days: int


@dataclass(frozen=True, slots=True)
class Placed:
    """One order of the past: the day it was placed on, the first replayed one being 0, its units by SKU, and its legs.

    A leg is None where no line of that kind takes it: by suppliers, by the smart line, by a standard one.
    """

    day: int
    units: tuple[tuple[str, int], ...]
    jit: Leg | None
    smart: Leg | None
    standard: Leg | None

    @property
    def own(self) -> Leg | None:
        """From the shop's own warehouse by the smart line, or where that does not reach by a standard one. Source: MOVE-2."""
        return self.smart or self.standard

    def since(self, day: int) -> "Placed":
        """The same where that day is the first replayed one."""
        return replace(self, day=self.day - day)


def lines_by_kind(plan: Sequence[str], policy: Policy) -> dict[str, tuple[PlanLine, ...]]:
    """The lines of each kind, those of the shop's plan first: a way that it has not chosen is tried by the policy's own."""
    known = policy.lines
    every = [*plan, *(code for code in known if code not in plan)]
    return {
        kind: plan_lines([code for code in every if code in known and known[code].kind == kind], known)
        for kind in ("jit", "smart", "standard")
    }


class Box(NamedTuple):
    """What of an order is packed: its lines' goods, and its parcel's grams and cubic millimetres."""

    wants: tuple[Want, ...]
    grams: int
    volume_mm3: int


class Tariff:
    """What each leg of an order is, looked up once for orders that are alike."""

    def __init__(self, lines: Mapping[str, Sequence[PlanLine]], policy: Policy) -> None:
        self.lines = lines
        self.policy = policy
        self._known: dict[tuple[str, str, Box], Leg | None] = {}

    def leg(self, kind: str, country: str, box: Box) -> Leg | None:
        """The leg of an order as one parcel by the first line of that kind that takes all of it, if one does."""
        key = (kind, country, box)
        if key not in self._known:
            self._known[key] = self._leg(*key)
        return self._known[key]

    def _leg(self, kind: str, country: str, box: Box) -> Leg | None:
        mode = Mode.JIT if kind == "jit" else Mode.STANDARD
        line = line_for(box.wants, serving(mode, country, self.lines[kind]))
        if line is None:
            return None
        known = self.policy.lines[line.code]
        parcel = Parcel(0, known.carrier, box.grams, box.volume_mm3, 1, 1)
        cost = freight_cost(parcel, known.rates[country], Course(line.code, country)).amount
        if kind == "jit":
            cost += handling_fee(self.policy.fee) + warehouse_fee(volume_ml([parcel]), self.policy.fee)
        return Leg(line.code, country, cost.minor, known.promise_days)
