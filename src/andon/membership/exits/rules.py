"""A shop's exit: its lifecycle, and what still stands in its way."""

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State

CODES = codes(
    {
        "exit.not_found": ("No such exit", "退出申请不存在"),
        "exit.state": ("The exit's state does not allow this", "退出当前状态不允许此操作"),
        "exit.blocked": ("Something still stands in the way of the exit", "退出条件尚未满足"),
    }
)


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
