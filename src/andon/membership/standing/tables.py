"""What shops are judged by when they come back: ratings with their running totals, and violations."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, Sequence, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId

VIOLATION_IDS = Sequence("violation_ids", metadata=Base.metadata)


class Standing(Base):
    """One row a shop, the lock of its standing: who rates, records a violation or joins takes it, so that they come one by one.

    `look_at` is when the shop's wrong addresses are counted next, null while it is not in JIT.
    """

    __tablename__ = "standings"
    __table_args__ = (
        Index("ix_standings_look_at", "look_at", postgresql_where=text("look_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    look_at: Mapped[datetime | None]


class Rating(Base):
    """A buyer's rating of one order on three axes, each in hundredths of a star; the newest that was told. Source: BACK-2."""

    __tablename__ = "ratings"
    __table_args__ = (
        Index("ix_ratings_rated_at", "shop_id", "rated_at"),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    order_id: Mapped[Key]
    described: Mapped[int] = mapped_column(SmallInteger)
    communication: Mapped[int] = mapped_column(SmallInteger)
    shipping: Mapped[int] = mapped_column(SmallInteger)
    rated_at: Mapped[datetime]
    told_at: Mapped[datetime]


class RatingDay(Base):
    """What the ratings of one day in the platform's zone come to: how many, and the sum of each axis in hundredths."""

    __tablename__ = "rating_days"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    day: Mapped[date] = mapped_column(primary_key=True)
    ratings: Mapped[int] = mapped_column(Integer)
    described: Mapped[int]
    communication: Mapped[int]
    shipping: Mapped[int]


class Violation(Base):
    """That a rule was broken: which (`kind`), through whose `fault`, how it came out (`cause`), by what `evidence`.

    `state` is a ViolationState. `at` is since when it counts. A detector records one of a kind a fulfilment, for good;
    without a fulfilment, one of a kind and an order stands at a time. `due_at` is when an appeal must be answered, null
    once it was escalated or decided. `note` is whoever recorded it, `plea` the shop's, `answer` the operator's.
    """

    __tablename__ = "violations"
    __table_args__ = (
        Index(
            "uq_violations_fulfilment",
            "shop_id",
            "fulfilment_id",
            "kind",
            unique=True,
            postgresql_where=text("fulfilment_id is not null"),
        ),
        Index(
            "uq_violations_order",
            "shop_id",
            "order_id",
            "kind",
            unique=True,
            postgresql_where=text("fulfilment_id is null and order_id is not null and state < 80"),
        ),
        Index("ix_violations_counted", "shop_id", "kind", "at", postgresql_where=text("state < 80")),
        Index(
            "ix_violations_supplier",
            "supplier_id",
            "at",
            postgresql_where=text("fault = 'supplier' and state < 80"),
        ),
        Index("ix_violations_number", "violation_id"),
        Index("ix_violations_due_at", "due_at", postgresql_where=text("due_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    violation_id: Mapped[Key]
    kind: Mapped[str]
    fault: Mapped[str]
    cause: Mapped[str]
    state: Mapped[Code]
    order_id: Mapped[int | None]
    fulfilment_id: Mapped[int | None]
    supplier_id: Mapped[int | None]
    evidence: Mapped[dict[str, Any]]
    note: Mapped[str | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    plea: Mapped[str | None]
    appealed_at: Mapped[datetime | None]
    appealed_by: Mapped[str | None]
    due_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    policy: Mapped[str]
