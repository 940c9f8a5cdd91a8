"""Freight and warehouse work by what the carrier measured: before the due date, after it, and after it was settled."""

from datetime import timedelta
from functools import partial

import pytest

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.money.settlement.service import deposit_funds, dispute_charges, release_charges
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import CARRIER, run_money
from tests.worlds_orders import run_together
from tests.worlds_tariffs import (
    DELIVERED,
    DUE,
    DUE_STATE,
    FREIGHT,
    REVERSED,
    SETTLED,
    WAIVED,
    WAREHOUSE,
    Trade,
    a_trade,
)

LATER = DUE + timedelta(days=20)
HEAVY = (620, 200, 150, 40)
"""The box of the label, 270 g heavier: 15.20 and six steps of 4.90."""
LABELLED, REPORTED = 1520 + 3 * 490, 1520 + 6 * 490


@pytest.fixture
def trade(database: Database) -> Trade:
    return a_trade(database)


def delivered(trade: Trade, number: str = "O1") -> None:
    trade.ship(number)
    trade.deliver(number)


@pytest.mark.clause("FEE-3")
def test_a_weight_that_comes_before_delivery_replaces_the_provisional_freight(trade: Trade) -> None:
    trade.ship("O1")
    assert trade.measure("O1", NOON, *HEAVY) == "recorded"
    assert trade.charges(FREIGHT, "round", "state", "amount_minor") == [
        (0, REVERSED, LABELLED),
        (1, 10, REPORTED),
    ]
    assert [basis for (basis,) in trade.charges(FREIGHT, "basis")] == [
        "line=cainiao_jit country=ES label_g=350 billed_g=350",
        "line=cainiao_jit country=ES reported_g=620 billed_g=620",
    ]
    trade.deliver("O1")
    trade.settle()
    assert trade.charges(FREIGHT, "round", "state")[1:] == [(1, SETTLED)]
    assert_all_well(trade.database)


@pytest.mark.clause("FEE-3", "FEE-4")
def test_a_weight_that_comes_before_the_due_date_is_due_when_the_labels_was(trade: Trade) -> None:
    delivered(trade)
    trade.measure("O1", DELIVERED, *HEAVY)
    assert trade.charges(FREIGHT, "round", "state", "amount_minor", "fixed_at", "due_at") == [
        (0, REVERSED, LABELLED, DELIVERED, DUE),
        (1, DUE_STATE, REPORTED, DELIVERED, DUE),
    ]
    trade.settle()
    assert trade.balance() == "954.00"  # less 0.30, 1.10 and 44.60
    assert_all_well(trade.database)


@pytest.mark.clause("FEE-4")
def test_without_a_reported_weight_freight_settles_on_the_labels(trade: Trade) -> None:
    delivered(trade)
    trade.settle()
    assert trade.charges(FREIGHT, "round", "state", "amount_minor") == [(0, SETTLED, LABELLED)]


@pytest.mark.clause("FEE-3", "FEE-4")
@pytest.mark.parametrize(("grams", "balance"), [(620, "954.00"), (350, "968.70"), (90, "978.50")])
def test_a_weight_that_comes_after_settlement_gives_back_and_takes_anew(
    trade: Trade, grams: int, balance: str
) -> None:
    delivered(trade)
    trade.settle()
    assert trade.balance() == "968.70"
    trade.measure("O1", LATER, grams, 200, 150, 40)
    states = [state for (state,) in trade.charges(FREIGHT, "state")]
    assert states == ([SETTLED] if grams == 350 else [REVERSED, SETTLED])
    assert trade.balance() == balance
    assert trade.balance(f"payable:carrier:{CARRIER}") == str(
        Money.of("998.60", "CNY").amount - Money.of(balance, "CNY").amount
    )
    with transaction(trade.database) as tx:
        back = tx.rows("select debit, credit, amount_minor from transfers where cause = 'charge.reversed'")
        wanted = [] if grams == 350 else [(f"payable:carrier:{CARRIER}", "shop_funds", LABELLED)]
        assert [tuple(row) for row in back] == wanted
    assert_all_well(trade.database)


def test_a_weight_that_is_told_twice_changes_nothing_more(trade: Trade) -> None:
    delivered(trade)
    trade.settle()
    assert [trade.measure("O1", LATER, *HEAVY) for _ in range(2)] == ["recorded", "known"]
    assert len(trade.charges(FREIGHT, "round")) == 2


def test_the_newest_of_several_weights_counts_round_by_round(trade: Trade) -> None:
    delivered(trade)
    trade.settle()
    for grams in (620, 90, 350):
        trade.measure("O1", LATER, grams, 200, 150, 40)
    assert trade.charges(FREIGHT, "round", "state", "amount_minor") == [
        (0, REVERSED, LABELLED),
        (1, REVERSED, REPORTED),
        (2, REVERSED, 2010),  # 150 g by its volume
        (3, SETTLED, LABELLED),
    ]
    assert trade.balance() == "968.70"
    assert_all_well(trade.database)


