"""Who fulfils what of an order, and by which line of the plan: facts in, parts out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from andon.orders.order.rules import Mode
from andon.orders.routing.rules.lines import (
    Assigned,
    PassedOver,
    Place,
    PlanLine,
    Want,
    bundles,
    by_precedence,
    refused_by,
    serving,
)
from andon.partners.goods.rules import Goods
from andon.partners.stock.rules import Owner
from andon.partners.tracks.rules import leaves

LOCAL = 0
"""The location of the seller's own warehouse, as stock numbers it; a supplier's has the supplier's number."""

NO_GRANT = "no_grant"
NOT_QUALIFIED = "not_qualified"
NO_UNITS = "no_units"
NO_CAPACITY = "no_capacity"
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
    """What routing must know of a SKU; its sources stand by priority, then number. No order is taken while `delisted`.

    While its shop moves, `leaving` of a hundred new orders leave JIT. With `supplier_ships`, suppliers ship as a standard
    order what the seller has not. Source: MOVE-1.
    """

    sku: str
    mode: Mode
    sources: tuple[Source, ...] = ()
    goods: Goods | None = None
    delisted: bool = False
    grams: int | None = None
    leaving: int = 0
    supplier_ships: bool = False

    def __post_init__(self) -> None:
        by_turn = sorted(self.sources, key=lambda source: (source.priority, source.supplier_id))
        object.__setattr__(self, "sources", tuple(by_turn))


