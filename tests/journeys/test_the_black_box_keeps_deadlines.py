"""What a supplier answers, what its silence and a carrier's silence do, each at its instant and not before."""

from datetime import timedelta

import pytest

from tests.journeys.blackbox import Served, good, instant, problem, soon
from tests.journeys.blackbox_market import Market, a_market

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

MOMENT = timedelta(microseconds=1)


@pytest.mark.clause("MODE-3", "STOCK-3")
def test_a_rejection_for_stock_empties_that_shelf_and_the_next_supplier_has_the_order_at_once(
    served: Served, market: Market
) -> None:
    kept, order = market.sell(("S-1", 3)), market.sell(("S-1", 2))
    market.tell(market.part(kept)["id"], "accept")
    first = market.part(order)
    assert market.stock(at=0) == (100, 5)
    rejected = market.tell(first["id"], "reject", {"code": "out_of_stock", "note": "an empty shelf"})
    assert (rejected["state"], rejected["reason"]) == ("rejected", "out_of_stock")
    assert market.stock(at=0) == (3, 3), "what another order holds stays, nothing more is sold"
    assert market.stock(at=1) == (100, 2)
    [_, successor] = market.parts(order)
    assert (successor["replaces"], successor["supplier_id"], successor["state"]) == (
        first["id"],
        market.suppliers[1],
        "pushed",
    )
    assert market.part(market.sell())["supplier_id"] == market.suppliers[1], "the first has none to sell"
    again = market.tell(first["id"], "reject", {"code": "out_of_stock"})
    assert again["state"] == "rejected"
    assert len(market.parts(order)) == 2, "a repeat reroutes nothing"

    market.tell(successor["id"], "reject", {"code": "out_of_stock"}, by=1)
    [_, _, waiting] = market.parts(order)
    assert (waiting["state"], waiting["supplier_id"], waiting["flags"]) == ("waiting", None, ["short"])
    assert market.seen(order)["group"] == "awaiting_shipment"
    assert [row["code"] for row in market.place(market.order())] == ["order.out_of_stock"]
    assert good(market.shop.post(f"{market.here}/orders/{order}/cancel"))["cancelled"] == [waiting["id"]]
    assert market.seen(order)["group"] == "cancelled"


@pytest.mark.parametrize("code", ["invalid_address", "unserviceable_destination", "item_unknown", "other"])
def test_another_rejection_reroutes_and_leaves_the_stock_as_it_is(market: Market, code: str) -> None:
    order = market.sell()
    market.tell(market.part(order)["id"], "reject", {"code": code})
    assert market.stock(at=0) == (100, 0)
    assert [part["state"] for part in market.parts(order)] == ["rejected", "pushed"]


@pytest.mark.clause("MODE-3")
def test_silence_is_flagged_at_24_hours_and_an_answer_lifts_the_flag(served: Served, market: Market) -> None:
    order = market.sell()
    pushed = instant(market.part(order)["pushed_at"])
    served.advance_to(pushed + timedelta(hours=24) - MOMENT)
    assert market.flags(order) == []
    served.advance("PT0.000001S")
    [part] = market.parts(order)
    assert (part["state"], part["flags"]) == ("pushed", ["late_answer"]), "it reroutes only where that is set"
    assert [order] == [
        each["id"] for each in good(market.shop.get(f"{market.here}/orders?flag=late_answer"))["items"]
    ]
    assert market.tell(part["id"], "accept")["flags"] == []


@pytest.mark.clause("MODE-3")
def test_where_the_shop_has_set_it_silence_reroutes(served: Served, market: Market) -> None:
    wanted = good(market.shop.put(f"{market.here}/policy_overrides", {"reroute_on_silence": True}))
    assert (wanted["reroute_on_silence"], wanted["own"]) == (True, ["reroute_on_silence"])
    order = market.sell()
    served.advance("PT23H59M59S")
    assert len(market.parts(order)) == 1
    served.advance("PT1S")
    [first, second] = market.parts(order)
    assert (first["state"], first["reason"]) == ("rejected", "silence")
    assert (second["supplier_id"], second["replaces"]) == (market.suppliers[1], first["id"])
    late = market.supplier[0].post(f"/supplier/fulfilments/{first['id']}/accept")
    problem(late, 409, "fulfilment.answered")
    served.advance("PT24H")
    assert [(part["state"], part["flags"]) for part in market.parts(order)][2:] == [("waiting", [])]


