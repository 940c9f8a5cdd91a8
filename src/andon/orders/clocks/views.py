"""What stopped the clock of a fulfilment, and what does."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.partners.calendars.rules import stops_of
from andon.partners.calendars.views import clocks_of
from andon.platform.policies.rules import Policy


class StopOut(Out):
    """A time in which the clocks of MODE-3 and MODE-4 stood.

    `why` is day_off, after_hours (it came after the cut-off or before opening) or exemption, with its `reason`.
    """

    since: Instant
    until: Instant
    why: str
    reason: str | None = None


def stops_between(tx: Tx[Policy], rows: Sequence[Row[Any]]) -> Mapping[int, list[StopOut]]:
    """What stops the clocks of these fulfilments between their push and the end of MODE-4, or theirs; by number."""
    pushed = [row for row in rows if row.pushed_at is not None and row.supplier_id is not None]
    if not pushed:
        return {}
    clocks = clocks_of(tx, {row.supplier_id for row in pushed}, min(row.pushed_at for row in pushed))
    found: dict[int, list[StopOut]] = {}
    for row in pushed:
        if clock := clocks.get(row.supplier_id):
            after = tx.policies.named(row.policy).mode.stuck_after
            ends = row.shipped_at or row.ended_at or row.stuck_at or clock.due(row.pushed_at, after)
            found[row.fulfilment_id] = [
                StopOut.model_validate(stop) for stop in stops_of(clock, row.pushed_at, ends)
            ]
    return found
