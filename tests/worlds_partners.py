"""Shops with products, suppliers and stock, built by the product's own use cases; and requests behind their walls."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.membership.enrolment.service import join_jit
from andon.partners.bindings.service import accept_bindings, offer_bindings
from andon.partners.catalog.rules import MappingDraft, Mode, ProductDraft
from andon.partners.catalog.service import put_mappings, put_products
from andon.partners.plans.service import put_plan
from andon.partners.shops.service import open_shop
from andon.partners.stock.service import PoolCount, StockKey, count_local, count_pools
from andon.partners.stock.tables import LOCAL
from andon.partners.suppliers.rules import Application
from andon.partners.suppliers.service import apply_suppliers, decide_suppliers
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy
from tests.worlds import NOON

PLAN = ("cainiao_jit", "cainiao_standard")


@dataclass(frozen=True)
class DemoShop:
    """A shop that sells just in time: every SKU is mapped to every supplier, the first one first."""

    shop_id: int
    currency: str
    supplier_ids: tuple[int, ...]
    skus: tuple[str, ...]

    def item(self, sku: str) -> str:
        """The suppliers' code of a SKU."""
        return item_of(sku)

    def allotment(self, sku: str, supplier_id: int | None = None) -> StockKey:
        """The stock row from which the SKU is sold at a supplier, the first one if none is named."""
        return StockKey(self.shop_id, supplier_id or self.supplier_ids[0], item_of(sku), 1)


def item_of(sku: str) -> str:
    """The suppliers' code of a SKU."""
    return f"I-{sku}"


def a_shop(tx: Tx[Policy], *, currency: str = "CNY", category: str = "apparel") -> int:
    """A shop in a category that JIT is open to, with a plan of a JIT and a standard line."""
    shop = open_shop(
        tx, name="衣见", category=category, locale="zh-CN", currency=currency, zone="Asia/Shanghai"
    )
    put_plan(tx, shop.shop_id, PLAN)
    return shop.shop_id


def qualified_suppliers(tx: Tx[Policy], count: int) -> list[int]:
    """New suppliers that passed their review."""
    applied = apply_suppliers(tx, [Application(f"仓{number}") for number in range(1, count + 1)])
    return [
        supplier.supplier_id
        for supplier in decide_suppliers(tx, [each.supplier_id for each in applied], "qualify")
    ]


def bind(tx: Tx[Policy], shop_id: int, supplier_ids: Collection[int]) -> list[int]:
    """Active bindings of the shop with these suppliers; their numbers."""
    offered = offer_bindings(tx, shop_id, supplier_ids)
    return [
        binding.binding_id
        for binding in accept_bindings(tx, shop_id, [binding.binding_id for binding in offered])
    ]


def product(sku: str, *, mode: Mode = Mode.JIT, currency: str = "CNY", **changes: Any) -> ProductDraft:
    """A product of 1.2 litres and 350 grams at 49.90."""
    facts: dict[str, Any] = {
        "title": f"T恤 {sku}",
        "length_mm": 200,
        "width_mm": 150,
        "height_mm": 40,
        "weight_g": 350,
        "price": Money.of("49" if currency in {"JPY", "KRW"} else "49.90", currency),
    }
    return ProductDraft(sku=sku, mode=mode, **(facts | changes))


def map_to(
    tx: Tx[Policy],
    shop_id: int,
    sku: str,
    supplier_id: int,
    *,
    item: str = "",
    units: int = 1,
    priority: int = 1,
) -> None:
    """One mapping."""
    put_mappings(tx, shop_id, [MappingDraft(sku, supplier_id, item or item_of(sku), units, priority)])


def open_demo_shop(
    tx: Tx[Policy],
    *,
    skus: Sequence[str] = ("S-1", "S-2"),
    suppliers: int | Sequence[int] = 2,
    stock: int = 100,
    local: int = 0,
    currency: str = "CNY",
    mode: Mode = Mode.JIT,
    intake_open: bool = True,
) -> DemoShop:
    """A shop whose products are mapped to qualified, bound suppliers with so much stock of each item.

    `suppliers` makes new ones, or names those of another shop; `stock` is their count of each item, `local` the units
    of each SKU in the seller's own warehouse. Every SKU's mapping to the first supplier has priority 1, the next 2.
    """
    shop_id = a_shop(tx, currency=currency)
    supplier_ids = qualified_suppliers(tx, suppliers) if isinstance(suppliers, int) else list(suppliers)
    bind(tx, shop_id, supplier_ids)
    put_products(tx, shop_id, [product(sku, mode=mode, currency=currency) for sku in skus])
    put_mappings(
        tx,
        shop_id,
        [
            MappingDraft(sku, supplier_id, item_of(sku), 1, priority)
            for sku in skus
            for priority, supplier_id in enumerate(supplier_ids, start=1)
        ],
    )
    if isinstance(suppliers, int) and stock:
        count_pools(tx, [PoolCount(each, item_of(sku), stock) for each in supplier_ids for sku in skus])
    if local:
        for sku in skus:
            count_local(tx, shop_id, LOCAL, sku, local)
    if intake_open:
        join_jit(tx, shop_id, signed_by=f"shop:{shop_id}")
    return DemoShop(shop_id, currency, tuple(supplier_ids), tuple(skus))


@contextmanager
def request(
    database: Database,
    actor: Actor,
    shops: Collection[int] = (),
    *,
    now: datetime = NOON,
    commit: bool = True,
) -> Iterator[Tx[Policy]]:
    """A transaction as a request has it: under the application's login, behind the walls of its party."""
    supplier = str(actor.id) if actor.kind == "supplier" else ""
    with Session(database.app) as session:
        session.connection().exec_driver_sql(
            f"set local andon.shops = '{','.join(map(str, sorted(shops)))}'; set local andon.supplier = '{supplier}'"
        )
        tx = Tx(session, now=now, actor=actor, policies=load_policies())
        yield tx
        tx.flush()
        if commit:
            session.commit()
