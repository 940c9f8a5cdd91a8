"""What happens between a shop and a supplier."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class BindingOffered(Event):
    """A shop asks a supplier to fulfil for it."""

    kind: ClassVar[str] = "binding.offered"
    about: ClassVar[str] = "binding_id"

    binding_id: int
    supplier_id: int


@dataclass(frozen=True, kw_only=True)
class BindingActive(Event):
    """The supplier accepted; its grant on the shop is open."""

    kind: ClassVar[str] = "binding.active"
    about: ClassVar[str] = "binding_id"

    binding_id: int
    supplier_id: int
    grant_id: int


@dataclass(frozen=True, kw_only=True)
class BindingEnding(Event):
    """A termination letter is drawn up, and waits for its signature; the grant goes on, nothing new is given."""

    kind: ClassVar[str] = "binding.ending"
    about: ClassVar[str] = "binding_id"

    binding_id: int
    supplier_id: int
    letter_id: int


@dataclass(frozen=True, kw_only=True)
class BindingEnded(Event):
    """The letter is signed and the grant is over; or an offer was withdrawn, of which there was neither.

    Source: EXIT-3.
    """

    kind: ClassVar[str] = "binding.ended"
    about: ClassVar[str] = "binding_id"

    binding_id: int
    supplier_id: int
    letter_id: int | None = None
    grant_id: int | None = None
