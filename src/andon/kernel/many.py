"""Many acts in one transaction, each with what it is refused with, where the use case takes one, or all or none."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from andon.kernel.errors import Refused
from andon.kernel.tx import Tx

T = TypeVar("T")


def one_by_one(
    tx: Tx[Any], acts: Sequence[T], do: Callable[[T], None], about: Callable[[T], int]
) -> list[Refused | None]:
    """Do each act so that what a refused one did is undone, and no other; those about one thing in the call's order.

    For use cases that take one thing: what they lock is taken by the number of what they are about. Hold the heads first.
    """
    refusals: dict[int, Refused | None] = {}
    for index, act in sorted(enumerate(acts), key=lambda each: about(each[1])):
        [refusals[index]] = halved(tx, [act], lambda some: do(some[0]))
    return [refusals[index] for index in range(len(acts))]


def halved(tx: Tx[Any], acts: Sequence[T], do: Callable[[Sequence[T]], None]) -> list[Refused | None]:
    """What each of these acts is refused with, where all are done at once or none.

    Where all are refused, each half is tried: so that a few bad ones cost a few tries more, not one for each act.
    """
    try:
        with tx.undone_by(Refused):
            do(acts)
    except Refused as no:
        if len(acts) == 1:
            return [no]
        middle = len(acts) // 2
        return halved(tx, acts[:middle], do) + halved(tx, acts[middle:], do)
    return [None] * len(acts)
