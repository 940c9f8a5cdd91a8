"""Enrolments: a shop's memberships in JIT, one number a join."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Code, Key, ShopId


class Enrolment(Base):
    """One membership; `number` counts a shop's joins from 1. `state` is an EnrolmentState.

    The authorisation of MODE-7 is kept with it: text and version, who signed, and when.
    """

    __tablename__ = "enrolments"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    number: Mapped[Key]
    state: Mapped[Code]
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    authorisation: Mapped[dict[str, Any]]
    policy: Mapped[str]
