"""The strike of the switch, and what is verified after it: checks that are run for real, and recorded."""

import pytest
from sqlalchemy import text

from andon.kernel.db import Database
from andon.membership.enrolment.rules import EnrolmentState
from andon.membership.enrolment.service import join_jit
from andon.membership.enrolment.views import enrolment_of
from andon.membership.exits.rules import CHECK_WORDS, ExitState
from andon.membership.exits.service import start_exit, strike, verify_exit
from andon.membership.exits.service.checking import CHECKS
from andon.membership.exits.station import VERIFY, strike_due, verify_due
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import newest_checks
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.partners.catalog.rules import Mode
from andon.partners.plans.views import plan_of
from andon.partners.shops.tables import Shop
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import DAY, OFF_AT, done_exit, stands, struck_exit, thrown_exit, told_of, unbind
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import bind
from tests.worlds_standing import make_ready

S = ExitState


@pytest.mark.clause("EXIT-4")
def test_the_switch_strikes_at_its_instant_and_not_before_and_takes_modes_and_plan_with_it(
    database: Database,
):
    shop, exit_id = thrown_exit(database)
    with transaction(database, OFF_AT - DAY / 24) as tx:
        assert strike_due(tx, 1) == 0
        assert strike(tx, shop.shop_id, exit_id).state == S.SWITCHING_OFF
    with transaction(database, OFF_AT) as tx:
        assert strike_due(tx, 1) == 1
    with transaction(database, OFF_AT) as tx:
        assert strike_due(tx, 1) == 0
        assert stands(tx, shop.shop_id, exit_id) is S.VERIFYING
        assert not tx.get(Shop, shop.shop_id).jit_offered
        assert tx.rows("select count(*) from products where mode = 2")[0][0] == 0
        assert plan_of(tx, shop.shop_id) == ["cainiao_standard"]
        assert told_of(tx, shop.shop_id)[-2:] == ["exit.switch_thrown", "exit.switched_off"]


@pytest.mark.clause("EXIT-6", "MODE-7")
def test_every_check_is_run_recorded_with_evidence_and_ends_the_membership(database: Database):
    shop, exit_id = struck_exit(database)
    with transaction(database, OFF_AT) as tx:
        assert verify_due(tx, 1) == 1
    with transaction(database, OFF_AT) as tx:
        leaving = tx.get(Exit, shop.shop_id, exit_id)
        assert (leaving.state, leaving.ended_at, leaving.due_at) == (S.DONE, OFF_AT, OFF_AT)
        checks = {check.check: check for check in newest_checks(tx, shop.shop_id, exit_id)}
        assert list(checks) == list(CHECKS) == list(CHECK_WORDS)
        assert all(check.passed and not check.put_right for check in checks.values())
        assert checks["jit_mode_is_refused"].evidence == {"sku": "S-1", "answer": "product.jit_not_offered"}
        assert checks["new_listing_is_standard"].evidence["answers"] == {
            "unsaid": "standard",
            "jit": "product.jit_not_offered",
        }
        assert checks["jit_line_is_refused"].evidence["answers"]["cainiao_jit"] == "plan.jit_not_offered"
        suppliers = checks["no_grant_works"].evidence["suppliers"]
        assert [each["supplier_id"] for each in suppliers] == list(shop.supplier_ids)
        assert not any(each["reaches_shop"] or each["live_grants"] for each in suppliers)
        enrolment = enrolment_of(tx, shop.shop_id)
        assert enrolment is not None
        assert (enrolment.state, enrolment.ended_at) == (EnrolmentState.OFF, OFF_AT)
        assert told_of(tx, shop.shop_id)[-1] == "exit.done"
        assert told_of(tx, shop.shop_id, "enrolment.%")[-1] == "enrolment.off"


@pytest.mark.clause("EXIT-6")
def test_what_a_check_tries_leaves_nothing_behind(database: Database):
    shop, _ = done_exit(database)
    with transaction(database) as tx:
        assert tx.rows("select array_agg(sku order by sku) from products")[0][0] == ["S-1", "S-2"]
        assert plan_of(tx, shop.shop_id) == ["cainiao_standard"]
        told = tx.rows("select count(*) from events where body like '%exit-%-check%'")
        assert told[0][0] == 0


