"""Labels and pick lists on paper: codes of the waybill, and what the templates are told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from pystrich.code128 import Code128Encoder

from andon.orders.handovers.rules import ZONE
from andon.orders.papers.rules import (
    BARS_HEIGHT_MM,
    BARS_HEIGHT_WITH_CUSTOMS_MM,
    BARS_TOP_MM,
    BARS_TOP_WITH_CUSTOMS_MM,
    DOTS_PER_MM,
    QR_LEFT_MM,
    QR_TOP_MM,
    SHEET_MM,
    Customs,
    Parcel,
    Placed,
    Sheet,
    Symbol,
    bars_of,
    breakable,
    grouped,
    quiet_of,
    square_of,
    svg_of,
    zpl_of,
)
from andon.orders.papers.views import PickOut
from andon.platform.documents.rendering import drawn, rendered

_TEMPLATES = Path(__file__).parent / "templates"
_LABEL = _TEMPLATES / "label.typ"
_PICKS = _TEMPLATES / "picks.typ"
_BIN_LETTERS, _ITEM_LETTERS, _CONTENT_LETTERS = 8, 20, 20
"""The longest words that stand whole in their column."""
_COARSEST = min(DOTS_PER_MM.values())
"""What a paper's modules are measured by, so that they are as wide as the coarsest printer's."""


def labels_pdf(parcels: Sequence[Parcel]) -> bytes:
    """Labels of 100 by 150 mm, one a page, in that order."""
    return rendered(_LABEL, _facts(parcels, codes=True))


def labels_zpl(parcels: Sequence[Parcel], dpi: int) -> bytes:
    """The same labels as ZPL II for a printer of 203 or 300 dpi."""
    dots = DOTS_PER_MM[dpi]
    pages = drawn(_LABEL, _facts(parcels, codes=False), dots)
    return "".join(
        _zpl(parcel, Sheet(*page), dots) for parcel, page in zip(parcels, pages, strict=True)
    ).encode()


def picks_pdf(supplier: str, picks: Sequence[PickOut], made_at: datetime) -> bytes:
    """A pick list on A4, in the order in which one walks."""
    facts = {
        "supplier": supplier,
        "at": _told(made_at),
        "fulfilments": len({need.fulfilment_id for pick in picks for need in pick.fulfilments}),
        "units": sum(pick.units for pick in picks),
        "picks": [
            {
                "bin": breakable(pick.bin or "—", _BIN_LETTERS),
                "item": breakable(pick.supplier_sku, _ITEM_LETTERS),
                "units": pick.units,
                "needs": [f"{need.fulfilment_id} × {need.units}" for need in pick.fulfilments],
            }
            for pick in picks
        ],
    }
    return rendered(_PICKS, facts)


def _zpl(parcel: Parcel, sheet: Sheet, dots: int) -> str:
    values, modules = _code128(parcel.waybill)
    top, height = _bars_place(parcel)
    bars = bars_of(modules, dots)
    square = square_of(_qr(parcel.waybill), dots)
    quiet = quiet_of(square)
    return zpl_of(
        sheet,
        parcel.waybill,
        values,
        None
        if bars is None
        else Placed(bars, (SHEET_MM[0] * dots - len(modules) * bars.dots) // 2, top * dots, height * dots),
        Placed(square, QR_LEFT_MM * dots + quiet, QR_TOP_MM * dots + quiet),
    )


def _facts(parcels: Sequence[Parcel], *, codes: bool) -> dict[str, Any]:
    """What the template is told; without `codes` their places are left white."""
    title = " ".join(parcel.waybill for parcel in parcels[:1])
    return {"title": title, "codes": codes, "labels": [_label(parcel) for parcel in parcels]}


def _label(parcel: Parcel) -> Mapping[str, Any]:
    _, modules = _code128(parcel.waybill)
    bars = bars_of(modules, _COARSEST)
    square = square_of(_qr(parcel.waybill), _COARSEST)
    top, height = _bars_place(parcel)
    return {
        "carrier": parcel.carrier,
        "mode": parcel.mode,
        "line": parcel.line,
        "country": parcel.country,
        "country_name": parcel.country_name,
        "postcode": parcel.postcode,
        "recipient": [asdict(line) for line in parcel.recipient],
        "sender": parcel.sender,
        "waybill": grouped(parcel.waybill),
        "bars": bars and svg_of(bars.modules),
        "bars_width": bars and _width_mm(bars),
        "bars_top": top,
        "bars_height": height,
        "qr": svg_of(square.modules),
        "qr_top": QR_TOP_MM,
        "qr_width": _width_mm(square),
        "qr_quiet": quiet_of(square) / _COARSEST,
        "order": str(parcel.order_id),
        "fulfilment": str(parcel.fulfilment_id),
        "weight": f"{parcel.weight_g / 1000:.3f} kg",
        "place": f"{parcel.place} / {parcel.places}",
        "labelled": _told(parcel.labelled_at),
        "customs": parcel.customs and _customs(parcel.customs),
    }


def _customs(customs: Customs) -> Mapping[str, Any]:
    contents = [asdict(each) | {"name": breakable(each.name, _CONTENT_LETTERS)} for each in customs.contents]
    return asdict(customs) | {"contents": contents}


def _told(instant: datetime) -> str:
    return f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M} (UTC+8)"


def _width_mm(symbol: Symbol) -> float:
    return len(symbol.modules[0]) * symbol.dots / _COARSEST


def _bars_place(parcel: Parcel) -> tuple[int, int]:
    if parcel.customs is None:
        return BARS_TOP_MM, BARS_HEIGHT_MM
    return BARS_TOP_WITH_CUSTOMS_MM, BARS_HEIGHT_WITH_CUSTOMS_MM


def _code128(waybill: str) -> tuple[Sequence[int], str]:
    """The values and the modules of a waybill's bars."""
    code = Code128Encoder(waybill)
    return code.encoded_text, code.bars


def _qr(waybill: str) -> list[str]:
    """The modules of a waybill's QR code: of level M and no larger than it must be, as a printer makes it."""
    made = segno.make_qr(waybill, error="m", boost_error=False)
    return ["".join("1" if module else "0" for module in row) for row in made.matrix]
