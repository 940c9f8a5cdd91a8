"""Disputes: what is claimed, what was shown and said, and how each was decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId

DISPUTE_IDS = Sequence("dispute_ids", metadata=Base.metadata)
EVIDENCE_IDS = Sequence("evidence_ids", metadata=Base.metadata)
ANSWER_IDS = Sequence("dispute_answer_ids", metadata=Base.metadata)


class Dispute(Base):
    """A claim about an order; `state` is a DisputeState, below 80 it is open. `policy` is the order's version.

    `cause` is a Cause, `beneficiary` who is paid: shop or buyer. `supplier_id` and `carrier` are the parties that it
    names, null where it names none; of which fulfilment it is `fulfilment_id` says, null where the claim does not tell.
    `charges` are the numbers of the order's charges that it contests. `text` and `appeal_text` are people's words.

    `handle_by` is until when a claim with evidence is to be decided, again after an appeal; null before. `due_at` is the
    next instant at which the line must look at it. `breaches` counts how often it was not decided in time.
    `outcome`, `payer` and `awarded_minor` are those of the decision in force, number `round` of its decisions; null
    before the first. Source: DISP-1..7.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        Index("ix_disputes_order", "shop_id", "order_id"),
        Index("ix_disputes_number", "dispute_id"),
        Index("ix_disputes_open", "shop_id", "dispute_id", postgresql_where=text("state < 80")),
        Index("ix_disputes_clock", "handle_by", "dispute_id", postgresql_where=text("state < 30")),
        Index("ix_disputes_due_at", "due_at", postgresql_where=text("due_at is not null")),
    )

    shop_id: Mapped[ShopId]
    dispute_id: Mapped[Key]
    order_id: Mapped[int]
    fulfilment_id: Mapped[int | None]
    supplier_id: Mapped[int | None]
    carrier: Mapped[str | None]
    jit: Mapped[bool]
    cause: Mapped[str]
    claim_minor: Mapped[int]
    currency: Mapped[str]
    beneficiary: Mapped[str]
    charges: Mapped[list[Any]]
    text: Mapped[str | None]
    state: Mapped[Code]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    handle_by: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    breaches: Mapped[int] = mapped_column(Integer)
    breached_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str | None]
    payer: Mapped[str | None]
    awarded_minor: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    appealed_by: Mapped[str | None]
    appeal_text: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    paid_journal_id: Mapped[int | None]
    policy: Mapped[str]


class DisputeDecision(Base):
    """How a dispute was decided, the second time after an appeal. `clause` is the one that names the payer.

    `waived` are those of the contested charges that are not owed. `journal_id` is what it posted, null where nothing was
    awarded; `reversed_by` the journal that took it back.
    """

    __tablename__ = "dispute_decisions"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    dispute_id: Mapped[Key]
    round: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    outcome: Mapped[str]
    payer: Mapped[str | None]
    clause: Mapped[str | None]
    awarded_minor: Mapped[int]
    waived: Mapped[list[Any]]
    note: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    journal_id: Mapped[int | None]
    reversed_by: Mapped[int | None]


class Evidence(Base):
    """Something that shows what happened: a file, what it is (`kind`), and the fault that it is said to show, if any.

    What is `personal` - it shows a buyer's name or address - no party that the dispute names may see.
    """

    __tablename__ = "dispute_evidence"
    __table_args__ = (
        Index("ix_dispute_evidence_dispute", "shop_id", "dispute_id"),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    evidence_id: Mapped[Key]
    dispute_id: Mapped[int]
    file_id: Mapped[int]
    kind: Mapped[str]
    shows: Mapped[str | None]
    personal: Mapped[bool]
    given_at: Mapped[datetime]
    given_by: Mapped[str]


class DisputeAnswer(Base):
    """What a party that a dispute names answers to it: accept or contest, and its words. The last one of each stands."""

    __tablename__ = "dispute_answers"
    __table_args__ = (
        Index("ix_dispute_answers_dispute", "shop_id", "dispute_id"),
        {"info": {"append_only": True, "supplier": "hidden", "erased": ("text",)}},
    )

    shop_id: Mapped[ShopId]
    answer_id: Mapped[Key]
    dispute_id: Mapped[int]
    party: Mapped[str]
    party_id: Mapped[str]
    answer: Mapped[str]
    text: Mapped[str | None]
    answered_at: Mapped[datetime]
    answered_by: Mapped[str]


class NamedParty(Base):
    """That a dispute names a supplier or a carrier: the way from the party to the dispute, also after any grant.

    Read before a shop is known, so it is a reference table; it says no more than who is named where.
    """

    __tablename__ = "dispute_parties"
    __table_args__ = {"info": {"reference": True}}

    party: Mapped[str] = mapped_column(primary_key=True)
    party_id: Mapped[str] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shop_id: Mapped[int]
