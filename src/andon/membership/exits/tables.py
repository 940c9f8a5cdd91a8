"""Exits of shops, and what their verification found."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Code, Key, ShopId

EXIT_IDS = Sequence("exit_ids", metadata=Base.metadata)
EXIT_CHECK_IDS = Sequence("exit_check_ids", metadata=Base.metadata)


class Exit(Base):
    """A shop's leaving; `state` is an ExitState, below 80 the one that runs. At most one of a shop runs.

    `enrolment` numbers the membership that it ends. `thrown_at` is when the switch was thrown, `off_at` when it
    strikes, `ticket` the number of EXIT-5; all three are null until then. `forced_at` and `forced_by` are set where it was
    forced. `before` is what a withdrawal puts back: intake, modes, plan. `due_at` is the next instant at which the line
    must look at it.
    """

    __tablename__ = "exits"
    __table_args__ = (
        Index("uq_exits_running", "shop_id", unique=True, postgresql_where=text("state < 80")),
        Index("ix_exits_due_at", "due_at", postgresql_where=text("due_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    exit_id: Mapped[Key]
    enrolment: Mapped[int]
    state: Mapped[Code]
    reason: Mapped[str]
    note: Mapped[str | None]
    started_at: Mapped[datetime]
    forced_at: Mapped[datetime | None]
    forced_by: Mapped[str | None]
    forced_name: Mapped[str | None]
    forced_factor: Mapped[str | None]
    forced_note: Mapped[str | None]
    thrown_at: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    ticket: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any]]
    policy: Mapped[str]


class ExitCheck(Base):
    """One check of an exit's verification, as it was run once: `check` names it, `evidence` is what was found.

    `put_right` says that something was left over and has been taken away. Source: EXIT-6.
    """

    __tablename__ = "exit_checks"
    __table_args__ = (
        Index("ix_exit_checks_exit", "shop_id", "exit_id", "check_id"),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    check_id: Mapped[Key]
    exit_id: Mapped[int]
    check: Mapped[str]
    passed: Mapped[bool]
    put_right: Mapped[bool]
    evidence: Mapped[dict[str, Any]]
    at: Mapped[datetime]
