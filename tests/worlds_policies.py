"""A version of the policy that is still to come, read from files as every other."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.tx import LINE, Actor, Tx
from andon.platform.policies.files import DATA, read_policies
from andon.platform.policies.rules import Policies, Policy

IN_FORCE = datetime(2026, 3, 19, 16, 0, tzinfo=UTC)
"""00:00 of 20 March 2026 in Shanghai."""

LATER = """
version = "jit-3.3"
set = "jit"
extends = "jit-3.2"
in_force_from = 2026-03-20

[clauses.MODE-3]
values.answer_within = "12h"
[clauses.EXIT-7]
values.freeze = "exposure"
[clauses.FEE-1]
values.handling = "0.50"
[clauses.BACK-2]
values.rating_at_least = "4.8"
[settings.push]
values.jitter_share = "0.20"
[lines.cainiao_jit.rates]
ES = { first_fee = "16.20" }
[lines.cainiao_smart]
promise_days = 6
"""
"""What of it touches a shop that is in JIT by the JIT line: MODE-3, EXIT-7, FEE-1 and the JIT line's rates."""


def policies_with(folder: Path, text: str = LATER) -> Policies:
    """The shipped versions and one that is written in `text`, whose name it says first."""
    data = Path(shutil.copytree(DATA, folder / "data"))
    name = text.partition('"')[2].partition('"')[0]
    (data / f"{name}.toml").write_text(text, encoding="utf-8")
    return read_policies(data, "jit")


@contextmanager
def under(policies: Policies, database: Database, now: datetime, actor: Actor = LINE) -> Iterator[Tx[Policy]]:
    """A transaction of the line's login under these policies, committed at the end."""
    with Session(database.line) as session:
        tx: Tx[Any] = Tx(session, now=now, actor=actor, policies=policies)
        yield tx
        tx.flush()
        session.commit()
