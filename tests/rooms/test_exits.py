"""An exit: started, looked at, thrown, withdrawn; what each writes, and what it refuses."""

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import EnrolmentState
from andon.membership.enrolment.views import enrolment_of
from andon.membership.exits.rules import Blocked, ExitState, is_ticket
from andon.membership.exits.service import start_exit, throw_switch, withdraw_exit
from andon.membership.exits.station import leave_steps
from andon.membership.exits.tables import Exit
from andon.orders.order.rules import FulfilmentState
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import edit_products
from andon.partners.plans.service import put_plan
from andon.partners.plans.views import plan_of
from andon.partners.shops.tables import Shop
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import DAY, OFF_AT, leaving_shop, stands, thrown_exit, told_of, unbind
from tests.worlds_orders import accept, bring_to, incoming, part_of
from tests.worlds_partners import PLAN, a_shop, bind, open_demo_shop

S = ExitState


def modes_of(tx: Tx[Policy], shop_id: int) -> dict[str, Mode]:
    return {
        row.sku: Mode(row.mode)
        for row in tx.rows("select sku, mode from products where shop_id = :shop", shop=shop_id)
    }


@pytest.mark.clause("EXIT-1")
def test_starting_closes_the_intake_and_leaves_modes_and_plan_as_they_are(database: Database):
    shop, exit_id = leaving_shop(database, local=5)
    with transaction(database) as tx:
        assert not tx.get(Shop, shop.shop_id).jit_intake_open
        assert tx.get(Shop, shop.shop_id).jit_offered
        assert set(modes_of(tx, shop.shop_id).values()) == {Mode.JIT}
        assert plan_of(tx, shop.shop_id) == list(PLAN)
        enrolment = enrolment_of(tx, shop.shop_id)
        assert enrolment is not None
        assert enrolment.state == EnrolmentState.LEAVING
        assert tx.get(Exit, shop.shop_id, exit_id).before == {
            "intake_open": True,
            "jit_skus": ["S-1", "S-2"],
            "plan": list(PLAN),
        }
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        assert part_of(tx, shop.shop_id, order).mode == Mode.STANDARD
    with transaction(database) as tx:
        assert told_of(tx, shop.shop_id) == ["exit.started", "exit.unbinding"]
        assert told_of(tx, shop.shop_id, "enrolment.%")[-1] == "enrolment.leaving"
        assert told_of(tx, shop.shop_id, "shop.jit_intake%")[-1] == "shop.jit_intake_closed"


def test_an_exit_runs_alone_and_only_a_shop_in_jit_has_one(database: Database):
    shop, exit_id = leaving_shop(database)
    with transaction(database) as tx, pytest.raises(Conflict) as refused:
        start_exit(tx, shop.shop_id, "cost")
    assert (refused.value.code, refused.value.facts) == ("exit.running", {"exit_id": exit_id})
    with transaction(database) as tx:
        never = a_shop(tx)
    with transaction(database) as tx, pytest.raises(Conflict, match=r"exit\.not_joined"):
        start_exit(tx, never, "cost")
    with transaction(database) as tx, pytest.raises(NotFound, match=r"exit\.not_found"):
        throw_switch(tx, shop.shop_id, exit_id + 1)


