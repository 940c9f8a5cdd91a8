"""Withdrawals leave what is due and what is frozen; a freeze lifts by itself with the last part of what was open."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.money.funds.events import FundsFreed
from andon.money.funds.service import free_funds, freeze_funds, withdraw_funds
from andon.money.funds.station import FREE
from andon.money.funds.views import exposure_of, fund_in, funds_holds_of, hold_of_exit, list_parts
from andon.money.settlement.service import deposit_funds
from andon.money.settlement.station import SETTLE
from andon.orders.order.rules import FulfilmentState, Mode
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import NOON, transaction
from tests.worlds_money import Sent, a_shop, an_order, due_charges, end, run_money

DUE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
EXIT = 7
OPERATOR = Actor("operator", "1")


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def available(tx: Tx[Any], shop: int) -> Money:
    return fund_in(tx, shop, "CNY").account.available


def freeze(tx: Tx[Any], shop: int) -> None:
    tx.close_head(shop)
    freeze_funds(tx, shop, EXIT)


def refused(act: Callable[[], Any]) -> Conflict:
    with pytest.raises(Conflict) as no:
        act()
    return no.value


def free(database: Database, at: datetime = NOON) -> int:
    with transaction(database, at) as tx:
        return FREE.step(tx, FREE.batch)


def waits(database: Database) -> bool:
    """Whether the line sees something to do."""
    with transaction(database) as tx:
        return tx.rows(FREE.due) != []


def test_a_withdrawal_is_a_transfer_to_the_world_outside(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        journal = withdraw_funds(tx, shop, cny("4.00"))
        [moved] = tx.rows(
            "select debit, credit, amount_minor, cause from transfers where journal_id = :j", j=journal
        )
        assert tuple(moved) == ("shop_funds", "external", 400, "funds.withdrawn")
        fund = fund_in(tx, shop, "CNY")
        assert (fund.deposited, fund.spent, fund.withdrawn) == (cny("10.00"), cny("0.00"), cny("4.00"))
        assert fund.account.withdrawable == fund.account.available == cny("6.00")
    with transaction(database) as tx:
        [told] = tx.rows("select subject, body from events where kind = 'funds.withdrawn'")
        assert told.subject == f"journal:{journal}"


def test_what_is_not_there_is_not_withdrawn_nor_what_is_due_already(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx, "EUR")
        assert refused(lambda: withdraw_funds(tx, shop, cny("0.01"))).code == "funds.insufficient"
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [300], DUE)
        due_charges(tx, shop, [500], DUE + timedelta(seconds=1))
        assert refused(lambda: withdraw_funds(tx, shop, cny("7.01"))).code == "funds.insufficient"
        withdraw_funds(tx, shop, cny("7.00"))
        assert SETTLE.step(tx, 10) == 1
        assert available(tx, shop) == cny("0.00")
        for amount, code in ((cny("0.00"), "funds.amount"), (Money.of("1.00", "USD"), "funds.currency")):
            with pytest.raises(Invalid) as no:
                withdraw_funds(tx, shop, amount)
            assert no.value.code == code


@pytest.mark.clause("EXIT-7")
def test_a_freeze_of_the_whole_account_holds_every_withdrawal_and_names_the_parts(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("100.00"))
        [sent] = an_order(tx, shop, Sent())
    with transaction(database) as tx:
        freeze(tx, shop)
    with transaction(database) as tx:
        no = refused(lambda: withdraw_funds(tx, shop, cny("0.01")))
        assert (no.code, no.clause) == ("funds.held", "EXIT-7")
        assert (no.facts["exits"], no.facts["freeze"]) == ([EXIT], "whole_account")
        assert [(part["kind"], part["number"]) for part in no.facts["parts"]] == [
            ("open_order", sent.order_id)
        ]
        assert refused(lambda: withdraw_funds(tx, shop, cny("100.01"))).code == "funds.insufficient"
        deposit_funds(tx, shop, cny("1.00"))
        assert fund_in(tx, shop, "CNY").account.withdrawable == cny("0.00")


@pytest.mark.clause("EXIT-7")
def test_a_freeze_of_the_exposure_leaves_the_rest(database: Database) -> None:
    with transaction(database, actor=OPERATOR) as tx:
        shop = a_shop(tx)
        set_policy_overrides(tx, shop, {"freeze": "exposure"})
        deposit_funds(tx, shop, cny("100.00"))
        due_charges(tx, shop, [3000, 500], DUE)
    with transaction(database) as tx:
        freeze(tx, shop)
    with transaction(database) as tx:
        assert refused(lambda: withdraw_funds(tx, shop, cny("65.01"))).code == "funds.held"
        withdraw_funds(tx, shop, cny("65.00"))
        assert refused(lambda: withdraw_funds(tx, shop, cny("0.01"))).code == "funds.held"
    with transaction(database, DUE) as tx:
        assert SETTLE.step(tx, 10) == 1, "due charges settle out of what is held"
        assert available(tx, shop) == cny("0.00")


@pytest.mark.clause("EXIT-7")
def test_the_operator_may_let_go_of_what_is_not_exposed_while_the_freeze_stands(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("100.00"))
        due_charges(tx, shop, [3000], DUE)
    with transaction(database) as tx:
        freeze(tx, shop)
    with transaction(database) as tx:
        assert fund_in(tx, shop, "CNY").account.held == cny("100.00")
    with transaction(database, actor=OPERATOR) as tx:
        set_policy_overrides(tx, shop, {"freeze": "exposure"})
    with transaction(database) as tx:
        assert fund_in(tx, shop, "CNY").account.held == cny("30.00")


@pytest.mark.clause("EXIT-7")
def test_an_order_stays_a_part_until_its_charges_stand_and_they_until_they_are_settled(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("100.00"))
        [sent] = an_order(tx, shop, Sent())
    run_money(database, NOON)
    with transaction(database) as tx:
        freeze(tx, shop)
    with transaction(database) as tx:
        order, *charges = list_parts(tx, shop, limit=10)
        assert (order.kind.word, order.number, order.amount, order.cleared_by) == (
            "open_order", sent.order_id, cny("1.00"), "end",
        )  # fmt: skip
        assert {part.cleared_by for part in charges} == {"delivery"}
        assert len(charges) == 3
        assert list_parts(tx, shop, after=(1, order.number), limit=2) == charges[:2]
        end(tx, shop, sent, FulfilmentState.DELIVERED, NOON)
        assert [part.cleared_by for part in list_parts(tx, shop, limit=1)] == ["charging"]
    assert free(database) == 0
    run_money(database, NOON)
    with transaction(database) as tx:
        parts = list_parts(tx, shop, limit=10)
        assert {(part.kind.word, part.cleared_by) for part in parts} == {("unsettled_charge", "settlement")}
        settled_at = parts[0].expected_at
        assert settled_at is not None
        assert [(each.kind.word, each.parts) for each in exposure_of(tx, shop)] == [("unsettled_charge", 3)]
    assert (free(database, settled_at), waits(database)) == (0, False)
    run_money(database, settled_at)
    assert waits(database)
    assert (free(database, settled_at), free(database, settled_at)) == (1, 0)
    with transaction(database, settled_at) as tx:
        hold = hold_of_exit(tx, shop, EXIT)
        assert hold is not None
        assert hold.lifted_at == settled_at
        assert funds_holds_of(tx, shop) == []
        withdraw_funds(tx, shop, cny("0.01"))
        kinds = tx.rows("select kind, audience from notices order by notice_id")
        assert [tuple(row) for row in kinds] == [
            ("funds.frozen", "seller"), ("funds.frozen", "operator"), ("funds.freed", "seller"), ("funds.freed", "operator"),
        ]  # fmt: skip
        [freed] = tx.rows("select subject, body from events where kind = :kind", kind=FundsFreed.kind)
        assert (freed.subject, '"cause":"cleared"' in freed.body) == (f"exit:{EXIT}", True)


@pytest.mark.clause("EXIT-7")
def test_a_charge_that_waits_for_funds_is_cleared_by_a_deposit(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        due_charges(tx, shop, [300], DUE)
        SETTLE.step(tx, 10)
        assert [part.cleared_by for part in list_parts(tx, shop, limit=10)] == ["deposit"]


def test_nothing_is_frozen_where_nothing_is_open_nor_twice(database: Database) -> None:
    with transaction(database) as tx:
        quiet, busy = a_shop(tx), a_shop(tx)
        an_order(tx, busy, Sent())
        # What goes the standard way is none of it.
        an_order(tx, quiet, Sent(mode=Mode.STANDARD))
    with transaction(database) as tx:
        freeze(tx, quiet)
        freeze(tx, busy)
        assert funds_holds_of(tx, quiet) == []
    with transaction(database) as tx:
        freeze(tx, busy)
        assert len(funds_holds_of(tx, busy)) == 1
        assert tx.rows("select count(*) from events where kind = 'funds.frozen'")[0][0] == 1


def test_an_exit_that_is_withdrawn_frees_the_funds_whatever_is_open(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("1.00"))
        an_order(tx, shop, Sent())
    with transaction(database) as tx:
        freeze(tx, shop)
    with transaction(database) as tx:
        tx.close_head(shop)
        free_funds(tx, shop, EXIT)
        free_funds(tx, shop, EXIT)
        withdraw_funds(tx, shop, cny("1.00"))
    with transaction(database) as tx:
        assert tx.rows("select count(*) from events where kind = 'funds.freed'")[0][0] == 1


def test_withdrawals_and_settlement_never_take_one_fen_twice(database: Database) -> None:
    """Two that withdraw, two that settle, at one account, of which the exposure is held."""
    with transaction(database, DUE, actor=OPERATOR) as tx:
        shop = a_shop(tx)
        set_policy_overrides(tx, shop, {"freeze": "exposure"})
        deposit_funds(tx, shop, cny("100.00"))
        due_charges(tx, shop, [10] * 300, DUE)
        due_charges(tx, shop, [10] * 300, DUE + timedelta(days=1))
    with transaction(database, DUE) as tx:
        freeze(tx, shop)
    started = threading.Barrier(4)
    faults: list[BaseException] = []
    taken: list[int] = []

    def withdraw() -> None:
        for _ in range(60):
            try:
                with transaction(database, DUE) as tx:
                    withdraw_funds(tx, shop, cny("1.00"))
            except Conflict:
                continue
            taken.append(100)

    def settle() -> None:
        for _ in range(60):
            with transaction(database, DUE) as tx:
                SETTLE.step(tx, 10)
                account = fund_in(tx, shop, "CNY").account
                assert account.held <= account.available, "of what is held nothing was withdrawn"

    def work(act: Callable[[], None]) -> None:
        started.wait()
        try:
            act()
        except BaseException as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)

    workers = [threading.Thread(target=work, args=(act,)) for act in (withdraw, withdraw, settle, settle)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    assert sum(taken) == 4000, "all that is not held, and no more"
    with transaction(database, DUE) as tx:
        while SETTLE.step(tx, 100):
            pass
    with transaction(database, DUE + timedelta(days=1)) as tx:
        while SETTLE.step(tx, 100):
            pass
        assert available(tx, shop) == cny("0.00")
        assert exposure_of(tx, shop) == []
    assert free(database, DUE + timedelta(days=1)) == 1
