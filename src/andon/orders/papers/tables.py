"""Where items lie, what a supplier wants of its labels, and what was scanned before they were printed."""

from datetime import datetime

from sqlalchemy import Index, Integer, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

CHECK_IDS = Sequence("check_ids", metadata=Base.metadata)


class Bin(Base):
    """Where an item lies in its supplier's warehouse, and the barcode on it where that is not the item's code."""

    __tablename__ = "bins"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    bin: Mapped[str]
    barcode: Mapped[str | None]
    set_at: Mapped[datetime]


class Printing(Base):
    """What a supplier wants of its labels; one without a row wants nothing to be scanned."""

    __tablename__ = "printing"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scan_before_print: Mapped[bool]
    set_at: Mapped[datetime]


class GoodsCheck(Base):
    """Goods scanned at the packing table: so many units of a line, or, with a `code`, what did not belong there."""

    __tablename__ = "goods_checks"
    __table_args__ = (
        Index("ix_goods_checks_fulfilment", "shop_id", "fulfilment_id"),
        {"info": {"append_only": True}},
    )

    shop_id: Mapped[ShopId]
    check_id: Mapped[Key]
    fulfilment_id: Mapped[int]
    supplier_id: Mapped[int]
    line_no: Mapped[int | None] = mapped_column(Integer)
    scanned: Mapped[str]
    number: Mapped[int]
    units: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None]
    actor: Mapped[str]
    at: Mapped[datetime]
