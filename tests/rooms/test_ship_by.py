"""The channel's limit to ship by: on the order, as a countdown, and as a list of what is most urgent."""

from datetime import timedelta

import pytest

from andon.kernel.money import Money
from andon.orders.intake.service import IncomingLine
from andon.orders.order.rules import FulfilmentState, Group
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.order.views import OrderFilter, list_orders, order_of
from andon.orders.routing.service import reroute
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, bring_to, incoming, part_of, parts_of
from tests.worlds_partners import DemoShop

pytestmark = pytest.mark.demo_shop(local=10)

HOUR = timedelta(hours=1)


def due(tx, shop: DemoShop, hours: int, **options) -> list[str]:
    wanted = OrderFilter(ship_by_until=tx.now + hours * HOUR, **options.pop("wanted", {}))
    return [
        order.channel_order_no for order in list_orders(tx, shop.shop_id, wanted, **({"limit": 50} | options))
    ]


def test_an_order_shows_the_earliest_limit_of_what_has_not_shipped_and_how_long_is_left(database, shop):
    price = Money.of("49.90", "CNY")
    lines = (
        IncomingLine("S-1", 1, price, ship_by=NOON + 3 * HOUR),
        IncomingLine("S-2", 1, price, ship_by=NOON + 2 * HOUR),
    )
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", lines=lines, ship_by=NOON + 5 * HOUR))
        shown = order_of(tx, shop.shop_id, order)
        assert (shown.ship_by, shown.time_left_seconds) == (NOON + 2 * HOUR, 7200)
    with transaction(database, NOON + 4 * HOUR) as tx:
        assert order_of(tx, shop.shop_id, order).time_left_seconds == -7200
        for part in parts_of(tx, shop.shop_id, order):
            bring_to(tx, shop.shop_id, part.fulfilment_id, FulfilmentState.SHIPPED)
        shown = order_of(tx, shop.shop_id, order)
        assert (shown.ship_by, shown.time_left_seconds) == (NOON + 2 * HOUR, None)


def test_what_is_due_is_listed_the_most_urgent_first_without_what_has_shipped_or_has_no_limit(database, shop):
    with transaction(database) as tx:
        orders = accept(
            tx,
            shop.shop_id,
            *(incoming(str(n), "S-1", ship_by=NOON + n * HOUR) for n in (3, 1, 2, 30)),
            incoming("none", "S-1"),
        )
        assert due(tx, shop, 24) == ["1", "2", "3"]
        assert due(tx, shop, 3) == ["1", "2"]
        assert due(tx, shop, 24, limit=1) == ["1"]
        assert due(tx, shop, 24, after=(NOON + HOUR, orders[1])) == ["2", "3"]
        assert due(tx, shop, 24, wanted={"group": Group.DELIVERED}) == []
        assert due(tx, shop, 24, wanted={"group": Group.AWAITING, "channel_order_no": "2"}) == ["2"]
        bring_to(
            tx, shop.shop_id, part_of(tx, shop.shop_id, orders[1]).fulfilment_id, FulfilmentState.SHIPPED
        )
        assert due(tx, shop, 24) == ["2", "3"]
    with transaction(database, NOON + 150 * HOUR / 60) as tx:
        assert due(tx, shop, 0) == ["2"]


def test_what_takes_anothers_place_is_to_ship_by_the_same_instant(database, shop):
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", ship_by=NOON + HOUR))
        part = part_of(tx, shop.shop_id, order)
        closed = close_fulfilments(
            tx, [Close(shop.shop_id, part.fulfilment_id, NOON, "other")], FulfilmentState.REJECTED
        )
        reroute(tx, closed)
        first, second = parts_of(tx, shop.shop_id, order)
        assert (second.replaces, second.ship_by) == (first.fulfilment_id, NOON + HOUR)
        assert due(tx, shop, 2) == ["1"]
