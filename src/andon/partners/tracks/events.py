"""What happens to a product while its shop moves."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductStocked(Event):
    """Units of it were counted in the seller's own warehouse: what was chosen for want of them is over. Source: MOVE-1."""

    kind: ClassVar[str] = "product.stocked"
    about: ClassVar[str] = "sku"

    sku: str
    choice: str

    @property
    def subject(self) -> str:
        """The product, for example `product:SKU-1`."""
        return f"product:{self.sku}"
