"""A collection on paper: listed, scanned out, signed, answered; and three days later nobody's word is against another's."""

import pytest

from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import World
from tests.journeys.test_a_stuck_parcel_is_remedied import labelled
from tests.worlds_audit import assert_all_well

NOTES = "/supplier/handovers"


@pytest.mark.clause("MODE-4")
def test_the_seller_reads_on_whose_side_the_evidence_lies(
    andon: Running, world: World, operator: Client
) -> None:
    out, missing = labelled(world, "A-1"), labelled(world, "A-2")
    plan = {"carrier": "cainiao", "window": {"from": "2026-03-02T08:00:00Z", "until": "2026-03-02T10:00:00Z"}}
    made = world.first.post(NOTES, plan)
    assert made.status == 201, made
    note = made.body["id"]
    assert (made.body["number"], made.body["parcels"], made.body["carrier_late"]) == (
        "HO-20260302-0001",
        2,
        False,
    )
    assert world.first.post(NOTES, plan).code == "handover.empty"
    listed = world.first.get(f"{NOTES}/{note}.csv")
    assert listed.headers["Content-Type"].startswith("text/csv")
    assert [line.split(b",")[0] for line in listed.raw.splitlines()] == [b"waybill", b"W-A-1", b"W-A-2"]

    scan = world.first.post(f"{NOTES}/{note}/scan", {"waybills": ["W-A-1", "W-OTHER"]}).body
    assert (scan["scanned"], scan["missing"], scan["surplus"]) == (["W-A-1"], ["W-A-2"], ["W-OTHER"])
    driver = {"signed_by": "王师傅", "role": "driver", "signature": "pad-17"}
    signed = world.first.post(f"{NOTES}/{note}/sign", driver).body
    assert len(signed["sha256"]) == 64
    assert world.first.post(f"{NOTES}/{note}/sign", driver).body == signed

    assert [each["id"] for each in world.carrier.get("/carriers/cainiao/handovers").body["items"]] == [note]
    paper = world.first.get(f"{NOTES}/{note}.pdf")
    assert (paper.headers["Content-Type"], paper.raw[:5]) == ("application/pdf", b"%PDF-")
    answer = world.carrier.post(f"/carriers/cainiao/handovers/{note}/answer", {"collected": False}).body
    assert answer["collected"] is False, "it denies what its driver signed"

    operator.post("/clock/advance", {"by": "PT73H"})
    shop = f"/shops/{world.shop.shop_id}"
    told = {
        part["id"]: part["handover"]
        for order in world.seller.get(f"{shop}/orders?flag=stuck").body["items"]
        for part in order["fulfilments"]
    }
    assert {number: each["evidence"] for number, each in told.items()} == {
        out: "carrier",
        missing: "supplier",
    }
    assert told[out]["note"] == "HO-20260302-0001"
    assert told[out]["signed_at"]
    notices = world.seller.get(f"{shop}/notices?unread=true").body["items"]
    assert {each["facts"]["evidence"] for each in notices} == {"carrier", "supplier"}
    kept = operator.get("/carriers/cainiao/handovers/punctuality").body
    assert (kept["notes"], kept["denied_notes"], kept["waiting"], kept["late_parcels"]) == (1, 1, 1, 1)
    assert_all_well(andon.database)


def test_strangers_do_not_find_a_note_and_bad_input_makes_none(andon: Running, world: World) -> None:
    labelled(world, "A-1")
    note = world.first.post(NOTES, {"carrier": "cainiao", "collected_on": "2026-03-02"}).body["id"]
    yanwen = Client(andon.url, key_for(andon.database, "carrier", "yanwen"))
    for client, path in (
        (world.second, f"{NOTES}/{note}"),
        (world.second, f"{NOTES}/{note}.csv"),
        (world.second, f"{NOTES}/{note}.pdf"),
        (yanwen, f"/carriers/yanwen/handovers/{note}"),
        (yanwen, f"/carriers/cainiao/handovers/{note}"),
        (world.first, f"{NOTES}/{note + 1}"),
    ):
        assert client.get(path).status == 404, path
    assert world.seller.get(NOTES).status == 403
    for body in (
        {},
        {"carrier": "cainiao", "waybills": []},
        {"carrier": "nobody"},
        {"carrier": "cainiao", "waybills": ["A B"]},
        {"carrier": "cainiao", "collected_on": "yesterday"},
        {"carrier": "cainiao", "window": {"from": "2026-03-02T10:00:00Z", "until": "2026-03-02T08:00:00Z"}},
        {"carrier": "cainiao", "unknown": 1},
    ):
        assert world.first.post(NOTES, body).status == 422, body
    assert len(world.first.get(NOTES).body["items"]) == 1
