"""Stock-outs that the seller caused."""

from datetime import datetime

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, Key, ShopId

STOCK_OUT_IDS = Sequence("stock_out_ids", metadata=Base.metadata)


class StockOut(Base):
    """An order that the seller's own warehouse could not fill, once an order: refused, or taken and cancelled for it.

    `cause` is a Cause; `order_id` and `fulfilment_id` are null where it was refused, `sku` where it was cancelled.
    `policy` is the version in force when it was placed. `charge_at` is when its penalty is charged,
    `judge_at` when membership records the violation; each is null once it is.
    """

    __tablename__ = "stock_outs"
    __table_args__ = (
        Index("uq_stock_outs_order", "shop_id", "channel", "channel_order_no", unique=True),
        Index("ix_stock_outs_charge_at", "charge_at", postgresql_where=text("charge_at is not null")),
        Index("ix_stock_outs_judge_at", "judge_at", postgresql_where=text("judge_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    stock_out_id: Mapped[Key]
    channel: Mapped[str]
    channel_order_no: Mapped[str]
    cause: Mapped[str]
    sku: Mapped[str | None]
    order_id: Mapped[int | None]
    fulfilment_id: Mapped[int | None]
    at: Mapped[datetime]
    placed_at: Mapped[datetime]
    policy: Mapped[str]
    charge_at: Mapped[datetime | None]
    judge_at: Mapped[datetime | None]
