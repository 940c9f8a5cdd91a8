"""The stations that make reports, tell channels, and flag what a channel still does not know of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from andon.kernel.line import Called, Claim, OutsideStation, Station
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.events import FulfilmentFlagged
from andon.orders.order.rules import Flag
from andon.orders.order.service import tell_of
from andon.orders.reporting.rules import BATCH, body_of
from andon.orders.reporting.service import (
    Due,
    Told,
    line_up,
    record_told,
    report_shipments,
    report_stock,
)
from andon.platform.calling.service import signing_secrets
from andon.platform.policies.rules import Policy
from andon.ports.pushing import Message
from andon.ports.reporting import Reporter

CALLABLE = "next_at is not null and enabled"
DUE = f"select min(next_at) from channels where {CALLABLE}"

LEASE = timedelta(seconds=60)
"""How long a worker has a channel's endpoint, in machine time: longer than its calls take."""
PATIENCE_SECONDS = 0.1
CHANNELS_A_CLAIM = 16
FEWEST_EACH = 4

SHIPMENT_CLAIM = Claim("parcels", "parcel_id", "report_at is not null", "report_at")
FLAG_CLAIM = Claim("reports", "report_id", "flag_at is not null", "flag_at", ("fulfilment_id",))


def make_shipment_reports(tx: Tx[Policy], batch: int) -> int:
    """Report parcels that are on their way to the channels of their orders."""
    rows = SHIPMENT_CLAIM.take(tx, batch)
    if rows:
        report_shipments(tx, rows)
    return len(rows)


def make_stock_reports(tx: Tx[Policy], batch: int) -> int:
    """Report what is left to sell to channels, where it is another number than was told last."""
    due = tx.rows(
        # Not locked: reports come before their channels. Of two workers the second finds all of it told.
        "select channel from channels where stock_due_at <= :now order by stock_due_at, channel limit :batch",
        now=tx.now,
        batch=batch,
    )
    channels = sorted(row.channel for row in due)
    if channels:
        report_stock(tx, channels)
        tx.put(
            "update channels set stock_due_at = :next where channel = any(:channels)",
            next=tx.now + tx.policy.reporting.stock_every,
            channels=channels,
        )
    return len(channels)


def flag_unreported(tx: Tx[Policy], batch: int) -> int:
    """Flag what has shipped and its channel does not know of in time, and tell the seller."""
    claimed = FLAG_CLAIM.take(tx, batch)
    if not claimed:
        return 0
    tx.put(
        "update reports p set flag_at = null from json_to_recordset(cast(:rows as json)) as r(s bigint, n bigint) "
        "where p.shop_id = r.s and p.report_id = r.n",
        rows=as_json({"s": row.shop_id, "n": row.report_id} for row in claimed),
    )
    flagged = tx.rows(
        f"update fulfilments f set flags = f.flags | {Flag.NOT_REPORTED.value} from (select g.shop_id, g.fulfilment_id "
        "from fulfilments g where (g.shop_id, g.fulfilment_id) in (select r.s, r.f from "
        "json_to_recordset(cast(:rows as json)) as r(s bigint, f bigint)) "
        f"and g.flags & {Flag.NOT_REPORTED.value} = 0 order by g.shop_id, g.fulfilment_id for no key update) l "
        "where f.shop_id = l.shop_id and f.fulfilment_id = l.fulfilment_id "
        "returning f.shop_id, f.order_id, f.fulfilment_id, f.supplier_id",
        rows=as_json({"s": row.shop_id, "f": row.fulfilment_id} for row in claimed),
    )
    tx.emit(
        *(
            FulfilmentFlagged(
                shop_id=row.shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                flag="not_reported",
            )
            for row in flagged
        )
    )
    tell_of(tx, "fulfilment.not_reported", flagged, "seller")
    return len(claimed)


@dataclass(frozen=True, slots=True)
class Errand:
    """A report with the message that it is."""

    due: Due
    message: Message


def report_station(reporter: Reporter, key: bytes, batch: int = BATCH) -> OutsideStation:
    """The station that tells channels, by `reporter`; `key` opens their endpoints' secrets."""

    def claim(tx: Tx[Policy], limit: int) -> Sequence[Errand]:
        """Send what is due to each channel's endpoint as a signed message."""
        return _claim(tx, limit, key)

    def call(errands: Sequence[Errand]) -> Called:
        delivery = reporter.deliver([errand.message for errand in errands], PATIENCE_SECONDS)
        return delivery.called(lambda place, reply: Told(errands[place].due, reply))

    return OutsideStation("report", due=DUE, claim=claim, call=call, record=record_told, batch=batch)


def _claim(tx: Tx[Policy], batch: int, key: bytes) -> list[Errand]:
    """Lease the endpoints whose turn it is; what is due there, each channel's share."""
    lease = tx.wall() + LEASE
    claimed = {
        row.channel: row
        for row in tx.rows(
            "update channels e set leased_until = :lease from (select channel from channels "
            f"where {CALLABLE} and next_at <= :now "
            # A lease that ends later than any that is given was given before the machine's clock was put back.
            "and (leased_until is null or leased_until < :wall or leased_until > :senseless) "
            "order by next_at limit :channels for no key update skip locked) d "
            "where e.channel = d.channel returning e.*",
            lease=lease,
            now=tx.now,
            wall=tx.wall(),
            senseless=lease + LEASE,
            channels=CHANNELS_A_CLAIM,
        )
    }
    if not claimed:
        return []
    rows = tx.rows(
        "select p.* from unnest(cast(:channels as text[])) as s(c) cross join lateral (select * from reports w "
        "where w.channel = s.c and w.due_at is not null and w.due_at <= :now order by w.due_at, w.report_id limit :each) p "
        "order by p.report_id",
        channels=sorted(claimed),
        now=tx.now,
        each=max(batch // len(claimed), FEWEST_EACH),
    )
    busy = {row.channel for row in rows}
    line_up(tx, {channel: lease for channel in claimed if channel not in busy})
    secrets = {channel: tuple(signing_secrets(claimed[channel], key, tx.wall())) for channel in busy}
    return [
        Errand(
            Due(row.shop_id, row.report_id, row.channel, row.tries, lease),
            Message(
                claimed[row.channel].url,
                secrets[row.channel],
                row.message_id,
                body_of(row.kind, row.report_id, row.shop_id, row.channel, row.facts),
            ),
        )
        for row in rows
    ]


REPORT_SHIPMENTS = Station(
    "report_shipments", due=SHIPMENT_CLAIM.earliest_sql, step=make_shipment_reports, batch=1000
)
REPORT_STOCK = Station(
    "report_stock", due="select min(stock_due_at) from channels", step=make_stock_reports, batch=1
)
NOT_REPORTED = Station("not_reported", due=FLAG_CLAIM.earliest_sql, step=flag_unreported, batch=1000)
