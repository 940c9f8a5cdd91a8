"""Olist's public marketplace orders: a folder of CSV files as they were published.

Times are local to Sao Paulo, amounts in reais, lengths in centimetres. An order that says `canceled` was cancelled,
as far as the files tell, by its estimated delivery date.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from andon.adapters.csv_files import CsvRow, read_rows
from andon.kernel.money import Money
from andon.ports.history import (
    HistoricFact,
    HistoricLine,
    HistoricOrder,
    HistoricProduct,
    HistoricSupplier,
    History,
)

ZONE = ZoneInfo("America/Sao_Paulo")
CURRENCY = "BRL"
POSTCODE_DIGITS = 5
CANCELLED = "canceled"

ORDERS = (
    "order_id",
    "customer_id",
    "order_status",
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)
ITEMS = ("order_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value")
PRODUCTS = (
    "product_id",
    "product_category_name",
    "product_weight_g",
    "product_length_cm",
    "product_height_cm",
    "product_width_cm",
)
CUSTOMERS = ("customer_id", "customer_zip_code_prefix", "customer_city", "customer_state")


@dataclass(frozen=True, slots=True)
class OlistFolder:
    """The folder with orders.csv, order_items.csv, order_payments.csv, customers.csv, products.csv, sellers.csv."""

    folder: Path

    def read(self) -> History:
        """All orders, with their items, payments and dates. Raises HistoryUnreadable."""
        products = {row.text("product_id"): _product(row) for row in self._rows("products.csv", PRODUCTS)}
        sellers = {row.text("seller_id"): row for row in self._rows("sellers.csv", ("seller_id",))}
        customers = {row.text("customer_id"): _ship_to(row) for row in self._rows("customers.csv", CUSTOMERS)}
        items: dict[str, list[_Item]] = defaultdict(list)
        for row in self._rows("order_items.csv", ITEMS):
            items[row.text("order_id")].append(_item(row, products, sellers))
        paid: dict[str, Money] = defaultdict(lambda: Money.of(0, CURRENCY))
        for row in self._rows("order_payments.csv", ("order_id", "payment_value")):
            paid[row.text("order_id")] += row.money("payment_value", CURRENCY)

        orders: dict[str, HistoricOrder] = {}
        for row in self._rows("orders.csv", ORDERS):
            number = row.text("order_id")
            if number in orders:
                raise row.wrong("order_id", f"{number} stands there already")
            orders[number] = _order(row, _lines(items.pop(number, [])), paid[number], customers)
        for orphans in items.values():
            raise orphans[0].row.wrong("order_id", "orders.csv has no such order")
        sold_by = sorted({code for order in orders.values() for code in order.suppliers})
        return History(
            channel="olist",
            currency=CURRENCY,
            suppliers=tuple(HistoricSupplier(code, code) for code in sold_by),
            products=products,
            orders=tuple(sorted(orders.values(), key=lambda each: (each.placed_at, each.channel_order_no))),
        )

    def _rows(self, file: str, columns: tuple[str, ...]) -> list[CsvRow]:
        return list(read_rows(self.folder, file, columns))


@dataclass(frozen=True, slots=True)
class _Item:
    """One unit sold: a row of order_items.csv."""

    row: CsvRow
    product: str
    seller: str
    price: Money
    freight: Money
    ship_by: datetime

    @property
    def kind(self) -> tuple[str, str, int]:
        """What makes items of an order one line."""
        return self.product, self.seller, self.price.minor


def _item(row: CsvRow, products: Mapping[str, HistoricProduct], sellers: Mapping[str, CsvRow]) -> _Item:
    product, seller = row.text("product_id"), row.text("seller_id")
    if product not in products:
        raise row.wrong("product_id", "products.csv has no such product")
    if seller not in sellers:
        raise row.wrong("seller_id", "sellers.csv has no such seller")
    return _Item(
        row,
        product,
        seller,
        row.money("price", CURRENCY),
        row.money("freight_value", CURRENCY),
        row.instant("shipping_limit_date", ZONE),
    )


def _lines(items: list[_Item]) -> tuple[HistoricLine, ...]:
    """Items of one product, seller and price as one line with a quantity."""
    lines = []
    for (product, seller, _), group in groupby(
        sorted(items, key=lambda item: item.kind), key=lambda item: item.kind
    ):
        units = list(group)
        lines.append(
            HistoricLine(
                product=product,
                supplier=seller,
                quantity=len(units),
                unit_price=units[0].price,
                freight=sum((unit.freight for unit in units), start=Money.of(0, CURRENCY)),
                ship_by=min(unit.ship_by for unit in units),
            )
        )
    return tuple(lines)


def _order(
    row: CsvRow, lines: tuple[HistoricLine, ...], paid: Money, customers: Mapping[str, Mapping[str, str]]
) -> HistoricOrder:
    customer = row.text("customer_id")
    if customer not in customers:
        raise row.wrong("customer_id", "customers.csv has no such customer")
    status = row.text("order_status")
    handed_over = row.maybe_instant("order_delivered_carrier_date", ZONE)
    delivered = row.maybe_instant("order_delivered_customer_date", ZONE)
    facts = [
        HistoricFact(kind, at) for kind, at in (("collected", handed_over), ("delivered", delivered)) if at
    ]
    if status == CANCELLED and lines:
        facts.append(HistoricFact("cancelled", row.instant("order_estimated_delivery_date", ZONE)))
    return HistoricOrder(
        channel_order_no=row.text("order_id"),
        placed_at=row.instant("order_purchase_timestamp", ZONE),
        ship_to=customers[customer],
        lines=lines,
        facts=tuple(facts),
        paid_at=row.maybe_instant("order_approved_at", ZONE),
        paid=paid,
        status=status,
    )


def _product(row: CsvRow) -> HistoricProduct:
    code = row.text("product_id")
    return HistoricProduct(
        code=code,
        title=row.maybe("product_category_name") or code,
        weight_g=row.measure("product_weight_g"),
        length_mm=row.measure("product_length_cm", 10),
        width_mm=row.measure("product_width_cm", 10),
        height_mm=row.measure("product_height_cm", 10),
    )


def _ship_to(row: CsvRow) -> dict[str, str]:
    """The customer's address, as far as it is published: a number for a name, and the place."""
    customer = row.text("customer_id")
    return {
        "name": customer,
        "line1": customer,
        "postcode": row.text("customer_zip_code_prefix").zfill(POSTCODE_DIGITS),
        "city": row.text("customer_city"),
        "region": row.text("customer_state"),
        "country": "BR",
    }
