"""Shops with their own suppliers, made and worked over the API of an Andon that runs in its own processes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.clients import Client
from tests.journeys.blackbox import Served, good, serial

CARRIER = "cainiao"
SIZE = {"weight_g": 350, "length_mm": 200, "width_mm": 150, "height_mm": 40}
SPAIN = {"name": "Ana Sol", "line1": "Calle Mayor 1", "city": "Madrid", "postcode": "28001", "country": "ES"}


@dataclass
class Market:
    """A shop with its own suppliers, everybody with a key; the first supplier goes first, the next next."""

    served: Served
    shop_id: int
    suppliers: list[int]
    shop: Client
    supplier: list[Client]
    carrier: Client
    channel: Client
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def here(self) -> str:
        """The path of the shop."""
        return f"/shops/{self.shop_id}"

    def order(self, *lines: tuple[str, int], number: str = "", **changes: Any) -> dict[str, Any]:
        """An order as the channel would send it; one of S-1 unless lines (sku, quantity) are named."""
        return {
            "channel": "plaza",
            "channel_order_no": number or serial(),
            "placed_at": changes.get("placed_at") or self.served.now.isoformat(),
            "ship_to": SPAIN,
            "lines": [
                {"sku": sku, "quantity": quantity, "unit_price": {"amount": "49.90", "currency": "CNY"}}
                for sku, quantity in lines or (("S-1", 1),)
            ],
        } | changes

    def place(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        """What became of each order of one call."""
        answer = self.shop.post(f"{self.here}/orders/bulk", {"orders": list(orders)})
        results: list[dict[str, Any]] = good(answer)["results"]
        return results

    def sell(self, *lines: tuple[str, int], **changes: Any) -> int:
        """The number of an order that was just taken."""
        [result] = self.place(self.order(*lines, **changes))
        assert result["status"] == "created", result
        return int(result["order_id"])

    def seen(self, order_id: int) -> dict[str, Any]:
        """An order as its shop sees it."""
        order: dict[str, Any] = good(self.shop.get(f"{self.here}/orders/{order_id}"))
        return order

    def parts(self, order_id: int) -> list[dict[str, Any]]:
        """The fulfilments of an order."""
        fulfilments: list[dict[str, Any]] = self.seen(order_id)["fulfilments"]
        return fulfilments

    def part(self, order_id: int) -> dict[str, Any]:
        """The one fulfilment of an order."""
        [fulfilment] = self.parts(order_id)
        return fulfilment

    def tell(self, fulfilment_id: int, act: str, body: Any = None, by: int = 0) -> dict[str, Any]:
        """A supplier says something of a fulfilment; the fulfilment as it is then."""
        path = f"/supplier/fulfilments/{fulfilment_id}/{act}"
        told: dict[str, Any] = good(self.supplier[by].post(path, {} if body is None else body))
        return told

    def label(self, fulfilment_id: int, waybill: str = "", by: int = 0, **changes: Any) -> str:
        """A supplier accepts and labels; the waybill number."""
        waybill = waybill or f"W{serial()}"
        self.tell(fulfilment_id, "accept", by=by)
        self.tell(fulfilment_id, "labelled", {"carrier": CARRIER, "waybill": waybill} | SIZE | changes, by=by)
        return waybill

    def scan(self, waybill: str, *scans: tuple[str, datetime]) -> list[str]:
        """What became of each scan (status, instant)."""
        told = [{"waybill": waybill, "status": status, "occurred_at": at.isoformat()} for status, at in scans]
        answer = good(self.carrier.post(f"/carriers/{CARRIER}/scans", told))
        return [result["code"] or result["status"] for result in answer["results"]]

    def count(self, by: int = 0, **counts: int) -> None:
        """A supplier counts its items; a name's underscore stands for a hyphen."""
        body = [
            {"supplier_sku": name.replace("_", "-"), "counted": number, "owner": "supplier"}
            for name, number in counts.items()
        ]
        good(self.supplier[by].put("/supplier/stock", body))

    def stock(self, item: str = "I-1", at: int = 0) -> tuple[int, int]:
        """How many units of a supplier's item the shop has there, and how many are reserved."""
        rows = good(self.shop.get(f"{self.here}/stock?location=supplier:{self.suppliers[at]}"))["items"]
        [row] = [row for row in rows if row["item"] == item]
        return row["on_hand"], row["reserved"]

    def flags(self, order_id: int) -> list[str]:
        """The flags of an order."""
        flags: list[str] = self.seen(order_id)["flags"]
        return flags


