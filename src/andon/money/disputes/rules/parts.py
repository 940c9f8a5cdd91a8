"""Whose part of an order a dispute is about, and what Andon's own record shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from andon.money.disputes.rules.liability import Shown
from andon.money.disputes.rules.states import Cause
from andon.orders.order.rules import Flag, FulfilmentState

_S = FulfilmentState
_NOT_SENT = frozenset({_S.REJECTED, _S.CANCELLED})


@dataclass(frozen=True, slots=True)
class Part:
    """One fulfilment of an order: who had it, how it stands, and whether its supplier told that it had no stock."""

    fulfilment_id: int
    supplier_id: int | None
    carriers: frozenset[str]
    state: FulfilmentState
    flags: int
    stock_out: bool


def parts_meant(parts: Sequence[Part], fulfilment_id: int | None) -> list[Part]:
    """The parts that a claim may be about: the one it names; else those that were sent or may be; else all."""
    if fulfilment_id is not None:
        return [part for part in parts if part.fulfilment_id == fulfilment_id]
    return [part for part in parts if part.state not in _NOT_SENT] or list(parts)


def parties_of(parts: Sequence[Part]) -> tuple[int | None, str | None]:
    """The supplier and the carrier of those parts, each None where there is none, or more than one."""
    suppliers = {part.supplier_id for part in parts}
    carriers = set[str]().union(*(part.carriers for part in parts))
    supplier = suppliers.pop() if len(suppliers) == 1 else None
    return supplier, carriers.pop() if len(carriers) == 1 else None


def recorded(cause: Cause, parts: Sequence[Part]) -> list[Shown]:
    """What the record itself shows of the fault that is claimed.

    A lost parcel; one whose carrier has gone silent (MODE-5); units that the supplier had reported and did not have.
    What was not claimed and only stands beside it is none of it.
    """
    found = []
    if cause in ("lost", "delay", "other") and any(part.state == _S.LOST for part in parts):
        found.append(Shown("record", "lost"))
    elif cause in ("delay", "other") and any(part.flags & Flag.STALE for part in parts):
        found.append(Shown("record", "delay"))
    if cause in ("short", "delay", "other") and any(part.stock_out for part in parts):
        found.append(Shown("record", "stock_out"))
    return found
