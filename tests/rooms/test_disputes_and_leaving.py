"""Disputes beside an exit, and beside the fees of their order: neither changes who is liable."""

from datetime import datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.money import Money
from andon.membership.exits.rules import ExitState
from andon.membership.exits.service import start_exit, strike, throw_switch, verify_exit
from andon.membership.exits.views import exit_of
from andon.money.disputes.rules import DisputeState
from andon.money.disputes.service import withdraw_dispute
from andon.money.disputes.views import case_shown, dispute_of, open_disputes
from andon.money.funds.rules import PartKind
from andon.money.funds.service import freeze_funds
from andon.money.funds.station import FREE
from andon.money.funds.views import funds_holds_of, list_parts
from andon.money.settlement.service import deposit_funds
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import HANDLED, OPERATOR, Sold, balance, cny, decided, look, opened, photo, sold
from tests.worlds_exits import unbind
from tests.worlds_money import run_money
from tests.worlds_orders import run_together

SETTLED = NOON + timedelta(days=4)
OFF = SETTLED + timedelta(days=1)
CAUSES = ("quality", "delay", "lost", "other")


def paid_order(database: Database) -> Sold:
    """An order whose fees are settled."""
    order = sold(database)
    with transaction(database) as tx:
        deposit_funds(tx, order.shop.shop_id, cny("100.00"))
    run_money(database, NOON)
    run_money(database, SETTLED)
    return order


def leave(database: Database, shop_id: int) -> int:
    """Everything up to the switch, which strikes a day later."""
    with transaction(database, SETTLED) as tx:
        number = start_exit(tx, shop_id, "strategy").exit_id
    unbind(database, shop_id, SETTLED)
    with transaction(database, SETTLED) as tx:
        throw_switch(tx, shop_id, number)
    with transaction(database, OFF) as tx:
        strike(tx, shop_id, number)
    return number


@pytest.mark.clause("DISP-1")
def test_liability_of_an_order_is_the_same_before_and_after_the_exit(database: Database) -> None:
    order = paid_order(database)
    shop = order.shop.shop_id

    def judged(at: datetime) -> list[str]:
        numbers = [
            opened(database, order.claim(cause), [photo(), photo("wrong_listing", "listing")], at=at)
            for cause in CAUSES
        ]
        with transaction(database, at) as tx:
            return [
                case_shown(tx, dispute_of(tx, shop, number)).liability.model_dump_json() for number in numbers
            ]

    before = judged(SETTLED - timedelta(days=1))
    number = leave(database, shop)
    with transaction(database, OFF) as tx:
        assert verify_exit(tx, shop, number).state == ExitState.DONE
    assert judged(OFF) == before
    assert judged(OFF + timedelta(days=400)) == before
    assert_all_well(database)


@pytest.mark.clause("DISP-1")
def test_a_dispute_is_opened_in_the_second_of_the_exits_end(database: Database) -> None:
    """Ten shops, each verified by one thread while another opens a dispute, on real connections."""
    orders = [paid_order(database) for _ in range(10)]
    exits = {order.shop.shop_id: leave(database, order.shop.shop_id) for order in orders}

    def verify() -> None:
        for shop, number in exits.items():
            with transaction(database, OFF) as tx:
                verify_exit(tx, shop, number)

    def complain() -> None:
        for order in orders:
            opened(database, order.claim(), [photo()], at=OFF)

    run_together(verify, complain)
    for order in orders:
        shop = order.shop.shop_id
        with transaction(database, OFF) as tx:
            assert exit_of(tx, shop, exits[shop]).state == ExitState.DONE
            [row] = tx.rows("select dispute_id from disputes where shop_id = :shop", shop=shop)
            case = case_shown(tx, dispute_of(tx, shop, row.dispute_id))
            assert (case.state, case.liability.payer, case.supplier_id) == (
                "evidence", "supplier", order.shop.supplier_ids[0],
            )  # fmt: skip
    assert_all_well(database)


@pytest.mark.clause("EXIT-7")
def test_a_buyers_open_dispute_is_part_of_what_a_shop_that_leaves_by_force_may_owe(
    database: Database,
) -> None:
    order = paid_order(database)
    shop = order.shop.shop_id
    own = opened(database, order.claim(), [photo()])
    number = opened(database, order.claim(beneficiary="buyer"), [photo()], actor=OPERATOR)
    with transaction(database) as tx:
        assert [(each.dispute_id, each.amount) for each in open_disputes(tx, shop)] == [
            (number, cny("20.00"))
        ]
        [part] = list_parts(tx, shop, limit=9)
        assert (part.kind, part.number, part.amount, part.cleared_by) == (
            PartKind.OPEN_DISPUTE, number, cny("20.00"), "decision",
        )  # fmt: skip
    with transaction(database) as tx:
        tx.close_head(shop)
        freeze_funds(tx, shop, 1)
    with transaction(database) as tx:
        assert FREE.step(tx, 9) == 0
    decided(database, number)
    with transaction(database) as tx:
        assert FREE.step(tx, 9) == 0, "the supplier may appeal yet"
    assert look(database, NOON + HANDLED) == 2, "the shop's own is escalated, the buyer's is paid"
    with transaction(database, NOON + HANDLED) as tx:
        assert FREE.step(tx, 9) == 1
        assert funds_holds_of(tx, shop) == []
    with transaction(database) as tx:
        assert dispute_of(tx, shop, own).state == DisputeState.EVIDENCE


def states(database: Database, shop: int) -> dict[int, int]:
    with transaction(database) as tx:
        rows = tx.rows("select charge_id, state from charges where shop_id = :shop", shop=shop)
        return {row.charge_id: row.state for row in rows}


@pytest.mark.clause("EXIT-2")
def test_fees_that_are_contested_are_held_until_the_dispute_is_over_and_waived_where_it_says_so(
    database: Database,
) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    with transaction(database) as tx:
        deposit_funds(tx, shop, cny("100.00"))
    run_money(database, NOON)
    first, second, third = sorted(states(database, shop))
    number = opened(database, order.claim(amount="0.00", charges=(first, second)))
    assert states(database, shop) == {first: 30, second: 30, third: 20}
    held = Money.of(balance(database, shop, "shop_holds"), "CNY")
    assert held.minor > 0
    run_money(database, SETTLED)
    assert states(database, shop) == {first: 30, second: 30, third: 80}
    decided(database, number)
    with pytest.raises(Conflict, match=r"dispute\.state"):
        decided(database, number)
    assert states(database, shop)[first] == 30, "it may be appealed against"


def test_what_is_waived_is_waived_when_the_decision_stands_and_what_is_not_is_owed_again(
    database: Database,
) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    with transaction(database) as tx:
        deposit_funds(tx, shop, cny("100.00"))
    run_money(database, NOON)
    first, second, third = sorted(states(database, shop))
    number = opened(database, order.claim(amount="0.00", charges=(first, second)))
    decided(database, number, waived=(first,))
    assert look(database, NOON + HANDLED) == 1
    assert states(database, shop) == {first: 81, second: 20, third: 20}
    assert balance(database, shop, "shop_holds") == "0.00"
    run_money(database, SETTLED)
    assert states(database, shop) == {first: 81, second: 80, third: 80}
    assert_all_well(database)


def test_a_dispute_that_is_withdrawn_leaves_its_fees_as_they_were(database: Database) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    run_money(database, NOON)
    charges = states(database, shop)
    number = opened(database, order.claim(amount="0.00", charges=tuple(charges)))
    with transaction(database, actor=order.seller) as tx:
        withdraw_dispute(tx, shop, number)
    assert states(database, shop) == charges
    assert_all_well(database)
