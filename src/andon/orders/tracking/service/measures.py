"""What a carrier weighed and measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.shipping.rules import measure_fault
from andon.orders.tracking.events import WaybillMeasured
from andon.orders.tracking.service.places import places_of
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class IncomingMeasure:
    """A parcel as its carrier measured it: grams and millimetres."""

    waybill: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class MeasureOutcome:
    """The answer to the measure at `index`: `recorded`, `known`, or `refused` with its code."""

    index: int
    status: str
    code: str | None = None


def record_measures(
    tx: Tx[Policy], carrier: str, measures: Sequence[IncomingMeasure]
) -> list[MeasureOutcome]:
    """Keep what a carrier weighed and measured of its parcels; the newest counts, a repeat changes nothing.

    Freight goes by these figures once they are known. Source: FEE-3, FEE-4.
    """
    places = places_of(tx, carrier, {measure.waybill for measure in measures})
    faults = [
        "scan.other_carrier"
        if measure.waybill in places.others
        else "waybill.unknown"
        if measure.waybill not in places.own
        else measure_fault(measure.weight_g, (measure.length_mm, measure.width_mm, measure.height_mm))
        for measure in measures
    ]
    last = {m.waybill: i for i, (m, fault) in enumerate(zip(measures, faults, strict=True)) if fault is None}
    shops = {places.own[waybill].shop_id for waybill in last}
    if shops:
        tx.see_shops(shops)
        tx.hold(shops)
    changed: set[int] = set()
    for shop_id in sorted(shops):
        own = {
            places.own[w].parcel_id: measures[i] for w, i in last.items() if places.own[w].shop_id == shop_id
        }
        changed |= _measure(tx, shop_id, own)
    outcomes = []
    for index, (measure, fault) in enumerate(zip(measures, faults, strict=True)):
        fresh = (
            fault is None
            and last[measure.waybill] == index
            and places.own[measure.waybill].parcel_id in changed
        )
        status = "refused" if fault else "recorded" if fresh else "known"
        outcomes.append(MeasureOutcome(index, status, fault))
    return outcomes


def _measure(tx: Tx[Policy], shop_id: int, measures: dict[int, IncomingMeasure]) -> set[int]:
    """Set the reported figures of these parcels of one shop; answers the parcels whose figures changed."""
    rows = tx.rows(
        "update parcels p set reported_weight_g = r.g, reported_length_mm = r.l, reported_width_mm = r.w, "
        "reported_height_mm = r.h from fulfilments f, json_to_recordset(cast(:rows as json)) "
        "as r(p bigint, g int, l int, w int, h int) "
        "where p.shop_id = :shop and p.parcel_id = r.p and f.shop_id = p.shop_id "
        "and f.fulfilment_id = p.fulfilment_id and (p.reported_weight_g, p.reported_length_mm, "
        "p.reported_width_mm, p.reported_height_mm) is distinct from (r.g, r.l, r.w, r.h) "
        "returning p.parcel_id, p.fulfilment_id, f.order_id, r.g, r.l, r.w, r.h",
        shop=shop_id,
        rows=as_json(
            {"p": parcel, "g": m.weight_g, "l": m.length_mm, "w": m.width_mm, "h": m.height_mm}
            for parcel, m in sorted(measures.items())
        ),
    )
    tx.emit(
        *(
            WaybillMeasured(
                shop_id=shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                parcel_id=row.parcel_id,
                weight_g=row.g,
                length_mm=row.l,
                width_mm=row.w,
                height_mm=row.h,
            )
            for row in rows
        )
    )
    if rows:
        # What it costs is worked out anew, also what is settled; the wing that charges looks at its time. FEE-3, FEE-4
        tx.put(
            "with known as materialized (select fulfilment_id from fulfilments where shop_id = :shop "
            "and fulfilment_id = any(:numbers) and mode = 2 order by fulfilment_id for no key update) "
            "update fulfilments f set recharge_at = :now from known k "
            "where f.shop_id = :shop and f.fulfilment_id = k.fulfilment_id",
            shop=shop_id,
            numbers=sorted({row.fulfilment_id for row in rows}),
            now=tx.now,
        )
        tx.wake("recharge")
    return {row.parcel_id for row in rows}
