"""An exit by force: what is waived, what is frozen, what goes back, what lives on, and how it ends."""

from datetime import datetime, timedelta

import pytest

from andon.insights.audit.views import audit
from andon.insights.audit.views.freezes import FREEZES
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid
from andon.kernel.line import Station
from andon.kernel.money import Money
from andon.kernel.outside import LOOPBACK
from andon.kernel.tx import Tx
from andon.membership.exits.rules import BY_FORCE, TAKEN_BACK, Blocked, ExitState, Force
from andon.membership.exits.service import force_exit, start_exit, throw_switch, withdraw_exit
from andon.membership.exits.station import CLEAR, STRIKE, UNBIND, VERIFY
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import newest_checks
from andon.money.funds.service import withdraw_funds
from andon.money.funds.station import FREE
from andon.money.funds.views import funds_holds_of
from andon.money.settlement.service import deposit_funds
from andon.orders.order.rules import FulfilmentState
from andon.orders.remedies.rules import Action
from andon.orders.remedies.service import remedy_fulfilment
from andon.partners.bindings.rules import BindingState
from andon.partners.suppliers.service import set_endpoint
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_exits import OFF_AT, SELLER, leaving_shop, prove, stands, told_of
from tests.worlds_money import run_money
from tests.worlds_orders import accept, bring_to, incoming, parts_of, run_together
from tests.worlds_partners import DemoShop, open_demo_shop

S = ExitState


def shop_with_orders(database: Database, *numbers: str, suppliers: int = 2) -> tuple[DemoShop, list[int]]:
    """A shop in JIT with funds, and orders that its first supplier has."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=suppliers, local=9)
        deposit_funds(tx, shop.shop_id, Money.of("100.00", "CNY"))
        orders = accept(tx, shop.shop_id, *(incoming(number, "S-1") for number in numbers))
    return shop, orders


def forced(database: Database, shop: DemoShop, force: Force = SELLER) -> int:
    """Start the shop's exit, and force it."""
    with transaction(database) as tx:
        exit_id = start_exit(tx, shop.shop_id, "cost").exit_id
    with transaction(database) as tx:
        force_exit(tx, shop.shop_id, exit_id, force)
    return exit_id


def run(database: Database, station: Station, at: datetime = NOON) -> int:
    with transaction(database, at) as tx:
        return station.step(tx, station.batch)


def assert_frozen_as_open(database: Database) -> None:
    """What the auditor says of freezes."""
    with database.line.connect() as connection:
        assert [each.name for each in audit(connection, FREEZES) if not each.ok] == []


def bindings(tx: Tx[Policy], shop_id: int) -> list[BindingState]:
    rows = tx.rows("select state from bindings where shop_id = :shop order by binding_id", shop=shop_id)
    return [BindingState(row.state) for row in rows]


@pytest.mark.clause("EXIT-7")
def test_forcing_throws_the_switch_whose_gates_are_closed_and_freezes_the_funds(database: Database) -> None:
    shop, _ = shop_with_orders(database, "1")
    exit_id = forced(database, shop)
    with transaction(database) as tx:
        leaving = tx.get(Exit, shop.shop_id, exit_id)
        assert (leaving.state, leaving.off_at, leaving.forced_at) == (S.SWITCHING_OFF, OFF_AT, NOON)
        assert leaving.ticket is not None
        assert [hold.exit_id for hold in funds_holds_of(tx, shop.shop_id)] == [exit_id]
        with pytest.raises(Conflict) as no:
            withdraw_funds(tx, shop.shop_id, Money.of("1.00", "CNY"))
        assert no.value.code == "funds.held"
        [told] = tx.rows("select body from events where kind = 'exit.forced'")
        assert '"waived":{"live_grant":2,"open_order":1,"unanswered_order":1}' in told.body
        assert SELLER.name not in told.body
    assert_frozen_as_open(database)


@pytest.mark.clause("EXIT-7")
def test_the_same_exit_without_force_is_blocked(database: Database) -> None:
    shop, exit_id = leaving_shop(database)
    with pytest.raises(Blocked), transaction(database) as tx:
        throw_switch(tx, shop.shop_id, exit_id)


