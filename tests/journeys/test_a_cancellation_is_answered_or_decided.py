"""A buyer changes their mind after the supplier has accepted: it is asked, it answers or is silent, an operator decides."""

import pytest

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.journeys.test_a_supplier_is_pushed_to import soon
from tests.worlds_supply import a_sink


def accepted(world: World, number: str) -> tuple[str, int]:
    """An order that its supplier has accepted: the path to cancel it, and its fulfilment."""
    order = world.sell(number)["order_id"]
    fulfilment = world.first.get("/supplier/fulfilments?state=pushed").body["items"][-1]["id"]
    assert world.first.post(f"/supplier/fulfilments/{fulfilment}/accept").status == 200
    return f"/shops/{world.shop.shop_id}/orders/{order}/cancel", fulfilment


@pytest.mark.clause("MODE-3")
def test_who_and_why_are_kept_and_a_refusal_is_seen(world: World) -> None:
    cancel, fulfilment = accepted(world, "A-1")
    asked = world.seller.post(cancel, {"by": "seller", "reason": "wrong_price", "note": "Please stop it"})
    assert asked.body["asked"] == [fulfilment]
    told = world.first.get(f"/supplier/fulfilments/{fulfilment}").body
    assert (told["cancel_requested_at"], told["cancel_reason"]) == ("2026-03-02T04:00:00Z", "wrong_price")
    assert told["cancel_answered_at"] is None
    assert world.seller.post(cancel, {"by": "buyer"}).body["unchanged"] == [fulfilment]
    assert (
        world.first.post(f"/supplier/fulfilments/{fulfilment}/cancellation", {"answer": "refused"}).status
        == 200
    )
    told = world.first.get(f"/supplier/fulfilments/{fulfilment}").body
    assert told["cancel_answered_at"] == "2026-03-02T04:00:00Z"
    shown = world.seller.get(cancel.removesuffix("/cancel")).body["fulfilments"][0]
    assert shown["state"] == "accepted"
    assert shown["cancellation"] == {
        "by": "seller",
        "reason": "wrong_price",
        "note": "Please stop it",
        "asked_at": "2026-03-02T04:00:00Z",
        "answered_at": "2026-03-02T04:00:00Z",
        "answer": "refused",
    }
    [notice] = world.seller.get(f"/shops/{world.shop.shop_id}/notices").body["items"]
    assert notice["kind"] == "cancellation.refused"


@pytest.mark.clause("MODE-3")
def test_an_operator_decides_for_a_supplier_that_is_silent(world: World, operator: Client) -> None:
    cancel, fulfilment = accepted(world, "A-1")
    assert world.seller.post(cancel).body["asked"] == [fulfilment]
    early = operator.post(cancel, {"force": True})
    assert (early.status, early.code) == (409, "cancellation.not_overdue")
    operator.post("/clock/advance", {"by": "PT25H"})
    shown = world.seller.get(cancel.removesuffix("/cancel")).body
    assert (shown["flags"], shown["fulfilments"][0]["cancellation"]["answer"]) == (["late_answer"], None)
    for who, path in (
        (world.seller, f"/shops/{world.shop.shop_id}/notices"),
        (world.first, "/supplier/notices"),
        (operator, "/notices"),
    ):
        assert who.get(path).body["items"][0]["kind"] == "cancellation.unanswered"
    refused = world.seller.post(cancel, {"force": True})
    assert (refused.status, refused.code) == (403, "cancellation.force")
    remedied = world.seller.post(
        f"/shops/{world.shop.shop_id}/fulfilments/{fulfilment}/remedy", {"action": "cancel"}
    )
    assert (remedied.code, remedied.body["open"]) == ("remedy.not_open", ["remind"])
    with a_sink() as sink:
        world.first.put("/supplier/endpoint", {"url": sink.url})
        for expected in ([fulfilment], []):
            decided = operator.post(cancel, {"force": True, "reason": "supplier_silent"})
            assert (decided.status, decided.body["cancelled"]) == (200, expected)
        soon(lambda: sink.heard)
        [(_, _)] = sink.heard
        assert (sink.bodies[0]["type"], sink.bodies[0]["state"]) == ("fulfilment.withdrawn", "cancelled")
    [part] = decided.body["order"]["fulfilments"]
    assert (part["state"], part["flags"], part["cancellation"]["answer"]) == ("cancelled", [], "forced")
    late = world.first.post(f"/supplier/fulfilments/{fulfilment}/cancellation", {"answer": "refused"})
    assert late.code == "cancellation.answered"


def test_a_supplier_that_has_it_hears_that_it_was_cancelled_at_once(world: World) -> None:
    with a_sink() as sink:
        world.first.put("/supplier/endpoint", {"url": sink.url})
        order = world.sell("A-1")["order_id"]
        soon(lambda: world.first.get("/supplier/fulfilments?state=pushed").body["items"])
        path = f"/shops/{world.shop.shop_id}/orders/{order}/cancel"
        assert len(world.seller.post(path).body["cancelled"]) == 1
        soon(lambda: len(sink.heard) == 2)
        assert (sink.bodies[1]["type"], sink.bodies[1]["state"]) == (
            "fulfilment.cancel_requested",
            "cancelled",
        )


def test_nobody_speaks_for_another(world: World, andon: Running, operator: Client) -> None:
    cancel, fulfilment = accepted(world, "A-1")
    channel = Client(andon.url, key_for(andon.database, "channel", "demo"))
    for who, body, code in (
        (channel, {"by": "seller"}, "cancellation.by"),
        (channel, {"by": "operator"}, "cancellation.by"),
        (world.seller, {"by": "operator"}, "cancellation.by"),
        (operator, {"by": "buyer"}, "cancellation.by"),
        (world.seller, {"by": "nobody"}, "request.invalid"),
        (world.seller, {"note": ""}, "request.invalid"),
        (world.seller, {"note": "x" * 2001}, "request.invalid"),
        (world.seller, {"force": "yes"}, "request.invalid"),
    ):
        answer = who.post(cancel, body)
        assert (answer.status, answer.code) == (422, code), body
    assert channel.post(cancel, {"force": True}).code == "cancellation.force"
    assert world.first.get(f"/supplier/fulfilments/{fulfilment}").body["cancel_requested_at"] is None
    assert channel.post(cancel).body["order"]["fulfilments"][0]["cancellation"]["by"] == "buyer"
