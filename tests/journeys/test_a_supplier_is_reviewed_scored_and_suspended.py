"""A supplier applies, is reviewed, works, is scored by what it did, suspended and restored; and reviewed anew for one shop."""

import base64
from typing import Any

import pytest

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import done_exit

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def advance(operator: Client, by: str) -> None:
    assert operator.post("/clock/advance", {"by": by}).status == 200


def told(reader: Client, path: str, family: str) -> list[str]:
    kinds = [each["kind"] for each in reader.get(f"{path}/notices").body["items"]]
    return [kind for kind in reversed(kinds) if kind.startswith(family)]


def figures(operator: Client, supplier_id: int) -> dict[str, dict[str, Any]]:
    card = operator.get(f"/suppliers/{supplier_id}/scorecard")
    assert card.status == 200, card
    return {each["name"]: each for each in card.body["figures"]}


@pytest.mark.clause("QUAL-1", "QUAL-2")
def test_an_application_waits_too_long_and_is_decided_on_its_scorecard(
    andon: Running, operator: Client
) -> None:
    number = operator.post("/suppliers", {"name": "傲基仓", "kind": "third_party"}).body["id"]
    supplier = Client(andon.url, key_for(andon.database, "supplier", number))
    licence = {"kind": "licence", "number": "440300", "valid_until": "2027-03-01"}
    content = base64.b64encode(PDF).decode()
    shown = supplier.post(f"/suppliers/{number}/documents", licence | {"content": content})
    assert shown.status == 201, shown
    assert supplier.get(f"/suppliers/{number}/documents").body["items"] == [shown.body]
    file = operator.get(f"/suppliers/{number}/documents/{shown.body['id']}/file")
    assert (file.status, file.headers["x-content-type-options"]) == (200, "nosniff")
    assert file.headers["content-disposition"].startswith("attachment")
    bad = supplier.post(f"/suppliers/{number}/documents", licence | {"content": "AAAA"})
    assert (bad.status, bad.code) == (422, "file.type")

    taken = operator.post(f"/suppliers/{number}/review")
    assert (taken.body["state"], taken.body["review_due_at"]) == ("under_review", "2026-03-05T04:00:00Z")
    advance(operator, "P3D")
    assert told(operator, "", "supplier.") == ["supplier.review_escalated"]
    advance(operator, "PT1S")
    [waiting] = operator.get("/suppliers?state=under_review").body["items"]
    assert (waiting["id"], waiting["review_late"]) == (number, True)

    card = operator.get(f"/suppliers/{number}/scorecard").body
    assert (card["score"], card["measured_weight"], card["pass_mark"], card["passes"]) == (
        "1.0000", "0.25", "0.70", True,
    )  # fmt: skip
    decided = operator.post(f"/suppliers/{number}/decision", {"decision": "qualify", "note": "证照齐全"})
    assert (decided.status, decided.body["state"], decided.body["review_late"]) == (200, "qualified", True)
    [kept] = operator.get(f"/suppliers/{number}/decisions").body["items"]
    assert (kept["decision"], kept["note"], kept["scorecard"]) == ("qualify", "证照齐全", card)
    assert told(supplier, "/supplier", "supplier.") == ["supplier.qualified"]
    assert operator.post(f"/suppliers/{number}/decision", {"decision": "decline"}).code == "supplier.state"
    assert_all_well(andon.database)


