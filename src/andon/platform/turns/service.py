"""Taking a turn, and saying when the next one is."""

from datetime import datetime
from typing import Any

from andon.kernel.tx import Tx


def due_sql(name: str) -> str:
    """A scalar query: when that turn is due."""
    return f"select due_at from turns where name = '{name}'"


def take_turn(tx: Tx[Any], name: str) -> bool:
    """Whether that turn is due and nobody else is at it; its row is then locked until this transaction ends."""
    taken = tx.one(
        "select due_at from turns where name = :name and due_at <= :now for no key update skip locked",
        name=name,
        now=tx.now,
    )
    return taken is not None


def end_turn(tx: Tx[Any], name: str, next_at: datetime) -> None:
    """The turn is done; it is due again at `next_at`."""
    assert next_at > tx.now, "a turn goes on in time"
    tx.put("update turns set due_at = :next where name = :name", name=name, next=next_at)
