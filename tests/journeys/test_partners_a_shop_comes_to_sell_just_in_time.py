"""From an empty platform to a product that sells from a supplier's shelf: who does what, in which order."""

from typing import Any
from urllib.parse import quote

import pytest

from andon.partners.stock.service import PoolCount, count_pools
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction

SHOP = {
    "name": "衣见",
    "category": "apparel",
    "locale": "zh-CN",
    "currency": "CNY",
    "zone": "Asia/Shanghai",
}
PRODUCT: dict[str, Any] = {
    "title": "亚麻T恤 白色 M",
    "mode": "jit",
    "length_mm": 260,
    "width_mm": 200,
    "height_mm": 30,
    "weight_g": 190,
    "price": {"amount": "89.00", "currency": "CNY"},
}
SKU = "T恤/白 M?100%#1"


@pytest.mark.clause("QUAL-1", "STOCK-3")
def test_a_shop_comes_to_sell_just_in_time(andon: Running, operator: Client):
    opened = operator.post("/shops", SHOP)
    assert opened.status == 201
    assert not opened.body["jit_intake_open"]
    shop_id = opened.body["id"]
    shop = operator.of(key_for(andon.database, "shop", shop_id))
    assert shop.get(f"/shops/{shop_id}").body == opened.body
    assert operator.get("/shops").body["items"] == [opened.body]

    applied = operator.post(
        "/suppliers",
        {"name": "傲基仓", "kind": "third_party", "documents": [{"kind": "licence", "number": "440300"}]},
    )
    assert applied.status == 201
    assert applied.body["state"] == "applied"
    assert applied.body["review_due_at"] == "2026-03-05T04:00:00Z"
    supplier_id = applied.body["id"]
    supplier = operator.of(key_for(andon.database, "supplier", supplier_id))

    # Nobody binds to a supplier that has not passed.
    assert shop.get("/suppliers").body["items"] == []
    refused = shop.post(f"/shops/{shop_id}/bindings", {"supplier_id": supplier_id})
    assert (refused.status, refused.code, refused.body["clause"]) == (409, "supplier.not_qualified", "QUAL-1")

    decided = operator.post(f"/suppliers/{supplier_id}/decision", {"decision": "qualify", "note": "证照齐全"})
    assert (decided.status, decided.body["state"], decided.body["note"]) == (200, "qualified", "证照齐全")
    assert [each["id"] for each in shop.get("/suppliers").body["items"]] == [supplier_id]
    assert supplier.get(f"/suppliers/{supplier_id}").body["documents"] == [
        {"kind": "licence", "number": "440300"}
    ]

    offered = shop.post(f"/shops/{shop_id}/bindings", {"supplier_id": supplier_id})
    assert (offered.status, offered.body["state"], offered.body["letter_id"]) == (201, "offered", None)
    again = shop.post(f"/shops/{shop_id}/bindings", {"supplier_id": supplier_id})
    assert (again.status, again.body) == (200, offered.body)
    binding_id = offered.body["id"]

    # A SKU is mapped to a supplier that has accepted.
    path = quote(SKU, safe="")
    put = shop.put(f"/shops/{shop_id}/products/{path}", PRODUCT)
    assert put.status == 200
    answered = {
        "sku": SKU,
        "shop_id": shop_id,
        "goods": None,
        "delisted_at": None,
        "updated_at": put.body["updated_at"],
    }
    assert PRODUCT | answered == put.body
    mapping = {"supplier_id": supplier_id, "supplier_sku": "LT-W-M", "units": 1, "priority": 1}
    early = shop.put(f"/shops/{shop_id}/mappings/{path}", mapping)
    assert (early.status, early.code) == (409, "mapping.not_bound")

    assert supplier.get("/supplier/bindings").body["items"] == [offered.body | {"shop_name": "衣见"}]
    accepted = supplier.post(f"/supplier/bindings/{binding_id}/accept")
    assert (accepted.status, accepted.body["state"]) == (200, "active")
    assert supplier.post(f"/supplier/bindings/{binding_id}/accept").body == accepted.body
    assert shop.get(f"/shops/{shop_id}/bindings/{binding_id}").body == accepted.body
    assert shop.get(f"/shops/{shop_id}/bindings?state=active").body["items"] == [accepted.body]

    with transaction(andon.database) as tx:
        count_pools(tx, [PoolCount(supplier_id, "LT-W-M", 100)])
    price = {"amount": "31.50", "currency": "CNY"}
    mapped = shop.put(f"/shops/{shop_id}/mappings/{path}", mapping | {"supply_price": price})
    assert mapped.status == 200
    assert (mapped.body["sku"], mapped.body["supply_price"]) == (SKU, price)
    assert shop.get(f"/shops/{shop_id}/mappings?supplier_id={supplier_id}").body["items"] == [mapped.body]
    assert shop.get(f"/shops/{shop_id}/products/{path}").body == put.body

    [row] = shop.get(f"/shops/{shop_id}/stock").body["items"]
    assert row == {
        "location": f"supplier:{supplier_id}",
        "supplier_id": supplier_id,
        "item": "LT-W-M",
        "skus": [SKU],
        "owner": "supplier",
        "on_hand": 100,
        "reserved": 0,
        "held": 0,
        "available": 100,
        "counted_at": None,
    }
    assert shop.get(f"/shops/{shop_id}/stock?location=local").body["items"] == []
    assert len(shop.get(f"/shops/{shop_id}/stock?sku={path}").body["items"]) == 1

    assert shop.get(f"/shops/{shop_id}/plan").body == {"shop_id": shop_id, "lines": []}
    lines = ["cainiao_jit", "cainiao_standard"]
    assert shop.put(f"/shops/{shop_id}/plan", {"lines": lines}).body == {"shop_id": shop_id, "lines": lines}
    assert shop.get(f"/shops/{shop_id}/plan").body["lines"] == lines

    assert shop.delete(f"/shops/{shop_id}/mappings/{path}/{supplier_id}").status == 204
    gone = shop.delete(f"/shops/{shop_id}/mappings/{path}/{supplier_id}")
    assert (gone.status, gone.code) == (404, "mapping.not_found")
    [row] = shop.get(f"/shops/{shop_id}/stock").body["items"]
    assert (row["on_hand"], row["skus"]) == (0, [])


