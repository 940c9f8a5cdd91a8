"""What a scorecard counts, and what it comes to."""

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.membership.qualification.rules import (
    AGAINST,
    ANSWERS,
    FAULTS,
    FIGURES,
    LICENCE,
    REVIEW,
    Fact,
    ReviewState,
    licence_of,
    scorecard,
    shown,
)
from andon.partners.suppliers.rules import is_late
from andon.platform.policies.files import all_policies
from tests.worlds import NOON

F = Fact
WEIGHTS = {
    "licence": Decimal("0.25"),
    "acceptance_on_time": Decimal("0.20"),
    "collection_on_time": Decimal("0.20"),
    "stuck_rate": Decimal("0.15"),
    "rejection_rate": Decimal("0.10"),
    "dispute_rate": Decimal("0.10"),
}
MARK = Decimal("0.70")
WELL = F.ANSWERED | F.ACCEPTED | F.SHIPPED
NONE: dict[int, int] = {}

facts = st.integers(0, sum(F)).map(int)
counted = st.dictionaries(facts, st.integers(1, 10_000), max_size=12)
licences = st.integers(0, 3).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def line_of(counts: dict[int, int], name: str, licence: tuple[int, int] = (1, 1)):
    card = scorecard(counts, licence, WEIGHTS, MARK)
    [line] = [line for line in card.lines if line.name == name]
    return line


def test_every_weight_of_every_policy_is_of_a_figure_that_is_counted_and_they_sum_to_one():
    for policy in all_policies():
        weights = policy.qualification.weights
        assert set(weights) == {LICENCE, *FIGURES}
        assert sum(weights.values()) == 1


@pytest.mark.clause("QUAL-2")
@pytest.mark.parametrize(
    ("name", "counts", "numerator", "denominator"),
    [
        ("acceptance_on_time", {WELL: 8, F.LATE: 1, F.LATE | F.ANSWERED | F.ACCEPTED: 1}, 8, 10),
        ("acceptance_on_time", {F.ANSWERED | F.REJECTED: 3, 0: 5}, 3, 3),
        ("collection_on_time", {WELL: 6, WELL | F.STUCK: 2, F.ANSWERED | F.ACCEPTED | F.STUCK: 4}, 6, 8),
        ("stuck_rate", {WELL: 6, WELL | F.STUCK: 2, F.LATE | F.STUCK: 2}, 4, 10),
        ("rejection_rate", {WELL: 9, F.ANSWERED | F.REJECTED: 1, F.ANSWERED: 2, F.LATE: 7}, 1, 12),
        ("dispute_rate", {WELL: 3, WELL | F.DISPUTED: 1, F.ANSWERED: 4}, 1, 4),
        ("dispute_rate", {F.ANSWERED: 4}, 0, 0),
    ],
)
def test_a_figure_counts_what_it_says(name: str, counts: dict[int, int], numerator: int, denominator: int):
    line = line_of({int(facts): count for facts, count in counts.items()}, name)
    assert (line.numerator, line.denominator) == (numerator, denominator)


def test_a_supplier_without_a_fulfilment_is_scored_by_its_licence_alone():
    card = scorecard(NONE, (1, 1), WEIGHTS, MARK)
    assert (card.score, card.measured, card.passes) == (1, Decimal("0.25"), True)
    assert scorecard(NONE, (0, 1), WEIGHTS, MARK).score == 0
    assert [line.points for line in card.lines[1:]] == [None] * 5


def test_without_anything_measured_there_is_no_score_and_it_says_so():
    card = scorecard(NONE, (0, 0), WEIGHTS, MARK)
    assert (card.score, card.passes, shown(card.score)) == (None, None, None)


def test_the_score_is_compared_unrounded_and_shown_rounded_down():
    weights = {"stuck_rate": Decimal(1)}
    just = scorecard({F.ACCEPTED: 7, F.ACCEPTED | F.STUCK: 3}, (0, 0), weights, MARK)
    under = scorecard({F.ACCEPTED: 699_999, F.ACCEPTED | F.STUCK: 300_001}, (0, 0), weights, MARK)
    assert (just.score, just.passes) == (Fraction(7, 10), True)
    assert (shown(under.score), under.passes) == (Decimal("0.6999"), False)


@given(counted, licences)
def test_a_score_lies_between_nothing_and_all_and_is_the_points_by_the_weight_measured(counts, licence):
    card = scorecard(counts, licence, WEIGHTS, MARK)
    if card.score is None:
        assert card.measured == 0
        return
    assert 0 <= card.score <= 1
    assert card.score == sum(line.points or 0 for line in card.lines) / Fraction(card.measured)
    for line in card.lines:
        assert 0 <= line.numerator <= line.denominator


@given(counted, st.sampled_from([F.LATE, F.STUCK, F.REJECTED, F.DISPUTED]), st.integers(1, 500))
def test_what_speaks_against_a_supplier_never_raises_its_score(counts, fault, count):
    """A fulfilment that was well becomes one with a fault: nothing else changes."""
    whole = Counter(counts) + Counter({int(WELL): count})
    spoilt = Counter(counts) + Counter({int(WELL | fault): count})
    assert scorecard(spoilt, (1, 1), WEIGHTS, MARK).score <= scorecard(whole, (1, 1), WEIGHTS, MARK).score


@given(counted, counted)
def test_days_may_be_added_up_before_or_after_they_are_counted(one, other):
    both = Counter(one) + Counter(other)
    for figure in FIGURES.values():
        sums = [a + b for a, b in zip(figure.counted(one), figure.counted(other), strict=True)]
        assert list(figure.counted(both)) == sums


@given(facts)
def test_whatever_a_figure_holds_against_a_supplier_is_in_the_index_of_what_speaks_against(value):
    for figure in FIGURES.values():
        if value & figure.of and value & figure.against:
            assert value & AGAINST


def test_an_address_that_cannot_be_is_no_fault_of_who_says_so():
    assert {"invalid_address"} == ANSWERS - FAULTS
    assert {"out_of_stock", "damaged", "item_unknown", "unserviceable_destination", "other"} == FAULTS


@pytest.mark.parametrize(
    ("documents", "valid"),
    [
        ([], 0),
        ([{"kind": "licence"}], 1),
        ([{"kind": "licence", "valid_until": "2026-03-02"}], 1),
        ([{"kind": "licence", "valid_until": "2026-03-01"}], 0),
        ([{"kind": "licence", "valid_until": date(2026, 3, 1)}, {"kind": "licence"}], 1),
        ([{"kind": "licence", "valid_until": "soon"}], 0),
        ([{"kind": "insurance"}, {"number": "1"}, {"kind": ["licence"]}], 0),
    ],
)
def test_a_licence_counts_to_its_last_day(documents: list[dict[str, object]], valid: int):
    assert licence_of(documents, ("licence",), date(2026, 3, 2)) == (valid, 1)


def test_a_review_is_late_after_its_deadline_and_not_at_it():
    assert not is_late(NOON, None, NOON)
    assert not is_late(NOON, NOON, NOON.replace(year=2027))
    assert is_late(NOON, None, NOON.replace(microsecond=1))
    assert not is_late(None, None, NOON)


def test_a_review_ends_once():
    assert REVIEW.ends() == {ReviewState.PASSED, ReviewState.FAILED}
