"""USAID's SCMS delivery history: lines of cross-border purchase orders for medicines and tests, in one CSV file.

A shipment - one ASN or DN of one PO or SO - is an order; its rows are the order's lines. `Direct Drop` went from the
vendor to the country: JIT. `From RDC` went from the programme's own stock: standard. Days are Washington's, amounts
dollars, weights kilograms. Number and date columns hold text as well: none of it is guessed at. A row without a value
that its line needs is rejected, one without another goes on; each such cell is a Remark.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from andon.adapters.csv_files import CsvRow, read_rows
from andon.kernel.countries import countries
from andon.kernel.errors import codes
from andon.kernel.money import MAX_MINOR, Money
from andon.ports.history import (
    OWN,
    HistoricFact,
    HistoricLine,
    HistoricOrder,
    HistoricProduct,
    HistoricRow,
    HistoricSupplier,
    History,
    HistoryUnreadable,
    Remark,
)

FILE = "shipments.csv"
ZONE = ZoneInfo("America/New_York")
CURRENCY = "USD"
DIRECT, STOCK = "Direct Drop", "From RDC"
LONGEST = 200
"""Characters of a name or a number of the file."""

ID, PROJECT, PO, ASN = "ID", "Project Code", "PO / SO #", "ASN/DN #"
COUNTRY, VIA, VENDOR, ITEM = "Country", "Fulfill Via", "Vendor", "Item Description"
QUOTED, ORDERED = "PQ First Sent to Client Date", "PO Sent to Vendor Date"
SCHEDULED, DELIVERED = "Scheduled Delivery Date", "Delivered to Client Date"
RECORDED = "Delivery Recorded Date"
QUANTITY, VALUE, PACK_PRICE = "Line Item Quantity", "Line Item Value", "Pack Price"
UNIT_PRICE, PACK_UNITS = "Unit Price", "Unit of Measure (Per Pack)"
WEIGHT, FREIGHT, INSURANCE = "Weight (Kilograms)", "Freight Cost (USD)", "Line Item Insurance (USD)"
TEXTS = (ID, PROJECT, PO, ASN, COUNTRY, VIA, VENDOR, ITEM)
NUMBERS = (QUANTITY, VALUE, PACK_PRICE, UNIT_PRICE, PACK_UNITS, WEIGHT, FREIGHT, INSURANCE)

FORMS = {
    QUOTED: "%m/%d/%y",
    ORDERED: "%m/%d/%y",
    **dict.fromkeys((SCHEDULED, DELIVERED, RECORDED), "%d-%b-%y"),
}
"""How each column writes its days."""

CODES = codes(
    {
        "scms.not_captured": ("Not captured", "未采集"),
        "scms.before_quotations": ("From before there were price quotations", "早于报价流程"),
        "scms.from_stock": ("From stock: no purchase order went to a vendor", "自有库存发货，没有采购单"),
        "scms.captured_separately": ("Captured elsewhere", "另行采集"),
        "scms.included": ("Included in the price of the goods", "已含在货款中"),
        "scms.invoiced_separately": ("Invoiced apart", "另行开票"),
        "scms.on_another_row": ("Stands on another row of the shipment", "见同一批货的另一行"),
        "scms.row_unknown": ("Refers to a row that does not have it", "所指的行没有该值"),
        "scms.empty": ("Empty", "为空"),
        "scms.unreadable": ("Not what its column holds", "与该列内容不符"),
        "scms.country": ("Not a country's name", "不是国家名称"),
        "scms.id_twice": ("Another row has this ID", "ID重复"),
        "scms.shipment_differs": ("Another row of the shipment says otherwise", "与同一批货的其他行不一致"),
        "scms.value_differs": ("Not the quantity times the pack price", "不等于数量乘以单包价"),
    }
)

SAYS: Mapping[str, Mapping[str, str]] = {
    QUOTED: {"Pre-PQ Process": "scms.before_quotations", "Date Not Captured": "scms.not_captured"},
    ORDERED: {"N/A - From RDC": "scms.from_stock", "Date Not Captured": "scms.not_captured"},
    WEIGHT: {"Weight Captured Separately": "scms.captured_separately"},
    FREIGHT: {
        "Freight Included in Commodity Cost": "scms.included",
        "Invoiced Separately": "scms.invoiced_separately",
    },
}
"""The words that stand in place of a value, by column, each with its code."""

SEE = re.compile(r"See ((?:ASN|DN)-[0-9]+) \(ID#:([0-9]+)\)")
"""Weight and freight of a shipment stand on one of its rows; the others say on which."""

OTHER_NAMES = {"Congo, DRC": "CD", "Côte d'Ivoire": "CI", "Swaziland": "SZ"}
"""Countries that the file calls otherwise than the locale data does."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ScmsFolder:
    """The folder with shipments.csv, as it was published."""

    folder: Path

    def read(self) -> History:
        """All orders, and a remark on each cell that is not what its column says. Raises HistoryUnreadable."""
        rows = list(read_rows(self.folder, FILE, (*TEXTS, *FORMS, *NUMBERS)))
        if not rows:
            raise HistoryUnreadable("history.empty", f"{FILE} has no row")
        by_id: dict[str, CsvRow] = {}
        for row in rows:
            by_id.setdefault(row.maybe(ID), row)
        shipments: dict[str, list[_Taken]] = defaultdict(list)
        remarks: list[Remark] = []
        for row in rows:
            cells = _Cells(row, by_id)
            taken = _taken(cells, shipments)
            if taken is not None:
                shipments[taken.number].append(taken)
            remarks += cells.remarks
        all_taken = [taken for shipment in shipments.values() for taken in shipment]
        items = _numbered("item", (taken.item for taken in all_taken))
        vendors = _numbered("vendor", (taken.vendor for taken in all_taken if taken.vendor != OWN))
        orders = [
            _order(number, shipment, items, vendors | {OWN: OWN}) for number, shipment in shipments.items()
        ]
        return History(
            channel="scms",
            currency=CURRENCY,
            suppliers=tuple(HistoricSupplier(code, name) for name, code in vendors.items()),
            products={code: HistoricProduct(code, title) for title, code in items.items()},
            orders=tuple(sorted(orders, key=lambda order: (order.placed_at, order.channel_order_no))),
            rows=len(rows),
            remarks=tuple(remarks),
        )


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row whose line needs nothing more."""

    row: HistoricRow
    number: str
    project: str
    country: str
    vendor: str
    placed_at: datetime
    delivered_at: datetime | None
    item: str
    quantity: int
    price: Money
    value: Money | None
    freight: Money
    weight_g: int | None

    @property
    def shipments_own(self) -> Mapping[str, object]:
        """What all rows of a shipment say alike, by the column that says it."""
        return {
            PROJECT: self.project,
            COUNTRY: self.country,
            VENDOR: self.vendor,
            QUOTED if self.vendor == OWN else ORDERED: self.placed_at,
            DELIVERED: self.delivered_at,
        }


@dataclass(slots=True)
class _Cells:
    """One row as it is read, with the remarks on it so far."""

    row: CsvRow
    by_id: Mapping[str, CsvRow]
    remarks: list[Remark] = field(default_factory=list)

    @property
    def known_as(self) -> HistoricRow:
        return HistoricRow(self.row.line_no, self.row.maybe(ID))

    def remark(self, column: str, code: str, *, rejects: bool) -> None:
        """Say what is the matter with a cell."""
        self.remarks.append(Remark(self.known_as, column, self.row.maybe(column), code, rejects))

    def read(self, column: str, value: Callable[[str], T], *, needed: bool = False) -> T | None:
        """The cell as `value` reads it; None, with a remark, where it is not that."""
        text = self.row.maybe(column)
        code = SAYS.get(column, {}).get(text) or self._elsewhere(column, text)
        if code is None:
            try:
                return value(column)
            except HistoryUnreadable:
                code = "scms.unreadable" if text else "scms.empty"
        self.remark(column, code, rejects=needed)
        return None

    def _elsewhere(self, column: str, text: str) -> str | None:
        """The code for a cell that refers to another row's, None where it does not."""
        see = SEE.fullmatch(text) if column in {WEIGHT, FREIGHT} else None
        if see is None:
            return None
        other = self.by_id.get(see[2])
        there = (
            other is not None
            and other.maybe(ASN) == see[1] == self.row.maybe(ASN)
            and SEE.fullmatch(other.maybe(column)) is None
        )
        return "scms.on_another_row" if there else "scms.row_unknown"

    def text(self, column: str) -> str | None:
        """A name or number that stands on one line."""

        def short(column: str) -> str:
            text = self.row.text(column)
            if len(text) > LONGEST or not text.isprintable():
                raise self.row.wrong(column, f"not a text of up to {LONGEST} characters")
            return text

        return self.read(column, short, needed=True)

    def day(self, column: str, *, needed: bool = False) -> datetime | None:
        """A day's first instant."""
        return self.read(column, lambda name: self.row.day(name, FORMS[name], ZONE), needed=needed)

    def amount(self, column: str, *, needed: bool = False) -> Money | None:
        """An amount in dollars."""
        return self.read(column, lambda name: self.row.money(name, CURRENCY), needed=needed)

    def grams(self) -> int | None:
        """The weight; None where nobody knows it, nothing where another row has the whole shipment's."""

        def weighed(column: str) -> int | None:
            self.row.text(column)
            return self.row.measure(column, 1000)

        grams = self.read(WEIGHT, weighed)
        elsewhere = any(
            remark.column == WEIGHT and remark.code == "scms.on_another_row" for remark in self.remarks
        )
        return 0 if elsewhere else grams


