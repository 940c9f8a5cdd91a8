"""The calls stand at their fixed places, and what they answer has its fixed shape."""

import json
from typing import Any

import pytest

from tests.journeys.blackbox import Served, good, serial
from tests.journeys.blackbox_market import CARRIER, SIZE, Market, Scene

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

CALLS = """
POST /shops
GET /shops
POST /suppliers
POST /suppliers/{}/decision
POST /keys
DELETE /keys/{}
PUT /shops/{}/policy_overrides
GET /policies
GET /policies/{}
GET /healthz
GET /readyz
GET /metrics
PUT /shops/{}/products/{}
GET /shops/{}/products
POST /shops/{}/products/batch_edit
POST /shops/{}/bindings
GET /shops/{}/bindings
POST /supplier/bindings/{}/accept
GET /supplier/bindings
PUT /shops/{}/mappings/{}
DELETE /shops/{}/mappings/{}/{}
GET /shops/{}/mappings
GET /shops/{}/stock
PUT /shops/{}/stock/{}
POST /shops/{}/orders/bulk
GET /shops/{}/orders
GET /shops/{}/orders/{}
GET /shops/{}/orders/{}/story
POST /shops/{}/orders/{}/cancel
POST /shops/{}/orders/{}/confirm
GET /supplier/fulfilments
POST /supplier/fulfilments/{}/accept
POST /supplier/fulfilments/{}/reject
POST /supplier/fulfilments/{}/picked
POST /supplier/fulfilments/{}/labelled
POST /supplier/fulfilments/{}/shipped
POST /supplier/fulfilments/bulk
POST /supplier/fulfilments/{}/cancellation
PUT /supplier/stock
PUT /supplier/endpoint
GET /supplier/pushes
POST /supplier/pushes/{}/replay
POST /carriers/{}/scans
POST /carriers/{}/waybills
GET /shops/{}/enrolment
GET /shops/{}/enrolment/eligibility
POST /shops/{}/enrolment/join
GET /shops/{}/charges
GET /shops/{}/funds
POST /shops/{}/funds/deposits
GET /shops/{}/plan
PUT /shops/{}/plan
GET /clock
POST /clock/advance
"""


def test_every_call_of_the_orders_way_is_where_it_was_promised(served: Served) -> None:
    document = good(served.client().get("/openapi.json"))
    assert document["openapi"].startswith("3.1")
    there = {
        f"{method.upper()} {'/'.join('{}' if part[:1] == '{' else part for part in path.split('/'))}"
        for path, operations in document["paths"].items()
        for method in operations
    }
    promised = {call.replace(" ", " /v1", 1) for call in CALLS.split("\n") if call}
    assert promised - there == set()


def test_a_list_is_items_and_a_cursor_and_its_pages_hold_each_once(served: Served, scene: Scene) -> None:
    market = scene.market
    lists = [
        (served.operator, "/shops"),
        (served.operator, "/suppliers"),
        (served.operator, "/keys"),
        (served.client(), "/policies"),
        (market.shop, f"{market.here}/products"),
        (market.shop, f"{market.here}/mappings"),
        (market.shop, f"{market.here}/bindings"),
        (market.shop, f"{market.here}/stock"),
        (market.shop, f"{market.here}/orders"),
        (market.shop, f"{market.here}/charges"),
        (market.supplier[0], "/supplier/fulfilments"),
        (market.supplier[0], "/supplier/bindings"),
        (market.supplier[0], "/supplier/pushes"),
    ]
    for caller, path in lists:
        whole = good(caller.get(f"{path}?limit=200"))
        assert set(whole) == {"items", "next_cursor"}, path
        found: list[Any] = []
        cursor, pages = "", 0
        while cursor is not None and pages < 8:
            page = good(caller.get(f"{path}?limit=2{cursor}"))
            assert len(page["items"]) == 2 or page["next_cursor"] is None
            found += page["items"]
            cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
            pages += 1
        assert found == whole["items"][: len(found)], path
        assert cursor is not None or len(found) == len(whole["items"]), path


