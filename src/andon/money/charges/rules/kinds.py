"""What charges are for, and how they may stand."""

from enum import IntEnum

from andon.kernel.lifecycle import Lifecycle, State


class ChargeKind(IntEnum):
    """What a charge is for: once an order, a fulfilment, a waybill; a supplier's price; a stock-out's penalty."""

    HANDLING = 1
    WAREHOUSE = 2
    FREIGHT = 3
    GOODS = 4
    PENALTY = 5

    @property
    def word(self) -> str:
        """The kind's name on the wire."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "ChargeKind":
        """The kind of that name; KeyError for any other word."""
        return cls[word.upper()]


class ChargeState(State):
    """Where a charge stands. Below 80 it is unsettled (EXIT-2)."""

    PROVISIONAL = 10
    DUE = 20
    DISPUTED = 30
    SETTLED = 80
    WAIVED = 81
    REVERSED = 82


_S = ChargeState

CHARGE = Lifecycle(
    "charge",
    ChargeState,
    start=frozenset({_S.PROVISIONAL}),
    moves={
        # Settled without being due: what no money moves for, such as goods that are settled outside.
        _S.PROVISIONAL: frozenset({_S.DUE, _S.DISPUTED, _S.SETTLED, _S.WAIVED, _S.REVERSED}),
        _S.DUE: frozenset({_S.DISPUTED, _S.SETTLED, _S.WAIVED, _S.REVERSED}),
        _S.DISPUTED: frozenset({_S.PROVISIONAL, _S.DUE, _S.WAIVED, _S.REVERSED}),
        _S.SETTLED: frozenset({_S.REVERSED}),
    },
)
"""The allowed moves: an amount is never edited, only reversed, and then charged anew in a further round."""
