"""The ledger: transfers between accounts, and the running totals that must equal them."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

TRANSFER_IDS = Sequence("transfer_ids", metadata=Base.metadata)
JOURNAL_IDS = Sequence("journal_ids", metadata=Base.metadata)


class Transfer(Base):
    """A positive amount from the account debited to the account credited; a correction is an opposite transfer.

    Where the charge that it settles was converted, `base_minor` of `base_currency` at `rate` is the amount.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive_amount"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        Index("ix_transfers_journal", "shop_id", "journal_id"),
        # What was written together lies together: a period is found for next to nothing.
        Index("ix_transfers_at", "at", postgresql_using="brin"),
        # Deposits, withdrawals and the like: few among the charges.
        Index("ix_transfers_moved", "shop_id", "cause", postgresql_where=text("left(cause, 7) <> 'charge.'")),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    transfer_id: Mapped[Key]
    journal_id: Mapped[int]
    at: Mapped[datetime]
    debit: Mapped[str]
    credit: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    cause: Mapped[str]
    charge_id: Mapped[int | None]
    base_minor: Mapped[int | None]
    base_currency: Mapped[str | None]
    rate: Mapped[Decimal | None]


class Balance(Base):
    """The running totals of one account of a shop's books, in minor units."""

    __tablename__ = "balances"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    account: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    debited_minor: Mapped[int]
    credited_minor: Mapped[int]


class Payee(Base):
    """Which shops' books have an account of what a supplier or a carrier is owed: the only way from it to them."""

    __tablename__ = "payees"
    __table_args__ = {"info": {"reference": True, "append_only": True}}

    account: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[ShopId] = mapped_column(sort_order=0)


class Subsidy(Base):
    """What the platform gave to a shop for an order, once."""

    __tablename__ = "subsidies"
    __table_args__ = {"info": {"append_only": True, "supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    order_id: Mapped[Key]
    journal_id: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    paid_at: Mapped[datetime]
