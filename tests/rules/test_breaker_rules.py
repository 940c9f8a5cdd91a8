"""When an endpoint is left alone, for how long, and how it comes back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.adapters.webhook_client import retry_after
from andon.orders.push.rules import BATCH
from andon.platform.calling.rules import (
    Breaker,
    BreakerState,
    Heard,
    breaker_after,
    cool_off,
    keeps_its_place,
    speaks_against,
)
from andon.platform.policies.files import load_policies

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIGURES = load_policies().named("jit-3.2").breaker
SECOND = timedelta(seconds=1)
CLOSED, HALF_OPEN, OPEN = BreakerState


def after(breaker: Breaker, tries: int, failed: int, at: datetime = NOON, rest: float = 0) -> Breaker:
    return breaker_after(breaker, Heard(tries, failed, rest * SECOND), at, FIGURES, BATCH)


@pytest.mark.parametrize(
    ("tries", "failed", "state"),
    [(19, 19, CLOSED), (20, 20, OPEN), (20, 10, OPEN), (20, 9, CLOSED), (400, 199, CLOSED), (400, 200, OPEN)],
)
def test_it_opens_by_count_and_by_share(tries: int, failed: int, state: BreakerState) -> None:
    assert after(Breaker(), tries, failed).state is state


def test_tries_count_together_within_the_window_and_no_longer() -> None:
    once = after(Breaker(), 10, 10)
    assert after(once, 10, 10, NOON + 59 * SECOND).state is OPEN
    assert after(once, 10, 10, NOON + 60 * SECOND).state is CLOSED
    assert after(once, 10, 10, NOON - 3600 * SECOND).state is CLOSED, "the machine's clock was put back"


@given(st.lists(st.integers(1, 36_000), max_size=60))
def test_one_push_that_fails_by_its_own_schedule_opens_nothing(waits: list[int]) -> None:
    breaker, at = Breaker(), NOON
    for wait in waits:
        at += max(wait, 5) * SECOND  # the shortest delay of the schedule
        breaker = after(breaker, 1, 1, at)
        assert breaker.state is CLOSED


@given(st.integers(1, 100))
def test_each_failed_probe_opens_it_for_longer_up_to_a_limit(probes: int) -> None:
    breaker, at = after(Breaker(), 20, 20), NOON
    rests = []
    for _ in range(probes):
        assert breaker.open_until is not None
        rests.append(breaker.open_until - at)
        at = breaker.open_until
        breaker = after(Breaker(HALF_OPEN, open_until=at, trips=breaker.trips, share=1), 1, 1, at)
        assert breaker.state is OPEN
    assert rests[0] == FIGURES.cool_off
    assert rests == sorted(rests)
    assert max(rests) <= FIGURES.longest_cool_off
    assert cool_off(100, FIGURES) == FIGURES.longest_cool_off


def test_an_answered_probe_closes_it_and_its_share_grows_with_each_clean_claim() -> None:
    probed = Breaker(HALF_OPEN, open_until=NOON, trips=3, share=1)
    breaker = after(probed, 1, 0)
    shares = [breaker.share]
    while breaker.share is not None:
        assert breaker.state is CLOSED
        assert breaker.trips == 3, "what fails again at once is left alone for longer than the first time"
        breaker = after(breaker, breaker.share, 0)
        shares.append(breaker.share)
    assert shares == [1, 2, 4, 8, 16, 32, 64, 128, 256, None]
    assert breaker.trips == 0
    assert after(Breaker(trips=3, share=8), 8, 1).share == 8, "a claim that is not clean grows nothing"


def test_an_endpoint_that_asks_for_time_has_it_and_is_not_called_broken() -> None:
    resting = after(Breaker(), 1, 1, rest=90)
    assert (resting.state, resting.open_until, resting.broken) == (OPEN, NOON + 90 * SECOND, False)
    assert after(Breaker(), 1, 1, rest=10**9).open_until == NOON + FIGURES.longest_rest
    broken = after(Breaker(), 20, 20, rest=1)
    assert (broken.open_until, broken.broken) == (NOON + FIGURES.cool_off, True), "the longer of the two"


breakers = st.builds(
    Breaker,
    state=st.sampled_from(BreakerState),
    counted_from=st.none() | st.just(NOON),
    tries=st.integers(0, 500),
    failed=st.integers(0, 500),
    trips=st.integers(0, 10**6),
    share=st.none() | st.integers(1, BATCH),
)
heard = st.integers(0, 400).flatmap(
    lambda tries: st.builds(
        Heard, st.just(tries), st.integers(0, tries), st.timedeltas(timedelta(0), timedelta(days=9))
    )
)


@given(breakers, heard)
def test_whatever_it_hears_it_is_open_for_a_while_and_never_for_ever(breaker: Breaker, said: Heard) -> None:
    found = breaker_after(breaker, said, NOON, FIGURES, BATCH)
    if not said.tries:
        assert found == breaker
        return
    assert found.state is not HALF_OPEN, "only time lets it be probed"
    if found.state is OPEN:
        assert found.open_until is not None
        assert NOON < found.open_until <= NOON + max(FIGURES.longest_cool_off, FIGURES.longest_rest)
        assert found.share == 1
    else:
        assert found.open_until is None
    assert found.share is None or 1 <= found.share <= BATCH
    if not said.failed and not said.rest and breaker.state is not CLOSED:
        assert found.state is CLOSED


@pytest.mark.parametrize(
    ("status", "against"),
    [
        (None, True),
        (200, False),
        (204, False),
        (302, True),
        (400, False),
        (401, False),
        (404, False),
        (408, True),
        (410, True),
        (422, False),
        (425, True),
        (429, True),
        (499, False),
        (500, True),
        (503, True),
        (101, True),
    ],
)
def test_what_speaks_against_an_endpoint_and_what_against_the_message(
    status: int | None, against: bool
) -> None:
    assert speaks_against(status) is against


def test_what_fails_where_it_is_left_alone_keeps_its_place_but_no_probe_blocks_the_way() -> None:
    closed, probed, broken = Breaker(), Breaker(HALF_OPEN, trips=1), Breaker(OPEN, trips=2)
    assert keeps_its_place(closed, broken, ordered=False)
    assert not keeps_its_place(probed, broken, ordered=False), "the next probe is another push"
    assert keeps_its_place(probed, broken, ordered=True)
    assert not keeps_its_place(closed, closed, ordered=True)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (None, 0),
        ("", 0),
        ("-5", 0),
        ("soon", 0),
        ("1e3", 0),
        ("²", 0),
        ("9" * 5000, 0),
        ("9" * 20, 10**6),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 12:01:30 -0000", 0),
        ("Mon, 99 Mar 2026 12:01:30 GMT", 0),
        ("1, 2", 0),
    ],
)
def test_retry_after_is_read_in_both_its_forms_and_nonsense_asks_for_nothing(
    said: str | None, seconds: int
) -> None:
    assert retry_after(said, NOON) == seconds * SECOND
