"""Which promises are broken where there is less than was promised."""

from collections.abc import Iterable
from dataclasses import dataclass

from andon.orders.order.rules import FulfilmentState

Fulfilled = tuple[int, int]
"""A fulfilment by its shop and its number."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Units of one stock row that a fulfilment holds."""

    fulfilment: Fulfilled
    state: FulfilmentState
    units: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """So many units of one stock row are promised and not there; the promises, newest first."""

    missing: int
    promises: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The fulfilments that lose their units, and those that stay although theirs are not all there."""

    lost: list[Fulfilled]
    short: list[Fulfilled]


def promises_to_break(shortages: Iterable[Shortage]) -> Broken:
    """Which fulfilments lose their units because they are not there, and which ones are short.

    Those that nobody has accepted go, newest first, until what is left is covered; only where they do not suffice
    are accepted ones, newest first, short: they stay. One that goes gives back all it holds, of every row.
    """
    lost: dict[Fulfilled, None] = {}
    short: dict[Fulfilled, None] = {}
    for shortage in shortages:
        missing = shortage.missing
        missing -= sum(promise.units for promise in shortage.promises if promise.fulfilment in lost)
        for firm in (False, True):
            for promise in shortage.promises:
                if missing <= 0:
                    break
                if (promise.state > FulfilmentState.PUSHED) is firm and promise.fulfilment not in lost:
                    (short if firm else lost)[promise.fulfilment] = None
                    missing -= promise.units
    return Broken(list(lost), list(short))
