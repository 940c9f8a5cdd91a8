"""The gates of an exit, its steps, its tickets: facts in, blockers out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.membership.exits.rules import (
    CHANCES,
    CLAUSES,
    MOST_LISTED,
    Blocked,
    ExitState,
    Facts,
    LiveBinding,
    OpenCharge,
    OpenPart,
    Uncharged,
    Uncounted,
    blockers_of,
    check_gates,
    counts_of,
    evidence_line,
    is_ticket,
    state_reached,
    ticket_of,
    told,
    verify_again_at,
)
from andon.money.charges.rules import ChargeState
from andon.orders.order.rules import Flag, FulfilmentState

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NONE = Flag(0)
F, C, S = FulfilmentState, ChargeState, ExitState


def part(state: FulfilmentState, flags: Flag = NONE, number: int = 7, **changes: Any) -> OpenPart:
    facts: dict[str, Any] = {
        "order_id": 3,
        "supplier_id": None if state is F.WAITING else 5,
        "reserved_at": NOON,
        "pushed_at": None if state < F.PUSHED else NOON + HOUR,
        "shipped_at": None if state < F.SHIPPED else NOON + 2 * HOUR,
        "answer_due_at": NOON + 25 * HOUR if state is F.PUSHED else None,
        "cancel_asked_at": None,
    }
    return OpenPart(fulfilment_id=number, state=state, flags=flags, **(facts | changes))


def charge(
    state: ChargeState, due_at: datetime | None = None, settle_at: datetime | None = None
) -> OpenCharge:
    return OpenCharge(9, 3, 7, state, NOON, due_at, settle_at)


def facts(**open_: Sequence[Any]) -> Facts:
    return Facts(1, NOON + 30 * HOUR, "Asia/Shanghai", **open_)


@pytest.mark.clause("EXIT-1")
@pytest.mark.parametrize(
    ("open_part", "wanted"),
    [
        (part(F.WAITING), [("open_order", "seller", "POST /v1/shops/1/fulfilments/7/remedy")]),
        (part(F.RESERVED), [("open_order", "supplier", "POST /v1/supplier/fulfilments/7/accept")]),
        (
            part(F.PUSHED),
            [
                ("open_order", "supplier", "POST /v1/supplier/fulfilments/7/accept"),
                ("unanswered_order", "supplier", "POST /v1/supplier/fulfilments/7/accept"),
            ],
        ),
        (part(F.PICKED), [("open_order", "supplier", "POST /v1/supplier/fulfilments/7/labelled")]),
        (
            part(F.LABELLED, Flag.STUCK),
            [
                ("open_order", "supplier", "POST /v1/supplier/fulfilments/7/shipped"),
                ("stuck_order", "seller", "POST /v1/shops/1/fulfilments/7/remedy"),
            ],
        ),
        (
            part(F.SHIPPED, Flag.STALE),
            [
                ("open_order", "carrier", "POST /v1/carriers/{carrier}/scans"),
                ("stale_parcel", "carrier", "POST /v1/carriers/{carrier}/scans"),
            ],
        ),
        (
            part(F.ACCEPTED, cancel_asked_at=NOON + HOUR),
            [
                ("open_order", "supplier", "POST /v1/supplier/fulfilments/7/labelled"),
                ("open_cancellation", "supplier", "POST /v1/supplier/fulfilments/7/cancellation"),
            ],
        ),
        (part(F.PICKED, Flag.HELD), [("open_order", "seller", "POST /v1/shops/1/orders/3/release")]),
    ],
)
def test_an_open_order_says_whose_matter_it_is_and_the_call_that_clears_it(
    open_part: OpenPart, wanted: list[tuple[str, str, str]]
):
    found = blockers_of(facts(parts=[open_part]))
    assert [(each.code, each.owner, each.remedy.call) for each in found] == wanted
    assert all(each.blocking and each.object["id"] == 7 for each in found)


def test_an_answer_is_expected_on_the_day_of_its_deadline_in_the_policys_zone():
    late = part(F.PUSHED, answer_due_at=datetime(2026, 3, 3, 16, 30, tzinfo=UTC))
    assert [each.expected_on for each in blockers_of(facts(parts=[late]))] == [None, date(2026, 3, 4)]


@pytest.mark.clause("EXIT-2")
@pytest.mark.parametrize(
    ("open_charge", "wanted"),
    [
        (charge(C.PROVISIONAL), ("fee_without_delivery_evidence", "carrier", "no_delivery_evidence", None)),
        (charge(C.DUE, NOON + 60 * HOUR), ("unsettled_fee", "platform", "not_yet_due", date(2026, 3, 5))),
        (charge(C.DUE, NOON), ("unsettled_fee", "seller", "not_enough_funds", None)),
        (charge(C.DISPUTED, NOON), ("unsettled_fee", "seller", "in_dispute", None)),
    ],
)
def test_a_fee_says_why_it_is_not_settled(open_charge: OpenCharge, wanted: tuple[Any, ...]):
    [found] = blockers_of(facts(charges=[open_charge]))
    assert (found.code, found.owner, found.object["reason"], found.expected_on) == wanted


@pytest.mark.clause("EXIT-2")
def test_a_disputed_fee_that_is_held_is_told_and_closes_no_gate():
    held = facts(charges=[replace(charge(C.DISPUTED, NOON), secured=True)])
    [found] = blockers_of(held)
    assert (found.code, found.blocking, found.owner, found.remedy.call) == (
        "secured_fee",
        False,
        "platform",
        None,
    )
    assert counts_of(held) == {"secured_fee": 1}
    check_gates(held)


@pytest.mark.clause("EXIT-2")
def test_what_a_seller_can_do_about_a_fee_is_a_call():
    calls = [
        blockers_of(facts(charges=[open_charge]))[0].remedy.call
        for open_charge in (charge(C.DUE, NOON + 60 * HOUR), charge(C.DUE, NOON), charge(C.DISPUTED, NOON))
    ]
    assert calls == [
        "POST /v1/shops/1/charges/settle_early",
        "POST /v1/shops/1/funds/deposits",
        "POST /v1/shops/1/funds/deposits",
    ]


@pytest.mark.clause("EXIT-2")
def test_what_has_ended_and_is_not_charged_yet_is_an_unsettled_fee():
    ended = facts(uncharged=[Uncharged(7, 3, NOON)])
    [found] = blockers_of(ended)
    assert (found.code, found.owner, found.remedy.call) == ("unsettled_fee", "platform", None)
    assert counts_of(ended) == {"unsettled_fee": 1}


@pytest.mark.clause("EXIT-3")
def test_a_grant_lives_until_its_letter_is_signed():
    bound = facts(bindings=[LiveBinding(1, 5, NOON, None), LiveBinding(2, 6, NOON, 4)])
    assert [(each.code, each.remedy.call) for each in blockers_of(bound)] == [
        ("live_grant", "POST /v1/shops/1/bindings/1/end"),
        ("unsigned_letter", "POST /v1/shops/1/letters/4/sign"),
    ]


@pytest.mark.clause("EXIT-7")
def test_a_letter_that_a_forced_exit_has_promised_is_nobodys_to_sign():
    [found] = blockers_of(facts(bindings=[LiveBinding(2, 6, NOON, 4, promised=True)]))
    assert (found.code, found.owner, found.remedy.call) == ("unsigned_letter", "platform", None)


def test_stock_that_is_not_counted_is_told_and_closes_no_gate():
    uncounted = facts(uncounted=[Uncounted(4, "S-1", 5, NOON, NOON + 24 * HOUR)])
    [found] = blockers_of(uncounted)
    assert (found.code, found.blocking, found.owner) == ("uncounted_stock", False, "seller")
    assert (found.remedy.call, found.expected_on) == ("POST /v1/shops/1/calibrations/4", date(2026, 3, 3))
    assert counts_of(uncounted) == {"uncounted_stock": 1}
    assert state_reached(S.DRAINING, counts_of(uncounted)) is S.SWITCHING_OFF
    check_gates(uncounted)


@pytest.mark.clause("EXIT-1", "EXIT-2", "EXIT-3")
def test_a_closed_gate_refuses_by_the_first_clause_with_all_that_blocks():
    with pytest.raises(Blocked) as refused:
        check_gates(facts(charges=[charge(C.DUE, NOON)], bindings=[LiveBinding(1, 5, NOON, None)]))
    assert (refused.value.code, refused.value.clause) == ("exit.blocked", "EXIT-3")
    assert [each["code"] for each in refused.value.facts["blockers"]] == ["live_grant", "unsettled_fee"]
    check_gates(facts())


@pytest.mark.parametrize(
    ("before", "counts", "wanted"),
    [
        (S.DRAINING, {"open_order": 1, "live_grant": 1}, S.DRAINING),
        (S.DRAINING, {"live_grant": 1, "unsettled_fee": 1}, S.UNBINDING),
        (S.DRAINING, {"unsettled_fee": 1}, S.SWITCHING_OFF),
        (S.DRAINING, {}, S.SWITCHING_OFF),
        (S.UNBINDING, {"open_order": 1}, S.UNBINDING),
        (S.SWITCHING_OFF, {"live_grant": 1}, S.SWITCHING_OFF),
        (S.VERIFYING, {"open_order": 1}, S.VERIFYING),
        (S.WITHDRAWN, {}, S.WITHDRAWN),
    ],
)
def test_an_exit_stands_at_its_first_unfinished_step_and_never_goes_back(
    before: ExitState, counts: dict[str, int], wanted: ExitState
):
    assert state_reached(before, counts) is wanted


open_parts = st.lists(
    st.builds(
        part,
        st.sampled_from([state for state in F if state < F.DELIVERED]),
        st.sampled_from([Flag(0), Flag.STUCK, Flag.STALE, Flag.STUCK | Flag.HELD, Flag.LATE_ANSWER]),
        cancel_asked_at=st.sampled_from([None, NOON]),
    ),
    max_size=60,
)
charges = st.lists(
    st.builds(charge, st.sampled_from([C.PROVISIONAL, C.DUE, C.DISPUTED]), st.just(NOON)), max_size=30
)
bindings = st.lists(
    st.builds(LiveBinding, st.integers(1, 9), st.just(5), st.just(NOON), st.none()), max_size=5
)


@pytest.mark.clause("EXIT-1", "EXIT-2", "EXIT-3")
@given(parts=open_parts, open_charges=charges, live=bindings)
def test_everything_open_blocks_once_and_nothing_else_does(
    parts: list[OpenPart], open_charges: list[OpenCharge], live: list[LiveBinding]
):
    seen = facts(parts=parts, charges=open_charges, bindings=live)
    counts = counts_of(seen)
    assert counts.get("open_order", 0) == len(parts)
    assert counts.get("live_grant", 0) == len(live)
    fees = counts.get("unsettled_fee", 0) + counts.get("fee_without_delivery_evidence", 0)
    assert fees == len(open_charges)
    assert Counter(each.code for each in blockers_of(seen)) == counts
    assert set(counts) <= set(CLAUSES)
    assert bool(counts) == bool(parts or open_charges or live)
    assert all(set(told(each)) >= {"code", "object", "owner", "remedy"} for each in blockers_of(seen))


@given(
    sizes=st.dictionaries(
        st.sampled_from([F.RESERVED, F.PUSHED, F.ACCEPTED, F.SHIPPED]), st.integers(1, 3000), min_size=1
    )
)
def test_thousands_are_counted_though_only_the_oldest_are_read(sizes: dict[FulfilmentState, int]):
    """As the database hands them out: of those that are alike the first hundred, each with how many there are."""
    parts = [
        part(state, number=place, place=place, alike=size)
        for state, size in sizes.items()
        for place in range(1, min(size, MOST_LISTED) + 1)
    ]
    seen = facts(parts=parts)
    assert counts_of(seen)["open_order"] == sum(sizes.values())
    assert counts_of(seen).get("unanswered_order", 0) == sizes.get(F.PUSHED, 0)
    listed = Counter(each.code for each in blockers_of(seen))
    assert listed["open_order"] == min(len(parts), MOST_LISTED)


@pytest.mark.clause("EXIT-5")
def test_a_ticket_is_the_year_the_exit_four_drawn_digits_and_two_that_check_them():
    assert ticket_of(2026, 17, 384) == "JIT-2026-0000170384-07"
    assert is_ticket("JIT-2026-0000170384-07")
    assert is_ticket(ticket_of(2026, 123_456_789_012, CHANCES - 1))


@pytest.mark.clause("EXIT-5")
@given(exit_id=st.integers(1, 10**12), chance=st.integers(0, CHANCES - 1), drawn=st.data())
def test_a_ticket_with_one_digit_wrong_or_two_swapped_is_none(
    exit_id: int, chance: int, drawn: st.DataObject
):
    ticket = ticket_of(2026, exit_id, chance)
    assert is_ticket(ticket)
    places = [place for place, each in enumerate(ticket) if each.isdigit()]
    place = drawn.draw(st.sampled_from(places))
    other = drawn.draw(st.sampled_from([each for each in "0123456789" if each != ticket[place]]))
    assert not is_ticket(ticket[:place] + other + ticket[place + 1 :])
    first = drawn.draw(st.integers(0, len(places) - 2))
    here, there = places[first], places[first + 1]
    swapped = list(ticket)
    swapped[here], swapped[there] = swapped[there], swapped[here]
    assert "".join(swapped) == ticket or not is_ticket("".join(swapped))


@pytest.mark.parametrize("text", ["", "JIT-2026-17-49", "JIT-2026-0000170384", "jit-2026-0000170384-07"])
def test_what_has_not_a_tickets_form_is_none(text: str):
    assert not is_ticket(text)


@pytest.mark.clause("EXIT-6")
def test_a_verification_is_tried_again_after_as_long_as_it_has_lasted_within_bounds():
    waits = []
    now = NOON
    for _ in range(12):
        then = verify_again_at(NOON, now)
        waits.append(then - now)
        now = then
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (5, 5, 10, 20)]
    assert waits[-1] == timedelta(days=1)


def test_evidence_is_told_on_one_line():
    said = {"left_over": 0, "skus": ["A", "B"], "answers": {"jit": "no"}, "was_open": False, "plan": []}
    assert evidence_line(said) == "left_over: 0; skus: A | B; answers: jit no; was_open: no; plan: -"
