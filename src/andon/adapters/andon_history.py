"""Andon's own format for past orders: orders.csv, lines.csv, products.csv and events.csv in one folder.

The format is documented in docs/howto/replay.md. Instants carry their offset from UTC.
"""

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from andon.adapters.csv_files import CsvRow, read_rows
from andon.kernel.money import Money
from andon.ports.history import (
    HistoricFact,
    HistoricLine,
    HistoricOrder,
    HistoricProduct,
    HistoricSupplier,
    History,
    HistoryUnreadable,
)

ORDERS = ("order_no", "placed_at", "paid_at", "paid", "currency", "status")
SHIP_TO = ("name", "line1", "city", "region", "postcode", "country")
LINES = ("order_no", "sku", "supplier", "quantity", "unit_price", "freight", "ship_by")
PRODUCTS = ("sku", "title", "weight_g", "length_mm", "width_mm", "height_mm")
EVENTS = ("order_no", "supplier", "kind", "at", "code")


@dataclass(frozen=True, slots=True)
class AndonFolder:
    """A folder in Andon's own format."""

    folder: Path

    def read(self) -> History:
        """All orders, with their lines and events. Raises HistoryUnreadable."""
        products = {
            row.text("sku"): _product(row) for row in read_rows(self.folder, "products.csv", PRODUCTS)
        }
        heads = self._heads()
        currency = _currency(list(heads.values()))
        lines: dict[str, list[HistoricLine]] = defaultdict(list)
        for row in read_rows(self.folder, "lines.csv", LINES):
            lines[_order_no(row, heads)].append(_line(row, products, currency))
        facts: dict[str, list[HistoricFact]] = defaultdict(list)
        for row in read_rows(self.folder, "events.csv", EVENTS):
            number = _order_no(row, heads)
            facts[number].append(_fact(row, {line.supplier for line in lines[number]}))

        orders = [
            _order(row, _merged(lines[number]), tuple(facts[number]), currency)
            for number, row in heads.items()
        ]
        codes = sorted({line.supplier for order in orders for line in order.lines})
        return History(
            channel="history",
            currency=currency,
            suppliers=tuple(HistoricSupplier(code, code) for code in codes),
            products=products,
            orders=tuple(sorted(orders, key=lambda order: (order.placed_at, order.channel_order_no))),
        )

    def _heads(self) -> dict[str, CsvRow]:
        heads: dict[str, CsvRow] = {}
        for row in read_rows(self.folder, "orders.csv", (*ORDERS, *SHIP_TO)):
            number = row.text("order_no")
            if number in heads:
                raise row.wrong("order_no", f"{number} stands there already")
            heads[number] = row
        if not heads:
            raise HistoryUnreadable("history.empty", "orders.csv has no order")
        return heads


def _currency(heads: list[CsvRow]) -> str:
    currency = heads[0].text("currency")
    for row in heads:
        if row.text("currency") != currency:
            raise row.wrong("currency", f"one store sells in one currency, here {currency}")
    return currency


def _order_no(row: CsvRow, heads: Container[str]) -> str:
    number = row.text("order_no")
    if number not in heads:
        raise row.wrong("order_no", "orders.csv has no such order")
    return number


def _product(row: CsvRow) -> HistoricProduct:
    return HistoricProduct(
        code=row.text("sku"),
        title=row.maybe("title") or row.text("sku"),
        weight_g=row.measure("weight_g"),
        length_mm=row.measure("length_mm"),
        width_mm=row.measure("width_mm"),
        height_mm=row.measure("height_mm"),
    )


def _line(row: CsvRow, products: Container[str], currency: str) -> HistoricLine:
    sku = row.text("sku")
    if sku not in products:
        raise row.wrong("sku", "products.csv has no such product")
    return HistoricLine(
        product=sku,
        supplier=row.text("supplier"),
        quantity=row.count("quantity"),
        unit_price=row.money("unit_price", currency),
        freight=row.money("freight", currency) if row.maybe("freight") else Money.of(0, currency),
        ship_by=row.maybe_instant("ship_by"),
    )


def _fact(row: CsvRow, suppliers: Container[str]) -> HistoricFact:
    supplier = row.maybe("supplier") or None
    if supplier is not None and supplier not in suppliers:
        raise row.wrong("supplier", "no line of this order is theirs")
    return HistoricFact(row.text("kind"), row.instant("at"), supplier, row.maybe("code"))


def _merged(lines: list[HistoricLine]) -> tuple[HistoricLine, ...]:
    """Lines of one product, supplier and price as one line with a quantity."""
    merged: dict[tuple[str, str, int], HistoricLine] = {}
    for line in lines:
        kind = (line.product, line.supplier, line.unit_price.minor)
        held = merged.get(kind)
        merged[kind] = line if held is None else _sum(held, line)
    return tuple(merged.values())


def _sum(one: HistoricLine, other: HistoricLine) -> HistoricLine:
    limits = [limit for limit in (one.ship_by, other.ship_by) if limit is not None]
    return HistoricLine(
        product=one.product,
        supplier=one.supplier,
        quantity=one.quantity + other.quantity,
        unit_price=one.unit_price,
        freight=one.freight + other.freight,
        ship_by=min(limits, default=None),
    )


def _order(
    row: CsvRow, lines: tuple[HistoricLine, ...], facts: tuple[HistoricFact, ...], currency: str
) -> HistoricOrder:
    return HistoricOrder(
        channel_order_no=row.text("order_no"),
        placed_at=row.instant("placed_at"),
        ship_to={name: row.maybe(name) for name in SHIP_TO if row.maybe(name)},
        lines=lines,
        facts=facts,
        paid_at=row.maybe_instant("paid_at"),
        paid=row.money("paid", currency) if row.maybe("paid") else None,
        status=row.maybe("status"),
    )
