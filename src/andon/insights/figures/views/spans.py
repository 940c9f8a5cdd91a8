"""Days as instants."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from andon.insights.figures.rules import Window


def instants_of(window: Window, zone: str) -> tuple[datetime, datetime]:
    """The first instant of these days, and the first one after them."""
    since, until = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (window.since, window.until))
    return since, until
