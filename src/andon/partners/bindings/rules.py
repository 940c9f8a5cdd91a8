"""A binding's states, and what a grant lets a supplier do."""

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State

CODES = codes(
    {
        "binding.not_found": ("No such binding", "绑定不存在"),
        "binding.state": ("The binding's state does not allow this", "绑定当前状态不允许此操作"),
    }
)


class BindingState(State):
    """Where a binding stands; below 80 it is the one of its pair that lives."""

    OFFERED = 10
    ACTIVE = 20
    ENDING = 30
    ENDED = 80


_S = BindingState

BINDING = Lifecycle(
    "binding",
    BindingState,
    start=frozenset({_S.OFFERED}),
    moves={
        _S.OFFERED: frozenset({_S.ACTIVE, _S.ENDED}),
        _S.ACTIVE: frozenset({_S.ENDING}),
        _S.ENDING: frozenset({_S.ENDED, _S.ACTIVE}),
    },
)
"""The allowed moves. An offer that nobody has accepted is withdrawn: it ends at once, and there was no grant.

A pair whose binding has ended starts anew with another one.
"""

GRANT_SCOPES = ("fulfilments.read", "fulfilments.write", "stock.read", "stock.write")
"""What a grant opens of one shop to a supplier, as far as the supplier's own key goes."""
