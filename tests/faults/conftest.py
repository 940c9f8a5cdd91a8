"""Processes of Andon over a test's own database, as an operator would run them."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database, create_database, drop_database, open_database
from andon.kernel.postgres import Server
from andon.kernel.secrets import secret_key
from andon.kernel.settings import Settings
from tests.faults.nursery import Nursery, a_nursery
from tests.faults.running import Town, a_demonstration, a_town
from tests.faults.sites import own_home
from tests.worlds_due import a_world_with_all_due

__all__ = ["own_home"]


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Chance under a seed that the test's name gives."""
    return random.Random(request.node.name)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where this test process has its processes of Andon from."""
    with a_nursery() as nursery:
        yield nursery


@pytest.fixture(scope="session")
def all_due(settings: Settings, template: str) -> Iterator[str]:
    """The name of a database in which something is due at every station, from which each test's is copied."""
    name = f"due_{uuid4().hex[:12]}"
    create_database(settings, name, template=template)
    database = open_database(settings, name)
    a_world_with_all_due(database, secret_key(settings))
    database.dispose()
    yield name
    drop_database(settings, name)


@pytest.fixture(scope="session")
def demonstration(settings: Settings, template: str) -> Iterator[tuple[str, World]]:
    """The name of a database with the demonstration world, from which each test's is copied, and everybody's keys."""
    name = f"demo_{uuid4().hex[:12]}"
    create_database(settings, name, template=template)
    database = open_database(settings, name)
    world = a_demonstration(database)
    database.dispose()
    yield name, world
    drop_database(settings, name)


@pytest.fixture
def copies(settings: Settings) -> Iterator[Callable[[str], Database]]:
    """Copies of a database, for this test alone."""
    made: list[Database] = []

    def copy(template: str) -> Database:
        name = f"copy_{uuid4().hex[:12]}"
        create_database(settings, name, template=template)
        made.append(open_database(settings, name))
        return made[-1]

    yield copy
    for database in made:
        database.dispose()
        drop_database(settings, database.name)


@pytest.fixture
def town_of(
    nursery: Nursery, server: Server, settings: Settings, tmp_path: Path
) -> Iterator[Callable[[Database], Town]]:
    """Processes of Andon over a database; all have ended when the test has."""
    towns: list[Town] = []

    def make(database: Database) -> Town:
        towns.append(a_town(nursery, server, settings, database, tmp_path))
        return towns[-1]

    yield make
    for town in towns:
        town.end()
