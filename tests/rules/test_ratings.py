"""The mean of ratings: exact, compared unrounded, shown rounded down. Source: BACK-2."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.membership.standing.rules import Stars, Told, Totals, day_of, news_in, reaches, shown

WANTED = Decimal("4.7")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
STARS = st.builds(Stars, *[st.integers(100, 500)] * 3)


def totals(*stars: Stars) -> Totals:
    found = Totals()
    for each in stars:
        found = found.plus(each)
    return found


def even(hundredths: int) -> Stars:
    return Stars(hundredths, hundredths, hundredths)


@pytest.mark.clause("BACK-2")
def test_a_mean_of_4_6999_is_shown_as_4_69_and_does_not_reach_4_7():
    # 10,000 ratings of three axes that come to 4.6999 exactly.
    short = Totals(10_000, 4_699_900, 4_699_900, 4_699_900)
    assert short.mean() == Fraction("4.6999")
    assert shown(Fraction("4.6999")) == "4.69"
    assert not reaches(short, WANTED)
    assert reaches(Totals(10_000, 4_700_000, 4_700_000, 4_700_000), WANTED)


@pytest.mark.clause("BACK-2")
def test_a_hundredth_of_one_star_in_ten_million_ratings_decides():
    n = 10_000_000
    assert reaches(Totals(n, 470 * n, 470 * n, 470 * n), WANTED)
    short = Totals(n, 470 * n, 470 * n, 470 * n - 1)
    assert not reaches(short, WANTED)
    mean = short.mean()
    assert mean is not None
    assert float(mean) == pytest.approx(4.7), "a float could not tell"
    assert shown(mean) == "4.69"


@pytest.mark.clause("BACK-2")
def test_it_is_the_mean_of_the_three_axes_means_and_not_of_each_alone():
    assert reaches(totals(Stars(500, 500, 410)), WANTED)
    assert totals(Stars(500, 500, 410)).axis_means() == (5, 5, Fraction("4.1"))
    assert not reaches(totals(Stars(500, 500, 409)), WANTED)


@pytest.mark.clause("BACK-2")
def test_without_a_rating_there_is_no_mean_and_it_does_not_suffice():
    assert Totals().mean() is None
    assert Totals().axis_means() == ()
    assert not reaches(Totals(), Decimal("1.0"))


@given(st.lists(STARS, min_size=1, max_size=30))
def test_the_mean_is_the_same_in_any_order_and_what_is_shown_is_never_more(stars: list[Stars]):
    mean = totals(*stars).mean()
    assert mean is not None
    assert mean == totals(*reversed(stars)).mean()
    assert mean == sum(totals(*stars).axis_means(), Fraction()) / 3
    assert 0 <= mean - Fraction(shown(mean)) < Fraction(1, 100)


@given(st.lists(STARS, max_size=20), STARS)
def test_a_rating_that_is_taken_out_again_leaves_what_was(stars: list[Stars], other: Stars):
    assert totals(*stars).plus(other).plus(other, -1) == totals(*stars)


def test_the_rating_that_was_made_last_stands_however_they_are_told():
    first, second = Told(1, even(500), NOON), Told(1, even(100), NOON + timedelta(hours=1))
    assert news_in(None, first)
    assert news_in(first, second)
    assert not news_in(second, first), "an older one that is told late"
    assert not news_in(first, first)
    assert news_in(first, Told(1, even(400), NOON)), "the same instant, other stars: a correction"
    assert news_in(first, Told(1, even(500), NOON + timedelta(hours=1))), "it counts for longer"


def test_a_day_is_the_platforms():
    evening = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert day_of(evening, "Asia/Shanghai").isoformat() == "2026-03-02"
    assert day_of(evening - timedelta(microseconds=1), "Asia/Shanghai").isoformat() == "2026-03-01"
