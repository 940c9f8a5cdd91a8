"""Products of a shop, and their mappings to suppliers' items."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, ShopId


class Product(Base):
    """A SKU of a shop; `mode` is a Mode (1 standard, 2 jit). Lengths in millimetres, weight in grams.

    `goods` is what is said of what it holds and is declared as, null where nothing ever was. Since `delisted_at` orders
    for it are refused (PART-3, MOVE-1); partners.listing sets it.
    """

    __tablename__ = "products"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    sku: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    mode: Mapped[Code]
    length_mm: Mapped[int] = mapped_column(Integer)
    width_mm: Mapped[int] = mapped_column(Integer)
    height_mm: Mapped[int] = mapped_column(Integer)
    weight_g: Mapped[int] = mapped_column(Integer)
    price_minor: Mapped[int]
    updated_at: Mapped[datetime]
    goods: Mapped[dict[str, Any] | None]
    delisted_at: Mapped[datetime | None]


class Mapping(Base):
    """This SKU of the shop is that item of that supplier; one sale takes `units` of it. Lower priority goes first.

    `supply_price_minor` is what was said last of its price, and `supply_price_from` since when that holds.
    """

    __tablename__ = "mappings"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "sku"], ["products.shop_id", "products.sku"]),
        # By the item first: whoever shares out a pool asks which shops map it.
        Index("ix_mappings_item", "supplier_id", "item", "shop_id"),
    )

    shop_id: Mapped[ShopId]
    sku: Mapped[str] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str]
    units: Mapped[int] = mapped_column(Integer)
    priority: Mapped[int] = mapped_column(Integer)
    supply_price_minor: Mapped[int | None]
    supply_price_from: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class SupplyPrice(Base):
    """What a supplier asks for one sale of a SKU, from that instant until the next; null from when it says nothing.

    In the shop's currency. It stays when the mapping goes: what was ordered before is charged by it.
    """

    __tablename__ = "supply_prices"
    __table_args__ = (CheckConstraint("price_minor >= 0", name="not_negative"),)

    shop_id: Mapped[ShopId]
    sku: Mapped[str] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holds_from: Mapped[datetime] = mapped_column(primary_key=True)
    price_minor: Mapped[int | None]
    set_at: Mapped[datetime]
