"""When a push is tried again, and what an endpoint's answer means."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from andon.kernel.errors import codes
from andon.orders.order.rules import OPEN_BELOW

CODES = codes(
    {
        "push.not_found": ("No such push", "推送记录不存在"),
        "push.no_endpoint": ("No endpoint is set", "尚未设置推送地址"),
    }
)

PUSHED = "fulfilment.pushed"
CANCEL_REQUESTED = "fulfilment.cancel_requested"
LATE_ANSWER = "fulfilment.late_answer"
REMINDED = "fulfilment.reminded"
WITHDRAWN = "fulfilment.withdrawn"
KINDS = (PUSHED, CANCEL_REQUESTED, LATE_ANSWER, REMINDED, WITHDRAWN)
"""What a push tells its supplier: that it has a fulfilment, that it is not wanted, that an answer is late, that
somebody waits, that it is taken away."""

TAKEN_AWAY = (CANCEL_REQUESTED, WITHDRAWN)
"""What a supplier that knows of a fulfilment must hear also once it is over."""

GONE = 410


def is_taken(status: int | None) -> bool:
    """Whether the endpoint has taken the message: any status of 200 to 299."""
    return status is not None and 200 <= status < 300


def retry_at(
    now: datetime, failed: int, delays: Sequence[timedelta], jitter_share: Decimal, chance: float
) -> datetime:
    """When a push that has failed `failed` times, this one included, is tried again.

    After the last delay it goes on at that one: what waits is never dropped, until the fulfilment is closed.
    `chance`, of 0 to 1, is the share of the jitter that is added.
    """
    assert failed > 0, "a push that did not fail is not tried again"
    delay = delays[min(failed, len(delays)) - 1]
    return now + delay * (1 + float(jitter_share) * chance)


def is_moot(state: int, told_before: bool, granted: bool) -> bool:
    """Whether a push is not sent any more: nobody may be told of it, or it is over before its supplier knew."""
    return not granted or (state >= OPEN_BELOW and not told_before)
