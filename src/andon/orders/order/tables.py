"""The order itself: what the buyer bought, where it goes, and the fulfilments it was split into."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, Integer, LargeBinary, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING, Base, Code, Key, ShopId

ORDER_IDS = Sequence("order_ids", metadata=Base.metadata)
FULFILMENT_IDS = Sequence("fulfilment_ids", metadata=Base.metadata)


class Order(Base):
    """What a buyer bought. `fingerprint` is the hash of what the channel sent, to tell a repeat from a clash."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("uq_orders_channel", "shop_id", "channel", "channel_order_no", unique=True),
        Index("ix_orders_placed_at", "shop_id", "placed_at"),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    order_id: Mapped[Key]
    channel: Mapped[str]
    channel_order_no: Mapped[str]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    placed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    ship_by: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    source_status: Mapped[str | None]
    currency: Mapped[str]
    goods_minor: Mapped[int]
    freight_minor: Mapped[int]
    policy: Mapped[str]


class Recipient(Base):
    """Where an order goes: the buyer's data, apart from everything else so that it can be erased alone.

    `commitment` is the salted hash that events name; the salt is erased with the data.
    `faults` are the codes of what its country's format does not have, with spaces between; null where it passed.
    `erase_at` is when it is next looked whether it may go; once `erased_at`, country and commitment are what is left.
    """

    __tablename__ = "recipients"
    __table_args__ = (
        Index("ix_recipients_erase_at", "erase_at", postgresql_where=text("erase_at is not null")),
    )

    shop_id: Mapped[ShopId]
    order_id: Mapped[Key]
    ship_to: Mapped[dict[str, Any]]
    country: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    faults: Mapped[str | None]
    erase_at: Mapped[datetime | None]
    erase_asked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class OrderLine(Base):
    """One line of an order; prices in the order's currency, in minor units.

    `goods` is what was said of the product when the order came, null where nothing was.
    """

    __tablename__ = "order_lines"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    order_id: Mapped[Key]
    line_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sku: Mapped[str]
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price_minor: Mapped[int]
    freight_minor: Mapped[int]
    ship_by: Mapped[datetime | None]
    goods: Mapped[dict[str, Any] | None]


class Fulfilment(Base):
    """One party's part of an order: a supplier's, or, with `supplier_id` null, the seller's own (or nobody's yet).

    `state` is a FulfilmentState, `mode` a Mode, `flags` a bit set of Flag. `due_at` is the next instant at which the
    line must look at it, by its state: reserved and not pushed, pushed and not answered, delivered and not completed;
    `placed_at` is its order's, by which lists go; `ship_by` the channel's limit for the earliest of its lines. `stuck_at` and `stale_at` are the instants at which MODE-4 and
    MODE-5 flag it. `accrued_at` and `charged_at` are money's: null until it has taken the shipping, and the end, of this fulfilment into account; at `recharge_at` it charges
    anew, as a carrier has measured otherwise. `cancel_by` is at whose
    wish it is cancelled (buyer, seller, operator); a cancellation that was asked for and not answered is open, and
    flagged at `cancel_due_at`; `cancel_answer` is accepted, refused, at_once (nobody needed to be asked) or forced.
    While it is held `due_at` and `stuck_at` are null; what was left of them stands in `due_left` and `stuck_left`.
    """

    __tablename__ = "fulfilments"
    __table_args__ = (
        # No foreign key to the order: it is made with the first of these and never goes; the auditor looks.
        Index("ix_fulfilments_order", "shop_id", "order_id"),
        Index("ix_fulfilments_open", "shop_id", "supplier_id", postgresql_where=text("state < 80")),
        Index("ix_fulfilments_group", "shop_id", "state", "placed_at", "order_id"),
        Index(
            "ix_fulfilments_flagged",
            "shop_id",
            "placed_at",
            "order_id",
            postgresql_where=text("flags <> 0"),
        ),
        Index(
            "ix_fulfilments_ship_by",
            "shop_id",
            "ship_by",
            "order_id",
            postgresql_where=text("state < 60 and ship_by is not null"),
        ),
        Index("ix_fulfilments_pushed", "supplier_id", "fulfilment_id", postgresql_where=text("state = 20")),
        Index(
            "ix_fulfilments_unpushed", "due_at", postgresql_where=text("state = 10 and due_at is not null")
        ),
        Index("ix_fulfilments_answer", "due_at", postgresql_where=text("state = 20 and due_at is not null")),
        Index(
            "ix_fulfilments_stuck",
            "stuck_at",
            postgresql_where=text("stuck_at is not null"),
        ),
        Index("ix_fulfilments_stale", "stale_at", postgresql_where=text("stale_at is not null")),
        Index(
            "ix_fulfilments_cancel",
            "cancel_due_at",
            postgresql_where=text("cancel_due_at is not null"),
        ),
        Index(
            "ix_fulfilments_complete", "due_at", postgresql_where=text("state = 80 and due_at is not null")
        ),
        Index(
            "ix_fulfilments_accrue",
            "shipped_at",
            postgresql_where=text("accrued_at is null and shipped_at is not null"),
        ),
        Index(
            "ix_fulfilments_charge",
            "ended_at",
            postgresql_where=text("charged_at is null and ended_at is not null"),
        ),
        Index("ix_fulfilments_recharge_at", "recharge_at", postgresql_where=text("recharge_at is not null")),
        {"postgresql_with": MOVING},
    )

    shop_id: Mapped[ShopId]
    fulfilment_id: Mapped[Key]
    order_id: Mapped[int]
    supplier_id: Mapped[int | None]
    mode: Mapped[Code]
    state: Mapped[Code]
    flags: Mapped[int] = mapped_column(Integer)
    line: Mapped[str | None]
    replaces: Mapped[int | None]
    reason: Mapped[str | None]
    policy: Mapped[str]
    placed_at: Mapped[datetime]
    reserved_at: Mapped[datetime]
    pushed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    picked_at: Mapped[datetime | None]
    labelled_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    stuck_at: Mapped[datetime | None]
    stale_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    cancel_answered_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    cancel_by: Mapped[str | None]
    cancel_due_at: Mapped[datetime | None]
    cancel_answer: Mapped[str | None]
    accrued_at: Mapped[datetime | None]
    charged_at: Mapped[datetime | None]
    recharge_at: Mapped[datetime | None]
    ship_by: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    due_left: Mapped[timedelta | None]
    stuck_left: Mapped[timedelta | None]


class FulfilmentLine(Base):
    """What of a fulfilment is picked: an order line's quantity, and the units of the item that were reserved for it.

    While a fulfilment waits, nothing is reserved: `units` is 0 and the place is the seller's own warehouse.
    """

    __tablename__ = "fulfilment_lines"

    shop_id: Mapped[ShopId]
    fulfilment_id: Mapped[Key]
    line_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sku: Mapped[str]
    quantity: Mapped[int] = mapped_column(Integer)
    location: Mapped[int]
    item: Mapped[str]
    owner: Mapped[int]
    units: Mapped[int]
