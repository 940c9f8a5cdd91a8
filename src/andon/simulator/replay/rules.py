"""What of a past goes over, and when: the steps of each order's way, hour by hour."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from hashlib import sha256
from typing import Any

from andon.kernel.money import Money
from andon.orders.shipping.rules import HEAVIEST_G, LONGEST_MM, Rejection
from andon.platform.policies.figures import Line
from andon.platform.policies.rules import Policy
from andon.ports.history import (
    OWN,
    HistoricFact,
    HistoricLine,
    HistoricOrder,
    HistoricProduct,
    History,
    HistoryUnreadable,
    Remark,
)

HOUR = timedelta(hours=1)
ANSWER_AFTER = timedelta(seconds=1)
"""How long after the placing a supplier is taken to have answered, where nothing is recorded."""
RUN_ON = timedelta(days=30)
"""How long the line runs on after the last recorded instant: past MODE-6, and past every due date."""


class Fate(StrEnum):
    """What became of a row that there is something to say of.

    It went on without what is said there, or was rejected for it, or was rejected for something else.
    """

    WENT_ON = "went_on"
    REJECTED = "rejected"
    REJECTED_OTHERWISE = "rejected_otherwise"


class Beat(IntEnum):
    """The kinds of steps in the order of the way, which is the order in which one hour's go over."""

    ORDER = 1
    ANSWER = 2
    PICK = 3
    LABEL = 4
    SCAN = 5
    CANCEL = 6

    @property
    def word(self) -> str:
        """The step's name in a report."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one order's way at its recorded instant; `supplier` is None where it is the whole order's.

    `kind` is the fact's: a parcel status for a scan, `accepted` or `rejected` for an answer.
    """

    at: datetime
    beat: Beat
    order: HistoricOrder
    supplier: str | None
    kind: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Hour:
    """The steps of one hour, which go over when it ends at `until`, in the order of the way."""

    until: datetime
    batches: tuple[tuple[Beat, tuple[Step, ...]], ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A parcel's weight in grams and its sides in millimetres, each at least 1."""

    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    no_measure: bool


def sku_of(product: str, supplier: str) -> str:
    """The shop's SKU for a product of one supplier, to which alone it is mapped; the shop's own is the product's code."""
    return product if supplier == OWN else f"{product}.{supplier}"


def waybill_of(order: HistoricOrder, supplier: str) -> str:
    """The number on the parcel of an order's part at one supplier; the same in every run."""
    named = f"{order.channel_order_no}/{supplier}".encode()
    return f"RP{int.from_bytes(sha256(named).digest()[:8]):020}"


def units_sold(history: History) -> dict[tuple[str, str], int]:
    """Units by (supplier, product) that the whole past sells: what the replay opens with in stock."""
    sold: Counter[tuple[str, str]] = Counter()
    for order in history.orders:
        for line in order.lines:
            sold[line.supplier, line.product] += line.quantity
    return dict(sold)


def prices_of(history: History) -> dict[tuple[str, str], Money]:
    """The price of each (supplier, product) at its first sale."""
    prices: dict[tuple[str, str], Money] = {}
    for order in history.orders:
        for line in order.lines:
            prices.setdefault((line.supplier, line.product), line.unit_price)
    return prices


def plan_for(policy: Policy, countries: Iterable[str]) -> list[Line]:
    """The JIT line and the standard one that reach most of these orders' countries; empty if no JIT line does.

    Of equals it is the policy's first. A plan is not without a standard line, also for a past that has no use for one.
    """
    wanted = Counter(countries)
    plan = []
    for kind in ("jit", "standard"):
        lines = [line for line in policy.lines.values() if line.kind == kind]
        plan.append(max(lines, key=lambda line: sum(wanted[country] for country in line.countries)))
    return plan if any(wanted[country] for country in plan[0].countries) else []


def measure_of(lines: Sequence[HistoricLine], products: Mapping[str, HistoricProduct]) -> Measure:
    """The parcel of these lines: the units lie one upon the other, so heights add up and the widest side counts.

    A product without weight or size counts as 1 g and 1 mm each way, and the parcel says `no_measure`; so it does where
    it comes to more than a parcel may weigh or measure, and counts as the most. A line's own weight counts before its
    product's.
    """
    weight = length = width = height = 0
    unknown = False
    for line in lines:
        product = products[line.product]
        sides = (product.weight_g, product.length_mm, product.width_mm, product.height_mm)
        known = tuple(side for side in sides if side is not None)
        if len(known) < len(sides):
            unknown = True
            known = (1, 1, 1, 1)
        weight += known[0] * line.quantity if line.weight_g is None else line.weight_g
        length, width = max(length, known[1]), max(width, known[2])
        height += known[3] * line.quantity
    unknown = unknown or not 1 <= weight <= HEAVIEST_G or height > LONGEST_MM
    return Measure(min(max(weight, 1), HEAVIEST_G), length, width, min(height, LONGEST_MM), unknown)


def check_rejections(history: History) -> None:
    """Refuse a past in which a supplier rejects for a reason that no supplier has. Raises HistoryUnreadable."""
    for order in history.orders:
        for fact in order.facts:
            if fact.kind == "rejected" and fact.code not in set(Rejection):
                raise HistoryUnreadable(
                    detail=f"order {order.channel_order_no}: rejected for {fact.code!r}: one of {', '.join(Rejection)}"
                )


def steps_of(order: HistoricOrder) -> Iterator[Step]:
    """The order's way: what is recorded, and what must have been for the rest to be.

    A supplier answered 1 s after the placing, and picked and labelled at the parcel's first scan, unless the
    record says otherwise; the shop is not asked for its own part. An order without lines is placed, and that is all.
    """
    yield Step(order.placed_at, Beat.ORDER, order, None, "placed")
    for supplier in order.suppliers:
        yield from _part_of(order, supplier)
    if order.lines:
        for fact in order.facts:
            if fact.kind == "cancelled":
                yield Step(fact.at, Beat.CANCEL, order, fact.supplier, fact.kind)


_BEATS = {
    "accepted": Beat.ANSWER,
    "rejected": Beat.ANSWER,
    "picked": Beat.PICK,
    "labelled": Beat.LABEL,
    "cancelled": Beat.CANCEL,
}


def _part_of(order: HistoricOrder, supplier: str) -> Iterator[Step]:
    facts = [fact for fact in order.facts if fact.supplier in {None, supplier} and fact.kind != "cancelled"]
    beats: dict[Beat, list[HistoricFact]] = defaultdict(list)
    for fact in facts:
        beats[_BEATS.get(fact.kind, Beat.SCAN)].append(fact)
    if supplier != OWN and not beats[Beat.ANSWER]:
        beats[Beat.ANSWER] = [HistoricFact("accepted", order.placed_at + ANSWER_AFTER)]
    first_scan = min((max(fact.at, order.placed_at) for fact in beats[Beat.SCAN]), default=None)
    labelled_at = min((fact.at for fact in beats[Beat.LABEL]), default=first_scan)
    if first_scan is not None and not beats[Beat.LABEL]:
        beats[Beat.LABEL] = [HistoricFact("labelled", first_scan)]
    if labelled_at is not None and not beats[Beat.PICK]:
        beats[Beat.PICK] = [HistoricFact("picked", labelled_at)]
    for beat, told in beats.items():
        for fact in told:
            yield Step(fact.at, beat, order, supplier, fact.kind, fact.code)


def hours_of(orders: Iterable[HistoricOrder]) -> list[Hour]:
    """All steps by the hour in which they happened, earliest first; each beat in order of time.

    What is recorded from before the order's placing goes over in the hour of the placing.
    """
    hours: dict[datetime, dict[Beat, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for order in orders:
        for step in steps_of(order):
            hours[hour_end(max(step.at, order.placed_at))][step.beat].append(step)
    return [
        Hour(
            until,
            tuple(
                (beat, tuple(sorted(batches[beat], key=lambda step: (step.at, step.order.channel_order_no))))
                for beat in sorted(batches)
            ),
        )
        for until, batches in sorted(hours.items())
    ]


def hour_end(at: datetime) -> datetime:
    """The end of the hour in which an instant lies; a full hour belongs to the one that it begins."""
    return at.replace(minute=0, second=0, microsecond=0) + HOUR


def last_instant(hours: Sequence[Hour]) -> datetime:
    """The latest recorded instant of all."""
    return max(step.at for hour in hours for _, steps in hour.batches for step in steps)


def fates_of(history: History, refused: Mapping[str, str]) -> list[tuple[Remark, Fate]]:
    """Every remark on the source's rows with the row's fate, in the order of the rows.

    `refused` has the code of each order that intake refused, by its number: a row of such an order is rejected, too.
    """
    remarks = list(history.remarks)
    for order in history.orders:
        if code := refused.get(order.channel_order_no):
            remarks += [
                Remark(line.row, "", order.channel_order_no, code, rejects=True)
                for line in order.lines
                if line.row is not None
            ]
    rejected = {remark.row for remark in remarks if remark.rejects}

    def fate(remark: Remark) -> Fate:
        if remark.rejects:
            return Fate.REJECTED
        return Fate.REJECTED_OTHERWISE if remark.row in rejected else Fate.WENT_ON

    return [(remark, fate(remark)) for remark in sorted(remarks, key=lambda each: each.row.line_no)]


def rows_of(history: History, fates: Sequence[tuple[Remark, Fate]]) -> dict[str, Any]:
    """How many of the source's rows were accepted and rejected, and the remarks by column, code and fate."""
    rejected = len({remark.row for remark, fate in fates if fate is Fate.REJECTED})
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for (column, code, fate), n in sorted(Counter((r.column, r.code, fate) for r, fate in fates).items()):
        counted.setdefault(column, {}).setdefault(code, {})[fate.value] = n
    return {
        "rows": {"total": history.rows, "accepted": history.rows - rejected, "rejected": rejected},
        "remarks": counted,
    }