SKUS = {"S-1": "I-1", "S-2": "I-2"}


def new_suppliers(served: Served, number: int) -> tuple[list[int], list[Client]]:
    """Suppliers that passed their review, and their clients."""
    ids = []
    for place in range(number):
        body = {
            "name": f"仓{place}",
            "kind": "third_party",
            "documents": [{"kind": "licence", "number": "1"}],
        }
        ids.append(good(served.operator.post("/suppliers", body), 201)["id"])
        good(served.operator.post(f"/suppliers/{ids[-1]}/decision", {"decision": "qualify", "note": "seen"}))
    return ids, [served.client(served.key("supplier", each)) for each in ids]


def new_shop(
    served: Served, suppliers: Sequence[int], clients: Sequence[Client], skus: dict[str, str] | None = None
) -> Market:
    """A shop in JIT that is bound to these suppliers; each SKU (S-1 and S-2, unless named) is an item of all of them."""
    body = {
        "name": "衣见",
        "category": "apparel",
        "locale": "zh-CN",
        "currency": "CNY",
        "zone": "Asia/Shanghai",
    }
    shop_id = good(served.operator.post("/shops", body), 201)["id"]
    shop = served.client(served.key("shop", shop_id))
    carrier = served.client(served.world["carriers"][0]["key"])
    channel = served.client(served.world["channels"][0]["key"])
    made = Market(served, shop_id, list(suppliers), shop, list(clients), carrier, channel, skus or SKUS)
    for supplier_id, client in zip(suppliers, clients, strict=True):
        binding = good(shop.post(f"{made.here}/bindings", {"supplier_id": supplier_id}), 201)
        good(client.post(f"/supplier/bindings/{binding['id']}/accept"))
    for sku, item in made.codes.items():
        price = {"amount": "49.90", "currency": "CNY"}
        good(shop.put(f"{made.here}/products/{sku}", {"title": sku, "mode": "jit", "price": price} | SIZE))
        for priority, supplier_id in enumerate(suppliers, 1):
            mapping = {"supplier_id": supplier_id, "supplier_sku": item, "units": 1, "priority": priority}
            good(shop.put(f"{made.here}/mappings/{sku}", mapping))
    good(shop.put(f"{made.here}/plan", {"lines": ["cainiao_jit", "cainiao_standard"]}))
    good(shop.post(f"{made.here}/enrolment/join"))
    return made


def a_market(served: Served, suppliers: int = 2, stock: int = 100) -> Market:
    """A shop in JIT with suppliers of its own, who have counted so many units of each item."""
    made = new_shop(served, *new_suppliers(served, suppliers))
    for by in range(suppliers):
        made.count(by, **{item.replace("-", "_"): stock for item in made.codes.values()})
    amount = {"amount": "1000.00", "currency": "CNY"}
    good(made.shop.post(f"{made.here}/funds/deposits", {"amount": amount}), 201)
    return made


@dataclass
class Scene:
    """Two shops with their own suppliers; in the first one a fulfilment in each of several states."""

    market: Market
    other: Market
    order: dict[str, Any]
    order_id: int
    pushed: int
    accepted: int
    rejected: int
    labelled: int
    waybill: str
    delivered: int
    delivered_waybill: str
    others_order: int
    others_fulfilment: int


def a_scene(served: Served) -> Scene:
    """Two shops, and fulfilments of the first one in several states."""
    market, other = a_market(served), a_market(served)
    order = market.order(number=serial())
    [placed] = market.place(order)
    numbers = [market.part(market.sell())["id"] for _ in range(4)]
    accepted, rejected, labelled, delivered = numbers
    market.tell(accepted, "accept")
    market.tell(rejected, "reject", {"code": "other"})
    waybill, delivered_waybill = market.label(labelled), market.label(delivered)
    market.scan(delivered_waybill, ("collected", served.now), ("delivered", served.now))
    others = other.sell()
    return Scene(
        market=market,
        other=other,
        order=order,
        order_id=placed["order_id"],
        pushed=market.part(placed["order_id"])["id"],
        accepted=accepted,
        rejected=rejected,
        labelled=labelled,
        waybill=waybill,
        delivered=delivered,
        delivered_waybill=delivered_waybill,
        others_order=others,
        others_fulfilment=other.part(others)["id"],
    )
