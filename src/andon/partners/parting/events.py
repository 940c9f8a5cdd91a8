"""What happens while one product leaves JIT."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _OfProductExit(Event):
    about: ClassVar[str] = "sku"

    product_exit_id: int
    sku: str

    @property
    def subject(self) -> str:
        """The product, for example `product:SKU-1`."""
        return f"product:{self.sku}"


@dataclass(frozen=True, kw_only=True)
class ProductExitOpened(_OfProductExit):
    """The first of the two acts was done, or both at once."""

    kind: ClassVar[str] = "product.exit_opened"


@dataclass(frozen=True, kw_only=True)
class ProductExitDone(_OfProductExit):
    """Mode and mapping are both gone: the product is out of JIT."""

    kind: ClassVar[str] = "product.exit_done"


@dataclass(frozen=True, kw_only=True)
class ProductExitTakenBack(_OfProductExit):
    """The act was undone before the other was: the product stays in JIT."""

    kind: ClassVar[str] = "product.exit_taken_back"
