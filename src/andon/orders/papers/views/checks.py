"""What was scanned of a fulfilment, and which ones still wait for it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row

from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.orders.papers.rules import Line, all_checked
from andon.platform.policies.rules import Policy

_LINES = (
    "select l.shop_id, l.fulfilment_id, l.line_no, l.item, b.barcode, l.units, "
    "coalesce(sum(c.units), 0)::bigint as checked "
    "from fulfilments f join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
    "left join bins b on b.supplier_id = f.supplier_id and b.item = l.item "
    "left join goods_checks c on c.shop_id = l.shop_id and c.fulfilment_id = l.fulfilment_id "
    "and c.line_no = l.line_no and c.code is null "
    "where f.shop_id = any(array(select shop_id from heads)) and f.fulfilment_id = any(:fulfilments) "
    "group by l.shop_id, l.fulfilment_id, l.line_no, l.item, b.barcode, l.units order by l.fulfilment_id, l.line_no"
)


class CheckedLine(Out):
    """A line of a fulfilment: the units to pack, and how many of them were scanned."""

    line_no: int
    supplier_sku: str
    units: int
    checked: int


class RefusedScan(Out):
    """Something scanned that does not belong into the parcel: what, why, by whom, when."""

    scanned: str
    number: int
    units: int
    code: str
    actor: str
    at: Instant


class Checks(Out):
    """What was scanned of a fulfilment; with `complete` its labels may be printed. The newest 100 refused scans."""

    fulfilment_id: int
    complete: bool
    lines: list[CheckedLine]
    refused: list[RefusedScan]


def lines_of(tx: Tx[Policy], fulfilment_id: int) -> list[Line]:
    """The lines of a fulfilment with what was scanned of each."""
    return [_line(row) for row in tx.rows(_LINES, fulfilments=[fulfilment_id])]


def checks_of(tx: Tx[Policy], fulfilment_id: int) -> Checks:
    """What was scanned of a fulfilment."""
    lines = lines_of(tx, fulfilment_id)
    refused = tx.rows(
        "select scanned, number, units, code, actor, at from goods_checks "
        "where shop_id = any(array(select shop_id from heads)) and fulfilment_id = :fulfilment "
        "and code is not null order by check_id desc limit 100",
        fulfilment=fulfilment_id,
    )
    return Checks(
        fulfilment_id=fulfilment_id,
        complete=all_checked(lines),
        lines=[
            CheckedLine(line_no=line.line_no, supplier_sku=line.item, units=line.units, checked=line.checked)
            for line in lines
        ],
        refused=[RefusedScan.model_validate(row) for row in refused],
    )


def unchecked(tx: Tx[Policy], fulfilment_ids: Collection[int]) -> set[int]:
    """Those of a supplier's fulfilments that wait for goods to be scanned: none where it does not want them scanned."""
    if not scans_before_print(tx, tx.actor.id):
        return set()
    lines: dict[int, list[Line]] = {}
    for row in tx.rows(_LINES, fulfilments=sorted(fulfilment_ids)):
        lines.setdefault(row.fulfilment_id, []).append(_line(row))
    return {number for number, own in lines.items() if not all_checked(own)}


def scans_before_print(tx: Tx[Policy], supplier_id: Any) -> bool:
    """Whether a supplier wants goods to be scanned before their label is printed."""
    row = tx.one("select scan_before_print from printing where supplier_id = :supplier", supplier=supplier_id)
    return row is not None and row.scan_before_print


def _line(row: Row[Any]) -> Line:
    return Line(row.line_no, row.item, row.barcode, row.units, row.checked)
