"""Chores: what a process does by machine time, whatever clock the business runs by."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from andon.kernel.clock import agree_on_time
from andon.kernel.db import Database
from andon.kernel.weather import is_weather, said_by

log = structlog.get_logger("chores")


@dataclass(frozen=True)
class Chore:
    """Something to do every so often; `do` answers how much there was to do. Any number of processes may do it."""

    name: str
    every: timedelta
    do: Callable[[Database], int]


def do_chores(database: Database, chores: Sequence[Chore], stop: threading.Event) -> None:
    """Do each chore at once and then every so often, until `stop` is set; one that fails is tried again later."""
    due = dict.fromkeys(range(len(chores)), time.monotonic())
    while due and not stop.is_set():
        for place, chore in enumerate(chores):
            if due[place] <= time.monotonic():
                try:
                    if done := chore.do(database):
                        log.info("chore", name=chore.name, done=done)
                except Exception as error:
                    if is_weather(error):
                        log.warning("chore.interrupted", name=chore.name, reason=said_by(error))
                    else:
                        log.exception("chore.failed", name=chore.name)
                due[place] = time.monotonic() + chore.every.total_seconds()
        stop.wait(max(min(due.values()) - time.monotonic(), 0))


def _agree_on_time(database: Database) -> int:
    with database.line.begin() as connection:
        agree_on_time(connection)
    return 0


AGREE_ON_TIME = Chore("agree_on_time", every=timedelta(seconds=30), do=_agree_on_time)
"""So that a process which begins after the machine's clock was put back does not begin in the past."""
