"""The published document is kept: what it forbids is refused, each answer is one that it names, nothing breaks.

Requests are made from the document, good ones and ones that break its schemas, by each party that a call admits;
most are about what is there. Each call stands alone: none is built on another's answer. The same is asked by a session
of each role, of calls that are for it and of others; then some of it is about what is another shop's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.control import SkipTest
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from andon.app.codes import import_everything
from andon.kernel.errors import known_titles
from andon.platform.people.permissions import ROLES
from tests.clients import Client
from tests.journeys.blackbox import Served
from tests.journeys.blackbox_market import Scene, a_scene
from tests.journeys.browser import Browser
from tests.journeys.neighbourhood import person

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
REFUSING = (*CHECKED, "negative_data_rejection")
OF_OTHERS = 9
"""The draw at which what a path names is another shop's."""
UNWALLED = ("channel", "carrier", *ROLES["operator"], "operator", "person")
"""Callers who see more than one shop."""
Choice = Callable[[int, Sequence[str]], Mapping[str, Client]]
"""Who calls an operation, by its place in the document and its parties."""
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


def sessions(scene: Scene) -> dict[str, Client]:
    """Somebody signed in for each role, by its name: of the shop, its supplier, the operator."""
    market = scene.market
    of = {"shop": market.shop_id, "supplier": market.suppliers[0], "operator": ""}
    return {
        role: person(market.served, party, of[party], role)
        for party, roles in ROLES.items()
        for role in roles
    }


def each_party(scene: Scene) -> Choice:
    """Each operation is called by each of its parties."""
    known = callers(scene)
    return lambda _, parties: {party: known[party] for party in parties}


def every_role(scene: Scene) -> Choice:
    """Each operation is called by every role."""
    known = sessions(scene)
    return lambda _, __: known


def a_role_each(scene: Scene, first: int) -> Choice:
    """Each operation is called by one role, the next one by the next."""
    known = list(sessions(scene).items())
    return lambda place, _: dict([known[(first + place) % len(known)]])


def numbers_of_others(scene: Scene) -> dict[str, Any]:
    """The same, of what is another shop's."""
    return numbers(scene) | {
        "shop_id": scene.other.shop_id,
        "order_id": scene.others_order,
        "fulfilment_id": scene.others_fulfilment,
        "supplier_id": scene.other.suppliers[0],
    }


def secrets(scene: Scene) -> list[str]:
    """Words that stand in the other shop's things alone."""
    return [str(scene.other.seen(scene.others_order)["channel_order_no"])]


def try_all(scene: Scene, mode: GenerationMode, examples: int, choice: Choice) -> list[str]:
    """Call every operation with so many made-up requests by each who is chosen for it; what was not as documented."""
    import_everything()
    served: Served = scene.market.served
    schema = schemathesis.openapi.from_url(f"{served.url}/v1/openapi.json")
    schema.config.generation.update(modes=[mode])
    faults: list[str] = []
    for place, found in enumerate(schema.get_all_operations()):
        operation = found.ok()
        if mode is GenerationMode.POSITIVE and operation.path.removeprefix("/v1") in NOT_MADE_UP:
            continue
        parties = operation.definition.raw.get("x-parties", ["shop"])
        for name, caller in choice(place, parties).items():
            with suppress(SkipTest):  # nothing that could be wrong can be sent to it
                trial(operation, scene, (name, caller), mode, examples, faults)()
    return faults


def trial(
    operation: Any,
    scene: Scene,
    who: tuple[str, Client],
    mode: GenerationMode,
    examples: int,
    faults: list[str],
) -> Callable[[], None]:
    """The trial of one operation by one caller."""
    name, caller = who
    shown = {"Authorization": f"Bearer {caller.key}"}
    if isinstance(caller, Browser):
        shown = {"Cookie": caller.cookie or "", "X-CSRF-Token": caller.csrf or ""}
    known, others = numbers(scene), numbers_of_others(scene)
    hidden = [] if name in UNWALLED else secrets(scene)
    documented = known_titles()
    names = CHECKED if mode is GenerationMode.POSITIVE else REFUSING
    checks = [CHECKS.get_one(check) for check in names]

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
            meant = others if there == OF_OTHERS else known
            case.path_parameters = {
                name: meant.get(name, given) for name, given in (case.path_parameters or {}).items()
            }
        if isinstance((case.query or {}).get("wait"), int):
            case.query["wait"] = min(case.query["wait"], 0)  # nobody waits for nothing here
        response = case.call(headers=shown)
        wanted = checks[: len(CHECKED)] if breaks_only_credentials(case, shown) else checks
        try:
            case.validate_response(response, checks=wanted)
            if response.status_code >= 400:
                assert response.json()["code"] in documented, response.json()
            told = [secret for secret in hidden if secret.encode() in response.content]
            assert not told, f"it tells of another's {told}"
        except (Exception, BaseExceptionGroup) as fault:  # noqa: BLE001 - told together, with the others
            faults.append(f"{operation.method.upper()} {operation.path} as {name}: {_brief(fault)}")

    return call


def breaks_only_credentials(case: Any, shown: Mapping[str, str]) -> bool:
    """Whether a request is wrong in its cookie alone, in whose place the caller's own is sent."""
    broken = {where for where, part in case.meta.components.items() if part.mode.is_negative}
    return "Cookie" in shown and broken == {ParameterLocation.COOKIE}


def _brief(fault: BaseException) -> str:
    return re.sub(r"\s+", " ", str(fault))[:260]


def test_good_requests_are_answered_as_the_document_says(alone: Scene) -> None:
    assert try_all(alone, GenerationMode.POSITIVE, 2, each_party(alone)) == []


def test_requests_that_break_the_document_are_refused(alone: Scene) -> None:
    assert try_all(alone, GenerationMode.NEGATIVE, 3, each_party(alone)) == []


def test_a_session_of_any_role_is_answered_as_the_document_says(alone: Scene) -> None:
    assert try_all(alone, GenerationMode.POSITIVE, 2, a_role_each(alone, 0)) == []
    assert try_all(alone, GenerationMode.NEGATIVE, 2, a_role_each(alone, 4)) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_many_requests_of_either_kind_find_nothing_else(alone: Scene) -> None:
    assert try_all(alone, GenerationMode.POSITIVE, 60, each_party(alone)) == []
    assert try_all(alone, GenerationMode.NEGATIVE, 60, each_party(alone)) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_nor_do_many_by_sessions_of_every_role(alone: Scene) -> None:
    everybody = every_role(alone)
    assert try_all(alone, GenerationMode.POSITIVE, 12, everybody) == []
    assert try_all(alone, GenerationMode.NEGATIVE, 12, everybody) == []
    for role, session in everybody(0, []).items():
        assert session.get("/me").status == 200, f"{role} was signed out, so that nothing was tried"
