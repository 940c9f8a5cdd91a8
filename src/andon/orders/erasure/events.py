"""That a buyer's data was to go, and is gone."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ErasureAsked(Event):
    """The buyer's data is to go before its time."""

    kind: ClassVar[str] = "order.erasure_asked"
    about: ClassVar[str] = "order_id"


@dataclass(frozen=True, kw_only=True)
class BuyerErased(Event):
    """The buyer's data is gone; `cause` is asked or kept_for."""

    kind: ClassVar[str] = "order.buyer_erased"
    about: ClassVar[str] = "order_id"

    cause: str
