"""What happens to a statement."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StatementIssued(Event):
    """The statement of a month, by its number 202611, is fixed: these transfers stand on it, and no others ever will."""

    kind: ClassVar[str] = "statement.issued"
    about: ClassVar[str] = "statement_id"

    statement_id: int
    number: str
    last_transfer: int
