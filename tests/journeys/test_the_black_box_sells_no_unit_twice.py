"""No unit is sold twice: not by two shops, two listings, two calls at once, nor past a count that comes later."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.blackbox import Served, good, problem
from tests.journeys.blackbox_market import Market, a_market, new_shop, new_suppliers

pytest_plugins = ["tests.journeys.blackbox_fixtures"]


def statuses(results: list[dict[str, object]]) -> list[object]:
    """What became of each order: its status, or the code of its refusal."""
    return [result.get("code") or result["status"] for result in results]


@pytest.mark.clause("STOCK-1", "STOCK-3")
def test_two_shops_that_sell_one_item_at_once_sell_what_was_counted_and_no_more(served: Served) -> None:
    suppliers, clients = new_suppliers(served, 1)
    shops = [new_shop(served, suppliers, clients) for _ in range(2)]
    shops[0].count(I_1=11)
    held = [shop.stock() for shop in shops]
    assert sum(units for units, _ in held) == 11
    assert sorted(units for units, _ in held) == [5, 6]

    def buy(turn: int) -> list[object]:
        shop = shops[turn % 2]
        return statuses(shop.place(*(shop.order() for _ in range(2))))

    with ThreadPoolExecutor(4) as buyers:
        sold = [each for answer in buyers.map(buy, range(12)) for each in answer]
    assert sold.count("created") == 11
    assert set(sold) == {"created", "order.out_of_stock"}
    assert [shop.stock() for shop in shops] == [(units, units) for units, _ in held]


@pytest.mark.clause("STOCK-3")
def test_two_listings_of_one_item_cannot_sell_one_unit(served: Served) -> None:
    suppliers, clients = new_suppliers(served, 1)
    shop = new_shop(served, suppliers, clients, {"S-1": "I-1", "S-1-GIFT": "I-1"})
    shop.count(I_1=3)
    both = shop.order(("S-1", 2), ("S-1-GIFT", 2))
    assert statuses(shop.place(both)) == ["order.out_of_stock"], "never half an order"
    assert shop.stock() == (3, 0)
    plain, gift = shop.order(("S-1", 2)), shop.order(("S-1-GIFT", 2))
    assert statuses(shop.place(plain, gift, shop.order(("S-1-GIFT", 1)))) == [
        "created",
        "order.out_of_stock",
        "created",
    ]
    assert shop.stock() == (3, 3)


@pytest.mark.clause("STOCK-3")
def test_a_sale_takes_as_many_units_as_its_mapping_says(served: Served) -> None:
    market = a_market(served, suppliers=1, stock=10)
    pack = {"supplier_id": market.suppliers[0], "supplier_sku": "I-1", "units": 3, "priority": 1}
    good(market.shop.put(f"{market.here}/mappings/S-1", pack))
    assert statuses(market.place(market.order(("S-1", 4)))) == ["order.out_of_stock"]
    order = market.sell(("S-1", 3))
    assert market.stock() == (10, 9)
    [line] = market.part(order)["lines"]
    assert (line["quantity"], line["units"]) == (3, 9)


@pytest.mark.clause("STOCK-1")
def test_one_order_sent_by_several_callers_at_once_is_taken_once(market: Market) -> None:
    orders = [market.order() for _ in range(5)]
    with ThreadPoolExecutor(4) as callers:
        answers = list(callers.map(lambda turn: market.place(*orders[:: (-1) ** turn]), range(8)))
    told = [result for answer in answers for result in answer]
    assert len({result["order_id"] for result in told}) == 5
    assert statuses(told).count("created") == 5
    assert statuses(told).count("existing") == 35
    assert market.stock() == (100, 5)


@pytest.mark.clause("STOCK-3")
def test_a_count_below_what_is_reserved_is_the_truth_and_the_newest_promises_go(market: Market) -> None:
    oldest, accepted, newer, newest = (market.sell(("S-1", 2)) for _ in range(4))
    market.tell(market.part(accepted)["id"], "accept")
    market.count(I_1=5)
    assert market.part(oldest)["state"] == "pushed"
    assert market.part(accepted)["state"] == "accepted"
    for order in (newer, newest):
        [lost, found] = market.parts(order)
        assert (lost["state"], lost["reason"]) == ("rejected", "short")
        assert (found["supplier_id"], found["replaces"]) == (market.suppliers[1], lost["id"])
    assert market.stock(at=0) == (5, 4)

    market.count(I_1=1)
    assert [part["state"] for part in market.parts(oldest)] == ["rejected", "pushed"]
    [kept] = market.parts(accepted)
    assert (kept["state"], kept["flags"]) == ("accepted", ["short"]), (
        "what was accepted stays, and is flagged"
    )
    assert market.stock(at=0) == (1, 2)
    assert market.part(market.sell())["supplier_id"] == market.suppliers[1]

    market.count(by=1, I_1=0)
    [_, _, waiting] = market.parts(newest)
    assert (waiting["state"], waiting["flags"]) == ("waiting", ["short"]), "no supplier is left"
    assert statuses(market.place(market.order())) == ["order.out_of_stock"]


def test_a_count_that_expects_another_one_is_refused_with_the_present_one(
    served: Served, market: Market
) -> None:
    count = {"supplier_sku": "I-1", "counted": 50, "owner": "supplier", "expected": 99}
    two = [count | {"supplier_sku": "I-2", "expected": 100}, count]
    with served.unchanged():
        told = problem(market.supplier[0].put("/supplier/stock", two), 409, "stock.changed")
    assert told["counted"] == 100
    good(market.supplier[0].put("/supplier/stock", [count | {"expected": 100}]))
    assert market.stock("I-1") == (50, 0)


def test_local_stock_is_counted_by_the_shop_and_sold_the_standard_way(market: Market) -> None:
    sku = f"{market.here}/stock/S-2"
    assert good(market.shop.put(sku, {"location": "local", "counted": 2}))["available"] == 2
    batch = {"skus": ["S-2"], "set": {"mode": "standard"}}
    good(market.shop.post(f"{market.here}/products/batch_edit", batch))
    order = market.sell(("S-2", 2))
    part = market.part(order)
    assert (part["mode"], part["supplier_id"], part["state"]) == ("standard", None, "reserved")
    assert statuses(market.place(market.order(("S-2", 1)))) == ["order.out_of_stock"]
    problem(market.shop.put(sku, {"location": "local", "counted": 9, "expected": 1}), 409, "stock.changed")
    assert good(market.shop.put(sku, {"location": "local", "counted": 1}))["on_hand"] == 1
    assert [part["state"] for part in market.parts(order)] == ["rejected", "waiting"]
