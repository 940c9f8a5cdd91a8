"""The detectors: what parcels and addresses give away by themselves. Source: BACK-3."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.standing.rules import Addresses, Draft, Parcel, draft_of, midnight_after, next_look
from andon.membership.standing.service.locking import lock_standing
from andon.membership.standing.service.violations import record_violations
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState, Mode
from andon.partners.calendars.rules import Clock
from andon.partners.calendars.views import clocks_of
from andon.platform.policies.rules import Policy

_LOOKED_AT = "json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, p bigint)"

LOOK = f"""
select p.shop_id, f.order_id, p.fulfilment_id, p.parcel_id, f.supplier_id, p.carrier, p.waybill, p.labelled_at,
p.ended_at, p.first_scan_at is null and p.ended_at is null and (f.state < {OPEN_BELOW} or f.shipped_at is not null) as awaited,
c.country,
array(select distinct s.place from scans s where s.shop_id = p.shop_id and s.parcel_id = p.parcel_id
  and s.status = 'delivered' and s.place <> '') as places,
array(select distinct w.carrier from waybills w join parcels e on e.shop_id = w.shop_id and e.parcel_id = w.parcel_id
  where w.waybill = p.waybill and w.carrier <> p.carrier and w.fulfilment_id <> p.fulfilment_id
  and e.voided_at is null and e.parcel_id < p.parcel_id) as reused
from {_LOOKED_AT} join parcels p on p.shop_id = r.s and p.parcel_id = r.p and p.voided_at is null
join fulfilments f on f.shop_id = p.shop_id and f.fulfilment_id = p.fulfilment_id and f.supplier_id is not null
join recipients c on c.shop_id = f.shop_id and c.order_id = f.order_id
order by p.shop_id, p.parcel_id
"""

LOOK_AGAIN = """
update parcels p set vet_at = r.t
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, p bigint, t timestamptz)
where p.shop_id = r.s and p.parcel_id = r.p
"""

COUNT = f"""
with wrong as (
  select order_id from address_corrections where shop_id = :shop and at > :since and fault = 'seller'
  union
  select f.order_id from fulfilments f where f.shop_id = :shop and f.state = {FulfilmentState.REJECTED.value}
  and f.mode = {Mode.JIT.value} and f.placed_at > :since and f.reason = 'invalid_address'
  and not exists (select from address_corrections a where a.shop_id = f.shop_id and a.order_id = f.order_id
    and a.fault not in ('seller', 'unknown'))
)
select count(distinct f.order_id) as orders,
count(distinct f.order_id) filter (where f.order_id in (select order_id from wrong)) as wrong
from fulfilments f where f.shop_id = :shop and f.placed_at > :since and f.mode = {Mode.JIT.value}
"""


def vet_parcels(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Look at parcels whose label is old enough, and record those that were no shipment; each is looked at until it ends.

    `claimed` are parcels locked by this transaction, their shops' heads held. Source: BACK-3.
    """
    asked = as_json({"s": row.shop_id, "p": row.parcel_id} for row in claimed)
    rows = tx.rows(LOOK, rows=asked)
    suppliers = {row.supplier_id for row in rows}
    clocks = clocks_of(tx, suppliers, min(row.labelled_at for row in rows)) if rows else {}
    parcels = [_parcel(tx, row, clocks) for row in rows]
    found = (draft_of(parcel, tx.now, tx.policy.countries) for parcel in parcels)
    record_violations(tx, [draft for draft in found if draft is not None])

    going_on = {row.parcel_id: _again(tx, row) for row in rows if row.ended_at is None}
    tx.put(
        LOOK_AGAIN,
        rows=as_json(
            {"s": row.shop_id, "p": row.parcel_id, "t": going_on.get(row.parcel_id)} for row in claimed
        ),
    )


def _parcel(tx: Tx[Policy], row: Row[Any], clocks: Mapping[int, Clock]) -> Parcel:
    within = tx.policy.standing.scanned_within
    clock = clocks.get(row.supplier_id)
    return Parcel(
        row.shop_id,
        row.order_id,
        row.fulfilment_id,
        row.parcel_id,
        row.supplier_id,
        row.carrier,
        row.waybill,
        row.labelled_at,
        clock.due(row.labelled_at, within) if clock else row.labelled_at + within,
        row.awaited,
        row.country,
        row.places,
        row.reused,
    )


def _again(tx: Tx[Policy], row: Row[Any]) -> datetime | None:
    return next_look(row.labelled_at, tx.now + tx.policy.standing.scanned_within, tx.policy.zone)


def judge_stock_outs(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Record the stock-outs that the shop itself caused. `claimed` are locked, their shops' heads held. Source: STOCK-1."""
    record_violations(
        tx,
        [
            Draft(
                row.shop_id,
                "stock_out",
                "shop",
                "order_refused" if row.order_id is None else "order_cancelled",
                row.at,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                evidence={
                    "stock_out_id": row.stock_out_id,
                    "channel": row.channel,
                    "channel_order_no": row.channel_order_no,
                    "sku": row.sku,
                },
            )
            for row in claimed
        ],
    )
    tx.put(
        "update stock_outs o set judge_at = null from json_to_recordset(cast(cast(:rows as text) as json)) "
        "as r(s bigint, o bigint) where o.shop_id = r.s and o.stock_out_id = r.o",
        rows=as_json({"s": row.shop_id, "o": row.stock_out_id} for row in claimed),
    )


def watch_addresses(tx: Tx[Policy], shop_id: int) -> None:
    """The shop is in JIT: its wrong addresses are counted from the next midnight on, once a day. The caller has its head."""
    _set_look(tx, shop_id, midnight_after(tx.now, tx.policy.zone))


def leave_addresses(tx: Tx[Policy], shop_id: int) -> None:
    """The shop is out of JIT: its addresses are counted no more. The caller has its head."""
    _set_look(tx, shop_id, None)


def count_addresses(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Count the wrong addresses of these shops, and record those that have too many, once a window.

    An address is the shop's doing where its correction says so, or where the supplier rejected it and no correction
    says otherwise. `claimed` are rows of `standings` locked by this transaction, their shops' heads held. Source: BACK-3.
    """
    figures = tx.policy.standing
    since = tx.now - figures.wrong_address_window
    for row in claimed:
        [counted] = tx.rows(COUNT, shop=row.shop_id, since=since)
        addresses = Addresses(counted.orders, counted.wrong)
        if addresses.too_many(figures.wrong_address_share, figures.wrong_address_least) and not _told(
            tx, row.shop_id, since
        ):
            record_violations(tx, [_draft(tx, row.shop_id, addresses, since)])
        watch_addresses(tx, row.shop_id)


def _draft(tx: Tx[Policy], shop_id: int, addresses: Addresses, since: datetime) -> Draft:
    return Draft(
        shop_id,
        "wrong_address",
        "shop",
        "wrong_address_rate",
        tx.now,
        evidence={
            "orders": addresses.orders,
            "wrong": addresses.wrong,
            "since": since.isoformat(),
            "share": str(tx.policy.standing.wrong_address_share),
        },
    )


def _told(tx: Tx[Policy], shop_id: int, since: datetime) -> bool:
    return (
        tx.one(
            "select 1 from violations where shop_id = :shop and cause = 'wrong_address_rate' and at > :since",
            shop=shop_id,
            since=since,
        )
        is not None
    )


def _set_look(tx: Tx[Policy], shop_id: int, at: datetime | None) -> None:
    lock_standing(tx, shop_id)
    tx.put("update standings set look_at = :at where shop_id = :shop", shop=shop_id, at=at)
