"""What happens to stock, beyond what its movements tell."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StockCounted(Event):
    """A shop's own units of an item at a location were counted."""

    kind: ClassVar[str] = "stock.counted"
    about: ClassVar[str] = "item"

    location: int
    item: str
    counted: int

    @property
    def subject(self) -> str:
        """The stock row, for example `stock:0/SKU-1`."""
        return f"stock:{self.location}/{self.item}"
