"""Over HTTP: a shop that settles in euro, a tariff in yuan, a rate that comes late, and a weight that comes later."""

from dataclasses import dataclass
from typing import Any

import pytest

from andon.partners.catalog.rules import Mode
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_money import CARRIER
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import item_of, open_demo_shop

BOX = {"weight_g": 350, "length_mm": 200, "width_mm": 150, "height_mm": 40}
CSV = b"base,quote,valid_on,rate\r\nCNY,EUR,2026-03-01,0.1268\r\nCNY,EUR,2026-03-09,0.5\r\nCNY,CNY,2026-03-01,1\r\n"


@dataclass
class Seller:
    """A shop in euro, and everybody's clients."""

    shop_id: int
    order_id: int
    supplier_id: int
    fulfilment_id: int
    shop: Client
    supplier: Client
    carrier: Client
    operator: Client

    @property
    def here(self) -> str:
        return f"/shops/{self.shop_id}"

    def advance(self, by: str) -> None:
        assert self.operator.post("/clock/advance", {"by": by}).status == 200

    def scan(self, status: str) -> None:
        now = self.operator.get("/clock").body["now"]
        scan = {"waybill": "W-1", "status": status, "occurred_at": now}
        assert self.carrier.post(f"/carriers/{CARRIER}/scans", [scan]).status == 200
        self.advance("PT1S")

    def charges(self, kind: str) -> list[dict[str, Any]]:
        answer = self.shop.get(f"{self.here}/charges?kind={kind}")
        assert answer.status == 200, answer
        return sorted(answer.body["items"], key=lambda each: each["round"])

    def available(self) -> str:
        funds = self.shop.get(f"{self.here}/funds")
        assert funds.status == 200, funds
        [euro] = [each for each in funds.body["balances"] if each["available"]["currency"] == "EUR"]
        return str(euro["available"]["amount"])


@pytest.fixture
def seller(andon: Running, operator: Client) -> Seller:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, suppliers=1, currency="EUR")
    by_shop = operator.of(key_for(andon.database, "shop", shop.shop_id))
    here = f"/shops/{shop.shop_id}"
    mapping = {"supplier_id": shop.supplier_ids[0], "supplier_sku": item_of("S-1"), "units": 1, "priority": 1}
    price = {
        "supply_price": {"amount": "12.50", "currency": "EUR"},
        "supply_price_from": "2026-03-01T00:00:00Z",
    }
    put = by_shop.put(f"{here}/mappings/S-1", mapping | price)
    assert (put.status, put.body["supply_price_from"]) == (200, "2026-03-01T00:00:00Z"), put
    deposit = by_shop.post(f"{here}/funds/deposits", {"amount": {"amount": "100.00", "currency": "EUR"}})
    assert deposit.status == 201, deposit
    with transaction(andon.database) as tx:
        [order_id] = accept(tx, shop.shop_id, incoming("A-1", "S-1", currency="EUR"))
        number = part_of(tx, shop.shop_id, order_id).fulfilment_id
    made = Seller(
        shop.shop_id,
        order_id,
        shop.supplier_ids[0],
        number,
        by_shop,
        operator.of(key_for(andon.database, "supplier", shop.supplier_ids[0])),
        operator.of(key_for(andon.database, "carrier", CARRIER)),
        operator,
    )
    label = {"carrier": CARRIER, "waybill": "W-1"} | BOX
    assert made.supplier.post(f"/supplier/fulfilments/{number}/accept").status == 200
    assert made.supplier.post(f"/supplier/fulfilments/{number}/labelled", label).status == 200
    return made


