"""A past replayed under each way, again and again: what it would have come to, and how far that varies by chance."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from random import Random
from statistics import fmean

from andon.simulator.what_if.rules.spreads import Spread
from andon.simulator.what_if.rules.stocking import Sales, filled_locally
from andon.simulator.what_if.rules.ways import Leg, Placed, Way

LOW, HIGH = 0.05, 0.95
"""Between these of its repeats a figure's interval lies."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is replayed: orders by day, what was sold before them, and what is known of how long things take.

    `ship` is from the order to the first scan, by whether a supplier ships it; `transit` from there to the delivery, by line
    and country. `short_share` of JIT orders find their supplier without the units; the shop's own warehouse is stocked every
    `horizon_days` at the `service_level`.
    """

    orders: Sequence[Placed]
    before: Sales
    ship: Mapping[bool, Spread]
    transit: Mapping[tuple[str, str], Spread]
    short_share: float
    horizon_days: int
    service_level: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, the mean of all repeats, and the interval in which nine of ten of them lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in days: its mean, and within how many days half and nine in ten are."""

    mean: Estimate
    p50: Estimate
    p90: Estimate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a way would have come to. `cost` is an order's that was shipped, in minor units; None where none was.

    `unserved` orders are reached by no line; `stock_outs` find no units.
    """

    way: Way
    shipped: Estimate
    unserved: int
    stock_outs: Estimate
    ship: Span | None
    deliver: Span | None
    promise_kept: Estimate | None
    cost: Estimate | None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Orders, by their places, that go alike, and what each costs."""

    by_supplier: bool
    ship: Spread
    transit: Spread
    promise_days: int
    places: Sequence[int]
    costs: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Course:
    """How all orders would go a way, before any chance."""

    batches: Sequence[_Batch]
    unserved: int
    stock_outs: int


@dataclass(frozen=True, slots=True)
class _Draws:
    """Chance by order: how late it is shipped, how late it comes, and whether its supplier is short. All ways share them."""

    ship: Sequence[float]
    transit: Sequence[float]
    short: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Run:
    """One repeat of one way."""

    shipped: int
    stock_outs: int
    ship: tuple[float, float, float] | None
    deliver: tuple[float, float, float] | None
    promise_kept: float
    cost: float


def replay_ways(
    past: Past,
    *,
    seed: int,
    repeats: int,
    watch: Callable[[int], object] = lambda _: None,
) -> list[Outcome]:
    """What each way would have come to, the same for the same seed; `watch` is told after each repeat how many are done.

    One repeat meets every way with the same luck, so that their differences are theirs and not chance's.
    """
    courses = _courses(past)
    runs: dict[Way, list[_Run]] = defaultdict(list)
    for repeat in range(repeats):
        draws = _draws(Random(f"{seed}/{repeat}"), len(past.orders))  # noqa: S311 - no secret hangs on it
        for way, course in courses.items():
            runs[way].append(_run(course, draws, past.short_share))
        watch(repeat + 1)
    return [_outcome(way, courses[way].unserved, runs[way]) for way in Way]


def _draws(chance: Random, count: int) -> _Draws:
    ship, transit, short = ([chance.random() for _ in range(count)] for _ in range(3))
    return _Draws(ship, transit, short)


def _courses(past: Past) -> dict[Way, _Course]:
    orders = past.orders
    jit = [order.jit for order in orders]
    own, standard = [order.own for order in orders], [order.standard for order in orders]

    def filled(legs: Sequence[Leg | None]) -> list[bool]:
        taken = [leg is not None for leg in legs]
        return filled_locally(orders, taken, past.before, past.horizon_days, past.service_level)

    own_filled, standard_filled = filled(own), filled(standard)
    nobody = [None] * len(orders)
    return {
        Way.JIT: _course(past, nobody, nobody, jit),
        Way.SMART: _course(past, own, _only(own, own_filled), nobody),
        Way.STANDARD: _course(past, standard, _only(standard, standard_filled), nobody),
        Way.MIXED: _course(past, own, _only(own, own_filled), jit),
    }


def _only(legs: Sequence[Leg | None], filled: Sequence[bool]) -> list[Leg | None]:
    return [leg if here else None for leg, here in zip(legs, filled, strict=True)]


def _course(
    past: Past, reached: Sequence[Leg | None], own: Sequence[Leg | None], jit: Sequence[Leg | None]
) -> _Course:
    """Each order from the own warehouse if that is so, else by its supplier; else it is not served, or out of stock."""
    alike: dict[tuple[bool, str, str, int], list[tuple[int, int]]] = defaultdict(list)
    unserved = stock_outs = 0
    for place, (line, from_own, from_supplier) in enumerate(zip(reached, own, jit, strict=True)):
        leg = from_own or from_supplier
        if leg is not None:
            alike[from_own is None, leg.line, leg.country, leg.promise_days].append((place, leg.cost))
        elif line is not None:
            stock_outs += 1
        else:
            unserved += 1
    batches = [
        _Batch(
            by_supplier,
            past.ship[by_supplier],
            past.transit[line, country],
            promise_days,
            [place for place, _ in these],
            [cost for _, cost in these],
        )
        for (by_supplier, line, country, promise_days), these in alike.items()
    ]
    return _Course(batches, unserved, stock_outs)


def _run(course: _Course, draws: _Draws, short_share: float) -> _Run:
    ships: list[float] = []
    delivers: list[float] = []
    kept = cost = 0
    stock_outs = course.stock_outs
    for batch in course.batches:
        places, costs = batch.places, batch.costs
        if batch.by_supplier and short_share:
            there = [draws.short[place] >= short_share for place in places]
            places, costs = list(compress(places, there)), list(compress(costs, there))
            stock_outs += there.count(False)
        waits = _drawn(batch.ship, draws.ship, places)
        trips = _drawn(batch.transit, draws.transit, places)
        kept += sum(trip <= batch.promise_days for trip in trips)
        ships += waits
        delivers += map(sum, zip(waits, trips, strict=True))
        cost += sum(costs)
    shipped = len(ships)
    return _Run(
        shipped,
        stock_outs,
        _span(ships),
        _span(delivers),
        kept / shipped if shipped else 0.0,
        cost / shipped if shipped else 0.0,
    )


def _drawn(spread: Spread, draws: Sequence[float], places: Sequence[int]) -> list[float]:
    days, count = spread.days, len(spread.days)
    return [days[int(draws[place] * count)] for place in places]


def _span(days: list[float]) -> tuple[float, float, float] | None:
    """The mean and both quantiles; sorts what it is given."""
    if not days:
        return None
    days.sort()
    return fmean(days), days[(len(days) - 1) // 2], days[int(0.9 * (len(days) - 1))]


def _outcome(way: Way, unserved: int, runs: Sequence[_Run]) -> Outcome:
    sent = [run for run in runs if run.shipped]
    return Outcome(
        way,
        _estimate([run.shipped for run in runs]),
        unserved,
        _estimate([run.stock_outs for run in runs]),
        _spanned([run.ship for run in sent if run.ship]),
        _spanned([run.deliver for run in sent if run.deliver]),
        _estimate([run.promise_kept for run in sent]) if sent else None,
        _estimate([run.cost for run in sent]) if sent else None,
    )


def _spanned(spans: Sequence[tuple[float, float, float]]) -> Span | None:
    return Span(*(_estimate(figures) for figures in zip(*spans, strict=True))) if spans else None


def _estimate(figures: Sequence[float]) -> Estimate:
    ordered = sorted(figures)
    last = len(ordered) - 1
    return Estimate(fmean(ordered), ordered[round(LOW * last)], ordered[round(HIGH * last)])
