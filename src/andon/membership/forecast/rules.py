"""When a shop can be done with JIT: what its open fulfilments still need, told from how its past ones went.

Lengths of time are hours. What is still open has been under way for a while, and that says much: so each is compared
with those alone that were no further at the same age.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby
from math import ceil, inf, log

from andon.money.charges.rules import settle_due_at
from andon.platform.policies.rules import Policy

LEAST = 30
"""So many that ended make a sample; with fewer a wider one is looked at."""
AGE_STEP_HOURS = 12
"""Ages are rounded down to this: what is a little older is taken to need a little longer."""
MOST = 0.95
TOO_LONG = 2.0
"""What is open for so many times as long as MOST of those that ended took waits for a person, and says nothing of the others."""

P50, P90 = 0.5, 0.9
DAY = 24.0
TINY = 1e-9
"""What floating sums may be off by."""


class Stage(StrEnum):
    """How far an open fulfilment is: before its parcel's first scan, or after it."""

    UNSHIPPED = "unshipped"
    SHIPPED = "shipped"


class Basis(StrEnum):
    """What a forecast was made from, the nearest to the case first."""

    SHOP_LINE_COUNTRY = "shop_line_country"
    SHOP = "shop"
    SUPPLIER = "supplier"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Past:
    """One fulfilment of the last months. `watched` is from its reservation to its end, or until now while it is open;

    `shipped_after` is None where it had no first scan.
    """

    line: str | None
    country: str
    shipped_after: float | None
    watched: float
    ended: bool


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Open fulfilments that are alike: their supplier, line, country and stage, and since when they are in it."""

    supplier_id: int | None
    line: str | None
    country: str
    stage: Stage
    age: float
    fulfilments: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of fulfilments that have ended after so many hours more: `shares[n]` from `hours[n]` on."""

    hours: tuple[float, ...]
    shares: tuple[float, ...]
    basis: Basis
    sample: int

    def by(self, hours: float) -> float:
        """The share that has ended by then."""
        place = bisect_right(self.hours, hours)
        return self.shares[place - 1] if place else 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the forecast: what is waited for, how many there are, and by when it is over.

    `sample` counts what the basis was drawn from, 0 where it is a rule.
    """

    what: str
    count: int
    p50: datetime
    p90: datetime
    basis: str
    sample: int
    line: str | None = None
    country: str | None = None
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The instants by which the exit is done, as likely as not and nine times in ten, and what they are made of."""

    p50: datetime
    p90: datetime
    parts: tuple[Part, ...]


def waits_of(pasts: Iterable[Past], stage: Stage, age: float) -> list[tuple[float, bool]]:
    """How long those that were in that stage at that age went on from there, and whether they have ended since."""
    waits = []
    for past in pasts:
        if stage is Stage.UNSHIPPED:
            in_stage_until, since = (
                past.watched if past.shipped_after is None else past.shipped_after,
                0.0,
            )
        elif past.shipped_after is None:
            continue
        else:
            in_stage_until, since = past.watched, past.shipped_after
        if in_stage_until - since > age:
            waits.append((past.watched - since - age, past.ended))
    return waits


def curve_of(waits: Sequence[tuple[float, bool]], basis: Basis) -> Curve | None:
    """The curve that these waits make, the open ones counted as far as they have come (Kaplan-Meier's estimate).

    None where fewer than LEAST of them have ended. One that is open far beyond those that ended is left out: it
    waits for a person. The last that ended brings the curve to 1.
    """
    ended = sorted(hours for hours, over in waits if over)
    if len(ended) < LEAST:
        return None
    too_long = TOO_LONG * ended[int(MOST * len(ended))]
    known = sorted(
        ((hours, over) for hours, over in waits if over or hours <= too_long),
        key=lambda wait: (wait[0], not wait[1]),
    )
    open_share, left = 1.0, len(known)
    steps: list[float] = []
    shares: list[float] = []
    for hours, alike in groupby(known, key=lambda wait: wait[0]):
        overs = [over for _, over in alike]
        if any(overs):
            open_share *= 1 - sum(overs) / left
            steps.append(hours)
            shares.append(1 - open_share)
        left -= len(overs)
    shares[-1] = 1.0
    return Curve(tuple(steps), tuple(shares), basis, len(known))


