"""A shop, its two suppliers and a carrier that meet over HTTP."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from andon.kernel.db import Database
from tests.clients import Client, key_for
from tests.worlds import NOON
from tests.worlds_partners import DemoShop

LABEL = {"carrier": "cainiao", "weight_g": 350, "length_mm": 200, "width_mm": 150, "height_mm": 40}


@dataclass
class World:
    """A shop, its two suppliers and a carrier, each with a key."""

    shop: DemoShop
    seller: Client
    first: Client
    second: Client
    carrier: Client

    def sell(self, number: str, sku: str = "S-1") -> dict[str, Any]:
        """One order over the shop's own API."""
        order = {
            "channel": "demo",
            "channel_order_no": number,
            "placed_at": NOON.isoformat(),
            "ship_by": (NOON + timedelta(days=3)).isoformat(),
            "ship_to": {
                "name": "Ana Sol", "line1": "Calle Mayor 1", "city": "Madrid", "postcode": "28001", "country": "ES",
                "phone": "+34 600 000 000", "email": "ana@example.test",
            },
            "lines": [{"sku": sku, "quantity": 2, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
        }  # fmt: skip
        answer = self.seller.post(f"/shops/{self.shop.shop_id}/orders/bulk", {"orders": [order]})
        [result] = answer.body["results"]
        assert result["status"] == "created", answer
        return result

    def scan(self, *scans: tuple[str, str, float]) -> list[str]:
        """What became of (waybill, status, hours after noon)."""
        told = [
            {"waybill": w, "status": status, "occurred_at": (NOON + timedelta(hours=h)).isoformat()}
            for w, status, h in scans
        ]
        answer = self.carrier.post("/carriers/cainiao/scans", told)
        assert answer.status == 200, answer
        return [each["code"] or each["status"] for each in answer.body["results"]]


def world_of(url: str, database: Database, shop: DemoShop) -> World:
    """The parties of a shop, each with a key."""
    first, second = (Client(url, key_for(database, "supplier", each)) for each in shop.supplier_ids)
    seller = Client(url, key_for(database, "shop", shop.shop_id))
    carrier = Client(url, key_for(database, "carrier", "cainiao"))
    return World(shop, seller, first, second, carrier)