def _taken(cells: _Cells, shipments: Mapping[str, Sequence[_Taken]]) -> _Taken | None:
    """What the row says, read to its end so that every cell gets its remark; None if it is rejected."""
    texts = {column: cells.text(column) for column in TEXTS}
    if cells.by_id[cells.row.maybe(ID)] is not cells.row:
        cells.remark(ID, "scms.id_twice", rejects=True)
    via = texts[VIA]
    if via is not None and via not in {DIRECT, STOCK}:
        cells.remark(VIA, "scms.unreadable", rejects=True)
    country = _countries_by_name().get(texts[COUNTRY] or "")
    if texts[COUNTRY] is not None and country is None:
        cells.remark(COUNTRY, "scms.country", rejects=True)
    days = {column: cells.day(column, needed=column == _placing(via)) for column in FORMS}
    quantity = cells.read(QUANTITY, cells.row.count, needed=True)
    price = cells.amount(PACK_PRICE, needed=True)
    value = cells.amount(VALUE)
    freight = cells.amount(FREIGHT)
    weight_g = cells.grams()
    cells.read(PACK_UNITS, cells.row.count)
    for column in (UNIT_PRICE, INSURANCE):
        cells.amount(column)
    if quantity and price and value and value.minor != quantity * price.minor:
        cells.remark(VALUE, "scms.value_differs", rejects=False)
    if any(remark.rejects for remark in cells.remarks):
        return None

    placed_at = days[_placing(via)]
    assert quantity is not None
    assert price is not None
    assert placed_at is not None
    assert country is not None
    taken = _Taken(
        row=cells.known_as,
        number=f"{texts[PO]}/{texts[ASN]}",
        project=texts[PROJECT] or "",
        country=country,
        vendor=OWN if via == STOCK else texts[VENDOR] or "",
        placed_at=placed_at,
        delivered_at=days[DELIVERED],
        item=texts[ITEM] or "",
        quantity=quantity,
        price=price,
        value=value,
        freight=freight or Money.of(0, CURRENCY),
        weight_g=weight_g,
    )
    return taken if _fits(taken, shipments.get(taken.number, ()), cells) else None


