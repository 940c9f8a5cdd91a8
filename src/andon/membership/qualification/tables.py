"""Reviews of suppliers for one shop, what was decided about suppliers, and what their scorecards count."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId
from andon.membership.qualification.rules import AGAINST

REVIEW_IDS = Sequence("review_ids", metadata=Base.metadata)
DOCUMENT_IDS = Sequence("supplier_document_ids", metadata=Base.metadata)
DECISION_IDS = Sequence("supplier_decision_ids", metadata=Base.metadata)


class Review(Base):
    """A supplier's review for one shop that comes back; `state` is a ReviewState. At most one of a pair is open.

    It is to end by `due_at`; `escalated_at` says that it did not. `scorecard` is what whoever decided saw. Source: QUAL-1.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        Index("uq_reviews_open", "shop_id", "supplier_id", unique=True, postgresql_where=text("state < 80")),
        Index("ix_reviews_supplier", "shop_id", "supplier_id", "review_id"),
        Index("ix_reviews_number", "review_id"),
        Index("ix_reviews_due_at", "due_at", postgresql_where=text("state < 80 and escalated_at is null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    review_id: Mapped[Key]
    supplier_id: Mapped[int]
    state: Mapped[Code]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    note: Mapped[str | None]
    scorecard: Mapped[dict[str, Any] | None]
    policy: Mapped[str]


class SupplierDocument(Base):
    """A document that a supplier shows: what it is, its number and last day where it has them, and the file.

    The file lies among the platform's; `sha256` is its hash.
    """

    __tablename__ = "supplier_documents"
    __table_args__ = {"info": {"reference": True, "append_only": True}}

    supplier_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("suppliers.supplier_id"), primary_key=True, autoincrement=False
    )
    document_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    number: Mapped[str | None]
    valid_until: Mapped[date | None] = mapped_column(Date)
    file_id: Mapped[int]
    sha256: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class SupplierDecision(Base):
    """What an operator decided about a supplier, why, and the scorecard that lay before them. Source: QUAL-2."""

    __tablename__ = "supplier_decisions"
    __table_args__ = {"info": {"reference": True, "append_only": True}}

    supplier_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("suppliers.supplier_id"), primary_key=True, autoincrement=False
    )
    decision_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    decision: Mapped[str]
    note: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    scorecard: Mapped[dict[str, Any]]
    policy: Mapped[str]


class Tally(Base):
    """What one fulfilment counts for in its supplier's scorecard: `facts` is a bit set of Fact.

    `day` is the day of its push in the platform's zone; neither changes its supplier. The order's other fulfilments,
    such as the one that replaces it, count for their own.
    """

    __tablename__ = "tallies"
    __table_args__ = (
        Index("ix_tallies_supplier", "supplier_id", "fulfilment_id"),
        Index(
            "ix_tallies_against",
            "supplier_id",
            "fulfilment_id",
            postgresql_where=text(f"(facts & {AGAINST:d}) <> 0"),
        ),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    fulfilment_id: Mapped[Key]
    order_id: Mapped[int]
    supplier_id: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    facts: Mapped[Code]


class TallyReach(Base):
    """Up to which seal a shop's record has been counted."""

    __tablename__ = "tally_reaches"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    seal_no: Mapped[int]


class SupplierDay(Base):
    """How many fulfilments that a supplier was pushed on a day, of all shops, have just these facts.

    It is the sum of tallies, and all that a scorecard reads, however many there are.
    """

    __tablename__ = "supplier_days"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    facts: Mapped[Code] = mapped_column(primary_key=True, autoincrement=False)
    fulfilments: Mapped[int]


class ShopSupplierDay(Base):
    """The same counts of one shop's fulfilments: what a shop reads of its suppliers."""

    __tablename__ = "shop_supplier_days"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    supplier_id: Mapped[Key]
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    facts: Mapped[Code] = mapped_column(primary_key=True, autoincrement=False)
    fulfilments: Mapped[int]