@pytest.mark.clause("FEE-2")
def test_warehouse_work_goes_by_the_volume_that_was_measured(trade: Trade) -> None:
    delivered(trade)
    trade.settle()
    trade.measure("O1", LATER, 350, 200, 200, 100)  # 4 litres, and 500 g by volume
    assert trade.charges(WAREHOUSE, "round", "state", "amount_minor", "basis") == [
        (0, REVERSED, 110, "volume_ml=1200"),
        (1, SETTLED, 150, "volume_ml=4000"),
    ]
    assert trade.charges(FREIGHT, "amount_minor") == [(LABELLED,), (1520 + 4 * 490,)]
    assert_all_well(trade.database)


@pytest.mark.clause("FEE-4")
def test_what_was_waived_stays_waived(trade: Trade) -> None:
    trade.ship("O1")
    trade.deliver("O1", "lost")
    trade.measure("O1", LATER, *HEAVY)
    assert trade.charges(FREIGHT, "round", "state") == [(0, WAIVED)]
    assert_all_well(trade.database)


@pytest.mark.clause("FEE-5")
def test_a_correction_that_the_funds_do_not_cover_waits_for_a_deposit(database: Database) -> None:
    trade = a_trade(database, funds="31.30")
    delivered(trade)
    trade.settle()
    assert trade.balance() == "0.00"
    trade.measure("O1", LATER, *HEAVY)
    assert trade.charges(FREIGHT, "round", "state") == [(0, REVERSED), (1, DUE_STATE)]
    assert trade.balance() == "29.90"
    with transaction(database, LATER) as tx:
        deposit_funds(tx, trade.shop_id, Money.of("14.70", "CNY"))
    run_money(database, LATER)
    assert (trade.balance(), trade.charges(FREIGHT, "state")[1]) == ("0.00", (SETTLED,))
    assert_all_well(database)


def test_what_is_in_dispute_is_put_right_once_it_is_decided(trade: Trade) -> None:
    delivered(trade)
    [(charge_id,)] = trade.charges(FREIGHT, "charge_id")
    with transaction(trade.database, DELIVERED) as tx:
        tx.hold(trade.shop_id)
        dispute_charges(tx, trade.shop_id, [charge_id], 7)
    trade.measure("O1", DELIVERED, *HEAVY)
    assert trade.charges(FREIGHT, "round", "state") == [(0, 30)]
    with transaction(trade.database, LATER) as tx:
        tx.hold(trade.shop_id)
        release_charges(tx, trade.shop_id, {charge_id: "owed"})
    run_money(trade.database, LATER)
    assert trade.charges(FREIGHT, "round", "state", "amount_minor") == [
        (0, REVERSED, LABELLED),
        (1, SETTLED, REPORTED),
    ]
    assert_all_well(trade.database)


@pytest.mark.clause("FEE-3", "FEE-4")
def test_a_weight_that_comes_while_the_freight_is_settled_is_charged_once(database: Database) -> None:
    for turn in range(4):
        trade = a_trade(database)
        number, grams = f"O{turn}", 610 + turn
        delivered(trade, number)
        run_together(
            partial(run_money, database, DUE), partial(trade.measure, number, DUE, grams, 200, 150, 40)
        )
        run_money(database, DUE)
        assert [state for (state,) in trade.charges(FREIGHT, "state")] == [REVERSED, SETTLED]
        assert trade.balance() == "954.00"
    assert_all_well(database)


@pytest.mark.clause("FEE-3")
@pytest.mark.parametrize(
    ("postcode", "fee"), [("28001", LABELLED), ("35001", LABELLED + 900), ("38 001", LABELLED + 900)]
)
def test_a_remote_area_is_told_by_its_postcode(trade: Trade, postcode: str, fee: int) -> None:
    address = {"name": "Ana", "line1": "Calle 1", "city": "X", "country": "ES", "postcode": postcode}
    trade.ship("O1", ship_to=address)
    assert trade.charges(FREIGHT, "amount_minor") == [(fee,)]
    [(basis,)] = trade.charges(FREIGHT, "basis")
    assert ("remote=9.00" in basis) is (fee > LABELLED)
    trade.deliver("O1")
    assert_all_well(trade.database)


def test_a_remote_area_is_remembered_where_the_buyers_data_is_erased(trade: Trade) -> None:
    address = {"name": "Ana", "line1": "Calle 1", "city": "X", "country": "ES", "postcode": "35001"}
    order_id = trade.ship("O1", ship_to=address)
    trade.deliver("O1")
    trade.settle()
    with transaction(trade.database, LATER) as tx:
        tx.put(
            "update recipients set ship_to = '{}', salt = '', erased_at = :now, erase_at = null where order_id = :order",
            now=LATER,
            order=order_id,
        )
    trade.measure("O1", LATER, *HEAVY)
    assert trade.charges(FREIGHT, "state", "amount_minor") == [
        (REVERSED, LABELLED + 900),
        (SETTLED, REPORTED + 900),
    ]
