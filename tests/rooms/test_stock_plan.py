"""The stock plan, from what lies in the tables."""

from datetime import date, timedelta
from unittest.mock import ANY

import pytest

from andon.kernel.db import Database
from andon.kernel.tx import Tx
from andon.membership.stock_plan.rules import DAYS, Sold
from andon.membership.stock_plan.views import StockPlan, demand_of, stock_plan_of
from andon.orders.intake.service import accept_orders
from andon.partners.catalog.rules import Mode
from andon.partners.stock.service import count_local
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import DemoShop, open_demo_shop

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)


def plan(tx: Tx[Policy], shop: DemoShop, after: str = "", limit: int = 10) -> StockPlan:
    return stock_plan_of(tx, shop.shop_id, 7, 0.95, after=after, limit=limit)


def test_demand_is_counted_by_days_of_the_shops_own_zone_and_today_is_not_over(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        midnight = NOON - timedelta(hours=12)  # of Shanghai
        accept(
            tx,
            shop.shop_id,
            incoming("today", "S-1", placed_at=midnight),
            incoming("yesterday", ("S-1", 2), "S-2", placed_at=midnight - timedelta(seconds=1)),
            incoming("that day too", "S-1", placed_at=midnight - DAY),
            incoming("the day before", ("S-1", 4), placed_at=midnight - DAY - timedelta(seconds=1)),
            incoming("long ago", "S-2", placed_at=midnight - (DAYS + 2) * DAY),
        )
        found = demand_of(tx, shop.shop_id)
        assert (found.since, found.until) == (TODAY - DAYS * DAY, TODAY)
        assert found.products == {"S-1": Sold({1: 3, 2: 4}), "S-2": Sold({1: 1})}
        earlier = demand_of(tx, shop.shop_id, TODAY - DAY)
        assert earlier.products == {"S-1": Sold({1: 4})}


def test_what_was_refused_for_want_of_the_sellers_own_units_was_asked_for_and_counts_once(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, local=1, mode=Mode.STANDARD)
        before = NOON - DAY
        [taken, refused] = accept_orders(
            tx,
            shop.shop_id,
            [incoming("1", "S-1", placed_at=before), incoming("2", "S-1", placed_at=before)],
        )
        assert (taken.status, refused.status, refused.code) == ("created", "refused", "order.out_of_stock")
        assert demand_of(tx, shop.shop_id).products == {"S-1": Sold({1: 2})}
        count_local(tx, shop.shop_id, LOCAL, "S-1", 5)
        accept(tx, shop.shop_id, incoming("2", "S-1", placed_at=before))
        assert demand_of(tx, shop.shop_id).products == {"S-1": Sold({1: 2})}


@pytest.mark.clause("MOVE-3")
def test_each_product_is_planned_from_its_own_demand_and_what_is_there_is_not_brought_in(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1", "S-2", "S-3"))
        accept(
            tx,
            shop.shop_id,
            *(incoming(f"a{n}", ("S-1", 2), placed_at=NOON - n * DAY) for n in range(1, 41)),
            incoming("b", "S-2", placed_at=NOON - 30 * DAY),
        )
        count_local(tx, shop.shop_id, LOCAL, "S-1", 5)
        often, once, never = plan(tx, shop).products
        assert (often.sku, often.mode, often.sold_days, often.available) == ("S-1", "jit", 40, 5)
        assert 1.8 <= often.demand_a_day <= 2
        assert 14 < often.quantity <= 30
        assert often.missing == often.quantity - 5
        assert (once.sold_days, once.missing) == (1, once.quantity)
        assert once.quantity <= 1
        assert (never.demand_a_day, never.quantity, never.missing, never.sold_days) == (0, 0, 0, 0)


def test_the_plan_goes_by_sku_and_leaves_out_what_is_delisted(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("a", "b", "c", "d"))
        tx.run(
            "update products set delisted_at = :now where shop_id = :shop and sku = 'c'",
            now=NOON,
            shop=shop.shop_id,
        )
        assert [each.sku for each in plan(tx, shop, after="a").products] == ["b", "d"]
        assert [each.sku for each in plan(tx, shop, limit=2).products] == ["a", "b"]
        assert plan(tx, shop) == StockPlan(TODAY - DAYS * DAY, TODAY, ANY)
