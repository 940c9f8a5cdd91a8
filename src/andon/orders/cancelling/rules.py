"""What cancelling does to a fulfilment, by where it stands."""

from enum import Enum

from andon.kernel.errors import codes
from andon.orders.order.rules import FulfilmentState, Mode

CODES = codes(
    {
        "order.already_shipped": ("Shipped already", "订单已发货"),
        "cancellation.not_requested": ("No cancellation was asked for", "没有待答复的取消请求"),
        "cancellation.answered": ("Answered otherwise already", "取消请求已作出其他答复"),
    }
)

BUYER = "buyer"
"""The reason of a cancellation that names none."""

_S = FulfilmentState

UNACCEPTED = (_S.WAITING, _S.RESERVED, _S.PUSHED)
IN_HAND = (_S.ACCEPTED, _S.PICKED, _S.LABELLED)


class Step(Enum):
    """What cancelling does."""

    CANCEL = "cancel"
    """It is cancelled at once: nobody has accepted it, or nobody but the seller would be asked."""
    ASK = "ask"
    """Its supplier is asked."""
    NOTHING = "nothing"
    """It is cancelled, or asked for, or has been replaced already."""
    TOO_LATE = "too_late"
    """It has left the warehouse."""


def step_for(state: FulfilmentState, mode: Mode, *, asked: bool) -> Step:
    """What a wish to cancel does to a fulfilment; `asked` says that its supplier was asked before.

    A refused cancellation is not asked for again: the supplier has said that it is too late.
    """
    if state in UNACCEPTED or (state in IN_HAND and mode is Mode.STANDARD):
        return Step.CANCEL
    if state in IN_HAND:
        return Step.NOTHING if asked else Step.ASK
    return Step.NOTHING if state in (_S.CANCELLED, _S.REJECTED) else Step.TOO_LATE


def late_answer(state: FulfilmentState, *, asked: bool, answered: bool, accepted: bool) -> str | None:
    """The code that refuses an answer nobody waits for; None if it only repeats what is so."""
    if state is _S.CANCELLED:
        return None if accepted else "cancellation.answered"
    if answered:
        return "cancellation.answered" if accepted else None
    if not asked:
        return "cancellation.not_requested"
    return "order.already_shipped"
