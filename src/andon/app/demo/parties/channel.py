"""The marketplace: buyers order from the demonstration's shops, a few at a time, now and then in a rush.

It checks what it is told: that a shipment is of an order of its own, with that order's lines, by a carrier it knows.
"""

import random
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from andon.app.demo.parties.calls import Andon, rest
from andon.app.demo.parties.dock import Dock

CODE = "plaza"
SHIPS_WITHIN = timedelta(hours=72)

_BUYERS = (
    ("Lucía Fernández", "Calle de Alcalá 42, 3º B", "Madrid", "28014", "ES"),
    ("Jordi Puig", "Carrer de Balmes 117", "Barcelona", "08008", "ES"),
    ("Camille Laurent", "12 rue des Tanneurs", "Lille", "59800", "FR"),
    ("Piotr Nowak", "ul. Długa 8/3", "Kraków", "31-146", "PL"),
    ("João Pereira", "Rua do Almada 301", "Porto", "4050-038", "PT"),
    ("Mia Schneider", "Lindenstraße 9", "Leipzig", "04109", "DE"),
)


class Ledger:
    """What the channel sold, and what it was told of it; `shipped` are the numbers of orders, `stock` by shop and SKU."""

    def __init__(self, carriers: Collection[str]) -> None:
        self.shipped: set[str] = set()
        self.stock: dict[tuple[int, str], int] = {}
        self._carriers = frozenset(carriers)
        self._sold: dict[tuple[int, str], Mapping[str, int]] = {}
        self._told: dict[int, Any] = {}
        self._waybills: dict[tuple[str, str], str] = {}

    def sold(self, shop_id: int, number: str, quantities: Mapping[str, int]) -> None:
        """Note an order of a shop, and how many of each SKU are in it."""
        self._sold[shop_id, number] = quantities

    def take(self, report: Mapping[str, Any]) -> str | None:
        """What is wrong with a report; None where all is well. The same one again says nothing new."""
        if self._told.setdefault(report["id"], report) != report:
            return f"report {report['id']} says another thing than before"
        if report["type"] == "stock":
            self.stock[report["shop_id"], report["sku"]] = report["sellable"]
            return None if report["sellable"] >= 0 else f"fewer than no {report['sku']}"
        return self._fault_of_shipment(report)

    def _fault_of_shipment(self, report: Mapping[str, Any]) -> str | None:
        number = report["channel_order_no"]
        sold = self._sold.get((report["shop_id"], number))
        if sold is None:
            return f"{number} is no order of shop {report['shop_id']}"
        told: dict[str, int] = {}
        for line in report["lines"]:
            told[line["sku"]] = told.get(line["sku"], 0) + line["quantity"]
        if any(sold.get(sku, 0) < quantity for sku, quantity in told.items()):
            return f"{number} has other lines"
        if report["extent"] == "all" and told != sold:
            return f"{number} is not whole"
        if report["carrier"] not in self._carriers:
            return f"no such carrier: {report['carrier']}"
        if self._waybills.setdefault((report["carrier"], report["waybill"]), number) != number:
            return f"{report['waybill']} is another order's"
        self.shipped.add(number)
        return None


def run(url: str, key: str, options: dict[str, Any]) -> None:
    """Place `per_second` orders a second on average, until the process is ended."""
    andon = Andon(url, key)
    chance = random.Random(options["seed"])  # noqa: S311
    ledger, dock = Ledger(options["carriers"]), Dock()
    answer = andon.call("PUT", f"/channels/{CODE}/endpoint", {"url": dock.url})
    dock.webhook = Webhook(answer["secret"])
    number = 0
    start = andon.now().strftime("%y%m%d%H%M%S")
    while True:
        now = andon.now()
        wanted = chance.choices((0, 1, 2, 3, 12), weights=(30, 34, 20, 10, 1))[0]
        for shop in options["shops"]:
            orders = []
            for _ in range(wanted):
                number += 1
                order = _order(chance, shop, f"{start}-{number:06}", now)
                orders.append(order)
                bought = {line["sku"]: line["quantity"] for line in order["lines"]}
                ledger.sold(shop["id"], order["channel_order_no"], bought)
            if orders:
                andon.call("POST", f"/shops/{shop['id']}/orders/bulk", {"orders": orders})
        while not dock.heard.empty():
            if fault := ledger.take(dock.heard.get()):
                print(f"wrong report: {fault}", flush=True)  # noqa: T201
        rest()


def _order(chance: random.Random, shop: dict[str, Any], number: str, now: datetime) -> dict[str, Any]:
    name, line1, city, postcode, country = chance.choice(_BUYERS)
    products = chance.sample(shop["products"], k=chance.choices((1, 2, 3), weights=(70, 22, 8))[0])
    return {
        "channel": CODE,
        "channel_order_no": number,
        "placed_at": now.isoformat(),
        "ship_by": (now + SHIPS_WITHIN).isoformat(),
        "ship_to": {"name": name, "line1": line1, "city": city, "postcode": postcode, "country": country},
        "lines": [
            {
                "sku": product["sku"],
                "quantity": chance.choices((1, 2), weights=(85, 15))[0],
                "unit_price": product["price"],
            }
            for product in products
        ],
    }
