"""What happens to a supplier's capacity: the platform's own event, since a supplier belongs to no shop."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CapacitySet(Event):
    """A supplier takes so many fulfilments a day from now on; without a number as many as come."""

    kind: ClassVar[str] = "supplier.capacity_set"
    about: ClassVar[str] = "supplier_id"

    supplier_id: int
    daily: int | None
