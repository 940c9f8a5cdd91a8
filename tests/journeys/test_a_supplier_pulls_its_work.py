"""A supplier without an endpoint asks what there is, waits at the door, and sends everything on its way."""

import threading
import time

from tests.clients import Answer, Client, key_for
from tests.journeys.conftest import Running
from tests.journeys.market import LABEL, World
from tests.worlds import NOON, transaction
from tests.worlds_partners import open_demo_shop


def test_from_the_pull_queue_to_the_buyer(world: World, operator: Client) -> None:
    world.sell("A-1")
    found = world.first.get("/supplier/fulfilments?state=pushed").body["items"]
    [fulfilment] = found
    line = {"line_no": 1, "sku": "S-1", "supplier_sku": "I-S-1", "quantity": 2, "units": 2}
    assert fulfilment["lines"] == [line | {"marks": [], "un_number": None}]
    assert fulfilment["ship_to"]["phone"] == "+34 600 000 000"
    assert "email" not in fulfilment["ship_to"], "a label needs no e-mail address"
    assert fulfilment["ship_by"] == "2026-03-05T04:00:00Z"
    assert fulfilment["answer_by"] == "2026-03-03T04:00:00Z"

    path = f"/supplier/fulfilments/{fulfilment['id']}"
    assert world.first.post(f"{path}/accept").body["state"] == "accepted"
    assert world.first.post(f"{path}/accept", {}).body["state"] == "accepted", "the same answer twice is one"
    assert world.first.post(f"{path}/picked").body["state"] == "picked"
    labelled = world.first.post(f"{path}/labelled", LABEL | {"waybill": "CN1"})
    assert labelled.body["state"] == "labelled", labelled
    assert [parcel["waybill"] for parcel in labelled.body["parcels"]] == ["CN1"]
    handed = world.first.post(f"{path}/shipped")
    assert (handed.body["state"], handed.body["handed_over_at"]) == ("labelled", "2026-03-02T04:00:00Z")
    assert world.first.get("/supplier/fulfilments?state=pushed").body == {"items": [], "next_cursor": None}

    assert operator.post("/clock/advance", {"by": "PT48H"}).status == 200
    assert world.scan(("CN1", "collected", 2), ("CN1", "in_transit", 9)) == ["recorded", "recorded"]
    shipped = world.first.get(path).body
    assert (shipped["state"], shipped["shipped_at"], shipped["ship_to"]) == (
        "shipped",
        "2026-03-02T06:00:00Z",
        None,
    )
    assert world.scan(("CN1", "delivered", 40), ("CN1", "collected", 2)) == ["recorded", "known"]
    delivered = world.first.get(path).body
    assert (delivered["state"], delivered["parcels"][0]["status"]) == ("delivered", "delivered")


def test_who_waits_at_the_door_is_told_at_once(world: World) -> None:
    heard: list[Answer] = []
    waiting = threading.Thread(
        target=lambda: heard.append(world.first.get("/supplier/fulfilments?state=pushed&wait=30"))
    )
    waiting.start()
    time.sleep(0.7)
    began = time.monotonic()
    world.sell("A-1")
    waiting.join(20)
    assert time.monotonic() - began < 5
    assert len(heard[0].body["items"]) == 1


def test_who_waits_for_nothing_is_answered_when_the_time_is_up(world: World) -> None:
    began = time.monotonic()
    answer = world.first.get("/supplier/fulfilments?state=pushed&wait=1")
    assert answer.body == {"items": [], "next_cursor": None}
    assert 0.9 < time.monotonic() - began < 5


def test_a_question_that_cannot_be_is_refused(world: World) -> None:
    for query in (
        "wait=61",
        "wait=-1",
        "wait=1.5",
        "wait=soon",
        "state=lovely",
        "limit=0",
        "colour=red",
        "shop=x",
    ):
        assert world.first.get(f"/supplier/fulfilments?{query}").status == 422, query


def test_pages_and_filters_by_shop(world: World) -> None:
    for number in range(5):
        world.sell(f"A-{number}")
    first = world.first.get("/supplier/fulfilments?limit=3").body
    second = world.first.get(f"/supplier/fulfilments?limit=3&cursor={first['next_cursor']}").body
    numbers = [each["id"] for each in first["items"] + second["items"]]
    assert len(set(numbers)) == 5
    assert numbers == sorted(numbers)
    assert second["next_cursor"] is None
    assert len(world.first.get(f"/supplier/fulfilments?shop={world.shop.shop_id}").body["items"]) == 5
    assert world.first.get("/supplier/fulfilments?shop=4711").body["items"] == []