@pytest.mark.clause("EXIT-6")
def test_what_was_left_over_is_taken_away_and_recorded_as_put_right(database: Database):
    shop, exit_id = struck_exit(database)
    with database.owner.begin() as owner:
        owner.exec_driver_sql("update products set mode = 2 where sku = 'S-1'")
        owner.exec_driver_sql(
            f"insert into plan_lines (shop_id, line, precedence) values ({shop.shop_id}, 'cainiao_jit', 9)"
        )
        owner.exec_driver_sql("update shops set jit_offered = true, jit_intake_open = true")
    with transaction(database, OFF_AT) as tx:
        assert verify_exit(tx, shop.shop_id, exit_id).state == S.DONE
    with transaction(database, OFF_AT) as tx:
        checks = newest_checks(tx, shop.shop_id, exit_id)
        assert [check.check for check in checks if check.put_right] == list(CHECKS)[:4]
        assert checks[2].evidence == {"left_over": 1, "skus": ["S-1"]}
        assert told_of(tx, shop.shop_id).count("exit.put_right") == 4
        assert tx.rows("select count(*) from products where mode = 2")[0][0] == 0
        assert plan_of(tx, shop.shop_id) == ["cainiao_standard"]


@pytest.mark.clause("EXIT-6")
def test_a_grant_that_came_back_keeps_the_exit_from_being_done_until_it_is_gone(database: Database):
    shop, exit_id = struck_exit(database)
    with transaction(database, OFF_AT) as tx:
        bind(tx, shop.shop_id, shop.supplier_ids[:1])
    for hour in (0, 1):
        with transaction(database, OFF_AT + hour * DAY / 24) as tx:
            leaving = verify_exit(tx, shop.shop_id, exit_id)
            assert leaving.state == S.VERIFYING
            assert leaving.due_at is not None
            assert leaving.due_at > tx.now
    with transaction(database, OFF_AT) as tx:
        failed = [check.check for check in newest_checks(tx, shop.shop_id, exit_id) if not check.passed]
        assert failed == ["no_grant_works", "nothing_is_open"]
        assert told_of(tx, shop.shop_id).count("exit.check_failed") == 1, "once for the same fault"
        notices = tx.rows("select audience from notices where kind = 'exit.check_failed' order by audience")
        assert [row.audience for row in notices] == ["operator", "seller"]
        enrolment = enrolment_of(tx, shop.shop_id)
        assert enrolment is not None
        assert enrolment.state == EnrolmentState.LEAVING
    unbind(database, shop.shop_id, OFF_AT + DAY)
    with transaction(database, OFF_AT + DAY) as tx:
        assert verify_exit(tx, shop.shop_id, exit_id).state == S.DONE


@pytest.mark.clause("EXIT-6")
def test_what_a_letter_has_closed_is_tried_before_its_exit_is_verified(database: Database):
    struck_exit(database)
    for again_at, verified in ((OFF_AT, 0), (OFF_AT + DAY, 1)):
        with database.owner.begin() as owner:
            owner.execute(text("update letters set due_at = :at"), {"at": again_at})
            [due] = owner.exec_driver_sql(VERIFY.due).scalars().all() or [None]
        assert due == (OFF_AT if verified else None)
        with transaction(database, OFF_AT) as tx:
            assert verify_due(tx, 1) == verified


@pytest.mark.clause("EXIT-4")
def test_orders_of_the_countdown_go_the_standard_way(database: Database):
    shop, _ = thrown_exit(database, local=5)
    with transaction(database, OFF_AT - DAY / 2) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", placed_at=OFF_AT - DAY / 2))
        assert part_of(tx, shop.shop_id, order).mode == Mode.STANDARD


def test_a_shop_that_left_joins_again_as_a_new_membership_and_leaves_again(database: Database):
    shop, first = done_exit(database)
    with transaction(database, OFF_AT) as tx:
        make_ready(tx, shop.shop_id, shop.supplier_ids)
    with transaction(database, OFF_AT) as tx:
        assert join_jit(tx, shop.shop_id, "key:1").number == 2
        seen = tx.get(Shop, shop.shop_id)
        assert (seen.jit_offered, seen.jit_intake_open) == (True, True)
    with transaction(database, OFF_AT) as tx:
        again = start_exit(tx, shop.shop_id, "cost")
        assert (again.enrolment, again.state) == (2, S.UNBINDING)
        assert again.exit_id != first
    assert_all_well(database)


def test_scans_that_come_after_the_end_are_taken_and_change_no_exit(database: Database):
    shop, exit_id = done_exit(database, local=5)
    with transaction(database, OFF_AT) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", placed_at=OFF_AT))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
        assert move_fulfilments(tx, [Move(shop.shop_id, number, OFF_AT)], FulfilmentState.PICKED)
    with transaction(database, OFF_AT) as tx:
        assert stands(tx, shop.shop_id, exit_id) is S.DONE
