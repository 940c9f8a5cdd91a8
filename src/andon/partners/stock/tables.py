"""Stock by location: a row that stands, and the ledger of movements that it must equal."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import MOVING_IN_PLACE, Base, Code, Key, ShopId

MOVEMENT_IDS = Sequence("movement_ids", metadata=Base.metadata)
CALIBRATION_IDS = Sequence("calibration_ids", metadata=Base.metadata)
TRANSFER_NOTE_IDS = Sequence("transfer_note_ids", metadata=Base.metadata)

LOCAL = 0
"""The location number of the seller's own warehouse; a supplier's warehouse has the supplier's number."""


class Stock(Base):
    """Units of one item at one location that one shop may sell.

    `location` is LOCAL (then `item` is the shop's SKU) or a supplier's number (then `item` is the supplier's code
    and the row is the shop's allotment). `owner` is an Owner: 1 the supplier's units, 2 the shop's (consigned, and
    all local stock). `on_hand` counts reserved and held units too; available is `on_hand - reserved - held`. Held are
    units that were released and not counted yet (PART-3).
    """

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("reserved >= 0 and on_hand >= 0", name="no_negative_units"),
        CheckConstraint("held >= 0 and held <= on_hand", name="held_is_on_hand"),
        Index("ix_stock_item", "location", "item", "shop_id"),
        {"info": {"supplier": "location"}, "postgresql_with": MOVING_IN_PLACE},
    )

    shop_id: Mapped[ShopId]
    location: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    on_hand: Mapped[int]
    reserved: Mapped[int]
    held: Mapped[int] = mapped_column(server_default=text("0"))
    counted_at: Mapped[datetime | None]


class Movement(Base):
    """One change of a stock row: what it did to `on_hand`, `reserved` and `held`, why, and for which fulfilment.

    A promise names none: one call may promise a row's units to many, and what each holds stands in its lines.
    """

    __tablename__ = "movements"
    __table_args__ = (
        Index("ix_movements_item", "shop_id", "location", "item", "at"),
        {"info": {"append_only": True, "supplier": "location"}},
    )

    shop_id: Mapped[ShopId]
    movement_id: Mapped[Key]
    location: Mapped[int]
    item: Mapped[str]
    owner: Mapped[int]
    kind: Mapped[Code]
    on_hand_change: Mapped[int]
    reserved_change: Mapped[int]
    held_change: Mapped[int] = mapped_column(server_default=text("0"))
    fulfilment_id: Mapped[int | None]
    at: Mapped[datetime]


class Pool(Base):
    """A supplier's own count of an item; the allotments made from it never add up to more.

    The row is there from the item's first mapping or count on; `counted_at` is null until a count came. `even_at` is
    the next instant at which its unreserved units are shared out anew by demand, null while at most one shop has
    or maps any of them.
    """

    __tablename__ = "pools"
    __table_args__ = (
        CheckConstraint("counted >= 0", name="no_negative_count"),
        Index("ix_pools_even_at", "even_at", postgresql_where=text("even_at is not null")),
        {"info": {"reference": True}},
    )

    supplier_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    counted: Mapped[int]
    counted_at: Mapped[datetime | None]
    even_at: Mapped[datetime | None]


class Calibration(Base):
    """Consigned units of one item that came back to the seller's own warehouse, and are to be counted there.

    One line of a transfer note: `item_units` left the supplier and became `units` of the SKU, of which one sale took
    `a_sale` each; what made no whole one is on the note alone. `held` of them were not sellable from then on, none under
    the guard `trust`. `counted` is null while it was the whole SKU that was counted at `counted_at`. `delisted_at` is
    when the product was delisted because nobody had counted by `due_at`. Source: PART-2, PART-3.
    """

    __tablename__ = "calibrations"
    __table_args__ = (
        CheckConstraint("units = item_units / a_sale and held in (0, units)", name="units_of_the_note"),
        Index("ix_calibrations_open", "shop_id", "sku", postgresql_where=text("counted_at is null")),
        Index(
            "ix_calibrations_due_at",
            "due_at",
            postgresql_where=text("counted_at is null and delisted_at is null"),
        ),
        Index("ix_calibrations_transfer_note", "shop_id", "transfer_note"),
    )

    shop_id: Mapped[ShopId]
    calibration_id: Mapped[Key]
    sku: Mapped[str]
    supplier_id: Mapped[int]
    item: Mapped[str]
    transfer_note: Mapped[str]
    item_units: Mapped[int]
    a_sale: Mapped[int]
    units: Mapped[int]
    held: Mapped[int]
    released_at: Mapped[datetime]
    due_at: Mapped[datetime]
    counted: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    delisted_at: Mapped[datetime | None]
    policy: Mapped[str]


class UnmappedItem(Base):
    """An item that a shop mapped no more while it had consigned units there; they are `sku` from then on.

    Units that were promised then, or come back later, follow the others as soon as they are free: `due_at`.
    """

    __tablename__ = "unmapped_items"
    __table_args__ = (
        Index("ix_unmapped_items_due_at", "due_at", postgresql_where=text("due_at is not null")),
    )

    shop_id: Mapped[ShopId]
    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str]
    a_sale: Mapped[int]
    due_at: Mapped[datetime | None]
