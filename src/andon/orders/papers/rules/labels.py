"""What stands on a label: a recipient as lines, the codes of its waybill as dots, and when it may not be printed."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from andon.kernel.errors import codes
from andon.orders.order.rules import FulfilmentState
from andon.orders.papers.rules.customs import Customs
from andon.orders.shipping.rules import DONE, Verdict, refused

CODES = codes(
    {
        "label.not_checked": ("Its goods were not all scanned", "商品尚未全部扫描核对"),
        "label.parcels": ("Some labels are not printed", "部分面单不能打印"),
    }
)

_S = FulfilmentState

SHEET_MM = (100, 150)
BARS_TOP_MM, BARS_TOP_WITH_CUSTOMS_MM = 88, 63
BARS_HEIGHT_MM, BARS_HEIGHT_WITH_CUSTOMS_MM = 25, 13
QR_TOP_MM, QR_LEFT_MM, QR_ROOM_MM = 122, 3, 25
DOTS_PER_MM = {203: 8, 300: 12}
"""Dots of a printer's head to the millimetre, by the resolution that it is sold under."""

_BARS_ROOM_MM = 94
_QUIET_MODULES = 10
_NARROWEST_MM = 0.25
_WIDEST_MM = 0.5
_QR_QUIET_MODULES = 4
_LONGEST_WORD = 40
_BREAK = "\u200b"
_LAST_DIGITS = 4
_GROUP = 4
_FIELD = re.compile(r"%(.)")
_FIELDS = {"N": "name", "C": "city", "S": "region", "Z": "postcode"}
"""The letters of an address form, but the street's."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of print; `rtl` where it is read from right to left."""

    text: str
    rtl: bool
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A code as modules, row by row, each drawn `dots` dots wide; the quiet zone is not in them."""

    modules: Sequence[str]
    dots: int


def print_verdict(
    state: FulfilmentState, *, held: bool, voided: bool, scanned: bool, ended: bool, checked: bool
) -> Verdict:
    """Whether a parcel's label is printed.

    It is printed until the carrier has the parcel: after that nobody needs the buyer's address on paper. `checked`
    says that its goods were scanned, or need not be.
    """
    if voided:
        return refused(code="label.voided", state=state)
    if state not in (_S.LABELLED, _S.SHIPPED):
        return refused(code="fulfilment.state", state=state)
    if scanned or ended:
        return refused(code="label.scanned", state=state)
    if held:
        return refused(code="fulfilment.held", state=state)
    return DONE if checked else refused(code="label.not_checked", state=state)


class Layout(NamedTuple):
    """How a country writes addresses: fields as `%N`, lines ended by `%n`; in its own script, and in Latin letters.

    `upper` are the letters of the fields that are written in capitals.
    """

    own: str
    latin: str
    upper: str


def recipient_of(ship_to: Mapping[str, Any], layout: Layout) -> list[Text]:
    """A recipient as its country writes it, the name set off; what the country's form has no place for follows the street."""
    said = {
        name: (ship_to.get(name) or "").strip()
        for name in ("name", "line1", "line2", "city", "region", "postcode")
    }
    if said["region"].casefold() == said["city"].casefold():
        said["region"] = ""
    form = layout.latin if is_latin(said["name"] + said["line1"]) else layout.own
    street = [said["line1"], said["line2"]]
    street += [said[name] for letter, name in _FIELDS.items() if f"%{letter}" not in form and letter != "N"]
    fields = {letter: said[name] for letter, name in _FIELDS.items()} | {"A": "\n".join(filter(None, street))}
    for letter in layout.upper:
        fields[letter] = fields.get(letter, "").upper()
    text = _FIELD.sub(lambda found: "\n" if found[1] == "n" else fields.get(found[1], ""), form)
    lines = [line.strip(" ,-/") for line in text.split("\n")]
    lines = [said["name"], *lines] if "%N" not in form else lines
    phone = phone_of(ship_to.get("phone"))
    return [
        printed(line, strong=line.casefold() == said["name"].casefold())
        for line in filter(None, [*lines, phone])
    ]


def is_latin(text: str) -> bool:
    """Whether all letters are Latin ones."""
    return all(unicodedata.name(sign, "LATIN").startswith("LATIN") for sign in text if sign.isalpha())


def printed(line: str, *, strong: bool = False) -> Text:
    """A line as it is printed: its first letter says where it is read from, and an endless word may be broken."""
    return Text(breakable(line, _LONGEST_WORD), is_rtl(line), strong)


def breakable(line: str, longest: int) -> str:
    """A line in which words of more than so many letters may be broken anywhere."""
    return " ".join(word if len(word) <= longest else _BREAK.join(word) for word in line.split())


def is_rtl(line: str) -> bool:
    """Whether a line is read from right to left: by its first letter that has a direction."""
    found = (unicodedata.bidirectional(sign) for sign in line)
    return next((each != "L" for each in found if each in ("L", "R", "AL")), False)


def phone_of(phone: str | None) -> str | None:
    """What of a phone number is printed: its last four digits. The carrier has the whole by its own way."""
    digits = "".join(filter(str.isdigit, phone or ""))
    return f"Tel *** {digits[-_LAST_DIGITS:]}" if digits else None


def grouped(waybill: str) -> str:
    """A waybill for the eye: in groups of four from the left."""
    return " ".join(waybill[at : at + _GROUP] for at in range(0, len(waybill), _GROUP))


def bars_of(modules: str, dots_per_mm: int) -> Symbol | None:
    """A row of bars as wide as the label allows; None where a scanner could not tell them apart any more.

    A module is 0.25 to 0.5 mm wide, in whole dots, with ten of them quiet on either side.
    """
    room = _BARS_ROOM_MM * dots_per_mm // (len(modules) + 2 * _QUIET_MODULES)
    dots = min(room, int(_WIDEST_MM * dots_per_mm))
    return Symbol([modules], dots) if dots >= _NARROWEST_MM * dots_per_mm else None


def square_of(modules: Sequence[str], dots_per_mm: int) -> Symbol:
    """A QR code as large as its place allows, quiet for four modules around."""
    return Symbol(modules, QR_ROOM_MM * dots_per_mm // (len(modules) + 2 * _QR_QUIET_MODULES))


def quiet_of(square: Symbol) -> int:
    """The dots that a QR code keeps quiet on either side."""
    return _QR_QUIET_MODULES * square.dots


def svg_of(modules: Sequence[str]) -> str:
    """Modules as a drawing of black rectangles, one unit to a module."""
    path = []
    for y, row in enumerate(modules):
        x = 0
        for run in row.replace("01", "0 1").replace("10", "1 0").split():
            if run[0] == "1":
                path.append(f"M{x} {y}h{len(run)}v1h-{len(run)}z")
            x += len(run)
    size = f"0 0 {len(modules[0])} {len(modules)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" preserveAspectRatio="none">'
        f'<path d="{"".join(path)}"/></svg>'
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as its label tells of it; `place` of `places` among those of its fulfilment that have a label."""

    parcel_id: int
    fulfilment_id: int
    order_id: int
    carrier: str
    mode: str
    line: str
    waybill: str
    weight_g: int
    labelled_at: datetime
    place: int
    places: int
    sender: str
    recipient: Sequence[Text]
    country: str
    country_name: str
    postcode: str
    customs: Customs | None = None
