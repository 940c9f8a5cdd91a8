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