def test_a_fulfilment_has_its_shape_to_its_shop_and_to_its_supplier(scene: Scene) -> None:
    market = scene.market
    seen = market.seen(scene.order_id)
    [part] = seen["fulfilments"]
    told = good(market.supplier[0].get(f"/supplier/fulfilments/{part['id']}"))
    for fulfilment in (part, told):
        assert {name: fulfilment[name] for name in ("id", "shop_id", "order_id", "supplier_id", "mode")} == {
            "id": scene.pushed,
            "shop_id": market.shop_id,
            "order_id": scene.order_id,
            "supplier_id": market.suppliers[0],
            "mode": "jit",
        }
        assert fulfilment["state"] == "pushed"
        assert isinstance(fulfilment["flags"], list)
    assert seen["id"] == scene.order_id
    assert seen["ship_to"] == scene.order["ship_to"]
    assert seen["lines"][0]["unit_price"] == {"amount": "49.90", "currency": "CNY"}
    assert "email" not in told["ship_to"]


def test_an_order_call_answers_by_index_and_leaves_out_what_is_not_so(scene: Scene) -> None:
    market = scene.market
    fresh = market.order()
    body = {"orders": [fresh, fresh, market.order(("NO-SUCH", 1))]}
    answer = good(market.shop.post(f"{market.here}/orders/bulk", body))
    assert list(answer) == ["results"]
    created, existing, refused = answer["results"]
    assert created == {"index": 0, "status": "created", "order_id": created["order_id"]}
    assert existing == {"index": 1, "status": "existing", "order_id": created["order_id"]}
    assert refused == {
        "index": 2,
        "status": "refused",
        "code": "order.unknown_sku",
        "detail": refused["detail"],
    }


def test_bindings_enrolment_plan_stock_clock_and_keys_have_their_shape(served: Served, scene: Scene) -> None:
    market = scene.market
    binding = good(market.shop.get(f"{market.here}/bindings"))["items"][0]
    assert {name: binding[name] for name in ("shop_id", "supplier_id", "state", "letter_id")} == {
        "shop_id": market.shop_id,
        "supplier_id": market.suppliers[0],
        "state": "active",
        "letter_id": None,
    }
    enrolment = good(market.shop.get(f"{market.here}/enrolment"))
    assert (enrolment["state"], enrolment["number"]) == ("on", 1)
    assert good(market.shop.get(f"{market.here}/plan"))["lines"] == ["cainiao_jit", "cainiao_standard"]
    assert set(good(served.client().get("/clock"))) == {"now", "kind", "rate"}
    assert good(served.client().get("/clock"))["kind"] == "manual"
    row = good(market.shop.get(f"{market.here}/stock?sku=S-2"))["items"][0]
    assert row["available"] == row["on_hand"] - row["reserved"]
    made = served.operator.post(
        "/keys", {"party": "shop", "party_id": market.shop_id, "scopes": [], "label": "x"}
    )
    assert good(made, 201)["secret"].startswith("andon_live_")
    assert all("secret" not in each for each in good(served.operator.get("/keys?limit=200"))["items"])
    fund = good(market.shop.get(f"{market.here}/funds"))
    assert fund["deposited"] == {"amount": "1000.00", "currency": "CNY"}


def test_the_process_says_how_it_is(served: Served) -> None:
    anyone = served.client()
    assert good(anyone.get("/healthz"))
    assert good(anyone.get("/readyz"))
    figures = anyone.get("/metrics")
    assert figures.status == 200
    assert figures.headers["Content-Type"].startswith("text/plain")
    assert b"andon" in figures.raw
    logged = [json.loads(line) for line in served.log.read_text().splitlines()]
    assert {"request_id", "route", "status", "ms"} <= set(logged[-1])
    secret = served.world["operator_key"]
    assert secret not in served.log.read_text(), "no log holds a key"


