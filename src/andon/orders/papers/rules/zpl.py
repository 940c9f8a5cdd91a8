"""ZPL II, as printers of labels read it: words as a graphic, codes by the printer itself."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from andon.orders.papers.rules.labels import Symbol

_START_A, _START_B, _START_C = 103, 104, 105
_SUBSETS = {_START_A: ">9", _START_B: ">:", _START_C: ">;"}
_SHIFTS = {
    "A": {99: ("C", ">5"), 100: ("B", ">6")},
    "B": {99: ("C", ">5"), 101: ("A", ">7")},
    "C": {100: ("B", ">6"), 101: ("A", ">7")},
}
"""By the subset that one is in: the values that lead to another, and how ^BC is told so."""
_KEPT_BY_ZPL = "^~_"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A label's words as the printer's dots: rows of whole bytes, the left dot first, 1 is black."""

    width: int
    height: int
    bits: bytes


@dataclass(frozen=True, slots=True)
class Placed:
    """A code at its place, in dots from the sheet's edge; `height` is that of bars."""

    symbol: Symbol
    left: int
    top: int
    height: int = 0


def zpl_of(sheet: Sheet, waybill: str, code128: Sequence[int], bars: Placed | None, square: Placed) -> str:
    """One label. `code128` are the values of its bars, start first, so that they are as on paper, without the check."""
    commands = [
        "^XA",
        "^CI28",
        f"^PW{sheet.width}",
        f"^LL{sheet.height}",
        "^LH0,0",
        f"^FO0,0{graphic_of(sheet)}^FS",
    ]
    if bars is not None:
        commands += [
            f"^FO{bars.left},{bars.top}^BY{bars.symbol.dots}",
            f"^BCN,{bars.height},N,N,N,N^FH^FD{escaped(spoken(code128))}^FS",
        ]
    commands += [
        f"^FO{square.left},{square.top}^BQN,2,{square.symbol.dots}",
        f"^FH^FDMA,{escaped(waybill)}^FS",
        "^XZ",
    ]
    return "\n".join(commands) + "\n"


def graphic_of(sheet: Sheet) -> str:
    """The graphic field of a sheet: its bytes deflated, in base64, with their CRC (Z64)."""
    packed = base64.b64encode(zlib.compress(sheet.bits))
    total, row = len(sheet.bits), (sheet.width + 7) // 8
    return f"^GFA,{total},{total},{row},:Z64:{packed.decode()}:{binascii.crc_hqx(packed, 0):04X}"


def escaped(text: str) -> str:
    """A field's text after ^FH: what would be a command, or the escape itself, by its hexadecimal number."""
    return "".join(f"_{ord(sign):02X}" if sign in _KEPT_BY_ZPL else sign for sign in text)


def spoken(values: Sequence[int]) -> str:
    """Values of Code 128, start first, as ^BC is told them: its subsets named, and `>` by its own invocation."""
    said = [_SUBSETS[values[0]]]
    subset = "ABC"[values[0] - _START_A]
    for value in values[1:]:
        if value in _SHIFTS[subset]:
            subset, shift = _SHIFTS[subset][value]
            said.append(shift)
        elif subset == "C":
            said.append(f"{value:02d}")
        else:
            sign = chr(value + 32)
            said.append(">0" if sign == ">" else sign)
    return "".join(said)
