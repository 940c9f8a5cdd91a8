"""A channel's orders become ours: whole, once, in a handful of statements, also when two calls race."""

import hashlib
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import event

from andon.kernel.db import Database
from andon.kernel.errors import NotFound
from andon.kernel.money import Money
from andon.kernel.tx import Actor
from andon.orders.intake.service import IncomingLine, accept_orders
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import put_products, remove_mapping
from andon.partners.stock.service import count_local
from andon.partners.stock.tables import LOCAL
from andon.partners.suppliers.service import set_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_orders import (
    MADRID,
    accept,
    events_of,
    incoming,
    part_of,
    parts_of,
    run_together,
    stock_of,
)
from tests.worlds_partners import DemoShop, open_demo_shop, product, request

pytestmark = pytest.mark.demo_shop(stock=10)

KEY = b"k" * 32
DAY = timedelta(days=1)


def place(database: Database, shop: DemoShop, *orders, actor: str = "shop"):
    """A call as a request makes it, behind its walls."""
    caller = Actor("shop", shop.shop_id) if actor == "shop" else Actor("channel", actor)
    with request(database, caller, [shop.shop_id]) as tx:
        return accept_orders(tx, shop.shop_id, orders)


@pytest.mark.clause("MODE-2", "STOCK-1")
def test_an_order_for_a_supplier_that_pulls_is_reserved_and_pushed_in_one_transaction(database, shop):
    [outcome] = place(database, shop, incoming("1", "S-1", ("S-2", 3)))
    assert (outcome.index, outcome.status, outcome.code) == (0, "created", None)
    with transaction(database) as tx:
        part = part_of(tx, shop.shop_id, outcome.order_id)
        assert (part.supplier_id, part.mode, part.state, part.line) == (
            shop.supplier_ids[0],
            2,
            20,
            "cainiao_jit",
        )
        assert (part.reserved_at, part.pushed_at, part.policy) == (NOON, NOON, "jit-3.2")
        assert (part.due_at, part.stuck_at) == (NOON + DAY, NOON + 3 * DAY)
        held = stock_of(tx, shop.shop_id)
        assert held[shop.allotment("S-1")[1:]] == (10, 1)
        assert held[shop.allotment("S-2")[1:]] == (10, 3)
        assert events_of(tx, shop.shop_id, outcome.order_id) == [
            "order.accepted",
            "fulfilment.reserved",
            "fulfilment.pushed",
        ]


@pytest.mark.clause("MODE-2")
def test_for_a_supplier_with_an_endpoint_a_push_waits_and_the_fulfilment_is_reserved(database, shop):
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", KEY)
    [outcome] = place(database, shop, incoming("1", "S-1"))
    with transaction(database) as tx:
        part = part_of(tx, shop.shop_id, outcome.order_id)
        assert (part.state, part.pushed_at, part.due_at, part.stuck_at) == (10, None, NOON + DAY, None)
        [push] = tx.rows("select * from pushes")
        assert (push.fulfilment_id, push.kind, push.due_at) == (part.fulfilment_id, "fulfilment.pushed", NOON)


def test_an_order_of_two_suppliers_and_a_standard_product_splits(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=10, local=5)
        remove_mapping(tx, shop.shop_id, "S-1", shop.supplier_ids[0])
        put_products(tx, shop.shop_id, [product("OWN", mode=Mode.STANDARD)])
        count_local(tx, shop.shop_id, LOCAL, "OWN", 2)
    [outcome] = place(database, shop, incoming("1", "S-1", "S-2", ("OWN", 2)))
    with transaction(database) as tx:
        parts = parts_of(tx, shop.shop_id, outcome.order_id)
        assert [(part.supplier_id, part.mode, part.state, part.line) for part in parts] == [
            (shop.supplier_ids[1], 2, 20, "cainiao_jit"),
            (shop.supplier_ids[0], 2, 20, "cainiao_jit"),
            (None, 1, 10, "cainiao_standard"),
        ]
        assert (parts[2].due_at, parts[2].stuck_at) == (None, None)
        assert stock_of(tx, shop.shop_id)[0, "OWN", 2] == (2, 2)


def test_while_jits_intake_is_closed_orders_go_the_standard_way(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=10, local=1, intake_open=False)
    first, second = place(database, shop, incoming("1", "S-1"), incoming("2", "S-1"))
    assert (first.status, second.status, second.code) == ("created", "refused", "order.out_of_stock")
    with transaction(database) as tx:
        assert part_of(tx, shop.shop_id, first.order_id).mode == 1


