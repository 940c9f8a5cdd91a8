"""Rates of exchange by day, and those that were looked for in vain."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base


class ExchangeRate(Base):
    """One unit of `base` is `rate` of `quote` on that day; the newest `round` holds, others were corrected."""

    __tablename__ = "rates"
    __table_args__ = (
        CheckConstraint("rate > 0", name="positive_rate"),
        CheckConstraint("base <> quote", name="two_currencies"),
        {"info": {"reference": True, "append_only": True}},
    )

    base: Mapped[str] = mapped_column(primary_key=True)
    quote: Mapped[str] = mapped_column(primary_key=True)
    valid_on: Mapped[date] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rate: Mapped[Decimal]
    set_at: Mapped[datetime]
    set_by: Mapped[str]


class MissingRate(Base):
    """A rate that charges of a day wait for; `due_at` is when it is looked for again."""

    __tablename__ = "missing_rates"
    __table_args__ = (Index("ix_missing_rates_due_at", "due_at"), {"info": {"reference": True}})

    base: Mapped[str] = mapped_column(primary_key=True)
    quote: Mapped[str] = mapped_column(primary_key=True)
    wanted_on: Mapped[date] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    due_at: Mapped[datetime]
