"""A running Andon over real HTTP: the API on a free loopback port, the line in its threads, the clock by hand."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import structlog

from andon.app.serve import Serving, serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.market import World, world_of
from tests.journeys.probe import router, runs
from tests.worlds import NOON
from tests.worlds_partners import DemoShop


@dataclass(frozen=True)
class Running:
    """An Andon that runs: its address, its database, its line."""

    url: str
    database: Database
    serving: Serving


@pytest.fixture(autouse=True)
def _few_words() -> None:
    """A line for each request would bury what a failing test says."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


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


@pytest.fixture
def world(andon: Running, shop: DemoShop) -> World:
    """A shop with stock at two suppliers, and a carrier, each with a key."""
    return world_of(andon.url, andon.database, shop)


@pytest.fixture
def probe_table(database: Database) -> None:
    """The table that the probing calls write to."""
    with database.owner.begin() as connection:
        connection.exec_driver_sql("create table notes (note_id bigserial primary key, text text not null)")
        connection.exec_driver_sql("grant all on notes to public")
        connection.exec_driver_sql("grant all on sequence notes_note_id_seq to public")


@pytest.fixture
def probe(andon: Running, probe_table: None) -> list[str]:
    """The probing calls beside the real ones; answers the list of what they have done."""
    andon.serving.app.router.routes.extend(router.routes)
    runs.clear()
    return runs


def notes_of(database: Database) -> list[str]:
    """The notes that were written and not undone."""
    with database.owner.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("select text from notes order by note_id")]
