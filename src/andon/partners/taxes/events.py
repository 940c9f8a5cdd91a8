"""What happens to a shop's tax numbers; the numbers themselves stand in their rows alone."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class TaxNumberSet(Event):
    """The shop has a number of that kind from now on."""

    kind: ClassVar[str] = "tax_number.set"
    about: ClassVar[str] = "tax"

    tax: str


@dataclass(frozen=True, kw_only=True)
class TaxNumberRemoved(Event):
    """The shop has no number of that kind any more."""

    kind: ClassVar[str] = "tax_number.removed"
    about: ClassVar[str] = "tax"

    tax: str
