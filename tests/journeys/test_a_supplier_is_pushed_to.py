"""A supplier with an endpoint: signed messages, every try on record, one sent again on request."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.clients import Client
from tests.journeys.market import World
from tests.worlds_supply import a_sink


def soon(question: Callable[[], Any]) -> Any:
    """The first answer that is not empty; the line works beside us."""
    until = time.monotonic() + 15
    while not (answer := question()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)
    return answer


@pytest.mark.clause("MODE-2")
def test_an_order_is_pushed_at_once_signed_and_whole(world: World) -> None:
    with a_sink() as sink:
        secret = world.first.put("/supplier/endpoint", {"url": sink.url}).body["secret"]
        world.sell("A-1")
        soon(lambda: sink.heard)
        headers, raw = sink.heard[0]
        body = Webhook(secret).verify(raw, headers)
        soon(lambda: world.first.get("/supplier/fulfilments?state=pushed").body["items"])
        pulled = world.first.get(f"/supplier/fulfilments/{body['id']}").body
        told = {name: value for name, value in body.items() if name not in {"type", "pushed_at", "answer_by"}}
        assert {name: pulled[name] for name in told} == told, "the push says what the pull queue shows"
        [push] = world.first.get("/supplier/pushes").body["items"]
        assert push["message_id"] == headers["webhook-id"]
        assert [each["status"] for each in push["tries"]] == [204]
        assert push["due_at"] is None

        again = world.first.post(f"/supplier/pushes/{push['id']}/replay")
        assert again.status == 200, again
        soon(lambda: len(sink.heard) == 2)
        assert sink.heard[1][0]["webhook-id"] == headers["webhook-id"]
        assert world.second.post(f"/supplier/pushes/{push['id']}/replay").code == "push.not_found"
        assert world.second.get("/supplier/pushes").body["items"] == []


def test_a_rotated_secret_leaves_the_old_one_valid(world: World) -> None:
    with a_sink() as sink:
        old = world.first.put("/supplier/endpoint", {"url": sink.url}).body["secret"]
        new = world.first.put("/supplier/endpoint", {"url": sink.url}).body["secret"]
        world.sell("A-1")
        soon(lambda: sink.heard)
        headers, raw = sink.heard[0]
        for secret in (old, new):
            assert Webhook(secret).verify(raw, headers)["type"] == "fulfilment.pushed"


def test_a_failing_endpoint_is_tried_again_and_every_try_is_on_record(world: World, operator: Client) -> None:
    with a_sink(lambda _: 503, words="try later") as sink:
        world.first.put("/supplier/endpoint", {"url": sink.url})
        world.sell("A-1")
        soon(lambda: world.first.get("/supplier/pushes").body["items"][0]["tries"])
        [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
        assert fulfilment["state"] == "reserved"
        assert operator.post("/clock/advance", {"by": "PT1H"}).status == 200
        [push] = world.first.get("/supplier/pushes").body["items"]
        assert [each["status"] for each in push["tries"]] == [503] * 4
        assert push["tries"][0]["excerpt"] == "try later"
        assert push["delivered_at"] is None

        sink.answer = lambda _: 200
        assert operator.post("/clock/advance", {"by": "PT3H"}).status == 200
        [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
        assert fulfilment["state"] == "pushed"
        assert len({headers["webhook-id"] for headers, _ in sink.heard}) == 1


def test_a_supplier_may_answer_while_it_is_still_being_told(world: World) -> None:
    answers: list[Any] = []

    def accept(body: dict[str, Any]) -> int:
        answers.append(world.first.of(world.first.key).post(f"/supplier/fulfilments/{body['id']}/accept"))
        return 204

    with a_sink(accept) as sink:
        world.first.put("/supplier/endpoint", {"url": sink.url})
        world.sell("A-1")
        soon(lambda: answers)
        assert answers[0].body["state"] == "accepted", answers
        soon(lambda: world.first.get("/supplier/pushes").body["items"][0]["delivered_at"])
        assert world.first.get(f"/supplier/fulfilments/{answers[0].body['id']}").body["state"] == "accepted"


def test_without_an_endpoint_there_is_nothing_to_replay(world: World) -> None:
    assert world.first.post("/supplier/pushes/1/replay").code == "push.not_found"
