"""Charges: one fee component of an order, a fulfilment or a waybill."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING, Base, Code, Key, ShopId

CHARGE_IDS = Sequence("charge_ids", metadata=Base.metadata)


class Charge(Base):
    """One fee of one thing; never edited in its amount, only reversed by an opposite one.

    `kind` is a ChargeKind, `state` a ChargeState. `subject` numbers what is charged once: the order for handling,
    the fulfilment for warehouse work and goods, the parcel for freight, the stock-out for a penalty, whose order may
    never have become ours; `round` counts corrections from 0. `payee` is the
    account that is owed. `due_at` is null while provisional. `overdue_at` is when it was first found to wait for funds;
    `secured_at` since when its amount is held, null for one that is not disputed.

    `base_minor` of `base_currency` at `rate` is the amount, where the tariff is in another currency than the shop's.
    `rate_wanted_on` is the day whose rate it waits for: until then it is in the tariff's own currency.
    """

    __tablename__ = "charges"
    __table_args__ = (
        # Once of each thing, which is of one order for good: so it also finds the charges of an order.
        Index(
            "uq_charges_of_order",
            "shop_id",
            "order_id",
            "kind",
            "subject",
            "round",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "ix_charges_rate_wanted",
            "rate_wanted_on",
            "currency",
            "shop_id",
            "charge_id",
            postgresql_where=text("rate_wanted_on is not null"),
        ),
        Index("ix_charges_unsettled", "shop_id", "due_at", "charge_id", postgresql_where=text("state < 80")),
        Index(
            "ix_charges_unsecured",
            "shop_id",
            "charge_id",
            postgresql_where=text("state = 30 and secured_at is null"),
        ),
        {"info": {"supplier": "hidden"}, "postgresql_with": MOVING},
    )

    shop_id: Mapped[ShopId]
    charge_id: Mapped[Key]
    kind: Mapped[Code]
    state: Mapped[Code]
    subject: Mapped[int]
    round: Mapped[int]
    order_id: Mapped[int | None]
    fulfilment_id: Mapped[int | None]
    parcel_id: Mapped[int | None]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    payee: Mapped[str]
    basis: Mapped[str]
    policy: Mapped[str]
    accrued_at: Mapped[datetime]
    fixed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_on: Mapped[date | None] = mapped_column(Date)
    journal_id: Mapped[int | None]
    base_minor: Mapped[int | None]
    base_currency: Mapped[str | None]
    rate: Mapped[Decimal | None]
    rate_wanted_on: Mapped[date | None]
    secured_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
