"""What happens to a shop."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ShopOpened(Event):
    """There is a new shop; its category and currency are these."""

    kind: ClassVar[str] = "shop.opened"
    about: ClassVar[str] = "shop_id"

    category: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class JitIntakeOpened(Event):
    """From now on, orders for products in JIT mode go to suppliers."""

    kind: ClassVar[str] = "shop.jit_intake_opened"
    about: ClassVar[str] = "shop_id"


@dataclass(frozen=True, kw_only=True)
class JitIntakeClosed(Event):
    """From now on, all orders go the standard way."""

    kind: ClassVar[str] = "shop.jit_intake_closed"
    about: ClassVar[str] = "shop_id"


@dataclass(frozen=True, kw_only=True)
class JitOffered(Event):
    """From now on, products may be set to JIT mode, and a JIT line may stand in the plan."""

    kind: ClassVar[str] = "shop.jit_offered"
    about: ClassVar[str] = "shop_id"


@dataclass(frozen=True, kw_only=True)
class JitNotOffered(Event):
    """From now on, no product can be set to JIT mode, and no JIT line be put into the plan. Source: EXIT-6."""

    kind: ClassVar[str] = "shop.jit_not_offered"
    about: ClassVar[str] = "shop_id"
