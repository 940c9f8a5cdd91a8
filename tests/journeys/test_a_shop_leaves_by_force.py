"""A shop leaves with orders under way: its funds are frozen, each part clears, the freeze lifts by itself, the exit is done."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients import Answer, Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World, world_of
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_partners import open_demo_shop


@dataclass
class Leaver:
    """A shop with three orders under way, which has begun to leave, and whoever acts in its story."""

    world: World
    operator: Client
    exit_id: int
    parts: dict[str, int]

    @property
    def here(self) -> str:
        return f"/shops/{self.world.shop.shop_id}"

    @property
    def exit(self) -> str:
        return f"{self.here}/exits/{self.exit_id}"

    def shows(self) -> dict[str, Any]:
        body: dict[str, Any] = self.world.seller.get(self.exit).body
        return body

    def funds(self) -> dict[str, Any]:
        body: dict[str, Any] = self.world.seller.get(f"{self.here}/funds").body
        return body

    def withdraw(self, amount: str) -> Answer:
        return self.world.seller.post(
            f"{self.here}/funds/withdrawals", {"amount": {"amount": amount, "currency": "CNY"}}
        )

    def open_parts(self) -> list[tuple[str, str]]:
        exposure = self.world.seller.get(f"{self.exit}/exposure").body
        return [(part["kind"], part["cleared_by"]) for part in exposure["items"]]

    def advance(self, by: str) -> str:
        answer = self.operator.post("/clock/advance", {"by": by})
        assert answer.status == 200, answer
        now: str = answer.body["now"]
        return now

    def scan(self, status: str, at: str) -> None:
        told = [{"waybill": "W-1", "status": status, "occurred_at": at}]
        answer = self.world.carrier.post("/carriers/cainiao/scans", told)
        assert answer.body["results"][0]["status"] == "recorded", answer
        self.advance("PT1S")


@pytest.fixture
def leaver(andon: Running, operator: Client) -> Leaver:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, local=9)
    world = world_of(andon.url, andon.database, shop)
    here = f"/shops/{shop.shop_id}"
    deposit = {"amount": {"amount": "500.00", "currency": "CNY"}}
    assert world.seller.post(f"{here}/funds/deposits", deposit).status == 201
    parts = {}
    for number in ("shipped", "rejected", "cancelled"):
        order = world.seller.get(f"{here}/orders/{world.sell(number)['order_id']}").body
        parts[number] = order["fulfilments"][0]["id"]
    assert world.first.post(f"/supplier/fulfilments/{parts['shipped']}/accept").status == 200
    label = LABEL | {"waybill": "W-1"}
    assert world.first.post(f"/supplier/fulfilments/{parts['shipped']}/labelled", label).status == 200
    begun = world.seller.post(f"{here}/exits", {"reason": "service"})
    assert begun.status == 201, begun
    told = Leaver(world, operator, begun.body["id"], parts)
    told.scan("collected", told.advance("PT1H"))
    return told


@pytest.mark.clause("EXIT-3", "EXIT-7")
def test_a_shop_leaves_by_force_and_is_free_when_the_last_part_has_cleared(
    leaver: Leaver, andon: Running
) -> None:
    blocked = leaver.world.seller.post(f"{leaver.exit}/switch_off")
    assert (blocked.status, blocked.code) == (409, "exit.blocked")
    assert leaver.withdraw("100.00").status == 201, "nothing is frozen while it drains"

    # By force the switch is thrown all the same, and the funds are frozen with it.
    forced = leaver.world.seller.post(f"{leaver.exit}/force", {"reason": "要停业了", "name": "李卖家"})
    assert forced.status == 200, forced
    assert (forced.body["state"], forced.body["forced"]) == ("switching_off", True)
    assert forced.body["ticket"]
    assert leaver.world.seller.post(f"{leaver.exit}/force").body["off_at"] == forced.body["off_at"]
    held = leaver.withdraw("1.00")
    assert (held.status, held.code, held.body["clause"]) == (409, "funds.held", "EXIT-7")
    assert (held.body["freeze"], held.body["exits"]) == ("whole_account", [leaver.exit_id])
    assert len(held.body["parts"]) == 6
    funds = leaver.funds()
    assert [hold["exit_id"] for hold in funds["holds"]] == [leaver.exit_id]
    assert (funds["held"], funds["withdrawable"]["amount"]) == (funds["available"], "0.00")
    assert leaver.open_parts() == [("open_order", "end")] * 3 + [("unsettled_charge", "delivery")] * 3

    sheet = leaver.world.seller.get(f"{leaver.exit}/exposure?limit=2", Accept="text/csv")
    assert sheet.raw.decode().splitlines()[0].startswith("kind,number,order_id,amount")
    assert len(sheet.raw.decode().splitlines()) == 3

    # The supplier will not have one; nothing new goes to anybody, so that it waits for the seller, who cancels it.
    assert leaver.world.first.post(
        f"/supplier/fulfilments/{leaver.parts['rejected']}/reject", {"code": "out_of_stock"}
    ).status == 200  # fmt: skip
    waiting = leaver.world.seller.get(f"{leaver.here}/orders?group=awaiting_shipment").body["items"]
    assert "waiting" in {part["state"] for order in waiting for part in order["fulfilments"]}
    for order in waiting:
        if order["channel_order_no"] != "shipped":
            leaver.world.seller.post(f"{leaver.here}/orders/{order['id']}/cancel", {"reason": "seller"})
    answer = leaver.world.first.post(
        f"/supplier/fulfilments/{leaver.parts['cancelled']}/cancellation", {"answer": "accepted"}
    )
    assert answer.status in {200, 409}, answer
    leaver.advance("PT1S")
    assert leaver.open_parts() == [("open_order", "end")] + [("unsettled_charge", "delivery")] * 3

    # The switch strikes a day after; the exit cannot be verified while the parcel is under way.
    now = leaver.advance("P1D")
    shown = leaver.shows()
    assert shown["state"] == "verifying"
    [letter] = [each for each in shown["blockers"] if each["code"] == "unsigned_letter"]
    assert (letter["owner"], letter["remedy"]["call"]) == ("platform", None), "nobody need sign it"
    assert {check["check"] for check in shown["checks"] if not check["passed"]} == {
        "no_grant_works", "nothing_is_open",
    }  # fmt: skip
    assert leaver.world.seller.post(f"{leaver.exit}/withdraw").code == "exit.struck"

    # It is delivered: the letter takes effect, the fees stand until they are settled.
    leaver.scan("delivered", now)
    assert leaver.open_parts() == [("unsettled_charge", "settlement")] * 3
    letters = leaver.world.seller.get(f"{leaver.here}/letters").body["items"]
    assert [letter["state"] in {"signed", "proven"} for letter in letters] == [True, True]
    assert leaver.withdraw("1.00").code == "funds.held"

    leaver.advance("P3D")
    shown = leaver.shows()
    assert (shown["state"], shown["blockers"]) == ("done", [])
    exposure = leaver.world.seller.get(f"{leaver.exit}/exposure").body
    assert (exposure["items"], exposure["totals"]) == ([], [])
    assert exposure["hold"]["lifted_at"] == shown["ended_at"] == "2026-03-05T16:00:00Z", "T+3, to the second"
    funds = leaver.funds()
    assert (funds["holds"], funds["held"]["amount"]) == ([], "0.00")
    assert leaver.withdraw(funds["withdrawable"]["amount"]).status == 201
    assert leaver.funds()["available"]["amount"] == "0.00"
    assert leaver.world.seller.get(f"{leaver.here}/enrolment").body["state"] == "off"
    assert leaver.world.seller.get(f"{leaver.exit}/certificate.pdf").status == 200
    assert leaver.world.seller.post(f"{leaver.exit}/force").code == "exit.state"
    assert_all_well(andon.database)


@pytest.mark.clause("EXIT-7")
def test_the_platform_forces_an_exit_and_freezes_the_exposure_alone(leaver: Leaver, andon: Running) -> None:
    overrides = leaver.operator.put(f"{leaver.here}/policy_overrides", {"freeze": "exposure"})
    assert overrides.status == 200, overrides
    mute = leaver.operator.post(f"{leaver.exit}/force")
    assert (mute.status, mute.code) == (422, "exit.force_note")
    forced = leaver.operator.post(f"{leaver.exit}/force", {"reason": "店铺违规"})
    assert forced.status == 200, forced
    leaver.advance("PT1S")
    letters = leaver.world.seller.get(f"{leaver.here}/letters").body["items"]
    [signed] = [each for each in letters if each["factor"] == "forced"]
    assert leaver.world.seller.get(f"{leaver.here}/letters/{signed['id']}.pdf").raw.startswith(b"%PDF")
    funds = leaver.funds()
    assert (funds["freeze"], len(funds["holds"])) == ("exposure", 1)
    exposed = sum(float(each["amount"]["amount"]) for each in funds["exposure"])
    assert float(funds["held"]["amount"]) == pytest.approx(exposed)
    assert 0 < exposed < 500
    assert leaver.withdraw("500.00").code == "funds.held"
    key = {"Idempotency_Key": "w-1"}
    body = {"amount": funds["withdrawable"]}
    twice = [leaver.world.seller.post(f"{leaver.here}/funds/withdrawals", body, **key) for _ in range(2)]
    assert [each.status for each in twice] == [201, 201]
    assert twice[0].body == twice[1].body
    assert leaver.funds()["withdrawn"] == funds["withdrawable"]

    # Taken back before it strikes, nothing is frozen and every supplier is bound as before.
    assert leaver.world.seller.post(f"{leaver.exit}/withdraw").body["state"] == "withdrawn"
    assert leaver.funds()["holds"] == []
    states = [each["state"] for each in leaver.world.seller.get(f"{leaver.here}/bindings").body["items"]]
    assert states[0] == "active", "the second's letter took effect at once: nothing was open there"
    assert_all_well(andon.database)


def test_another_shop_sees_and_forces_nothing_of_it(leaver: Leaver, andon: Running) -> None:
    with transaction(andon.database) as tx:
        other = open_demo_shop(tx, suppliers=1)
    stranger = leaver.operator.of(key_for(andon.database, "shop", other.shop_id))
    assert stranger.get(f"{leaver.exit}/exposure").status == 404
    assert stranger.post(f"{leaver.exit}/force").status == 404
    assert stranger.post(f"/shops/{other.shop_id}/exits/{leaver.exit_id}/force").code == "exit.not_found"
    assert stranger.get(f"/shops/{other.shop_id}/exits/{leaver.exit_id}/exposure").code == "exit.not_found"
    assert leaver.world.first.post(f"{leaver.exit}/force").status == 403
