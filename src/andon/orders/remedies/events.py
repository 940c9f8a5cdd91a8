"""What people did about fulfilments that went wrong."""

from dataclasses import dataclass
from typing import ClassVar

from andon.orders.order.events import FulfilmentEvent


@dataclass(frozen=True, kw_only=True)
class FulfilmentRemedied(FulfilmentEvent):
    """Somebody chose a remedy: for which causes, and which fulfilments stand in its place now."""

    kind: ClassVar[str] = "fulfilment.remedied"

    action: str
    causes: list[str]
    successors: list[int]
