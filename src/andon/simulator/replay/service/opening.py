"""The world as it stood before the first order: one shop, its suppliers bound and qualified, its goods in stock."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, TypeVar

from andon.kernel.errors import Conflict
from andon.kernel.line import Line
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.membership.enrolment.service import join_jit
from andon.money.settlement.service import deposit_funds
from andon.orders.order.rules import Mode
from andon.partners.bindings.service import accept_bindings, offer_bindings
from andon.partners.catalog.rules import MappingDraft, ProductDraft
from andon.partners.catalog.service import put_mappings, put_products
from andon.partners.plans.service import put_plan
from andon.partners.shops.service import open_shop
from andon.partners.stock.service import PoolCount, count_local, count_pools
from andon.partners.stock.tables import LOCAL
from andon.partners.suppliers.rules import Application
from andon.partners.suppliers.service import apply_suppliers, decide_suppliers
from andon.platform.policies.rules import Policy
from andon.ports.history import OWN, HistoricProduct, History
from andon.simulator.replay.rules import plan_for, prices_of, sku_of, units_sold

SHOP = "store"
FUNDS = "1000000000.00"
"""What the shop pays in before the first order: more than any past owes in fees."""
A_CALL = 1000
"""How many things go over in one call at the most."""

T = TypeVar("T")


class NoLine(Conflict):
    """No JIT line of the policy reaches any country of these orders."""

    code = "replay.no_line"
    titles: ClassVar[dict[str, str]] = {
        "en": "No JIT line reaches these orders",
        "zh-CN": "没有可到达这些订单的JIT线路",
    }


@dataclass(frozen=True)
class World:
    """Who stands for whom: the shop's number, each supplier's by its code in the past, and the carrier of the line."""

    shop_id: int
    suppliers: Mapping[str, int]
    carrier: str
    history: History = field(repr=False)

    @cached_property
    def codes(self) -> dict[int, str]:
        """Each supplier's code in the past by its number here."""
        return {supplier_id: code for code, supplier_id in self.suppliers.items()}


def open_world(line: Line, history: History, watch: Callable[[int], None]) -> World:
    """Make the shop and all it needs, by the use cases that a person would use; `watch` hears of things done.

    Raises NoLine.
    """
    with line.transaction() as tx:
        policy: Policy = tx.policy
        plan = plan_for(policy, (order.ship_to.get("country", "") for order in history.orders))
        if not plan:
            raise NoLine(detail=f"JIT lines are {', '.join(policy.lines)}")
        shop_id = open_shop(
            tx,
            name=SHOP,
            category=min(policy.mode.categories),
            locale="en",
            currency=policy.currency,
            zone=policy.zone,
        ).shop_id
        put_plan(tx, shop_id, [way.code for way in plan])
    suppliers: dict[str, int] = {}
    for parties in in_calls(history.suppliers):
        with line.transaction() as tx:
            ids = _bound(tx, shop_id, [party.name for party in parties])
        suppliers |= {party.code: supplier_id for party, supplier_id in zip(parties, ids, strict=True)}
        watch(len(parties))
    _fill(line, shop_id, suppliers, history, watch)
    with line.transaction() as tx:
        if suppliers:  # a past from stock alone is of no shop in JIT
            join_jit(tx, shop_id, signed_by=f"shop:{shop_id}")
        deposit_funds(tx, shop_id, Money.of(FUNDS, policy.currency))
    return World(shop_id, suppliers, plan[0].carrier, history)


def _bound(tx: Tx[Policy], shop_id: int, names: Sequence[str]) -> list[int]:
    """Suppliers of these names, qualified and bound to the shop; their numbers in the same order."""
    applications = [Application(name=name, kind="third_party", documents=[]) for name in names]
    ids = [supplier.supplier_id for supplier in apply_suppliers(tx, applications)]
    decide_suppliers(tx, ids, "qualify", "replay")
    bindings = offer_bindings(tx, shop_id, ids)
    accept_bindings(tx, shop_id, [binding.binding_id for binding in bindings])
    return ids


def _fill(
    line: Line, shop_id: int, suppliers: Mapping[str, int], history: History, watch: Callable[[int], None]
) -> None:
    """Products, their mappings, and what the past sells of them on the suppliers' shelves and the shop's own."""
    sold = units_sold(history)
    prices = prices_of(history)
    for part in in_calls(sorted(sold)):
        supplied = [(supplier, product) for supplier, product in part if supplier != OWN]
        own = [product for supplier, product in part if supplier == OWN]
        with line.transaction() as tx:
            count_pools(
                tx,
                [
                    PoolCount(supplier_id=suppliers[supplier], item=product, counted=sold[supplier, product])
                    for supplier, product in supplied
                ],
            )
            put_products(
                tx,
                shop_id,
                [
                    _product(history.products[product], supplier, prices[supplier, product])
                    for supplier, product in part
                ],
            )
            put_mappings(
                tx,
                shop_id,
                [
                    MappingDraft(
                        sku=sku_of(product, supplier),
                        supplier_id=suppliers[supplier],
                        item=product,
                        units=1,
                        priority=1,
                        supply_price=None,
                    )
                    for supplier, product in supplied
                ],
            )
            for product in own:
                count_local(tx, shop_id, LOCAL, sku_of(product, OWN), sold[OWN, product])
        watch(len(part))


def _product(product: HistoricProduct, supplier: str, price: Money) -> ProductDraft:
    return ProductDraft(
        sku=sku_of(product.code, supplier),
        title=product.title,
        mode=Mode.STANDARD if supplier == OWN else Mode.JIT,
        length_mm=product.length_mm or 1,
        width_mm=product.width_mm or 1,
        height_mm=product.height_mm or 1,
        weight_g=product.weight_g or 1,
        price=price,
    )


def in_calls(things: Iterable[T], size: int = A_CALL) -> Iterator[list[T]]:
    """The things in lists of at most `size`."""
    held: list[T] = []
    for thing in things:
        held.append(thing)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held