@pytest.mark.clause("QUAL-1", "QUAL-2")
def test_what_a_supplier_did_is_scored_and_it_is_suspended_and_restored(
    andon: Running, operator: Client, world: World
) -> None:
    first, second = world.shop.supplier_ids
    orders = [world.sell(f"Q-{number}") for number in range(4)]
    work = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    good, rejected, silent, held = (each["id"] for each in work)
    path = "/supplier/fulfilments"
    for number in (good, held):
        assert world.first.post(f"{path}/{number}/accept").status == 200
    assert world.first.post(f"{path}/{rejected}/reject", {"code": "item_unknown"}).status == 200
    assert world.first.post(f"{path}/{good}/labelled", LABEL | {"waybill": "Q1"}).status == 200
    assert world.scan(("Q1", "collected", 0)) == ["recorded"]
    advance(operator, "P1D")
    advance(operator, "PT10M")
    found = figures(operator, first)
    assert {name: (each["numerator"], each["denominator"]) for name, each in found.items()} == {
        "licence": (0, 1),
        "acceptance_on_time": (3, 4),
        "collection_on_time": (1, 1),
        "stuck_rate": (0, 2),
        "rejection_rate": (1, 3),
        "dispute_rate": (0, 1),
    }
    assert (found["acceptance_on_time"]["share"], found["acceptance_on_time"]["points"]) == (
        "0.7500",
        "0.1500",
    )
    behind = operator.get(found["acceptance_on_time"]["orders"].removeprefix("/v1") + "?against=true").body
    assert [(each["fulfilment_id"], each["facts"]) for each in behind["items"]] == [(silent, ["late"])]
    order = operator.get(behind["items"][0]["order"].removeprefix("/v1"))
    assert (order.status, order.body["id"]) == (200, orders[2]["order_id"])
    page = operator.get(found["rejection_rate"]["orders"].removeprefix("/v1") + "?limit=1").body
    rest = operator.get(
        found["rejection_rate"]["orders"].removeprefix("/v1") + f"?cursor={page['next_cursor']}"
    ).body
    assert len(page["items"] + rest["items"]) == found["rejection_rate"]["denominator"]
    assert operator.get(f"/suppliers/{first}/scorecard/charm").code == "scorecard.no_figure"

    assert figures(world.first, first) == found, "a supplier sees its own"
    assert world.first.get(f"/suppliers/{second}/scorecard").status == 404
    assert world.first.get(f"/suppliers/{first}/scorecard/stuck_rate").status == 403
    assert world.seller.get(f"/suppliers/{first}/scorecard").status == 403

    suspended = operator.post(f"/suppliers/{first}/decision", {"decision": "suspend", "note": "late"})
    assert suspended.body["state"] == "suspended"
    world.sell("Q-5")
    assert len(world.first.get(f"{path}?state=pushed").body["items"]) == 1, "nothing new"
    [open_there] = operator.get(f"/suppliers/{first}/open_fulfilments").body["items"]
    assert (open_there["shop_id"], open_there["open"], open_there["unanswered"], open_there["shipped"]) == (
        world.shop.shop_id, 3, 1, 1,
    )  # fmt: skip
    assert world.first.post(f"{path}/{silent}/accept").status == 200, "what it has it may do"
    here = f"/shops/{world.shop.shop_id}"
    assert told(world.seller, here, "supplier.") == ["supplier.suspended"]
    assert told(world.first, "/supplier", "supplier.") == ["supplier.suspended"]
    assert operator.post(f"/suppliers/{first}/decision", {"decision": "restore"}).body["state"] == "qualified"
    world.sell("Q-6")
    assert len(world.first.get(f"{path}?state=pushed").body["items"]) == 1, "it is given orders again"
    assert_all_well(andon.database)


@pytest.mark.clause("QUAL-1", "QUAL-2")
def test_a_shop_that_left_signs_a_supplier_anew_and_it_is_reviewed_for_that_shop(
    andon: Running, operator: Client
) -> None:
    left, _ = done_exit(andon.database, suppliers=1)
    advance(operator, "P1D")
    [supplier_id] = left.supplier_ids
    seller = Client(andon.url, key_for(andon.database, "shop", left.shop_id))
    supplier = Client(andon.url, key_for(andon.database, "supplier", supplier_id))
    here = f"/shops/{left.shop_id}"
    offered = seller.post(f"{here}/bindings", {"supplier_id": supplier_id})
    assert offered.status in (200, 201), offered
    assert operator.get("/reviews").body["items"] == []
    assert supplier.post(f"/supplier/bindings/{offered.body['id']}/accept").status == 200
    advance(operator, "PT1S")
    [review] = operator.get("/reviews?state=opened").body["items"]
    assert (review["shop_id"], review["supplier_id"], review["late"]) == (left.shop_id, supplier_id, False)
    assert seller.get(f"{here}/reviews").body["items"] == [review]
    advance(operator, "P3D")
    assert told(operator, "", "review.") == ["review.opened", "review.escalated"]
    decided = operator.post(f"/reviews/{review['id']}/decision", {"decision": "passed", "note": "如常"})
    assert (decided.status, decided.body["state"], decided.body["note"]) == (200, "passed", "如常")
    assert decided.body["scorecard"]["supplier_id"] == supplier_id
    assert told(seller, here, "review.") == ["review.passed"]
    assert told(supplier, "/supplier", "review.") == ["review.opened", "review.passed"]
    assert operator.post("/reviews/4711/decision", {"decision": "passed"}).code == "review.not_found"
    again = operator.post(f"/reviews/{review['id']}/decision", {"decision": "failed"})
    assert (again.status, again.code) == (409, "review.state")
    assert seller.get("/reviews").status == 403
    assert_all_well(andon.database)
