"""What is recorded of stock-outs."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StockOutRecorded(Event):
    """The seller's own warehouse could not fill an order: a violation. Source: STOCK-1."""

    kind: ClassVar[str] = "stock_out.recorded"
    about: ClassVar[str] = "stock_out_id"

    stock_out_id: int
    channel: str
    channel_order_no: str
    cause: str
    sku: str | None
