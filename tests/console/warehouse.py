"""The demonstration's first warehouse at work: what it is sold, and how far each has come."""

import base64

from tests.journeys.blackbox import Served, good, serial
from tests.journeys.blackbox_market import CARRIER, SIZE, SPAIN
from tests.worlds_disputes import PNG

ITEM, BARCODE, BIN = "LT-W-M", "6901234567892", "A-02-3"
"""The first warehouse's linen tee, white, M."""


def sold(served: Served, number: int, sku: str = "TEE-WHITE-M") -> list[int]:
    """So many orders of the demonstration's first shop, all for its first supplier: their fulfilments."""
    seller = served.client(served.world["shops"][0]["key"])
    line = {"sku": sku, "quantity": 1, "unit_price": {"amount": "89.00", "currency": "CNY"}}
    orders = [
        {
            "channel": "plaza",
            "channel_order_no": f"T-{serial()}",
            "placed_at": served.now.isoformat(),
            "ship_to": SPAIN,
            "lines": [line],
        }
        for _ in range(number)
    ]
    results = good(seller.post("/shops/1/orders/bulk", {"orders": orders}))["results"]
    seen = [good(seller.get(f"/shops/1/orders/{each['order_id']}")) for each in results]
    served.advance("PT1S")
    return [order["fulfilments"][0]["id"] for order in seen]


def state(served: Served, part: int) -> str:
    """How far a fulfilment has come, as its supplier sees it."""
    supplier = served.client(served.world["suppliers"][0]["key"])
    return str(good(supplier.get(f"/supplier/fulfilments/{part}"))["state"])


def shelved(served: Served) -> None:
    """The tee lies in its bin, with its barcode on it."""
    supplier = served.client(served.world["suppliers"][0]["key"])
    good(supplier.put("/supplier/bins", [{"supplier_sku": ITEM, "bin": BIN, "barcode": BARCODE}]))


def labelled(served: Served, part: int) -> str:
    """A fulfilment is accepted, picked and labelled; its waybill."""
    supplier = served.client(served.world["suppliers"][0]["key"])
    waybill = f"W{serial()}"
    for act, body in (
        ("accept", {}),
        ("picked", {}),
        ("labelled", SIZE | {"carrier": CARRIER, "waybill": waybill}),
    ):
        good(supplier.post(f"/supplier/fulfilments/{part}/{act}", body))
    return waybill


def disputed(served: Served, part: int) -> int:
    """The buyer of a fulfilment got a bad one, and shows it; the dispute's number."""
    seller = served.client(served.world["shops"][0]["key"])
    supplier = served.client(served.world["suppliers"][0]["key"])
    claim = {
        "order_id": good(supplier.get(f"/supplier/fulfilments/{part}"))["order_id"],
        "fulfilment_id": part,
        "cause": "quality",
        "claim": {"amount": "30.00", "currency": "CNY"},
        "text": "A seam is open",
        "evidence": [{"kind": "photo", "content": base64.b64encode(PNG).decode()}],
    }
    return int(good(seller.post("/shops/1/disputes", claim), 201)["id"])
