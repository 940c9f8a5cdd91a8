"""Payouts: what was paid to a supplier or a carrier over all shops."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base


class Payout(Base):
    """What was paid out of an account over all shops: under its journal each shop's books have their part."""

    __tablename__ = "payouts"
    __table_args__ = (
        Index("uq_payouts_reference", "account", "reference", unique=True),
        {"info": {"reference": True, "append_only": True}},
    )

    journal_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account: Mapped[str]
    reference: Mapped[str]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    paid_at: Mapped[datetime]
    paid_by: Mapped[str]
