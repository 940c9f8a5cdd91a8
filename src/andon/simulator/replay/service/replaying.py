"""A past, run through Andon from the first order to the last settled fee."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from andon.insights.audit.rules import all_well
from andon.insights.audit.views import audit_database
from andon.kernel.clock import VirtualClock
from andon.kernel.line import Line
from andon.ports.history import History, Remark
from andon.simulator.replay.rules import (
    RUN_ON,
    Fate,
    check_rejections,
    fates_of,
    hours_of,
    last_instant,
    rows_of,
    units_sold,
)
from andon.simulator.replay.service.handing import HandOver
from andon.simulator.replay.service.opening import open_world
from andon.simulator.replay.views import outcome_of

OPENED_BEFORE = timedelta(days=1)
"""How long before the first order the world is set up."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is: a stage (`setup`, `orders`), how much of it is done, and where the clock stands."""

    stage: str
    done: int
    total: int
    now: datetime


def opening_instant(history: History) -> datetime:
    """The instant at which a replay's clock starts."""
    return min(order.placed_at for order in history.orders) - OPENED_BEFORE


def replay_history(
    line: Line, history: History, watch: Callable[[Progress], None]
) -> tuple[dict[str, Any], list[tuple[Remark, Fate]]]:
    """Set the world up, hand the past over hour by hour, run on, and answer the figures of what came of it.

    Beside them, each remark on a row of the source with what became of the row.

    The line runs on a VirtualClock that stands at `opening_instant`, over an empty database. `seconds` is from
    the first order to the last settlement, `setup_seconds` what went before. Raises HistoryUnreadable or NoLine.
    """
    clock = line.clock
    assert isinstance(clock, VirtualClock), "a past is replayed on a clock that can be put anywhere"
    check_rejections(history)
    began = time.perf_counter()
    to_set_up = len(history.suppliers) + len(units_sold(history))
    done = 0

    def watch_setup(things: int) -> None:
        nonlocal done
        done += things
        watch(Progress("setup", done, to_set_up, clock.instant))

    world = open_world(line, history, watch_setup)
    hours = hours_of(history.orders)
    opened = time.perf_counter()
    hands = HandOver(line, world)
    for place, hour in enumerate(hours, start=1):
        line.advance(hour.until)
        hands.hand_over(hour)
        watch(Progress("orders", place, len(hours), clock.instant))
    line.advance(last_instant(hours) + RUN_ON)
    seconds = time.perf_counter() - opened

    with line.transaction() as tx:
        outcome = outcome_of(tx, world.shop_id, history.currency)
    fates = fates_of(history, hands.refused)
    figures = {
        **(rows_of(history, fates) if history.rows else {}),
        **outcome,
        "check": checked(line),
        "setup_seconds": round(opened - began, 3),
        "seconds": round(seconds, 3),
        "orders_per_second": round(len(history.orders) / seconds, 1),
    }
    return figures, fates


def checked(line: Line) -> str | dict[str, int | None]:
    """`ok` when every invariant holds; else how many rows break each that does not (None: it took too long)."""
    findings = audit_database(line.database)
    return "ok" if all_well(findings) else {one.name: one.count for one in findings if not one.ok}
