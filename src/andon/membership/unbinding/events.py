"""What happens to a letter beside the end of its binding."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class LetterSigned(Event):
    """An authorised person signed, or a key. `signed_by` is `user:12` or `key:5`, never a name."""

    kind: ClassVar[str] = "letter.signed"
    about: ClassVar[str] = "letter_id"

    letter_id: int
    binding_id: int
    number: str
    signed_by: str
    factor: str


@dataclass(frozen=True, kw_only=True)
class LetterProven(Event):
    """Everything that the letter closes was tried, and nothing opened."""

    kind: ClassVar[str] = "letter.proven"
    about: ClassVar[str] = "letter_id"

    letter_id: int
    binding_id: int
    tries: int


@dataclass(frozen=True, kw_only=True)
class LetterUnproven(Event):
    """Something that the letter closes still opens: `open` says what."""

    kind: ClassVar[str] = "letter.unproven"
    about: ClassVar[str] = "letter_id"

    letter_id: int
    binding_id: int
    open: list[str]
