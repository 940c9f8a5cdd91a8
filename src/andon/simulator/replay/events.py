"""What a replay notes beside the orders' own events: where the past contradicts itself, and what was not taken."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event
from andon.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class PaymentDiffers(Event):
    """The past says that the buyer paid something else than goods and freight come to."""

    kind: ClassVar[str] = "replay.payment_differs"
    about: ClassVar[str] = "order_id"

    paid: Money
    goods_and_freight: Money


@dataclass(frozen=True, kw_only=True)
class StepRefused(Event):
    """A later step of an order's way was refused; `step` is a Beat's word, `code` says why."""

    kind: ClassVar[str] = "replay.step_refused"
    about: ClassVar[str] = "channel_order_no"

    channel_order_no: str
    step: str
    code: str
