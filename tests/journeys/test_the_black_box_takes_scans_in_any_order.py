"""Scans come in any order, twice, late, and before their label; the story they tell is one."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.journeys.blackbox import Served, good, instant, serial
from tests.journeys.blackbox_market import Market

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

HOUR = timedelta(hours=1)
WAY = (("collected", 1), ("in_transit", 9), ("out_for_delivery", 30), ("delivered", 33))


def test_whatever_the_order_of_arrival_the_story_is_the_same(served: Served, market: Market) -> None:
    placed = served.now
    orders = [market.sell() for _ in range(6)]
    waybills = [market.label(market.part(order)["id"]) for order in orders]
    served.advance("PT40H")
    orderings = list(permutations(WAY))[::4]
    for waybill, ordering in zip(waybills, orderings, strict=True):
        for status, hours in ordering:
            assert market.scan(waybill, (status, placed + hours * HOUR)) == ["recorded"]
    told = [market.part(order) for order in orders]
    assert {part["state"] for part in told} == {"delivered"}
    assert {instant(part["shipped_at"]) for part in told} == {placed + HOUR}
    assert {instant(part["delivered_at"]) for part in told} == {placed + 33 * HOUR}
    assert {part["parcels"][0]["status"] for part in told} == {"delivered"}


def test_a_repeated_scan_changes_nothing_and_a_late_one_undelivers_nothing(
    served: Served, market: Market
) -> None:
    order = market.sell()
    waybill = market.label(market.part(order)["id"])
    at = served.now
    served.advance("P2D")
    assert market.scan(waybill, ("delivered", at + 40 * HOUR), ("collected", at + HOUR)) == ["recorded"] * 2
    with served.unchanged():
        assert market.scan(waybill, ("delivered", at + 40 * HOUR), ("collected", at + HOUR)) == ["known"] * 2
    assert (
        market.scan(waybill, ("in_transit", at + 45 * HOUR), ("exception", at + 46 * HOUR))
        == ["recorded"] * 2
    )
    assert market.scan(waybill, ("lost", at + 47 * HOUR)) == ["recorded"]
    part = market.part(order)
    assert (part["state"], part["parcels"][0]["status"]) == ("delivered", "delivered")
    assert instant(part["delivered_at"]) == at + 40 * HOUR


def test_several_parcels_ship_with_the_first_scan_of_any_and_arrive_with_the_last(
    served: Served, market: Market
) -> None:
    order = market.sell()
    part = market.part(order)
    first = market.label(part["id"])
    second = market.label(part["id"])
    at = served.now
    served.advance("P1D")
    market.scan(second, ("in_transit", at + HOUR))
    assert market.part(order)["state"] == "shipped"
    market.scan(second, ("delivered", at + 5 * HOUR))
    assert market.part(order)["state"] == "shipped"
    market.scan(first, ("delivered", at + 6 * HOUR))
    part = market.part(order)
    assert part["state"] == "delivered"
    assert instant(part["shipped_at"]) == at + HOUR
    assert instant(part["delivered_at"]) == at + 6 * HOUR


def test_a_scan_before_its_label_is_kept_and_adopted_when_the_label_comes(
    served: Served, market: Market
) -> None:
    order = market.sell()
    part = market.part(order)
    waybill = f"W{serial()}"
    at = served.now
    served.advance("PT3H")
    assert market.scan(waybill, ("collected", at + HOUR)) == ["pending"]
    assert market.scan(waybill, ("collected", at + HOUR)) in (["pending"], ["known"])
    assert market.part(order)["state"] == "pushed"
    market.label(part["id"], waybill)
    part = market.part(order)
    assert part["state"] == "shipped"
    assert instant(part["shipped_at"]) == at + HOUR
    assert market.scan(waybill, ("delivered", at + 2 * HOUR)) == ["recorded"]
    assert market.part(order)["state"] == "delivered"


def test_an_early_scan_is_forgotten_after_thirty_days(served: Served, market: Market) -> None:
    waybill = f"W{serial()}"
    at = served.now
    assert market.scan(waybill, ("collected", at)) == ["pending"]
    served.advance("P31D")
    order = market.sell()
    market.label(market.part(order)["id"], waybill)
    assert market.part(order)["state"] == "labelled"


@pytest.mark.clause("FEE-4")
def test_fees_begin_with_the_first_scan_and_not_with_the_label(served: Served, market: Market) -> None:
    order = market.sell()
    waybill = market.label(market.part(order)["id"])
    market.tell(market.part(order)["id"], "shipped")
    served.advance("PT1H")
    charges = f"{market.here}/charges"
    assert market.part(order)["state"] == "labelled"
    assert good(market.shop.get(charges))["items"] == []
    market.scan(waybill, ("collected", served.now))
    served.advance("PT1S")
    assert {charge["state"] for charge in good(market.shop.get(charges))["items"]} == {"provisional"}


@pytest.mark.parametrize(
    ("status", "state", "group"), [("lost", "lost", "lost"), ("returned", "returned", "returned")]
)
@pytest.mark.clause("FEE-4")
def test_what_is_lost_or_returned_ends_so_and_its_fees_are_waived(
    served: Served, market: Market, status: str, state: str, group: str
) -> None:
    order = market.sell()
    waybill = market.label(market.part(order)["id"])
    served.advance("PT2H")
    market.scan(waybill, ("collected", served.now - HOUR), (status, served.now))
    served.advance("PT1S")
    seen = market.seen(order)
    assert (seen["fulfilments"][0]["state"], seen["group"]) == (state, group)
    charges = good(market.shop.get(f"{market.here}/charges"))["items"]
    assert {charge["state"] for charge in charges} == {"waived"}
    served.advance("P5D")
    assert good(market.shop.get(f"{market.here}/funds"))["available"]["amount"] == "1000.00"


def test_what_was_cancelled_stays_so_whatever_its_carrier_tells(served: Served, market: Market) -> None:
    order = market.sell()
    number = market.part(order)["id"]
    waybill = market.label(number)
    good(market.shop.post(f"{market.here}/orders/{order}/cancel"))
    market.tell(number, "cancellation", {"answer": "accepted"})
    market.scan(waybill, ("collected", served.now), ("delivered", served.now))
    served.advance("PT1S")
    assert market.seen(order)["group"] == "cancelled"
    assert market.stock() == (100, 0)
    assert good(market.shop.get(f"{market.here}/charges"))["items"] == []


@pytest.mark.clause("STOCK-3")
def test_what_a_count_left_short_may_leave_after_all(served: Served, market: Market) -> None:
    orders = [market.sell(("S-1", 2)) for _ in range(3)]
    waybills = [market.label(market.part(order)["id"]) for order in orders]
    market.count(I_1=3)
    assert [market.flags(order) for order in orders] == [[], ["short"], ["short"]]
    for waybill in waybills:
        assert market.scan(waybill, ("collected", served.now)) == ["recorded"]
    assert [market.flags(order) for order in orders] == [[], [], []]
    assert market.stock() == (0, 0), "a shelf is never below nothing"