@pytest.mark.clause("EXIT-7")
def test_forcing_twice_changes_nothing_and_what_is_over_is_not_forced(database: Database) -> None:
    shop, _ = shop_with_orders(database, "1")
    exit_id = forced(database, shop)
    later = NOON + timedelta(hours=1)
    with transaction(database, later) as tx:
        assert force_exit(tx, shop.shop_id, exit_id, SELLER).forced_at == NOON
    with transaction(database) as tx:
        assert told_of(tx, shop.shop_id, "exit.forced") == ["exit.forced"]
    with transaction(database, later) as tx:
        withdraw_exit(tx, shop.shop_id, exit_id)
    with pytest.raises(Conflict) as no, transaction(database, later) as tx:
        force_exit(tx, shop.shop_id, exit_id, SELLER)
    assert (no.value.code, no.value.facts) == ("exit.state", {"state": "withdrawn"})


def test_the_platform_says_why_it_forces_an_exit(database: Database) -> None:
    shop, exit_id = leaving_shop(database)
    silent = Force("operator/key:1", "key:1", BY_FORCE, " ", is_operator=True)
    with pytest.raises(Invalid) as no, transaction(database) as tx:
        force_exit(tx, shop.shop_id, exit_id, silent)
    assert no.value.code == "exit.force_note"


@pytest.mark.clause("EXIT-7")
def test_nothing_new_goes_to_a_supplier_and_what_none_was_told_of_goes_back(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=2, local=9)
        set_endpoint(tx, shop.supplier_ids[0], "http://127.0.0.1:9/nobody", bytes(32), allowed=LOOPBACK)
        [unpushed] = accept(tx, shop.shop_id, incoming("1", "S-1"))
    with transaction(database) as tx:
        tx.put("delete from endpoints where supplier_id = :one", one=shop.supplier_ids[0])
        [told] = accept(tx, shop.shop_id, incoming("2", "S-1"))
    exit_id = forced(database, shop)
    with transaction(database) as tx:
        first, waiting = parts_of(tx, shop.shop_id, unpushed)
        assert (first.state, first.reason) == (FulfilmentState.REJECTED, TAKEN_BACK)
        assert (waiting.state, waiting.supplier_id) == (FulfilmentState.WAITING, None)
        assert bindings(tx, shop.shop_id) == [BindingState.ENDING] * 2
        [part] = parts_of(tx, shop.shop_id, told)
        assert part.state == FulfilmentState.PUSHED
    with pytest.raises(Conflict) as no, transaction(database) as tx:
        remedy_fulfilment(tx, shop.shop_id, waiting.fulfilment_id, Action.REROUTE)
    assert no.value.code == "remedy.no_supplier"
    with transaction(database) as tx:
        remedy_fulfilment(tx, shop.shop_id, waiting.fulfilment_id, Action.TAKE_OVER)
    assert run(database, UNBIND) == 1, "at the second supplier nothing is open"
    with transaction(database) as tx:
        assert bindings(tx, shop.shop_id) == [BindingState.ENDING, BindingState.ENDED]
        assert stands(tx, shop.shop_id, exit_id) == S.SWITCHING_OFF
    assert_frozen_as_open(database)


@pytest.mark.clause("EXIT-3", "EXIT-7")
def test_each_letter_takes_effect_with_its_suppliers_last_order_and_the_exit_is_done_with_the_last_fee(
    database: Database,
) -> None:
    shop, [order] = shop_with_orders(database, "1", suppliers=1)
    exit_id = forced(database, shop)
    assert run(database, UNBIND) == 0
    assert run(database, STRIKE, OFF_AT) == 1
    assert run(database, VERIFY, OFF_AT) == 1
    with transaction(database) as tx:
        assert stands(tx, shop.shop_id, exit_id) == S.VERIFYING
        failed = {check.check for check in newest_checks(tx, shop.shop_id, exit_id) if not check.passed}
        assert failed == {"no_grant_works", "nothing_is_open"}
        [part] = parts_of(tx, shop.shop_id, order)

    delivered = OFF_AT + timedelta(hours=6)
    with transaction(database, delivered) as tx:
        bring_to(tx, shop.shop_id, part.fulfilment_id, FulfilmentState.DELIVERED, delivered)
    run_money(database, delivered)
    assert run(database, UNBIND, delivered) == 1
    with transaction(database) as tx:
        [letter] = tx.rows("select signed_at, signed_name, signed_by, factor from letters")
        assert tuple(letter) == (delivered, SELLER.name, SELLER.by, SELLER.factor)
        assert bindings(tx, shop.shop_id) == [BindingState.ENDED]
        [due] = tx.rows("select distinct due_at from charges where state = 20")
    assert (run(database, CLEAR, delivered), run(database, FREE, delivered)) == (0, 0), "fees are open"

    run_money(database, due.due_at)
    assert (run(database, FREE, due.due_at), run(database, CLEAR, due.due_at)) == (1, 0), (
        "a letter is unproven"
    )
    assert run(database, VERIFY, due.due_at) == 1, "its own next try does not pass either"
    prove(database, due.due_at)
    assert run(database, CLEAR, due.due_at) == 1
    with transaction(database) as tx:
        leaving = tx.get(Exit, shop.shop_id, exit_id)
        assert (leaving.state, leaving.ended_at) == (S.DONE, due.due_at)
        assert funds_holds_of(tx, shop.shop_id) == []
    assert run(database, CLEAR, due.due_at) == 0
    assert_frozen_as_open(database)


