"""The station that writes digests."""

from andon.kernel.line import Station
from andon.orders.today.service import write_digests

DIGESTS = Station(
    "digest",
    due="select min(digest_due_at) from contacts where digest_due_at is not null",
    step=write_digests,
    batch=50,
)
