"""The audit: every invariant, as a question to the live database."""

import time
from collections.abc import Sequence

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from andon.insights.audit.rules import Check, Finding
from andon.insights.audit.views.books import BOOKS
from andon.insights.audit.views.fulfilments import FULFILMENTS
from andon.insights.audit.views.units import UNITS

CHECKS: tuple[Check, ...] = (*UNITS, *FULFILMENTS, *BOOKS)
SAMPLE = 5
SECONDS = 60

_SETTINGS = (
    "set transaction read only",
    # Without statistics, as after a bulk load, a nested loop can take hours where a hash takes seconds.
    "set local enable_nestloop = off",
    "set local work_mem = '64MB'",
    "set local max_parallel_workers_per_gather = 0",
)


def audit(
    connection: Connection, checks: Sequence[Check] = CHECKS, *, sample: int = SAMPLE, seconds: int = SECONDS
) -> list[Finding]:
    """Ask every check, each in a short transaction of its own; answers what each found.

    `connection` is the line's: it sees every shop. A check that takes longer than `seconds` is given up and
    counts as not well. Nothing is written.
    """
    return [_ask(connection, check, sample, seconds) for check in checks]


def _ask(connection: Connection, check: Check, sample: int, seconds: int) -> Finding:
    began = time.monotonic()
    within = connection.begin_nested() if connection.in_transaction() else connection.begin()
    try:
        for setting in (*_SETTINGS, f"set local statement_timeout = '{seconds}s'"):
            connection.execute(text(setting))
        found = connection.execute(
            text(f"select count(*) over () as offending_rows, x.* from ({check.sql}) x limit :sample"),
            {"sample": sample},
        ).all()
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        return Finding(check.name, check.title, None, seconds=time.monotonic() - began)
    finally:
        within.rollback()
    rows = [dict(zip(row._fields[1:], tuple(row)[1:], strict=True)) for row in found]
    count = found[0].offending_rows if found else 0
    return Finding(check.name, check.title, count, rows, time.monotonic() - began)
