"""The nightly audit: one a night whoever is up, recorded, and told where something does not hold."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from andon.app.worker import audit_report
from andon.kernel.clock import ManualClock, set_clock
from andon.kernel.db import Database, create_database, drop_database, open_database
from andon.kernel.errors import Unavailable
from andon.kernel.http.metrics import Metrics
from andon.kernel.line import Line
from andon.kernel.settings import Settings
from andon.platform.audits.rules import Report
from andon.platform.audits.service import claim_audit, record_audits
from andon.platform.audits.station import audit_station
from andon.platform.audits.views import AuditOut, list_audits
from andon.platform.notices.views import NoticeOut, list_notices
from andon.platform.policies.files import load_policies
from tests.worlds import NOON, transaction
from tests.worlds_partners import open_demo_shop

NIGHT = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
"""03:30 of the 3rd in Shanghai."""
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
WELL = Report(checks=2, took_ms=7)
BROKEN = Report(checks=2, took_ms=7, broken=[{"name": "books_balance", "count": 3, "ok": False}])


def held(database: Database, report: Report | None = WELL, now: datetime = NOON) -> None:
    """An audit that found this, claimed and recorded."""
    with transaction(database, now) as tx:
        nights = claim_audit(tx, 1)
    with transaction(database, now) as tx:
        record_audits(tx, [(night, report) for night in nights])


def waiting(database: Database) -> list[datetime]:
    with database.line.connect() as connection:
        return list(connection.scalars(text("select due_at from audits where at is null order by due_at")))


def audits(database: Database) -> list[AuditOut]:
    with transaction(database) as tx:
        return list_audits(tx, limit=99)


def notices(database: Database) -> list[NoticeOut]:
    with transaction(database) as tx:
        return list_notices(tx, "operator", limit=99)


def events(database: Database) -> list[str]:
    with database.line.connect() as connection:
        return list(connection.scalars(text("select kind from events where shop_id = 0 order by event_id")))


def test_the_first_audit_is_due_at_once_and_the_next_one_in_the_night(database: Database) -> None:
    assert waiting(database) == [FIRST]
    held(database)
    assert waiting(database) == [NIGHT]
    held(database, now=NIGHT - timedelta(seconds=1))
    assert waiting(database) == [NIGHT]
    held(database, now=NIGHT + timedelta(minutes=5))
    assert waiting(database) == [NIGHT + timedelta(days=1)]
    assert [(one.due_at, one.at, one.ok) for one in audits(database)] == [
        (NIGHT, NIGHT + timedelta(minutes=5), True),
        (FIRST, NOON, True),
    ]
    assert events(database) == ["audit.passed", "audit.passed"]
    assert notices(database) == []


def test_of_two_workers_one_audits_a_night(database: Database) -> None:
    with transaction(database) as tx:
        assert claim_audit(tx, 1) == [FIRST]
    with transaction(database) as tx:
        assert claim_audit(tx, 1) == []


def test_a_night_whose_worker_died_is_audited_by_another_and_recorded_once(database: Database) -> None:
    with transaction(database) as tx:
        assert claim_audit(tx, 1) == [FIRST]
    with database.line.begin() as connection:
        connection.execute(text("update audits set leased_until = leased_until - interval '2 hours'"))
    held(database)
    with transaction(database) as tx:
        record_audits(tx, [(FIRST, BROKEN)])
    [audit] = audits(database)
    assert audit.ok
    assert (events(database), notices(database), waiting(database)) == (["audit.passed"], [], [NIGHT])


def test_what_does_not_hold_is_recorded_and_told_to_the_operator(database: Database) -> None:
    held(database, BROKEN)
    [audit] = audits(database)
    assert (audit.ok, audit.checks, audit.took_ms) == (False, 2, 7)
    assert audit.findings == list(BROKEN.broken)
    assert events(database) == ["audit.failed"]
    [notice] = notices(database)
    assert (notice.shop_id, notice.kind) == (None, "audit.failed")
    assert notice.facts == {"night": "2000-01-01T00:00:00+00:00", "broken": {"books_balance": 3}}


def test_an_audit_that_cannot_reach_the_database_is_begun_anew(database: Database) -> None:
    seen = []

    def look() -> Report:
        seen.append(1)
        if len(seen) == 1:
            raise Unavailable("away")
        return WELL

    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON)
    line = Line(database, ManualClock(), [audit_station(look)], load_policies())
    line.run_due()
    assert (len(seen), audits(database), waiting(database)) == (1, [], [FIRST])
    line.run_due()
    assert len(seen) == 1, "it waits a while"
    with database.line.begin() as connection:
        connection.execute(text("update audits set leased_until = leased_until - interval '2 minutes'"))
    line.run_due()
    line.close()
    assert (len(seen), waiting(database)) == (2, [NIGHT])


def test_the_audit_of_a_database_is_a_report_with_its_figures(database: Database) -> None:
    metrics = Metrics()
    with transaction(database) as tx:
        open_demo_shop(tx)
    assert audit_report(database, metrics).ok
    assert b"andon_audit_broken 0.0" in metrics.text()
    with database.line.begin() as connection:
        connection.execute(text("update pools set counted = 1"))
    report = audit_report(database, metrics)
    assert [check["name"] for check in report.broken] == ["units_allotted"]
    assert b"andon_audit_broken 1.0" in metrics.text()
    held(database, report)
    [audit] = audits(database)
    assert audit.findings[0]["sample"][0]["row"]["counted"] == 1


def test_an_audit_that_is_stopped_ends_between_two_checks(database: Database) -> None:
    metrics = Metrics()
    asked = iter((False, False, True))
    with pytest.raises(Unavailable, match="stopped"):
        audit_report(database, metrics, lambda: next(asked))
    assert next(asked, None) is None
    assert b"andon_audit_seconds 0.0" in metrics.text()


def test_a_database_that_is_away_is_unavailable(settings: Settings, template: str) -> None:
    name = f"away_{uuid4().hex[:8]}"
    create_database(settings, name, template=template)
    away = open_database(settings, name)
    drop_database(settings, name)
    with pytest.raises(Unavailable, match="the audit came to no end"):
        audit_report(away, Metrics())
    away.dispose()