@pytest.mark.clause("EXIT-1", "EXIT-3")
def test_a_closed_gate_names_every_blocker_and_changes_nothing(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
    with transaction(database) as tx:
        exit_id = start_exit(tx, shop.shop_id, "strategy").exit_id
    with transaction(database) as tx, pytest.raises(Blocked) as refused:
        throw_switch(tx, shop.shop_id, exit_id)
    assert refused.value.clause == "EXIT-1"
    assert refused.value.facts["blocker_counts"] == {"open_order": 1, "unanswered_order": 1, "live_grant": 2}
    first = refused.value.facts["blockers"][0]
    assert first["object"] == {
        "kind": "fulfilment",
        "id": number,
        "order_id": order,
        "supplier_id": shop.supplier_ids[0],
    }
    assert (first["owner"], first["since"]) == ("supplier", "2026-03-02T04:00:00Z")
    with transaction(database) as tx:
        assert stands(tx, shop.shop_id, exit_id) is S.DRAINING
        assert tx.get(Exit, shop.shop_id, exit_id).ticket is None


@pytest.mark.clause("EXIT-4", "EXIT-5")
def test_the_switch_strikes_a_day_later_under_a_ticket_and_throwing_it_again_changes_nothing(
    database: Database,
):
    shop, exit_id = thrown_exit(database)
    with transaction(database) as tx:
        leaving = tx.get(Exit, shop.shop_id, exit_id)
        assert (leaving.state, leaving.off_at, leaving.due_at) == (S.SWITCHING_OFF, OFF_AT, OFF_AT)
        assert leaving.ticket is not None
        assert is_ticket(leaving.ticket)
        ticket = leaving.ticket
        [notice] = tx.rows("select audience, facts from notices where kind = 'exit.switch_thrown'")
        assert (notice.audience, notice.facts["ticket"], notice.facts["hours"]) == ("seller", ticket, 24)
    with transaction(database, NOON + DAY / 2) as tx:
        again = throw_switch(tx, shop.shop_id, exit_id)
        assert (again.ticket, again.off_at) == (ticket, OFF_AT)
    with transaction(database) as tx:
        assert told_of(tx, shop.shop_id).count("exit.switch_thrown") == 1


@pytest.mark.clause("EXIT-4")
def test_withdrawing_puts_intake_modes_and_plan_back_also_in_the_countdown(database: Database):
    shop, exit_id = thrown_exit(database)
    with transaction(database) as tx:
        edit_products(tx, shop.shop_id, ["S-2"], Mode.STANDARD)
        put_plan(tx, shop.shop_id, ["cainiao_standard"])
    with transaction(database, OFF_AT - DAY / 24) as tx:
        withdraw_exit(tx, shop.shop_id, exit_id)
    with transaction(database, OFF_AT) as tx:
        assert stands(tx, shop.shop_id, exit_id) is S.WITHDRAWN
        assert tx.get(Shop, shop.shop_id).jit_intake_open
        assert set(modes_of(tx, shop.shop_id).values()) == {Mode.JIT}
        assert plan_of(tx, shop.shop_id) == list(PLAN)
        enrolment = enrolment_of(tx, shop.shop_id)
        assert enrolment is not None
        assert (enrolment.state, enrolment.number) == (EnrolmentState.ON, 1)
        assert tx.rows("select count(*) from bindings where state < 80")[0][0] == 0
        assert withdraw_exit(tx, shop.shop_id, exit_id).state == S.WITHDRAWN
    with transaction(database) as tx:
        assert told_of(tx, shop.shop_id)[-1] == "exit.withdrawn"
    with transaction(database) as tx:
        assert start_exit(tx, shop.shop_id, "other").exit_id != exit_id
    assert_all_well(database)


@pytest.mark.clause("EXIT-4")
def test_what_has_struck_is_not_withdrawn_also_before_the_line_has_come_to_it(database: Database):
    shop, exit_id = thrown_exit(database)
    with transaction(database, OFF_AT) as tx, pytest.raises(Conflict, match=r"exit\.struck"):
        withdraw_exit(tx, shop.shop_id, exit_id)


@pytest.mark.clause("EXIT-2")
def test_a_step_is_reached_when_what_held_it_is_gone_and_never_left_again(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
    with transaction(database) as tx:
        exit_id = start_exit(tx, shop.shop_id, "strategy").exit_id
    assert move_on(database) == 0
    with transaction(database) as tx:
        bring_to(tx, shop.shop_id, number, FulfilmentState.DELIVERED)
    assert move_on(database) == 1
    with transaction(database) as tx:
        assert stands(tx, shop.shop_id, exit_id) is S.UNBINDING
    assert move_on(database) == 0
    unbind(database, shop.shop_id)
    assert move_on(database) == 1
    assert move_on(database) == 0
    with transaction(database) as tx, pytest.raises(Blocked) as refused:
        throw_switch(tx, shop.shop_id, exit_id)
    assert refused.value.facts["blocker_counts"] == {"unsettled_fee": 1}
    assert refused.value.clause == "EXIT-2"
    with transaction(database) as tx:
        bind(tx, shop.shop_id, shop.supplier_ids[:1])
    with transaction(database) as tx:
        assert stands(tx, shop.shop_id, exit_id) is S.SWITCHING_OFF
        assert told_of(tx, shop.shop_id) == ["exit.started", "exit.unbinding", "exit.switching_off"]


def move_on(database: Database) -> int:
    with transaction(database) as tx:
        return leave_steps(tx, 1)