@pytest.mark.clause("PART-1")
def test_a_batch_edit_moves_many_products_and_names_those_it_does_not_know(andon: Running, operator: Client):
    shop_id = operator.post("/shops", SHOP).body["id"]
    shop = operator.of(key_for(andon.database, "shop", shop_id))
    for sku in "ABC":
        assert shop.put(f"/shops/{shop_id}/products/{sku}", PRODUCT).status == 200

    def edit(skus: list[str], mode: str = "standard"):
        return shop.post(f"/shops/{shop_id}/products/batch_edit", {"skus": skus, "set": {"mode": mode}})

    assert edit(["A", "Z", "B"]).body == {
        "results": [
            {"index": 0, "sku": "A", "status": "changed", "code": None},
            {"index": 1, "sku": "Z", "status": "refused", "code": "product.not_found"},
            {"index": 2, "sku": "B", "status": "changed", "code": None},
        ]
    }
    assert [each["status"] for each in edit(["A", "B", "C"]).body["results"]] == [
        "unchanged",
        "unchanged",
        "changed",
    ]
    assert shop.get(f"/shops/{shop_id}/products?mode=jit").body["items"] == []

    many = edit([f"S-{number}" for number in range(1_001)], "jit")
    assert (many.status, many.code, many.body["limit"]) == (422, "product.batch_limit", 1_000)
    assert edit([]).code == "product.no_skus"
    assert edit(["A"], "express").code == "request.invalid"


def test_lists_come_in_pages(andon: Running, operator: Client):
    shop_id = operator.post("/shops", SHOP).body["id"]
    shop = operator.of(key_for(andon.database, "shop", shop_id))
    skus = sorted(f"S-{number}" for number in range(5))
    for sku in skus:
        shop.put(f"/shops/{shop_id}/products/{sku}", PRODUCT)
    seen, cursor = [], ""
    while cursor is not None:
        page = shop.get(f"/shops/{shop_id}/products?limit=2{f'&cursor={cursor}' if cursor else ''}").body
        seen += [each["sku"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert seen == skus


def test_an_endpoints_secret_is_shown_once_and_rotates(andon: Running, operator: Client):
    supplier_id = operator.post("/suppliers", {"name": "仓", "kind": "preferred"}).body["id"]
    supplier = operator.of(key_for(andon.database, "supplier", supplier_id))
    assert (supplier.get("/supplier/endpoint").status, supplier.get("/supplier/endpoint").code) == (
        404,
        "endpoint.not_found",
    )
    first = supplier.put("/supplier/endpoint", {"url": "http://127.0.0.1:9/andon"})
    assert first.status == 200
    assert first.body["secret"].startswith("whsec_")
    assert first.body["old_secret_until"] is None
    shown = supplier.get("/supplier/endpoint")
    assert shown.body == {
        "url": "http://127.0.0.1:9/andon",
        "set_at": "2026-03-02T04:00:00Z",
        "old_secret_until": None,
        "enabled": True,
        "ordered": False,
        "breaker": "closed",
        "open_until": None,
        "waiting": 0,
        "oldest_waiting_at": None,
    }
    second = supplier.put("/supplier/endpoint", {"url": "https://wms.example/andon"})
    assert second.body["secret"] != first.body["secret"]
    assert second.body["old_secret_until"] is not None
    assert supplier.delete("/supplier/endpoint").status == 204
    assert supplier.delete("/supplier/endpoint").status == 404
    assert supplier.get("/supplier/endpoint").status == 404
    for url in ("ftp://wms.example", "wms.example", "https://user:secret@wms.example", ""):
        answer = supplier.put("/supplier/endpoint", {"url": url})
        assert (answer.status, answer.code) == (422, "endpoint.url")
