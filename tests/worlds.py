"""Transactions and small worlds for tests, built by the product's own use cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.tx import LINE, Actor, Tx
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""A Monday noon in Shanghai, under policy jit-3.2."""


@contextmanager
def transaction(
    database: Database, now: datetime = NOON, actor: Actor = LINE, **options: Any
) -> Iterator[Tx[Policy]]:
    """A transaction under the line's login at a business instant, committed at the end."""
    with Session(database.line) as session:
        tx = Tx(session, now=now, actor=actor, policies=load_policies(), **options)
        yield tx
        tx.flush()
        session.commit()
