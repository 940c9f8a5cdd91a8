"""A running Andon over real HTTP: the API on a free loopback port, the line in its threads, the clock by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from andon.app.serve import Serving, serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.worlds import NOON


@dataclass(frozen=True)
class Running:
    """An Andon that runs: its address, its database, its line."""

    url: str
    database: Database
    serving: Serving


@pytest.fixture
def andon(database: Database, settings: Settings) -> Iterator[Running]:
    """API and line over a fresh database, on a manual clock that stands at noon in Shanghai."""
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON)
    with serving(database, settings) as running:
        yield Running(running.url, database, running)


@pytest.fixture
def anyone(andon: Running) -> Client:
    """A caller without a key."""
    return Client(andon.url)


@pytest.fixture
def operator(andon: Running) -> Client:
    """The platform's own staff, with every scope."""
    return Client(andon.url, key_for(andon.database, "operator"))
