"""Scans that come before their label: kept, adopted when it comes, forgotten when it never does.

A number that scans have named and no label has stands as a row without a parcel in `waybills`: there a scan and a
label that come at once wait for each other, so that one of the two sees the other.
"""

from collections.abc import Sequence

import structlog

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.tracking.service.places import Place, places_of
from andon.orders.tracking.service.story import Told, take_scans
from andon.platform.policies.rules import Policy

log = structlog.get_logger("tracking")


def keep_early(
    tx: Tx[Policy], carrier: str, scans: Sequence[Told], waybills: Sequence[str]
) -> dict[str, Place]:
    """Keep scans of waybills without a label; answers those waybills that a label has named meanwhile.

    `waybills` are the scans' numbers, one for each. What a label has named is not kept: it goes the usual way.
    """
    tx.put(
        "insert into waybills (carrier, waybill) select :carrier, r.w "
        "from json_to_recordset(cast(:rows as json)) as r(w text) order by r.w "
        "on conflict (carrier, waybill) do update set waybill = excluded.waybill",
        carrier=carrier,
        rows=as_json({"w": number} for number in sorted(set(waybills))),
    )
    named = places_of(tx, carrier, set(waybills)).own
    tx.put(
        "insert into early_scans "
        "(carrier, waybill, occurred_at, status, sub_status, received_at, place, raw, forget_at) "
        "select :carrier, r.w, r.t, r.s, r.u, :now, r.l, r.r, :forget_at "
        "from json_to_recordset(cast(:rows as json)) as r(w text, t timestamptz, s text, u text, l text, r text) "
        "on conflict do nothing",
        carrier=carrier,
        now=tx.now,
        forget_at=tx.now + tx.policy.tracking.unlabelled_scan_kept,
        rows=as_json(
            {"w": number, "t": s.occurred_at, "s": s.status, "u": s.sub_status, "l": s.place, "r": s.raw}
            for s, number in zip(scans, waybills, strict=True)
            if number not in named
        ),
    )
    return named


def adopt_scans(tx: Tx[Policy], shop_id: int, labels: Sequence[tuple[str, str, Place]]) -> None:
    """Take the scans that waited for these labels: (carrier, waybill, place), of one shop.

    A scan from before the order is let go, as it would have been refused.
    """
    rows = tx.rows(
        "delete from early_scans e using json_to_recordset(cast(:rows as json)) "
        "as r(c text, w text, f bigint, p bigint) where e.carrier = r.c and e.waybill = r.w "
        "returning r.f, r.p, e.status, e.sub_status, e.occurred_at, e.place, e.raw, e.waybill",
        rows=as_json(
            {"c": carrier, "w": waybill, "f": place.fulfilment_id, "p": place.parcel_id}
            for carrier, waybill, place in labels
        ),
    )
    told = [
        Told(row.f, row.p, row.status, row.sub_status, row.occurred_at, row.place, row.raw) for row in rows
    ]
    if not told:
        return
    with tx.as_platform():
        answers = take_scans(tx, shop_id, told)
    for row, answer in zip(rows, answers, strict=True):
        if answer == "scan.too_early":
            log.warning("scan.refused", code=answer, waybill=row.waybill, occurred_at=row.occurred_at)


def forget_early_scans(tx: Tx[Policy], batch: int) -> int:
    """Let go of scans whose label has not come in time, and of the numbers that only they named."""
    taken = tx.rows(
        "select w.carrier, w.waybill from waybills w where w.parcel_id is null and (w.carrier, w.waybill) in "
        "(select carrier, waybill from early_scans where forget_at <= :now order by forget_at limit :batch) "
        "order by w.carrier, w.waybill for update skip locked",
        now=tx.now,
        batch=batch,
    )
    numbers = as_json({"c": row.carrier, "w": row.waybill} for row in taken)
    listed = "json_to_recordset(cast(:numbers as json)) as r(c text, w text)"
    gone = tx.run(
        f"delete from early_scans e using {listed} "
        "where e.carrier = r.c and e.waybill = r.w and e.forget_at <= :now",
        numbers=numbers,
        now=tx.now,
    )
    tx.put(
        f"delete from waybills w using {listed} where w.carrier = r.c and w.waybill = r.w "
        "and not exists (select from early_scans e where e.carrier = r.c and e.waybill = r.w)",
        numbers=numbers,
    )
    return gone
