"""A shop leaves JIT: from orders in flight over its letters and the switch to the certificate; or it thinks better of it."""

import re
from typing import Any

import pypdfium2
import pytest

from andon.membership.exits.rules import is_ticket
from tests.clients import Client
from tests.journeys.leaving import Leaving, about_to_leave, out
from tests.journeys.market import World


@pytest.fixture
def leaving(operator: Client, world: World) -> Leaving:
    return about_to_leave(world, operator)


@pytest.mark.clause("EXIT-1", "EXIT-2", "EXIT-3", "EXIT-4", "EXIT-5", "EXIT-6", "MODE-7")
def test_it_drains_unbinds_throws_the_switch_and_has_it_certified(leaving: Leaving) -> None:
    # 1. New orders go the standard way at once; what is under way blocks, and says whose matter it is.
    begun = leaving.start()
    number = begun["id"]
    assert (begun["state"], begun["step"], begun["offers"], begun["forced"]) == ("draining", 1, [], False)
    first = begun["blockers"][0]
    assert (first["code"], first["object"]["id"]) == ("open_order", leaving.fulfilment)
    assert (first["owner"], first["remedy"]["call"]) == ("carrier", "POST /v1/carriers/{carrier}/scans")
    assert begun["blocker_counts"] == {
        "open_order": 1,
        "live_grant": 2,
        "fee_without_delivery_evidence": 3,
    }
    assert leaving.modes(leaving.world.sell("2")["order_id"]) == {"standard"}
    blocked = leaving.post(f"/exits/{number}/switch_off")
    assert (blocked.status, blocked.code, blocked.body["clause"]) == (409, "exit.blocked", "EXIT-1")
    assert {each["code"] for each in blocked.body["blockers"]} == set(begun["blocker_counts"])
    again = leaving.post("/exits", {"reason": "cost"})
    assert (again.status, again.code, again.body["exit_id"]) == (409, "exit.running", number)

    # 2. The queue is empty the instant that the parcel is delivered; then the suppliers go.
    leaving.deliver()
    assert leaving.exit(number)["state"] == "unbinding"
    leaving.unbind()
    leaving.advance("PT1S")
    seen = leaving.exit(number)
    assert (seen["state"], seen["step"], seen["blocker_counts"]) == ("switching_off", 3, {"unsettled_fee": 3})
    assert {each["expected_on"] for each in seen["blockers"]} == {"2026-03-06"}

    # 3. Fees are settled when they are due, once there is money for them; the switch strikes a day after it is thrown.
    leaving.advance("P3D")
    assert {each["owner"] for each in leaving.exit(number)["blockers"]} == {"seller"}
    leaving.good("/funds/deposits", {"amount": {"amount": "100.00", "currency": "CNY"}}, 201)
    leaving.advance("PT1S")
    assert leaving.exit(number)["blockers"] == []
    thrown = leaving.good(f"/exits/{number}/switch_off")
    assert is_ticket(thrown["ticket"])
    assert thrown["notice"]["zh-CN"] == "JIT服务将于24小时后正式停用"
    assert leaving.good(f"/exits/{number}/switch_off") == thrown
    leaving.advance("PT23H")
    assert leaving.exit(number)["state"] == "switching_off"
    assert {each["mode"] for each in leaving.seen("/products")["items"]} == {"jit"}
    assert leaving.modes(leaving.world.sell("3")["order_id"]) == {"standard"}

    # 4. Every check is run for real, and the shop is out.
    leaving.advance("PT1H")
    done = leaving.exit(number)
    assert (done["state"], done["step"], done["notice"]) == ("done", 4, None)
    assert done["ended_at"] == done["off_at"]
    assert len(done["checks"]) == 9
    assert all(each["passed"] and not each["put_right"] and each["evidence"] for each in done["checks"])
    assert {each["mode"] for each in leaving.seen("/products")["items"]} == {"standard"}
    assert leaving.seen("/plan")["lines"] == ["cainiao_standard"]
    enrolment = leaving.seen("/enrolment")
    assert (enrolment["state"], enrolment["number"], enrolment["ended_at"]) == ("off", 1, done["off_at"])
    assert said_on(leaving, number) >= {done["ticket"], "JIT-EXIT-2026-000001", "product.jit_not_offered"}
    confirmed = mail(leaving, "exit.switch_thrown")
    assert confirmed["subject"].endswith("《JIT停用确认邮件》")
    assert "JIT服务将于24小时后正式停用" in confirmed["text"]
    assert f"工单号: {done['ticket']}" in confirmed["text"]


def said_on(leaving: Leaving, number: int) -> set[str]:
    """The words on the certificate, which is the same however often it is asked for."""
    first, second = (leaving.world.seller.get(f"{leaving.here}/exits/{number}/certificate.pdf") for _ in "12")
    assert first.status == 200, first
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.raw == second.raw
    pages = pypdfium2.PdfDocument(first.raw)
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    return set(re.split(r"[\s;]+", text))


def mail(leaving: Leaving, kind: str) -> dict[str, Any]:
    """The message that the shop's owner got of that."""
    letters = leaving.operator.get("/outbox").body["items"]
    found: dict[str, Any]
    [found] = [each for each in letters if each["kind"] == kind and each["to"] == "li@shop.test"]
    return found


