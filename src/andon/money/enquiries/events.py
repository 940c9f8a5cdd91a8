"""What happens to an enquiry; what people wrote is in its row."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _EnquiryEvent(Event):
    """What every event of an enquiry says; it belongs to the story of its charge."""

    about: ClassVar[str] = "charge_id"

    charge_id: int
    parcel_id: int
    number: str
    carrier: str


@dataclass(frozen=True, kw_only=True)
class EnquiryOpened(_EnquiryEvent):
    """The seller asks the carrier what became of a parcel. FEE-5."""

    kind: ClassVar[str] = "enquiry.opened"


@dataclass(frozen=True, kw_only=True)
class EnquiryAnswered(_EnquiryEvent):
    """The carrier says what became of it; with an instant that is a scan of its own. FEE-5."""

    kind: ClassVar[str] = "enquiry.answered"

    answer: str
    occurred_at: datetime | None
