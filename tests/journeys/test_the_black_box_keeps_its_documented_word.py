"""The published document is kept: what it forbids is refused, each answer is one that it names, nothing breaks.

Requests are made from the document, good ones and ones that break its schemas, by each party that a call admits;
most are about what is there. Each call stands alone: none is built on another's answer.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.control import SkipTest
from schemathesis.generation import GenerationMode

from andon.app.codes import import_everything, titles
from tests.clients import Client
from tests.journeys.blackbox import Served
from tests.journeys.blackbox_market import Scene, a_scene
from tests.journeys.browser import Browser

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
REFUSING = (*CHECKED, "negative_data_rejection")
NOT_MADE_UP = ("/clock/advance", "/keys/{key_id}", "/sign_out")
"""Calls to which no good request is made up: a clock that runs away, the keys and the session that make the calls."""


@pytest.fixture(scope="module")
def alone(served: Served) -> Scene:
    """A scene that nobody else looks at: what is made up here may suspend its suppliers."""
    return a_scene(served)


def callers(scene: Scene) -> dict[str, Client]:
    """Who makes the calls of each party."""
    market = scene.market
    return {
        "shop": market.shop,
        "supplier": market.supplier[0],
        "carrier": market.carrier,
        "channel": market.channel,
        "operator": market.served.operator,
        "person": market.served.person,
    }


def numbers(scene: Scene) -> dict[str, Any]:
    """What stands for each name in a path."""
    return {
        "shop_id": scene.market.shop_id,
        "order_id": scene.order_id,
        "fulfilment_id": scene.pushed,
        "supplier_id": scene.market.suppliers[0],
        "binding_id": 1,
        "parcel_id": 1,
        "push_id": 1,
        "notice_id": 1,
        "sku": "S-1",
        "carrier": "cainiao",
        "version": "jit-3.2",
    }


def try_all(scene: Scene, mode: GenerationMode, examples: int) -> list[str]:
    """Call every operation with so many made-up requests by each of its parties; what was not as documented."""
    import_everything()
    served: Served = scene.market.served
    schema = schemathesis.openapi.from_url(f"{served.url}/v1/openapi.json")
    schema.config.generation.update(modes=[mode])
    faults: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.POSITIVE and operation.path.removeprefix("/v1") in NOT_MADE_UP:
            continue
        for party in operation.definition.raw.get("x-parties", ["shop"]):
            with suppress(SkipTest):  # nothing that could be wrong can be sent to it
                trial(operation, scene, party, mode, examples, faults)()
    return faults


def trial(
    operation: Any, scene: Scene, party: str, mode: GenerationMode, examples: int, faults: list[str]
) -> Callable[[], None]:
    """The trial of one operation by one of its parties."""
    caller = callers(scene)[party]
    shown = {"Authorization": f"Bearer {caller.key}"}
    if isinstance(caller, Browser):
        shown = {"Cookie": caller.cookie or "", "X-CSRF-Token": caller.csrf or ""}
    known = numbers(scene)
    documented = titles()
    names = CHECKED if mode is GenerationMode.POSITIVE else REFUSING
    checks = [CHECKS.get_one(name) for name in names]

    @seed(7)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), there=st.integers(0, 9))
    def call(case: Any, there: int) -> None:
        if mode is GenerationMode.POSITIVE and there:
            case.path_parameters = {
                name: known.get(name, given) for name, given in (case.path_parameters or {}).items()
            }
        if isinstance((case.query or {}).get("wait"), int):
            case.query["wait"] = min(case.query["wait"], 0)  # nobody waits for nothing here
        response = case.call(headers=shown)
        try:
            case.validate_response(response, checks=checks)
            if response.status_code >= 400:
                assert response.json()["code"] in documented, response.json()
        except (Exception, BaseExceptionGroup) as fault:  # noqa: BLE001 - told together, with the others
            faults.append(f"{operation.method.upper()} {operation.path} as {party}: {_brief(fault)}")

    return call


def _brief(fault: BaseException) -> str:
    return re.sub(r"\s+", " ", str(fault))[:260]


def test_good_requests_are_answered_as_the_document_says(alone: Scene) -> None:
    assert try_all(alone, GenerationMode.POSITIVE, 2) == []


def test_requests_that_break_the_document_are_refused(alone: Scene) -> None:
    assert try_all(alone, GenerationMode.NEGATIVE, 3) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_many_requests_of_either_kind_find_nothing_else(alone: Scene) -> None:
    assert try_all(alone, GenerationMode.POSITIVE, 60) == []
    assert try_all(alone, GenerationMode.NEGATIVE, 60) == []
