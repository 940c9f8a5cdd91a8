"""Who is liable by the order's policy, up to what, and what evidence is missing."""

import dataclasses
import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.money import Money
from andon.money.disputes.rules import (
    DISPUTE,
    FAULT_OF,
    SHOWN_BY,
    Case,
    DisputeState,
    Liability,
    Part,
    Shown,
    award_of,
    check_appealable,
    check_claim,
    clause_of,
    is_opener,
    liability_of,
    most_owed,
    named_by,
    parties_of,
    parts_meant,
    payer_decided,
    payer_of,
    recorded,
)
from andon.orders.order.rules import Flag, FulfilmentState
from andon.platform.outbox.rules import words_of
from andon.platform.policies.files import load_policies
from tests.worlds import NOON

FIGURES = load_policies().named("jit-3.2").dispute
VALUE = Money.of("100.00", "CNY")
USD_5 = Money.of("5.00", "USD")
PARTIES = ("supplier", "carrier", "seller", None)


def case(cause: str, *evidence: Shown, supplier: int | None = 7, carrier: str | None = "cainiao") -> Case:
    return Case(cause, VALUE, supplier, carrier, evidence)  # type: ignore[arg-type]


def liable(cause: str, *evidence: Shown, **parties: Any) -> Liability:
    return liability_of(case(cause, *evidence, **parties), FIGURES)


@pytest.mark.clause("DISP-2", "DISP-3", "DISP-6")
@pytest.mark.parametrize(
    ("cause", "payer", "clause", "limit"),
    [
        ("quality", "supplier", "DISP-2", "order_value"),
        ("wrong_item", "supplier", "DISP-2", "order_value"),
        ("short", "supplier", "DISP-2", "order_value"),
        ("packing", "supplier", "DISP-2", "order_value"),
        ("delay", "carrier", "DISP-3", USD_5),
        ("lost", "carrier", "DISP-6", "order_value"),
        ("other", None, "DISP-5", "order_value"),
    ],
)
def test_a_cause_names_its_payer(cause: str, payer: str | None, clause: str, limit: Any) -> None:
    found = liable(cause)
    assert (found.payer, found.clause, found.limit) == (payer, clause, limit)


