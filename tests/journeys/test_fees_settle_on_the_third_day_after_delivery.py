"""Fees over HTTP: provisional from the first scan, due by the delivery, settled at T+3, and told why until then."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import NOON, transaction
from tests.worlds_money import CARRIER
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import open_demo_shop


@dataclass
class Parties:
    """A shop whose one order is labelled, and everybody's clients."""

    shop_id: int
    order_id: int
    shop: Client
    supplier: Client
    carrier: Client
    operator: Client

    def path(self, rest: str) -> str:
        return f"/shops/{self.shop_id}{rest}"

    def advance(self, by: str) -> None:
        assert self.operator.post("/clock/advance", {"by": by}).status == 200

    def scan(self, status: str) -> None:
        now = self.operator.get("/clock").body["now"]
        told = self.carrier.post(
            f"/carriers/{CARRIER}/scans", [{"waybill": "W-1", "status": status, "occurred_at": now}]
        )
        assert told.status == 200, told
        self.advance("PT1S")

    def charges(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.shop.get(self.path(f"/charges{query}"))
        assert answer.status == 200, answer
        items: list[dict[str, Any]] = answer.body["items"]
        return items

    def deposit(self, amount: str) -> None:
        answer = self.shop.post(
            self.path("/funds/deposits"), {"amount": {"amount": amount, "currency": "CNY"}}
        )
        assert answer.status == 201, answer


@pytest.fixture
def parties(andon: Running, operator: Client) -> Parties:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        [order_id] = accept(tx, shop.shop_id, incoming("A-1", "S-1"))
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
    made = Parties(
        shop.shop_id,
        order_id,
        operator.of(key_for(andon.database, "shop", shop.shop_id)),
        operator.of(key_for(andon.database, "supplier", shop.supplier_ids[0])),
        operator.of(key_for(andon.database, "carrier", CARRIER)),
        operator,
    )
    label = {
        "carrier": CARRIER,
        "waybill": "W-1",
        "weight_g": 350,
        "length_mm": 200,
        "width_mm": 150,
        "height_mm": 40,
    }
    assert made.supplier.post(f"/supplier/fulfilments/{number}/accept").status == 200
    assert made.supplier.post(f"/supplier/fulfilments/{number}/labelled", label).status == 200
    return made


@pytest.mark.clause("FEE-1", "FEE-2", "FEE-3", "FEE-4", "FEE-5")
def test_three_fees_go_from_the_first_scan_to_the_settled_transfer(parties: Parties) -> None:
    parties.deposit("100.00")
    assert parties.charges() == []

    parties.scan("collected")
    charges = parties.charges()
    assert {charge["kind"]: charge["amount"] for charge in charges} == {
        "handling": {"amount": "0.30", "currency": "CNY"},
        "warehouse": {"amount": "1.10", "currency": "CNY"},
        "freight": {"amount": "29.90", "currency": "CNY"},
    }
    # The line promises ten days, and has no history yet.
    expected_at = "2026-03-12T04:00:00Z"
    assert {(charge["state"], charge["reason"], charge["next_at"]) for charge in charges} == {
        ("provisional", "no_delivery_evidence", expected_at)
    }
    assert [charge["evidence"]["waybill"] for charge in charges] == ["W-1"] * 3
    assert {charge["evidence"]["status"] for charge in charges} == {"collected"}

    parties.advance("P5D")
    parties.scan("delivered")
    due_at = "2026-03-09T16:00:00Z"  # 00:00 of the 10th in Shanghai; delivered on the 7th
    assert {(charge["state"], charge["reason"], charge["next_at"]) for charge in parties.charges()} == {
        ("due", "not_yet_due", due_at)
    }
    funds = parties.shop.get(parties.path("/funds")).body
    assert funds["settle_at"] == due_at
    assert funds["unsettled"]["not_yet_due"] == {
        "count": 3,
        "totals": [{"amount": "31.30", "currency": "CNY"}],
    }

    parties.advance("P3D")
    settled = parties.charges("?state=settled")
    assert {(charge["settled_on"], charge["settled_at"], charge["reason"]) for charge in settled} == {
        ("2026-03-10", due_at, None)
    }
    assert len(settled) == 3
    funds = parties.shop.get(parties.path("/funds")).body
    assert funds["available"] == {"amount": "68.70", "currency": "CNY"}
    assert funds["unsettled"] == {}


@pytest.mark.clause("FEE-5")
def test_fees_that_the_funds_do_not_cover_wait_for_a_deposit_and_say_so(parties: Parties) -> None:
    parties.deposit("1.00")
    parties.scan("collected")
    parties.scan("delivered")
    parties.advance("P4D")
    assert {charge["kind"]: charge["state"] for charge in parties.charges()} == {
        "handling": "settled",
        "warehouse": "due",
        "freight": "due",
    }
    waiting = parties.charges("?state=due")
    assert {charge["reason"] for charge in waiting} == {"not_enough_funds"}
    # The older first: 1.10 against 0.70 that is left, then 29.90 more.
    assert {charge["kind"]: charge["evidence"]["missing"]["amount"] for charge in waiting} == {
        "warehouse": "0.40", "freight": "30.30",
    }  # fmt: skip
    parties.deposit("50.00")
    parties.advance("PT1S")
    assert {charge["state"] for charge in parties.charges()} == {"settled"}


def test_a_deposit_under_one_idempotency_key_is_booked_once(parties: Parties) -> None:
    body = {"amount": {"amount": "10.00", "currency": "CNY"}}
    answers = [
        parties.shop.post(parties.path("/funds/deposits"), body, Idempotency_Key="d-1") for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body == answers[1].body
    assert parties.shop.get(parties.path("/funds")).body["deposited"]["amount"] == "10.00"


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ({"amount": "0.00", "currency": "CNY"}, "funds.amount"),
        ({"amount": "-5.00", "currency": "CNY"}, "funds.amount"),
        ({"amount": "5.00", "currency": "EUR"}, "funds.currency"),
        ({"amount": "5.001", "currency": "CNY"}, "money.too_precise"),
        ({"amount": 5, "currency": "CNY"}, "request.invalid"),
        ({"amount": "5.00", "currency": "CNY", "note": "x"}, "request.invalid"),
    ],
)
def test_a_deposit_that_cannot_be_is_refused_with_its_code(
    parties: Parties, amount: dict[str, Any], code: str
) -> None:
    answer = parties.shop.post(parties.path("/funds/deposits"), {"amount": amount})
    assert (answer.status, answer.code) == (422, code)
    assert parties.shop.get(parties.path("/funds")).body["deposited"]["amount"] == "0.00"


