"""The audit: every invariant, as a question to the live database."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from andon.insights.audit.rules import Check, Finding, Offence, Step, figures_of
from andon.insights.audit.views.announcements import ANNOUNCEMENTS
from andon.insights.audit.views.books import BOOKS
from andon.insights.audit.views.clocks import CLOCKS
from andon.insights.audit.views.days import DAYS
from andon.insights.audit.views.deliveries import DELIVERIES
from andon.insights.audit.views.disputes import DISPUTES
from andon.insights.audit.views.erasure import ERASURE
from andon.insights.audit.views.exits import EXITS
from andon.insights.audit.views.fees import FEES
from andon.insights.audit.views.freezes import FREEZES
from andon.insights.audit.views.fulfilments import FULFILMENTS
from andon.insights.audit.views.goods import GOODS
from andon.insights.audit.views.handovers import HANDOVERS
from andon.insights.audit.views.kinship import KINSHIP
from andon.insights.audit.views.letters import LETTERS
from andon.insights.audit.views.moves import MOVES
from andon.insights.audit.views.papers import PAPERS
from andon.insights.audit.views.parcels import PARCELS
from andon.insights.audit.views.parties import PARTIES
from andon.insights.audit.views.parting import PARTING
from andon.insights.audit.views.people import PEOPLE
from andon.insights.audit.views.record import RECORD
from andon.insights.audit.views.remedies import REMEDIES
from andon.insights.audit.views.reports import REPORTS
from andon.insights.audit.views.scores import SCORES
from andon.insights.audit.views.standing import STANDING
from andon.insights.audit.views.statements import STATEMENTS
from andon.insights.audit.views.tariffs import TARIFFS
from andon.insights.audit.views.units import UNITS
from andon.insights.audit.views.ways import WAYS
from andon.kernel.db import Database
from andon.kernel.errors import Unavailable
from andon.kernel.rows import as_json
from andon.kernel.weather import is_weather, said_by
from andon.partners.calendars.holidays import PUBLIC_HOLIDAYS
from andon.platform.policies.files import all_policies

CHECKS: tuple[Check, ...] = (
    *UNITS,
    *PARTING,
    *FULFILMENTS,
    *WAYS,
    *GOODS,
    *CLOCKS,
    *REMEDIES,
    *PARCELS,
    *REPORTS,
    *HANDOVERS,
    *PAPERS,
    *DELIVERIES,
    *PARTIES,
    *SCORES,
    *DAYS,
    *LETTERS,
    *PEOPLE,
    *EXITS,
    *MOVES,
    *STANDING,
    *ANNOUNCEMENTS,
    *FEES,
    *TARIFFS,
    *BOOKS,
    *STATEMENTS,
    *FREEZES,
    *DISPUTES,
    *KINSHIP,
    *RECORD,
    *ERASURE,
)
SAMPLE = 5
EVENTS = 10
SECONDS = 60

_SETTINGS = (
    "set transaction read only",
    # Without statistics, as after a bulk load, a nested loop can take hours where a hash takes seconds.
    "set local enable_nestloop = off",
    "set local work_mem = '256MB'",
    "set local max_parallel_workers_per_gather = 0",
)

_LED_THERE = """
select x.place, e.event_id, e.at, e.recorded_at, e.kind, e.subject, e.actor, e.body
from json_to_recordset(cast(cast(:rows as text) as json)) as x(place int, s bigint, o bigint, f bigint, c bigint, u text)
left join fulfilments f on f.shop_id = x.s and f.fulfilment_id = x.f and x.o is null
left join charges c on c.shop_id = x.s and c.charge_id = x.c and x.o is null
cross join lateral (select coalesce(x.o, f.order_id, c.order_id) as order_id,
                           coalesce('charge:' || x.c, 'fulfilment:' || x.f) as own) k
