"""What happens to reviews; notes and scorecards are in their rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class SupplierDocumentAdded(Event):
    """A supplier showed a document: its kind, and the hash of its file."""

    kind: ClassVar[str] = "supplier.document_added"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int
    document_id: int
    document: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class SupplierReviewEscalated(Event):
    """A supplier's application was not decided in time. QUAL-2."""

    kind: ClassVar[str] = "supplier.review_escalated"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class ReviewEvent(Event):
    """Something happened to the review of a supplier for this shop."""

    about: ClassVar[str] = "review_id"

    review_id: int
    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class ReviewOpened(ReviewEvent):
    """The shop has signed the supplier anew on its way back: it is reviewed by `due_at`. QUAL-1."""

    kind: ClassVar[str] = "review.opened"

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReviewEscalated(ReviewEvent):
    """Nobody has decided the review in time. QUAL-2."""

    kind: ClassVar[str] = "review.escalated"


@dataclass(frozen=True, kw_only=True)
class ReviewPassed(ReviewEvent):
    """The supplier may fulfil for this shop again."""

    kind: ClassVar[str] = "review.passed"


@dataclass(frozen=True, kw_only=True)
class ReviewFailed(ReviewEvent):
    """The supplier may not fulfil for this shop; its other shops are untouched."""

    kind: ClassVar[str] = "review.failed"
