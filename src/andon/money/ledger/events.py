"""What is written into the books."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class JournalPosted(Event):
    """A journal stands in the shop's books: so many transfers, and the SHA-256 of what they say.

    The event is sealed, and with it each transfer: whichever is changed later does not come to this any more.
    """

    kind: ClassVar[str] = "journal.posted"
    about: ClassVar[str] = "journal_id"

    journal_id: int
    transfers: int
    content: str