def test_the_demonstration_is_as_it_was_promised(served: Served) -> None:
    world = served.world
    assert world["url"].startswith("http://")
    shop = world["shops"][0]
    seller = served.client(shop["key"])
    assert shop["currency"] == "CNY"
    assert {"id", "key"} <= set(world["suppliers"][0])
    assert world["carriers"][0]["code"] == CARRIER
    here = f"/shops/{shop['id']}"
    bound = {each["supplier_id"] for each in good(seller.get(f"{here}/bindings"))["items"]}
    assert bound <= {supplier["id"] for supplier in world["suppliers"]}
    jit = [each["sku"] for each in good(seller.get(f"{here}/products?mode=jit"))["items"]]
    mapped = {each["sku"] for each in good(seller.get(f"{here}/mappings?limit=200"))["items"]}
    assert jit
    assert set(jit) <= mapped
    rows = good(seller.get(f"{here}/stock?limit=200"))["items"]
    assert all(row["available"] >= 100 for row in rows if row["owner"] == "supplier")
    assert good(seller.get(f"{here}/enrolment"))["state"] == "on"
    assert float(good(seller.get(f"{here}/funds"))["available"]["amount"]) > 0
    for supplier in world["suppliers"]:
        assert served.client(supplier["key"]).get("/supplier/endpoint").status == 404, "it pulls"


@pytest.mark.clause("PART-1")
def test_products_are_edited_many_at_a_time_each_with_an_answer(market: Market) -> None:
    batch = {"skus": ["S-1", "NO-SUCH", "S-2"], "set": {"mode": "standard"}}
    answer = good(market.shop.post(f"{market.here}/products/batch_edit", batch))
    assert [each["sku"] for each in answer["results"]] == batch["skus"]
    assert answer["results"][1]["code"] == "product.not_found"
    assert {each["mode"] for each in good(market.shop.get(f"{market.here}/products"))["items"]} == {
        "standard"
    }
    assert [each["code"] for each in market.place(market.order())] == ["order.out_of_stock"]


def test_a_supplier_says_many_things_in_one_call(market: Market) -> None:
    orders = [market.sell() for _ in range(3)]
    numbers = [market.part(order)["id"] for order in orders]
    waybill = f"W{serial()}"
    acts = [
        {"id": numbers[0], "action": "labelled", "carrier": CARRIER, "waybill": waybill} | SIZE,
        {"id": numbers[0], "action": "accept"},
        {"id": numbers[1], "action": "reject", "code": "invalid_address"},
        {"id": numbers[2], "action": "accept"},
        {"id": numbers[2], "action": "picked"},
    ]
    told = good(market.supplier[0].post("/supplier/fulfilments/bulk", acts))["results"]
    assert [(each["index"], each["status"]) for each in told] == [(n, "done") for n in range(5)]
    states = [[part["state"] for part in market.parts(order)] for order in orders]
    assert states == [["labelled"], ["rejected", "pushed"], ["picked"]]


def test_orders_are_found_by_group_flag_supplier_number_and_date(served: Served, market: Market) -> None:
    early = market.sell()
    served.advance("PT1H")
    since = served.now.isoformat().replace("+00:00", "Z")
    number = serial()
    late = market.sell(number=number)
    market.tell(market.part(late)["id"], "reject", {"code": "other"})

    def found(query: str) -> list[int]:
        return [each["id"] for each in good(market.shop.get(f"{market.here}/orders?{query}"))["items"]]

    assert found("") == [late, early], "the latest placed first"
    assert found(f"channel_order_no={number}") == [late]
    assert found(f"supplier={market.suppliers[1]}") == [late]
    assert found(f"placed_from={since}") == [late]
    assert found(f"placed_until={since}") == [early]
    assert found("group=awaiting_shipment") == [late, early]
    assert found("group=in_transit") == []
    good(market.shop.post(f"{market.here}/orders/{early}/cancel"))
    assert found("group=cancelled") == [early]
    table = market.shop.get(f"{market.here}/orders", Accept="text/csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(table.raw.decode().splitlines()) == 3
