"""What happens to a shop's products and mappings."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class _OfProduct(Event):
    about: ClassVar[str] = "sku"

    sku: str

    @property
    def subject(self) -> str:
        """The product, for example `product:SKU-1`."""
        return f"product:{self.sku}"


@dataclass(frozen=True, kw_only=True)
class ProductModeSet(_OfProduct):
    """A product, new or known, has this shipping mode from now on."""

    kind: ClassVar[str] = "product.mode_set"

    mode: str


@dataclass(frozen=True, kw_only=True)
class ProductMapped(_OfProduct):
    """A product is an item of a supplier from now on, so many units of it a sale."""

    kind: ClassVar[str] = "product.mapped"

    supplier_id: int
    item: str
    units: int
    priority: int


@dataclass(frozen=True, kw_only=True)
class ProductUnmapped(_OfProduct):
    """A product is an item of that supplier no more."""

    kind: ClassVar[str] = "product.unmapped"

    supplier_id: int
    item: str


@dataclass(frozen=True, kw_only=True)
class SupplyPriceSet(_OfProduct):
    """One sale of a product costs so much at that supplier, from `holds_from` on; without a price it says nothing."""

    kind: ClassVar[str] = "product.supply_price_set"

    supplier_id: int
    price: Money | None
    holds_from: datetime
