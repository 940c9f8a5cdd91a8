"""A disputed charge is held of the funds, and owed or waived once its dispute is decided."""

import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeState as S
from andon.money.funds.service import freeze_funds, withdraw_funds
from andon.money.funds.station import FREE
from andon.money.funds.views import list_parts
from andon.money.ledger.rules import EXTERNAL, SHOP_FUNDS, SHOP_HOLDS, SUBSIDIES, SUSPENSE, Posting
from andon.money.ledger.service import post
from andon.money.ledger.views import balances_of
from andon.money.settlement.service import (
    deposit_funds,
    dispute_charges,
    post_subsidy,
    release_charges,
)
from andon.money.settlement.station import OVERDUE, SETTLE
from andon.orders.order.rules import FulfilmentState
from tests.worlds import NOON, transaction
from tests.worlds_money import Sent, a_shop, an_order, due_charges, end, orders, run_money

DUE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
DISPUTE = 5


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def on(tx: Tx[Any], shop: int, account: str) -> Money:
    found = [total.balance for total in balances_of(tx, shop, account)]
    return found[0] if found else cny("0.00")


def charges(tx: Tx[Any]) -> list[tuple[int, S, bool]]:
    """The number of each charge, its state, and whether it is held."""
    rows = tx.rows("select charge_id, state, secured_at is not null as held from charges order by charge_id")
    return [(row.charge_id, S(row.state), row.held) for row in rows]


def states(tx: Tx[Any]) -> list[S]:
    return [state for _, state, _ in charges(tx)]


def dispute(tx: Tx[Any], shop: int, places: Collection[int] | None = None) -> list[int]:
    """Put the charges at these places in dispute, or all."""
    tx.hold(shop)
    numbers = [number for number, _, _ in charges(tx)]
    return dispute_charges(
        tx, shop, [n for place, n in enumerate(numbers) if places is None or place in places], DISPUTE
    )


def told(tx: Tx[Any], kind: str) -> int:
    count: int = tx.rows("select count(*) from events where kind = :kind", kind=kind)[0][0]
    return count


@pytest.mark.clause("EXIT-2")
def test_a_disputed_charge_is_held_of_the_funds_and_not_settled(database: Database) -> None:
    with transaction(database, NOON) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [300, 200], DUE)
        assert len(dispute(tx, shop, [0])) == 1
        assert [state for _, *state in charges(tx)] == [[S.DISPUTED, True], [S.DUE, False]]
        assert (on(tx, shop, SHOP_FUNDS), on(tx, shop, SHOP_HOLDS)) == (cny("7.00"), cny("3.00"))
    run_money(database, DUE)
    with transaction(database, DUE) as tx:
        assert states(tx) == [S.DISPUTED, S.SETTLED]
        assert on(tx, shop, SHOP_FUNDS) == cny("5.00")
        assert (told(tx, "charge.disputed"), told(tx, "charge.held")) == (1, 1)


@pytest.mark.clause("EXIT-2")
def test_what_funds_do_not_cover_is_held_when_money_comes_after_what_is_due(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("4.00"))
        due_charges(tx, shop, [300, 200, 250], DUE)
        assert len(dispute(tx, shop, [0, 1])) == 2
        # 2.50 of the four are due already: the rest covers neither.
        assert [held for *_, held in charges(tx)] == [False, False, False]
    run_money(database, DUE)
    with transaction(database, DUE) as tx:
        assert states(tx) == [S.DISPUTED, S.DISPUTED, S.SETTLED]
        assert on(tx, shop, SHOP_FUNDS) == cny("1.50")
        deposit_funds(tx, shop, cny("2.00"))
    run_money(database, DUE)
    with transaction(database, DUE) as tx:
        assert [held for *_, held in charges(tx)][:2] == [True, False], "the oldest first"
        deposit_funds(tx, shop, cny("1.50"))
    run_money(database, DUE)
    with transaction(database, DUE) as tx:
        assert [held for *_, held in charges(tx)][:2] == [True, True]
        assert (on(tx, shop, SHOP_FUNDS), on(tx, shop, SHOP_HOLDS)) == (cny("0.00"), cny("5.00"))
        assert SETTLE.step(tx, 10) == OVERDUE.step(tx, 10) == 0, "nothing waits"


