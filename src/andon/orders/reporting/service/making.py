"""Reports are made: of each parcel that is on its way, and of each SKU of which another number is left to sell."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.http.ears import CHANNEL_CHANNEL
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.reporting.rules import SHIPMENT, STOCK
from andon.orders.reporting.tables import REPORT_IDS
from andon.partners.suppliers.rules import SupplierState
from andon.partners.tracks.rules import Choice
from andon.platform.policies.rules import Policy

_S = FulfilmentState


def report_shipments(tx: Tx[Policy], parcels: Sequence[Row[Any]]) -> None:
    """Report these parcels (rows of shop_id and parcel_id, locked) to the channels of their orders, each once.

    A parcel of an order whose channel was never connected is reported to nobody, nor is one whose fulfilment ended
    unshipped.
    """
    tx.put(
        "update parcels p set report_at = null from json_to_recordset(cast(:rows as json)) as r(s bigint, p bigint) "
        "where p.shop_id = r.s and p.parcel_id = r.p",
        rows=as_json({"s": row.shop_id, "p": row.parcel_id} for row in parcels),
    )
    found = tx.rows(
        _SHIPMENTS,
        shops=sorted({row.shop_id for row in parcels}),
        parcels=[row.parcel_id for row in parcels],
    )
    _put(
        tx,
        SHIPMENT,
        [
            {
                "s": row.shop_id,
                "c": row.channel,
                "o": row.order_id,
                "f": row.fulfilment_id,
                "p": row.parcel_id,
                "t": tx.now + tx.policy.reporting.flag_after,
                "b": {
                    "order_id": row.order_id,
                    "channel_order_no": row.channel_order_no,
                    "fulfilment_id": row.fulfilment_id,
                    "parcel_id": row.parcel_id,
                    "carrier": row.carrier,
                    "waybill": row.waybill,
                    "shipped_at": _instant(row.first_scan_at),
                    "extent": "all" if row.whole else "part",
                    "lines": row.lines,
                },
            }
            for row in found
        ],
    )


_SHIPMENTS = (
    "select p.shop_id, p.parcel_id, p.fulfilment_id, f.order_id, o.channel, o.channel_order_no, p.carrier, p.waybill, "
    "p.first_scan_at, (select json_agg(json_build_object('line_no', l.line_no, 'sku', l.sku, 'quantity', l.quantity) "
    "order by l.line_no) from fulfilment_lines l "
    "where l.shop_id = p.shop_id and l.fulfilment_id = p.fulfilment_id) as lines, "
    "not exists (select from fulfilments g where g.shop_id = f.shop_id and g.order_id = f.order_id "
    f"and g.fulfilment_id <> f.fulfilment_id and g.state not in ({_S.REJECTED.value}, {_S.CANCELLED.value})) "
    "and not exists (select from parcels q where q.shop_id = p.shop_id and q.fulfilment_id = p.fulfilment_id "
    "and q.parcel_id <> p.parcel_id and q.voided_at is null) as whole "
    "from parcels p join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id "
    "join orders o on o.shop_id = f.shop_id and o.order_id = f.order_id join channels c on c.channel = o.channel "
    "where p.shop_id = any(:shops) and p.parcel_id = any(:parcels) and p.voided_at is null "
    "and f.shipped_at is not null "
    f"and f.state not in ({_S.REJECTED.value}, {_S.CANCELLED.value}) order by p.shop_id, p.parcel_id"
)


def report_stock(tx: Tx[Policy], channels: Sequence[str]) -> None:
    """Report what these channels' shops have left to sell, where it is another number than was told last.

    A shop sells on a channel once an order came from there. What changed several
    times since the last look is told once; a report that was not taken yet gives way to the newer one.
    """
    for channel in channels:
        tx.put(
            "insert into outlets (channel, shop_id) select :channel, h.shop_id from heads h where exists "
            "(select from orders o where o.shop_id = h.shop_id and o.channel = :channel) on conflict do nothing",
            channel=channel,
        )
        changed = tx.rows(_CHANGED, channel=channel, now=tx.now)
        tx.put(
            "delete from reports p using (select r.shop_id, r.report_id from json_to_recordset(cast(:rows as json)) "
            "as n(s bigint, k text) join reports r on r.shop_id = n.s and r.channel = :channel and r.sku = n.k "
            f"and r.kind = '{STOCK}' order by r.shop_id, r.report_id for update of r) l "
            "where p.shop_id = l.shop_id and p.report_id = l.report_id",
            channel=channel,
            rows=as_json({"s": row.shop_id, "k": row.sku} for row in changed),
        )
        _put(
            tx,
            STOCK,
            [
                {
                    "s": row.shop_id,
                    "c": channel,
                    "k": row.sku,
                    "b": {"sku": row.sku, "sellable": row.sellable, "as_of": _instant(tx.now)},
                }
                for row in changed
            ],
        )


_JUST_IN_TIME = f"(p.mode = {Mode.JIT.value} and sh.jit_intake_open and (k.closes_at > :now) is not false)"
_CHANGED = (
    "select n.shop_id, n.sku, n.sellable from (select p.shop_id, p.sku, (case when p.delisted_at is not null then 0 else "
    f"case when {_JUST_IN_TIME} or k.choice = '{Choice.SUPPLIER_SHIPS}' then (select coalesce(sum(u.units), 0) from "
    # A sale takes its units from one place, so that what is left over in each counts for nothing.
    "(select greatest(st.on_hand - st.reserved - st.held, 0) / m.units as units from mappings m "
    f"join suppliers su on su.supplier_id = m.supplier_id and su.state = {SupplierState.QUALIFIED.value} "
    "join stock st on st.shop_id = m.shop_id and st.location = m.supplier_id and st.item = m.item "
    "where m.shop_id = p.shop_id and m.sku = p.sku and exists (select from grants g "
    "where g.shop_id = m.shop_id and g.supplier_id = m.supplier_id and g.ended_at is null)) u) else 0 end "
    f"+ case when {_JUST_IN_TIME} then 0 else (select coalesce(sum(greatest(st.on_hand - st.reserved - st.held, 0)), 0) "
    "from stock st where st.shop_id = p.shop_id and st.location = 0 and st.item = p.sku) end end)::bigint as sellable "
    "from outlets t join shops sh on sh.shop_id = t.shop_id join products p on p.shop_id = t.shop_id "
    "left join tracks k on k.shop_id = p.shop_id and k.sku = p.sku "
    "where t.channel = :channel) n left join reports r on r.shop_id = n.shop_id and r.channel = :channel "
    f"and r.sku = n.sku and r.kind = '{STOCK}' "
    "where r.shop_id is null or (r.facts ->> 'sellable')::bigint <> n.sellable order by n.shop_id, n.sku"
)


def _put(tx: Tx[Policy], kind: str, reports: Sequence[dict[str, Any]]) -> None:
    """Write reports down, numbered while their channels are locked; whoever waits for them hears of it."""
    if not reports:
        return
    channels = sorted({each["c"] for each in reports})
    tx.put(
        "select from channels where channel = any(:channels) order by channel for no key update",
        channels=channels,
    )
    # A statement of its own after the lock: numbers are given in the order of the commits.
    numbers = tx.take_ids(REPORT_IDS.name, len(reports))
    chance = tx.random.randbytes(8 * len(numbers)).hex()
    tx.put(
        "insert into reports (shop_id, report_id, channel, kind, order_id, fulfilment_id, parcel_id, sku, facts, "
        "message_id, created_at, due_at, flag_at, tries) "
        "select r.s, r.n, r.c, :kind, r.o, r.f, r.p, r.k, r.b, r.m, :now, :now, r.t, 0 "
        "from json_to_recordset(cast(:rows as json)) as r(s bigint, n bigint, c text, o bigint, f bigint, p bigint, "
        "k text, b jsonb, m text, t timestamptz) on conflict do nothing",
        kind=kind,
        now=tx.now,
        rows=as_json(
            {**each, "n": number, "m": f"rep_{number}_{chance[16 * at : 16 * at + 16]}"}
            for at, (number, each) in enumerate(zip(numbers, reports, strict=True))
        ),
    )
    tx.put(
        "insert into outlets (channel, shop_id) select r.c, r.s from json_to_recordset(cast(:rows as json)) "
        "as r(c text, s bigint) on conflict do nothing",
        rows=as_json(
            {"c": channel, "s": shop} for channel, shop in sorted({(e["c"], e["s"]) for e in reports})
        ),
    )
    tx.put(
        "update channels set next_at = least(coalesce(next_at, :now), :now) where channel = any(:channels)",
        now=tx.now,
        channels=channels,
    )
    tx.put(
        "select pg_notify(:heard, c) from unnest(cast(:channels as text[])) as c",
        heard=CHANNEL_CHANNEL,
        channels=channels,
    )
    tx.wake("report")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
