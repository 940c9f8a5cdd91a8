"""A dispute from its opening to its payment: its clock, its award, its journals, who hears of it."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from andon.kernel.tx import Actor, Tx
from andon.money.disputes.rules import DisputeState
from andon.money.disputes.service import appeal_dispute, give_evidence, open_dispute, withdraw_dispute
from andon.money.disputes.views import case_shown, decision_of, dispute_of
from andon.money.ledger.rules import carrier_account, supplier_account
from andon.money.settlement.service import deposit_funds
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import (
    OPERATOR,
    PRICE,
    balance,
    cny,
    decided,
    dollar_is_worth,
    look,
    opened,
    photo,
    sold,
    stands,
)

S = DisputeState
HOURS_48 = timedelta(hours=48)


def told(tx: Tx[Policy], table: str = "events") -> list[str]:
    kind = "kind" if table == "events" else "kind || ' ' || audience"
    number = "event_id" if table == "events" else "notice_id"
    rows = tx.rows(f"select {kind} as said from {table} where kind like 'dispute.%' order by {number}")
    return [row.said for row in rows]


@pytest.mark.clause("DISP-4")
def test_a_claim_with_evidence_is_escalated_when_nobody_decides_it_in_time(database: Database) -> None:
    order = sold(database)
    number = opened(database, order.claim())
    with transaction(database) as tx:
        assert stands(tx, order.shop.shop_id, number).handle_by is None
    assert look(database, NOON + timedelta(days=30)) == 0, "a claim without evidence has no clock"

    shown_at = NOON + timedelta(hours=1)
    with transaction(database, shown_at, actor=order.seller) as tx:
        give_evidence(tx, order.shop.shop_id, number, [photo()])
        give_evidence(tx, order.shop.shop_id, number, [photo()])
    assert look(database, shown_at + HOURS_48 - timedelta(seconds=1)) == 0
    assert look(database, shown_at + HOURS_48) == 1
    assert look(database, shown_at + HOURS_48) == 0
    with transaction(database) as tx:
        dispute = stands(tx, order.shop.shop_id, number)
        assert (dispute.state, dispute.handle_by, dispute.due_at) == (S.EVIDENCE, shown_at + HOURS_48, None)
        assert (dispute.breaches, dispute.breached_at) == (1, shown_at + HOURS_48)
        assert told(tx) == [
            "dispute.opened", "dispute.evidence_given", "dispute.evidence_given", "dispute.escalated",
        ]  # fmt: skip
        assert told(tx, "notices") == [
            "dispute.opened supplier", "dispute.opened seller", "dispute.opened operator",
            "dispute.escalated seller", "dispute.escalated operator",
        ]  # fmt: skip
    decided(database, number, at=shown_at + timedelta(days=5))
    assert_all_well(database)


@pytest.mark.clause("DISP-2")
def test_what_the_supplier_is_to_pay_is_posted_at_once_and_paid_when_nobody_appeals(
    database: Database,
) -> None:
    order = sold(database)
    shop, supplier = order.shop.shop_id, supplier_account(order.shop.supplier_ids[0])
    number = opened(database, order.claim(amount="20.00"), [photo()])
    decided(database, number)
    assert (balance(database, shop, supplier), balance(database, shop, "shop_funds")) == ("-20.00", "0.00")
    assert balance(database, shop, "dispute_compensation") == "20.00"
    assert look(database, NOON + HOURS_48 - timedelta(seconds=1)) == 0
    assert look(database, NOON + HOURS_48) == 1
    assert balance(database, shop, "shop_funds") == "20.00"
    assert balance(database, shop, "dispute_compensation") == "0.00"
    with transaction(database) as tx:
        dispute = stands(tx, shop, number)
        assert (dispute.state, dispute.payer, dispute.closed_at) == (S.PAID, "supplier", NOON + HOURS_48)
        assert told(tx)[-2:] == ["dispute.decided", "dispute.paid"]
    assert_all_well(database)


@pytest.mark.clause("DISP-3")
def test_delays_of_one_order_are_paid_up_to_five_dollars_in_all(database: Database) -> None:
    order = sold(database)
    dollar_is_worth(database, "7.00")
    shop = order.shop.shop_id
    first, second, third = (
        opened(database, order.claim("delay", "20.00"), [photo(kind="tracking")]) for _ in range(3)
    )
    decided(database, first, amount=cny("20.00"))
    decided(database, second)
    assert balance(database, shop, carrier_account("cainiao")) == "-35.00"
    with pytest.raises(Invalid) as no:
        decided(database, third)
    assert (no.value.code, no.value.facts["most"]) == (
        "dispute.above_cap", {"amount": "0.00", "currency": "CNY"},
    )  # fmt: skip
    # Another clause has its own cap, and the order's value stands over all.
    lost = opened(database, order.claim("lost", "49.90"), [photo(kind="tracking")])
    decided(database, lost)
    with transaction(database) as tx:
        found = decision_of(tx, stands(tx, shop, lost))
        assert found is not None
        assert (found.clause, found.awarded_minor) == ("DISP-6", 1490)
    assert balance(database, shop, carrier_account("cainiao")) == "-49.90"
    assert_all_well(database)


def test_a_delay_cannot_be_decided_before_there_is_a_rate_of_its_day(database: Database) -> None:
    order = sold(database)
    number = opened(database, order.claim("delay"), [photo(kind="tracking")])
    with transaction(database) as tx:
        shown = case_shown(tx, dispute_of(tx, order.shop.shop_id, number))
        assert (shown.liability.payer, shown.liability.cap) == ("carrier", None)
    with pytest.raises(Invalid, match=r"rates\.unknown"):
        decided(database, number)
    dollar_is_worth(database, "6.9999")
    decided(database, number)
    assert balance(database, order.shop.shop_id, carrier_account("cainiao")) == "-20.00"
    with transaction(database) as tx:
        cap = case_shown(tx, dispute_of(tx, order.shop.shop_id, number)).liability.cap
        assert cap is not None
        assert cap.amount == "35.00", "half-even to the fen: 34.9995"


@pytest.mark.clause("DISP-5")
def test_the_seller_pays_the_buyer_for_its_own_fault_out_of_its_funds(database: Database) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    with transaction(database) as tx:
        deposit_funds(tx, shop, cny("5.00"))
    claim = order.claim("wrong_item", "20.00")
    number = opened(database, claim, actor=Actor("channel", "demo"))
    with pytest.raises(Conflict, match=r"dispute\.no_fault_shown"):
        decided(database, number, payer="seller")
    with transaction(database, actor=OPERATOR) as tx:
        give_evidence(tx, shop, number, [photo("wrong_listing", "listing")])
    decided(database, number)
    with transaction(database) as tx:
        assert stands(tx, shop, number).payer == "seller"
    assert balance(database, shop, "shop_funds") == "5.00", "nothing is taken while it may appeal"
    assert look(database, NOON + HOURS_48) == 1
    assert balance(database, shop, "external") == "15.00", "5 came in, 20 went to the buyer"
    assert balance(database, shop, "suspense") == "-20.00", (
        "what it owes is taken of its funds by the settlement"
    )
    assert_all_well(database)


@pytest.mark.clause("DISP-5")
def test_where_no_fault_is_shown_the_operator_says_who_pays(database: Database) -> None:
    order = sold(database)
    number = opened(database, order.claim("other"), [photo(kind="message")])
    with pytest.raises(Conflict, match=r"dispute\.payer_needed"):
        decided(database, number)
    decided(database, number, payer="carrier", outcome="partial", amount=cny("3.00"))
    with transaction(database) as tx:
        found = decision_of(tx, stands(tx, order.shop.shop_id, number))
        assert found is not None
        assert (found.payer, found.clause, found.awarded_minor) == ("carrier", "DISP-5", 300)


def test_an_appeal_has_it_decided_anew_and_only_the_second_decision_is_in_force(database: Database) -> None:
    order = sold(database)
    shop, supplier = order.shop.shop_id, supplier_account(order.shop.supplier_ids[0])
    number = opened(database, order.claim(amount="20.00"), [photo()])
    decided(database, number)
    appealed_at = NOON + HOURS_48 - timedelta(seconds=1)
    with transaction(database, appealed_at, actor=order.seller) as tx:
        dispute = appeal_dispute(tx, shop, number, "金额有误")
        assert (dispute.state, dispute.handle_by) == (S.EVIDENCE, appealed_at + HOURS_48)
    assert balance(database, shop, supplier) == "-20.00", "the first stays in force until the second"
    assert look(database, NOON + HOURS_48) == 0, "its payment is put off"
    decided(database, number, at=appealed_at, outcome="partial", amount=cny("8.00"))
    assert (balance(database, shop, supplier), balance(database, shop, "dispute_compensation")) == (
        "-8.00", "8.00",
    )  # fmt: skip
    with (
        transaction(database, appealed_at, actor=order.seller) as tx,
        pytest.raises(Conflict, match=r"dispute\.appealed"),
    ):
        appeal_dispute(tx, shop, number, "再次申诉")
    assert look(database, appealed_at + HOURS_48) == 1
    assert balance(database, shop, "shop_funds") == "8.00"
    with transaction(database) as tx:
        case = case_shown(tx, dispute_of(tx, shop, number))
        assert [(each.round, each.reversed) for each in case.decisions] == [(1, True), (2, False)]
    assert_all_well(database)


def test_what_was_rejected_is_closed_and_what_is_over_is_not_touched_again(database: Database) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    number = opened(database, order.claim())
    decided(database, number, outcome="rejected")
    assert look(database, NOON + HOURS_48) == 1
    with transaction(database, actor=order.seller) as tx:
        assert stands(tx, shop, number).state == S.CLOSED
        for act in (
            lambda: withdraw_dispute(tx, shop, number),
            lambda: give_evidence(tx, shop, number, [photo()]),
        ):
            with pytest.raises(Conflict, match=r"dispute\.state"), tx.undone_by(Conflict):
                act()
    with pytest.raises(Conflict, match=r"dispute\.state"):
        decided(database, number)
    assert_all_well(database)


def test_who_opened_a_dispute_withdraws_it_and_nobody_else(database: Database) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    number = opened(database, order.claim(), [photo()])
    for other in (OPERATOR, Actor("channel", "demo")):
        with transaction(database, actor=other) as tx, pytest.raises(Forbidden, match=r"dispute\.not_opener"):
            withdraw_dispute(tx, shop, number)
    for _ in range(2):
        with transaction(database, actor=order.seller) as tx:
            assert withdraw_dispute(tx, shop, number).state == S.WITHDRAWN
    assert look(database, NOON + timedelta(days=9)) == 0
    with transaction(database) as tx:
        assert told(tx).count("dispute.withdrawn") == 1
    assert_all_well(database)


def test_what_was_decided_first_is_taken_back_where_the_appeal_ends_in_a_withdrawal(
    database: Database,
) -> None:
    order = sold(database)
    shop = order.shop.shop_id
    number = opened(database, order.claim(), [photo()])
    decided(database, number)
    with transaction(database, actor=order.seller) as tx:
        appeal_dispute(tx, shop, number, "不再主张")
    with transaction(database, actor=order.seller) as tx:
        withdraw_dispute(tx, shop, number)
    assert balance(database, shop, supplier_account(order.shop.supplier_ids[0])) == "0.00"
    assert balance(database, shop, "dispute_compensation") == "0.00"
    assert_all_well(database)


def test_what_is_not_the_orders_is_refused(database: Database) -> None:
    order, other = sold(database), sold(database, "OTHER")
    for claim, refusal, code in (
        (order.claim(order_id=other.order_id), NotFound, "order.not_found"),
        (order.claim(fulfilment_id=other.fulfilment_id), Invalid, "dispute.fulfilment"),
        (order.claim(charges=(4711,)), Invalid, "dispute.charge"),
        (order.claim(amount="0.00"), Invalid, "dispute.claim"),
    ):
        with transaction(database, actor=order.seller) as tx, pytest.raises(refusal) as no:
            open_dispute(tx, claim)
        assert no.value.code == code


def test_the_value_of_an_order_bounds_all_its_disputes(database: Database) -> None:
    order = sold(database)
    numbers = [opened(database, order.claim(amount="49.90"), [photo()]) for _ in range(2)]
    decided(database, numbers[0], amount=cny("40.00"))
    decided(database, numbers[1])
    account = supplier_account(order.shop.supplier_ids[0])
    assert balance(database, order.shop.shop_id, account) == f"-{PRICE.amount}"
    assert_all_well(database)
