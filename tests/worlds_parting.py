"""Shops with consigned stock at their supplier, and what leaves it."""

from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.partners.stock.service import StockKey, count_consigned
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.rules import Policy
from tests.worlds_partners import DemoShop, item_of, open_demo_shop


def a_consigning_shop(tx: Tx[Policy], *skus: str, units: int | None = 10, **options: Any) -> DemoShop:
    """A shop with so many units of its own of each item at its one supplier, which has none itself unless `stock` says so.

    With None for `units` nobody ever counted any.
    """
    world = open_demo_shop(tx, skus=skus or ("S-1",), **({"suppliers": 1, "stock": 0} | options))
    if units is not None:
        for sku in world.skus:
            count_consigned(tx, world.shop_id, world.supplier_ids[0], item_of(sku), units)
    return world


def local(world: DemoShop, sku: str = "S-1") -> StockKey:
    """The stock row of a SKU in the seller's own warehouse."""
    return StockKey(world.shop_id, LOCAL, sku, 2)


def consigned(world: DemoShop, sku: str = "S-1") -> StockKey:
    """The stock row of the shop's own units at its supplier."""
    return StockKey(world.shop_id, world.supplier_ids[0], item_of(sku), 2)


def calibrations(tx: Tx[Any], world: DemoShop) -> list[Row[Any]]:
    """The shop's calibrations by number."""
    return list(
        tx.rows("select * from calibrations where shop_id = :s order by calibration_id", s=world.shop_id)
    )
