"""Of one caller's calls so many are answered at once; the others of it wait, and nobody else does."""

import asyncio

from andon.kernel.http.rates import Rates
from andon.platform.accounts.counting import MOST_PROVEN, Counter

A, B = b"a", b"b"


def counter(at_once: int = 2) -> Counter:
    return Counter(
        Rates(lambda _caller, _second, wanted, _limit: wanted),
        b"key",
        each=10,
        strangers=10,
        at_once=at_once,
    )


def test_so_many_of_one_caller_are_answered_at_once_and_all_of_them_in_the_end() -> None:
    async def scene() -> tuple[int, int]:
        counts = counter()
        inside = most = done = 0

        async def call() -> None:
            nonlocal inside, most, done
            async with counts.turn(A):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.001)
                inside -= 1
                done += 1

        await asyncio.gather(*(call() for _ in range(20)))
        return most, done

    assert asyncio.run(scene()) == (2, 20)


def test_a_caller_with_many_calls_keeps_no_other_waiting() -> None:
    async def scene() -> None:
        counts, never = counter(), asyncio.Event()

        async def call() -> None:
            async with counts.turn(A):
                await never.wait()

        crowd = [asyncio.ensure_future(call()) for _ in range(50)]
        await asyncio.sleep(0)
        async with asyncio.timeout(1), counts.turn(B):
            pass
        for each in crowd:
            each.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)

    asyncio.run(scene())


def test_who_gives_up_waiting_takes_nobodys_place() -> None:
    async def scene() -> None:
        counts = counter(at_once=1)
        async with counts.turn(A):
            waiting = asyncio.ensure_future(counts.turn(A).__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(1), counts.turn(A):
            pass

    asyncio.run(scene())


def test_no_more_is_remembered_than_a_process_has_room_for() -> None:
    counts = counter()
    for number in range(MOST_PROVEN + 5):
        counts.proved(number.to_bytes(4))
    assert len(counts._proven) <= MOST_PROVEN
