"""A process serves calls from its shares of a second, and asks for as few as it can."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.kernel.errors import TooMany, Unavailable
from andon.kernel.http.rates import SHARES, Rates

A, B = b"a", b"b"


class Rows:
    """The rows that all processes share, as the database keeps them; and how often each was asked."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[bytes, int]] = Counter()
        self.asked: Counter[bytes] = Counter()
        self.away = False

    def __call__(self, caller: bytes, second: int, wanted: int, limit: int) -> int:
        if self.away:
            raise Unavailable("the database is away")
        self.asked[caller] += 1
        before = self.taken[caller, second]
        self.taken[caller, second] += wanted
        return min(wanted, max(0, limit - before))


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


async def calls(rates: Rates, caller: bytes, limit: int, number: int) -> int:
    """How many of so many calls at once are let through."""
    ends = await asyncio.gather(*(rates.count(caller, limit) for _ in range(number)), return_exceptions=True)
    assert all(isinstance(end, int | TooMany) for end in ends), ends
    return sum(isinstance(end, int) for end in ends)


@given(
    limit=st.integers(1, 300),
    load=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 200)), max_size=12),
)
@settings(deadline=None, max_examples=50)
def test_all_processes_together_let_through_no_more_than_the_limit(
    limit: int, load: list[tuple[int, int]]
) -> None:
    async def scene() -> int:
        rows, clock = Rows(), Hand()
        processes = [Rates(rows, clock) for _ in range(4)]
        return sum(
            await asyncio.gather(*(calls(processes[place], A, limit, number) for place, number in load))
        )

    assert asyncio.run(scene()) <= limit


@pytest.mark.parametrize("limit", [1, 7, 16, 100, 2_000])
def test_one_process_has_the_whole_limit_and_not_a_call_more(limit: int) -> None:
    async def scene() -> tuple[int, int]:
        rows, clock = Rows(), Hand()
        rates = Rates(rows, clock)
        first = await calls(rates, A, limit, limit + 50)
        clock.at += 1
        return first, await calls(rates, A, limit, limit + 50)

    assert asyncio.run(scene()) == (limit, limit)


def test_steady_traffic_asks_once_a_second() -> None:
    async def scene() -> list[int]:
        rows, clock = Rows(), Hand()
        rates = Rates(rows, clock)
        asked = []
        for _ in range(4):
            assert await calls(rates, A, 2_000, 500) == 500
            asked.append(rows.asked[A])
            clock.at += 1
        return asked

    first, *more = asyncio.run(scene())
    assert first <= SHARES
    assert more == [first + 1, first + 2, first + 3]


def test_five_calls_a_second_ask_once_a_second_from_the_first_on() -> None:
    async def scene() -> int:
        rows, clock = Rows(), Hand()
        rates = Rates(rows, clock)
        for _ in range(10):
            assert await calls(rates, A, 2_000, 5) == 5
            clock.at += 1
        return rows.asked[A]

    assert asyncio.run(scene()) == 10


def test_a_second_that_is_spent_is_not_asked_for_again() -> None:
    async def scene() -> int:
        rows = Rows()
        rates = Rates(rows, Hand())
        for _ in range(100):
            await calls(rates, A, 10, 10)
        return rows.asked[A]

    assert asyncio.run(scene()) <= 11


def test_one_caller_takes_nothing_from_another() -> None:
    async def scene() -> int:
        rates = Rates(Rows(), Hand())
        assert await calls(rates, A, 100, 1_000) == 100
        return await calls(rates, B, 100, 100)

    assert asyncio.run(scene()) == 100


def test_a_process_that_has_been_busy_leaves_half_to_the_others() -> None:
    async def scene() -> int:
        rows, clock = Rows(), Hand()
        busy, other = Rates(rows, clock), Rates(rows, clock)
        await calls(busy, A, 160, 160)
        clock.at += 1
        await calls(busy, A, 160, 1)
        return await calls(other, A, 160, 160)

    assert asyncio.run(scene()) == 80


def test_while_the_database_is_away_nobody_is_counted() -> None:
    async def scene() -> tuple[int, int]:
        rows, clock = Rows(), Hand()
        rates = Rates(rows, clock)
        rows.away = True
        through = await calls(rates, A, 10, 50)
        rows.away = False
        clock.at += 1
        return through, await calls(rates, A, 10, 50)

    assert asyncio.run(scene()) == (50, 10)


def test_a_caller_that_hangs_up_while_it_waits_costs_the_others_nothing() -> None:
    async def scene() -> int:
        rates = Rates(Rows(), Hand())
        gone = asyncio.ensure_future(rates.count(A, 10))
        there = asyncio.ensure_future(rates.count(A, 10))
        await asyncio.sleep(0)
        gone.cancel()
        return await there

    assert asyncio.run(scene()) == 0


def test_who_is_refused_is_told_when_to_come_back() -> None:
    async def scene() -> None:
        rates = Rates(Rows(), Hand())
        await rates.count(A, 1)
        await rates.count(A, 1)

    with pytest.raises(TooMany) as refused:
        asyncio.run(scene())
    assert refused.value.code == "rate.limited"
    assert refused.value.facts == {"retry_after_seconds": 1}
