"""Why a charge is unsettled: what stands behind the reason, and deliveries that are later than usual. Source: FEE-5."""

from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.tx import Actor
from andon.money.charges.views import ChargeSeen, list_charges
from andon.money.settlement.service import deposit_funds
from andon.money.transits.service import ENOUGH
from andon.money.transits.station import LEARN
from andon.orders.order.rules import FulfilmentState
from tests.worlds import NOON, transaction
from tests.worlds_disputes import HANDLED, cny, opened, photo, sold
from tests.worlds_money import DELIVERED, DUE, Sent, a_settled_world, a_shop, an_order, orders, run_money

DAY = timedelta(days=1)


def seen(database: Database, shop_id: int, at: timedelta, **asked: Any) -> list[ChargeSeen]:
    with transaction(database, NOON + at) as tx:
        return list_charges(tx, shop_id, limit=200, **asked)


def delivered(days: float) -> Sent:
    return Sent(FulfilmentState.COMPLETED, NOON, NOON + days * DAY)


def learn(database: Database, at: timedelta) -> int:
    with transaction(database, NOON + at) as tx:
        return LEARN.step(tx, 1)


@pytest.mark.clause("FEE-5")
def test_each_reason_shows_the_parcel_and_its_last_scan_or_the_due_instant_or_the_funds_that_lack(
    database: Database,
) -> None:
    world = a_settled_world(database, deposit="31.00")
    by_order = {(each.order_id, each.kind): each for each in seen(database, world.shop_id, DUE - NOON)}
    waiting = by_order[world.orders["shipped"], "freight"]
    assert (waiting.reason, waiting.evidence.waybill, waiting.evidence.status, waiting.evidence.last_scan_at) == (
        "no_delivery_evidence", "W-shipped", "collected", NOON,
    )  # fmt: skip
    assert waiting.evidence.missing is None
    # Six charges were due of 62.60; oldest first the funds went to as many as they covered.
    due = [each for each in by_order.values() if each.reason == "not_enough_funds"]
    assert due
    assert {each.due_at for each in due} == {DUE}
    assert all(each.evidence.delivered_at == DELIVERED for each in due)
    missing = sorted(each.evidence.missing.minor for each in due if each.evidence.missing)
    assert len(missing) == len(due)
    assert missing[-1] == 6260 - 3100
    assert missing == sorted(set(missing))


@pytest.mark.clause("FEE-5")
def test_a_delivery_is_late_once_the_lines_promise_is_over_while_there_is_little_history(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        an_order(tx, shop, Sent())
        orders(tx, shop, [[delivered(2)] for _ in range(ENOUGH - 1)])
    run_money(database, NOON)
    assert learn(database, 5 * DAY) == 1
    promised = timedelta(days=10)
    assert not any(each.evidence_late for each in seen(database, shop, promised - timedelta(seconds=1)))
    late = seen(database, shop, promised, evidence_late=True)
    assert {(each.kind, each.next_at, each.evidence_late) for each in late} == {
        (kind, NOON + promised, True) for kind in ("handling", "warehouse", "freight")
    }
    assert seen(database, shop, promised - timedelta(seconds=1), evidence_late=True) == []
    others = {each.charge_id for each in seen(database, shop, promised, evidence_late=False)}
    assert not others & {each.charge_id for each in late}


@pytest.mark.clause("FEE-5")
def test_usual_is_what_nine_of_ten_took_on_that_line_to_that_country_whichever_shop_they_were_of(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop, other = a_shop(tx), a_shop(tx)
        an_order(tx, shop, Sent())
        an_order(tx, shop, Sent(), country="FR")
        orders(tx, other, [[delivered(1 + n / 10)] for n in range(40)])
        # Neither another line's nor what was long ago counts.
        orders(tx, other, [[Sent(FulfilmentState.COMPLETED, NOON, NOON + 4 * DAY, line="cainiao_standard")]
                           for _ in range(40)])  # fmt: skip
        old = NOON - 120 * DAY
        orders(tx, other, [[Sent(FulfilmentState.COMPLETED, old, old + 20 * DAY)] for _ in range(400)])
    run_money(database, NOON)
    assert learn(database, 6 * DAY) == 1
    # The 36th of 40: 1 + 35 / 10 days.
    usual = timedelta(days=4.5)
    assert {each.evidence.expected_at - NOON for each in seen(database, shop, DAY) if each.evidence.expected_at} == {
        usual, timedelta(days=10),
    }  # fmt: skip
    assert len(seen(database, shop, usual, evidence_late=True)) == 3
    with transaction(database, NOON, actor=Actor("shop", shop)) as tx:
        [row] = tx.rows("select line, country, fulfilments from usual_transits where line = 'cainiao_jit'")
        assert tuple(row) == ("cainiao_jit", "ES", 40)


def test_usual_times_are_worked_out_once_a_day_and_what_has_become_rare_is_forgotten(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        orders(tx, shop, [[delivered(2)] for _ in range(ENOUGH)])
    assert (learn(database, 3 * DAY), learn(database, 3 * DAY + timedelta(hours=23))) == (1, 0)
    with transaction(database) as tx:
        assert [row.seconds for row in tx.rows("select seconds from usual_transits")] == [2 * 86_400]
    assert learn(database, 100 * DAY) == 1
    with transaction(database) as tx:
        assert tx.rows("select * from usual_transits") == []


@pytest.mark.clause("FEE-5")
def test_a_disputed_charge_names_its_dispute_and_until_when_that_is_decided(database: Database) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    with transaction(database) as tx:
        deposit_funds(tx, shop, cny("0.50"))
    run_money(database, NOON)
    handling, warehouse, freight = sorted(seen(database, shop, DAY), key=lambda each: each.amount.minor)
    number = opened(
        database, order.claim(amount="0.00", charges=(handling.charge_id, warehouse.charge_id)), [photo()]
    )
    shown = {each.charge_id: each for each in seen(database, shop, timedelta())}
    for each in (shown[handling.charge_id], shown[warehouse.charge_id]):
        assert (each.reason, each.next_at, each.evidence.dispute_id) == ("in_dispute", NOON + HANDLED, number)
    # The funds are enough for the smaller of the two.
    assert shown[handling.charge_id].secured_at == NOON
    assert shown[warehouse.charge_id].secured_at is None
    assert (shown[freight.charge_id].reason, shown[freight.charge_id].evidence.dispute_id) == (
        "not_yet_due",
        None,
    )
