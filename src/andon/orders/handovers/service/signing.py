"""Scanning a note out, and signing it: what leaves, what stays, and the claim that follows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict
from andon.kernel.tx import Tx
from andon.orders.handovers.events import HandoverScanned, HandoverSigned
from andon.orders.handovers.rules import (
    Role,
    ScanOut,
    check_same,
    check_signing,
    content_hash,
    going,
    scan_out,
)
from andon.orders.handovers.views import note_row
from andon.orders.shipping.service import Handover, note_handovers
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Signature:
    """A side's signature; `signature` is a reference to it, or its hash."""

    signed_by: str
    role: Role
    signature: str | None
    at: datetime


def scan_note(tx: Tx[Policy], supplier_id: int, note_id: int, waybills: Collection[str]) -> ScanOut:
    """Scan a note out, as often as one likes: what is there now, what is missing, and what is not on the note.

    Refuses with NotFound `handover.not_found`, and with Conflict `handover.closed` a parcel that the driver has not
    signed for.
    """
    note, rows = _take(tx, supplier_id, note_id)
    found = scan_out(
        {row.waybill: row.scanned_at is not None or row.signed_at is not None for row in rows}, waybills
    )
    if not found.fresh:
        return found
    if note.signed_at is not None:
        raise Conflict("handover.closed")
    tx.put(
        "update handover_parcels set scanned_at = :now where shop_id = any(:shops) and note_id = :note "
        "and waybill = any(:waybills) and scanned_at is null",
        now=tx.now,
        shops=note.shops,
        note=note_id,
        waybills=found.fresh,
    )
    tx.put(
        "update handover_notes set scanned_at = coalesce(scanned_at, :now) where note_id = :note",
        now=tx.now,
        note=note_id,
    )
    fresh = set(found.fresh)
    for shop_id in note.shops:
        own = [row.parcel_id for row in rows if row.shop_id == shop_id and row.waybill in fresh]
        if own:
            tx.emit(HandoverScanned(**_about(note, shop_id), parcels=own))
    return found


def sign_note(tx: Tx[Policy], supplier_id: int, note_id: int, signed: Signature) -> None:
    """Sign a note for one side, once; the driver's signature closes it.

    The driver signs for what was scanned out, or for all that is listed where nothing was; what stays may stand on
    another note. It is the supplier's hand-over claim for those parcels; their state moves with the first scan.
    Refuses with NotFound `handover.not_found`, Conflict `handover.signed_otherwise`, and Invalid for the instant.
    """
    note, rows = _take(tx, supplier_id, note_id)
    before = tx.one(
        "select signed_by, signature from handover_signatures where note_id = :note and role = :role",
        note=note_id,
        role=signed.role.value,
    )
    if before is not None:
        check_same(before, (signed.signed_by, signed.signature), code="handover.signed_otherwise")
        return
    check_signing(signed.at, note.made_at, tx.now, tx.policy.tracking.scan_ahead)
    tx.put(
        "insert into handover_signatures (note_id, role, signed_by, signature, at, recorded_at) "
        "values (:note, :role, :by, :signature, :at, :now)",
        note=note_id,
        role=signed.role.value,
        by=signed.signed_by,
        signature=signed.signature,
        at=signed.at,
        now=tx.now,
    )
    if signed.role is Role.WAREHOUSE:
        _emit(tx, note, rows, set(), signed, None)
    else:
        _close(tx, note, rows, signed)


def _take(tx: Tx[Policy], supplier_id: int, note_id: int) -> tuple[Row[Any], Sequence[Row[Any]]]:
    """A supplier's note, held alone, and its parcels; its shops are seen, whether they are granted still or not."""
    shops = note_row(tx, note_id, supplier_id=supplier_id).shops
    tx.see_shops(shops)
    tx.hold(set(shops))
    tx.put("select from handover_notes where note_id = :note for no key update", note=note_id)
    rows = tx.rows(
        "select * from handover_parcels where shop_id = any(:shops) and note_id = :note order by shop_id, parcel_id",
        shops=shops,
        note=note_id,
    )
    return note_row(tx, note_id, supplier_id=supplier_id), rows


def _close(tx: Tx[Policy], note: Row[Any], rows: Sequence[Row[Any]], signed: Signature) -> None:
    void = _voided(tx, note, rows)
    gone = going({row.parcel_id: row.scanned_at is not None for row in rows if row.parcel_id not in void})
    sha256 = content_hash(
        {
            "number": note.number,
            "supplier_id": note.supplier_id,
            "carrier": note.carrier,
            "made_at": note.made_at.astimezone(UTC),
            "signed_at": signed.at.astimezone(UTC),
            "parcels": [
                {"waybill": row.waybill, "weight_g": row.weight_g, "gone": row.parcel_id in gone}
                for row in sorted(rows, key=lambda row: (row.waybill, row.parcel_id))
            ],
        }
    )
    tx.put(
        "update handover_parcels set missing = parcel_id <> all(cast(:gone as bigint[])), "
        "signed_at = case when parcel_id = any(:gone) then cast(:at as timestamptz) end "
        "where shop_id = any(:shops) and note_id = :note",
        gone=sorted(gone),
        at=signed.at,
        shops=note.shops,
        note=note.note_id,
    )
    tx.put(
        "update handover_notes set signed_at = :at, sha256 = :sha256 where note_id = :note",
        at=signed.at,
        sha256=sha256,
        note=note.note_id,
    )
    _emit(tx, note, rows, gone, signed, sha256)
    # What was cancelled meanwhile, or claimed before, is answered so, and nothing comes of it.
    fulfilments = sorted({row.fulfilment_id for row in rows if row.parcel_id in gone})
    note_handovers(tx, [Handover(number, signed.at) for number in fulfilments])


def _voided(tx: Tx[Policy], note: Row[Any], rows: Sequence[Row[Any]]) -> set[int]:
    """Those of a note's parcels whose label was voided since: they stay."""
    found = tx.rows(
        "select parcel_id from parcels where shop_id = any(:shops) and parcel_id = any(:parcels) "
        "and voided_at is not null",
        shops=note.shops,
        parcels=[row.parcel_id for row in rows],
    )
    return {row.parcel_id for row in found}


def _emit(
    tx: Tx[Policy],
    note: Row[Any],
    rows: Sequence[Row[Any]],
    gone: Collection[int],
    signed: Signature,
    sha256: str | None,
) -> None:
    for shop_id in note.shops:
        own = [row.parcel_id for row in rows if row.shop_id == shop_id]
        tx.emit(
            HandoverSigned(
                **_about(note, shop_id),
                at=signed.at,
                role=signed.role.value,
                sha256=sha256,
                parcels=[each for each in own if each in gone],
                missing=[each for each in own if sha256 is not None and each not in gone],
            )
        )


def _about(note: Row[Any], shop_id: int) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "handover_id": note.note_id,
        "number": note.number,
        "supplier_id": note.supplier_id,
        "carrier": note.carrier,
    }
