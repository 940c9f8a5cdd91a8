"""What black-box tests share; a module has it by `pytest_plugins = ["tests.journeys.blackbox_fixtures"]`."""

from collections.abc import Iterator

import pytest

from tests.journeys.blackbox import Served, an_andon
from tests.journeys.blackbox_market import Market, Scene, a_market, a_scene


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
