"""What waits although it is not late: messages that nobody takes, endpoints that are left alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from andon.platform.calling.rules import BreakerState

MOST = 10_000
"""As many waiting messages are looked at, however many there are."""

_BROKEN = f"enabled and breaker <> {BreakerState.CLOSED.value}"
_BACKLOG = text(
    "with failing as materialized "
    f"(select at from outbox where due_at is not null and tries > 0 limit {MOST}) "
    "select (select count(*) from failing) as messages, (select min(at) from failing) as oldest, "
    f"(select count(*) from endpoints where {_BROKEN}) as suppliers, "
    f"(select count(*) from webhooks where {_BROKEN}) as subscribers"
)


@dataclass(frozen=True)
class Backlog:
    """Messages that were tried in vain and wait, the oldest since `oldest`; whose endpoints are left alone, and how many."""

    messages: int
    oldest: datetime | None
    broken: dict[str, int]


def backlog_of(connection: Connection) -> Backlog:
    """What waits now, by one statement."""
    row = connection.execute(_BACKLOG).one()
    return Backlog(
        row.messages,
        row.oldest,
        {"suppliers": row.suppliers, "subscribers": row.subscribers},
    )
