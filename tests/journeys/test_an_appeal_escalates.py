"""A shop whose exit is not verified appeals by its ticket: nobody answers in time, it escalates, it is upheld, it is closed."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients import Answer, Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import World, world_of
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_partners import open_demo_shop


@dataclass
class Appellant:
    """A shop that left by force, and whose exit is not verified while an order is open."""

    world: World
    operator: Client
    exit_id: int
    ticket: str

    @property
    def exit(self) -> str:
        return f"/shops/{self.world.shop.shop_id}/exits/{self.exit_id}"

    def appeal(self, ticket: str, text: str = "订单早已送达") -> Answer:
        return self.world.seller.post(f"{self.exit}/appeal", {"ticket": ticket, "text": text})

    def appeals(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.world.seller.get(f"{self.exit}/appeals").body["items"]
        return items

    def decide(self, number: int, decision: str) -> Answer:
        return self.operator.post(
            f"/appeals/{number}/decision", {"decision": decision, "note": "已与承运商核实"}
        )

    def advance(self, by: str) -> None:
        assert self.operator.post("/clock/advance", {"by": by}).status == 200

    def told(self, reader: Client, path: str) -> list[str]:
        kinds = [each["kind"] for each in reader.get(f"{path}/notices").body["items"]]
        return [kind for kind in reversed(kinds) if kind.startswith("appeal.")]


@pytest.fixture
def appellant(andon: Running, operator: Client) -> Appellant:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, suppliers=2)
    world = world_of(andon.url, andon.database, shop)
    world.sell("A-1")
    here = f"/shops/{shop.shop_id}/exits"
    number = world.seller.post(here, {"reason": "cost"}).body["id"]
    ticket = world.seller.post(f"{here}/{number}/force").body["ticket"]
    assert operator.post("/clock/advance", {"by": "P1D"}).status == 200
    assert world.seller.get(f"{here}/{number}").body["state"] == "verifying"
    return Appellant(world, operator, number, ticket)


@pytest.mark.clause("EXIT-5", "EXIT-6")
def test_an_appeal_that_nobody_answers_escalates_and_is_upheld_after_all(
    appellant: Appellant, andon: Running
) -> None:
    wrong = appellant.appeal("JIT-2026-0000000000-00")
    assert (wrong.status, wrong.code) == (422, "appeal.ticket")
    opened = appellant.appeal(f" {appellant.ticket} ")
    assert opened.status == 201, opened
    assert (opened.body["state"], opened.body["due_at"]) == ("opened", "2026-03-05T04:00:00Z")
    again = appellant.appeal(appellant.ticket)
    assert (again.status, again.code) == (409, "appeal.open")
    assert again.body["appeal_id"] == opened.body["id"]

    appellant.advance("PT47H59M")
    assert appellant.appeals()[0]["escalated_at"] is None
    appellant.advance("PT1M")
    [shown] = appellant.appeals()
    assert (shown["state"], shown["escalated_at"]) == ("opened", "2026-03-05T04:00:00Z")
    assert [each["id"] for each in appellant.operator.get("/appeals?state=opened").body["items"]] == [
        opened.body["id"]
    ]

    before = appellant.world.seller.get(appellant.exit).body["checks"][0]["at"]
    answered = appellant.decide(opened.body["id"], "upheld")
    assert (answered.status, answered.body["state"], answered.body["verdict"]) == (200, "answered", "upheld")
    assert appellant.decide(opened.body["id"], "upheld").body == answered.body
    assert appellant.decide(opened.body["id"], "rejected").code == "appeal.state"
    appellant.advance("PT1S")
    verified = appellant.world.seller.get(appellant.exit).body["checks"][0]["at"]
    assert before < verified == answered.body["answered_at"], "verified anew at once"

    appellant.advance("P2D")
    assert [each["state"] for each in appellant.appeals()] == ["closed"]
    assert appellant.appeals()[0]["note"] == "已与承运商核实"
    for reader, path in (
        (appellant.world.seller, f"/shops/{appellant.world.shop.shop_id}"),
        (appellant.operator, ""),
    ):
        assert appellant.told(reader, path) == ["appeal.opened", "appeal.escalated", "appeal.answered"]
    assert appellant.appeal(appellant.ticket, "第二次申诉").status == 201
    assert_all_well(andon.database)


def test_another_shops_ticket_says_no_more_than_a_wrong_one(appellant: Appellant, andon: Running) -> None:
    with transaction(andon.database) as tx:
        other = open_demo_shop(tx, suppliers=1)
    stranger = appellant.operator.of(key_for(andon.database, "shop", other.shop_id))
    own = stranger.post(f"/shops/{other.shop_id}/exits", {"reason": "other"}).body["id"]
    path = f"/shops/{other.shop_id}/exits/{own}/appeal"
    answers = [
        stranger.post(path, {"ticket": ticket, "text": "x"})
        for ticket in (appellant.ticket, "JIT-2026-0000000000-00", "")
    ]
    assert {(answer.status, answer.code, answer.body.get("detail")) for answer in answers} == {
        (422, "appeal.ticket", answers[0].body.get("detail"))
    }
    ticket = {"ticket": appellant.ticket, "text": "x"}
    assert stranger.post(f"{appellant.exit}/appeal", ticket).status == 404
    assert stranger.get(f"{appellant.exit}/appeals").status == 404
    assert stranger.get("/appeals").status == 403
    assert stranger.post("/appeals/1/decision", {"decision": "upheld", "note": "x"}).status == 403
    assert appellant.decide(4711, "upheld").code == "appeal.not_found"
