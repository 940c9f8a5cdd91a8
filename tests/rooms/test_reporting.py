"""What shipped and what is left to sell is reported to channels: by their endpoints, or by the feed that they pull."""

import json
from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.line import Line
from andon.kernel.tx import Actor
from andon.orders.order.views import order_of
from andon.orders.reporting.service import acknowledge, connect_channel, remove_endpoint, set_endpoint
from andon.orders.reporting.station import NOT_REPORTED, REPORT_SHIPMENTS, REPORT_STOCK, report_station
from andon.orders.reporting.views import channel_of, feed_of
from andon.orders.shipping.service import label_parcels
from andon.partners.stock.service import PoolCount, count_pools
from andon.ports.pushing import Reply
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, parts_of
from tests.worlds_partners import DemoShop, open_demo_shop, request
from tests.worlds_push import KEY, Town
from tests.worlds_supply import a_label, a_line, a_scan, labelled, one, orders_for, scanned

pytestmark = pytest.mark.demo_shop(skus=("S-1",), stock=100)

HOUR = timedelta(hours=1)
LATER = NOON + 10 * HOUR
CHANNEL = Actor("channel", "demo")
URL = "https://channel.test/andon"


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def line(database: Database, town: Town):
    line = a_line(database, REPORT_SHIPMENTS, NOT_REPORTED, REPORT_STOCK, report_station(town, KEY))
    yield line
    line.close()


def connect(database: Database, *, url: str | None = None, channel: str = "demo") -> None:
    with transaction(database) as tx:
        connect_channel(tx, channel)
        if url:
            set_endpoint(tx, channel, url, KEY)


def shipped(database: Database, shop: DemoShop, count: int = 1, prefix: str = "O") -> list[int]:
    """So many orders of the channel, all with their first scan; the numbers of their fulfilments."""
    with transaction(database, LATER) as tx:
        numbers = orders_for(tx, shop.shop_id, count, prefix=prefix)
        labelled(tx, numbers)
        scanned(tx, *(a_scan(f"W{number}", "collected", 1) for number in numbers))
    return numbers


def feed(database: Database, after: int | None = None, kind: str = "shipment") -> list[Any]:
    with request(database, CHANNEL) as tx:
        return [each for each in feed_of(tx, "demo", after, 1000)[0] if each.type == kind]


def ack(database: Database, up_to: int) -> int:
    with request(database, CHANNEL, now=LATER) as tx:
        return acknowledge(tx, "demo", up_to)


def told(town: Town, kind: str = "shipment") -> list[dict[str, Any]]:
    return [body for message in town.heard if (body := json.loads(message.body))["type"] == kind]


def parcel_of(database: Database, shop: DemoShop, fulfilment: int) -> Any:
    with transaction(database) as tx:
        row = tx.one("select order_id from fulfilments where fulfilment_id = :f", f=fulfilment)
        order = order_of(tx, shop.shop_id, row.order_id)
        return order, order.fulfilments[0].parcels[0]


def test_the_first_scan_is_reported_to_the_orders_channel_once(database, shop, line: Line, town):
    connect(database, url=URL)
    [number] = shipped(database, shop)
    line.advance(LATER)
    order, parcel = parcel_of(database, shop, number)
    [body] = told(town)
    assert body == {
        "type": "shipment",
        "id": body["id"],
        "shop_id": shop.shop_id,
        "channel": "demo",
        "order_id": order.id,
        "channel_order_no": "O1",
        "fulfilment_id": number,
        "parcel_id": parcel.id,
        "carrier": "cainiao",
        "waybill": f"W{number}",
        "shipped_at": "2026-03-02T05:00:00Z",
        "extent": "all",
        "lines": [{"line_no": 1, "sku": "S-1", "quantity": 1}],
    }
    assert parcel.reported_at == LATER
    assert "Ana" not in str(body)
    with transaction(database, LATER) as tx:
        scanned(tx, a_scan(f"W{number}", "in_transit", 2))
    line.advance(LATER + 48 * HOUR)
    assert len(told(town)) == 1
    order, _ = parcel_of(database, shop, number)
    assert order.flags == []
    assert_all_well(database)


def test_each_parcel_is_reported_by_itself_as_a_part(database, shop, line, town):
    connect(database, url=URL)
    with transaction(database, LATER) as tx:
        [number] = orders_for(tx, shop.shop_id)
        labelled(tx, [number])
        label_parcels(tx, [a_label(number, waybill="W-second")])
        scanned(tx, a_scan(f"W{number}", "collected", 1))
    line.advance(LATER)
    with transaction(database, LATER) as tx:
        scanned(tx, a_scan("W-second", "collected", 2))
    line.advance(LATER)
    assert [(each["waybill"], each["extent"]) for each in told(town)] == [
        (f"W{number}", "part"),
        ("W-second", "part"),
    ]


def test_a_channel_that_nobody_connected_is_told_nothing_and_nothing_waits(database, shop, line, town):
    shipped(database, shop)
    connect(database, url=URL)
    connect(database, url=URL, channel="other")
    shipped(database, shop, prefix="P")
    line.advance(LATER + 48 * HOUR)
    assert [each["channel_order_no"] for each in told(town)] == ["P1"]
    assert one(database, "select count(*) as n from reports where kind = 'shipment'").n == 1


