"""API and line in one process: started, run until told to stop, and stopped in order."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
import uvicorn
from fastapi import FastAPI

from andon.app.line import CHORES
from andon.app.start import edge_of, spare_the_collector
from andon.app.watches import watches
from andon.app.web import build_app
from andon.app.worker import Worker, WorkingLine, working_line
from andon.kernel.clock import read_clock
from andon.kernel.db import Database
from andon.kernel.errors import Unavailable
from andon.kernel.http.connections import Connection
from andon.kernel.http.limits import LARGEST_HEAD_BYTES
from andon.kernel.http.metrics import Metrics
from andon.kernel.settings import Settings
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policies

log = structlog.get_logger("serve")

GRACE_SECONDS = 20
"""How long requests under way may take to end once the process is told to stop."""


class AddressTaken(Unavailable):
    """The API cannot listen at that address; the text says why."""


@dataclass(frozen=True)
class Serving:
    """A running API, and the line beside it."""

    url: str
    app: FastAPI
    line: WorkingLine
    server: uvicorn.Server


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, from here on, in place of ending the process. Of the main thread alone."""
    told = threading.Event()
    before = {
        each: signal.signal(each, lambda _number, _frame: told.set())
        for each in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield told
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def serving(
    database: Database,
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    policies: Policies | None = None,
) -> Iterator[Serving]:
    """API and line over a migrated database, by the clock that its row says; stopped in order at the end.

    Port 0 takes a free one. Policies are the shipped ones unless others are given. Raises AddressTaken.
    """
    listener = listen(host, port)
    spare_the_collector()
    metrics = Metrics()
    policies = policies or load_policies()
    with database.app.connect() as connection:
        clock = read_clock(connection)
    line = working_line(database, clock, policies, metrics, settings)
    pages = settings.public_url or _url(listener, host)
    app = build_app(edge_of(database, clock, policies, settings, pages), line, metrics)
    server = uvicorn.Server(_configured(app, settings))
    api = threading.Thread(target=_run, args=(server, listener), name="api", daemon=True)
    worker = Worker(line, (*CHORES, *watches(database, metrics, settings)))
    api.start()
    worker.start()
    try:
        _await_start(server, api)
        yield Serving(_url(listener, host), app, line, server)
    finally:
        # Those that wait for news first, or they would hold up the rest.
        app.state.ears.close()
        # Then the API: what it still answers may put work on the line, which then finishes its batch.
        server.should_exit = True
        api.join(GRACE_SECONDS + 5)
        worker.stop()
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises AddressTaken where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP outright: only then does asyncio send what is written at once, and not 40 ms later.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as why:
        listener.close()
        raise AddressTaken(f"cannot listen on {host}:{port}: {why.strerror}") from None
    listener.listen(1024)
    listener.set_inheritable(False)
    return listener


def _configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Connection,
        h11_max_incomplete_event_size=LARGEST_HEAD_BYTES,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whose word on where a call comes from is taken; nobody's unless it is said.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        # A client that keeps its connection longer than this between two calls opens another.
        timeout_keep_alive=75,
    )


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    with suppress(KeyboardInterrupt):
        server.run([listener])


def _await_start(server: uvicorn.Server, api: threading.Thread) -> None:
    while not server.started:
        if not api.is_alive():
            raise AddressTaken("the API did not start; its log says why")
        time.sleep(0.005)


def _url(listener: socket.socket, host: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"
