"""Whatever is sent to any call: an answer of the documented shape or a problem, and never a bug.

The inputs are made from the published OpenAPI document.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.transport import Response

from andon.app.codes import import_everything, titles
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop

LEFT_OUT = {
    ("POST", "/v1/clock/advance"),  # ten years of work at every call
    ("DELETE", "/v1/keys/{key_id}"),  # the keys that make the calls
}
CHECKED = ("not_a_server_error", "response_schema_conformance", "content_type_conformance")


@pytest.fixture
def world(andon: Running) -> dict[str, Any]:
    """A shop with goods and an order under way, and a key for each party."""
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx)
        carrier = next(iter(tx.policy.carriers))
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    order = {
        "channel": "web",
        "channel_order_no": "1",
        "placed_at": "2026-03-02T03:00:00Z",
        "ship_to": {"name": "A", "line1": "B", "city": "C", "country": "ES"},
        "lines": [{"sku": shop.skus[0], "quantity": 1, "unit_price": {"amount": "49.90", "currency": "CNY"}}],
    }
    placed = seller.post(f"/shops/{shop.shop_id}/orders/bulk", {"orders": [order]}).body["results"][0]
    found = seller.get(f"/shops/{shop.shop_id}/orders/{placed['order_id']}").body
    return {
        "order_id": placed["order_id"],
        "fulfilment_id": found["fulfilments"][0]["id"],
        "binding_id": seller.get(f"/shops/{shop.shop_id}/bindings").body["items"][0]["id"],
        "shop_id": shop.shop_id,
        "supplier_id": shop.supplier_ids[0],
        "carrier": carrier,
        "sku": shop.skus[0],
        "keys": {
            "shop": key_for(andon.database, "shop", shop.shop_id),
            "supplier": key_for(andon.database, "supplier", shop.supplier_ids[0]),
            "carrier": key_for(andon.database, "carrier", carrier),
            "channel": key_for(andon.database, "channel", "web"),
            "operator": key_for(andon.database, "operator"),
        },
    }


def try_all(andon: Running, world: dict[str, Any], examples: int) -> list[str]:
    """Call every operation with so many made-up inputs; answers what went wrong."""
    import_everything()
    schema = schemathesis.openapi.from_dict(Client(andon.url).get("/openapi.json").body)
    schema.config.base_url = andon.url
    operations = [found.ok() for found in schema.get_all_operations()]
    return [
        fault
        for operation in operations
        if (operation.method.upper(), operation.path) not in LEFT_OUT
        for fault in try_one(operation, world, examples)
    ]


def try_one(operation: Any, world: dict[str, Any], examples: int) -> list[str]:
    """Call one operation so many times, by each of its parties, mostly about what is there."""
    parties = operation.definition.raw.get("x-parties", ["operator"])
    documented = titles()
    faults: list[str] = []

    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), party=st.sampled_from(parties), own=st.integers(0, 9))
    def call(case: Any, party: str, own: int) -> None:
        if own:
            case.path_parameters = {
                named: world.get(named, given) for named, given in (case.path_parameters or {}).items()
            }
        case.query = {name: value for name, value in (case.query or {}).items() if name != "wait"}
        response: Response = case.call(headers={"Authorization": f"Bearer {world['keys'][party]}"})
        try:
            case.validate_response(response, checks=[CHECKS.get_one(check) for check in CHECKED])
            if response.status_code >= 400:
                assert response.json()["code"] in documented, response.json()
        except Exception as fault:  # noqa: BLE001 - told together, with the others
            faults.append(f"{operation.method} {operation.path} as {party}: {str(fault)[:700]}")

    call()
    return faults


def test_made_up_requests_are_answered_or_refused(andon: Running, world: dict[str, Any]) -> None:
    assert try_all(andon, world, 6) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_made_up_requests_are_answered_or_refused(andon: Running, world: dict[str, Any]) -> None:
    assert try_all(andon, world, 150) == []
