"""Forecasts and unsold products, from what lies in the tables."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.tx import Actor, Tx
from andon.membership.forecast.views import forecast_of, products_without_local_stock
from andon.orders.order.rules import FulfilmentState
from andon.partners.stock.service import count_local
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, bring_to, incoming, part_of, parts_of
from tests.worlds_partners import DemoShop, open_demo_shop, request

_S = FulfilmentState
DAY = timedelta(days=1)


def delivered(
    tx: Tx[Policy], shop: DemoShop, count: int, *, days: float, country: str = "ES", ago: timedelta = 40 * DAY
) -> None:
    """So many orders of a while ago that were shipped after a day and took these days, each an hour longer than the last."""
    placed_at = tx.now - ago
    orders = accept(
        tx,
        shop.shop_id,
        *(
            incoming(f"{country}-{shop.shop_id}-{n}", "S-1", placed_at=placed_at, country=country)
            for n in range(count)
        ),
    )
    for n, order in enumerate(orders):
        [number] = [each.fulfilment_id for each in parts_of(tx, shop.shop_id, order)]
        bring_to(tx, shop.shop_id, number, _S.SHIPPED, placed_at + DAY)
        ended_at = placed_at + days * DAY + timedelta(hours=n)
        tx.run(
            "update fulfilments set state = 80, delivered_at = :at, ended_at = :at, reserved_at = :placed, "
            "charged_at = :at, accrued_at = :at, due_at = null where shop_id = :shop and fulfilment_id = :number",
            at=ended_at,
            placed=placed_at,
            shop=shop.shop_id,
            number=number,
        )


def basis_and_sample(tx: Tx[Policy], shop: DemoShop) -> list[tuple[str | None, str, int]]:
    return [
        (part.country, part.basis, part.sample)
        for part in forecast_of(tx, shop.shop_id).parts
        if part.what == "fulfilments"
    ]


@pytest.mark.clause("EXIT-1", "EXIT-2", "EXIT-4")
def test_a_shop_without_a_past_has_what_the_policy_promises(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        assert [part.what for part in forecast_of(tx, shop.shop_id).parts] == ["switch"]
        accept(tx, shop.shop_id, incoming("1", "S-1"), incoming("2", "S-1"))
        found = forecast_of(tx, shop.shop_id)
        assert basis_and_sample(tx, shop) == [("ES", "policy", 0)]
        assert [(part.what, part.count) for part in found.parts] == [
            ("fulfilments", 2),
            ("settlement", 2),
            ("switch", 1),
        ]
        # Both have come, nine times in ten, a day before MODE-5 would flag the second.
        policy = tx.policy
        promised = policy.lines["cainiao_jit"].promise_days * DAY + policy.mode.stuck_after
        assert found.parts[0].p90 == NOON + promised + policy.mode.stale_after - DAY


def test_a_shops_own_past_by_line_and_country_comes_first_then_all_of_it(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        delivered(tx, shop, 40, days=5)
        accept(tx, shop.shop_id, incoming("a", "S-1"), incoming("b", "S-1", country="FR"))
        # What has only just come has gone no way that could be learnt from.
        assert sorted(basis_and_sample(tx, shop)) == [("ES", "shop_line_country", 40), ("FR", "shop", 40)]
        found = forecast_of(tx, shop.shop_id)
        # The 20th of 40, each an hour longer than the last from five days on.
        assert found.parts[0].p50 == NOON + 5 * DAY + timedelta(hours=19)


def test_what_has_been_under_way_for_long_is_expected_sooner(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        delivered(tx, shop, 60, days=5)
        [order] = accept(tx, shop.shop_id, incoming("a", "S-1"))
        bring_to(tx, shop.shop_id, part_of(tx, shop.shop_id, order).fulfilment_id, _S.SHIPPED)
    at_once = _p50(database, shop, NOON)
    four_days_on = _p50(database, shop, NOON + 4 * DAY)
    assert at_once == NOON + 4 * DAY + timedelta(hours=29)
    assert four_days_on - (NOON + 4 * DAY) < at_once - NOON
    assert four_days_on >= at_once - DAY


def test_where_the_shops_past_is_thin_its_suppliers_of_other_shops_is_asked(database: Database):
    with transaction(database) as tx:
        busy = open_demo_shop(tx)
        delivered(tx, busy, 40, days=6)
        new = open_demo_shop(tx, suppliers=busy.supplier_ids)
        accept(tx, new.shop_id, incoming("n", "S-1"))
    with request(database, Actor("shop", new.shop_id), shops=[new.shop_id], now=NOON) as tx:
        assert next((part.basis, part.sample) for part in forecast_of(tx, new.shop_id).parts) == (
            "supplier",
            40,
        )
        # The other shop is out of sight again.
        assert tx.one("select 1 from orders where shop_id = :shop", shop=busy.shop_id) is None


@pytest.mark.clause("EXIT-4")
def test_a_switch_that_is_thrown_says_when(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        off_at = NOON + timedelta(hours=3)
        assert forecast_of(tx, shop.shop_id, off_at=off_at).p90 == off_at


def test_products_without_local_stock_are_listed_with_the_orders_that_they_would_refuse(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1", "S-2", "S-3"))
        count_local(tx, shop.shop_id, LOCAL, "S-2", 5)
        accept(tx, shop.shop_id, *(incoming(str(n), ("S-1", 3)) for n in range(6)))
        accept(tx, shop.shop_id, incoming("other", "S-2"))
        found = products_without_local_stock(tx, shop.shop_id)
        assert [(each.sku, each.orders_a_day) for each in found] == [("S-1", 0.2), ("S-3", 0.0)]
        assert found[0].choices == ("stock_up", "unlist", "supplier_ships")


def _p50(database: Database, shop: DemoShop, now: datetime) -> Any:
    with transaction(database, now=now) as tx:
        return forecast_of(tx, shop.shop_id).parts[0].p50