@pytest.mark.clause("EXIT-2")
def test_a_decided_dispute_gives_back_what_was_held_and_what_is_owed_is_settled(database: Database) -> None:
    with transaction(database, NOON) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("10.00"))
        due_charges(tx, shop, [300, 200], DUE)
        first, second = dispute(tx, shop)
    later = DUE + timedelta(days=20)
    run_money(database, later)
    with transaction(database, later) as tx:
        assert states(tx) == [S.DISPUTED, S.DISPUTED]
        tx.hold(shop)
        assert release_charges(tx, shop, {second: "waived", first: "owed"}) == [first, second]
        assert [each[1:] for each in charges(tx)] == [(S.DUE, False), (S.WAIVED, False)]
        assert (on(tx, shop, SHOP_FUNDS), on(tx, shop, SHOP_HOLDS)) == (cny("10.00"), cny("0.00"))
        [journals] = tx.rows(
            "select count(distinct journal_id), count(*) from transfers where cause = 'charge.released'"
        )
        assert tuple(journals) == (1, 2)
        assert release_charges(tx, shop, {first: "waived", second: "owed"}) == [], (
            "they are not disputed any more"
        )
    run_money(database, later)
    with transaction(database, later) as tx:
        assert states(tx) == [S.SETTLED, S.WAIVED]
        assert on(tx, shop, SHOP_FUNDS) == cny("7.00")


def test_what_was_not_held_is_released_without_a_journal(database: Database) -> None:
    with transaction(database, NOON) as tx:
        shop = a_shop(tx)
        due_charges(tx, shop, [300], DUE)
        [charge] = dispute(tx, shop)
        assert release_charges(tx, shop, {charge: "owed"}) == [charge]
        assert tx.rows("select 1 from transfers") == []
        assert states(tx) == [S.DUE]


