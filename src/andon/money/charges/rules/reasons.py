"""Why a charge is not settled. Source: FEE-5."""

from datetime import datetime
from enum import IntEnum

from andon.money.charges.rules.kinds import ChargeState


class Unsettled(IntEnum):
    """Why a charge is not settled. Source: FEE-5."""

    NO_DELIVERY_EVIDENCE = 1
    NOT_YET_DUE = 2
    NOT_ENOUGH_FUNDS = 3
    IN_DISPUTE = 4
    NO_RATE = 5

    @property
    def word(self) -> str:
        """The reason's name on the wire."""
        return self.name.lower()


def reason_unsettled(
    state: ChargeState,
    due_at: datetime | None,
    settle_at: datetime | None,
    now: datetime,
    expected_at: datetime | None = None,
    *,
    rate_wanted: bool = False,
) -> tuple[Unsettled, datetime | None] | None:
    """Why a charge is not settled and when that is next looked at; None for one that is over.

    `settle_at` is the instant at which its shop's due charges are next settled. A charge that is due while that
    lies ahead, or nowhere, waits for funds; with `rate_wanted` for the operator to set the rate that it is converted at.
    `expected_at` is when its delivery, or the decision of its dispute, is expected. Source: FEE-5.
    """
    if state is ChargeState.PROVISIONAL:
        return Unsettled.NO_DELIVERY_EVIDENCE, expected_at
    if state is ChargeState.DISPUTED:
        return Unsettled.IN_DISPUTE, expected_at
    if state is not ChargeState.DUE:
        return None
    assert due_at is not None, "a due charge says when"
    if due_at <= now and rate_wanted:
        return Unsettled.NO_RATE, None
    if due_at <= now and (settle_at is None or settle_at > now):
        return Unsettled.NOT_ENOUGH_FUNDS, settle_at
    return Unsettled.NOT_YET_DUE, due_at


def is_evidence_late(state: ChargeState, expected_at: datetime | None, now: datetime) -> bool:
    """Whether the delivery that a charge waits for is later than its line usually takes. Source: FEE-5."""
    return state is ChargeState.PROVISIONAL and expected_at is not None and expected_at <= now
