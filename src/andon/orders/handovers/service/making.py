"""Making a note: the parcels of one collection, each on one note at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Invalid
from andon.kernel.rows import as_columns
from andon.kernel.tx import Tx
from andon.orders.handovers.events import HandoverListed
from andon.orders.handovers.rules import (
    MOST_PARCELS,
    ZONE,
    Candidate,
    fault_of,
    number_of,
)
from andon.orders.handovers.tables import HANDOVER_IDS
from andon.orders.order.rules import FulfilmentState
from andon.platform.policies.rules import Policy

_S = FulfilmentState
_PARCELS = (
    "from fulfilments f join parcels p on p.shop_id = f.shop_id and p.fulfilment_id = f.fulfilment_id "
    "left join handover_parcels h on h.shop_id = p.shop_id and h.parcel_id = p.parcel_id and not h.missing "
    # The heads are the shops that are seen: the key's first column is known, whoever asks.
    "where f.shop_id = any(array(select shop_id from heads)) and f.supplier_id = :supplier "
)


def make_note(
    tx: Tx[Policy],
    supplier_id: int,
    carrier: str,
    waybills: Collection[str] | None,
    window: tuple[datetime | None, datetime | None],
) -> int:
    """A new note of that carrier's next collection; its number.

    It lists the parcels named, all or none, or, where none are named, the oldest 2,000 that are labelled and on no note.
    Refuses with Invalid `carrier.unknown`, `handover.empty`, `handover.too_many`, or `handover.parcels`, which names
    each waybill that cannot stand on it with a code.
    """
    if carrier not in tx.policy.carriers:
        raise Invalid("carrier.unknown")
    if waybills is not None and len(set(waybills)) > MOST_PARCELS:
        raise Invalid("handover.too_many", most=MOST_PARCELS)
    found = _named(tx, supplier_id, waybills) if waybills is not None else _ready(tx, supplier_id, carrier)
    tx.hold({row.shop_id for row in found})
    _lock(tx, found)
    rows = _looked_at(tx, supplier_id, [row.parcel_id for row in found])
    if waybills is None:
        listed = [row for row in rows if _fault(row.waybill, row, carrier) is None]
    else:
        listed = _all_of(waybills, rows, carrier)
    if not listed:
        raise Invalid("handover.empty")
    return _write(tx, supplier_id, carrier, listed, window)


def _named(tx: Tx[Policy], supplier_id: int, waybills: Collection[str]) -> Sequence[Row[Any]]:
    """The supplier's own parcels of these waybills; another's are not found."""
    return tx.rows(
        "select f.shop_id, w.parcel_id from waybills w join fulfilments f "
        "on f.shop_id = w.shop_id and f.fulfilment_id = w.fulfilment_id "
        "where w.waybill = any(:waybills) and f.supplier_id = :supplier order by 1, 2",
        waybills=sorted(set(waybills)),
        supplier=supplier_id,
    )


def _ready(tx: Tx[Policy], supplier_id: int, carrier: str) -> Sequence[Row[Any]]:
    return tx.rows(
        f"select f.shop_id, p.parcel_id {_PARCELS} and f.state in ({_S.LABELLED.value}, {_S.SHIPPED.value}) "
        "and p.carrier = :carrier and p.first_scan_at is null and p.ended_at is null and p.voided_at is null "
        "and h.parcel_id is null "
        "order by p.labelled_at, p.parcel_id limit :most",
        supplier=supplier_id,
        carrier=carrier,
        most=MOST_PARCELS,
    )


def _lock(tx: Tx[Policy], found: Sequence[Row[Any]]) -> None:
    """Take these parcels, so that no other note lists them meanwhile."""
    tx.put(
        "select from parcels where shop_id = any(:shops) and parcel_id = any(:parcels) "
        "order by shop_id, parcel_id for no key update",
        shops=sorted({row.shop_id for row in found}),
        parcels=sorted({row.parcel_id for row in found}),
    )


def _looked_at(tx: Tx[Policy], supplier_id: int, parcel_ids: Sequence[int]) -> Sequence[Row[Any]]:
    return tx.rows(
        "select p.shop_id, p.parcel_id, p.fulfilment_id, p.carrier, p.waybill, p.weight_g, f.state, "
        "h.parcel_id is not null as listed, p.first_scan_at is not null as collected, "
        "p.ended_at is not null or p.voided_at is not null as ended "
        f"{_PARCELS} and p.parcel_id = any(:parcels) order by p.shop_id, p.parcel_id",
        supplier=supplier_id,
        parcels=sorted(parcel_ids),
    )


def _fault(waybill: str, row: Row[Any] | None, carrier: str) -> Any:
    parcel = row and Candidate(row.carrier, _S(row.state), row.listed, row.collected, row.ended)
    return fault_of(waybill, parcel, carrier)


def _all_of(waybills: Collection[str], rows: Sequence[Row[Any]], carrier: str) -> list[Row[Any]]:
    """The parcels of these waybills, or a refusal that names each that cannot stand on the note."""
    known: dict[str, Row[Any]] = {}
    for row in rows:
        if row.carrier == carrier or row.waybill not in known:  # two carriers may use one number
            known[row.waybill] = row
    wanted = sorted(set(waybills))
    faults = [fault for each in wanted if (fault := _fault(each, known.get(each), carrier))]
    if faults:
        named = [{"waybill": fault.waybill, "code": fault.code} for fault in faults]
        raise Invalid("handover.parcels", waybills=named)
    return [known[each] for each in wanted]


def _write(
    tx: Tx[Policy],
    supplier_id: int,
    carrier: str,
    listed: Sequence[Row[Any]],
    window: tuple[datetime | None, datetime | None],
) -> int:
    [note_id] = tx.take_ids(HANDOVER_IDS.name, 1)
    number = _next_number(tx, supplier_id)
    shops = _by_shop(listed)
    tx.put(
        "insert into handover_notes (note_id, supplier_id, number, carrier, shops, parcels, weight_g, made_at, "
        "collect_from, collect_until) values (:note, :supplier, :number, :carrier, "
        "to_jsonb(cast(:shops as bigint[])), :parcels, :weight, :now, :start, :end)",
        note=note_id,
        supplier=supplier_id,
        number=number,
        carrier=carrier,
        shops=sorted(shops),
        parcels=len(listed),
        weight=sum(row.weight_g for row in listed),
        now=tx.now,
        start=window[0],
        end=window[1],
    )
    columns = as_columns(
        ("shops", "parcels", "fulfilments", "waybills", "weights"),
        [(row.shop_id, row.parcel_id, row.fulfilment_id, row.waybill, row.weight_g) for row in listed],
    )
    tx.put(
        "insert into handover_parcels (shop_id, note_id, parcel_id, fulfilment_id, supplier_id, waybill, weight_g, "
        "listed_at, missing) select r.s, :note, r.p, r.f, :supplier, r.w, r.g, :now, false "
        "from unnest(cast(:shops as bigint[]), cast(:parcels as bigint[]), cast(:fulfilments as bigint[]), "
        "cast(:waybills as text[]), cast(:weights as int[])) as r(s, p, f, w, g)",
        note=note_id,
        supplier=supplier_id,
        now=tx.now,
        **columns,
    )
    _emit(tx, note_id, number, supplier_id, carrier, shops, window[1])
    return note_id


def _emit(
    tx: Tx[Policy],
    note_id: int,
    number: str,
    supplier_id: int,
    carrier: str,
    shops: Mapping[int, Sequence[Row[Any]]],
    collect_until: datetime | None,
) -> None:
    for shop_id, own in shops.items():
        tx.emit(
            HandoverListed(
                shop_id=shop_id,
                handover_id=note_id,
                number=number,
                supplier_id=supplier_id,
                carrier=carrier,
                parcels=[row.parcel_id for row in own],
                collect_until=collect_until,
            )
        )


def _next_number(tx: Tx[Policy], supplier_id: int) -> str:
    """The number after the supplier's last of the day; its row is the last that is locked."""
    day = tx.now.astimezone(ZONE).date()
    row = tx.one(
        "insert into handover_days (supplier_id, day, notes) values (:supplier, :day, 1) "
        "on conflict (supplier_id, day) do update set notes = handover_days.notes + 1 returning notes",
        supplier=supplier_id,
        day=day,
    )
    assert row is not None, "an insert or an update has a row"
    return number_of(day, row.notes)


def _by_shop(rows: Sequence[Row[Any]]) -> Mapping[int, list[Row[Any]]]:
    shops: dict[int, list[Row[Any]]] = {}
    for row in rows:
        shops.setdefault(row.shop_id, []).append(row)
    return dict(sorted(shops.items()))
