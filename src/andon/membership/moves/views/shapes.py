"""How a move is said, and how it is shown."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.http.models import Instant, Out, Strict
from andon.membership.moves.rules import MoveDraft, ProductDraft
from andon.partners.tracks.rules import Choice

MOST_PRODUCTS = 1_000

ChoiceWord = Literal["stock_up", "unlist", "supplier_ships"]
Ramp = Annotated[list[int], Field(max_length=31)]


class MovingIn(Strict):
    """What is otherwise for one product: what to do for want of local stock, or a ramp of its own."""

    sku: Annotated[str, Field(min_length=1, max_length=128)]
    choice: ChoiceWord | None = None
    ramp: Ramp | None = None


class MoveIn(Strict):
    """`ramp` is the percent of new orders that leave JIT on each day; without one all leave at once."""

    ramp: Ramp | None = None
    products: Annotated[list[MovingIn], Field(max_length=MOST_PRODUCTS)] = []

    def draft(self) -> MoveDraft:
        """The same for the use case."""
        return MoveDraft(
            self.ramp,
            [
                ProductDraft(each.sku, each.choice and Choice(each.choice), each.ramp)
                for each in self.products
            ],
        )


class MoveListed(Out):
    """A move in a list; until `until` the smart line goes first. `exit_id` is the exit that it is part of."""

    id: int
    state: Literal["running", "done", "cancelled"]
    exit_id: int | None
    started_at: Instant
    until: Instant
    ended_at: Instant | None
    products: int


class MoveOut(MoveListed):
    """A move as it stands: JIT orders that still drain, products on its tracks by what was chosen (`none` for nothing),
    how many go just in time no more, and how many wait for units to be counted.
    """

    ramp: list[int] | None
    draining: int
    choices: dict[str, int]
    closed: int
    uncounted: int
    smart_lines: list[str]


class MoveDayOut(Out):
    """A day of a move, 24 hours from `since`: the percent of new orders that is to leave JIT, and how many of their parts
    went just in time and how many did not.
    """

    day: int
    since: Instant
    planned: int
    jit: int
    left: int


class TrackOut(Out):
    """A product on a move's track: today `share` percent of its new orders leave JIT, all from `closes_at` on.

    `stocked_at` is when units were counted that it had none of; `local` units can be sold now.
    """

    sku: str
    title: str
    choice: ChoiceWord | None
    ramp: list[int]
    share: int
    closes_at: Instant | None
    stocked_at: Instant | None
    local: int
