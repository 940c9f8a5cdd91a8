"""What happens to a dispute; words and files of people stand in its rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class DisputeEvent(Event):
    """Something happened to a dispute of an order; `supplier_id` is the supplier that it names, if any."""

    about: ClassVar[str] = "dispute_id"

    dispute_id: int
    supplier_id: int | None


@dataclass(frozen=True, kw_only=True)
class DisputeOpened(DisputeEvent):
    """Somebody claims `amount` for an order, for a cause: quality, wrong_item, short, packing, delay, lost or other."""

    kind: ClassVar[str] = "dispute.opened"

    cause: str
    amount: Money
    carrier: str | None


@dataclass(frozen=True, kw_only=True)
class EvidenceGiven(DisputeEvent):
    """Evidence was handed in: what it is, and the hash of its file. A claim with evidence is decided by `due_at`. DISP-4."""

    kind: ClassVar[str] = "dispute.evidence_given"

    evidence_id: int
    evidence: str
    party: str
    sha256: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(DisputeEvent):
    """A party that the dispute names answers it: accept or contest. DISP-7."""

    kind: ClassVar[str] = "dispute.answered"

    party: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class DisputeEscalated(DisputeEvent):
    """Nobody has decided the dispute in time. DISP-4."""

    kind: ClassVar[str] = "dispute.escalated"


@dataclass(frozen=True, kw_only=True)
class DisputeDecided(DisputeEvent):
    """The dispute is decided: upheld, partial or rejected; by which clause who pays what, posted by that journal.

    It may be appealed against until `due_at`.
    """

    kind: ClassVar[str] = "dispute.decided"

    outcome: str
    payer: str | None
    clause: str | None
    amount: Money
    journal_id: int | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class DisputeAppealed(DisputeEvent):
    """A party appeals against the decision, which is to be made anew by `due_at`."""

    kind: ClassVar[str] = "dispute.appealed"

    party: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class DisputeWithdrawn(DisputeEvent):
    """Who opened the dispute has withdrawn it."""

    kind: ClassVar[str] = "dispute.withdrawn"


@dataclass(frozen=True, kw_only=True)
class DisputePaid(DisputeEvent):
    """What was awarded is paid, by that journal: into the shop's funds, or to the buyer outside."""

    kind: ClassVar[str] = "dispute.paid"

    amount: Money
    beneficiary: str
    journal_id: int


@dataclass(frozen=True, kw_only=True)
class DisputeClosed(DisputeEvent):
    """The decision stands, and nothing is paid by it."""

    kind: ClassVar[str] = "dispute.closed"
