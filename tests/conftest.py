"""The databases that tests run on: real PostgreSQL, one server for each test process, a fresh copy for each test."""

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import event

from andon.kernel.db import Database, Logins, create_database, drop_database, migrate, open_database
from andon.kernel.outside import LOOPBACK
from andon.kernel.postgres import Server, ensure_server, stop_server
from andon.kernel.postgres.cluster import cluster_of
from andon.kernel.settings import Settings
from tests.places import roots
from tests.worlds import transaction
from tests.worlds_partners import DemoShop, open_demo_shop

TEMPLATE = "template_of_tests"
MARK = "andon-tests-"


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """An ANDON_HOME of its own, on a server that trades safety for speed; the tests are its proxy, too."""
    _sweep()
    home = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir=roots()[0]))
    os.environ["ANDON_PG_FAST"] = "1"
    yield Settings(
        home=home, clock="manual", pool_size=5, allowed_ranges=LOOPBACK, trusted_proxies=("127.0.0.1/32",)
    )
    _remove(home)


@pytest.fixture(scope="session")
def server(settings: Settings) -> Server:
    """The embedded server of this test process."""
    return ensure_server(settings.home)


@pytest.fixture(scope="session")
def template(settings: Settings, server: Server) -> str:
    """The name of a migrated database, from which each test's is copied."""
    database = open_database(settings, TEMPLATE)
    migrate(database)
    database.dispose()
    return TEMPLATE


@pytest.fixture(scope="session")
def engines(settings: Settings, template: str) -> Iterator[Database]:
    """The logins' engines, which all copies of the template share: what they have compiled is compiled."""
    yield (database := open_database(settings, template))
    database.dispose()


@pytest.fixture(scope="session")
def demo_shops(settings: Settings, engines: Database) -> Callable[..., tuple[str, DemoShop]]:
    """By the way that a demonstration shop is opened: a database that has one, made once, and the shop."""
    made: dict[str, tuple[str, DemoShop]] = {}

    def have(**ways: Any) -> tuple[str, DemoShop]:
        if (way := repr(ways)) not in made:
            name = f"{TEMPLATE}_{len(made)}"
            with a_copy(settings, engines, name, TEMPLATE) as database, transaction(database) as tx:
                made[way] = name, open_demo_shop(tx, **ways)
        return made[way]

    return have


@pytest.fixture
def demo_shop(
    request: pytest.FixtureRequest, demo_shops: Callable[..., tuple[str, DemoShop]]
) -> tuple[str, DemoShop]:
    """The database that this test's is copied from where it has a `shop`: open in the way that its mark says."""
    mark = request.node.get_closest_marker("demo_shop")
    return demo_shops(**(mark.kwargs if mark else {}))


@pytest.fixture
def shop(demo_shop: tuple[str, DemoShop]) -> DemoShop:
    """A shop that can sell just in time, with its suppliers; it is there before the test begins."""
    return demo_shop[1]


@pytest.fixture
def database(request: pytest.FixtureRequest, settings: Settings, engines: Database) -> Iterator[Database]:
    """A migrated database of this test alone."""
    has_shop = "demo_shop" in request.fixturenames
    template = request.getfixturevalue("demo_shop")[0] if has_shop else TEMPLATE
    name = f"test_{uuid4().hex[:12]}"
    with a_copy(settings, engines, name, template) as database:
        yield database
    drop_database(settings, name)


@contextmanager
def a_copy(settings: Settings, engines: Database, name: str, template: str) -> Iterator[Database]:
    """A copy of a database, to which those engines lead meanwhile."""
    create_database(settings, name, template=template)
    owner, app, line = (url.set(database=name) for url in vars(engines.logins).values())
    database = replace(engines, name=name, logins=Logins(owner=owner, app=app, line=line))

    def lead_there(*said: Any) -> None:
        said[-1]["dbname"] = name

    pools = (database.owner, database.app, database.line)
    for engine in pools:
        event.listen(engine, "do_connect", lead_there)
    try:
        yield database
    finally:
        database.dispose()
        for engine in pools:
            event.remove(engine, "do_connect", lead_there)


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that ran in this process wrote its log to an output that the next test does not have."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def pytest_collection_finish() -> None:
    """All that was imported stays: the collector need not look at it each time."""
    gc.collect()
    gc.freeze()


def _sweep() -> None:
    """Stop and remove what test processes left that were killed."""
    for left in [path for root in roots() for path in root.glob(f"{MARK}*")]:
        pid = left.name.removeprefix(MARK).partition("-")[0]
        if not Path(f"/proc/{pid}").exists() and os.access(left, os.W_OK):
            _remove(left)


def _remove(home: Path) -> None:
    stop_server(home)
    # Under a folder that is closed to the server, the cluster lies elsewhere.
    if cluster := cluster_of(home):
        shutil.rmtree(cluster.folder, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
