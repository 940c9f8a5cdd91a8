"""What cancelling does to a fulfilment, by where it stands."""

from enum import Enum

from andon.kernel.errors import Forbidden, Invalid, codes
from andon.orders.order.rules import Flag, FulfilmentState, Mode

CODES = codes(
    {
        "order.already_shipped": ("Shipped already", "订单已发货"),
        "cancellation.not_requested": ("No cancellation was asked for", "没有待答复的取消请求"),
        "cancellation.answered": ("Answered otherwise already", "取消请求已作出其他答复"),
        "cancellation.by": ("Not for this party to say whose wish it is", "该身份不能代他人取消"),
        "cancellation.force": ("Only an operator decides for a supplier", "仅平台可代供应商作出决定"),
        "cancellation.not_overdue": ("No answer to a cancellation is overdue", "没有逾期未答复的取消请求"),
    }
)

BUYER = "buyer"
SELLER = "seller"
OPERATOR = "operator"
"""At whose wish an order is cancelled. The channel speaks for the buyer, a shop for either, an operator for itself."""

AT_ONCE = "at_once"
FORCED = "forced"
ACCEPTED = "accepted"
REFUSED = "refused"
"""How a cancellation was answered; the first two by nobody: no one needed to be asked, or an operator decided."""

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


def wisher(party: str, said: str | None) -> str:
    """At whose wish a party cancels; a shop that does not say passes the buyer's on. Invalid `cancellation.by`."""
    own = {"channel": (BUYER,), "shop": (BUYER, SELLER), "operator": (OPERATOR,)}[party]
    if said is not None and said not in own:
        raise Invalid("cancellation.by", f"a {party} cancels by {' or '.join(own)}")
    return said or own[0]


def check_force(party: str, force: bool) -> None:
    """Refuse, with Forbidden `cancellation.force`, a decision that is an operator's alone."""
    if force and party != OPERATOR:
        raise Forbidden("cancellation.force")


def step_for(state: FulfilmentState, *, supplied: bool, asked: bool, forced: bool = False) -> Step:
    """What a wish to cancel does to a fulfilment, of a supplier's if `supplied`; `asked` says that it was asked before.

    A refused cancellation is not asked for again: the supplier has said that it is too late. `forced` says that an
    operator decides in the place of a supplier whose answer is overdue.
    """
    if state in UNACCEPTED or (state in IN_HAND and (forced or not supplied)):
        return Step.CANCEL
    if state in IN_HAND:
        return Step.NOTHING if asked else Step.ASK
    return Step.NOTHING if state in (_S.CANCELLED, _S.REJECTED) else Step.TOO_LATE


def is_sellers_stock_out(mode: int, flags: int, party: str, *, supplied: bool) -> bool:
    """Whether what is cancelled could not be filled from the seller's own warehouse, by any count of the seller's.

    Whatever wish the seller names; only where the channel itself tells the buyer's it is none. Source: STOCK-1.
    """
    own = mode == Mode.STANDARD and not supplied
    return own and bool(flags & Flag.SHORT) and party != "channel"


def late_answer(state: FulfilmentState, *, asked: bool, answered: bool, accepted: bool) -> str | None:
    """The code that refuses an answer nobody waits for; None if it only repeats what is so."""
    if state is _S.CANCELLED:
        return None if accepted else "cancellation.answered"
    if answered:
        return "cancellation.answered" if accepted else None
    if not asked:
        return "cancellation.not_requested"
    return "order.already_shipped"
