"""Calendars and exemptions for tests, and the line's counting anew."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from andon.kernel.db import Database
from andon.orders.clocks.service import recount
from andon.partners.calendars.service import set_calendar
from tests.worlds import transaction

SHANGHAI = "Asia/Shanghai"
NINE_TO_SIX = ("09:00", "18:00")
WORKDAYS = dict.fromkeys(range(5), NINE_TO_SIX)


def there(day: str, hour: float = 0) -> datetime:
    """An instant by Shanghai's wall clock."""
    at = time(int(hour), int(hour % 1 * 60))
    return datetime.combine(datetime.fromisoformat(day).date(), at, ZoneInfo(SHANGHAI))


def works(database: Database, supplier_id: int, at: datetime, **changes: Any) -> None:
    """Set a calendar: a working week in Shanghai that keeps the public holidays, but for what is said otherwise."""
    said: dict[str, Any] = {"zone": SHANGHAI, "week": WORKDAYS, "days": {}, "public_holidays": "CN"}
    with transaction(database, at) as tx:
        set_calendar(tx, supplier_id, **(said | changes))


def count_all(database: Database, at: datetime, batch: int = 100) -> int:
    """Count anew all that waits for it; how many steps it took."""
    steps = 0
    while True:
        with transaction(database, at) as tx:
            if not recount(tx, batch):
                return steps
        steps += 1
