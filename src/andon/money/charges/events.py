"""What happens to a charge."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class _ChargeEvent(Event):
    """What every event of a charge says; `fee` is the ChargeKind's word. A penalty may be of no fulfilment."""

    about: ClassVar[str] = "charge_id"

    charge_id: int
    fulfilment_id: int | None
    fee: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class ChargeAccrued(_ChargeEvent):
    """A shipped fulfilment costs this, provisionally; `basis` says what it was worked out from, in codes."""

    kind: ClassVar[str] = "charge.accrued"

    basis: str


@dataclass(frozen=True, kw_only=True)
class ChargeFixed(_ChargeEvent):
    """The charge is owed, and due at `due_at`."""

    kind: ClassVar[str] = "charge.fixed"

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChargeWaived(_ChargeEvent):
    """The charge is owed no more; `cause` is how the fulfilment ended."""

    kind: ClassVar[str] = "charge.waived"

    cause: str


@dataclass(frozen=True, kw_only=True)
class ChargeReversed(_ChargeEvent):
    """The charge was taken back, to be charged anew."""

    kind: ClassVar[str] = "charge.reversed"

    cause: str


@dataclass(frozen=True, kw_only=True)
class ChargeConverted(_ChargeEvent):
    """The charge has waited for a rate: from now on it is the amount that `base` comes to at it."""

    kind: ClassVar[str] = "charge.converted"

    base: Money
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class ChargeSettled(_ChargeEvent):
    """The charge was taken from the shop's funds, in that journal; without one it is settled outside."""

    kind: ClassVar[str] = "charge.settled"

    journal_id: int | None


@dataclass(frozen=True, kw_only=True)
class ChargeOverdue(_ChargeEvent):
    """The charge was due at `due_at`, and the funds do not cover it. FEE-5."""

    kind: ClassVar[str] = "charge.overdue"

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChargeDisputed(_ChargeEvent):
    """The charge is in that dispute, and is not settled before it is decided."""

    kind: ClassVar[str] = "charge.disputed"

    dispute_id: int


@dataclass(frozen=True, kw_only=True)
class ChargeHeld(_ChargeEvent):
    """What the disputed charge comes to is held, by that journal: it stands in no exit's way. EXIT-2."""

    kind: ClassVar[str] = "charge.held"

    journal_id: int