def test_a_charge_that_is_settled_or_over_or_anothers_is_not_disputed(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop, other = a_shop(tx), a_shop(tx)
        deposit_funds(tx, shop, cny("3.00"))
        due_charges(tx, shop, [300], DUE)
        due_charges(tx, other, [300], DUE)
        SETTLE.step(tx, 10)
        assert dispute(tx, shop) == []
        assert states(tx) == [S.SETTLED, S.DUE]
        again = dispute(tx, other)
        assert len(again) == 1
        assert dispute(tx, other) == [], "it is disputed already"


@pytest.mark.clause("FEE-4")
@pytest.mark.parametrize(
    ("ends", "stands"),
    [(None, S.PROVISIONAL), (FulfilmentState.DELIVERED, S.DUE), (FulfilmentState.LOST, S.WAIVED)],
)
def test_a_provisional_charge_takes_up_what_became_of_its_parcel_while_it_was_disputed(
    database: Database, ends: FulfilmentState | None, stands: S
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("100.00"))
        [sent] = an_order(tx, shop, Sent())
    run_money(database, NOON)
    with transaction(database) as tx:
        assert set(states(tx)) == {S.PROVISIONAL}
        disputed = dispute(tx, shop)
        assert len(disputed) == 3
        if ends is not None:
            end(tx, shop, sent, ends, NOON)
    run_money(database, NOON)
    with transaction(database) as tx:
        assert set(states(tx)) == {S.DISPUTED}
        tx.hold(shop)
        release_charges(tx, shop, dict.fromkeys(disputed, "owed"))
        assert set(states(tx)) == {S.PROVISIONAL}
    run_money(database, NOON)
    with transaction(database) as tx:
        assert set(states(tx)) == {stands}
        assert on(tx, shop, SHOP_FUNDS) == cny("100.00")


def test_a_subsidy_is_given_once_an_order_and_settles_what_waited(database: Database) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        due_charges(tx, shop, [300], DUE)
        SETTLE.step(tx, 10)
        tx.hold(shop)
        first = post_subsidy(tx, shop, 17, cny("3.00"))
        assert post_subsidy(tx, shop, 17, cny("3.00")) == first
        assert on(tx, shop, SUBSIDIES) == cny("-3.00")
        assert SETTLE.step(tx, 10) == 1
        assert states(tx) == [S.SETTLED]
        assert told(tx, "subsidy.paid") == 0, "events are written with the commit"
    with transaction(database, DUE) as tx:
        assert told(tx, "subsidy.paid") == 1


def test_what_a_shop_owes_beyond_its_funds_is_taken_when_money_comes_before_anything_else(
    database: Database,
) -> None:
    with transaction(database, DUE) as tx:
        shop = a_shop(tx)
        post(tx, shop, [Posting(SUSPENSE, EXTERNAL, cny("3.00"), "dispute.owed")])
        due_charges(tx, shop, [50], DUE)
        for amount, left in (("1.00", "0.00"), ("4.00", "1.50")):
            deposit_funds(tx, shop, cny(amount))
            with pytest.raises(Conflict):
                withdraw_funds(tx, shop, cny(amount))
            SETTLE.step(tx, 10)
            assert on(tx, shop, SHOP_FUNDS) == cny(left)
        assert on(tx, shop, SUSPENSE) == cny("0.00")
        assert states(tx) == [S.SETTLED]


@pytest.mark.clause("EXIT-7")
def test_a_freeze_lifts_when_nothing_is_left_but_what_is_disputed_and_held(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        due_charges(tx, shop, [300], DUE)
    with transaction(database) as tx:
        tx.close_head(shop)
        freeze_funds(tx, shop, 7)
    with transaction(database) as tx:
        dispute(tx, shop)
        assert [part.cleared_by for part in list_parts(tx, shop, limit=9)] == ["deposit"]
        assert FREE.step(tx, 9) == 0
        deposit_funds(tx, shop, cny("10.00"))
        SETTLE.step(tx, 9)
        assert list_parts(tx, shop, limit=9) == []
        assert FREE.step(tx, 9) == 1
        withdraw_funds(tx, shop, cny("7.00"))
        assert on(tx, shop, SHOP_HOLDS) == cny("3.00")


def test_disputes_settlement_and_charging_never_wait_for_each_other_in_a_ring(database: Database) -> None:
    """Fees of parcels that arrive are disputed and released while two workers charge, settle and hold."""
    with transaction(database) as tx:
        shop = a_shop(tx)
        deposit_funds(tx, shop, cny("500.00"))
        sent = [each for [each] in orders(tx, shop, [[Sent()] for _ in range(12)])]
    run_money(database, NOON)
    with transaction(database) as tx:
        numbers = [number for number, _, _ in charges(tx)]
    later = NOON + timedelta(days=9)
    started = threading.Barrier(4)
    faults: list[BaseException] = []

    def arrive() -> None:
        for one in sent:
            with transaction(database) as tx:
                tx.hold(shop)
                end(tx, shop, one, FulfilmentState.DELIVERED, NOON)

    def argue() -> None:
        for start in range(0, len(numbers), 3):
            with transaction(database, later) as tx:
                tx.hold(shop)
                disputed = dispute_charges(tx, shop, numbers[start : start + 5], DISPUTE)
            with transaction(database, later) as tx:
                tx.hold(shop)
                release_charges(tx, shop, dict.fromkeys(disputed[::2], "owed"))

    def work() -> None:
        for _ in range(6):
            run_money(database, later)

    def act(what: Callable[[], None]) -> None:
        started.wait()
        try:
            what()
        except BaseException as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)

    threads = [threading.Thread(target=act, args=(what,)) for what in (arrive, argue, work, work)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert faults == []
    with transaction(database, later) as tx:
        tx.hold(shop)
        release_charges(tx, shop, dict.fromkeys(numbers, "owed"))
    run_money(database, later)
    with transaction(database, later) as tx:
        assert set(states(tx)) == {S.SETTLED}
        assert on(tx, shop, SHOP_HOLDS) == cny("0.00")
        settled = tx.rows("select sum(amount_minor) from charges")[0][0]
        assert on(tx, shop, SHOP_FUNDS).minor == 50_000 - settled
