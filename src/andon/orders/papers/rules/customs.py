"""What of a declaration stands on a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from andon.orders.customs.rules import Declaration, DeclaredLine

MOST_CONTENTS = 6
"""How many lines a label has room for; the last of them stands for all that are left."""
_UNSAID = "—"
_TAXES: Mapping[str, str] = {
    "ioss": "IOSS",
    "uk_vat": "GB VAT",
    "voec": "VOEC",
    "au_gst": "AU GST",
    "eu_vat": "VAT",
}
_MARKS: Mapping[str, str] = {
    "battery_in_equipment": "电池 Battery",
    "battery_with_equipment": "电池 Battery",
    "battery_alone": "电池 Battery",
    "liquid": "液体 Liquid",
    "magnetic": "磁性 Magnetic",
}


@dataclass(frozen=True, slots=True)
class Content:
    """A line of a customs declaration; `value` is an amount with its currency, as it is printed."""

    name: str
    hs_code: str
    quantity: int
    value: str


@dataclass(frozen=True, slots=True)
class Customs:
    """A parcel's customs block: what is in it, a tax number, and its marks (battery, liquid) as they are printed."""

    contents: Sequence[Content]
    tax_number: str | None = None
    marks: Sequence[str] = ()


def customs_of(declaration: Declaration, place: int) -> Customs | None:
    """The block of a fulfilment's parcel at that place, counted from 1; None where nothing was said of its goods.

    Nobody says which goods lie in which of several parcels: the first declares them all, the others bear the tax
    number and the marks.
    """
    said = any(line.name or line.hs_code or line.marks for line in declaration.lines)
    if not said and declaration.tax_number is None:
        return None
    number = declaration.tax_number and f"{_TAXES[declaration.tax_kind or '']} {declaration.tax_number}"
    marks: dict[str, None] = {}
    for line in declaration.lines:
        for mark in line.marks:
            battery = line.un_number if mark.startswith("battery") else None
            marks[f"{_MARKS[mark]} {battery}" if battery else _MARKS[mark]] = None
    return Customs(_contents(declaration.lines) if place == 1 else [], number, list(marks))


def _contents(lines: Sequence[DeclaredLine]) -> list[Content]:
    alone = lines if len(lines) <= MOST_CONTENTS else lines[: MOST_CONTENTS - 1]
    contents = [
        Content(line.name or line.title, line.hs_code or _UNSAID, line.quantity, str(line.value))
        for line in alone
    ]
    if rest := lines[len(alone) :]:
        value = sum((line.value for line in rest[1:]), rest[0].value)
        pieces = sum(line.quantity for line in rest)
        contents.append(Content(f"另 {len(rest)} 种 {len(rest)} more kinds", _UNSAID, pieces, str(value)))
    return contents
