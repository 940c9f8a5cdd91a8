"""What happens to stock, beyond what its movements tell."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, kw_only=True)
class StockReleased(Event):
    """Consigned units left the books of a supplier's warehouse for the seller's own, where they are to be counted.

    `item_units` of the item became `units` of the SKU. Source: PART-2.
    """

    kind: ClassVar[str] = "stock.released"
    about: ClassVar[str] = "item"

    calibration_id: int
    transfer_note: str
    supplier_id: int
    item: str
    item_units: int
    sku: str
    units: int
    due_at: datetime

    @property
    def subject(self) -> str:
        """The stock row that they left, for example `stock:7/I-1`."""
        return f"stock:{self.supplier_id}/{self.item}"


@dataclass(frozen=True, kw_only=True)
class StockCalibrated(Event):
    """Released units were counted and may be sold; `counted` is null where the whole SKU was. Source: PART-3."""

    kind: ClassVar[str] = "stock.calibrated"
    about: ClassVar[str] = "sku"

    calibration_id: int
    sku: str
    units: int
    counted: int | None

    @property
    def subject(self) -> str:
        """The stock row that they are in, for example `stock:0/SKU-1`."""
        return f"stock:0/{self.sku}"
