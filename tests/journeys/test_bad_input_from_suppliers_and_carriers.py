"""What a supplier or a carrier says and cannot be is refused with a code, and changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from tests.clients import Client
from tests.journeys.blackbox import Served, good, problem, refused, serial
from tests.journeys.blackbox_market import CARRIER, SIZE, Scene

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

NO = {"code": "other"}


def label(waybill: str = "W-NEW", **changes: Any) -> dict[str, Any]:
    """A label that is as it should be, but for the changes."""
    return {"carrier": CARRIER, "waybill": waybill} | SIZE | changes


ANSWERS: list[tuple[str, str, str, Any, int, str]] = [
    ("a rejection after the acceptance", "accepted", "reject", NO, 409, "fulfilment.answered"),
    ("an acceptance after the rejection", "rejected", "accept", {}, 409, "fulfilment.answered"),
    ("another rejection", "rejected", "reject", {"code": "out_of_stock"}, 409, "fulfilment.answered"),
    ("a rejection of what was delivered", "delivered", "reject", NO, 409, "fulfilment.answered"),
    ("a rejection without a code", "pushed", "reject", {}, 422, "request.invalid"),
    ("a rejection by an unknown code", "pushed", "reject", {"code": "tired"}, 422, "request.invalid"),
    ("a rejection with an empty note", "pushed", "reject", NO | {"note": ""}, 422, "request.invalid"),
    ("a rejection with a book", "pushed", "reject", NO | {"note": "x" * 2001}, 422, "request.invalid"),
    ("an acceptance that says more", "pushed", "accept", {"when": "soon"}, 422, "request.invalid"),
    ("a pick before the answer", "pushed", "picked", {}, 409, "fulfilment.state"),
    ("a pick of what was rejected", "rejected", "picked", {}, 409, "fulfilment.state"),
    ("a label before the answer", "pushed", "labelled", label(), 409, "fulfilment.state"),
    ("a label of what has arrived", "delivered", "labelled", label(), 409, "fulfilment.state"),
    ("no weight", "accepted", "labelled", label(weight_g=0), 422, "label.weight"),
    ("less than no weight", "accepted", "labelled", label(weight_g=-1), 422, "label.weight"),
    ("more than a ton", "accepted", "labelled", label(weight_g=1_000_001), 422, "label.weight"),
    ("a weight as text", "accepted", "labelled", label(weight_g="350"), 422, "request.invalid"),
    ("no width", "accepted", "labelled", label(width_mm=0), 422, "label.size"),
    ("a mile", "accepted", "labelled", label(length_mm=10_001), 422, "label.size"),
    ("an unknown carrier", "accepted", "labelled", label(carrier="pigeon"), 422, "carrier.unknown"),
    ("a waybill of two words", "accepted", "labelled", label("W 1"), 422, "waybill.malformed"),
    ("a waybill that is not ASCII", "accepted", "labelled", label("运单1"), 422, "waybill.malformed"),
    ("no waybill", "accepted", "labelled", label(""), 422, "request.invalid"),
    ("an unknown field", "accepted", "labelled", label(colour="red"), 422, "request.invalid"),
    ("a hand-over before the label", "accepted", "shipped", {}, 409, "fulfilment.state"),
    ("an answer nobody waits for", "accepted", "cancellation", {"answer": "accepted"}, 409, "cancellation.not_requested"),
    ("an answer that is none", "accepted", "cancellation", {"answer": "maybe"}, 422, "request.invalid"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "act", "body", "status", "code"),
    [each[1:] for each in ANSWERS],
    ids=[each[0] for each in ANSWERS],
)
@pytest.mark.clause("MODE-3")
def test_what_a_supplier_says_out_of_turn_is_refused(
    served: Served, scene: Scene, state: str, act: str, body: Any, status: int, code: str
) -> None:
    path = f"/supplier/fulfilments/{getattr(scene, state)}/{act}"
    refused(served, lambda **told: scene.market.supplier[0].post(path, body, **told), status, code)


@pytest.mark.parametrize(
    ("state", "act", "body"),
    [("accepted", "accept", {}), ("rejected", "reject", NO), ("labelled", "picked", {})],
)
def test_the_same_said_twice_changes_nothing(
    served: Served, scene: Scene, state: str, act: str, body: Any
) -> None:
    with served.unchanged():
        assert scene.market.tell(getattr(scene, state), act, body)["state"] == state


def test_the_same_label_twice_is_one_parcel(served: Served, scene: Scene) -> None:
    with served.unchanged():
        told = scene.market.tell(scene.labelled, "labelled", label(scene.waybill))
    assert [parcel["waybill"] for parcel in told["parcels"]] == [scene.waybill]


def test_a_waybill_is_one_parcels_alone(served: Served, scene: Scene) -> None:
    first = scene.market.supplier[0]
    for fulfilment, body, code in (
        (scene.accepted, label(scene.waybill), "waybill.taken"),
        (scene.labelled, label(scene.waybill, weight_g=351), "label.differs"),
    ):
        path = f"/supplier/fulfilments/{fulfilment}/labelled"
        refused(served, lambda path=path, body=body, **told: first.post(path, body, **told), 409, code)


@pytest.mark.parametrize(
    ("hours", "code"), [(-48, "handover.too_early"), (1, "handover.in_future")], ids=["early", "late"]
)
def test_a_hand_over_that_cannot_have_been_is_refused(
    served: Served, scene: Scene, hours: int, code: str
) -> None:
    order = scene.market.sell()
    number = scene.market.part(order)["id"]
    scene.market.label(number)
    path = f"/supplier/fulfilments/{number}/shipped"
    body = {"handed_over_at": (served.now + timedelta(hours=hours)).isoformat()}
    refused(served, lambda **told: scene.market.supplier[0].post(path, body, **told), 422, code)
    for text, inner in (
        ("2026-11-23T10:00:00", "instant.naive"),
        ("9999-12-31T00:00:00Z", "instant.out_of_range"),
    ):
        naive = {"handed_over_at": text}
        refused(
            served,
            lambda naive=naive, **told: scene.market.supplier[0].post(path, naive, **told),
            422,
            "request.invalid",
            inner,
        )


ACTS: list[tuple[str, Any]] = [("accept", {}), ("reject", NO), ("picked", {}), ("labelled", label()),
    ("shipped", {}), ("cancellation", {"answer": "accepted"})]  # fmt: skip


@pytest.mark.parametrize(("act", "body"), ACTS, ids=[act for act, _ in ACTS])
def test_of_anothers_fulfilment_a_supplier_says_nothing(
    served: Served, scene: Scene, act: str, body: Any
) -> None:
    mates, strangers = scene.market.supplier[1], scene.other.supplier[0]
    for caller, number in (
        (mates, scene.accepted),
        (strangers, scene.accepted),
        (scene.market.supplier[0], scene.others_fulfilment),
        (scene.market.supplier[0], 2**62),
    ):
        path = f"/supplier/fulfilments/{number}/{act}"
        refused(
            served,
            lambda caller=caller, path=path, **told: caller.post(path, body, **told),
            404,
            "fulfilment.not_found",
        )
        problem(caller.get(f"/supplier/fulfilments/{number}"), 404, "fulfilment.not_found")


def test_in_bulk_each_act_has_its_own_code_and_a_refused_one_changes_nothing(
    served: Served, scene: Scene
) -> None:
    acts = [
        {"id": scene.accepted, "action": "reject", "code": "other"},
        {"id": scene.others_fulfilment, "action": "accept"},
        {"id": scene.pushed, "action": "picked"},
        {"id": scene.accepted, "action": "accept"},
        {"id": scene.accepted, "action": "labelled"} | label(carrier="pigeon"),
    ]
    with served.unchanged():
        told = good(scene.market.supplier[0].post("/supplier/fulfilments/bulk", acts))["results"]
    assert [(each["index"], each["code"] or each["status"]) for each in told] == [
        (0, "fulfilment.answered"),
        (1, "fulfilment.not_found"),
        (2, "fulfilment.state"),
        (3, "already"),
        (4, "carrier.unknown"),
    ]


COUNT = {"supplier_sku": "I-1", "counted": 5, "owner": "supplier"}
COUNTS: list[tuple[str, Any, int, str]] = [
    ("a negative count", [COUNT | {"counted": -1}], 422, "stock.count"),
    ("a huge count", [COUNT | {"counted": 10**9 + 1}], 422, "stock.count"),
    ("half a unit", [COUNT | {"counted": 0.5}], 422, "request.invalid"),
    ("a count as text", [COUNT | {"counted": "5"}], 422, "request.invalid"),
    ("an item twice", [COUNT, COUNT], 422, "stock.item_twice"),
    ("consigned units of nobody", [COUNT | {"owner": "shop"}], 422, "stock.owner"),
    ("own units of a shop", [COUNT | {"shop_id": 1}], 422, "stock.owner"),
    ("units of a shop that is not bound", [COUNT | {"owner": "shop", "shop_id": 1}], 422, "stock.unknown_item"),
    ("units of a shop that is not there", [COUNT | {"owner": "shop", "shop_id": 2**62}], 422, "stock.unknown_item"),
    ("an owner that is none", [COUNT | {"owner": "carrier"}], 422, "request.invalid"),
    ("an empty item", [COUNT | {"supplier_sku": ""}], 422, "request.invalid"),
    ("an item of 129 characters", [COUNT | {"supplier_sku": "i" * 129}], 422, "request.invalid"),
    ("an unexpected count", [COUNT | {"expected": 4711}], 409, "stock.changed"),
    ("no count", [], 422, "request.invalid"),
    ("1,001 counts", [COUNT] * 1001, 422, "request.invalid"),
    ("one count without a list", COUNT, 422, "request.invalid"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code"), [each[1:] for each in COUNTS], ids=[each[0] for each in COUNTS]
)
@pytest.mark.clause("STOCK-3")
def test_a_count_that_cannot_be_is_refused(
    served: Served, scene: Scene, body: Any, status: int, code: str
) -> None:
    first = scene.market.supplier[0]
    refused(served, lambda **told: first.put("/supplier/stock", body, **told), status, code)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://wms.example/x", "javascript:alert(1)", "wms.example", "http://", "http:///x", "https://:443/",
     "http://wms.example:99999/", "http://a b/", "http://wms.example/\n", "http://user:word@wms.example/", "h" * 2001],
)  # fmt: skip
def test_an_endpoint_that_is_no_address_is_refused(served: Served, scene: Scene, url: str) -> None:
    answer = scene.market.supplier[0].put("/supplier/endpoint", {"url": url})
    code = "request.invalid" if len(url) > 2000 else "endpoint.url"
    problem(answer, 422, code)
    refused(
        served,
        lambda **told: scene.market.supplier[0].put("/supplier/endpoint", {"url": url}, **told),
        422,
        code,
    )


def test_a_push_that_there_is_not_is_not_replayed(served: Served, scene: Scene) -> None:
    call = scene.market.supplier[0].post
    refused(served, lambda **told: call("/supplier/pushes/4711000/replay", **told), 404, "push.not_found")


# --- carriers ---------------------------------------------------------------------------------------------------


def told(carrier: Client, scans: list[dict[str, Any]], code: str = CARRIER) -> list[str]:
    """What became of each scan."""
    results = good(carrier.post(f"/carriers/{code}/scans", scans))["results"]
    return [each["code"] or each["status"] for each in results]


def test_bad_scans_have_a_code_each_and_change_nothing(served: Served, scene: Scene) -> None:
    now, placed = served.now, scene.order["placed_at"]

    def scan(status: str = "in_transit", waybill: str = scene.waybill, **ahead: float) -> dict[str, Any]:
        at = (now + timedelta(**ahead)).isoformat()
        return {"waybill": waybill, "status": status, "occurred_at": at}

    with served.unchanged():
        assert told(
            scene.market.carrier,
            [
                scan("beamed_up"),
                scan("DELIVERED"),
                scan(minutes=10, seconds=1),
                scan() | {"occurred_at": placed.replace(placed[:4], "2020", 1)},
            ],
        ) == ["scan.status", "scan.status", "scan.in_future", "scan.too_early"]
        stranger = served.client(served.world["carriers"][4]["key"])
        code = served.world["carriers"][4]["code"]
        assert told(stranger, [scan("delivered")], code) == ["scan.other_carrier"]


def test_a_scan_ten_minutes_ahead_is_a_clock_that_is_fast(served: Served, scene: Scene) -> None:
    order = scene.market.sell()
    waybill = scene.market.label(scene.market.part(order)["id"])
    assert scene.market.scan(waybill, ("collected", served.now + timedelta(minutes=10))) == ["recorded"]


SCAN = {"waybill": "W1", "status": "collected", "occurred_at": "2026-11-23T10:00:00Z"}
SCANS: list[tuple[str, Any, str]] = [
    ("an empty list", [], "field.length"),
    ("1,001 scans", [SCAN] * 1001, "field.length"),
    ("one scan without a list", SCAN, "field.type"),
    ("a naive instant", [SCAN | {"occurred_at": "2026-11-23T10:00:00"}], "instant.naive"),
    ("the year 1", [SCAN | {"occurred_at": "0001-01-01T00:00:00Z"}], "instant.out_of_range"),
    ("the year 9999", [SCAN | {"occurred_at": "9999-12-31T23:59:59Z"}], "instant.out_of_range"),
    ("a day as an instant", [SCAN | {"occurred_at": "soon"}], "field.type"),
    ("no waybill", [SCAN | {"waybill": ""}], "field.pattern"),
    ("a waybill of two words", [SCAN | {"waybill": "W 1"}], "field.pattern"),
    ("a waybill of 65 characters", [SCAN | {"waybill": "W" * 65}], "field.pattern"),
    ("no status", [SCAN | {"status": ""}], "field.length"),
    ("an unknown field", [SCAN | {"colour": "red"}], "field.unknown"),
    ("a record too long", [SCAN | {"raw": "x" * 10_001}], "scan.raw"),
    ("a record that is too deep a tree", [SCAN | {"raw": {"x": ["x" * 200] * 60}}], "scan.raw"),
    ("a NUL in a place", [SCAN | {"place": "a\0b"}], "text.nul"),
    ("a huge number in a record", [SCAN | {"raw": {"n": 10**30}}], "integer.out_of_range"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "inner"), [each[1:] for each in SCANS], ids=[each[0] for each in SCANS])
def test_scans_that_cannot_be_read_are_refused_as_a_whole(
    served: Served, scene: Scene, body: Any, inner: str
) -> None:
    call, path = scene.market.carrier.post, f"/carriers/{CARRIER}/scans"
    refused(served, lambda **said: call(path, body, **said), 422, "request.invalid", inner)


@pytest.mark.clause("FEE-3")
def test_measures_that_cannot_be_have_a_code_each_and_change_nothing(served: Served, scene: Scene) -> None:
    measure = {"waybill": scene.waybill} | SIZE
    bad = [
        measure | {"weight_g": 0},
        measure | {"length_mm": 10_001},
        measure | {"waybill": f"W{serial()}"},
    ]
    path = f"/carriers/{CARRIER}/waybills"
    with served.unchanged():
        results = good(scene.market.carrier.post(path, bad))["results"]
        assert [each["code"] for each in results] == ["label.weight", "label.size", "waybill.unknown"]
    for body in ([], [measure] * 1001, [measure | {"weight_g": 1.5}], [measure | {"raw": ""}]):
        refused(
            served,
            lambda body=body, **said: scene.market.carrier.post(path, body, **said),
            422,
            "request.invalid",
        )