@pytest.mark.clause("DISP-2", "DISP-5")
@pytest.mark.parametrize(
    ("cause", "evidence", "payer", "shown", "missing"),
    [
        ("quality", [], "supplier", (), ("photo",)),
        ("quality", [Shown("photo")], "supplier", ("quality",), ()),
        ("quality", [Shown("message")], "supplier", (), ("photo",)),
        ("delay", [], "carrier", (), ("tracking",)),
        ("lost", [Shown("record", "lost")], "carrier", ("lost",), ()),
        ("short", [Shown("record", "stock_out")], "supplier", ("stock_out",), ("photo",)),
        # The seller's own fault, shown by what can show it.
        ("wrong_item", [Shown("listing", "wrong_listing")], "seller", ("wrong_listing",), ("photo",)),
        ("short", [Shown("count", "uncounted_stock")], "seller", ("uncounted_stock",), ("photo",)),
        # Said by what cannot show it, it is not shown.
        ("wrong_item", [Shown("photo", "wrong_listing")], "supplier", (), ("photo", "listing")),
        # Evidence against evidence: an operator decides.
        (
            "wrong_item",
            [Shown("photo"), Shown("listing", "wrong_listing")],
            None,
            ("wrong_item", "wrong_listing"),
            (),
        ),
        ("other", [], None, (), ("document",)),
        ("other", [Shown("document")], None, (), ()),
        ("other", [Shown("photo", "short")], "supplier", ("short",), ()),
    ],
)
def test_what_is_shown_goes_before_what_is_claimed(
    cause: str, evidence: list[Shown], payer: str | None, shown: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    found = liable(cause, *evidence)
    assert (found.payer, found.shown, found.missing) == (payer, shown, missing)


@pytest.mark.clause("DISP-5")
def test_a_party_that_had_nothing_in_hand_is_not_liable_and_the_seller_is_not_in_its_place() -> None:
    nobody = liable("quality", Shown("photo"), supplier=None)
    assert (nobody.payer, nobody.clause, nobody.missing) == (None, "DISP-5", ("fulfilment",))
    unsent = liable("lost", Shown("record", "lost"), carrier=None)
    assert (unsent.payer, unsent.clause, unsent.missing) == (None, "DISP-5", ("waybill",))


evidence = st.lists(
    st.builds(
        Shown,
        st.sampled_from(["photo", "listing", "count", "tracking", "message", "document", "record"]),
        st.none() | st.sampled_from(sorted(SHOWN_BY)),
    ),
    max_size=5,
)
causes = st.sampled_from([*FAULT_OF, "other"])


@pytest.mark.clause("DISP-5")
@given(causes, evidence, st.none() | st.just(7), st.none() | st.just("cainiao"))
def test_the_seller_is_liable_only_for_faults_of_its_own_that_are_shown(
    cause: str, shown: list[Shown], supplier: int | None, carrier: str | None
) -> None:
    found = liable(cause, *shown, supplier=supplier, carrier=carrier)
    if found.payer == "seller":
        assert found.shown
        assert all(payer_of(fault, FIGURES) == "seller" for fault in found.shown)
    assert found.payer in PARTIES
    assert found.payer != "supplier" or supplier is not None
    assert found.payer != "carrier" or carrier is not None


@pytest.mark.clause("DISP-1")
def test_liability_knows_of_the_order_alone() -> None:
    """No fact of a shop's membership is among what it goes by, so that none can change it."""
    assert [each.name for each in dataclasses.fields(Case)] == [
        "cause", "value", "supplier_id", "carrier", "evidence",
    ]  # fmt: skip
    assert list(inspect.signature(liability_of).parameters) == ["case", "figures"]


@pytest.mark.clause("DISP-7")
@pytest.mark.parametrize(
    ("cause", "evidence", "named"),
    [
        ("quality", [], {"supplier"}),
        ("delay", [], {"carrier"}),
        ("lost", [], {"carrier"}),
        ("other", [], {"supplier", "carrier"}),
        ("delay", [Shown("message", "stock_out")], {"carrier", "supplier"}),
        ("wrong_item", [Shown("listing", "wrong_listing")], {"supplier", "seller"}),
    ],
)
def test_a_dispute_names_whom_it_claims_or_says_to_be_at_fault(
    cause: str, evidence: list[Shown], named: set[str]
) -> None:
    assert named_by(case(cause, *evidence), FIGURES) == named


def part(state: FulfilmentState, number: int = 1, supplier: int | None = 7, **changes: Any) -> Part:
    facts: dict[str, Any] = {"carriers": frozenset({"cainiao"}), "flags": 0, "stock_out": False}
    return Part(number, supplier, state=state, **(facts | changes))


def test_a_claim_is_about_the_part_it_names_or_those_that_were_sent() -> None:
    gone, sent = part(FulfilmentState.REJECTED, 1, 6), part(FulfilmentState.DELIVERED, 2)
    assert parts_meant([gone, sent], None) == [sent]
    assert parts_meant([gone, sent], 1) == [gone]
    assert parts_meant([gone], None) == [gone]
    assert parties_of([sent]) == (7, "cainiao")
    assert parties_of([sent, part(FulfilmentState.SHIPPED, 3, 8, carriers=frozenset({"yun"}))]) == (
        None,
        None,
    )
    assert parties_of([part(FulfilmentState.WAITING, 4, None, carriers=frozenset())]) == (None, None)


@pytest.mark.clause("DISP-2", "DISP-6")
@pytest.mark.parametrize(
    ("cause", "told", "shows"),
    [
        ("lost", part(FulfilmentState.LOST), ["lost"]),
        ("delay", part(FulfilmentState.LOST), ["lost"]),
        ("quality", part(FulfilmentState.LOST), []),
        ("delay", part(FulfilmentState.SHIPPED, flags=int(Flag.STALE)), ["delay"]),
        ("delay", part(FulfilmentState.SHIPPED), []),
        ("short", part(FulfilmentState.REJECTED, stock_out=True), ["stock_out"]),
        ("quality", part(FulfilmentState.REJECTED, stock_out=True), []),
    ],
)
def test_the_record_shows_what_it_knows_of_the_fault_that_is_claimed(
    cause: str, told: Part, shows: list[str]
) -> None:
    assert [each.shows for each in recorded(cause, [told])] == shows  # type: ignore[arg-type]


@pytest.mark.clause("DISP-3", "DISP-6")
def test_a_carrier_pays_for_a_delay_up_to_its_limit_and_for_a_loss_up_to_the_order() -> None:
    assert clause_of("carrier", "delay", (), FIGURES) == ("DISP-3", USD_5)
    assert clause_of("carrier", "delay", ("lost",), FIGURES) == ("DISP-6", "order_value")
    assert clause_of("carrier", "quality", (), FIGURES) == ("DISP-5", "order_value")
    assert clause_of("supplier", "delay", (), FIGURES) == ("DISP-5", "order_value")
    assert clause_of("supplier", "delay", ("stock_out",), FIGURES) == ("DISP-2", "order_value")


amounts = st.integers(0, 20_000).map(lambda minor: Money.from_minor(minor, "CNY"))


@given(amounts, amounts, st.lists(amounts, max_size=4))
def test_what_is_awarded_one_after_another_never_exceeds_the_cap_or_the_order(
    cap: Money, value: Money, claims: list[Money]
) -> None:
    awarded = Money.from_minor(0, "CNY")
    for claim in claims:
        most = most_owed(cap, value, awarded, awarded)
        if claim.minor and most.minor:
            awarded = awarded + award_of("upheld", claim, None, most)
        assert awarded <= cap
        assert awarded <= value


def test_other_clauses_leave_what_the_order_is_worth_beside_them() -> None:
    delays, supplier = Money.of("35.00", "CNY"), Money.of("80.00", "CNY")
    cap = Money.of("35.00", "CNY")
    assert most_owed(cap, VALUE, Money.from_minor(0, "CNY"), supplier) == Money.of("20.00", "CNY")
    assert most_owed(cap, VALUE, delays, delays) == Money.from_minor(0, "CNY")


@pytest.mark.parametrize(
    ("outcome", "amount", "award"),
    [
        ("upheld", None, "20.00"),
        ("upheld", "5.00", "5.00"),
        ("partial", "19.99", "19.99"),
        ("rejected", None, "0.00"),
        ("rejected", "0.00", "0.00"),
    ],
)
def test_an_award_is_what_the_outcome_says(outcome: Any, amount: str | None, award: str) -> None:
    said = None if amount is None else Money.of(amount, "CNY")
    claim = Money.of("20.00", "CNY")
    assert award_of(outcome, claim, said, VALUE) == Money.of(award, "CNY")


@pytest.mark.parametrize(
    ("outcome", "amount", "most", "code"),
    [
        ("partial", None, "100.00", "dispute.amount"),
        ("partial", "20.00", "100.00", "dispute.amount"),
        ("partial", "0.00", "100.00", "dispute.amount"),
        ("upheld", "20.01", "100.00", "dispute.amount"),
        ("rejected", "1.00", "100.00", "dispute.amount"),
        ("upheld", "10.01", "10.00", "dispute.above_cap"),
        ("upheld", None, "0.00", "dispute.above_cap"),
    ],
)
def test_an_award_that_cannot_be_is_refused(outcome: Any, amount: str | None, most: str, code: str) -> None:
    said = None if amount is None else Money.of(amount, "CNY")
    with pytest.raises(Invalid) as no:
        award_of(outcome, Money.of("20.00", "CNY"), said, Money.of(most, "CNY"))
    assert no.value.code == code


def test_an_award_in_another_currency_is_refused() -> None:
    with pytest.raises(Invalid, match=r"dispute\.amount"):
        award_of("upheld", Money.of("20.00", "CNY"), Money.of("1.00", "USD"), VALUE)


@pytest.mark.clause("DISP-5")
def test_the_operator_says_who_pays_but_not_the_seller_without_a_fault() -> None:
    plain = case("quality", Shown("photo"))
    liability = liability_of(plain, FIGURES)
    assert payer_decided(None, plain, liability, "buyer", FIGURES) == "supplier"
    assert payer_decided("carrier", plain, liability, "buyer", FIGURES) == "carrier"
    with pytest.raises(Conflict, match=r"dispute\.no_fault_shown"):
        payer_decided("seller", plain, liability, "buyer", FIGURES)
    with pytest.raises(Conflict, match=r"dispute\.payer_needed"):
        payer_decided(None, case("other"), liable("other"), "buyer", FIGURES)

    shown = case("quality", Shown("photo"), Shown("listing", "wrong_listing"))
    liability = liability_of(shown, FIGURES)
    assert payer_decided("seller", shown, liability, "buyer", FIGURES) == "seller"
    with pytest.raises(Invalid, match=r"dispute\.payer"):
        payer_decided("seller", shown, liability, "shop", FIGURES)
    with pytest.raises(Invalid, match=r"dispute\.payer"):
        payer_decided(
            "carrier", case("quality", carrier=None), liable("quality", carrier=None), "buyer", FIGURES
        )


@pytest.mark.parametrize(("amount", "currency", "contests"), [("0.00", "CNY", False), ("1.00", "USD", True), ("-1.00", "CNY", True)])  # fmt: skip
def test_a_claim_of_nothing_or_in_another_currency_is_refused(
    amount: str, currency: str, *, contests: bool
) -> None:
    with pytest.raises(Invalid, match=r"dispute\.claim"):
        check_claim(Money.of(amount, currency), "CNY", contests=contests)


def test_a_claim_that_only_contests_charges_may_be_of_nothing() -> None:
    check_claim(Money.of("0.00", "CNY"), "CNY", contests=True)


def test_people_of_the_party_that_opened_a_dispute_act_for_one_another() -> None:
    assert is_opener("shop:1/user:2", "shop:1")
    assert is_opener("operator", "operator:1/user:9")
    assert not is_opener("shop:2", "shop:1")
    assert not is_opener("shop:12", "shop:1")
    assert not is_opener("channel:demo", "shop:1")


def test_a_dispute_is_over_when_it_is_paid_withdrawn_or_closed() -> None:
    over = {DisputeState.PAID, DisputeState.WITHDRAWN, DisputeState.CLOSED}
    assert DISPUTE.ends() == over
    assert {state for state in DisputeState if state >= 80} == over


@pytest.mark.parametrize("state", [each for each in DisputeState if each is not DisputeState.DECIDED])
def test_only_what_is_decided_is_appealed_against_and_once(state: DisputeState) -> None:
    with pytest.raises(Conflict, match=r"dispute\.state"):
        check_appealable(state, appealed=False)
    with pytest.raises(Conflict, match=r"dispute\.appealed"):
        check_appealable(DisputeState.DECIDED, appealed=True)
    check_appealable(DisputeState.DECIDED, appealed=False)


@pytest.mark.parametrize(
    "what", ["opened", "answered", "escalated", "decided", "appealed", "paid", "withdrawn"]
)
def test_people_are_told_of_it_in_both_languages(what: str) -> None:
    facts = {"dispute_id": 7, "order_id": 3, "due_at": "2026-03-04T04:00:00+00:00"}
    english, chinese = (
        words_of(f"dispute.{what}", facts, NOON, locale, "Asia/Shanghai") for locale in ("en", "zh-CN")
    )
    assert "Dispute: 7" in english.lines
    assert "纠纷: 7" in chinese.lines
    other = words_of("nothing.known", facts, NOON, "en", "Asia/Shanghai")
    assert english.subject != other.subject
    assert "纠纷" in chinese.subject