@pytest.mark.clause("EXIT-7")
def test_a_withdrawal_of_the_exit_takes_back_the_freeze_and_the_letters(database: Database) -> None:
    shop, _ = shop_with_orders(database, "1")
    exit_id = forced(database, shop)
    with transaction(database) as tx:
        withdraw_exit(tx, shop.shop_id, exit_id)
    with transaction(database) as tx:
        assert bindings(tx, shop.shop_id) == [BindingState.ACTIVE] * 2
        assert funds_holds_of(tx, shop.shop_id) == []
        withdraw_funds(tx, shop.shop_id, Money.of("1.00", "CNY"))
        [order] = accept(tx, shop.shop_id, incoming("2", "S-1"))
        assert parts_of(tx, shop.shop_id, order)[0].supplier_id == shop.supplier_ids[0]
    assert run(database, UNBIND) == 0
    assert_frozen_as_open(database)


def test_an_exit_that_has_nothing_open_is_forced_without_a_freeze(database: Database) -> None:
    shop, exit_id = leaving_shop(database, suppliers=1)
    with transaction(database) as tx:
        force_exit(tx, shop.shop_id, exit_id, SELLER)
    with transaction(database) as tx:
        assert funds_holds_of(tx, shop.shop_id) == []
        assert told_of(tx, shop.shop_id, "funds.%") == []
    assert run(database, UNBIND) == 1
    prove(database)
    assert (run(database, STRIKE, OFF_AT), run(database, VERIFY, OFF_AT)) == (1, 1)
    with transaction(database) as tx:
        assert stands(tx, shop.shop_id, exit_id) == S.DONE
    assert_frozen_as_open(database)


@pytest.mark.clause("EXIT-7")
def test_no_withdrawal_slips_in_beside_the_freeze(database: Database) -> None:
    """A dozen shops, each forced by one thread while another takes money out, on real connections."""
    shops = []
    for _ in range(12):
        shop, _ = shop_with_orders(database, "1", suppliers=1)
        with transaction(database) as tx:
            shops.append((shop.shop_id, start_exit(tx, shop.shop_id, "cost").exit_id))
    refused: list[str] = []

    def force() -> None:
        for shop_id, exit_id in shops:
            with transaction(database) as tx:
                force_exit(tx, shop_id, exit_id, SELLER)

    def withdraw() -> None:
        for shop_id, _ in shops:
            for _ in range(5):
                try:
                    with transaction(database) as tx:
                        withdraw_funds(tx, shop_id, Money.of("1.00", "CNY"))
                except Conflict as no:
                    refused.append(no.code)

    run_together(force, withdraw)
    assert set(refused) <= {"funds.held"}
    with transaction(database) as tx:
        late = tx.rows(
            "select w.shop_id from events w join events f on f.shop_id = w.shop_id and f.kind = 'funds.frozen' "
            "where w.kind = 'funds.withdrawn' and w.event_id > f.event_id"
        )
        assert late == []
        for shop_id, _ in shops:
            with pytest.raises(Conflict):
                withdraw_funds(tx, shop_id, Money.of("1.00", "CNY"))
