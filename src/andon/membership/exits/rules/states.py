"""A shop's exit: its lifecycle, its four steps, and why shops leave."""

from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State

CODES = codes(
    {
        "exit.not_found": ("No such exit", "退出申请不存在"),
        "exit.state": ("The exit's state does not allow this", "退出当前状态不允许此操作"),
        "exit.blocked": ("Something still stands in the way of the exit", "退出条件尚未满足"),
        "exit.running": ("The shop is leaving already", "店铺已有进行中的退出"),
        "exit.not_joined": ("The shop is not in JIT", "店铺未开通JIT"),
        "exit.force_note": ("The platform says why it forces an exit", "平台强制退出须说明原因"),
        "exit.not_done": ("The exit is not done yet", "退出尚未完成"),
        "exit.struck": ("The switch is off already", "JIT总开关已关闭，无法撤回"),
    }
)

Reason = Literal["mistake", "strategy", "cost", "service", "other"]
"""Why a shop leaves."""

OFFERS: dict[str, tuple[str, ...]] = {"mistake": ("withdraw", "product_exit")}
"""What is offered before an exit for that reason goes on: taking it back, or letting single products leave."""


class ExitState(State):
    """Where an exit stands: its first unfinished step. It only moves forward, withdrawn aside."""

    DRAINING = 10
    UNBINDING = 20
    SWITCHING_OFF = 30
    VERIFYING = 40
    DONE = 80
    WITHDRAWN = 81


_S = ExitState

EXIT = Lifecycle(
    "exit",
    ExitState,
    start=frozenset({_S.DRAINING}),
    moves={
        _S.DRAINING: frozenset({_S.UNBINDING, _S.SWITCHING_OFF, _S.WITHDRAWN}),
        _S.UNBINDING: frozenset({_S.SWITCHING_OFF, _S.WITHDRAWN}),
        _S.SWITCHING_OFF: frozenset({_S.VERIFYING, _S.WITHDRAWN}),
        _S.VERIFYING: frozenset({_S.DONE}),
    },
)
"""The allowed moves. A step with nothing to do is passed over: who has no supplier goes from draining to the switch."""

STEPS: dict[ExitState, int] = {
    _S.DRAINING: 1,
    _S.UNBINDING: 2,
    _S.SWITCHING_OFF: 3,
    _S.VERIFYING: 4,
    _S.DONE: 4,
}
"""The steps of the guide: clear the queue, unbind the suppliers, throw the switch, verify. A withdrawn exit is at none."""

SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=1)


def verify_again_at(off_at: datetime, now: datetime) -> datetime:
    """When a verification that failed is tried again: after as long as it has lasted, within bounds."""
    return now + min(max(now - off_at, SOONEST), LATEST)