@pytest.mark.clause("MODE-4")
def test_a_parcel_that_nobody_collects_is_stuck_at_exactly_72_hours_from_the_push(
    served: Served, market: Market
) -> None:
    order = market.sell()
    pushed = instant(market.part(order)["pushed_at"])
    served.advance("PT20H")
    waybill = market.label(market.part(order)["id"])
    served.advance_to(pushed + timedelta(hours=72) - MOMENT)
    assert market.flags(order) == []
    served.advance("PT0.000001S")
    assert market.flags(order) == ["stuck"]
    assert market.part(order)["state"] == "labelled"
    assert market.scan(waybill, ("collected", served.now)) == ["recorded"]
    assert market.flags(order) == []


@pytest.mark.clause("MODE-4")
def test_a_reroute_starts_the_72_hours_anew(served: Served, market: Market) -> None:
    order = market.sell()
    served.advance("PT50H")
    market.tell(market.part(order)["id"], "reject", {"code": "other"})
    rerouted = instant(market.parts(order)[1]["pushed_at"])
    assert rerouted == served.now
    market.tell(market.parts(order)[1]["id"], "accept", by=1)
    served.advance_to(rerouted + timedelta(hours=72) - MOMENT)
    assert market.flags(order) == []
    served.advance("PT0.000001S")
    assert [part["flags"] for part in market.parts(order)] == [[], ["stuck"]]


@pytest.mark.clause("MODE-5")
def test_a_parcel_is_stale_ten_days_after_its_last_scan_and_a_new_scan_lifts_that(
    served: Served, market: Market
) -> None:
    order = market.sell()
    waybill = market.label(market.part(order)["id"])
    market.scan(waybill, ("collected", served.now))
    served.advance("P9D")
    last = served.now
    market.scan(waybill, ("in_transit", last))
    served.advance_to(last + timedelta(days=10) - MOMENT)
    assert market.flags(order) == []
    served.advance("PT0.000001S")
    seen = market.seen(order)
    assert (seen["flags"], seen["group"]) == (["stale"], "in_transit"), "it is a flag, never an end"
    market.scan(waybill, ("customs", served.now))
    assert market.flags(order) == []
    served.advance("P10D")
    assert market.flags(order) == ["stale"]
    market.scan(waybill, ("delivered", served.now))
    seen = market.seen(order)
    assert (seen["flags"], seen["group"]) == ([], "delivered")


@pytest.mark.clause("MODE-6")
def test_a_delivered_order_completes_when_the_buyer_confirms(served: Served, market: Market) -> None:
    order = market.sell()
    confirm = f"{market.here}/orders/{order}/confirm"
    problem(market.channel.post(confirm), 409, "order.not_delivered")
    waybill = market.label(market.part(order)["id"])
    market.scan(waybill, ("collected", served.now), ("delivered", served.now))
    assert good(market.channel.post(confirm))["group"] == "completed"
    with served.unchanged():
        assert good(market.channel.post(confirm))["group"] == "completed"
    problem(market.shop.post(confirm), 403, "credentials.party")


def test_an_accepted_order_is_cancelled_when_its_supplier_agrees_and_goes_on_when_not(market: Market) -> None:
    agreed, refused = market.sell(), market.sell()
    for order, answer, state in ((agreed, "accepted", "cancelled"), (refused, "refused", "accepted")):
        number = market.part(order)["id"]
        market.tell(number, "accept")
        asked = good(market.shop.post(f"{market.here}/orders/{order}/cancel"))
        assert (asked["asked"], asked["cancelled"]) == ([number], [])
        assert market.part(order)["state"] == "accepted"
        assert market.tell(number, "cancellation", {"answer": answer})["state"] == state
        other = {"accepted": "refused", "refused": "accepted"}[answer]
        path = f"/supplier/fulfilments/{number}/cancellation"
        problem(market.supplier[0].post(path, {"answer": other}), 409, "cancellation.answered")
        again = good(market.shop.post(f"{market.here}/orders/{order}/cancel"))
        assert again["unchanged"] == [number]
    assert market.stock() == (100, 1)


@pytest.mark.clause("MODE-2")
def test_who_waits_at_the_door_hears_of_an_order_at_once(served: Served) -> None:
    market = a_market(served, suppliers=1)
    order = market.sell()
    found = soon(lambda: good(market.supplier[0].get("/supplier/fulfilments?state=pushed&wait=5"))["items"])
    assert [each["order_id"] for each in found] == [order]
