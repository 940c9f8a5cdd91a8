"""The oldest open transaction of the database: as long as it lasts, nothing that changed since can be cleaned up.

The queues are rows, and a claim walks over those that were done until they are cleaned up. Each login's transactions are
bounded (`kernel/roles.py`); somebody else's are not, so they are watched. When another login's transaction began is not
for the line to see; that it is still the same one is, so its age is counted from the first look.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, text

from andon.kernel.chores import Chore
from andon.kernel.db import Database

log = structlog.get_logger("database")

OLD_SECONDS = 300.0
"""As long as a transaction of the line may take: an older one is somebody else's."""
LOOK = timedelta(seconds=15)

_OPEN = text(
    "select l.virtualxid as name, a.pid, a.usename as login from pg_locks l join pg_stat_activity a on a.pid = l.pid "
    "where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and a.datname = current_database() "
    "and a.usename is not null and a.pid <> pg_backend_pid() "
    "union all select gid, null, owner from pg_prepared_xacts where database = current_database()"
)


class Watch:
    """What was open at each look, and since which look."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def look(self, connection: Connection) -> tuple[float, Row[Any] | None]:
        """How many seconds the oldest open transaction has been seen, and whose it is: name, pid, login."""
        now = time.monotonic()
        found = {row.name: row for row in connection.execute(_OPEN)}
        self._since = {name: self._since.get(name, now) for name in found}
        if not found:
            return 0.0, None
        oldest = min(self._since, key=self._since.__getitem__)
        return now - self._since[oldest], found[oldest]


def watch_transactions(saw: Callable[[float], None]) -> Chore:
    """The chore that tells how many seconds the oldest open transaction is old, and warns of one that is too old."""
    watch = Watch()

    def look(database: Database) -> int:
        with database.line.begin() as connection:
            age, oldest = watch.look(connection)
        saw(age)
        if oldest is not None and age > OLD_SECONDS:
            log.warning("transaction.old", seconds=round(age), pid=oldest.pid, login=oldest.login)
        return 0

    return Chore("watch_transactions", every=LOOK, do=look)
