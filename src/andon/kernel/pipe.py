"""Statements sent on a connection without waiting for each: libpq's pipeline, as thinly laid as it can be.

The driver's own pipeline takes three times the processor time a statement, and a use case is ten to thirty of them.
"""

from collections import deque
from collections.abc import Sequence
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

KEPT_PREPARED = 1000
"""How many statements a connection keeps prepared: all that there are, in each form their parameters come in."""

Form = tuple[str, tuple[int, ...]]
"""A statement's text, with the types of its parameters."""


class Kept:
    """What a connection keeps from one pipe to the next: the names of what it has prepared, and how values look."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        driver.prepare_threshold = None  # the driver would clear away all that is prepared
        self.shaper = Transformer.from_context(driver)
        self.prepared: dict[Form, bytes] = {}
        self.names = (b"andon_%d" % number for number in count())

    def rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        """A result's rows."""
        self.shaper.set_pgresult(result)
        return self.shaper.load_rows(0, result.ntuples, tuple)


class Sent:
    """A statement under way; `prepares` is what it makes ready, if it does. Waited for, it has a result or a failure."""

    __slots__ = ("failure", "prepares", "result")

    def __init__(self, prepares: tuple[Form, bytes] | None = None) -> None:
        self.prepares = prepares
        self.result: PGresult | None = None
        self.failure: psycopg.Error | None = None

    def known(self) -> PGresult:
        """What came of it, after it was waited for. Raises psycopg.Error."""
        if self.failure is not None:
            raise self.failure
        assert self.result is not None, "whoever waits is told"
        return self.result


class Pipe:
    """Statements under way on a connection, answered in the order in which they were sent.

    They begin a transaction where none is under way. Once one has failed, nothing after it is done until somebody
    waits, who is told of the first failure. The connection is the pipe's own until that is closed.
    """

    def __init__(self, driver: psycopg.Connection[Any], kept: Kept) -> None:
        self._driver = driver
        self._conn = driver.pgconn
        self._kept = kept
        self._shaper = kept.shaper
        self._preparing: dict[Form, bytes] = {}
        self._under_way: deque[Sent] = deque()
        begun = driver.autocommit or self._conn.transaction_status != TransactionStatus.IDLE
        self._conn.enter_pipeline_mode()
        if not begun:
            self.send("begin", ())

    def send(self, text: str, params: Sequence[Any]) -> Sent:
        """Send a statement, prepared under a name the first time that it is. Raises psycopg.Error."""
        dumped = self._shaper.dump_sequence(params, [PyFormat.AUTO] * len(params)) if params else None
        types, formats = (self._shaper.types or (), self._shaper.formats) if params else ((), None)
        name = self._name_of(text, types)
        if name:
            self._conn.send_query_prepared(name, dumped, formats)
        else:
            self._conn.send_query_params(text.encode(), dumped, types, formats)
        return self._sent(Sent())

    def say(self, text: str) -> None:
        """Send a text that is not kept, as there is another for every party."""
        self._conn.send_query_params(text.encode(), None)
        self._sent(Sent())

    def result(self, sent: Sent) -> PGresult:
        """What came of a statement, when it has. Raises psycopg.Error: of the first that failed."""
        if sent.result is None and sent.failure is None:
            self._conn.send_flush_request()
            self._wait_for(sent)
        return sent.known()

    def close(self) -> None:
        """Wait for all that is under way and leave the connection to its driver. Raises psycopg.Error."""
        self._conn.pipeline_sync()
        try:
            self._wait_for(None)
        finally:
            if not self._under_way:
                self._conn.exit_pipeline_mode()

    def _name_of(self, text: str, types: tuple[int, ...]) -> bytes | None:
        form = text, types
        name = self._kept.prepared.get(form) or self._preparing.get(form)
        if name is None and len(self._kept.prepared) < KEPT_PREPARED:
            name = self._preparing[form] = next(self._kept.names)
            self._conn.send_prepare(name, text.encode(), types)
            self._under_way.append(Sent((form, name)))
        return name

    def _sent(self, sent: Sent) -> Sent:
        self._under_way.append(sent)
        self._conn.flush()  # as much as the socket takes: the server works meanwhile
        return sent

    def _wait_for(self, last: Sent | None) -> None:
        """Read answers up to that of `last`, or else to a sync. Raises the first failure, with nothing left under way."""
        try:
            self._read_to(last)
        except psycopg.OperationalError as gone:
            for sent in self._under_way:
                sent.failure = gone
            raise

    def _read_to(self, last: Sent | None) -> None:
        self._driver.wait(send(self._conn))
        failure: psycopg.Error | None = None
        while last is None or last.result is None:
            result = self._driver.wait(fetch_many(self._conn))[0]
            if result.status == ExecStatus.PIPELINE_SYNC:
                break
            sent = self._under_way.popleft()
            if result.status == ExecStatus.FATAL_ERROR:
                failure = failure or error_from_result(result)
                if last is not None:  # what was sent after it is left undone: it is read past
                    self._conn.pipeline_sync()
                    self._driver.wait(send(self._conn))
                    last = None
            if failure is not None:
                sent.failure = failure
                continue
            sent.result = result
            if sent.prepares is not None:
                form, name = sent.prepares
                self._kept.prepared[form] = name
        if failure is not None:
            self._preparing.clear()
            raise failure
