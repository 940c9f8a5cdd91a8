"""Who fulfils what of an order, and by which line of the plan: facts in, parts out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from andon.kernel.errors import codes
from andon.orders.order.rules import FulfilmentState, Mode
from andon.partners.stock.rules import Owner

CODES = codes(
    {
        "order.unknown_sku": ("No such product in this shop", "店铺没有该商品"),
        "order.unmapped": ("No supplier for this product", "商品没有可用的供应商"),
        "order.out_of_stock": ("Out of stock", "库存不足"),
        "stock.owner": ("Owner and shop do not fit", "库存所有者与店铺不符"),
        "order.no_line_serves": ("No line of the plan goes there", "物流方案没有线路可达该国家"),
    }
)

LOCAL = 0
"""The location of the seller's own warehouse, as stock numbers it; a supplier's has the supplier's number."""

NO_GRANT = "no_grant"
NOT_QUALIFIED = "not_qualified"
NO_UNITS = "no_units"
TRIED = "tried"
SHORT = "short"
"""The reason of a rejection that a count made: there is less than was promised."""

STOCK_REASONS = frozenset({SHORT, "out_of_stock", "damaged", NO_UNITS})
"""The reasons that mean that units were missing."""


@dataclass(frozen=True, slots=True)
class Source:
    """One supplier that a SKU is mapped to; one sale takes `units` of its `item`. Lower priority goes first."""

    supplier_id: int
    item: str
    units: int
    priority: int
    granted: bool = True
    qualified: bool = True


@dataclass(frozen=True, slots=True)
class Product:
    """What routing must know of a SKU; its sources stand by priority, then number."""

    sku: str
    mode: Mode
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        by_turn = sorted(self.sources, key=lambda source: (source.priority, source.supplier_id))
        object.__setattr__(self, "sources", tuple(by_turn))


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line that the shop has enabled, and the countries it reaches."""

    code: str
    jit: bool
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What routing must know of a shop: whether JIT orders are taken, its products, its plan by precedence."""

    jit_intake_open: bool
    products: Mapping[str, Product]
    plan: Sequence[PlanLine]


class Want(NamedTuple):
    """One line of an order."""

    line_no: int
    sku: str
    quantity: int


class Place(NamedTuple):
    """Units of one item at one location, of one owner."""

    location: int
    item: str
    owner: int
    units: int


class PassedOver(NamedTuple):
    """A supplier that came first and could not take the line, and why."""

    line_no: int
    supplier_id: int
    reason: str


class Assigned(NamedTuple):
    """A line and where its units come from."""

    want: Want
    place: Place


