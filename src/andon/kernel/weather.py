"""Weather: which errors mean that the database is away or busy, so that the same thing may succeed later."""

from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from andon.kernel.errors import Unavailable

T = TypeVar("T")

UNDONE = frozenset(("40001", "40P01"))
"""Serialization failure and deadlock: the transaction left nothing behind and may simply be run again."""
TRIES = 3
"""How often such a transaction is run before it is given up."""
FULL = "53100"
"""The database's disk is full."""

MAKE_ROOM = "Make room on the disk that holds the database."

_CLASSES = frozenset(("08", "53", "57"))  # no connection; no resources; cancelled or shut down
_STATES = UNDONE | {"55P03", "25P02", "25P03", "25P04", "25006"}


def sqlstate_of(error: BaseException) -> str:
    """The server's five characters for what went wrong; empty where it did not get as far as answering."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


def was_undone(error: BaseException) -> bool:
    """Whether the server undid a transaction for another's sake."""
    return isinstance(error, DBAPIError) and sqlstate_of(error) in UNDONE


def is_weather(error: BaseException) -> bool:
    """Whether the database, or something outside, is away or too busy."""
    if isinstance(error, Unavailable | PoolExhausted):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
    elif not isinstance(error, psycopg.Error):
        return False
    state = sqlstate_of(error)
    return not state or state in _STATES or state[:2] in _CLASSES


def said_by(error: BaseException) -> str:
    """The driver's own words in one line: without the statement, whose parameters hold buyers' data."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


_HELD = "Another transaction holds what is needed: end it, or stop the API and the workers (`andon stop`)."
_ADVICE = {
    FULL: MAKE_ROOM,
    "53200": "Give the database's machine more memory, or this Andon fewer connections (ANDON_POOL_SIZE).",
    "53300": "Allow the database more connections (max_connections), or this Andon fewer (ANDON_POOL_SIZE).",
    **dict.fromkeys(("55P03", *UNDONE), _HELD),
    "57014": "It took longer than it may: see what it waits for (pg_stat_activity), and allow it more time.",
    "25006": "The database takes no writes: name the primary in ANDON_DATABASE_URL.",
    "42501": "This login lacks a right: let an administrator run what `andon migrate --print-roles` prints.",
}


def advice_on(error: BaseException) -> str:
    """What a person can do about it."""
    known = _ADVICE.get(sqlstate_of(error))
    if known is None and is_weather(error):
        return "Wait until the database answers, and see its log."
    return (
        known
        or "This is a fault of Andon's, or something was changed beside it: keep the text above and report it."
    )


def reached(ask: Callable[[], T]) -> T:
    """What `ask` answers; asked once more where the server had closed a connection of the pool meanwhile."""
    try:
        return ask()
    except DBAPIError as gone:
        if not gone.connection_invalidated:
            raise
        return ask()
