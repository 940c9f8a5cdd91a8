"""What came of reports: taken ones are over, others wait for a retry; and their endpoints are given back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import Flag
from andon.orders.reporting.events import ShipmentReported
from andon.orders.reporting.rules import SHIPMENT
from andon.platform.calling.rules import GONE, is_taken, retry_at
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Reply


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is to be sent now, under its channel's lease."""

    shop_id: int
    report_id: int
    channel: str
    tries: int
    lease: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one: the channel's reply, or None if it was left for another time."""

    due: Due
    reply: Reply | None


def record_told(tx: Tx[Policy], told: Sequence[Told]) -> None:
    """Write down what came of reports: a taken one is over, another is tried again by the schedule of pushes.

    A channel that took none of those that were tried is left alone until the first of them is due again; one that says
    it is gone (410) is called no more, and keeps what waits for it.
    """
    made = [(each.due, each.reply) for each in told if each.reply is not None]
    tx.hold({due.shop_id for due, _ in made})
    taken = [due for due, reply in made if is_taken(reply.status)]
    push = tx.policy.push
    retries = {
        due.report_id: retry_at(
            tx.now, due.tries + 1, push.retry_delays, push.jitter_share, tx.random.random()
        )
        for due, reply in made
        if not is_taken(reply.status)
    }
    if made:
        tx.put(
            "select from reports p join json_to_recordset(cast(:rows as json)) as r(s bigint, n bigint) "
            "on p.shop_id = r.s and p.report_id = r.n order by p.shop_id, p.report_id for no key update of p",
            rows=as_json({"s": due.shop_id, "n": due.report_id} for due, _ in made),
        )
        tx.put(
            "update reports p set tries = p.tries + 1, status = r.c, tried_at = :now, "
            "due_at = case when p.due_at is not null then coalesce(r.d, p.due_at) end "
            "from json_to_recordset(cast(:rows as json)) as r(s bigint, n bigint, c int, d timestamptz) "
            "where p.shop_id = r.s and p.report_id = r.n",
            now=tx.now,
            rows=as_json(
                {"s": due.shop_id, "n": due.report_id, "c": reply.status, "d": retries.get(due.report_id)}
                for due, reply in made
            ),
        )
    note_reported(tx, {(due.shop_id, due.report_id) for due in taken}, "push")
    alive = {due.channel for due in taken}
    holds = {
        due.channel: min(retries[each.report_id] for each, _ in made if each.channel == due.channel)
        for due, _ in made
        if due.channel not in alive
    }
    gone = {due.channel for due, reply in made if reply.status == GONE}
    line_up(tx, {each.due.channel: each.due.lease for each in told}, holds, gone)


def note_reported(tx: Tx[Policy], reports: Collection[tuple[int, int]], by: str) -> int:
    """Note that channels know of these reports (shop and number); how many of them they did not know of before.

    Takes reports, parcels, fulfilments in that order; the shops' heads are held by the caller.
    """
    if not reports:
        return 0
    rows = tx.rows(
        "update reports p set reported_at = :now, reported_by = :by, due_at = null, flag_at = null from "
        "(select p.shop_id, p.report_id from json_to_recordset(cast(:rows as json)) as r(s bigint, n bigint) "
        "join reports p on p.shop_id = r.s and p.report_id = r.n where p.reported_at is null "
        "order by p.shop_id, p.report_id for no key update of p) l "
        "where p.shop_id = l.shop_id and p.report_id = l.report_id and p.reported_at is null "
        "returning p.shop_id, p.report_id, p.kind, p.channel, p.order_id, p.fulfilment_id, p.parcel_id",
        now=tx.now,
        by=by,
        rows=as_json({"s": shop_id, "n": number} for shop_id, number in sorted(reports)),
    )
    shipments = sorted(
        (row for row in rows if row.kind == SHIPMENT), key=lambda row: (row.shop_id, row.report_id)
    )
    if shipments:
        listed = as_json({"s": row.shop_id, "p": row.parcel_id, "f": row.fulfilment_id} for row in shipments)
        tx.put(
            "update parcels p set reported_at = :now from (select p.shop_id, p.parcel_id "
            "from json_to_recordset(cast(:rows as json)) as r(s bigint, p bigint) join parcels p "
            "on p.shop_id = r.s and p.parcel_id = r.p order by p.shop_id, p.parcel_id for no key update of p) l "
            "where p.shop_id = l.shop_id and p.parcel_id = l.parcel_id",
            now=tx.now,
            rows=listed,
        )
        tx.put(_UNFLAG, rows=listed)
        tx.emit(
            *(
                ShipmentReported(
                    shop_id=row.shop_id,
                    order_id=row.order_id,
                    fulfilment_id=row.fulfilment_id,
                    parcel_id=row.parcel_id,
                    channel=row.channel,
                    by=by,
                )
                for row in shipments
            )
        )
    return len(rows)


_UNFLAG = (
    f"update fulfilments f set flags = f.flags & {~Flag.NOT_REPORTED.value} from (select g.shop_id, g.fulfilment_id "
    "from fulfilments g where (g.shop_id, g.fulfilment_id) in "
    "(select r.s, r.f from json_to_recordset(cast(:rows as json)) as r(s bigint, f bigint)) "
    f"and g.flags & {Flag.NOT_REPORTED.value} <> 0 order by g.shop_id, g.fulfilment_id for no key update) l "
    "where f.shop_id = l.shop_id and f.fulfilment_id = l.fulfilment_id "
    # Another parcel of it that is overdue keeps the flag.
    "and not exists (select from reports o where o.shop_id = f.shop_id and o.fulfilment_id = f.fulfilment_id "
    f"and o.kind = '{SHIPMENT}' and o.reported_at is null and o.flag_at is null)"
)


def line_up(
    tx: Tx[Policy],
    leases: Mapping[str, datetime],
    holds: Mapping[str, datetime] | None = None,
    gone: Collection[str] = (),
) -> None:
    """Give leased endpoints back, each with the instant of its next report, not before its hold.

    They are locked first and looked at in a statement of its own, so that a report made meanwhile is seen.
    """
    if not leases:
        return
    tx.put(
        "select from channels where channel = any(:channels) order by channel for no key update",
        channels=sorted(leases),
    )
    tx.put(
        "update channels e set leased_until = null, enabled = e.enabled and not r.g, next_at = greatest(r.h, "
        "(select min(p.due_at) from reports p where p.channel = e.channel and p.due_at is not null)) "
        "from json_to_recordset(cast(:rows as json)) as r(c text, l timestamptz, h timestamptz, g boolean) "
        "where e.channel = r.c and e.leased_until = r.l",
        rows=as_json(
            {"c": channel, "l": lease, "h": (holds or {}).get(channel), "g": channel in gone}
            for channel, lease in sorted(leases.items())
        ),
    )
