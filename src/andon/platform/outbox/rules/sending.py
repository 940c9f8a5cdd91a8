"""What becomes of a message, and when it is tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from andon.kernel.lifecycle import State


class MessageState(State):
    """What became of a message; `kept` is one that no post was there for: the development inbox."""

    WAITING = 10
    SENT = 80
    KEPT = 81
    GIVEN_UP = 82
    WITHDRAWN = 83


def retry_at(
    now: datetime,
    until: datetime,
    failed: int,
    delays: Sequence[timedelta],
    jitter_share: Decimal,
    chance: float,
) -> datetime | None:
    """When a message that has failed `failed` times is tried again, as pushes are; None once it is given up."""
    if now >= until:
        return None
    return now + delays[min(failed, len(delays)) - 1] * (1 + float(jitter_share) * chance)
