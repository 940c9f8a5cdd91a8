"""A connection on which one short transaction follows another, each with its statements piped: a request's."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine

from andon.kernel.clock import Clock
from andon.kernel.statements import Statements


class Conversation:
    """One connection, and the transaction that is under way on it: it begins when it is first asked for."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self._clock = clock
        self._under_way: tuple[Statements, datetime] | None = None

    @property
    def statements(self) -> Statements:
        """The statements of the transaction under way."""
        return self._begun()[0]

    @property
    def now(self) -> datetime:
        """The business instant at which it began."""
        return self._begun()[1]

    def commit(self) -> None:
        """End the transaction, with all that is under way in one trip where it can be. Raises DBAPIError."""
        if self._under_way is not None:
            self._under_way[0].commit()
            self.connection.commit()
            self._under_way = None

    def rollback(self) -> None:
        """Undo the transaction."""
        if self._under_way is not None:
            self._under_way[0].abandon()
            self._under_way = None
            self.connection.rollback()

    def _begun(self) -> tuple[Statements, datetime]:
        if self._under_way is None:
            transaction = self.connection.begin()
            try:
                now = self._clock.now(
                    self.connection
                )  # a clock that stands is read, so before the pipe is laid
                self._under_way = Statements(self.connection, piped=True), now
            except BaseException:
                transaction.rollback()
                raise
        return self._under_way


@contextmanager
def conversation(engine: Engine, clock: Clock) -> Iterator[Conversation]:
    """A conversation over a connection of the pool; what it has not committed at the end is undone."""
    with engine.connect() as connection:
        talk = Conversation(connection, clock)
        try:
            yield talk
        finally:
            talk.rollback()
