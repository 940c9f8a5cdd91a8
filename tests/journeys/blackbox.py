"""Andon from outside: its commands and its API in processes of their own, as a shop, supplier or carrier meets them.

Its fixtures are in `blackbox_fixtures`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import urllib3

from andon.kernel.db import Database, Logins, open_database
from andon.kernel.settings import Settings
from tests.clients import Answer, Client
from tests.conftest import MARK, _remove
from tests.journeys.browser import Browser
from tests.places import roots
from tests.worlds_audit import assert_all_well

T = TypeVar("T")

ANDON = Path(sys.executable).parent / "andon"
UNCOUNTED = ("operator.entered", "person.entered", "order.refused")
"""Events that say that somebody asked, not that anything has changed."""

_serial = count(1)


def serial() -> str:
    """A text that no other test of this process has: for order numbers, waybills, keys."""
    return f"{os.getpid()}{next(_serial):06}"


def soon(question: Callable[[], T], seconds: float = 20) -> T:
    """The first answer that is not empty; the line works beside us."""
    until = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)
    return answer


@dataclass
class Served:
    """An Andon that runs in a process of its own, with its demonstration world."""

    home: Path
    url: str
    world: dict[str, Any]
    process: "subprocess.Popen[bytes]"
    log: Path
    _pool: Any = field(default_factory=lambda: urllib3.PoolManager(retries=False, timeout=60, maxsize=8))
    _seen: tuple[str, dict[str, tuple[int, int]]] = ("", {})

    @cached_property
    def operator(self) -> Client:
        """The platform's own staff."""
        return self.client(self.world["operator_key"])

    @cached_property
    def person(self) -> Browser:
        """The demonstration's administrator, signed in."""
        admin = next(each for each in self.world["people"] if each["role"] == "admin")
        browser = Browser(self.url)
        good(browser.sign_in(admin["email"], admin["password"]))
        return browser

    def client(self, key: str | None = None) -> Client:
        """The API for the holder of a key."""
        return Client(self.url, key, pool=self._pool)

    def key(self, party: str, party_id: int | str | None = None, scopes: Sequence[str] | None = None) -> str:
        """A new key, with every scope unless some are named."""
        body = {
            "party": party,
            "party_id": party_id,
            "scopes": list(self.scopes if scopes is None else scopes),
            "label": "test",
        }
        return str(good(self.operator.post("/keys", body), 201)["secret"])

    @cached_property
    def scopes(self) -> list[str]:
        """Every scope that there is."""
        keys: list[dict[str, Any]] = good(self.operator.get("/keys"))["items"]
        return sorted({scope for key in keys for scope in key["scopes"]})

    @property
    def now(self) -> datetime:
        """Business time."""
        return datetime.fromisoformat(good(self.client().get("/clock"))["now"])

    def advance(self, by: str) -> None:
        """Move business time on; what falls due is done when this returns."""
        good(self.operator.post("/clock/advance", {"by": by}))

    def advance_to(self, instant: datetime) -> None:
        """Move business time on to an instant."""
        ahead = (instant - self.now) / timedelta(microseconds=1)
        assert ahead > 0, "that is over"
        self.advance(f"PT{int(ahead) // 10**6}.{int(ahead) % 10**6:06}S")

    def run(self, *arguments: str, status: int = 0) -> str:
        """What a command of this Andon prints; it ends with that exit status."""
        return run_andon(self.home, *arguments, status=status)

    @cached_property
    def database(self) -> Database:
        """The database itself, for what nobody sees or does over the API."""
        return open_database(settings_of(self.home))

    @property
    def logins(self) -> Logins:
        """How to look at the database; only to see that a refusal has changed nothing."""
        return self.database.logins

    @cached_property
    def line(self) -> "psycopg.Connection[Any]":
        """A connection that sees every row."""
        url = self.logins.line.set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    @cached_property
    def counting(self) -> str:
        """The query behind `rows`."""
        tables = [row[0] for row in self.line.execute(_TABLES)]
        return " union all ".join(_SUM.format(table, _of(table), _only(table)) for table in tables)

    def rows(self) -> dict[str, tuple[int, int]]:
        """Of every table how many rows it has, and a sum over all that they say."""
        return {name: (number, int(total)) for name, number, total in self.line.execute(self.counting)}

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What is done inside changes no row of any table."""
        assert self.person, "whoever acts inside has signed in before"
        if self._seen[0] != self.written():
            # When the clock's move is answered, the line has done all that was due.
            self.advance("PT0.000001S")
            # In this order: what is written meanwhile is looked at once more.
            self._seen = self.written(), self.rows()
        written, before = self._seen
        yield
        if self.written() == written:
            return
        self._seen = ("", {})
        changed = {name: (before[name], row) for name, row in self.rows().items() if row != before[name]}
        assert not changed, f"rows, and what they say, before and after: {changed}"

    def written(self) -> str:
        """How far the server has written: where this stands still no row has changed, and none needs to be read."""
        [(position,)] = self.line.execute("select pg_current_wal_insert_lsn()::text")
        return str(position)


_TABLES = (
    "select quote_ident(relname) from pg_class where relnamespace = 'public'::regnamespace "
    "and relkind in ('r', 'p') and relpersistence = 'p' and relname <> 'untold' order by 1"
)
"""What is kept, but for which events the line has yet to tell of; that calls were counted is not kept."""
_SUM = "select '{0}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) from {1} t {2}"


def _only(table: str) -> str:
    return f"where t.kind not in {UNCOUNTED}" if table == "events" else ""


def _of(table: str) -> str:
    """What of a table is looked at: that a key or a session was used is noted of a refused call, too."""
    used = {"keys": "used_at", "sessions": "seen_at"}.get(table)
    return f"(select to_jsonb(k) - '{used}' as all from {table} k)" if used else table


def settings_of(home: Path) -> Settings:
    """The settings under which the commands run."""
    return Settings(home=home, clock="manual")


def environment_of(home: Path) -> dict[str, str]:
    """The environment of this Andon's commands: nothing of ours but where it lies, a manual clock, a fast server.

    Tests show what is no key more often than any stranger may.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANDON_")}
    ours = {"ANDON_CLOCK": "manual", "ANDON_PG_FAST": "1", "ANDON_STRANGER_CALLS_PER_SECOND": "1000000"}
    return kept | ours | {"ANDON_HOME": str(home), "COLUMNS": "200"}