def test_many_are_answered_in_one_call_each_with_its_own_outcome(world: World) -> None:
    for number in range(3):
        world.sell(f"A-{number}")
    a, b, c = (each["id"] for each in world.first.get("/supplier/fulfilments").body["items"])
    acts = [
        {"id": a, "action": "labelled", "waybill": "CN1", **LABEL},
        {"id": a, "action": "accept"},
        {"id": b, "action": "reject", "code": "invalid_address", "note": "no such street"},
        {"id": c, "action": "picked"},
        {"id": a, "action": "shipped"},
        {"id": 4711, "action": "accept"},
    ]
    answer = world.first.post("/supplier/fulfilments/bulk", acts)
    assert [(each["id"], each["code"] or each["status"]) for each in answer.body["results"]] == [
        (a, "done"), (a, "done"), (b, "done"), (c, "fulfilment.state"), (a, "done"), (4711, "fulfilment.not_found"),
    ]  # fmt: skip
    again = world.first.post("/supplier/fulfilments/bulk", acts[:3]).body["results"]
    assert [each["status"] for each in again] == ["already"] * 3
    assert len(world.second.get("/supplier/fulfilments?state=pushed").body["items"]) == 1


def test_a_label_is_voided_and_what_cannot_be_fulfilled_is_taken_back(world: World) -> None:
    for number in range(3):
        world.sell(f"A-{number}")
    a, b, c = (each["id"] for each in world.first.get("/supplier/fulfilments").body["items"])
    old, new = {"carrier": "cainiao", "waybill": "CN1"}, {"carrier": "cainiao", "waybill": "CN2"}
    early = world.first.post(f"/supplier/fulfilments/{a}/cannot_fulfil", {"reason": "damaged"})
    assert (early.status, early.code) == (409, "fulfilment.not_accepted")
    world.first.post("/supplier/fulfilments/bulk", [{"id": each, "action": "accept"} for each in (a, b, c)])
    world.first.post(f"/supplier/fulfilments/{a}/labelled", LABEL | old)
    for _ in range(2):
        seen = world.first.post(f"/supplier/fulfilments/{a}/void_label", old | {"reason": "misprinted"})
        assert (seen.status, seen.body["state"]) == (200, "labelled"), seen
        assert seen.body["parcels"][0]["voided_at"] is not None
    gone = world.first.post(f"/supplier/fulfilments/{b}/cannot_fulfil", {"reason": "damaged", "lines": [1]})
    assert (gone.status, gone.body["state"], gone.body["reason"]) == (200, "rejected", "damaged")
    acts = [
        {"id": a, "action": "void_label"} | new,
        {"id": a, "action": "labelled"} | LABEL | new,
        {"id": b, "action": "cannot_fulfil", "reason": "damaged"},
        {"id": c, "action": "cannot_fulfil", "reason": "out_of_stock", "note": "空"},
    ]
    told = world.first.post("/supplier/fulfilments/bulk", acts).body["results"]
    assert [each["code"] or each["status"] for each in told] == ["label.not_found", "done", "already", "done"]
    assert len(world.second.get("/supplier/fulfilments?state=pushed").body["items"]) == 2
    missing = world.second.post(f"/supplier/fulfilments/{a}/void_label", new)
    assert (missing.status, missing.code) == (404, "fulfilment.not_found")


