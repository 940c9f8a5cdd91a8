"""What cannot be is refused with a code, by every call of the partners' wing, and leaves nothing behind."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from tests.clients import Answer, Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.test_partners_a_shop_comes_to_sell_just_in_time import PRODUCT, SHOP
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop, qualified_suppliers

TABLES = (
    "shops",
    "suppliers",
    "bindings",
    "grants",
    "products",
    "mappings",
    "stock",
    "pools",
    "plan_lines",
    "endpoints",
)
MAPPING: dict[str, Any] = {"supplier_id": 1, "supplier_sku": "I-S-1", "units": 1, "priority": 1}


@dataclass(frozen=True)
class Parties:
    """A shop with two suppliers, another shop with one, and a supplier that nobody has bound."""

    shop_id: int
    other_shop_id: int
    supplier_id: int
    stranger_id: int
    shop: Client
    supplier: Client
    stranger: Client
    operator: Client
    andon: Running

    def rows(self) -> dict[str, Any]:
        """All that the wing keeps."""
        with transaction(self.andon.database) as tx:
            return {
                table: [tuple(row) for row in tx.rows(f"select * from {table} order by 1, 2")]
                for table in TABLES
            }


@pytest.fixture
def parties(andon: Running, operator: Client) -> Parties:
    with transaction(andon.database) as tx:
        first = open_demo_shop(tx)
        second = open_demo_shop(tx, suppliers=first.supplier_ids[:1])
        [stranger_id] = qualified_suppliers(tx, 1)
    supplier_id = first.supplier_ids[0]
    return Parties(
        first.shop_id,
        second.shop_id,
        supplier_id,
        stranger_id,
        operator.of(key_for(andon.database, "shop", first.shop_id)),
        operator.of(key_for(andon.database, "supplier", supplier_id)),
        operator.of(key_for(andon.database, "supplier", stranger_id)),
        operator,
        andon,
    )


def told(answer: Answer) -> tuple[int, str | None, str | None]:
    """Status, code, and where the first error is."""
    errors = answer.body.get("errors") or [{}]
    return answer.status, answer.code, errors[0].get("pointer")


def test_a_product_that_cannot_be_is_refused(parties: Parties):
    before = parties.rows()
    path = f"/shops/{parties.shop_id}/products/S-9"
    for change, expected in (
        ({"length_mm": 0}, (422, "request.invalid", "/length_mm")),
        ({"width_mm": -1}, (422, "request.invalid", "/width_mm")),
        ({"height_mm": 10**6}, (422, "request.invalid", "/height_mm")),
        ({"weight_g": 10**30}, (422, "request.invalid", "/weight_g")),
        ({"weight_g": "190"}, (422, "request.invalid", "/weight_g")),
        ({"weight_g": 1.5}, (422, "request.invalid", "/weight_g")),
        ({"weight_g": None}, (422, "request.invalid", "/weight_g")),
        ({"mode": "express"}, (422, "request.invalid", "/mode")),
        ({"title": ""}, (422, "request.invalid", "/title")),
        ({"title": "a\nb"}, (422, "product.title", None)),
        ({"colour": "red"}, (422, "request.invalid", "/colour")),
        ({"price": {"amount": "1.00", "currency": "USD"}}, (422, "product.currency", None)),
        ({"price": {"amount": "1.001", "currency": "CNY"}}, (422, "money.too_precise", None)),
        ({"price": {"amount": "-1.00", "currency": "CNY"}}, (422, "product.price", None)),
        ({"price": {"amount": 1.0, "currency": "CNY"}}, (422, "request.invalid", "/price/amount")),
        ({"price": {"amount": "1e3", "currency": "CNY"}}, (422, "request.invalid", "/price/amount")),
        ({"price": {"amount": "9" * 15, "currency": "CNY"}}, (422, "money.out_of_range", None)),
        ({"price": "1.00"}, (422, "request.invalid", "/price")),
    ):
        assert told(parties.shop.put(path, PRODUCT | change)) == expected, change
    missing = {name: value for name, value in PRODUCT.items() if name != "price"}
    assert told(parties.shop.put(path, missing)) == (422, "request.invalid", "/price")
    for sku, expected in (
        ("x" * 129, (422, "request.invalid", "/sku")),
        ("a\nb", (422, "request.invalid", None)),
        (" ", (422, "product.sku", None)),
        ("a\0b", (422, "request.invalid", None)),
    ):
        answer = parties.shop.put(f"/shops/{parties.shop_id}/products/{quote(sku, safe='')}", PRODUCT)
        assert told(answer) == expected, sku
    assert parties.rows() == before


def test_a_mapping_that_cannot_be_is_refused(parties: Parties):
    before = parties.rows()
    path = f"/shops/{parties.shop_id}/mappings/S-1"
    sound = MAPPING | {"supplier_id": parties.supplier_id}
    for change, expected in (
        ({"units": 0}, (422, "request.invalid", "/units")),
        ({"units": -2}, (422, "request.invalid", "/units")),
        ({"units": 10**9}, (422, "request.invalid", "/units")),
        ({"priority": -1}, (422, "request.invalid", "/priority")),
        ({"supplier_sku": ""}, (422, "request.invalid", "/supplier_sku")),
        ({"supplier_sku": "a\tb"}, (422, "mapping.item", None)),
        ({"supplier_id": 999_999}, (422, "supplier.unknown", None)),
        ({"supplier_id": 0}, (422, "supplier.unknown", None)),
        ({"supplier_id": 2**63}, (422, "request.invalid", "/supplier_id")),
        ({"supplier_id": parties.stranger_id}, (409, "mapping.not_bound", None)),
        ({"supply_price": {"amount": "1.00", "currency": "EUR"}}, (422, "mapping.supply_price", None)),
        ({"supply_price": {"amount": "0.005", "currency": "CNY"}}, (422, "money.too_precise", None)),
    ):
        assert told(parties.shop.put(path, sound | change)) == expected, change
    unknown = parties.shop.put(f"/shops/{parties.shop_id}/mappings/NO-SUCH", sound)
    assert (unknown.status, unknown.code, unknown.body["sku"]) == (404, "product.not_found", "NO-SUCH")
    assert parties.shop.get(f"/shops/{parties.shop_id}/products/NO-SUCH").code == "product.not_found"
    assert parties.rows() == before


def test_a_shop_supplier_or_plan_that_cannot_be_is_refused(parties: Parties):
    before = parties.rows()
    for change, expected in (
        ({"name": ""}, (422, "request.invalid", "/name")),
        ({"name": " "}, (422, "shop.name", None)),
        ({"locale": "zh_CN"}, (422, "shop.locale", None)),
        ({"currency": "cny"}, (422, "request.invalid", "/currency")),
        ({"currency": "ABC"}, (422, "shop.currency", None)),
        ({"zone": "Asia/Atlantis"}, (422, "shop.zone", None)),
        ({"jit_intake_open": True}, (422, "request.invalid", "/jit_intake_open")),
    ):
        assert told(parties.operator.post("/shops", SHOP | change)) == expected, change
    for change, expected in (
        ({"name": ""}, (422, "request.invalid", "/name")),
        ({"name": "\u2028"}, (422, "supplier.name", None)),
        ({"kind": "friend"}, (422, "request.invalid", "/kind")),
        ({"documents": [{"kind": "x"}] * 51}, (422, "request.invalid", "/documents")),
        ({"documents": ["licence"]}, (422, "request.invalid", "/documents/0")),
    ):
        assert (
            told(parties.operator.post("/suppliers", {"name": "仓", "kind": "preferred"} | change))
            == expected
        ), change
    for lines, expected in (
        ([], "plan.no_standard"),
        (["cainiao_jit"], "plan.no_standard"),
        (["cainiao_standard", "slow_boat"], "plan.unknown_line"),
        (["cainiao_standard"] * 2, "plan.twice"),
        (["x"] * 101, "request.invalid"),
    ):
        answer = parties.shop.put(f"/shops/{parties.shop_id}/plan", {"lines": lines})
        assert (answer.status, answer.code) == (422, expected), lines
    for decision, expected in (
        ({"decision": "bless"}, (422, "request.invalid")),
        ({"decision": "restore", "note": ""}, (409, "supplier.state")),
        ({"decision": "suspend", "note": "x" * 2_001}, (422, "request.invalid")),
    ):
        answer = parties.operator.post(f"/suppliers/{parties.supplier_id}/decision", decision)
        assert (answer.status, answer.code) == expected, decision
    assert (
        parties.operator.post("/suppliers/999999/decision", {"decision": "qualify"}).code
        == "supplier.not_found"
    )
    assert parties.shop.get(f"/shops/{parties.shop_id}/stock?location=moon").code == "stock.location"
    assert parties.shop.get(f"/shops/{parties.shop_id}/bindings?state=happy").code == "request.invalid"
    assert parties.rows() == before


def test_nobody_reaches_what_is_anothers(parties: Parties):
    before = parties.rows()
    mine, theirs = parties.shop_id, parties.other_shop_id
    sound = MAPPING | {"supplier_id": parties.supplier_id}
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/products", None),
        ("GET", "/products/S-1", None),
        ("PUT", "/products/S-1", PRODUCT),
        ("POST", "/products/batch_edit", {"skus": ["S-1"], "set": {"mode": "standard"}}),
        ("GET", "/mappings", None),
        ("PUT", "/mappings/S-1", sound),
        ("DELETE", f"/mappings/S-1/{parties.supplier_id}", None),
        ("GET", "/bindings", None),
        ("POST", "/bindings", {"supplier_id": parties.stranger_id}),
        ("GET", "/stock", None),
        ("GET", "/plan", None),
        ("PUT", "/plan", {"lines": ["cainiao_standard"]}),
    ):
        answer = parties.shop.call(method, f"/shops/{theirs}{path}", body)
        assert (answer.status, answer.code) == (404, "not_found"), path
        answer = parties.supplier.call(method, f"/shops/{mine}{path}", body)
        assert (answer.status, answer.code) == (403, "credentials.party"), path
        answer = parties.operator.call(method, f"/shops/999999{path}", body)
        assert (answer.status, answer.code) == (404, "not_found"), path
    [binding_id, *_] = [each["id"] for each in parties.supplier.get("/supplier/bindings").body["items"]]
    assert parties.stranger.post(f"/supplier/bindings/{binding_id}/accept").code == "binding.not_found"
    assert parties.stranger.get("/supplier/bindings").body["items"] == []
    assert parties.stranger.get(f"/suppliers/{parties.supplier_id}").status == 404
    for client in (parties.shop, parties.supplier):
        assert client.post("/shops", SHOP).code == "credentials.party"
        assert client.post("/suppliers", {"name": "仓", "kind": "preferred"}).code == "credentials.party"
        assert client.get("/shops").code == "credentials.party"
        answer = client.post(f"/suppliers/{parties.stranger_id}/decision", {"decision": "retire", "note": ""})
        assert answer.status in {403, 404}
    assert parties.shop.put("/supplier/endpoint", {"url": "http://127.0.0.1:9"}).code == "credentials.party"
    assert parties.rows() == before


def test_an_operator_enters_a_shop_and_acts_there(parties: Parties):
    path = f"/shops/{parties.shop_id}"
    assert parties.operator.put(f"{path}/products/S-9", PRODUCT).status == 200
    bound = parties.operator.post(f"{path}/bindings", {"supplier_id": parties.stranger_id})
    assert (bound.status, bound.body["state"]) == (201, "offered")
    assert parties.operator.get(f"{path}/stock").status == 200


def test_nobody_has_what_is_not_theirs_called(parties: Parties):
    before = parties.rows()
    for url, code in (
        ("https://169.254.169.254/latest/meta-data/", "endpoint.address"),
        ("https://[::ffff:10.0.0.1]/", "endpoint.address"),
        ("http://8.8.8.8/", "endpoint.https"),
        ("http://2130706433/", "endpoint.url"),
        ("https://8.8.8.8:25/", "endpoint.port"),
    ):
        answer = parties.supplier.put("/supplier/endpoint", {"url": url})
        assert (answer.status, answer.code) == (422, code), url
        answer = parties.operator.put("/channels/plaza/endpoint", {"url": url})
        assert (answer.status, answer.code) == (422, code), url
        contact = {"robot": "slack", "url": url, "role": "clerk"}
        answer = parties.shop.put(f"/shops/{parties.shop_id}/contacts", [contact])
        assert (answer.status, answer.code) == (422, "contact.url"), url
    assert parties.rows() == before