def run_andon(home: Path, *arguments: str, status: int = 0) -> str:
    """What `andon …` prints; it ends with that exit status."""
    done = subprocess.run(
        [str(ANDON), *arguments],
        check=False,
        env=environment_of(home),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


@contextmanager
def an_andon() -> Iterator[Served]:
    """A fresh demonstration that is served; at the end all its invariants hold, and nothing of it is left running."""
    home = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir=roots()[0]))
    try:
        world = json.loads(run_andon(home, "init", "--demo", "--json"))
        log = home / "serve.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [str(ANDON), "serve", "--port", "0", "--json"],
                env=environment_of(home),
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline() or b"{}")
            assert "url" in said, log.read_text()
            served = Served(home, said["url"], world, process, log)
            yield served
            if "line" in vars(served):
                served.line.close()
            assert_all_well(served.database)
            served.database.dispose()
            broken = [line for line in log.read_text().splitlines() if '"level":"error"' in line]
            assert not broken, "something broke beside the answers: " + "\n".join(broken)[:4000]
            run_andon(home, "stop")
            assert process.wait(30) == 0, log.read_text()[-2000:]
        finally:
            process.kill()
            process.wait()
            process.stdout.close() if process.stdout else None
        assert running_under(home) == []
    finally:
        _remove(home)
        shutil.rmtree(home, ignore_errors=True)


def running_under(home: Path) -> list[str]:
    """The command lines of processes that belong to this Andon."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            about = line + (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(home) in about and process.name != str(os.getpid()):
            found.append(line)
    return found


def good(answer: Answer, status: int = 200) -> Any:
    """The body of an answer that is as it should be."""
    assert answer.status == status, answer
    return answer.body


def problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal, in the form that every refusal has."""
    assert (answer.status, answer.code) == (status, code), answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.body
    assert body["type"] == f"urn:andon:problem:{code}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert body["title"] not in ("", code)
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in body["title"])
    assert chinese == (answer.headers["Content-Language"] == "zh-CN"), body["title"]
    return body


def refused(
    served: Served, call: Callable[..., Answer], status: int, code: str, inner: str | None = None
) -> dict[str, Any]:
    """The problem that a call is answered with, in either language; it changes nothing.

    `call` takes headers; `inner` is the code that one of the problem's `errors` has.
    """
    with served.unchanged():
        chinese = problem(call(Accept_Language="zh-CN, en;q=0.5"), status, code)
        english = problem(call(Accept_Language="en"), status, code)
    assert chinese["title"] != english["title"]
    assert inner is None or inner in {error["code"] for error in english["errors"]}, english
    return english


def instant(text: str | None) -> datetime:
    """An instant as the API writes it."""
    assert text is not None
    return datetime.fromisoformat(text).astimezone(UTC)
