"""README's walk: one order's way by hand, on a clock that stands until it is moved."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.clients import Client
from tests.journeys.blackbox import Served, an_andon, good, instant, soon

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

AT_ONCE = 4
"""Seconds: sooner than the line would have looked by itself."""
NUMBER = "10001"
WAYBILL = "CN000000000001"
MADRID = {
    "name": "Lucía Fernández",
    "line1": "Calle de Alcalá 42",
    "city": "Madrid",
    "postcode": "28014",
    "country": "ES",
}
PARCEL = {"weight_g": 240, "length_mm": 260, "width_mm": 200, "height_mm": 30}


class Walk:
    """The parties of the walk, with the keys that `andon init --demo --json` printed."""

    def __init__(self, andon: Served) -> None:
        world = andon.world
        self.andon = andon
        self.shop_id = world["shops"][0]["id"]
        self.here = f"/shops/{self.shop_id}"
        self.shop, self.supplier, self.carrier = (
            andon.client(world[party][0]["key"]) for party in ("shops", "suppliers", "carriers")
        )

    def charges(self) -> dict[str, dict[str, Any]]:
        """The shop's charges by kind."""
        return {each["kind"]: each for each in good(self.shop.get(f"{self.here}/charges"))["items"]}

    def scan(self, status: str) -> None:
        """The carrier tells of the parcel, now."""
        body = [{"waybill": WAYBILL, "status": status, "occurred_at": self.andon.now.isoformat()}]
        answer = good(self.carrier.post("/carriers/cainiao/scans", body))
        assert [each["status"] for each in answer["results"]] == ["recorded"]

    def say(self, fulfilment_id: int, act: str, body: Any = None) -> str:
        """The supplier says something of its fulfilment; the state it is in then."""
        told = good(self.supplier.post(f"/supplier/fulfilments/{fulfilment_id}/{act}", body or {}))
        return str(told["state"])


def figures(anyone: Client, version: str) -> dict[str, Any]:
    """The published figures of a policy, by clause and name."""
    policy = good(anyone.get(f"/policies/{version}"))
    found = {
        f"{clause['code']} {value['name']}": value["value"]
        for clause in policy["clauses"]
        for value in clause["values"]
    }
    return found | {"lines": policy["lines"], "zone": policy["zone"]}


