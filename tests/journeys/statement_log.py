"""What the database is asked, from its own log: whether two calls go the same way is told by their statements, not by a watch."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from andon.kernel.postgres.cluster import SUPERUSER, cluster_of
from tests.journeys.blackbox import Served, soon

T = TypeVar("T")

_LINE = re.compile(r"^\S+ \S+ \S+ \[\d+\] (\S*)_app@\S+ LOG:  (?:statement|execute [^:]*): (.*)")
_NOW_AND_THEN = re.compile(r"(?i)insert into call_counts|begin$|commit$")
"""Once a second calls are counted, in a transaction of its own."""


@dataclass
class StatementLog:
    """The log of a served Andon's database while every statement is written to it."""

    folder: Path
    marking: "psycopg.Connection[Any]"
    marks: Iterator[int]

    def during(self, calls: Sequence[Callable[[], T]]) -> tuple[list[list[str]], list[T]]:
        """The statements under the application's login during each call, without their values; and the answers."""
        first = self._mark()
        numbers, answers = [], []
        for call in calls:
            answers.append(call())
            numbers.append(self._mark())
        text = soon(lambda: self._read(numbers[-1]))
        parts = []
        for since, until in zip([first, *numbers], numbers, strict=False):
            part = text.partition(f"'mark {since}'")[2].partition(f"'mark {until}'")[0]
            said = [found[2] for line in part.splitlines() if (found := _LINE.match(line))][:-1]
            parts.append([each for each in said if not _NOW_AND_THEN.match(each)])
        return parts, answers

    def _mark(self) -> int:
        number = next(self.marks)
        self.marking.execute(f"select 'mark {number}'")
        return number

    def _read(self, number: int) -> str:
        text = "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))
        return text if f"'mark {number}'" in text else ""


@contextmanager
def statements_of(served: Served) -> Iterator[StatementLog]:
    """Every statement goes to the server's log, until the end."""
    cluster = cluster_of(served.home)
    assert cluster is not None
    owner = served.logins.owner.set(drivername="postgresql", username=SUPERUSER)
    app = served.logins.app.set(drivername="postgresql")
    with (
        psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as admin,
        psycopg.connect(app.render_as_string(hide_password=False), autocommit=True) as marking,
    ):
        for setting in ("log_statement = 'all'", "log_parameter_max_length = 0"):
            admin.execute(f"alter system set {setting}")
        admin.execute("select pg_reload_conf()")
        # A session hears of it between two of its statements, and not at once.
        soon(lambda: marking.execute("select 1 where current_setting('log_statement') = 'all'").fetchone())
        log = StatementLog(cluster.log, marking, count(1))
        soon(lambda: log.during([lambda: marking.execute("select 'is it written'")])[0][0])
        yield log
        for name in ("log_statement", "log_parameter_max_length"):
            admin.execute(f"alter system reset {name}")
        admin.execute("select pg_reload_conf()")
