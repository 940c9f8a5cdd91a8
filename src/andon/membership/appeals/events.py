"""What happens to an appeal; its text and the answer's note are in its row."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AppealEvent(Event):
    """Something happened to an appeal; it belongs to the exit's story."""

    about: ClassVar[str] = "exit_id"

    exit_id: int
    appeal_id: int


@dataclass(frozen=True, kw_only=True)
class AppealOpened(AppealEvent):
    """The shop appeals by its exit's ticket; it is to be answered by `due_at`. EXIT-5."""

    kind: ClassVar[str] = "appeal.opened"

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class AppealEscalated(AppealEvent):
    """Nobody has answered the appeal in time. EXIT-5."""

    kind: ClassVar[str] = "appeal.escalated"


@dataclass(frozen=True, kw_only=True)
class AppealAnswered(AppealEvent):
    """The appeal is answered: `verdict` is upheld or rejected. Upheld, an exit in verification is verified anew at once."""

    kind: ClassVar[str] = "appeal.answered"

    verdict: str


@dataclass(frozen=True, kw_only=True)
class AppealClosed(AppealEvent):
    """The answer has stood long enough; another appeal may be opened."""

    kind: ClassVar[str] = "appeal.closed"
