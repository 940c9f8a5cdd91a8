"""The penalty of a stock-out goes back where the violation counts no more. Source: STOCK-2."""

from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.tx import Actor
from andon.membership.standing.service import appeal_violation, decide_violation
from andon.membership.standing.station import JUDGE
from andon.money.settlement.service import dispute_charges, release_charges
from andon.orders.intake.service import accept_orders
from andon.partners.catalog.rules import Mode
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import incoming
from tests.worlds_tariffs import PENALTY, REVERSED, SETTLED, WAIVED, Trade, a_trade, said, sell_own, set_rate

DAY = timedelta(days=1)
OPERATOR = Actor("operator", 1)

pytestmark = pytest.mark.clause("STOCK-2")


@pytest.fixture
def seller(database: Database) -> Trade:
    """A shop with CNY 1,000 and five of each product of its own, whom a stock-out costs CNY 5."""
    trade = a_trade(database, mode=Mode.STANDARD, local=5)
    fine(database, trade)
    return trade


def fine(database: Database, trade: Trade) -> None:
    with transaction(database, NOON - DAY, actor=OPERATOR) as tx:
        set_policy_overrides(tx, trade.shop_id, {"stock_out_penalty": {"amount": "5.00", "currency": "CNY"}})


def judged(seller: Trade) -> int:
    """The violation of the shop's one stock-out."""
    with transaction(seller.database) as tx:
        JUDGE.step(tx, 100)
        [row] = tx.rows("select violation_id from violations")
        return int(row.violation_id)


def decide(seller: Trade, decision: Any = "withdrawn") -> None:
    number = judged(seller)
    with transaction(seller.database, actor=OPERATOR) as tx:
        decide_violation(tx, seller.shop_id, number, decision, "The count was ours.")


def test_what_is_due_is_owed_no_more(seller: Trade) -> None:
    sell_own(seller, "O1", 6)
    decide(seller)
    assert seller.charges(PENALTY, "state", "amount_minor") == [(REVERSED, 500)]
    seller.settle()
    assert (seller.balance(), seller.balance("penalties")) == ("1000.00", "0.00")
    assert_all_well(seller.database)


def test_what_is_settled_comes_back_to_the_funds_once(seller: Trade) -> None:
    sell_own(seller, "O1", 6)
    seller.settle()
    assert seller.charges(PENALTY, "state") == [(SETTLED,)]
    for _ in range(2):
        decide(seller)
    assert seller.charges(PENALTY, "state") == [(REVERSED,)]
    assert (seller.balance(), seller.balance("penalties")) == ("1000.00", "0.00")
    with transaction(seller.database) as tx:
        assert len(said(tx, "charge.reversed")) == 1
    assert_all_well(seller.database)


def test_an_appeal_has_to_be_upheld_for_it(seller: Trade) -> None:
    sell_own(seller, "O1", 6)
    number = judged(seller)
    with pytest.raises(Conflict):
        decide(seller, "upheld")
    with transaction(seller.database) as tx:
        appeal_violation(tx, seller.shop_id, number, "The supplier counted them.")
    decide(seller, "rejected")
    assert seller.charges(PENALTY, "state") == [(20,)]
    decide(seller, "withdrawn")
    assert seller.charges(PENALTY, "state") == [(REVERSED,)]


def test_one_that_is_not_charged_yet_never_falls_due(seller: Trade) -> None:
    with transaction(seller.database) as tx:
        accept_orders(tx, seller.shop_id, [incoming("O1", ("S-1", 6), placed_at=NOON, currency="CNY")])
    decide(seller)
    assert seller.charges(PENALTY, "state", "amount_minor") == [(REVERSED, 500)]
    seller.settle()
    assert seller.balance() == "1000.00"
    assert_all_well(seller.database)


def test_one_that_is_contested_is_waived_and_what_was_held_is_free(seller: Trade) -> None:
    sell_own(seller, "O1", 6)
    [(charge,)] = seller.charges(PENALTY, "charge_id")
    with transaction(seller.database) as tx:
        tx.hold(seller.shop_id)
        assert dispute_charges(tx, seller.shop_id, [charge], 1) == [charge]
    assert seller.balance() == "995.00"
    decide(seller)
    assert seller.charges(PENALTY, "state") == [(WAIVED,)]
    assert (seller.balance(), seller.balance("shop_holds")) == ("1000.00", "0.00")
    with transaction(seller.database) as tx:
        tx.hold(seller.shop_id)
        assert release_charges(tx, seller.shop_id, {charge: "owed"}) == []


def test_what_was_converted_comes_back_at_the_rate_at_which_it_was_taken(database: Database) -> None:
    seller = a_trade(database, "EUR", "100.00", mode=Mode.STANDARD)
    set_rate(database, "0.1268")
    fine(database, seller)
    sell_own(seller, "O1")
    seller.settle()
    decide(seller)
    assert seller.balance() == "100.00"
    with transaction(database) as tx:
        rows = tx.rows(
            "select cause, amount_minor, currency, base_minor, base_currency, cast(rate as text) as rate from transfers "
            "where charge_id is not null order by transfer_id"
        )
        assert [tuple(row) for row in rows] == [
            (cause, 63, "EUR", 500, "CNY", "0.1268") for cause in ("charge.settled", "charge.reversed")
        ]
    assert_all_well(database)


def test_a_penalty_of_nothing_stands(database: Database) -> None:
    seller = a_trade(database, mode=Mode.STANDARD, local=5)
    sell_own(seller, "O1", 6)
    decide(seller)
    assert seller.charges(PENALTY, "state", "amount_minor") == [(SETTLED, 0)]
    assert_all_well(database)