def promised(stage: Stage, age: float, promise_days: int, policy: Policy) -> Curve:
    """What the rules alone say: half come by the line's promise, the others day by day until MODE-5 would flag them.

    Before the first scan a parcel may lie for as long as MODE-4 allows. What is past its promise has a day.
    """
    whole = timedelta(days=promise_days)
    if stage is Stage.UNSHIPPED:
        whole += policy.mode.stuck_after
    half, days = max(_hours(whole) - age, DAY), max(policy.mode.stale_after // timedelta(days=1), 1)
    return Curve(
        tuple(half + day * DAY for day in range(days + 1)),
        tuple(P50 + (1 - P50) * day / days for day in range(days + 1)),
        Basis.POLICY,
        0,
    )


def curves_of(pasts: Sequence[Past], wanted: Iterable[UnderWay]) -> dict[UnderWay, Curve]:
    """The curve of each of these that a shop's past is rich enough for: its own line and country's, or the shop's."""
    cells: dict[tuple[str | None, str], list[Past]] = defaultdict(list)
    for past in pasts:
        cells[past.line, past.country].append(past)

    @cache
    def cell(line: str | None, country: str, stage: Stage, age: float) -> Curve | None:
        return curve_of(waits_of(cells[line, country], stage, age), Basis.SHOP_LINE_COUNTRY)

    @cache
    def whole(stage: Stage, age: float) -> Curve | None:
        return curve_of(waits_of(pasts, stage, age), Basis.SHOP)

    found = {
        each: cell(each.line, each.country, each.stage, each.age) or whole(each.stage, each.age)
        for each in wanted
    }
    return {each: curve for each, curve in found.items() if curve is not None}


def curves_beyond(
    pasts_of_suppliers: Mapping[int | None, Sequence[Past]], wanted: Iterable[UnderWay], policy: Policy
) -> dict[UnderWay, Curve]:
    """The same where the shop's own past is thin: the supplier's, of all shops, or else what the policy promises."""
    longest = max((line.promise_days for line in policy.lines.values() if line.kind == "jit"), default=0)
    found = {}
    for each in wanted:
        pasts = pasts_of_suppliers.get(each.supplier_id, ())
        line = policy.lines.get(each.line or "")
        found[each] = curve_of(waits_of(pasts, each.stage, each.age), Basis.SUPPLIER) or promised(
            each.stage, each.age, line.promise_days if line else longest, policy
        )
    return found


def hours_until_last(curves: Iterable[tuple[Curve, int]], share: float) -> int:
    """The full hours by which all of so many of each curve have ended, with that probability.

    That all have is the product of what each has by itself: it is exact as far as they do not depend on one
    another. What delays many at once - a festival, a strike - is in each curve as far as the past had it, and no more.
    """
    known = list(curves)
    ends = range(max((ceil(curve.hours[-1]) for curve, _ in known), default=0) + 1)

    def likely(hours: int) -> float:
        shares = [(curve.by(hours), count) for curve, count in known]
        return sum(count * log(ended) for ended, count in shares) if all(e for e, _ in shares) else -inf

    return bisect_left(ends, log(share) - TINY, key=likely)


def forecast_from(
    curves: Mapping[UnderWay, Curve],
    *,
    now: datetime,
    fees: int,
    fees_due_at: datetime | None,
    fees_ended_at: datetime | None,
    off_at: datetime | None,
    policy: Policy,
) -> Forecast:
    """When the exit is done if all that it needs of people is done at once: letters, funds, the switch.

    The last open fulfilment ends; its fees, and the `fees` that are unsettled already, are settled; then the switch
    is thrown and strikes. `off_at` is when it strikes where it is thrown: then nothing waits for fees. Fees are taken
    to be owed for whatever ends. Source: EXIT-1, EXIT-2, EXIT-4, FEE-4.
    """
    ended = _instants([(curve, each.fulfilments) for each, curve in curves.items()], now)
    parts = _parts_of(curves, now)
    if off_at is None:
        ends = [] if fees_ended_at is None else [fees_ended_at]
        settled = [
            max(
                now,
                fees_due_at or now,
                *(_fees_due(end, policy) for end in [*ends, *([last] if curves else [])]),
            )
            for last in ended
        ]
        if count := fees + sum(each.fulfilments for each in curves):
            parts.append(Part("settlement", count, settled[0], settled[1], Basis.POLICY, 0))
        done = [each + policy.exit.switch_delay for each in settled]
    else:
        done = [max(each, off_at) for each in ended]
    parts.append(Part("switch", 1, done[0], done[1], Basis.POLICY, 0))
    return Forecast(done[0], done[1], tuple(parts))


def _parts_of(curves: Mapping[UnderWay, Curve], now: datetime) -> list[Part]:
    """The open fulfilments by line, country, stage and basis, the one that ends last first."""
    alike: dict[tuple[str | None, str, Stage, Basis], list[tuple[Curve, int]]] = defaultdict(list)
    for each, curve in curves.items():
        alike[each.line, each.country, each.stage, curve.basis].append((curve, each.fulfilments))
    parts = [
        Part(
            "fulfilments",
            sum(count for _, count in these),
            *_instants(these, now),
            basis,
            min(curve.sample for curve, _ in these),
            line,
            country,
            stage,
        )
        for (line, country, stage, basis), these in alike.items()
    ]
    return sorted(parts, key=lambda part: (part.p90, part.p50), reverse=True)


def _instants(curves: Sequence[tuple[Curve, int]], now: datetime) -> tuple[datetime, datetime]:
    """The instants by which all of these have ended, as likely as not and nine times in ten."""
    return (
        now + timedelta(hours=hours_until_last(curves, P50)),
        now + timedelta(hours=hours_until_last(curves, P90)),
    )


def _fees_due(ended_at: datetime, policy: Policy) -> datetime:
    return settle_due_at(ended_at, policy.zone, policy.fee.settle_after_days)


def _hours(length: timedelta) -> float:
    return length.total_seconds() / 3600