@pytest.mark.clause("EXIT-6")
def test_afterwards_facts_are_taken_jit_is_refused_and_coming_back_has_its_conditions(
    leaving: Leaving,
) -> None:
    number = out(leaving)
    assert leaving.world.scan(("W-1", "in_transit", 20)) == ["recorded"]
    measured = [{"waybill": "W-1", "weight_g": 900, "length_mm": 200, "width_mm": 150, "height_mm": 40}]
    assert leaving.world.carrier.post("/carriers/cainiao/waybills", measured).status == 200
    leaving.advance("PT1S")
    assert leaving.exit(number)["state"] == "done"

    edit = leaving.post("/products/batch_edit", {"skus": ["S-1"], "set": {"mode": "jit"}})
    assert (edit.status, edit.code) == (403, "product.jit_not_offered")
    plan = leaving.world.seller.put(f"{leaving.here}/plan", {"lines": ["cainiao_jit", "cainiao_standard"]})
    assert (plan.status, plan.code, plan.body["line"]) == (403, "plan.jit_not_offered", "cainiao_jit")
    refused = leaving.post("/exits", {"reason": "cost"})
    assert (refused.status, refused.code) == (409, "exit.not_joined")
    back = leaving.post(f"/exits/{number}/withdraw")
    assert (back.status, back.code) == (409, "exit.struck")
    thrown = leaving.good(f"/exits/{number}/switch_off")
    assert thrown["state"] == "done", "asked again it changes nothing"

    joined = leaving.post("/enrolment/join")
    assert (joined.status, joined.code) == (403, "enrolment.supplier"), (
        "what coming back asks is another story"
    )
    assert [each["id"] for each in leaving.seen("/exits")["items"]] == [number]


@pytest.mark.clause("EXIT-4")
def test_a_mistake_is_offered_other_ways_and_withdrawn_after_a_partial_drain(leaving: Leaving) -> None:
    begun = leaving.start("mistake")
    assert begun["offers"] == ["withdraw", "product_exit"]
    leaving.deliver()
    letter = leaving.good(f"/bindings/{leaving.seen('/bindings')['items'][1]['id']}/end")["letter_id"]
    leaving.good(f"/letters/{letter}/sign", {"name": "李雷"})

    back = leaving.good(f"/exits/{begun['id']}/withdraw")
    assert (back["state"], back["step"], back["blockers"], back["offers"]) == ("withdrawn", None, [], [])
    assert leaving.good(f"/exits/{begun['id']}/withdraw") == back
    assert leaving.seen("/enrolment")["state"] == "on"
    assert {each["mode"] for each in leaving.seen("/products")["items"]} == {"jit"}
    assert leaving.seen("/plan")["lines"] == ["cainiao_jit", "cainiao_standard"]
    assert leaving.modes(leaving.world.sell("2")["order_id"]) == {"jit"}
    assert [each["state"] for each in leaving.seen("/bindings")["items"]] == ["active", "ended"]
    certificate = leaving.world.seller.get(f"{leaving.here}/exits/{begun['id']}/certificate.pdf")
    assert (certificate.status, certificate.code) == (409, "exit.not_done")
    gone = leaving.post(f"/exits/{begun['id']}/switch_off")
    assert (gone.status, gone.code) == (409, "exit.state")


@pytest.mark.clause("EXIT-4")
def test_the_switch_is_taken_back_in_its_last_second(leaving: Leaving) -> None:
    number = leaving.start()["id"]
    leaving.good("/funds/deposits", {"amount": {"amount": "100.00", "currency": "CNY"}}, 201)
    leaving.deliver()
    leaving.unbind()
    leaving.advance("P4D")
    leaving.good(f"/exits/{number}/switch_off")
    leaving.advance("PT23H59M59S")
    assert leaving.good(f"/exits/{number}/withdraw")["state"] == "withdrawn"
    leaving.advance("P2D")
    assert leaving.exit(number)["state"] == "withdrawn"
    assert {each["mode"] for each in leaving.seen("/products")["items"]} == {"jit"}


def test_operators_see_every_exit_that_runs_and_what_blocks_it(leaving: Leaving, operator: Client) -> None:
    number = leaving.start()["id"]
    [listed] = operator.get("/exits").body["items"]
    assert (listed["id"], listed["shop_id"]) == (number, leaving.world.shop.shop_id)
    assert listed["blocker_counts"] == {"open_order": 1, "live_grant": 2, "fee_without_delivery_evidence": 3}
    assert leaving.world.seller.get("/exits").status == 403
    assert leaving.world.first.get(f"{leaving.here}/exits/{number}").status in {403, 404}
    assert operator.get(f"{leaving.here}/exits/{number}").body["id"] == number


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "bored"},
        {"reason": "cost", "move": {"by": "train"}},
        {"reason": "cost", "note": "x" * 2001},
    ],
)
def test_an_exit_that_is_not_said_as_it_must_be_is_refused(leaving: Leaving, body: dict[str, Any]) -> None:
    answer = leaving.post("/exits", body)
    assert (answer.status, answer.code) == (422, "request.invalid")
    assert leaving.seen("/enrolment")["state"] == "on"
