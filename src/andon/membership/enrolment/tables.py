"""Enrolments: a shop's memberships in JIT, one number a join, and what the last one mapped."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId


class Enrolment(Base):
    """One membership; `number` counts a shop's joins from 1. `state` is an EnrolmentState.

    The authorisation of MODE-7 is kept with it: text and version, who signed, and when. `paper_due_at` is since when it is
    to be made a document, null once it is.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "ix_enrolments_paper_due_at", "paper_due_at", postgresql_where=text("paper_due_at is not null")
        ),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    number: Mapped[Key]
    state: Mapped[Code]
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    authorisation: Mapped[dict[str, Any]]
    policy: Mapped[str]
    paper_due_at: Mapped[datetime | None]


class FormerMapping(Base):
    """A mapping as it stood when the exit began that ended membership `number`; only those of the last one are kept."""

    __tablename__ = "former_mappings"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    sku: Mapped[str] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    item: Mapped[str]
    units: Mapped[int] = mapped_column(Integer)
    priority: Mapped[int] = mapped_column(Integer)
    supply_price_minor: Mapped[int | None]
