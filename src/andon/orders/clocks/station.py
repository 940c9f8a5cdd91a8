"""Counting deadlines anew, where a supplier's clock has changed. Source: MODE-3, MODE-4."""

from andon.kernel.line import Station
from andon.orders.clocks.service import recount
from andon.partners.calendars.service import RECOUNT as NAME
from andon.partners.calendars.views import OUTDATED

RECOUNT = Station(
    NAME,
    due=f"select min(at) from (select min(due_at) as at from recounts union all {OUTDATED}) as w",
    step=recount,
    batch=2000,
)
