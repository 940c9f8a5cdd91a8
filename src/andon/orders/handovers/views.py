"""Hand-over notes as they are read, by their supplier and by their carrier; and how carriers keep to their times."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.orders.handovers.rules import Side, Trace, is_late, side_of, side_of_all
from andon.platform.policies.rules import Policy


class NoteParcel(Out):
    """A parcel on a note: scanned out, signed for, or `missing` when the driver signed. Grams, as its label says."""

    waybill: str
    shop_id: int
    fulfilment_id: int
    parcel_id: int
    weight_g: int
    scanned_at: Instant | None
    signed_at: Instant | None
    missing: bool
    first_scan_at: Instant | None


class SignatureOut(Out):
    """Who signed for a side; `signature` is the reference or hash that the signing device gave."""

    role: str
    signed_by: str
    signature: str | None
    at: Instant


class NoteSummary(Out):
    """A note without its parcels. `carrier_late`: the planned collection is over, and it was later, or is not yet."""

    id: int
    number: str
    supplier_id: int
    carrier: str
    parcels: int
    weight_g: int
    made_at: Instant
    collect_from: Instant | None
    collect_until: Instant | None
    scanned_at: Instant | None
    signed_at: Instant | None
    sha256: str | None
    answered_at: Instant | None
    collected: bool | None
    counted: int | None
    carrier_late: bool


class NoteOut(NoteSummary):
    """A note with its parcels, by waybill, and its signatures."""

    signatures: list[SignatureOut]
    listed: list[NoteParcel]


class Punctuality(Out):
    """How a carrier kept to its notes.

    `waiting` parcels are signed for and not scanned yet; `hours` is the mean from the driver's signature to the first
    scan of the others; `late_parcels` have waited for more than 24.
    """

    carrier: str
    notes: int
    late_notes: int
    denied_notes: int
    parcels: int
    waiting: int
    late_parcels: int
    hours: float | None


def note_row(
    tx: Tx[Policy], note_id: int, *, supplier_id: int | None = None, carrier: str | None = None
) -> Row[Any]:
    """A note of that supplier, or of that carrier, as it stands; NotFound `handover.not_found`."""
    row = tx.one("select * from handover_notes where note_id = :note", note=note_id)
    if row is None or supplier_id not in (None, row.supplier_id) or carrier not in (None, row.carrier):
        raise NotFound("handover.not_found")
    return row


def list_notes(
    tx: Tx[Policy], *, supplier_id: int | None = None, carrier: str | None = None, after: int, limit: int
) -> list[NoteSummary]:
    """A supplier's or a carrier's notes, the newest first."""
    whose, party = ("supplier_id", supplier_id) if carrier is None else ("carrier", carrier)
    rows = tx.rows(
        f"select * from handover_notes where {whose} = :party and (:after = 0 or note_id < :after) "
        "order by note_id desc limit :limit",
        party=party,
        after=after,
        limit=limit,
    )
    return [NoteSummary.model_validate(_head(tx, row)) for row in rows]


def shown_note(tx: Tx[Policy], row: Row[Any]) -> NoteOut:
    """A note with all that stands on it, whoever may read it: no more of a shop than the waybills.

    A supplier reads its own also after the grant: the note is what it answers for.
    """
    tx.see_shops(row.shops)
    parcels = tx.rows(
        "select h.*, p.first_scan_at from handover_parcels h "
        "left join parcels p on p.shop_id = h.shop_id and p.parcel_id = h.parcel_id "
        "where h.shop_id = any(:shops) and h.note_id = :note order by h.waybill, h.parcel_id",
        shops=row.shops,
        note=row.note_id,
    )
    signatures = tx.rows(
        "select * from handover_signatures where note_id = :note order by role", note=row.note_id
    )
    return NoteOut.model_validate(
        _head(tx, row)
        | {
            "signatures": [SignatureOut.model_validate(each) for each in signatures],
            "listed": [NoteParcel.model_validate(each) for each in parcels],
        }
    )


def _head(tx: Tx[Policy], row: Row[Any]) -> dict[str, Any]:
    late = is_late(row.collect_until, row.signed_at, tx.now) and not (row.collected and row.signed_at is None)
    return row._asdict() | {"id": row.note_id, "carrier_late": late}


def punctuality_of(tx: Tx[Policy], carrier: str, since: datetime, until: datetime) -> Punctuality:
    """How a carrier kept to its times on the notes made in a period."""
    notes = tx.rows(
        "select * from handover_notes where carrier = :carrier and made_at >= :since and made_at < :until",
        carrier=carrier,
        since=since,
        until=until,
    )
    shops = sorted({shop for note in notes for shop in note.shops})
    tx.see_shops(shops)
    [row] = tx.rows(
        "select count(*) as parcels, count(*) filter (where p.first_scan_at is null) as waiting, "
        "count(*) filter (where coalesce(p.first_scan_at, :now) > h.signed_at + interval '24 hours') as late, "
        "avg(extract(epoch from p.first_scan_at - h.signed_at)) / 3600 as hours "
        "from handover_parcels h join parcels p on p.shop_id = h.shop_id and p.parcel_id = h.parcel_id "
        "where h.shop_id = any(:shops) and h.note_id = any(:notes) and h.signed_at is not null",
        shops=shops,
        notes=[note.note_id for note in notes],
        now=tx.now,
    )
    return Punctuality(
        carrier=carrier,
        notes=len(notes),
        late_notes=sum(_head(tx, note)["carrier_late"] for note in notes),
        denied_notes=sum(note.collected is False for note in notes),
        parcels=row.parcels,
        waiting=row.waiting,
        late_parcels=row.late,
        hours=None if row.hours is None else round(float(row.hours), 2),
    )


class FulfilmentHandover(Out):
    """Where the evidence lies for a labelled fulfilment: its newest note, and what was done with it.

    `evidence` says on whose side it lies that no carrier has scanned it: supplier, carrier, or none.
    """

    note: str | None
    listed_at: Instant | None
    scanned_at: Instant | None
    signed_at: Instant | None
    first_scan_at: Instant | None
    evidence: Side


def handovers_of(
    tx: Tx[Policy], shop_ids: Collection[int], fulfilment_ids: Collection[int]
) -> dict[int, FulfilmentHandover]:
    """Where the evidence lies for these fulfilments, those that have a label."""
    rows = tx.rows(
        "select distinct on (p.shop_id, p.fulfilment_id, p.parcel_id) p.fulfilment_id, p.first_scan_at, "
        "h.note_id, n.number as note, h.listed_at, h.scanned_at, h.signed_at, h.missing, n.collected, n.collect_until "
        "from parcels p left join handover_parcels h on h.shop_id = p.shop_id and h.parcel_id = p.parcel_id "
        "left join handover_notes n on n.note_id = h.note_id "
        "where p.shop_id = any(:shops) and p.fulfilment_id = any(:fulfilments) and p.voided_at is null "
        "order by p.shop_id, p.fulfilment_id, p.parcel_id, h.note_id desc nulls last",
        shops=sorted(shop_ids),
        fulfilments=sorted(fulfilment_ids),
    )
    parcels: dict[int, list[Row[Any]]] = {}
    for row in rows:
        parcels.setdefault(row.fulfilment_id, []).append(row)
    return {number: _handover(tx, own) for number, own in parcels.items()}


def _handover(tx: Tx[Policy], parcels: Sequence[Row[Any]]) -> FulfilmentHandover:
    """What the notes say of a fulfilment's parcels: it counts as scanned or signed for once all of them are."""
    first_scan_at = min((row.first_scan_at for row in parcels if row.first_scan_at), default=None)
    newest = max(parcels, key=lambda row: row.note_id or 0)
    sides = {side_of(_trace(row), first_scan_at, tx.now) for row in parcels}
    return FulfilmentHandover(
        note=newest.note,
        listed_at=newest.listed_at,
        scanned_at=_last([row.scanned_at for row in parcels]),
        signed_at=_last([row.signed_at for row in parcels]),
        first_scan_at=first_scan_at,
        evidence=side_of_all(sides),
    )


def _trace(row: Row[Any]) -> Trace | None:
    if row.note_id is None:
        return None
    return Trace(row.scanned_at, row.signed_at, row.missing, bool(row.collected), row.collect_until)


def _last(instants: Sequence[datetime | None]) -> datetime | None:
    known = [each for each in instants if each is not None]
    return max(known) if len(known) == len(instants) else None


def sides_of(tx: Tx[Policy], rows: Sequence[Row[Any]]) -> Mapping[int, Side]:
    """On whose side the evidence lies, by fulfilment, of rows of shop_id and fulfilment_id; without a label: the supplier's."""
    if not rows:
        return {}
    found = handovers_of(tx, {row.shop_id for row in rows}, {row.fulfilment_id for row in rows})
    return {
        row.fulfilment_id: found[row.fulfilment_id].evidence if row.fulfilment_id in found else Side.SUPPLIER
        for row in rows
    }
