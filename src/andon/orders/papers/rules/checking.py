"""Whether what was scanned belongs into the parcel."""

from collections.abc import Sequence
from dataclasses import dataclass

from andon.kernel.errors import codes
from andon.orders.order.rules import FulfilmentState
from andon.orders.shipping.rules import DONE, Verdict, refused

CODES = codes(
    {
        "check.other_order": ("Another order's number", "扫描的订单号不符"),
        "check.wrong_item": ("Not an item of it", "商品不属于该履约单"),
        "check.too_many": ("More units than it needs", "扫描数量超出所需"),
    }
)

CHECKABLE = (FulfilmentState.ACCEPTED, FulfilmentState.PICKED, FulfilmentState.LABELLED)
"""While goods may be scanned: from acceptance until the carrier has the parcels."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was scanned at the packing table: an item's code or barcode, the number on the list, and how many units."""

    scanned: str
    number: int
    units: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a fulfilment: its units of an item, and how many of them were scanned."""

    line_no: int
    item: str
    barcode: str | None
    units: int
    checked: int

    @property
    def missing(self) -> int:
        """The units that are still to be scanned."""
        return self.units - self.checked


def all_checked(lines: Sequence[Line]) -> bool:
    """Whether nothing is missing any more."""
    return all(line.missing == 0 for line in lines)


def check_verdict(scan: Scan, numbers: Sequence[int], lines: Sequence[Line]) -> Verdict:
    """Whether a scan belongs here. `numbers` are those of the order and the fulfilment."""
    if scan.number not in numbers:
        return refused(code="check.other_order")
    own = named(scan.scanned, lines)
    if not own:
        return refused(code="check.wrong_item")
    too_many = scan.units > sum(line.missing for line in own)
    return refused(code="check.too_many") if too_many else DONE


def named(scanned: str, lines: Sequence[Line]) -> list[Line]:
    """The lines of the item that was scanned: by its code, else by its barcode."""
    return [line for line in lines if line.item == scanned] or [
        line for line in lines if line.barcode == scanned
    ]


def shared_out(units: int, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """So many units over lines of one item, the first ones first: line number and units."""
    shares = []
    for line in lines:
        share = min(units, line.missing)
        if share:
            shares.append((line.line_no, share))
        units -= share
    return shares
