"""The station that lets suppliers leave whose day has come."""

from andon.kernel.line import Station
from andon.membership.departures.service import leave_due

DEPART = Station(
    "depart",
    due="select due_at from departures where due_at is not null order by due_at limit 1",
    step=leave_due,
    batch=1,  # two closed heads would be taken in no order
)
