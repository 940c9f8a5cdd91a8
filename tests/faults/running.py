"""Andon's processes over one database: begun, killed, told to stop; and whether all is done."""

import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import text

from andon.app.demo.world import World, make_world
from andon.app.line import LINE, whole_line
from andon.kernel.clock import ManualClock, set_clock, wall
from andon.kernel.db import Database
from andon.kernel.line import AnyStation, Line
from andon.kernel.outside import LOOPBACK
from andon.kernel.postgres import Server
from andon.kernel.secrets import secret_key
from andon.kernel.settings import Settings
from andon.platform.outbox.station import LEASE
from andon.platform.policies.files import load_policies
from tests.clients import Client
from tests.faults.nursery import Child, Nursery


@dataclass
class Town:
    """One Andon: its database, and its processes."""

    nursery: Nursery
    database: Database
    environment: dict[str, str]
    key: bytes
    folder: Path
    children: list[Child] = field(default_factory=list)
    _serial: "count[int]" = field(default_factory=count)

    def start(self, *arguments: str, **environment: str) -> Child:
        """A process: `andon …`."""
        log = self.folder / f"{arguments[0]}-{next(self._serial)}.log"
        child = self.nursery.start(self.environment | environment, log, *arguments)
        self.children.append(child)
        return child

    def work(self, failpoints: str = "") -> Child:
        """`andon work`."""
        return self.start("work", "--json", ANDON_FAILPOINTS=failpoints)

    def serve(self, failpoints: str = "") -> tuple[Child, Client]:
        """`andon serve`, and a caller without a key."""
        child = self.start("serve", "--port", "0", "--json", ANDON_FAILPOINTS=failpoints)
        return child, Client(child.said()["url"])

    def stations(self) -> tuple[AnyStation, ...]:
        """The line's stations."""
        return whole_line(self.key, allowed=LOOPBACK)

    def until_nothing_is_due(self, seconds: float = 60) -> None:
        """Wait until every station has done what is due on a clock that stands."""
        with closing(Line(self.database, ManualClock(), self.stations(), load_policies())) as line:
            now = line.now()
            names = [station.name for station in line.stations]
            until = time.monotonic() + seconds
            while late := [names[place] for place, at in line.earliest_due().items() if at <= now]:
                assert time.monotonic() < until, f"not done: {late}\n{self.logs()}"
                time.sleep(0.02)

    def leases_run_out(self) -> None:
        """Enough machine time goes by: nobody waits for the leases of the dead."""
        with self.database.owner.begin() as connection:
            for table in ("endpoints", "channels", "webhooks", "letters", "idempotent_answers"):
                connection.execute(
                    text(f"update {table} set leased_until = leased_until - interval '10 minutes'")
                )
            # A message is leased for longer: a mail server may be slow.
            connection.execute(
                text("update outbox set leased_until = leased_until - cast(:lease as interval)"),
                {"lease": LEASE},
            )

    def logs(self) -> str:
        """The end of what each process said."""
        return "\n".join(child.log.read_text()[-1500:] for child in self.children[-4:])

    def errors(self) -> list[str]:
        """What any process logged as broken: bugs, not weather."""
        return [
            line
            for child in self.children
            for line in child.log.read_text().splitlines()
            if '"level":"error"' in line or "Traceback" in line
        ]

    def end(self) -> None:
        """End what still runs."""
        for child in self.children:
            child.signal(signal.SIGKILL)
            child.wait()


def a_town(
    nursery: Nursery,
    server: Server,
    settings: Settings,
    database: Database,
    folder: Path,
    clock: str = "manual",
) -> Town:
    """One Andon over a database of the tests' server."""
    url = server.url(database.name, "postgres").render_as_string(hide_password=False)
    environment = {
        "ANDON_HOME": str(settings.home),
        "ANDON_DATABASE_URL": url,
        "ANDON_CLOCK": clock,
        "ANDON_POOL_SIZE": "5",
        "ANDON_ALLOWED_RANGES": "127.0.0.0/8",
    }
    return Town(nursery, database, environment, secret_key(settings), folder)


def a_demonstration(database: Database) -> World:
    """Fill a migrated database with the demonstration world, on a clock that stands; everybody's keys."""
    with database.owner.begin() as connection:
        clock = set_clock(connection, "manual", 0, wall())
    with closing(Line(database, clock, LINE, load_policies())) as line:
        return make_world(line, "")


def opened_to(url: str, database: Database) -> None:
    """Let the supplier that answers, in a world where all is due, be reached at this endpoint."""
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "update endpoints set url = :url where supplier_id = (select min(supplier_id) from endpoints)"
            ),
            {"url": url},
        )


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def soon(true: Callable[[], bool], seconds: float = 30, what: str = "it did not come") -> None:
    """Wait until it is true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.01)
