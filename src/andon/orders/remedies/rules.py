"""Which remedies are open to whoever finds a fulfilment stuck, by where it stands and what is flagged."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from andon.kernel.errors import Conflict, TooMany, codes
from andon.orders.cancelling.rules import IN_HAND
from andon.orders.order.rules import Flag, FulfilmentState, Mode

CODES = codes(
    {
        "remedy.not_needed": ("Nothing is to be remedied", "无需处置"),
        "remedy.not_open": ("Not a remedy for this", "当前情形不适用该处置方式"),
        "remedy.no_supplier": ("No other supplier can take it", "没有其他供应商可接单"),
        "remedy.no_local_stock": ("Not enough units in the own warehouse", "本地仓库存不足"),
        "remedy.too_soon": ("Reminded a short while ago", "催办过于频繁"),
    }
)

_S = FulfilmentState


class Action(StrEnum):
    """What a person chooses. Source: MODE-4."""

    REMIND = "remind"
    """Its supplier is told that somebody waits."""
    REROUTE = "reroute"
    """Another supplier gets it, as a new fulfilment."""
    TAKE_OVER = "take_over"
    """The seller ships it; it is no longer JIT."""
    CANCEL = "cancel"
    """It is cancelled, and nobody is asked."""


class Cause(StrEnum):
    """Why something may be done about a fulfilment."""

    WAITING = "waiting"
    UNPUSHED = "unpushed"
    LATE_ANSWER = "late_answer"
    CANCELLATION = "cancellation"
    """Its supplier was asked to cancel it, and has not answered in time."""
    STUCK = "stuck"
    SHORT = "short"
    STALE = "stale"


_EVERY = frozenset(Action)
_ENDING = _EVERY - {Action.REMIND}

OPEN: Mapping[Cause, frozenset[Action]] = {
    Cause.WAITING: _ENDING,
    Cause.UNPUSHED: _EVERY,
    Cause.LATE_ANSWER: _EVERY,
    Cause.CANCELLATION: frozenset({Action.REMIND}),
    Cause.STUCK: _EVERY,
    Cause.SHORT: _EVERY,
    Cause.STALE: frozenset({Action.REMIND}),
}
"""What each cause opens. An overdue cancellation is an operator's to decide; what the carrier has, nobody else has."""


def causes_of(state: FulfilmentState, flags: int) -> list[Cause]:
    """What is wrong with a fulfilment that somebody can do something about."""
    in_hand = state in IN_HAND
    wrong = {
        Cause.WAITING: state is _S.WAITING,
        Cause.UNPUSHED: state is _S.RESERVED and flags & Flag.UNPUSHED,
        Cause.LATE_ANSWER: state is _S.PUSHED and flags & Flag.LATE_ANSWER,
        Cause.CANCELLATION: in_hand and flags & Flag.LATE_ANSWER,
        Cause.STUCK: (in_hand or state is _S.PUSHED) and flags & Flag.STUCK,
        Cause.SHORT: in_hand and flags & Flag.SHORT,
        Cause.STALE: state is _S.SHIPPED and flags & Flag.STALE,
    }
    return [cause for cause in Cause if wrong[cause]]


def check_open(
    action: Action,
    state: FulfilmentState,
    mode: Mode,
    flags: int,
    *,
    cancelling: bool,
    supplied: bool = False,
) -> list[Cause]:
    """The causes for which a remedy is taken; Conflict where it is not open.

    `remedy.not_needed` where nothing is wrong, else `remedy.not_open` with what is in `open`. While a supplier is
    asked to cancel (`cancelling`), nobody else gets the work; nobody but the seller has a standard one that no supplier has.
    """
    causes = causes_of(state, flags)
    if not causes:
        raise Conflict("remedy.not_needed", state=state.word)
    actions = frozenset[Action]().union(*(OPEN[cause] for cause in causes))
    if cancelling:
        actions &= {Action.REMIND, Action.CANCEL}
    if mode is Mode.STANDARD and not supplied:
        actions &= {Action.TAKE_OVER, Action.CANCEL}
    if action not in actions:
        raise Conflict("remedy.not_open", state=state.word, open=sorted(actions))
    return causes


def check_pace(now: datetime, last: datetime | None, pause: timedelta) -> None:
    """Refuse a reminder that comes too soon after the last: TooMany `remedy.too_soon`, which says when it may come."""
    if last is not None and now < last + pause:
        seconds = ceil((last + pause - now).total_seconds())
        raise TooMany("remedy.too_soon", retry_after_seconds=seconds)
