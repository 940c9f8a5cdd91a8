"""What happens to whether a product is on sale."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductDelisted(Event):
    """Orders for the product are refused from now on: its released stock was not counted in time, or its seller unlists it.

    Source: PART-3, MOVE-1.
    """

    kind: ClassVar[str] = "product.delisted"
    about: ClassVar[str] = "sku"

    sku: str

    @property
    def subject(self) -> str:
        """The product, for example `product:SKU-1`."""
        return f"product:{self.sku}"


@dataclass(frozen=True, kw_only=True)
class ProductRelisted(Event):
    """Orders for the product are taken again."""

    kind: ClassVar[str] = "product.relisted"
    about: ClassVar[str] = "sku"

    sku: str

    @property
    def subject(self) -> str:
        """The product, for example `product:SKU-1`."""
        return f"product:{self.sku}"