@dataclass(frozen=True, slots=True)
class Facts:
    """What routing must know of a shop: whether JIT orders are taken, its products, its plan by precedence.

    The `smart` lines go before the plan's while `smart_first`, and always where a supplier ships a standard order.
    """

    jit_intake_open: bool
    products: Mapping[str, Product]
    plan: Sequence[PlanLine]
    smart: Sequence[PlanLine] = ()
    smart_first: bool = False
    _serving: dict[tuple[Mode, str, bool], tuple[PlanLine, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def lines(self, mode: Mode, country: str, *, supplied: bool = False) -> tuple[PlanLine, ...]:
        """The lines that go with the mode and reach the country, by precedence; worked out once."""
        key = (mode, country, self.smart_first or supplied)
        found = self._serving.get(key)
        if found is None:
            plan = by_precedence(self.plan, self.smart, smart_first=key[2])
            found = self._serving[key] = serving(mode, country, plan)
        return found

    def sellers_own(self) -> "Facts":
        """The same where nobody but the seller is to ship."""
        products = {sku: replace(product, supplier_ships=False) for sku, product in self.products.items()}
        return replace(self, jit_intake_open=False, products=products)

    def want(self, line_no: int, sku: str, quantity: int) -> Want:
        """A line of an order, with what is known of a piece of it."""
        product = self.products.get(sku)
        return (
            Want(line_no, sku, quantity)
            if product is None
            else Want(line_no, sku, quantity, product.goods, product.grams)
        )

    def goods_of(self, sku: str) -> Goods | None:
        """What is said of a product, None where nothing is."""
        product = self.products.get(sku)
        return None if product is None else product.goods


class Part(NamedTuple):
    """One party's part of an order: what one fulfilment is made of. `supplier_id` None is the seller.

    `lacks` says that its line needs a paper of its goods that nobody has said, `beyond` that its supplier's day was
    full.
    """

    mode: Mode
    supplier_id: int | None
    line: str
    assigned: tuple[Assigned, ...]
    passed_over: tuple[PassedOver, ...] = ()
    lacks: bool = False
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order cannot be routed. `sellers_sku` is what the seller itself, who ships it, has not enough of."""

    code: str
    detail: str
    sellers_sku: str | None = None


class Shelf:
    """What is available while many lines are decided one after another: what one takes, the next cannot.

    Units by location, item and owner; and the places that a supplier with a daily capacity has left today.
    """

    def __init__(
        self, available: Mapping[tuple[int, str, int], int], places: Mapping[int, int] | None = None
    ) -> None:
        self._available = dict(available)
        self._places = dict(places or {})

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

    def is_full(self, supplier_id: int) -> bool:
        """Whether the supplier's day has no place left."""
        return self._places.get(supplier_id, 1) < 1

    def occupy(self, supplier_id: int, fulfilments: int = 1) -> None:
        """Take so many places of the supplier's day, also where it is full; fewer than none gives them back."""
        if supplier_id in self._places:
            self._places[supplier_id] -= fulfilments


def choose(
    wants: Sequence[Want], country: str, facts: Facts, shelf: Shelf, number: str = ""
) -> list[Part] | Refusal:
    """The parts of a whole order, one for each supplier and one for the seller; never half an order.

    JIT while the product's mode says so and the shop takes JIT orders, but for those that leave it by their `number`
    while the product moves; else from the seller's own location, or by a supplier where that was chosen. A part goes by one line of the plan; where none takes all its goods, it is as many parts as it needs lines. Takes what it
    promises from the shelf, and nothing if it refuses. Source: STOCK-1, MODE-2, PART-3, MOVE-1.
    """
    modes: list[Mode] = []
    for want in wants:
        product = facts.products.get(want.sku)
        if product is None:
            return Refusal("order.unknown_sku", f"line {want.line_no}: {want.sku}")
        if product.delisted:
            return Refusal("order.product_delisted", f"line {want.line_no}: {want.sku}")
        left = product.leaving > 0 and leaves(number, product.leaving)
        jit = facts.jit_intake_open and product.mode is Mode.JIT and not left
        mode = Mode.JIT if jit else Mode.STANDARD
        if refusal := _grounded(
            want, mode, country, facts.lines(mode, country, supplied=product.supplier_ships)
        ):
            return refusal
        modes.append(mode)

    split = _Split(facts, country, shelf)
    for want, mode in zip(wants, modes, strict=True):
        refusal = split.assign(want, mode, facts.products[want.sku])
        if refusal is not None:
            split.undo()
            return refusal
    return split.parts()


def _grounded(want: Want, mode: Mode, country: str, lines: Sequence[PlanLine]) -> Refusal | None:
    """Why no line moves it, if none does."""
    if not lines:
        return Refusal("order.no_line_serves", f"no {mode.word} line of the plan goes to {country}")
    if any(line.takes(want) for line in lines):
        return None
    why = "; ".join(f"{each.by} refuses {each.reason}" for each in refused_by(want, lines))
    return Refusal("order.no_line_flies", f"line {want.line_no}: {want.sku}: {why}")


def choose_again(
    wants: Sequence[Want],
    country: str,
    facts: Facts,
    shelf: Shelf,
    tried: Collection[int],
    mode: Mode = Mode.JIT,
) -> tuple[list[Part], list[Want], tuple[PassedOver, ...]]:
    """New parts for lines that their supplier will not fulfil; the lines that nobody else can; who was passed over.

    The order has its mode already, whatever the shop takes now. `tried` are the suppliers that rejected it.
    """
    lines = facts.lines(mode, country, supplied=True)
    split = _Split(facts, country, shelf, tried)
    left: list[Want] = []
    for want in wants:
        product = facts.products.get(want.sku)
        if _grounded(want, mode, country, lines):
            split.passed_over += refused_by(want, lines)
            left.append(want)
        elif product is None or split.assign(want, mode, product) is not None:
            left.append(want)
    waiting = {want.line_no for want in left}
    passed = tuple(each for each in split.passed_over if each.line_no in waiting)
    return split.parts(), left, passed


class _Split:
    """The lines of one order as they are given to one party after another."""

    def __init__(self, facts: Facts, country: str, shelf: Shelf, tried: Collection[int] = ()) -> None:
        self._facts = facts
        self._country = country
        self._shelf = shelf
        self._tried = tried
        self._given: dict[tuple[Mode, int | None], list[Assigned]] = {}
        self._beyond: set[int] = set()
        self.passed_over: list[PassedOver] = []

    def assign(self, want: Want, mode: Mode, product: Product) -> Refusal | None:
        """Give the line to a party, or say why nobody can take it."""
        if mode is Mode.STANDARD:
            own = any(line.takes(want) for line in self._facts.lines(mode, self._country))
            place = self._shelf.take(LOCAL, want.sku, Owner.SHOP, want.quantity) if own else None
            if place is not None:
                self._given.setdefault((mode, None), []).append(Assigned(want, place))
                return None
            if not product.supplier_ships:
                # A JIT product comes here while the shop leaves: that is no fault of the seller's.
                lacking = want.sku if product.mode is Mode.STANDARD else None
                return Refusal("order.out_of_stock", f"line {want.line_no}: {want.sku}", lacking)
        return self._assign_supplier(want, mode, product)

    def _assign_supplier(self, want: Want, mode: Mode, product: Product) -> Refusal | None:
        """The first that has the units and a place left today; else the first that has the units."""
        full: tuple[Source, PassedOver] | None = None
        short = False
        for source in self._by_turn(mode, product):
            reason = self._unfit(source)
            if reason is None:
                place = _units_of(source, want, self._shelf)
                if place is None:
                    reason, short = NO_UNITS, True
                elif (mode, source.supplier_id) in self._given or not self._shelf.is_full(source.supplier_id):
                    self._give(want, mode, source, place)
                    return None
                else:
                    self._shelf.put_back([place])
                    reason = NO_CAPACITY
            passed = PassedOver(want.line_no, source.supplier_id, reason)
            self.passed_over.append(passed)
            if reason is NO_CAPACITY and full is None:
                full = source, passed
        if full is not None:
            source, passed = full
            place = _units_of(source, want, self._shelf)
            assert place is not None, "they were put back just now"
            self.passed_over.remove(passed)
            self._beyond.add(source.supplier_id)
            self._give(want, mode, source, place)
            return None
        code = "order.out_of_stock" if short else "order.unmapped"
        return Refusal(code, f"line {want.line_no}: {want.sku}")

    def _by_turn(self, mode: Mode, product: Product) -> Sequence[Source]:
        sources = product.sources
        if len(sources) > 1 and self._given and (mode, sources[0].supplier_id) not in self._given:
            # Of equals, one that has a part of this order already.
            return sorted(
                sources,
                key=lambda source: (source.priority, (mode, source.supplier_id) not in self._given),
            )
        return sources

    def _give(self, want: Want, mode: Mode, source: Source, place: Place) -> None:
        party = (mode, source.supplier_id)
        if party not in self._given:
            self._given[party] = []
            self._shelf.occupy(source.supplier_id)
        self._given[party].append(Assigned(want, place))

    def _unfit(self, source: Source) -> str | None:
        if source.supplier_id in self._tried:
            return TRIED
        if not source.granted:
            return NO_GRANT
        return None if source.qualified else NOT_QUALIFIED

    def undo(self) -> None:
        """Give back everything taken so far."""
        for (_, supplier_id), given in self._given.items():
            self._shelf.put_back(assigned.place for assigned in given)
            if supplier_id is not None:
                self._shelf.occupy(supplier_id, -1)

    def parts(self) -> list[Part]:
        """The parts of each party, each with those that were passed over for its lines."""
        parts = []
        for (mode, supplier_id), given in self._given.items():
            lines = self._facts.lines(mode, self._country, supplied=supplier_id is not None)
            made = bundles(given, lines)
            if supplier_id is not None and len(made) > 1:
                self._shelf.occupy(supplier_id, len(made) - 1)
            for bundle in made:
                own = {assigned.want.line_no for assigned in bundle.assigned} if self.passed_over else ()
                passed = tuple(each for each in self.passed_over if each.line_no in own)
                parts.append(
                    Part(
                        mode,
                        supplier_id,
                        bundle.line.code,
                        bundle.assigned,
                        passed + bundle.passed_over,
                        bundle.lacks,
                        supplier_id in self._beyond,
                    )
                )
        return parts


def _units_of(source: Source, want: Want, shelf: Shelf) -> Place | None:
    """The line's units at the supplier: the shop's consigned ones if they cover it, else the supplier's own."""
    units = want.quantity * source.units
    consigned = shelf.take(source.supplier_id, source.item, Owner.SHOP, units)
    return consigned or shelf.take(source.supplier_id, source.item, Owner.SUPPLIER, units)


def tried_suppliers(fulfilment_id: int, before: Mapping[int, tuple[int | None, int | None]]) -> set[int]:
    """The suppliers of a fulfilment and of all that it replaces; `before` is (supplier, replaces) by number."""
    tried: set[int] = set()
    step: int | None = fulfilment_id
    while step is not None and step in before:
        supplier_id, step = before[step]
        if supplier_id is not None:
            tried.add(supplier_id)
    return tried