class Part(NamedTuple):
    """One party's part of an order: what one fulfilment is made of. `supplier_id` None is the seller."""

    mode: Mode
    supplier_id: int | None
    line: str
    assigned: tuple[Assigned, ...]
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order cannot be routed."""

    code: str
    detail: str


class Shelf:
    """What is available while many lines are decided one after another: what one takes, the next cannot."""

    def __init__(self, available: Mapping[tuple[int, str, int], int]) -> None:
        self._available = dict(available)

    def take(self, location: int, item: str, owner: int, units: int) -> Place | None:
        """These units, if they are there."""
        key = (location, item, owner)
        left = self._available.get(key, 0) - units
        if left < 0:
            return None
        self._available[key] = left
        return Place(location, item, owner, units)

    def put_back(self, places: Iterable[Place]) -> None:
        """Give back what was taken for an order that cannot be accepted."""
        for place in places:
            self._available[place.location, place.item, place.owner] += place.units


def line_for(mode: Mode, country: str, plan: Iterable[PlanLine]) -> str | None:
    """The first line of the plan that goes with the mode and reaches the country."""
    jit = mode is Mode.JIT
    return next((line.code for line in plan if line.jit is jit and country in line.countries), None)


def choose(wants: Sequence[Want], country: str, facts: Facts, shelf: Shelf) -> list[Part] | Refusal:
    """The parts of a whole order, one for each supplier and one for the seller; never half an order.

    JIT while the product's mode says so and the shop takes JIT orders, else from the seller's own location. Takes
    what it promises from the shelf, and nothing if it refuses. Source: STOCK-1, MODE-2.
    """
    modes: list[Mode] = []
    for want in wants:
        product = facts.products.get(want.sku)
        if product is None:
            return Refusal("order.unknown_sku", f"line {want.line_no}: {want.sku}")
        modes.append(Mode.JIT if facts.jit_intake_open and product.mode is Mode.JIT else Mode.STANDARD)
    lines: dict[Mode, str] = {}
    for mode in dict.fromkeys(modes):
        line = line_for(mode, country, facts.plan)
        if line is None:
            return Refusal("order.no_line_serves", f"no {mode.word} line of the plan goes to {country}")
        lines[mode] = line

    split = _Split()
    for want, mode in zip(wants, modes, strict=True):
        refusal = split.assign(want, mode, facts.products[want.sku], shelf)
        if refusal is not None:
            shelf.put_back(split.places())
            return refusal
    return split.parts(lines)


def choose_again(
    wants: Sequence[Want], country: str, facts: Facts, shelf: Shelf, tried: Collection[int]
) -> tuple[list[Part], list[Want], tuple[PassedOver, ...]]:
    """New parts for lines that their supplier will not fulfil; the lines that nobody else can; who was passed over.

    The order is a JIT order already, whatever the shop takes now. `tried` are the suppliers that rejected it.
    """
    line = line_for(Mode.JIT, country, facts.plan)
    split = _Split(tried)
    left: list[Want] = []
    for want in wants:
        product = facts.products.get(want.sku)
        if line is None or product is None or split.assign(want, Mode.JIT, product, shelf) is not None:
            left.append(want)
    waiting = {want.line_no for want in left}
    passed = tuple(each for each in split.passed_over if each.line_no in waiting)
    return split.parts({Mode.JIT: line or ""}), left, passed


class _Split:
    """The lines of one order as they are given to one party after another."""

    def __init__(self, tried: Collection[int] = ()) -> None:
        self._tried = tried
        self._given: dict[tuple[Mode, int | None], list[Assigned]] = {}
        self.passed_over: list[PassedOver] = []

    def assign(self, want: Want, mode: Mode, product: Product, shelf: Shelf) -> Refusal | None:
        """Give the line to a party, or say why nobody can take it."""
        if mode is Mode.STANDARD:
            place = shelf.take(LOCAL, want.sku, Owner.SHOP, want.quantity)
            if place is None:
                return Refusal("order.out_of_stock", f"line {want.line_no}: {want.sku}")
            self._given.setdefault((mode, None), []).append(Assigned(want, place))
            return None
        return self._assign_supplier(want, product, shelf)

    def _assign_supplier(self, want: Want, product: Product, shelf: Shelf) -> Refusal | None:
        sources = product.sources
        if len(sources) > 1 and self._given and (Mode.JIT, sources[0].supplier_id) not in self._given:
            # Of equals, one that has a part of this order already.
            sources = tuple(
                sorted(
                    sources,
                    key=lambda source: (source.priority, (Mode.JIT, source.supplier_id) not in self._given),
                )
            )
        short = False
        for source in sources:
            reason = self._unfit(source)
            if reason is None:
                place = _units_of(source, want, shelf)
                if place is not None:
                    given = self._given.setdefault((Mode.JIT, source.supplier_id), [])
                    given.append(Assigned(want, place))
                    return None
                reason, short = NO_UNITS, True
            self.passed_over.append(PassedOver(want.line_no, source.supplier_id, reason))
        code = "order.out_of_stock" if short else "order.unmapped"
        return Refusal(code, f"line {want.line_no}: {want.sku}")

    def _unfit(self, source: Source) -> str | None:
        if source.supplier_id in self._tried:
            return TRIED
        if not source.granted:
            return NO_GRANT
        return None if source.qualified else NOT_QUALIFIED

    def places(self) -> Iterable[Place]:
        """Everything taken so far."""
        return (assigned.place for given in self._given.values() for assigned in given)

    def parts(self, lines: Mapping[Mode, str]) -> list[Part]:
        """One part for each party, each with those that were passed over for its lines."""
        parts = []
        for (mode, supplier_id), given in self._given.items():
            own = {assigned.want.line_no for assigned in given} if self.passed_over else ()
            passed = tuple(each for each in self.passed_over if each.line_no in own)
            parts.append(Part(mode, supplier_id, lines[mode], tuple(given), passed))
        return parts


def _units_of(source: Source, want: Want, shelf: Shelf) -> Place | None:
    """The line's units at the supplier: the shop's consigned ones if they cover it, else the supplier's own."""
    units = want.quantity * source.units
    consigned = shelf.take(source.supplier_id, source.item, Owner.SHOP, units)
    return consigned or shelf.take(source.supplier_id, source.item, Owner.SUPPLIER, units)


Fulfilled = tuple[int, int]
"""A fulfilment by its shop and its number."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Units of one stock row that a fulfilment holds."""

    fulfilment: Fulfilled
    state: FulfilmentState
    units: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """So many units of one stock row are promised and not there; the promises, newest first."""

    missing: int
    promises: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The fulfilments that lose their units, and those that stay although theirs are not all there."""

    lost: list[Fulfilled]
    short: list[Fulfilled]


def promises_to_break(shortages: Iterable[Shortage]) -> Broken:
    """Which fulfilments lose their units because they are not there, and which ones are short.

    Those that nobody has accepted go, newest first, until what is left is covered; only where they do not suffice
    are accepted ones, newest first, short: they stay. One that goes gives back all it holds, of every row.
    """
    lost: dict[Fulfilled, None] = {}
    short: dict[Fulfilled, None] = {}
    for shortage in shortages:
        missing = shortage.missing
        missing -= sum(promise.units for promise in shortage.promises if promise.fulfilment in lost)
        for firm in (False, True):
            for promise in shortage.promises:
                if missing <= 0:
                    break
                if (promise.state > FulfilmentState.PUSHED) is firm and promise.fulfilment not in lost:
                    (short if firm else lost)[promise.fulfilment] = None
                    missing -= promise.units
    return Broken(list(lost), list(short))


def tried_suppliers(fulfilment_id: int, before: Mapping[int, tuple[int | None, int | None]]) -> set[int]:
    """The suppliers of a fulfilment and of all that it replaces; `before` is (supplier, replaces) by number."""
    tried: set[int] = set()
    step: int | None = fulfilment_id
    while step is not None and step in before:
        supplier_id, step = before[step]
        if supplier_id is not None:
            tried.add(supplier_id)
    return tried
