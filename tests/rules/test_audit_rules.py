"""When the next night is, and the figures that the audit recomputes by."""

from datetime import UTC, datetime, time, timedelta

import pytest

from andon.insights.audit.rules import figures_of
from andon.platform.audits.rules import Report, next_night
from andon.platform.policies.files import all_policies, load_policies

SHANGHAI, SAO_PAULO = "Asia/Shanghai", "America/Sao_Paulo"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "at", "night"),
    [
        ("2026-03-02T04:00", SHANGHAI, time(3, 30), "2026-03-02T19:30"),
        ("2026-03-02T19:29:59.999999", SHANGHAI, time(3, 30), "2026-03-02T19:30"),
        ("2026-03-02T19:30", SHANGHAI, time(3, 30), "2026-03-03T19:30"),
        ("2026-03-02T18:00", SHANGHAI, time(23, 0), "2026-03-03T15:00"),
        ("2017-10-14T12:00", SAO_PAULO, time(0, 30), "2017-10-15T03:30"),  # the clocks go from 00:00 to 01:00
    ],
)
def test_the_next_night_lies_ahead(now: str, zone: str, at: time, night: str) -> None:
    assert next_night(utc(now), zone, at) == utc(night)


def test_a_night_follows_the_last_one_within_a_day_and_an_hour() -> None:
    night = utc("2017-10-10T00:00")
    for _ in range(200):
        later = next_night(night, SAO_PAULO, time(3, 30))
        assert timedelta(0) < later - night <= timedelta(hours=25)
        night = later


def test_a_report_is_ok_when_nothing_is_broken() -> None:
    assert Report(checks=3, took_ms=1).ok
    assert not Report(checks=3, took_ms=1, broken=[{"name": "x"}]).ok


def test_the_audit_has_the_figures_of_every_version() -> None:
    figures = {row["version"]: row for row in figures_of(all_policies())}
    assert {policy.version for policy in load_policies().versions} < figures.keys()
    assert figures["jit-3.2"]["handling"] == 30
    assert [tier["fee"] for tier in figures["jit-3.2"]["tiers"]] == [80, 110, 150, 200, 250]
    assert (figures["jit-3.2"]["settle_after_days"], figures["jit-3.2"]["answer_within"]) == (3, 86400)
