"""What an order counts for, by the day: pure, so that what it counted for before can be taken back. All in whole hours and seconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, IntFlag
from typing import NamedTuple
from zoneinfo import ZoneInfo

from andon.orders.order.rules import Group, Mode

RETURN_WITHIN = timedelta(days=7)
"""A return counts that was asked for so long after the delivery at the latest, at that instant too."""
SECOND, HOUR = timedelta(seconds=1), 3600


class Way(IntEnum):
    """How an order goes, by the modes of its parts."""

    STANDARD = Mode.STANDARD
    JIT = Mode.JIT
    MIXED = Mode.STANDARD | Mode.JIT

    @property
    def word(self) -> str:
        """The way's name on the wire."""
        return self.name.lower()


class Mark(IntFlag):
    """What else there is to say of an order."""

    STALE = 1
    """A carrier was silent about a part of it for so long that it was flagged. MODE-5."""
    RETURN_ASKED = 2
    """The buyer asked to send something back, within RETURN_WITHIN of the delivery."""


class Figure(IntEnum):
    """What is counted on a day. The times are counted by the hours they took."""

    PLACED = 1
    TO_SHIP = 2
    """From placed to shipped, on the day of the shipping."""
    IN_TRANSIT = 3
    """From shipped to delivered, on the day of the delivery."""
    TO_DELIVER = 4
    """From placed to delivered, on the day of the delivery."""
    RETURN_ASKED = 5
    """On the day of the delivery."""
    STALE = 6
    """On the day of the shipping."""
    AWAITING = 10 + Group.AWAITING
    TRANSIT = 10 + Group.IN_TRANSIT
    DELIVERED = 10 + Group.DELIVERED
    COMPLETED = 10 + Group.COMPLETED
    CANCELLED = 10 + Group.CANCELLED
    RETURNED = 10 + Group.RETURNED
    LOST = 10 + Group.LOST


TIMES = (Figure.TO_SHIP, Figure.IN_TRANSIT, Figure.TO_DELIVER)
GROUPS = {Figure(10 + group): group for group in Group}
"""How many came into a group that day, less those that left it: the sum of all days up to one is who stands there."""


class Seen(NamedTuple):
    """What is known of an order: the sum of its parts, but for those that were rejected or cancelled while others go on.

    It is shipped, delivered or closed when the last of its parts is; null until then. `outcome` is the Group that it
    closed in.
    """

    way: int
    placed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    outcome: int | None
    marks: int


@dataclass(frozen=True, slots=True)
class Count:
    """A cell of the counts: a figure, its day, the way and, for a time, the hours it took, begun ones whole."""

    figure: Figure
    day: date
    way: int
    hours: int = 0


def counts_of(seen: Seen, zone: ZoneInfo) -> Iterator[tuple[Count, int, int]]:
    """Each cell that an order is counted in, by how many, and the seconds it adds there; days are those of `zone`."""

    def count(
        figure: Figure, at: datetime, by: int = 1, since: datetime | None = None
    ) -> tuple[Count, int, int]:
        seconds = 0 if since is None else max(0, (at - since) // SECOND)
        return Count(figure, at.astimezone(zone).date(), seen.way, -(-seconds // HOUR)), by, seconds

    yield count(Figure.PLACED, seen.placed_at)
    if seen.shipped_at is not None:
        yield count(Figure.TO_SHIP, seen.shipped_at, since=seen.placed_at)
        if seen.marks & Mark.STALE:
            yield count(Figure.STALE, seen.shipped_at)
    if seen.delivered_at is not None:
        yield count(Figure.TO_DELIVER, seen.delivered_at, since=seen.placed_at)
        if seen.shipped_at is not None:
            yield count(Figure.IN_TRANSIT, seen.delivered_at, since=seen.shipped_at)
        if seen.marks & Mark.RETURN_ASKED:
            yield count(Figure.RETURN_ASKED, seen.delivered_at)
    yield from (count(Figure(10 + group), at, by) for group, at, by in _moves(seen))


def _moves(seen: Seen) -> Iterator[tuple[Group, datetime, int]]:
    """Into each group that it came to, and out of the one before."""
    yield Group.AWAITING, seen.placed_at, 1
    before = Group.AWAITING
    for group, at in (
        (Group.IN_TRANSIT, seen.shipped_at),
        (Group.DELIVERED, seen.delivered_at),
        (seen.outcome, seen.closed_at),
    ):
        if group is not None and at is not None:
            yield before, at, -1
            yield Group(group), at, 1
            before = Group(group)
