"""What pushes tell, and which of them are not sent any more."""

from andon.kernel.errors import codes
from andon.orders.order.rules import OPEN_BELOW

CODES = codes(
    {
        "push.not_found": ("No such push", "推送记录不存在"),
        "push.no_endpoint": ("No endpoint is set", "尚未设置推送地址"),
        "push.window": ("The window ends before it begins", "时间窗口的结束早于开始"),
        "push.too_many": ("More pushes than one call sends again", "单次重发的推送数量超出上限"),
    }
)

PUSHED = "fulfilment.pushed"
CANCEL_REQUESTED = "fulfilment.cancel_requested"
LATE_ANSWER = "fulfilment.late_answer"
REMINDED = "fulfilment.reminded"
WITHDRAWN = "fulfilment.withdrawn"
HELD = "fulfilment.held"
RELEASED = "fulfilment.released"
SHIP_TO_CORRECTED = "fulfilment.ship_to_corrected"
KINDS = (PUSHED, CANCEL_REQUESTED, LATE_ANSWER, REMINDED, WITHDRAWN, HELD, RELEASED, SHIP_TO_CORRECTED)
"""What a push tells its supplier: that it has a fulfilment, that it is not wanted, that an answer is late, that
somebody waits, that it is taken away, that it is to wait, that it goes on, that it goes elsewhere."""

TAKEN_AWAY = (CANCEL_REQUESTED, WITHDRAWN)
"""What a supplier that knows of a fulfilment must hear also once it is over."""

BATCH = 400
"""How many pushes one claim takes."""

MOST_REPLAYED = 5_000
"""How many pushes one call sends again."""


def is_moot(state: int, told_before: bool, granted: bool) -> bool:
    """Whether a push is not sent any more: nobody may be told of it, or it is over before its supplier knew."""
    return not granted or (state >= OPEN_BELOW and not told_before)
