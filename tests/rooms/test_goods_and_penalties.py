"""What suppliers ask for goods, by the price in force when the order was placed; and what a seller's stock-out costs."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.tx import LINE, Actor, Tx
from andon.money.charges.station import ACCRUE, CHARGE
from andon.money.charges.views import unsettled_reasons
from andon.money.settlement.station import SETTLE
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.routing.service import take_local_count
from andon.partners.catalog.rules import MappingDraft, Mode
from andon.partners.catalog.service import put_mappings
from andon.partners.catalog.service.mappings import MappingKey, remove_mappings
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policies
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import run_money
from tests.worlds_partners import item_of
from tests.worlds_tariffs import (
    DELIVERED,
    DUE,
    GOODS,
    PENALTY,
    SETTLED,
    WAIVED,
    Trade,
    a_trade,
    said,
    sell_own,
    set_rate,
)

DAY = timedelta(days=1)
"""A day."""


@pytest.fixture
def trade(database: Database) -> Trade:
    return a_trade(database)


def price(
    trade: Trade, sku: str, amount: str | None, since: datetime | None = None, at: datetime = NOON
) -> None:
    """The supplier's price of a SKU, as the shop says it."""
    money = None if amount is None else Money.of(amount, trade.shop.currency)
    with transaction(trade.database, at) as tx:
        draft = MappingDraft(sku, trade.shop.supplier_ids[0], item_of(sku), 1, 1, money, since)
        put_mappings(tx, trade.shop_id, [draft])


def test_goods_stand_as_settled_outside_once_they_are_delivered(trade: Trade) -> None:
    price(trade, "S-1", "12.50")
    trade.ship("O1", ("S-1", 2), "S-2")
    assert trade.charges(GOODS, "state") == []
    trade.deliver("O1")
    payee = f"payable:supplier:{trade.shop.supplier_ids[0]}"
    assert trade.charges(
        GOODS, "state", "amount_minor", "payee", "basis", "settled_at", "journal_id", "due_at"
    ) == [(SETTLED, 2500, payee, "lines=2 quantity=3 unpriced=1", DELIVERED, None, None)]
    with transaction(trade.database, DELIVERED) as tx:
        assert unsettled_reasons(tx, trade.shop_id)["not_yet_due"].count == 3, "goods are none of them"
    trade.settle()
    assert trade.balance() == "968.70"
    assert trade.balance(payee) == "0.00"
    assert_all_well(trade.database)


def test_goods_that_were_lost_are_waived(trade: Trade) -> None:
    price(trade, "S-1", "12.50")
    trade.ship("O1")
    trade.deliver("O1", "lost")
    assert trade.charges(GOODS, "state", "amount_minor") == [(WAIVED, 1250)]
    assert_all_well(trade.database)


def test_without_a_price_there_is_no_charge_of_goods(trade: Trade) -> None:
    trade.ship("O1")
    trade.deliver("O1")
    assert trade.charges(GOODS, "state") == []


def test_the_price_is_the_one_in_force_when_the_order_was_placed(trade: Trade) -> None:
    price(trade, "S-1", "10.00", NOON - DAY)
    price(trade, "S-1", "20.00", NOON + DAY)
    trade.ship("O1")
    trade.deliver("O1")
    assert trade.charges(GOODS, "amount_minor") == [(1000,)]
    assert_all_well(trade.database)


@pytest.mark.parametrize(
    ("said_then", "amount"),
    [
        ([("10.00", None)], 1000),
        ([("10.00", None), ("10.00", None)], 1000),
        ([("10.00", None), ("11.00", None)], 1100),
        ([("10.00", NOON - 2 * DAY), ("11.00", NOON - DAY)], 1100),
        ([("11.00", NOON - DAY), ("10.00", NOON - 2 * DAY)], 1100),
        ([("10.00", NOON - DAY), (None, None)], None),
        ([("10.00", NOON - DAY), (None, NOON + DAY)], 1000),
        ([("0.00", None)], 0),
    ],
)
def test_prices_hold_from_their_day_until_the_next(
    trade: Trade, said_then: list[tuple[str | None, datetime | None]], amount: int | None
) -> None:
    for each in said_then:
        price(trade, "S-1", *each)
    trade.ship("O1")
    trade.deliver("O1")
    assert trade.charges(GOODS, "amount_minor") == ([] if amount is None else [(amount,)])


def test_a_price_that_is_said_again_is_no_news(trade: Trade) -> None:
    price(trade, "S-1", "10.00")
    price(trade, "S-1", "10.00", at=NOON + DAY)
    with transaction(trade.database) as tx:
        assert len(said(tx, "product.supply_price_set")) == 1
        [row] = tx.rows("select supply_price_minor, supply_price_from from mappings where sku = 'S-1'")
        assert tuple(row) == (1000, NOON)


def test_what_was_ordered_is_charged_by_its_price_also_once_the_mapping_is_gone(trade: Trade) -> None:
    price(trade, "S-1", "10.00")
    trade.ship("O1")
    with transaction(trade.database) as tx:
        remove_mappings(tx, trade.shop_id, [MappingKey("S-1", trade.shop.supplier_ids[0])])
    trade.deliver("O1")
    assert trade.charges(GOODS, "amount_minor") == [(1000,)]
    assert_all_well(trade.database)


