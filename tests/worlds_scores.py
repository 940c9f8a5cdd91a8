"""What suppliers did, sealed and counted, and the same told anew from the record alone."""

from collections.abc import Callable
from datetime import datetime, timedelta

from andon.kernel.db import Database
from andon.kernel.tx import Tx
from andon.membership.qualification.service import count_sealed
from andon.platform.policies.rules import Policy
from andon.platform.record.service import Settled, seal_events
from tests.worlds import transaction

KEY = bytes(range(32))


def counted(database: Database, now: datetime, count: Callable[[Tx[Policy], int], int] = count_sealed) -> int:
    """Seal all that happened up to that instant, and count it; how many shops' seals there were."""
    settled, sealed = Settled(), True
    while sealed:
        with transaction(database, now + timedelta(minutes=5)) as tx:
            sealed = bool(seal_events(tx, 20, KEY, settled))
    steps = 0
    while True:
        with transaction(database, now + timedelta(minutes=5)) as tx:
            done = count(tx, 10)
        if not done:
            return steps
        steps += done


def days(database: Database, supplier_id: int) -> dict[tuple[str, int], int]:
    """A supplier's days as they are counted, by day and facts; what has gone to nothing is left out."""
    with transaction(database) as tx:
        rows = tx.rows(
            "select day, facts, fulfilments from supplier_days where supplier_id = :supplier and fulfilments <> 0",
            supplier=supplier_id,
        )
    return {(str(row.day), row.facts): row.fulfilments for row in rows}
