"""The processes that a measure talks to: the API, the line, a receiver of pushes, and a bare server to compare with."""

import asyncio
import contextlib
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import orjson

from andon.app.bench.measures import Bench
from andon.kernel.settings import Settings

START_SECONDS = 60
_HANGING = b"/hang"
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


@contextlib.contextmanager
def process(job: Callable[..., None], *arguments: Any) -> Iterator[Connection]:
    """A process that runs `job(pipe, *arguments)` until the end; our side of its pipe, once it has said its first word.

    It is spawned and not forked: it holds nothing of ours. What it said first is read with `recv`.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=job, args=(theirs, *arguments), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(START_SECONDS):
            raise TimeoutError(f"{job.__name__} did not start in {START_SECONDS} s")
        yield ours
    finally:
        with contextlib.suppress(OSError):
            ours.send("stop")
        child.join(START_SECONDS)
        if child.is_alive():
            child.kill()
        ours.close()


@contextlib.contextmanager
def served(bench: Bench, name: str) -> Iterator[str]:
    """`andon serve` over the measure's database in a process of its own; its address. Profiled under that name."""
    with process(_serve, bench.settings, bench.database.name, str(bench.profiles / f"{name}.txt")) as pipe:
        yield pipe.recv()


@contextlib.contextmanager
def working(bench: Bench, name: str) -> Iterator[None]:
    """`andon work` over the measure's database in a process of its own."""
    with process(_work, bench.settings, bench.database.name, str(bench.profiles / f"{name}.txt")) as pipe:
        pipe.recv()
        yield


def _serve(pipe: Connection, settings: Settings, name: str, profile: str) -> None:
    from andon.app.bench.profile import profiled
    from andon.app.serve import serving
    from andon.kernel.db import open_database
    from andon.kernel.log import configure_log

    _ignore_interrupts()
    configure_log("warning")
    database = open_database(settings, name)
    with serving(database, settings) as running, profiled(profile):
        pipe.send(running.url)
        pipe.recv()
    database.dispose()


def _work(pipe: Connection, settings: Settings, name: str, profile: str) -> None:
    from andon.app.bench.profile import profiled
    from andon.app.line import whole_line
    from andon.app.worker import Worker, WorkingLine
    from andon.kernel.clock import RealClock
    from andon.kernel.db import open_database
    from andon.kernel.http.metrics import Metrics
    from andon.kernel.log import configure_log
    from andon.kernel.outside import LOOPBACK
    from andon.kernel.secrets import secret_key
    from andon.platform.policies.files import load_policies

    _ignore_interrupts()
    configure_log("error")
    database = open_database(settings, name)
    stations = whole_line(secret_key(settings), allowed=LOOPBACK)
    worker = Worker(WorkingLine(database, RealClock(), load_policies(), Metrics(), stations))
    worker.start()
    with profiled(profile):
        pipe.send("working")
        pipe.recv()
    worker.stop()
    database.dispose()


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# --- the receiver of pushes ----------------------------------------------------------------------------------------


class Receiver:
    """A process that takes pushes and notes when each came. What comes to `/hang` is never answered."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url: str = pipe.recv()

    def heard(self) -> dict[int, float]:
        """When each order's first push came, by the monotonic clock that all processes share; forgotten with that."""
        self._pipe.send("heard")
        found: dict[int, float] = self._pipe.recv()
        return found


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver in a process of its own."""
    with process(_receive) as pipe:
        yield Receiver(pipe)


def _receive(pipe: Connection) -> None:
    _ignore_interrupts()
    asyncio.run(_listen(pipe))


async def _listen(pipe: Connection) -> None:
    came: list[tuple[float, bytes]] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Desk(came), "127.0.0.1", 0)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    done = asyncio.Event()

    def listen() -> None:
        with contextlib.suppress(EOFError):
            while pipe.recv() == "heard":
                taken, came[:] = list(came), []
                heard: dict[int, float] = {}
                for at, body in taken:
                    heard.setdefault(orjson.loads(body)["order_id"], at)
                pipe.send(heard)
        loop.call_soon_threadsafe(done.set)

    threading.Thread(target=listen, daemon=True).start()
    await done.wait()
    server.close()


class _Desk(asyncio.Protocol):
    """One connection: every request is noted with the instant at which it was there, and answered at once."""

    def __init__(self, came: list[tuple[float, bytes]]) -> None:
        self._came = came
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self._buffer) < end + 4 + length:
                return
            body = self._buffer[end + 4 : end + 4 + length]
            self._buffer = self._buffer[end + 4 + length :]
            if head.split(b" ", 2)[1].startswith(_HANGING):
                return
            self._came.append((at, body))
            assert self._transport is not None
            self._transport.write(_TAKEN)
