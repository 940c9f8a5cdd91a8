"""Which versions are announced to whom, and when."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from andon.kernel.errors import NotFound
from andon.platform.policies.rules import Policy

COUNTED = timedelta(days=30)
"""How far back a shop's own shipments tell what another fee comes to."""
MOST_COUNTED = 10_000
"""Of how many orders at most, the newest."""


def announceable(versions: Sequence[Policy], now: datetime, within: timedelta) -> list[tuple[Policy, Policy]]:
    """The versions that are to be announced now, the first due before the others, each after the one it follows.

    A version is announced from `within` before it comes into force; one that was published too late for that, until
    `within` afterwards. The first of all changes nothing.
    """
    return [
        (before, after)
        for before, after in pairwise(versions)
        if after.in_force_from - within <= now < after.in_force_from + within
    ]


def news_for(versions: Sequence[Policy], created_at: datetime) -> list[tuple[Policy, Policy]]:
    """The versions that are news to a shop of that age, the newest first, each after the one it follows.

    Those that were in force when it opened are not.
    """
    return [
        (before, after)
        for before, after in reversed(list(pairwise(versions)))
        if after.in_force_from > created_at
    ]


def check_news(versions: Sequence[Policy], created_at: datetime, version: str) -> None:
    """Refuse a version that is no news to the shop: NotFound `policy_change.not_found`."""
    if version not in {after.version for _, after in news_for(versions, created_at)}:
        raise NotFound("policy_change.not_found", version)


def counted_between(now: datetime, in_force_from: datetime) -> tuple[datetime, datetime]:
    """From when to when a shop's orders are counted: the last days, up to the instant from which the version is in force."""
    until = min(now, in_force_from)
    return until - COUNTED, until


def next_look(now: datetime, at: time, zone: str) -> datetime:
    """The next instant, after `now`, at which that time of day comes round in the zone."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    return next(
        instant
        for days in range(3)
        if (instant := datetime.combine(today + timedelta(days=days), at, place).astimezone(UTC)) > now
    )
