"""How fulfilments stand when something is said of them, and who may say it."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.shipping.rules import DONE, Status, Verdict, refused
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to the thing said at `index` of a call."""

    index: int
    status: Status
    code: str | None = None
    state: str | None = None

    @property
    def verdict(self) -> Verdict:
        """What became of it, without its place in the call."""
        return Verdict(self.status, self.code, self.state)


class Said(Protocol):
    """Something that is said of a fulfilment."""

    @property
    def fulfilment_id(self) -> int: ...


T = TypeVar("T", bound=Said)
Turn = Sequence[tuple[int, T]]
"""What is said in one round, each with its place in the call."""
Standings = Mapping[int, Row[Any]]


def standings(tx: Tx[Policy], fulfilment_ids: Collection[int]) -> Standings:
    """How these fulfilments stand, those that this transaction may see; nothing is locked."""
    tx.plan_once()
    return {
        row.fulfilment_id: row
        for row in tx.rows(
            # The heads are the shops that are seen: the key's first column is known, whoever asks.
            "select shop_id, fulfilment_id, order_id, supplier_id, mode, state, reason, held_at, accepted_at, labelled_at, "
            "handed_over_at from fulfilments where shop_id = any(array(select shop_id from heads)) "
            "and fulfilment_id = any(:fulfilments)",
            fulfilments=sorted(set(fulfilment_ids)),
        )
    }


def barred(tx: Tx[Policy], row: Row[Any] | None, own_of: int | None) -> Verdict | None:
    """Why the actor may say nothing of this fulfilment, or None if it may.

    `own_of` is the shop that speaks for its own location; otherwise a supplier speaks, for its own alone, or the
    line, for anyone.
    """
    if row is None or (own_of is not None and row.shop_id != own_of):
        return refused("fulfilment.not_found")
    if own_of is not None and row.supplier_id is not None:
        return refused("fulfilment.supplied", FulfilmentState(row.state))
    if tx.actor.kind == "supplier" and row.supplier_id != tx.actor.id:
        return refused("fulfilment.not_found")
    return None


def unless_held(row: Row[Any], verdict: Verdict) -> Verdict:
    """The verdict, but that nothing is done to a fulfilment that is held."""
    held = verdict is DONE and row.held_at is not None
    return refused("fulfilment.held", FulfilmentState(row.state)) if held else verdict


def is_asked(row: Row[Any]) -> bool:
    """Whether a supplier is asked before anything is done: nobody is about what the seller ships."""
    return row.supplier_id is not None


def _in_rounds(said: Sequence[T], about: Callable[[T], Hashable]) -> Iterator[list[tuple[int, T]]]:
    """What was said, with its place, in rounds that name each thing once; what is said of one keeps its order."""
    waiting = list(enumerate(said))
    while waiting:
        now: dict[Hashable, tuple[int, T]] = {}
        later = [pair for pair in waiting if now.setdefault(about(pair[1]), pair) is not pair]
        yield list(now.values())
        waiting = later


def outcomes_of(
    said: Sequence[T],
    judge: Callable[[Turn[T]], Mapping[int, Verdict]],
    about: Callable[[T], Hashable] = lambda each: each.fulfilment_id,
) -> list[Outcome]:
    """The answer to each thing said, in the order of the call.

    `judge` answers a round, in which no two things are said of one thing; `about` tells what each is said of.
    """
    verdicts: dict[int, Verdict] = {}
    for turn in _in_rounds(said, about):
        verdicts.update(judge(turn))
    return [
        Outcome(index, verdicts[index].status, verdicts[index].code, verdicts[index].state)
        for index in range(len(said))
    ]