def _placing(via: str | None) -> str:
    """The column with the day of placing: the purchase order's; what came from stock had none, so the quotation's."""
    return QUOTED if via == STOCK else ORDERED


def _fits(taken: _Taken, shipment: Sequence[_Taken], cells: _Cells) -> bool:
    """Whether the row says of its shipment what the shipment's first row says."""
    before = shipment[0].shipments_own if shipment else taken.shipments_own
    differing = [column for column, says in taken.shipments_own.items() if before.get(column, says) != says]
    for column in differing:
        cells.remark(column, "scms.shipment_differs", rejects=True)
    return not differing


@cache
def _countries_by_name() -> Mapping[str, str]:
    """The code of each country by the name that the locale data has for it, and by the file's where that is another."""
    return {name: code for code, name in countries().items()} | OTHER_NAMES


def _numbered(kind: str, names: Iterable[str]) -> dict[str, str]:
    """A short code for each name, in the order of the names: the file has names alone."""
    return {name: f"{kind}-{place:04}" for place, name in enumerate(sorted(set(names)), 1)}


def _order(
    number: str, shipment: Sequence[_Taken], items: Mapping[str, str], vendors: Mapping[str, str]
) -> HistoricOrder:
    """The shipment as an order. It was paid what the file's line values and freight come to."""
    first = shipment[0]
    stated = [taken.value.minor + taken.freight.minor for taken in shipment if taken.value is not None]
    paid = sum(stated) if len(stated) == len(shipment) else MAX_MINOR
    return HistoricOrder(
        channel_order_no=number,
        placed_at=first.placed_at,
        ship_to={
            "name": first.project,
            "line1": first.project,
            "city": countries()[first.country],
            "country": first.country,
        },
        lines=tuple(
            HistoricLine(
                product=items[taken.item],
                supplier=vendors[taken.vendor],
                quantity=taken.quantity,
                unit_price=taken.price,
                freight=taken.freight,
                ship_by=None,
                weight_g=taken.weight_g,
                row=taken.row,
            )
            for taken in shipment
        ),
        facts=(HistoricFact("delivered", first.delivered_at),) if first.delivered_at else (),
        paid=Money.from_minor(paid, CURRENCY) if paid < MAX_MINOR else None,
    )
