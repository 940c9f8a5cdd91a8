"""Sealing: a batch of shops at a time, without a writer of events ever waiting for it."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from andon.kernel.jws import sign
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy
from andon.platform.record.rules import CONTENT, FIRST, Reach, Seal, Signed, hash_of, instant

PURPOSE = "record"
REACH = "reach"
"""The fact about a retired key that tells how far it had sealed."""
MOST_EVENTS = 10_000
"""As many events one seal covers at most: what is read at a time by whoever proves it."""
PATIENCE_SECONDS = 2.0
PAUSE_SECONDS = 0.01

UNSEALED = (
    "heads h left join lateral (select seal_no, last_event, jws from seals where shop_id = h.shop_id "
    "order by seal_no desc limit 1) s on true cross join lateral (select recorded_at from events "
    "where shop_id = h.shop_id and event_id > coalesce(s.last_event, 0) order by event_id limit 1) e"
)
"""Each shop that has unsealed events, with its last seal and the first of them: found by the keys of both tables."""


def unread(reaches: str) -> str:
    """Each shop with seals that a reader has not read yet, and the first of them: found by the keys of all three tables.

    `reaches` is the reader's table of shops and seals: up to which it has come.
    """
    return (
        f"heads h left join {reaches} r on r.shop_id = h.shop_id cross join lateral (select seal_no, sealed_at "
        "from seals where shop_id = h.shop_id and seal_no > coalesce(r.seal_no, 0) order by seal_no limit 1) s"
    )


def next_seals(tx: Tx[Policy], reaches: str, batch: int) -> Sequence[Row[Any]]:
    """The next seal of each of up to `batch` shops, for a reader that comes to the end of them in this transaction.

    A seal covers what happened to a shop whole and in order, so that nothing is passed over and nobody who writes is kept
    waiting. A shop that another worker reads is left out.
    """
    waiting = tx.rows(
        f"select h.shop_id from {unread(reaches)} order by s.sealed_at limit :batch", batch=batch
    )
    shops = [row.shop_id for row in waiting]
    if not shops:
        return []
    tx.put(
        f"insert into {reaches} (shop_id, seal_no) select shop, 0 from unnest(cast(:shops as bigint[])) as shop "
        "on conflict do nothing",
        shops=shops,
    )
    seals = tx.rows(
        f"select r.shop_id, s.seal_no, s.first_event, s.last_event from {reaches} r "
        "join seals s on s.shop_id = r.shop_id and s.seal_no = r.seal_no + 1 "
        "where r.shop_id = any(:shops) order by r.shop_id for no key update of r skip locked",
        shops=shops,
    )
    tx.put(
        f"update {reaches} set seal_no = seal_no + 1 where shop_id = any(:shops)",
        shops=[row.shop_id for row in seals],
    )
    return seals


class Settled:
    """Up to which number all events are there that ever will be; nobody waits for whoever asks.

    A writer has a transaction's number before it takes events' numbers. So what was taken by now is settled once the
    transactions that are under way now have ended; those that begin meanwhile do not matter, however many they are.
    (A shop's head, taken alone, would tell as much, but while its writers overlap nobody ever has it alone.)
    """

    def __init__(self) -> None:
        self._mark: tuple[int, str] | None = None

    def up_to(self, tx: Tx[Policy]) -> int | None:
        """The number; None where some transaction that was under way goes on and on: ask again, for the same one."""
        # In two statements: what is under way began before this one, whose own number is taken after the events'. (A
        # snapshot's xmax would not do: it is one past the newest that has ended, and older ones may be under way.)
        number = self._one(tx, "select last_value from event_ids") if self._mark is None else 0
        self._mark = self._mark or (
            number,
            self._one(tx, "select cast(pg_current_xact_id() as text)"),
        )
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._one(
            tx, "select pg_snapshot_xmin(pg_current_snapshot()) >= cast(:mark as xid8)", mark=self._mark[1]
        ):
            if time.monotonic() > until:
                return None
            time.sleep(PAUSE_SECONDS)
        (number, _), self._mark = self._mark, None
        return number

    def _one(self, tx: Tx[Policy], sql: str, **params: Any) -> Any:
        return tx.rows(sql, **params)[0][0]


def seal_events(tx: Tx[Policy], batch: int, key: bytes, settled: Settled) -> list[Signed]:
    """Seal the events of up to `batch` shops whose oldest has waited for as long as the policy says, and sign the seals.

    Answers the seals that are new; another sealer's, made meanwhile, stand.
    """
    up_to = settled.up_to(tx)
    if up_to is None:
        return []
    waiting = tx.rows(
        "select h.shop_id, coalesce(s.seal_no, 0) as seal_no, coalesce(s.last_event, 0) as last_event, s.jws "
        f"from {UNSEALED} where e.recorded_at <= :until order by e.recorded_at limit :batch",
        until=tx.now - tx.policy.record.sealed_after,
        batch=batch,
    )
    last = {row.shop_id: row for row in waiting}
    return _written(
        tx, [_signed(row, last[row.shop_id], tx.now, key) for row in _contents(tx, waiting, up_to)]
    )


def reach_of_seals(connection: Connection) -> str:
    """How far the records of all have been sealed, as one hash."""
    reach = Reach()
    newest = connection.execute(
        text(
            "select h.shop_id, s.seal_no, s.jws from heads h cross join lateral (select seal_no, jws from seals "
            "where shop_id = h.shop_id order by seal_no desc limit 1) s order by h.shop_id"
        ),
        execution_options={"yield_per": 1000},
    )
    for row in newest:
        reach.take(row.shop_id, row.seal_no, hash_of(row.jws))
    return reach.hash()


def _contents(tx: Tx[Policy], last: Sequence[Row[Any]], up_to: int) -> Sequence[Row[Any]]:
    return tx.rows(
        "select m.s as shop_id, c.* from json_to_recordset(cast(:shops as json)) as m(s bigint, a bigint) "
        "cross join lateral (select min(e.event_id) as first_event, max(e.event_id) as last_event, "
        f"count(*) as events, {CONTENT} as content from (select * from events where shop_id = m.s "
        "and event_id > m.a and event_id <= :up_to order by event_id limit :most) e) c "
        "where c.events > 0 order by m.s",
        shops=as_json({"s": row.shop_id, "a": row.last_event} for row in last),
        up_to=up_to,
        most=MOST_EVENTS,
    )


def _signed(row: Row[Any], last: Row[Any], now: datetime, key: bytes) -> Signed:
    seal = Seal(
        shop_id=row.shop_id,
        seal_no=last.seal_no + 1,
        first_event=row.first_event,
        last_event=row.last_event,
        events=row.events,
        content=row.content,
        previous=FIRST if last.jws is None else hash_of(last.jws),
        sealed_at=instant(now),
    )
    return Signed(seal, sign(seal.text(), key, PURPOSE))


def _written(tx: Tx[Policy], signed: Sequence[Signed]) -> list[Signed]:
    names = "shop_id, seal_no, first_event, last_event, events, content, previous, sealed_at, jws"
    found = tx.rows(
        f"insert into seals ({names}) select {names} from json_to_recordset(cast(:rows as json)) as r("
        "shop_id bigint, seal_no bigint, first_event bigint, last_event bigint, events integer, content text, "
        "previous text, sealed_at timestamptz, jws text) order by shop_id on conflict do nothing returning shop_id",
        rows=as_json({**_columns(each.seal), "jws": each.jws} for each in signed),
    )
    new = {row.shop_id for row in found}
    return [each for each in signed if each.seal.shop_id in new]


def _columns(seal: Seal) -> dict[str, Any]:
    return {name: getattr(seal, name) for name in Seal.__dataclass_fields__}
