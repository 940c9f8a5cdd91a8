"""Who has no key, a wrong one or another's sees nothing and changes nothing; the two are told apart for nobody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients import Answer
from tests.journeys.blackbox import Served, good, problem, refused
from tests.journeys.blackbox_market import Scene

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

BODIES: dict[str, Any] = {
    "/orders/bulk": {"orders": [{}]},
    "/products/batch_edit": {"skus": ["S-1"], "set": {"mode": "standard"}},
    "/funds/deposits": {"amount": {"amount": "1.00", "currency": "CNY"}},
    "/charges/settle_early": {"all": True},
    "/bindings": {"supplier_id": 1},
    "/plan": {"lines": ["cainiao_standard"]},
    "/policy_overrides": {"reroute_on_silence": True},
    "/product_exits": {"skus": ["S-1"]},
    "/calibrations/{calibration_id}": {"counted": 1},
    "/stock/{sku}": {"location": "local", "counted": 1},
}


def calls(served: Served) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every call that needs a key: its method, its path, and what the API's document says of it."""
    document = good(served.client().get("/openapi.json"))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "x-parties" in operation:
                yield method.upper(), path.removeprefix("/v1"), operation


def filled(path: str, scene: Scene) -> str:
    """A path with the numbers of the first shop."""
    known = {
        "shop_id": scene.market.shop_id,
        "order_id": scene.order_id,
        "fulfilment_id": scene.pushed,
        "supplier_id": scene.market.suppliers[0],
        "sku": "S-1",
        "carrier": "cainiao",
        "channel": "plaza",
        "binding_id": 1,
        "key_id": 4711,
        "push_id": 1,
        "notice_id": 1,
        "note_id": 4711,
        "kind": "ioss",
        "parcel_id": 4711,
        "exemption_id": 4711,
        "user_id": 4711,
        "invitation_id": 4711,
        "session_id": 4711,
        "webhook_id": 4711,
        "appeal_id": 4711,
        "violation_id": 4711,
        "dispute_id": 4711,
        "evidence_id": 4711,
        "calibration_id": 4711,
        "number": "JIT-TN-2026-000001",
        "exit_id": 4711,
        "move_id": 4711,
        "letter_id": 4711,
        "departure_id": 4711,
        "charge_id": 4711,
        "month": "2000-01",
        "review_id": 4711,
        "document_id": 4711,
        "figure": "stuck_rate",
        "version": "jit-3.2",
        "seal_no": 4711,
    }
    return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), path)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "credentials.missing"),
        ("", "credentials.missing"),
        ("Bearer", "credentials.malformed"),
        ("Bearer andon_live_", "credentials.malformed"),
        ("Bearer " + "x" * 10_000, "credentials.malformed"),
        ("Basic YTpi", "credentials.malformed"),
        ("Bearer andon_live_" + "0" * 49, "credentials.malformed"),
        ("Bearer ' or 1=1 --", "credentials.malformed"),
        ("Bearer 密钥".encode().decode("latin-1"), "credentials.malformed"),
    ],
    ids=[
        "none",
        "empty",
        "only a scheme",
        "only a prefix",
        "too long",
        "basic",
        "checksum",
        "SQL",
        "Chinese",
    ],
)
def test_without_a_key_that_can_be_one_every_call_answers_401(
    served: Served, scene: Scene, header: str | None, code: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    with served.unchanged():
        for method, path, _ in calls(served):
            answer = served.client().call(method, filled(path, scene), **headers)
            problem(answer, 401, code)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_that_was_never_given_out_or_was_revoked_opens_nothing(served: Served, scene: Scene) -> None:
    issued = good(
        served.operator.post(
            "/keys",
            {"party": "shop", "party_id": scene.market.shop_id, "scopes": ["orders.read"], "label": "brief"},
        ),
        201,
    )
    caller = served.client(issued["secret"])
    assert caller.get(f"{scene.market.here}/orders?limit=1").status == 200
    assert served.operator.delete(f"/keys/{issued['key_id']}").status == 204
    refused(
        served,
        lambda **told: caller.get(f"{scene.market.here}/orders", **told),
        401,
        "credentials.unknown",
    )
    assert served.operator.delete(f"/keys/{issued['key_id']}").status == 204, "again changes nothing"


def body_for(path: str, method: str) -> Any:
    """A body for a call that would do something."""
    if method == "GET":
        return None
    return next((body for end, body in BODIES.items() if path.endswith(end)), None)


def test_no_party_makes_the_calls_of_another(served: Served, scene: Scene) -> None:
    market = scene.market
    parties = {
        "shop": market.shop,
        "supplier": market.supplier[0],
        "carrier": market.carrier,
        "channel": market.channel,
    }
    with served.unchanged():
        for method, path, operation in calls(served):
            for party, caller in parties.items():
                if party not in operation["x-parties"]:
                    answer = caller.call(method, filled(path, scene), body_for(path, method))
                    assert (answer.status, answer.code) == (403, "credentials.party"), (party, method, path)


def test_another_shops_numbers_under_ones_own_path_are_not_found(served: Served, scene: Scene) -> None:
    market, own = scene.market, scene.market.here
    theirs = good(scene.other.shop.get(f"{scene.other.here}/bindings"))["items"][0]
    for method, path, code in (
        ("GET", f"{own}/orders/{scene.others_order}", "order.not_found"),
        ("GET", f"{own}/orders/{scene.others_order}/story", "order.not_found"),
        ("POST", f"{own}/orders/{scene.others_order}/cancel", "order.not_found"),
        ("GET", f"{own}/bindings/{theirs['id']}", "binding.not_found"),
        ("POST", f"{own}/fulfilments/{scene.others_fulfilment}/picked", "fulfilment.not_found"),
        ("GET", f"{own}/products/NOT-OURS", "product.not_found"),
        ("DELETE", f"{own}/mappings/S-1/{scene.other.suppliers[0]}", "mapping.not_found"),
        ("GET", f"{own}/orders/{2**62}", "order.not_found"),
    ):
        refused(
            served,
            lambda method=method, path=path, **told: market.shop.call(method, path, **told),
            404,
            code,
        )
    channel = scene.market.channel
    for act in ("cancel", "confirm"):
        path = f"{own}/orders/{scene.others_order}/{act}"
        refused(served, lambda path=path, **told: channel.post(path, **told), 404, "order.not_found")


def test_a_carrier_tells_under_its_own_name_and_a_supplier_sees_itself(served: Served, scene: Scene) -> None:
    carrier, supplier = scene.market.carrier, scene.market.supplier[0]
    scans = [{"waybill": "W1", "status": "collected", "occurred_at": "2026-11-23T10:00:00Z"}]
    for call in (
        lambda **told: carrier.post("/carriers/dhl/scans", scans, **told),
        lambda **told: carrier.post("/carriers/no-such/scans", scans, **told),
        lambda **told: supplier.get(f"/suppliers/{scene.market.suppliers[1]}", **told),
    ):
        refused(served, call, 404, "not_found")
    assert good(supplier.get(f"/suppliers/{scene.market.suppliers[0]}"))["state"] == "qualified"


def test_a_binding_is_accepted_by_its_own_supplier_alone(served: Served, scene: Scene) -> None:
    binding = good(scene.market.shop.get(f"{scene.market.here}/bindings"))["items"][0]
    path = f"/supplier/bindings/{binding['id']}/accept"
    stranger = scene.other.supplier[0]
    refused(served, lambda **told: stranger.post(path, **told), 404, "binding.not_found")
    with served.unchanged():
        assert good(scene.market.supplier[0].post(path))["state"] == "active", "again changes nothing"


def test_a_shop_that_there_is_not_is_not_found_by_anyone(served: Served, scene: Scene) -> None:
    for caller in (served.operator, scene.market.shop, scene.market.channel):
        answers: list[Answer] = [
            caller.post(f"/shops/{number}/orders/bulk", {"orders": [scene.order]})
            for number in (0, 4711, 2**62)
        ]
        assert {(each.status, each.code) for each in answers} == {(404, "not_found")}
    with served.unchanged():
        for number in ("-1", "+1", str(2**63), "one", "1.0", "１"):
            answer = served.operator.get(f"/shops/{number}/orders")
            assert answer.status in (404, 422), answer


BAD_KEYS: list[tuple[Any, str]] = [
    ({"party": "shop", "party_id": 4711}, "key.party"),
    ({"party": "shop", "party_id": "one"}, "key.party"),
    ({"party": "shop"}, "key.party"),
    ({"party": "carrier", "party_id": "pigeon"}, "key.party"),
    ({"party": "channel", "party_id": "Pla za"}, "key.party"),
    ({"party": "operator", "party_id": 1}, "key.party"),
    ({"party": "queen", "party_id": 1}, "request.invalid"),
    ({"party": "operator", "scopes": ["all"]}, "key.scope"),
    ({"party": "operator", "scopes": "all"}, "request.invalid"),
]


@pytest.mark.parametrize(("body", "code"), BAD_KEYS, ids=[str(body) for body, _ in BAD_KEYS])
def test_a_key_that_cannot_be_is_not_made(served: Served, body: Any, code: str) -> None:
    asked = {"scopes": [], "label": "x"} | body
    refused(served, lambda **told: served.operator.post("/keys", asked, **told), 422, code)
