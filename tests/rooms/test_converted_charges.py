"""Fees of a tariff in another currency than the shop's: converted at the day's rate, or waiting for it."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from andon.kernel.db import Database
from andon.money.charges.station import CONVERT
from andon.money.charges.views import unsettled_reasons
from andon.money.settlement.views import missing_funds
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_money import run_money
from tests.worlds_orders import run_together
from tests.worlds_tariffs import (
    DELIVERED,
    DUE,
    FREIGHT,
    HANDLING,
    MONDAY,
    REVERSED,
    SETTLED,
    WAREHOUSE,
    Trade,
    a_trade,
    said,
    set_rate,
)

HOUR = timedelta(hours=1)
CONVERTED = ("amount_minor", "currency", "base_minor", "base_currency", "rate", "rate_wanted_on")


@pytest.fixture
def trade(database: Database) -> Trade:
    return a_trade(database, "EUR", "100.00")


def test_a_fee_is_charged_in_the_shops_currency_at_the_rate_of_the_day_it_accrued(trade: Trade) -> None:
    set_rate(trade.database, "0.1300", MONDAY - timedelta(days=1))
    set_rate(trade.database, "0.1268", MONDAY)
    set_rate(trade.database, "0.1100", MONDAY + timedelta(days=1))
    trade.ship("O1")
    rate = Decimal("0.1268")
    assert trade.charges(HANDLING, *CONVERTED) == [(4, "EUR", 30, "CNY", rate, None)]
    assert trade.charges(WAREHOUSE, *CONVERTED) == [(14, "EUR", 110, "CNY", rate, None)]
    assert trade.charges(FREIGHT, *CONVERTED) == [(379, "EUR", 2990, "CNY", rate, None)]
    trade.deliver("O1")
    trade.settle()
    assert trade.balance() == "96.03"
    assert_all_well(trade.database)


def test_the_day_is_the_platforms(trade: Trade) -> None:
    set_rate(trade.database, "0.10", MONDAY)
    set_rate(trade.database, "0.20", MONDAY + timedelta(days=1))
    trade.ship("O1")  # at noon in Shanghai, on Monday
    assert trade.charges(HANDLING, "rate") == [(Decimal("0.10"),)]


def test_a_fee_in_the_shops_own_currency_needs_no_rate(database: Database) -> None:
    trade = a_trade(database)
    trade.ship("O1")
    assert trade.charges(HANDLING, *CONVERTED) == [(30, "CNY", None, None, None, None)]


def test_without_a_rate_a_fee_waits_in_the_tariffs_currency_and_the_operator_is_told_once(
    trade: Trade,
) -> None:
    trade.ship("O1")
    trade.ship("O2")
    assert trade.charges(HANDLING, *CONVERTED) == [(30, "CNY", None, None, None, MONDAY)] * 2
    with transaction(trade.database) as tx:
        told = tx.rows("select shop_id, audience, facts from notices where kind = 'rates.missing'")
        assert [tuple(row) for row in told] == [
            (0, "operator", {"base": "CNY", "quote": "EUR", "on": "2026-03-02"})
        ]
    assert_all_well(trade.database)


def test_nothing_is_settled_before_it_is_converted_and_all_is_settled_then(trade: Trade) -> None:
    trade.ship("O1")
    trade.deliver("O1")
    trade.settle()
    assert trade.charges(FREIGHT, "state", "currency") == [(20, "CNY")]
    assert trade.balance() == "100.00"
    with transaction(trade.database, DUE) as tx:
        assert unsettled_reasons(tx, trade.shop_id).keys() == {"no_rate"}
        assert not missing_funds(tx, [trade.shop_id]), "no deposit helps"
        assert tx.rows("select 1 from notices where kind = 'charges.overdue'") == []
    set_rate(trade.database, "0.1268", at=DUE + HOUR)
    trade.settle(DUE + HOUR)
    assert trade.charges(FREIGHT, "state", *CONVERTED) == [
        (SETTLED, 379, "EUR", 2990, "CNY", Decimal("0.1268"), None)
    ]
    assert trade.balance() == "96.03"
    with transaction(trade.database) as tx:
        assert len(said(tx, "charge.converted")) == 3
        assert tx.rows("select 1 from missing_rates") == []
    assert_all_well(trade.database)


def test_a_rate_of_a_later_day_converts_nothing_of_before(trade: Trade) -> None:
    trade.ship("O1")
    set_rate(trade.database, "0.1268", MONDAY + timedelta(days=1))
    run_money(trade.database, NOON)
    assert trade.charges(HANDLING, "rate_wanted_on") == [(MONDAY,)]


def test_a_rate_that_came_while_a_fee_was_written_is_found_within_the_hour(trade: Trade) -> None:
    trade.ship("O1")
    set_rate(trade.database, "0.1268")
    with transaction(trade.database) as tx:  # as if it had been looked for just before it came
        tx.put("update missing_rates set due_at = :later", later=NOON + HOUR)
    run_money(trade.database, NOON)
    assert trade.charges(HANDLING, "rate_wanted_on") == [(MONDAY,)]
    run_money(trade.database, NOON + HOUR)
    assert trade.charges(HANDLING, "rate_wanted_on") == [(None,)]


def test_many_are_converted_step_by_step(trade: Trade) -> None:
    for number in range(3):
        trade.ship(f"O{number}")
    set_rate(trade.database, "0.1268")
    steps = 0
    while True:
        with transaction(trade.database) as tx:
            if not CONVERT.step(tx, 2):
                break
            steps += 1
    assert steps == 6  # nine charges, two at a time, and a look that finds no more
    assert {rate for kind in (HANDLING, WAREHOUSE, FREIGHT) for (rate,) in trade.charges(kind, "rate")} == {
        Decimal("0.1268")
    }


def test_a_corrected_rate_touches_nothing_that_was_converted(trade: Trade) -> None:
    set_rate(trade.database, "0.1268")
    trade.ship("O1")
    set_rate(trade.database, "0.2000")
    trade.ship("O2")
    assert [rate for (rate,) in trade.charges(HANDLING, "rate")] == [Decimal("0.1268"), Decimal("0.2000")]
    trade.deliver("O1")
    assert_all_well(trade.database)


@pytest.mark.clause("FEE-3")
def test_another_weight_is_charged_at_the_rate_of_the_first_one(trade: Trade) -> None:
    set_rate(trade.database, "0.1268")
    trade.ship("O1")
    trade.deliver("O1")
    trade.settle()
    later = DUE + timedelta(days=20)
    set_rate(trade.database, "0.5000", later.date(), at=later)
    trade.measure("O1", later, 620, 200, 150, 40)
    assert trade.charges(FREIGHT, "state", "amount_minor", "base_minor", "rate") == [
        (REVERSED, 379, 2990, Decimal("0.1268")),
        (SETTLED, 566, 4460, Decimal("0.1268")),
    ]
    assert trade.balance() == "94.16"
    assert_all_well(trade.database)


def test_another_weight_of_a_fee_that_waits_for_its_rate_waits_for_the_same(trade: Trade) -> None:
    trade.ship("O1")
    trade.measure("O1", DELIVERED, 620, 200, 150, 40)
    assert trade.charges(FREIGHT, "state", "amount_minor", "rate_wanted_on") == [
        (REVERSED, 2990, None),
        (10, 4460, MONDAY),
    ]
    set_rate(trade.database, "0.1268")
    run_money(trade.database, DELIVERED)
    assert trade.charges(FREIGHT, "amount_minor", "rate")[1:] == [(566, Decimal("0.1268"))]


def test_what_is_waived_waits_for_no_rate(trade: Trade) -> None:
    trade.ship("O1")
    trade.deliver("O1", "lost")
    assert trade.charges(FREIGHT, "state", "rate_wanted_on") == [(81, None)]
    set_rate(trade.database, "0.1268")
    run_money(trade.database, DELIVERED)
    assert trade.charges(FREIGHT, "currency") == [("CNY",)]
    assert_all_well(trade.database)


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP"])
def test_what_is_fixed_and_settled_while_it_is_converted_is_converted_and_settled_once(
    database: Database, currency: str
) -> None:
    trade = a_trade(database, currency, "100.00")
    numbers = [f"O{each}" for each in range(3)]
    for number in numbers:
        trade.ship(number)
    for number in numbers:
        trade.scan(number, "delivered", DELIVERED)
    set_rate(database, "0.1268", quote=currency)
    for at in (DELIVERED, DUE):
        run_together(*[partial(run_money, database, at)] * 2)
    assert {rate for (rate,) in trade.charges(FREIGHT, "rate")} == {Decimal("0.1268")}
    assert trade.balance() == "88.09"
    assert_all_well(database)


def test_a_payee_of_several_is_owed_their_sum_converted_once_and_rounding_has_the_rest(trade: Trade) -> None:
    set_rate(trade.database, "0.1268")
    for number in range(3):
        trade.ship(f"O{number}")
        trade.deliver(f"O{number}")
    trade.settle()
    # Three times 0.04, 0.14 and 3.79 are paid. The platform's 4.20 come to 0.53, the carrier's 89.70 to 11.37.
    assert trade.balance() == "88.09"
    assert trade.balance("platform_revenue") == "0.53"
    assert trade.balance("payable:carrier:cainiao") == "11.37"
    assert trade.balance("rounding") == "0.01"
    assert_all_well(trade.database)


def test_a_shop_whose_currency_has_no_minor_unit_pays_whole_ones(database: Database) -> None:
    trade = a_trade(database, "JPY", "10000")
    set_rate(database, "20.5", date(2026, 1, 1), quote="JPY")
    trade.ship("O1")
    # CNY 0.30, 1.10 and 29.90 at 20.5 are 6.15, 22.55 and 612.95.
    amounts = [trade.charges(kind, "amount_minor")[0][0] for kind in (HANDLING, WAREHOUSE, FREIGHT)]
    assert amounts == [6, 23, 613]
    trade.deliver("O1")
    trade.settle()
    assert trade.balance() == str(10_000 - sum(amounts))
    assert_all_well(database)