@pytest.mark.clause("FEE-3", "FEE-4", "FEE-5")
def test_a_fee_waits_for_its_rate_is_settled_and_comes_back_for_another_weight(seller: Seller) -> None:
    seller.scan("collected")
    [freight] = seller.charges("freight")
    assert (freight["amount"], freight["base"]) == ({"amount": "29.90", "currency": "CNY"}, None)
    assert freight["rate_wanted_on"] == "2026-03-02"
    seller.scan("delivered")
    seller.advance("P5D")
    [freight] = seller.charges("freight")
    assert (freight["state"], freight["reason"]) == ("due", "no_rate")

    [missing] = seller.operator.get("/rates/missing").body["missing"]
    assert (missing["base"], missing["quote"], missing["wanted_on"]) == ("CNY", "EUR", "2026-03-02")
    told = [each["kind"] for each in seller.operator.get("/notices").body["items"]]
    assert told.count("rates.missing") == 1

    answer = seller.operator.call("POST", "/rates", raw=CSV, Content_Type="text/csv")
    assert [(each["status"], each.get("code")) for each in answer.body["results"]] == [
        ("done", None),
        ("done", None),
        ("refused", "rates.one_currency"),
    ]
    seller.advance("PT1S")
    [freight] = seller.charges("freight")
    assert (freight["state"], freight["amount"]) == ("settled", {"amount": "3.79", "currency": "EUR"})
    assert (freight["base"]["amount"], freight["rate"], freight["rate_wanted_on"]) == (
        "29.90",
        "0.1268",
        None,
    )
    assert seller.operator.get("/rates/missing").body["missing"] == []
    assert seller.available() == "96.03"

    seller.advance("P10D")
    heavier = [{"waybill": "W-1"} | BOX | {"weight_g": 620}]
    told_twice = [seller.carrier.post(f"/carriers/{CARRIER}/waybills", heavier).body for _ in range(2)]
    assert [each["results"][0]["status"] for each in told_twice] == ["recorded", "known"]
    seller.advance("PT1S")
    first, second = seller.charges("freight")
    assert (first["state"], second["state"], second["round"]) == ("reversed", "settled", 1)
    assert (second["amount"]["amount"], second["rate"]) == ("5.66", "0.1268")
    assert "reported_g=620" in second["basis"]
    assert seller.available() == "94.16"


@pytest.mark.clause("FEE-4")
def test_goods_are_on_record_once_they_are_delivered_and_nobodys_funds_move(seller: Seller) -> None:
    seller.scan("collected")
    assert seller.charges("goods") == []
    seller.scan("delivered")
    [goods] = seller.charges("goods")
    assert (goods["state"], goods["amount"]) == ("settled", {"amount": "12.50", "currency": "EUR"})
    assert (goods["payee"], goods["due_at"]) == (f"payable:supplier:{seller.supplier_id}", None)
    assert goods["basis"] == "lines=1 quantity=1 unpriced=0"
    assert seller.available() == "100.00"


def test_rates_are_listed_by_pair_and_day_and_a_corrected_one_says_so(seller: Seller) -> None:
    day = {"base": "CNY", "quote": "EUR", "valid_on": "2026-03-02"}
    for rate, status in (("0.12", "done"), ("0.12", "already"), ("0.13", "done")):
        [told] = seller.operator.post("/rates", [day | {"rate": rate}]).body["results"]
        assert told["status"] == status
    seller.operator.post("/rates", [day | {"valid_on": "2026-03-03", "rate": "0.14"}])
    listed = seller.shop.get("/rates?base=CNY&from=2026-03-02&until=2026-03-03").body["items"]
    assert [(each["rate"], each["round"]) for each in listed] == [("0.13", 1)]
    page = seller.operator.get("/rates?limit=1").body
    rest = seller.operator.get(f"/rates?cursor={page['next_cursor']}").body["items"]
    assert [each["valid_on"] for each in (*page["items"], *rest)] == ["2026-03-02", "2026-03-03"]
    assert seller.shop.post("/rates", [day | {"rate": "1"}]).status == 403


@pytest.mark.clause("STOCK-1", "STOCK-2")
def test_an_order_that_the_seller_could_not_fill_is_listed_with_its_penalty(
    andon: Running, operator: Client
) -> None:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, suppliers=1, mode=Mode.STANDARD)
    seller = operator.of(key_for(andon.database, "shop", shop.shop_id))
    here = f"/shops/{shop.shop_id}"
    order = {
        "channel": "plaza",
        "channel_order_no": "P-1",
        "placed_at": "2026-03-02T04:00:00Z",
        "ship_to": {
            "name": "Ana",
            "line1": "Calle 1",
            "city": "Madrid",
            "postcode": "28001",
            "country": "ES",
        },
        "lines": [{"sku": "S-1", "quantity": 1, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
    }
    [told] = seller.post(f"{here}/orders/bulk", {"orders": [order]}).body["results"]
    assert told["code"] == "order.out_of_stock"
    assert operator.post("/clock/advance", {"by": "PT1S"}).status == 200
    [stock_out] = seller.get(f"{here}/stock_outs").body["items"]
    assert (stock_out["channel_order_no"], stock_out["cause"], stock_out["sku"]) == ("P-1", "refused", "S-1")
    [penalty] = seller.get(f"{here}/charges?kind=penalty").body["items"]
    assert (penalty["state"], penalty["amount"]["amount"], penalty["order_id"]) == ("settled", "0.00", None)
    assert penalty["basis"] == f"stock_out={stock_out['id']} refused"
