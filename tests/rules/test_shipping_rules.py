"""What may be said of a fulfilment in each of its states."""

import itertools

import pytest

from andon.kernel.errors import TITLES, Conflict, Invalid, NotFound
from andon.orders.order.rules import FulfilmentState as S
from andon.orders.shipping.rules import (
    ALREADY,
    CODES,
    DONE,
    answer_verdict,
    handover_verdict,
    label_fault,
    label_verdict,
    measure_fault,
    pick_verdict,
    refusal_of,
    refused,
    shortfall_verdict,
    void_verdict,
)

CARRIERS = {"cainiao", "dhl"}
AFTER_ACCEPTANCE = (S.ACCEPTED, S.PICKED, S.LABELLED, S.SHIPPED, S.DELIVERED, S.COMPLETED, S.RETURNED, S.LOST)


@pytest.mark.clause("MODE-3")
@pytest.mark.parametrize("state", [S.RESERVED, S.PUSHED])
@pytest.mark.parametrize("accept", [True, False])
def test_the_first_answer_counts(state: S, accept: bool) -> None:
    assert answer_verdict(state, answered=False, reason=None, accept=accept, code=None) is DONE


@pytest.mark.parametrize("state", AFTER_ACCEPTANCE)
def test_an_acceptance_is_repeated_and_not_taken_back(state: S) -> None:
    assert answer_verdict(state, answered=True, reason=None, accept=True, code=None) is ALREADY
    no = answer_verdict(state, answered=True, reason=None, accept=False, code="other")
    assert no == refused("fulfilment.answered", state)


def test_a_rejection_is_repeated_with_its_own_code_alone() -> None:
    def again(accept: bool, code: str | None) -> object:
        return answer_verdict(S.REJECTED, answered=False, reason="other", accept=accept, code=code)

    assert again(False, "other") is ALREADY
    assert again(False, "out_of_stock") == refused("fulfilment.answered", S.REJECTED)
    assert again(True, None) == refused("fulfilment.answered", S.REJECTED)


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("state", [S.WAITING, S.CANCELLED])
def test_what_is_nobodys_or_cancelled_is_not_answered(state: S, accept: bool) -> None:
    for answered in (True, False):
        verdict = answer_verdict(state, answered=answered, reason=None, accept=accept, code="other")
        assert verdict == refused("fulfilment.state", state)


def test_a_pick_follows_the_acceptance_or_in_the_shops_own_location_the_reservation() -> None:
    done = {True: S.ACCEPTED, False: S.RESERVED}
    for state, by_supplier in itertools.product(S, (True, False)):
        verdict = pick_verdict(state, by_supplier)
        if state is done[by_supplier]:
            assert verdict is DONE
        elif S.PICKED <= state <= S.COMPLETED:
            assert verdict is ALREADY
        else:
            assert verdict == refused("fulfilment.state", state)


def test_parcels_are_labelled_from_the_acceptance_on_until_all_have_arrived() -> None:
    open_states = {S.PICKED, S.LABELLED, S.SHIPPED}
    for state in S:
        assert (label_verdict(state, by_supplier=True) is DONE) == (state in open_states | {S.ACCEPTED})
        assert (label_verdict(state, by_supplier=False) is DONE) == (state in open_states | {S.RESERVED})


def test_a_hand_over_is_claimed_once_and_after_the_label() -> None:
    claimable = {S.LABELLED, S.SHIPPED, S.DELIVERED, S.COMPLETED}
    assert {state for state in S if handover_verdict(state, None) is DONE} == claimable


def test_a_label_is_voided_until_the_carrier_has_its_parcel_and_again_is_nothing() -> None:
    voidable = {S.LABELLED, S.SHIPPED, S.REJECTED, S.CANCELLED}
    assert {state for state in S if void_verdict(state, scanned=False, voided=False) is DONE} == voidable
    for state in S:
        assert void_verdict(state, scanned=True, voided=False) == refused("label.scanned", state)
        assert void_verdict(state, scanned=True, voided=True) is ALREADY


def test_what_was_accepted_is_taken_back_until_it_is_handed_over() -> None:
    possible = {S.ACCEPTED, S.PICKED, S.LABELLED}
    for state in S:
        verdict = shortfall_verdict(state, handed_over=False, told=None, reason="damaged")
        assert (verdict is DONE) == (state in possible)
        assert (verdict.code == "fulfilment.not_accepted") == (state < S.ACCEPTED)
        assert shortfall_verdict(state, handed_over=False, told="damaged", reason="damaged") is ALREADY
        other = shortfall_verdict(state, handed_over=False, told="other", reason="damaged")
        assert other == refused("fulfilment.answered", state)
    late = shortfall_verdict(S.LABELLED, handed_over=True, told=None, reason="other")
    assert late == refused("fulfilment.handed_over", S.LABELLED)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        (("cainiao", "CN-1", 1, (1, 1, 1)), None),
        (("cainiao", "C" * 64, 1_000_000, (10_000, 10_000, 10_000)), None),
        (("pigeon", "CN-1", 1, (1, 1, 1)), "carrier.unknown"),
        (("cainiao", "", 1, (1, 1, 1)), "waybill.malformed"),
        (("cainiao", "C" * 65, 1, (1, 1, 1)), "waybill.malformed"),
        (("cainiao", "运单", 1, (1, 1, 1)), "waybill.malformed"),
        (("cainiao", "CN-1\n", 1, (1, 1, 1)), "waybill.malformed"),
        (("cainiao", "CN-1", 0, (1, 1, 1)), "label.weight"),
        (("cainiao", "CN-1", -5, (1, 1, 1)), "label.weight"),
        (("cainiao", "CN-1", 1_000_001, (1, 1, 1)), "label.weight"),
        (("cainiao", "CN-1", 1, (1, 0, 1)), "label.size"),
        (("cainiao", "CN-1", 1, (1, 1, 10_001)), "label.size"),
    ],
)
def test_a_label_that_cannot_be_has_a_code(label: tuple, code: str | None) -> None:
    carrier, waybill, weight, sizes = label
    assert label_fault(carrier, waybill, weight, sizes, CARRIERS) == code
    if code in {"label.weight", "label.size"}:
        assert measure_fault(weight, sizes) == code


def test_every_refusal_has_its_kind_and_its_titles() -> None:
    kinds = {code: type(refusal_of(refused(code, S.PUSHED))) for code in CODES}
    assert kinds["fulfilment.not_found"] is NotFound
    assert kinds["fulfilment.answered"] is kinds["fulfilment.state"] is kinds["waybill.taken"] is Conflict
    assert kinds["label.weight"] is kinds["carrier.unknown"] is Invalid
    assert all(TITLES[code]["en"] and TITLES[code]["zh-CN"] for code in CODES)
    assert refusal_of(refused("fulfilment.state", S.PUSHED)).facts == {"state": "pushed"}
