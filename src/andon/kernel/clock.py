"""Business time, by four kinds of clock, and machine time beside it.

Business time (`Clock.now`) is what states, deadlines and policies know; machine time (`wall`) is for leases,
time-outs and the wire. A scaled or manual clock moves business time alone. Its origin and position are a row,
so that all processes agree, also after a restart.

Business time never goes back. Where the machine's clock is put back, it goes on at half the speed until the machine
has caught up (`steady`): nothing comes before what has been, and nothing stands still.
"""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import BigInteger, Connection, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.errors import Conflict, codes
from andon.kernel.tables import Base

CODES = codes({"clock.backwards": ("Business time does not go back", "业务时间不能倒退")})


def wall() -> datetime:
    """Machine time: the operating system's clock, UTC."""
    return datetime.now(UTC)


class _Steady:
    """Machine time as this process tells it to the business: it follows the machine's clock forward, never back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told = datetime.min.replace(tzinfo=UTC)
        self._told_at = 0.0

    def __call__(self) -> datetime:
        with self._lock:
            present, ticks = wall(), time.monotonic()
            if present < self._told:
                present = self._told + timedelta(seconds=(ticks - self._told_at) / 2)
            self._told, self._told_at = present, ticks
            return present

    def at_least(self, instant: datetime) -> None:
        """Another process has told as much."""
        with self._lock:
            if self._told < instant:
                self._told, self._told_at = instant, time.monotonic()


steady = _Steady()
"""Machine time that never goes back, for business time on a clock that runs."""


class ClockRow(Base):
    """The one row that says which clock the system runs by, and where it stands."""

    __tablename__ = "clock"
    __table_args__ = {"info": {"reference": True}}

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    rate: Mapped[float]
    wall_origin: Mapped[datetime]
    business_origin: Mapped[datetime]


class Clock(Protocol):
    """A source of business time. `rate` is business seconds a machine second, 0 where time stands still."""

    @property
    def kind(self) -> str: ...

    @property
    def rate(self) -> float: ...

    def now(self, connection: Connection) -> datetime:
        """The business instant at which a transaction on `connection` begins."""
        ...

    def wall_of(self, business: datetime) -> datetime | None:
        """The machine instant at which that business instant comes, or None on a clock that only moves by hand."""
        ...


@dataclass(frozen=True)
class RealClock:
    """Business time is machine time."""

    kind: str = "real"
    rate: float = 1.0

    def now(self, connection: Connection) -> datetime:
        return steady()

    def wall_of(self, business: datetime) -> datetime | None:
        return business


@dataclass(frozen=True)
class ScaledClock:
    """Business time runs `rate` times as fast as the machine's, from a stored origin."""

    rate: float
    wall_origin: datetime
    business_origin: datetime
    kind: str = "scaled"

    def now(self, connection: Connection) -> datetime:
        return self.business_origin + (steady() - self.wall_origin) * self.rate

    def wall_of(self, business: datetime) -> datetime | None:
        return self.wall_origin + (business - self.business_origin) / self.rate


@dataclass(frozen=True)
class ManualClock:
    """Business time stands where the row says until somebody moves it."""

    kind: str = "manual"
    rate: float = 0.0

    def now(self, connection: Connection) -> datetime:
        instant: datetime = connection.execute(
            text("select business_origin from clock where id = 1")
        ).scalar_one()
        return instant

    def wall_of(self, business: datetime) -> datetime | None:
        return None


class VirtualClock:
    """Business time stands where the simulator or a replay puts it, in memory; it never goes back."""

    kind = "virtual"
    rate = 0.0

    def __init__(self, start: datetime) -> None:
        self.instant = start

    def now(self, connection: Connection) -> datetime:
        return self.instant

    def wall_of(self, business: datetime) -> datetime | None:
        return None

    def move_to(self, instant: datetime) -> None:
        """Stand at `instant`, which is not before the present one."""
        assert instant >= self.instant, "time does not go back"
        self.instant = instant


def read_clock(connection: Connection) -> Clock:
    """The clock that the database says the system runs by; the real one where no row says otherwise."""
    row = connection.execute(
        text("select kind, rate, wall_origin, business_origin from clock where id = 1")
    ).first()
    if row is None:
        return RealClock()
    if row.kind == "real":
        steady.at_least(row.business_origin)
        return RealClock()
    if row.kind == "manual":
        return ManualClock()
    assert row.kind == "scaled", row.kind
    return ScaledClock(row.rate, row.wall_origin, row.business_origin)


def set_clock(connection: Connection, kind: str, rate: float, business: datetime) -> Clock:
    """Make the system run by a clock of that kind, standing at `business` now; answers the clock.

    A database whose manual clock has run keeps its time: business time never goes back, so an earlier
    `business` is refused with `clock.backwards`.
    """
    held = connection.execute(text("select kind from clock where id = 1 for update")).first()
    if held is not None:
        present = read_clock(connection).now(connection)
        if business < present - timedelta(seconds=1):
            raise Conflict("clock.backwards", f"business time is {present.isoformat()} already")
    connection.execute(
        text(
            "insert into clock (id, kind, rate, wall_origin, business_origin) values (1, :kind, :rate, :wall, :at) "
            "on conflict (id) do update set kind = excluded.kind, rate = excluded.rate, "
            "wall_origin = excluded.wall_origin, business_origin = excluded.business_origin"
        ),
        {"kind": kind, "rate": rate, "wall": wall(), "at": business},
    )
    return read_clock(connection)


def agree_on_time(connection: Connection) -> None:
    """Keep how far business time has come on the real clock, and catch up with what other processes have kept."""
    connection.execute(
        text("update clock set business_origin = :told where kind = 'real' and business_origin < :told"),
        {"told": steady()},
    )
    read_clock(connection)


def move_manual_clock(connection: Connection, to: datetime) -> None:
    """Put the manual clock forward to `to`; a step back changes nothing."""
    connection.execute(
        text(
            "update clock set business_origin = :to where id = 1 and kind = 'manual' and business_origin < :to"
        ),
        {"to": to},
    )