def fees(policy: dict[str, Any], line: str, country: str) -> dict[str, Decimal]:
    """What the policy asks for the parcel, worked out from its published figures alone."""
    volume_mm3 = PARCEL["length_mm"] * PARCEL["width_mm"] * PARCEL["height_mm"]
    tier = next(
        tier
        for tier in policy["FEE-2 volume_tiers"]
        if tier.get("up_to_ml") is None or volume_mm3 / 1000 <= tier["up_to_ml"]
    )
    [rates] = [each["rates"] for each in policy["lines"] if each["code"] == line]
    [rate] = [each for each in rates if each["country"] == country]
    billed = max(PARCEL["weight_g"], -(-volume_mm3 // rate["volumetric_divisor"]))
    steps = -(-max(billed - rate["first_weight_grams"], 0) // rate["step_weight_grams"])
    return {
        "handling": Decimal(policy["FEE-1 handling"]["amount"]),
        "warehouse": Decimal(tier["fee"]["amount"]),
        "freight": Decimal(rate["first_fee"]["amount"]) + steps * Decimal(rate["step_fee"]["amount"]),
    }


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """An Andon of this story alone: it goes by the demonstration, which others change."""
    with an_andon() as andon:
        yield andon


@pytest.mark.clause("MODE-2", "MODE-6", "FEE-1", "FEE-2", "FEE-3", "FEE-4", "FEE-5")
def test_an_order_goes_from_channel_to_settled_fee(served: Served) -> None:
    andon = served
    walk = Walk(andon)

    # 1. The channel places an order. It is ours exactly once; ask again and it is `existing`.
    placed = andon.now
    order = {
        "channel": "plaza",
        "channel_order_no": NUMBER,
        "placed_at": placed.isoformat(),
        "ship_to": MADRID,
        "lines": [
            {"sku": "TEE-WHITE-M", "quantity": 1, "unit_price": {"amount": "89.00", "currency": "CNY"}}
        ],
    }
    results = [
        good(walk.shop.post(f"{walk.here}/orders/bulk", {"orders": [order]}))["results"] for _ in range(2)
    ]
    order_id = results[0][0]["order_id"]
    assert results == [
        [{"index": 0, "status": status, "order_id": order_id}] for status in ("created", "existing")
    ]
    [listed] = good(walk.shop.get(f"{walk.here}/orders?channel_order_no={NUMBER}"))["items"]
    assert (listed["id"], listed["group"]) == (order_id, "awaiting_shipment")

    # 2. The supplier hears of it by pulling, and accepts, picks, labels.
    [mine] = good(walk.supplier.get("/supplier/fulfilments?state=pushed&wait=5"))["items"]
    assert instant(mine["pushed_at"]) == placed, "it is pushed as soon as it is accepted"
    assert walk.say(mine["id"], "accept") == "accepted"
    andon.advance("PT5H")
    assert walk.say(mine["id"], "picked") == "picked"
    label = {"carrier": "cainiao", "waybill": WAYBILL} | PARCEL
    assert walk.say(mine["id"], "labelled", label) == "labelled"
    assert walk.charges() == {}, "a label costs nothing"

    # 3. The carrier's first scan ships it; the fees stand, provisional, without the clock moving.
    policy = figures(andon.client(), listed["policy"])
    owed = fees(policy, str(mine["line"]), "ES")
    walk.scan("collected")
    charges = soon(walk.charges, AT_ONCE)
    assert {kind: Decimal(each["amount"]["amount"]) for kind, each in charges.items()} == owed
    assert {(each["state"], each["reason"]) for each in charges.values()} == {
        ("provisional", "no_delivery_evidence")
    }
    funds = f"{walk.here}/funds"
    held = Decimal(good(walk.shop.get(funds))["available"]["amount"])

    # Delivery fixes them, due at 00:00 of the third day after its date in the platform's zone.
    andon.advance("P6D")
    walk.scan("delivered")
    delivered = andon.now
    charges = soon(lambda: {k: c for k, c in walk.charges().items() if c["state"] == "due"}, AT_ONCE)
    zone = ZoneInfo(policy["zone"])
    day = delivered.astimezone(zone).date() + timedelta(days=policy["FEE-4 settle_after_days"])
    due_at = datetime(day.year, day.month, day.day, tzinfo=zone)
    assert {(instant(each["due_at"]), each["reason"]) for each in charges.values()} == {
        (due_at, "not_yet_due")
    }

    # 4. Three days later they are settled, to the cent, at that midnight; not an instant before.
    andon.advance_to(due_at - timedelta(microseconds=1))
    assert {each["state"] for each in walk.charges().values()} == {"due"}
    andon.advance("PT0.000001S")
    settled = walk.charges()
    assert {each["state"] for each in settled.values()} == {"settled"}
    assert {instant(each["settled_at"]) for each in settled.values()} == {due_at}
    assert {kind: Decimal(each["amount"]["amount"]) for kind, each in settled.items()} == owed
    assert Decimal(good(walk.shop.get(funds))["available"]["amount"]) == held - sum(owed.values())

    # Fifteen days after delivery the order is complete; not an instant before.
    andon.advance_to(delivered + timedelta(days=15, microseconds=-1))
    assert good(walk.shop.get(f"{walk.here}/orders/{order_id}"))["group"] == "delivered"
    andon.advance("PT0.000001S")
    assert good(walk.shop.get(f"{walk.here}/orders/{order_id}"))["group"] == "completed"

    story = good(walk.shop.get(f"{walk.here}/orders/{order_id}/story"))
    kinds = [moment["kind"] for moment in story["moments"]]
    assert list(dict.fromkeys(kinds)) == [
        "order.accepted",
        "fulfilment.reserved",
        "fulfilment.pushed",
        "fulfilment.accepted",
        "fulfilment.picked",
        "fulfilment.labelled",
        "parcel.labelled",
        "fulfilment.shipped",
        "charge.accrued",
        "fulfilment.delivered",
        "charge.fixed",
        "charge.settled",
        "fulfilment.completed",
    ]
    assert [kinds.count(f"charge.{step}") for step in ("accrued", "fixed", "settled")] == [3, 3, 3]
    who = {moment["kind"]: moment["who"] for moment in story["moments"]}
    assert who["order.accepted"] == f"shop:{walk.shop_id}"
    assert who["fulfilment.shipped"] == "carrier:cainiao"
    assert story["ahead"] == []
    assert "Lucía" not in json.dumps(story, ensure_ascii=False), "an event holds no person's name"

    told = andon.run("explain", NUMBER)
    for word in (f"plaza {NUMBER}", "completed", "carrier:cainiao", "CNY 0.30 is settled"):
        assert word in told
    assert json.loads(andon.run("check", "--json"))["ok"] is True