def test_the_same_order_again_is_the_order_itself(database, shop):
    order = incoming("1", "S-1")
    first, again = place(database, shop, order, order)
    [later] = place(database, shop, order)
    assert [each.status for each in (first, again, later)] == ["created", "existing", "existing"]
    assert first.order_id == again.order_id == later.order_id
    with transaction(database) as tx:
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-1")[1:]] == (10, 1)


def test_another_body_under_the_same_number_is_refused_and_changes_nothing(database, shop):
    place(database, shop, incoming("1", "S-1"))
    [outcome] = place(database, shop, incoming("1", ("S-1", 2)))
    assert (outcome.status, outcome.code, outcome.order_id) == ("refused", "order.body_differs", None)
    with transaction(database) as tx:
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-1")[1:]] == (10, 1)


def test_one_number_in_two_channels_is_two_orders(database, shop):
    outcomes = place(database, shop, incoming("1", "S-1"), incoming("1", "S-1", channel="other"))
    assert [each.status for each in outcomes] == ["created", "created"]


def test_a_channel_places_its_own_orders_only(database, shop):
    own, other = place(
        database, shop, incoming("1", "S-1"), incoming("1", "S-1", channel="other"), actor="demo"
    )
    assert (own.status, other.code) == ("created", "order.channel")


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (incoming("1"), "order.no_lines"),
        (incoming("1", "?"), "order.unknown_sku"),
        (incoming("1", ("S-1", 0)), "order.quantity"),
        (incoming("1", ("S-1", 10**12)), "order.quantity"),
        (incoming("1", "S-1", price="-1"), "order.price"),
        (incoming("1", "S-1", currency="USD"), "order.currency"),
        (incoming("1", ("S-1", 11)), "order.out_of_stock"),
        (incoming("1", "S-1", country="NZ"), "order.no_line_serves"),
        (incoming("1", "S-1", ship_to={}), "order.ship_to"),
        (incoming("1", "S-1", placed_at=NOON + timedelta(minutes=11)), "order.placed_at"),
        (incoming("1", "S-1", placed_at=datetime(2019, 12, 31, tzinfo=UTC)), "order.placed_at"),
    ],
)
@pytest.mark.clause("STOCK-1")
def test_an_order_that_cannot_be_taken_is_refused_with_its_code_and_the_others_go_on(
    database, shop, order, code
):
    outcomes = place(database, shop, order, incoming("well", "S-2"))
    assert [(each.index, each.status, each.code) for each in outcomes] == [
        (0, "refused", code),
        (1, "created", None),
    ]
    with transaction(database) as tx:
        assert [row.channel_order_no for row in tx.rows("select channel_order_no from orders")] == ["well"]
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-1")[1:]] == (10, 0)
        [told] = tx.rows("select * from events where kind = 'order.refused'")
        assert orjson.loads(told.body) == {"channel": "demo", "channel_order_no": "1", "code": code}


def test_a_shop_that_is_not_there_takes_no_orders(database):
    with transaction(database) as tx, pytest.raises(NotFound, match=r"shop\.not_found"):
        accept_orders(tx, 999, [incoming("1", "S-1")])


def test_an_order_keeps_what_the_channel_said_and_the_policy_it_was_placed_under(database, shop):
    placed = datetime(2021, 5, 1, 1, 2, 3, 456789, tzinfo=UTC)
    order = incoming(
        "1",
        "S-1",
        placed_at=placed,
        ship_by=NOON + DAY,
        paid_at=NOON,
        source_status="paid",
        lines=(
            IncomingLine("S-1", 2, Money.of("9.90", "CNY"), Money.of("1.50", "CNY"), NOON + DAY),
            IncomingLine("S-1", 1, Money.of("9.90", "CNY")),
        ),
    )
    [outcome] = place(database, shop, order)
    with transaction(database) as tx:
        [row] = tx.rows("select * from orders")
        assert (row.placed_at, row.received_at, row.paid_at, row.ship_by) == (placed, NOON, NOON, NOON + DAY)
        assert (row.goods_minor, row.freight_minor, row.currency) == (2970, 150, "CNY")
        assert (row.source_status, row.policy) == ("paid", "jit-3.0")
        lines = tx.rows("select * from order_lines order by line_no")
        assert [(each.quantity, each.unit_price_minor, each.freight_minor) for each in lines] == [
            (2, 990, 150),
            (1, 990, 0),
        ]
        assert part_of(tx, shop.shop_id, outcome.order_id).policy == "jit-3.0"


