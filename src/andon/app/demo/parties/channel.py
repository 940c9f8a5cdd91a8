"""The marketplace: buyers order from the demonstration's shops, a few at a time, now and then in a rush."""

import random
from typing import Any

from andon.app.demo.parties.calls import Andon, rest

_BUYERS = (
    ("Lucía Fernández", "Calle de Alcalá 42, 3º B", "Madrid", "28014", "ES"),
    ("Jordi Puig", "Carrer de Balmes 117", "Barcelona", "08008", "ES"),
    ("Camille Laurent", "12 rue des Tanneurs", "Lille", "59800", "FR"),
    ("Piotr Nowak", "ul. Długa 8/3", "Kraków", "31-146", "PL"),
    ("João Pereira", "Rua do Almada 301", "Porto", "4050-038", "PT"),
    ("Mia Schneider", "Lindenstraße 9", "Leipzig", "04109", "DE"),
)


def run(url: str, key: str, options: dict[str, Any]) -> None:
    """Place `per_second` orders a second on average, until the process is ended."""
    andon = Andon(url, key)
    chance = random.Random(options["seed"])  # noqa: S311
    number = 0
    start = andon.now().strftime("%y%m%d%H%M%S")
    while True:
        now = andon.now()
        wanted = chance.choices((0, 1, 2, 3, 12), weights=(30, 34, 20, 10, 1))[0]
        for shop in options["shops"]:
            orders = []
            for _ in range(wanted):
                number += 1
                orders.append(_order(chance, shop, f"{start}-{number:06}", now.isoformat()))
            if orders:
                andon.call("POST", f"/shops/{shop['id']}/orders/bulk", {"orders": orders})
        rest()


def _order(chance: random.Random, shop: dict[str, Any], number: str, now: str) -> dict[str, Any]:
    name, line1, city, postcode, country = chance.choice(_BUYERS)
    products = chance.sample(shop["products"], k=chance.choices((1, 2, 3), weights=(70, 22, 8))[0])
    return {
        "channel": "plaza",
        "channel_order_no": number,
        "placed_at": now,
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