def test_charges_are_filtered_paged_and_read_as_csv(parties: Parties) -> None:
    parties.scan("collected")
    assert [charge["kind"] for charge in parties.charges("?kind=freight")] == ["freight"]
    assert parties.charges("?state=settled") == []
    later = (NOON + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert len(parties.charges(f"?until={later}")) == 3
    assert parties.charges(f"?from={later}") == []
    assert parties.shop.get(parties.path("/charges?kind=gold")).status == 422

    first = parties.shop.get(parties.path("/charges?limit=2")).body
    assert len(first["items"]) == 2
    rest = parties.shop.get(parties.path(f"/charges?limit=2&cursor={first['next_cursor']}")).body
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)

    told = parties.shop.get(parties.path("/charges?limit=2"), Accept="text/csv")
    assert told.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(told.raw.decode())))
    assert [row["amount.amount"] for row in rows] == [charge["amount"]["amount"] for charge in first["items"]]
    assert 'rel="next"' in told.headers["Link"]


def test_another_shop_sees_nothing_of_it(parties: Parties, andon: Running) -> None:
    with transaction(andon.database) as tx:
        other = open_demo_shop(tx, suppliers=1)
    stranger = parties.operator.of(key_for(andon.database, "shop", other.shop_id))
    assert stranger.get(parties.path("/charges")).status == 404
    assert stranger.get(parties.path("/funds")).status == 404
    assert parties.supplier.get(parties.path("/charges")).status == 403


def test_the_story_of_the_order_is_told_to_its_shop(parties: Parties) -> None:
    parties.scan("collected")
    told = parties.shop.get(parties.path(f"/orders/{parties.order_id}/story")).body
    assert told["group"] == "in_transit"
    assert told["moments"][0]["text"]["en"].startswith("Order A-1 of demo taken")
    assert [ahead["station"] for ahead in told["ahead"]] == ["stale"]
    assert parties.shop.get(parties.path("/orders/999/story")).status == 404
