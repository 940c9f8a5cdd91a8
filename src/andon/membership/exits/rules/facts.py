"""What the gates of an exit look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.money.charges.rules import ChargeState
from andon.orders.order.rules import Flag, FulfilmentState


@dataclass(frozen=True, slots=True)
class OpenPart:
    """An open JIT fulfilment. It stands for `alike` of the same state and flags, of which it is the `place`th."""

    fulfilment_id: int
    order_id: int
    supplier_id: int | None
    state: FulfilmentState
    flags: Flag
    reserved_at: datetime
    pushed_at: datetime | None
    shipped_at: datetime | None
    answer_due_at: datetime | None
    cancel_asked_at: datetime | None
    place: int = 1
    alike: int = 1


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge that is not settled; `settle_at` is when the shop's due charges are settled next.

    With `rate_wanted` it waits to be converted. A disputed one is `secured` while its amount is held. It stands for `alike` of the same state, held or not, of which it is the `place`th.
    """

    charge_id: int
    order_id: int | None
    fulfilment_id: int | None
    state: ChargeState
    accrued_at: datetime
    due_at: datetime | None
    settle_at: datetime | None
    secured: bool = False
    rate_wanted: bool = False
    place: int = 1
    alike: int = 1


@dataclass(frozen=True, slots=True)
class Uncharged:
    """A shipped JIT fulfilment that has ended and that money has not charged yet: one of `alike`."""

    fulfilment_id: int
    order_id: int
    ended_at: datetime
    place: int = 1
    alike: int = 1


@dataclass(frozen=True, slots=True)
class LiveBinding:
    """A binding with a grant; `letter_id` numbers the letter that is drawn up and not signed, None before that.

    `promised` says that the exit was forced: the letter is signed by itself when the last open order ends.
    """

    binding_id: int
    supplier_id: int
    since: datetime
    letter_id: int | None
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Units that were released to the seller's warehouse and are not counted yet: one note of `alike`. Source: PART-2."""

    calibration_id: int
    sku: str
    supplier_id: int
    released_at: datetime
    due_at: datetime
    place: int = 1
    alike: int = 1


@dataclass(frozen=True, slots=True)
class Moving:
    """The move that the shop's JIT orders drain under; they should be gone by `until`. Source: MOVE-1."""

    move_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a shop the gates look at, at an instant; `zone` is the one whose calendar counts."""

    shop_id: int
    now: datetime
    zone: str
    parts: Sequence[OpenPart] = ()
    charges: Sequence[OpenCharge] = ()
    uncharged: Sequence[Uncharged] = ()
    bindings: Sequence[LiveBinding] = ()
    uncounted: Sequence[Uncounted] = ()
    move: Moving | None = None
