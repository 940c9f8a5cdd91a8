"""What a measure is: figures with targets, taken on a database of their own, with a profile beside them."""

import contextlib
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from andon.app.bench.profile import profiled
from andon.kernel.clock import RealClock, wall
from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.kernel.settings import Settings
from andon.kernel.tx import LINE, Actor, Tx
from andon.platform.policies.rules import Policies, Policy


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should come to; neither bound for one that is only told."""

    at_least: float | None = None
    at_most: float | None = None

    def met(self, value: float) -> bool:
        """Whether a figure is as it should be."""
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    def __str__(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return "-" if self.at_most is None else f"<= {self.at_most:g}"


TOLD = Target()


@dataclass(frozen=True)
class Bench:
    """What a measure works with: a migrated database of its own, whose commits wait for the disk.

    `quick` asks for tiny sizes, to show that everything runs; the figures then say nothing.
    """

    settings: Settings
    database: Database
    policies: Policies
    profiles: Path
    quick: bool = False

    def size(self, full: int, quick: int) -> int:
        """How many, by how much is asked for."""
        return quick if self.quick else full

    def analyze(self) -> None:
        """Statistics as a system has them that has run for a while, and no dead rows."""
        with self.database.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("vacuum analyze")

    @contextlib.contextmanager
    def acting(self, actor: Actor, shops: Sequence[int] = ()) -> Iterator[Tx[Policy]]:
        """A transaction of the application behind the walls of these shops, as the edge begins one."""
        with self.database.app.begin() as connection:
            tx: Tx[Policy] = Tx(connection, now=wall(), actor=actor, policies=self.policies)
            try:
                tx.see_shops(shops)
                yield tx
                tx.commit()
            except BaseException:
                tx.abandon()
                raise
            finally:
                tx.close()

    @contextlib.contextmanager
    def as_line(self, actor: Actor = LINE) -> Iterator[Tx[Policy]]:
        """A transaction under the line's login."""
        with self.line() as line, line.transaction(actor) as tx:
            yield tx

    @contextlib.contextmanager
    def line(self) -> Iterator[Line]:
        """A line without stations, for its transactions."""
        with contextlib.closing(Line(self.database, RealClock(), (), self.policies)) as line:
            yield line

    def profiled(self, name: str) -> AbstractContextManager[None]:
        """Keep where this process's threads spend their time until the end, under that name."""
        return profiled(str(self.profiles / f"{name}.txt"))


Figures = Mapping[str, float]


@dataclass(frozen=True)
class Measure:
    """One measure; `take` answers a figure for each of `targets`."""

    name: str
    targets: Mapping[str, Target]
    take: Callable[[Bench], Figures]


@dataclass
class Stopwatch:
    """Seconds that rounds took."""

    seconds: list[float] = field(default_factory=list)

    @contextlib.contextmanager
    def round(self) -> Iterator[None]:
        """One round."""
        begun = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - begun)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    def quantile(self, share: float) -> float:
        """The one below which this share of them lies."""
        return quantile(self.seconds, share)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ranked = sorted(values)
    return ranked[min(int(len(ranked) * share), len(ranked) - 1)]


def in_turns(rounds: int, ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[Stopwatch, Stopwatch]:
    """Both, one after the other, so many times: what slows the machine down for a while slows both."""
    both = Stopwatch(), Stopwatch()
    for _ in range(rounds):
        for watch, job in zip(both, (ours, theirs), strict=True):
            with watch.round():
                job()
    return both


def at_once(jobs: Sequence[Callable[[], None]]) -> float:
    """Run these, each in a thread of its own; answers the seconds until the last one is done."""
    raised: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told below
            raised.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in raised:
        raise error
    return time.perf_counter() - begun
