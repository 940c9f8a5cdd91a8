"""A hand-over note on paper: what its template is told."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from andon.orders.handovers.rules import ZONE, Role
from andon.orders.handovers.views import NoteOut, NoteParcel

TEMPLATE = Path(__file__).parent / "templates" / "note.typ"
_SIDES = {Role.DRIVER: ("承运商司机", "Driver"), Role.WAREHOUSE: ("仓库", "Warehouse")}
_OPEN, _GONE, _MISSING = "", "✓", "×"


def paper_facts(note: NoteOut, supplier: str, carrier: Mapping[str, str]) -> dict[str, Any]:
    """All that stands on a note's paper; instants are told in the suppliers' zone, weights in kilograms.

    `carrier` is its name by language. A side that has not signed has its box left open.
    """
    return {
        "number": note.number,
        "supplier": supplier,
        "carrier": f"{carrier['zh-CN']} {carrier['en']}",
        "parcels": note.parcels,
        "weight": f"{note.weight_g / 1000:.3f} kg",
        "made_at": _told(note.made_at),
        "planned": " - ".join(filter(None, (_told(note.collect_from), _told(note.collect_until)))),
        "sha256": note.sha256,
        "listed": [
            {
                "waybill": each.waybill,
                "fulfilment_id": each.fulfilment_id,
                "weight_g": each.weight_g,
                "mark": _mark(each),
            }
            for each in note.listed
        ],
        "signatures": [_side(note, role) for role in Role],
    }


def _mark(parcel: NoteParcel) -> str:
    if parcel.missing:
        return _MISSING
    return _GONE if parcel.scanned_at or parcel.signed_at else _OPEN


def _side(note: NoteOut, role: Role) -> dict[str, str | None]:
    signed = next((each for each in note.signatures if each.role == role), None)
    chinese, english = _SIDES[role]
    return {
        "zh": chinese,
        "en": english,
        "signed_by": signed.signed_by if signed else None,
        "signature": signed.signature if signed else None,
        "at": _told(signed.at if signed else None),
    }


def _told(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M} (UTC+8)"
