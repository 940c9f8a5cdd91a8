"""What black-box tests share; a module has it by `pytest_plugins = ["tests.journeys.blackbox_fixtures"]`."""

from collections.abc import Iterator

import pytest

from tests.journeys.blackbox import Served, an_andon
from tests.journeys.blackbox_market import Market, Scene, a_market, a_scene
from tests.journeys.commands import commands
from tests.journeys.neighbourhood import Bodies, Call, Neighbourhood, a_neighbourhood, calls


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """One Andon, in processes of its own, for all black-box tests of this test process; its clock is moved by hand."""
    with an_andon() as andon:
        yield andon


@pytest.fixture
def market(served: Served) -> Market:
    """A shop of this test alone, with two suppliers that have 100 units of each of two items."""
    return a_market(served)


@pytest.fixture(scope="session")
def scene(served: Served) -> Scene:
    """What bad input is aimed at; nothing of it changes."""
    return a_scene(served)


@pytest.fixture(scope="session")
def street(served: Served) -> Neighbourhood:
    """A shop whose all is marked, and its neighbours; nothing of it changes."""
    return a_neighbourhood(served)


@pytest.fixture(scope="session")
def bodies(scene: Scene) -> Bodies:
    """A body for each command that takes one."""
    known = [(method, path.split("/"), body) for _, method, path, body in commands(scene)]

    def fits(call: Call, path: list[str]) -> bool:
        parts = call.path.split("/")
        return len(parts) == len(path) and all(
            one == other or one.startswith("{") for one, other in zip(parts, path, strict=True)
        )

    found = {
        (call.method, call.path): body
        for call in calls(scene.market.served)
        for method, path, body in known
        if method == call.method and fits(call, path)
    }
    of_supplier = found["POST", "/supplier/fulfilments/{fulfilment_id}/labelled"]
    return found | {("POST", "/shops/{shop_id}/fulfilments/{fulfilment_id}/labelled"): of_supplier}
