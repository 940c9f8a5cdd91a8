"""Whoever closes a shop's head has it soon, however many writers of the shop overlap."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from andon.kernel.db import Database
from andon.kernel.heads import SHARE_IN_TURN
from andon.kernel.line import Claim
from tests.worlds import transaction
from tests.worlds_partners import a_shop

WRITERS = 12
WRITES_SECONDS = 0.02
CLOSINGS = 20
PASSING = 3 * WRITERS
"""As many writers may end while one waits: those before it, and on a slow machine some whose end is told late."""


@contextmanager
def overlapping_writers(database: Database, shop_id: int) -> Iterator[list[int]]:
    """Sessions that share the shop's head, one always beside the next, without a pause; how often each has."""
    stop = threading.Event()
    written = [0] * WRITERS

    def write(place: int) -> None:
        stop.wait(place * WRITES_SECONDS / WRITERS)
        with database.listen() as connection:
            while not stop.is_set():
                with connection.transaction():
                    connection.execute(SHARE_IN_TURN.replace(":shops", "%s"), ([shop_id],))
                    connection.execute("select pg_sleep(%s)", (WRITES_SECONDS,))
                written[place] += 1

    threads = [threading.Thread(target=write, args=(place,)) for place in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_head_that_many_writers_share_without_a_pause_is_closed_in_turn(database: Database) -> None:
    with transaction(database) as tx:
        shop_id = a_shop(tx)
    passed = []
    with overlapping_writers(database, shop_id) as written:
        while sum(written) < WRITERS:
            time.sleep(WRITES_SECONDS)
        for _ in range(CLOSINGS):
            before = sum(written)
            with transaction(database) as tx:
                tx.close_head(shop_id)
                tx.rows("select 1")
                passed.append(sum(written) - before)
    assert max(passed) < PASSING, passed
    assert sum(written) > CLOSINGS, "the writers went on between"


def test_a_claim_passes_over_a_shop_whose_head_somebody_waits_for(database: Database) -> None:
    with transaction(database) as tx:
        shop_id = a_shop(tx)
    claim = Claim(table="shops", key="shop_id", where="jit_offered", due="created_at")

    def closes() -> None:
        with transaction(database) as tx:
            tx.close_head(shop_id)
            tx.rows("select 1")

    with transaction(database) as tx:
        tx.hold(shop_id)
        tx.rows("select 1")
        closer = threading.Thread(target=closes)
        closer.start()
        while not tx.rows("select 1 from pg_locks where locktype = 'advisory' and not granted"):
            time.sleep(WRITES_SECONDS)
        with transaction(database) as other:
            assert not claim.take(other, 10)
    closer.join()
    with transaction(database) as tx:
        assert [row.shop_id for row in claim.take(tx, 10)] == [shop_id]
