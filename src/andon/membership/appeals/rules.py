"""An appeal of a shop against how its exit goes: the lifecycle, and what it takes. Source: EXIT-5."""

from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.errors import Invalid, codes
from andon.kernel.lifecycle import Lifecycle, State

CODES = codes(
    {
        "appeal.not_found": ("No such appeal", "申诉不存在"),
        "appeal.ticket": ("Not the ticket of this exit", "工单号与该退出申请不符"),
        "appeal.open": ("An appeal of this exit is open already", "该退出已有未结申诉"),
        "appeal.state": ("The appeal's state does not allow this", "申诉当前状态不允许此操作"),
    }
)

Verdict = Literal["upheld", "rejected"]
"""How an appeal is answered."""

LONGEST_TEXT = 4000


class AppealState(State):
    """Where an appeal stands; below 80 it is the one of its exit that is open."""

    OPENED = 10
    ANSWERED = 20
    CLOSED = 80


_S = AppealState

APPEAL = Lifecycle(
    "appeal",
    AppealState,
    start=frozenset({_S.OPENED}),
    moves={_S.OPENED: frozenset({_S.ANSWERED}), _S.ANSWERED: frozenset({_S.CLOSED})},
)
"""The allowed moves. The next appeal of the exit starts anew."""


def check_ticket(ticket: str, own: str | None) -> None:
    """Refuse an appeal by another ticket than the exit's own: Invalid `appeal.ticket`.

    The answer is the same for a ticket that nobody has, for another shop's, and where none was given yet.
    """
    if own is None or ticket.strip() != own:
        raise Invalid("appeal.ticket", clause="EXIT-5")


def look_at(since: datetime, within: timedelta) -> datetime:
    """When an appeal is looked at that was opened, or answered, at that instant.

    Opened, it is escalated then where nobody has answered; answered, it is closed then: the answer stands open for as
    long as it was waited for. Source: EXIT-5.
    """
    return since + within