cross join lateral (
  (select * from events e where e.shop_id = x.s and e.order_id = k.order_id
   order by e.subject = k.own desc, e.event_id desc limit :events)
  union all
  (select * from events e where e.shop_id = x.s and e.order_id is null and k.order_id is null and e.subject = x.u
   order by e.event_id desc limit :events)
) e
order by x.place, e.event_id
"""


def audit_database(
    database: Database,
    *,
    sample: int = SAMPLE,
    seconds: int = SECONDS,
    events: int = EVENTS,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Finding]:
    """What every check finds in a database, as `audit` tells it.

    Raises Unavailable where the database goes away, and once `stopped` says so, between two checks.
    """
    findings: list[Finding] = []
    try:
        with database.line.connect() as connection:
            for check in CHECKS:
                if stopped():
                    raise Unavailable("the audit was stopped")
                findings += audit(connection, [check], sample=sample, seconds=seconds, events=events)
            return findings
    except DBAPIError as error:
        if is_weather(error):
            raise Unavailable(f"the audit came to no end: {said_by(error)}") from error
        raise


def audit(
    connection: Connection,
    checks: Sequence[Check] = CHECKS,
    *,
    sample: int = SAMPLE,
    seconds: int = SECONDS,
    events: int = EVENTS,
) -> list[Finding]:
    """Ask every check, each in a short transaction of its own; answers what each found.

    `connection` is the line's: it sees every shop. A check that takes longer than `seconds` is given up and
    counts as not well; the others go on. Each offending row comes with the last `events` events of what it is about,
    filled up with those of its order. Nothing is written.
    """
    return [_ask(connection, check, sample, seconds, events) for check in checks]


def _ask(connection: Connection, check: Check, sample: int, seconds: int, events: int) -> Finding:
    began = time.monotonic()
    within = connection.begin_nested() if connection.in_transaction() else connection.begin()
    try:
        connection.exec_driver_sql("; ".join((*_SETTINGS, f"set local statement_timeout = '{seconds}s'")))
        found = connection.execute(
            text(f"select count(*) over () as offending_rows, x.* from ({check.sql}) x limit :sample"),
            {"sample": sample} | parameters_of(check.sql),
        ).all()
        rows = [dict(zip(row._fields[1:], tuple(row)[1:], strict=True)) for row in found]
        count = found[0].offending_rows if found else 0
        offences = _led_there(connection, rows, events) if rows else []
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        return Finding(check.name, check.title, None, seconds=time.monotonic() - began)
    finally:
        within.rollback()
    return Finding(check.name, check.title, count, offences, time.monotonic() - began)


def _led_there(connection: Connection, rows: Sequence[Mapping[str, Any]], events: int) -> list[Offence]:
    """These rows, each with the last events of its own and of its order, or of its subject where it has no order."""
    connection.exec_driver_sql("set local enable_nestloop = on")
    asked = as_json(
        {
            "place": place,
            "s": row.get("shop_id"),
            "o": row.get("order_id"),
            "f": row.get("fulfilment_id"),
            "c": row.get("charge_id"),
            "u": row.get("subject"),
        }
        for place, row in enumerate(rows)
    )
    steps: dict[int, list[Step]] = {}
    for event in connection.execute(text(_LED_THERE), {"rows": asked, "events": events}):
        step = Step(
            event.event_id,
            event.at,
            event.recorded_at,
            event.kind,
            event.subject,
            event.actor,
            orjson.loads(event.body),
        )
        steps.setdefault(event.place, []).append(step)
    return [Offence(row, steps.get(place, ())) for place, row in enumerate(rows)]


def parameters_of(sql: str) -> dict[str, str]:
    """What a check's question names beside the database: the policies' figures, the public holidays."""
    known = {":policies": _figures, ":holidays": _holidays}
    return {name.removeprefix(":"): given() for name, given in known.items() if name in sql}


@cache
def _figures() -> str:
    return as_json(figures_of(all_policies()))


@cache
def _holidays() -> str:
    return as_json(
        {"country": country, "day": day, "works": works}
        for country, public in PUBLIC_HOLIDAYS.items()
        for days, works in ((public.off, False), (public.worked, True))
        for day in sorted(days)
    )