def test_a_bulk_call_that_cannot_be_changes_nothing(world: World) -> None:
    world.sell("A-1")
    [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
    accept = {"id": fulfilment["id"], "action": "accept"}
    for acts in (
        [],
        [accept] * 1001,
        [accept | {"action": "dance"}],
        [accept | {"colour": "red"}],
        [accept | {"action": "reject"}],
        [accept | {"action": "reject", "code": "too_tired"}],
        [accept | {"action": "cannot_fulfil", "reason": "too_tired"}],
        [accept | {"action": "void_label"}],
        [accept, accept | {"id": 0}],
        accept,
    ):
        answer = world.first.post("/supplier/fulfilments/bulk", acts)
        assert (answer.status, answer.code) == (422, "request.invalid"), answer
    assert world.first.get("/supplier/fulfilments").body["items"] == [fulfilment]


def test_what_is_said_of_anothers_fulfilment_or_in_the_wrong_state_has_its_code(world: World) -> None:
    world.sell("A-1")
    [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
    path = f"/supplier/fulfilments/{fulfilment['id']}"
    for act in ("accept", "picked", "shipped"):
        stranger = world.second.post(f"{path}/{act}")
        assert (stranger.status, stranger.code) == (404, "fulfilment.not_found")
    assert world.second.get(path).code == "fulfilment.not_found"
    assert world.second.get("/supplier/fulfilments").body["items"] == []
    early = world.first.post(f"{path}/picked")
    assert (early.status, early.code, early.body["state"]) == (409, "fulfilment.state", "pushed")
    world.first.post(f"{path}/accept")
    other = world.first.post(f"{path}/reject", {"code": "other"})
    assert (other.status, other.code) == (409, "fulfilment.answered")
    for change, code in (
        ({"weight_g": 0}, "label.weight"),
        ({"weight_g": "350"}, "request.invalid"),
        ({"height_mm": 10_001}, "label.size"),
        ({"carrier": "pigeon"}, "carrier.unknown"),
        ({"waybill": "two words"}, "waybill.malformed"),
        ({"waybill": ""}, "request.invalid"),
    ):
        answer = world.first.post(f"{path}/labelled", LABEL | {"waybill": "CN1"} | change)
        assert (answer.status, answer.code) == (422, code), answer
    assert world.first.get(path).body["state"] == "accepted"
    assert world.seller.get(path).status == 403


def test_a_retry_under_one_idempotency_key_is_answered_as_the_first(world: World) -> None:
    world.sell("A-1")
    [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
    path = f"/supplier/fulfilments/{fulfilment['id']}/accept"
    first = world.first.post(path, Idempotency_Key="k1")
    again = world.first.post(path, Idempotency_Key="k1")
    assert first.raw == again.raw


def test_bad_scans_are_answered_one_by_one_and_change_nothing(world: World) -> None:
    world.sell("A-1")
    [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
    path = f"/supplier/fulfilments/{fulfilment['id']}"
    world.first.post(f"{path}/accept")
    world.first.post(f"{path}/labelled", LABEL | {"waybill": "CN1"})
    assert world.scan(
        ("CN1", "beamed_up", 0), ("CN1", "collected", -1), ("CN1", "collected", 0.2), ("CN9", "collected", 0)
    ) == ["scan.status", "scan.too_early", "scan.in_future", "pending"]  # fmt: skip
    assert world.first.get(path).body["state"] == "labelled"

    scan = {"waybill": "CN1", "status": "collected", "occurred_at": NOON.isoformat()}
    for bad in (
        [],
        [scan] * 1001,
        [scan | {"occurred_at": "2026-03-02T04:00:00"}],
        [scan | {"occurred_at": "0001-01-01T00:00:00Z"}],
        [scan | {"occurred_at": "9999-12-31T23:59:59Z"}],
        [scan | {"colour": "red"}],
        [scan | {"waybill": ""}],
        [scan | {"raw": "x" * 10_001}],
    ):
        answer = world.carrier.post("/carriers/cainiao/scans", bad)
        assert (answer.status, answer.code) == (422, "request.invalid"), answer
    assert world.carrier.post("/carriers/dhl/scans", [scan]).status == 404
    assert world.first.post("/carriers/cainiao/scans", [scan]).status == 403
    assert world.first.get(path).body["state"] == "labelled"


def test_a_carrier_reports_what_it_measured(world: World) -> None:
    measure = {"waybill": "CN1", "weight_g": 410, "length_mm": 210, "width_mm": 160, "height_mm": 50}
    answer = world.carrier.post("/carriers/cainiao/waybills", [measure])
    assert answer.body["results"] == [{"index": 0, "status": "refused", "code": "waybill.unknown"}]
    world.sell("A-1")
    [fulfilment] = world.first.get("/supplier/fulfilments").body["items"]
    path = f"/supplier/fulfilments/{fulfilment['id']}"
    world.first.post(f"{path}/accept")
    world.first.post(f"{path}/labelled", LABEL | {"waybill": "CN1"})
    answer = world.carrier.post("/carriers/cainiao/waybills", [measure])
    assert [each["status"] for each in answer.body["results"]] == ["recorded"]


def test_the_shop_sends_off_what_its_own_location_fulfils(andon: Running, world: World) -> None:
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx, local=10, intake_open=False)
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    own = World(shop, seller, world.first, world.second, world.carrier)
    own.sell("L-1")
    orders = seller.get(f"/shops/{shop.shop_id}/orders").body["items"]
    [fulfilment] = orders[0]["fulfilments"]
    assert fulfilment["mode"] == "standard"
    path = f"/shops/{shop.shop_id}/fulfilments/{fulfilment['id']}"
    assert seller.post(f"{path}/picked").body["state"] == "picked"
    assert seller.post(f"{path}/labelled", LABEL | {"waybill": "L1"}).body["state"] == "labelled"
    assert (
        world.seller.post(f"/shops/{world.shop.shop_id}/fulfilments/{fulfilment['id']}/picked").status == 404
    )
    assert own.scan(("L1", "collected", 0)) == ["recorded"]
