"""What happens to what a fulfilment is declared as."""

from dataclasses import dataclass
from typing import ClassVar

from andon.orders.order.events import FulfilmentEvent


@dataclass(frozen=True, kw_only=True)
class PapersCompleted(FulfilmentEvent):
    """Every paper that its line needs of its goods is said by now."""

    kind: ClassVar[str] = "fulfilment.papers_completed"
