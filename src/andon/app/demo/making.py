"""A fresh database with the demonstration world in it; one that holds anything else is left alone."""

from contextlib import closing

from sqlalchemy import text

from andon.app.demo.world import World, make_world
from andon.app.line import LINE
from andon.app.start import let_go
from andon.kernel.clock import set_clock, wall
from andon.kernel.db import Database, migrate, open_database
from andon.kernel.errors import Conflict, codes
from andon.kernel.line import Line
from andon.kernel.settings import Settings
from andon.platform.policies.files import load_policies

CODES = codes({"demo.database_in_use": ("The database holds real shops", "数据库中已有真实店铺")})

MARK = "an Andon demonstration"
"""The comment by which a demonstration's database is known, so that nothing else is ever made anew."""


def fresh_demonstration(settings: Settings, name: str, url: str, *, clock: str, rate: float) -> World:
    """Make the demonstration anew in the database `name`; answers its world, with the keys of everyone.

    Business time begins at the machine's. Raises Conflict (`demo.database_in_use`) where the database holds shops and
    is no demonstration: nothing is touched then.
    """
    database = open_database(settings, name)
    try:
        is_demonstration = _check_disposable(database)
    finally:
        database.dispose()
    if is_demonstration:
        let_go(settings, database.name)
    database = open_database(settings, name)
    try:
        migrate(database)
        _mark(database)
        with database.line.begin() as connection:
            kept = set_clock(connection, clock, rate, wall())
        with closing(Line(database, kept, LINE, load_policies())) as line:
            return make_world(line, url)
    finally:
        database.dispose()


def _check_disposable(database: Database) -> bool:
    with database.owner.connect() as connection:
        comment = connection.scalar(
            text(
                "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
            )
        )
        has_shops = connection.scalar(text("select to_regclass('shops') is not null"))
    if comment == MARK:
        return True
    if has_shops:
        with database.line.connect() as connection:
            if connection.scalar(text("select exists (select from shops)")):
                raise Conflict(
                    "demo.database_in_use",
                    f"{database.name} holds shops and is no demonstration; it is left alone",
                )
    return False


def _mark(database: Database) -> None:
    quoted = database.owner.dialect.identifier_preparer.quote(database.name)
    with database.owner.begin() as connection:
        connection.execute(text(f"comment on database {quoted} is '{MARK}'"))