def test_a_replayed_order_happens_at_its_own_instant(database, shop):
    then = NOON - 30 * DAY
    [outcome] = place(database, shop, incoming("1", "S-1", placed_at=then, at=then))
    with transaction(database) as tx:
        part = part_of(tx, shop.shop_id, outcome.order_id)
        assert (part.reserved_at, part.pushed_at, part.due_at) == (then, then, then + DAY)
        told = tx.rows("select at, recorded_at from events where order_id = :o", o=outcome.order_id)
        assert {tuple(row) for row in told} == {(then, NOON)}


def test_where_an_order_goes_is_kept_apart_and_events_name_a_salted_commitment_alone(database, shop):
    first, second = place(database, shop, incoming("1", "S-1"), incoming("2", "S-1"))
    with transaction(database) as tx:
        rows = tx.rows("select * from recipients order by order_id")
        assert rows[0].ship_to == MADRID
        said = orjson.dumps(MADRID, option=orjson.OPT_SORT_KEYS)
        assert bytes(rows[0].commitment) == hashlib.sha256(bytes(rows[0].salt) + said).digest()
        assert bytes(rows[0].commitment) != bytes(rows[1].commitment)
        texts = [row.body for row in tx.rows("select body from events where order_id is not null")]
        assert not [text for text in texts if "Ana" in text or "Calle" in text or "28001" in text]
        accepted = tx.rows("select body from events where kind = 'order.accepted' order by event_id")
        assert orjson.loads(accepted[0].body)["recipient"] == bytes(rows[0].commitment).hex()
    assert first.order_id != second.order_id


def test_a_thousand_orders_are_taken_in_a_constant_number_of_statements(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=5000)
    counts = []
    for size in (1, 1000):
        statements: list[str] = []
        with transaction(database) as tx:
            event.listen(
                tx.connection,
                "before_cursor_execute",
                lambda *told, kept=statements: kept.append(told[2]),
            )
            accept(tx, shop.shop_id, *(incoming(f"{size}-{n}", "S-1", "S-2") for n in range(size)))
            tx.flush()
        counts.append(len(statements))
    assert counts[0] == counts[1] < 25


def test_two_calls_of_the_same_two_hundred_orders_make_each_of_them_once(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, stock=1000)
    orders = [incoming(str(number), "S-1", ("S-2", 2)) for number in range(200)]
    outcomes: list[list] = [[], []]
    run_together(
        lambda: outcomes[0].extend(place(database, shop, *orders)),
        lambda: outcomes[1].extend(place(database, shop, *reversed(orders))),
    )
    first = [each.order_id for each in outcomes[0]]
    assert first == [each.order_id for each in reversed(outcomes[1])]
    assert len(set(first)) == 200
    assert sorted({each.status for each in outcomes[0] + outcomes[1]}) == ["created", "existing"]
    with transaction(database) as tx:
        held = stock_of(tx, shop.shop_id)
        assert held[shop.allotment("S-1")[1:]] == (1000, 200)
        assert held[shop.allotment("S-2")[1:]] == (1000, 400)


def test_two_bodies_under_one_number_that_share_no_stock_race_and_one_of_them_is_refused(database, shop):
    for number in map(str, range(10)):
        statuses: dict[str, str] = {}

        def sell(sku: str, number: str = number, statuses: dict[str, str] = statuses) -> None:
            [outcome] = place(database, shop, incoming(number, sku))
            statuses[sku] = outcome.code or outcome.status

        run_together(lambda: sell("S-1"), lambda: sell("S-2"))
        assert sorted(statuses.values()) == ["created", "order.body_differs"]


@pytest.mark.clause("STOCK-3")
def test_calls_that_name_hot_products_in_opposite_orders_neither_deadlock_nor_sell_a_unit_twice(database):
    skus = [f"S-{number}" for number in range(20)]
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=skus, stock=150, suppliers=1)

    def sell(name: str, ordered: list[str]) -> None:
        for call in range(5):
            place(database, shop, *(incoming(f"{name}-{call}-{n}", *ordered) for n in range(20)))

    run_together(lambda: sell("up", skus), lambda: sell("down", skus[::-1]))
    with transaction(database) as tx:
        assert set(stock_of(tx, shop.shop_id).values()) == {(150, 150)}
        [count] = tx.rows("select count(*) as n from orders")
        assert count.n == 150
