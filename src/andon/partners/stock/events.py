"""What happens to stock, beyond what its movements tell."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StockCorrected(Event):
    """A supplier rejected a fulfilment because units were not there: what is not reserved of the item is gone.

    `owner` says whose they were. The movements name the fulfilment, and how many units of the shop's went.
    """

    kind: ClassVar[str] = "stock.corrected"
    about: ClassVar[str] = "item"

    location: int
    item: str
    owner: str
    reason: str
    fulfilment_id: int

    @property
    def subject(self) -> str:
        """The stock row, for example `stock:7/I-1`."""
        return f"stock:{self.location}/{self.item}"


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