def test_a_failing_endpoint_is_tried_again_by_the_schedule_and_what_is_not_taken_is_flagged(
    database, shop, line, town
):
    connect(database, url=URL)
    town.answer = 503
    [number] = shipped(database, shop)
    line.advance(LATER + HOUR)
    tries = told(town)
    assert len(tries) == 4, "at once, after 5 s, 5 min and 30 min"
    assert len({json.dumps(each) for each in tries}) == 1, "every try says the same"
    line.advance(LATER + 25 * HOUR)
    order, parcel = parcel_of(database, shop, number)
    assert (order.flags, parcel.reported_at) == (["not_reported"], None)
    notice = one(
        database, "select audience, fulfilment_id from notices where kind = 'fulfilment.not_reported'"
    )
    assert (notice.audience, notice.fulfilment_id) == ("seller", number)
    town.answer = 204
    line.advance(LATER + 40 * HOUR)
    order, parcel = parcel_of(database, shop, number)
    assert order.flags == []
    assert parcel.reported_at is not None
    assert_all_well(database)


def test_an_endpoint_that_is_gone_is_called_no_more_and_keeps_what_waits(database, shop, line, town):
    connect(database, url=URL)
    town.answer = 410
    shipped(database, shop)
    line.advance(LATER + 12 * HOUR)
    assert len(town.heard) == 1
    with transaction(database) as tx:
        state = channel_of(tx, "demo")
        assert (state.enabled, state.waiting) == (False, 2), "the shipment, and what is left of S-1"
    town.answer = 204
    connect(database, url=URL)
    line.advance(LATER + 13 * HOUR)
    assert len(told(town)) == 1


def test_a_feed_is_in_order_repeats_until_it_is_acknowledged_and_an_acknowledgement_is_enough(
    database, shop, line, town
):
    connect(database)
    numbers = shipped(database, shop, 3)
    line.advance(LATER)
    items = feed(database)
    assert [each.facts["fulfilment_id"] for each in items] == numbers
    assert [each.id for each in items] == sorted(each.id for each in items)
    assert feed(database) == items
    assert feed(database, items[0].id) == items[1:]
    assert ack(database, items[1].id) >= 2
    assert ack(database, items[1].id) == 0
    assert feed(database) == items[2:]
    line.advance(LATER + 25 * HOUR)
    assert [parcel_of(database, shop, number)[0].flags for number in numbers] == [[], [], ["not_reported"]]
    assert ack(database, items[2].id) == 1
    order, parcel = parcel_of(database, shop, numbers[2])
    assert order.flags == []
    assert parcel.reported_at is not None
    assert told(town) == []
    with pytest.raises(Invalid) as beyond:
        ack(database, 10**9)
    assert beyond.value.code == "feed.up_to"
    assert_all_well(database)


def test_a_channel_sees_its_own_orders_only_and_must_be_connected_to_acknowledge(database, shop, line):
    connect(database)
    shipped(database, shop)
    line.advance(LATER)
    with request(database, Actor("channel", "other")) as tx:
        assert feed_of(tx, "other", 0, 100) == ([], 0)
        with pytest.raises(NotFound) as unknown:
            acknowledge(tx, "other", 0)
    assert unknown.value.code == "channel.not_found"
    with transaction(database) as tx, pytest.raises(NotFound) as none:
        remove_endpoint(tx, "demo")
    assert none.value.code == "channel.no_endpoint"


def test_what_is_left_to_sell_is_reported_where_it_changed_the_last_number_only(database, shop, line, town):
    connect(database, url=URL)
    shipped(database, shop)
    line.advance(LATER)
    [first] = told(town, "stock")
    assert (first["sku"], first["sellable"]) == ("S-1", stock_left(database, shop))
    line.advance(LATER + HOUR)
    assert len(told(town, "stock")) == 1, "what did not change is not told again"
    for counted in (60, 50, 40):
        with transaction(database, line.now()) as tx:
            count_pools(tx, [PoolCount(each, "I-S-1", counted) for each in shop.supplier_ids])
    line.advance(LATER + 2 * HOUR)
    [_, last] = told(town, "stock")
    assert last["sellable"] == stock_left(database, shop)
    assert len(feed(database, 0, "stock")) == 1


def stock_left(database: Database, shop: DemoShop) -> int:
    return one(
        database,
        "select sum(on_hand - reserved)::int as n from stock where shop_id = :s and location > 0",
        s=shop.shop_id,
    ).n


def test_a_standard_fulfilment_is_reported_as_well(database, line, town):
    with transaction(database, LATER) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), local=10)
        tx.run("update products set mode = 1 where shop_id = :s", s=shop.shop_id)
        set_endpoint(tx, "demo", URL, KEY)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        [part] = parts_of(tx, shop.shop_id, order)
        assert part.mode == 1
        label_parcels(tx, [a_label(part.fulfilment_id, waybill="W-own")], own_of=shop.shop_id)
        scanned(tx, a_scan("W-own", "collected", 1))
    line.advance(LATER)
    assert [each["waybill"] for each in told(town)] == ["W-own"]


def test_silence_holds_the_rest_back_until_the_first_retry(database, shop, line, town):
    connect(database, url=URL)
    answers = iter([Reply(None, 3, "timed out")])
    town.answer = lambda _: next(answers, None)
    shipped(database, shop, 3)
    line.run_due()
    state = one(database, "select next_at, leased_until from channels where channel = 'demo'")
    assert state.leased_until is None
    assert state.next_at > line.now()