def test_goods_settled_from_the_funds_go_the_way_of_every_fee(trade: Trade) -> None:
    policies = Policies(
        [
            replace(each, fee=each.fee.model_copy(update={"goods_settled": "funds"}))
            for each in load_policies().versions
        ]
    )

    def run(at: datetime) -> None:
        for station in (ACCRUE, CHARGE, SETTLE):
            with Session(trade.database.line) as session:
                tx: Tx[Any] = Tx(session, now=at, actor=LINE, policies=policies)
                station.step(tx, 100)
                tx.flush()
                session.commit()

    price(trade, "S-1", "12.50")
    trade.ship("O1")
    trade.scan("O1", "delivered", DELIVERED)
    run(DELIVERED)
    payee = f"payable:supplier:{trade.shop.supplier_ids[0]}"
    assert trade.charges(GOODS, "state", "amount_minor", "due_at") == [(20, 1250, DUE)]
    run(DUE)
    assert trade.charges(GOODS, "state") == [(SETTLED,)]
    assert trade.balance(payee) == "12.50"


# --- stock-outs ---------------------------------------------------------------------------------------------------


@pytest.fixture
def seller(database: Database) -> Trade:
    """A shop whose products go by standard logistics, with five of each in its own warehouse."""
    return a_trade(database, mode=Mode.STANDARD, local=5)


def stock_outs(trade: Trade) -> list[tuple[Any, ...]]:
    with transaction(trade.database) as tx:
        rows = tx.rows(
            "select channel_order_no, cause, sku, order_id is not null, policy from stock_outs order by stock_out_id"
        )
        return [tuple(row) for row in rows]


@pytest.mark.clause("STOCK-1", "STOCK-2")
def test_an_order_that_the_sellers_own_warehouse_cannot_fill_is_a_violation_with_a_penalty_of_nothing(
    seller: Trade,
) -> None:
    assert sell_own(seller, "O1", 6) == ["order.out_of_stock"]
    assert stock_outs(seller) == [("O1", "refused", "S-1", False, "jit-3.2")]
    assert seller.charges(PENALTY, "state", "amount_minor", "payee", "order_id", "settled_at", "due_at") == [
        (SETTLED, 0, "penalties", None, NOON, None)
    ]
    with transaction(seller.database) as tx:
        assert said(tx, "stock_out.recorded") == ["stock_out:1"]
    assert_all_well(seller.database)


@pytest.mark.clause("STOCK-1")
def test_an_order_that_is_sent_again_is_one_stock_out(seller: Trade) -> None:
    assert sell_own(seller, "O1", 6) == sell_own(seller, "O1", 6)
    assert len(stock_outs(seller)) == len(seller.charges(PENALTY, "state")) == 1


@pytest.mark.clause("STOCK-1")
def test_what_a_supplier_lacks_is_no_fault_of_the_sellers(trade: Trade) -> None:
    assert sell_own(trade, "O1", 1_000) == ["order.out_of_stock"]
    assert stock_outs(trade) == []


@pytest.mark.clause("STOCK-1")
def test_a_refusal_while_the_shop_leaves_is_no_violation(database: Database) -> None:
    trade = a_trade(database, local=0)
    with transaction(database) as tx:
        tx.put("update shops set jit_intake_open = false where shop_id = :shop", shop=trade.shop_id)
    assert sell_own(trade, "O1") == ["order.out_of_stock"]
    assert stock_outs(trade) == []


@pytest.mark.clause("STOCK-2")
def test_a_penalty_that_the_operator_sets_is_due_and_settled_like_a_fee(seller: Trade) -> None:
    with transaction(seller.database, NOON - DAY, actor=Actor("operator", 1)) as tx:
        set_policy_overrides(tx, seller.shop_id, {"stock_out_penalty": {"amount": "5.00", "currency": "CNY"}})
    sell_own(seller, "O1", 6, DELIVERED)
    assert seller.charges(PENALTY, "state", "amount_minor", "due_at") == [(20, 500, DUE)]
    seller.settle()
    assert seller.charges(PENALTY, "state") == [(SETTLED,)]
    assert (seller.balance(), seller.balance("penalties")) == ("995.00", "5.00")
    assert_all_well(seller.database)


@pytest.mark.clause("STOCK-2")
def test_a_penalty_is_charged_in_the_shops_currency(database: Database) -> None:
    seller = a_trade(database, "EUR", "100.00", mode=Mode.STANDARD)
    set_rate(database, "0.1268")
    with transaction(database, NOON - DAY, actor=Actor("operator", 1)) as tx:
        set_policy_overrides(tx, seller.shop_id, {"stock_out_penalty": {"amount": "5.00", "currency": "CNY"}})
    sell_own(seller, "O1")
    assert seller.charges(PENALTY, "amount_minor", "currency", "base_minor") == [(63, "EUR", 500)]
    assert_all_well(database)


@pytest.mark.clause("STOCK-1", "STOCK-2")
@pytest.mark.parametrize(("by", "recorded"), [("shop", True), ("operator", True), ("channel", False)])
def test_an_order_that_is_cancelled_because_the_sellers_count_was_wrong_is_one_too(
    seller: Trade, by: str, recorded: bool
) -> None:
    assert sell_own(seller, "O1", 5) == ["created"]
    with transaction(seller.database) as tx:
        take_local_count(tx, seller.shop_id, LOCAL, "S-1", 3)
    with transaction(seller.database, actor=Actor(by, seller.shop_id if by == "shop" else 1)) as tx:
        [order] = tx.rows("select order_id from orders")
        [done] = cancel_orders(tx, [Wish(seller.shop_id, order.order_id, NOON, "out_of_stock", by="seller")])
        assert done.cancelled
    run_money(seller.database, NOON)
    assert stock_outs(seller) == ([("O1", "cancelled", None, True, "jit-3.2")] if recorded else [])
    assert [row[0] for row in seller.charges(PENALTY, "order_id")] == ([order.order_id] if recorded else [])
    assert_all_well(seller.database)
