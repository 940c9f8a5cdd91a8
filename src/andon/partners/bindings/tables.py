"""Bindings: shop and supplier working together, each active one with a grant."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code, Key, ShopId

BINDING_IDS = Sequence("binding_ids", metadata=Base.metadata)
GRANT_IDS = Sequence("grant_ids", metadata=Base.metadata)


class Binding(Base):
    """Shop and supplier working together; `state` is a BindingState. At most one that has not ended per pair.

    `review_at` is when the supplier is to be reviewed for this shop, null where it is not, or is already: it was signed
    by a shop that has left JIT and is not back. Source: QUAL-1.
    """

    __tablename__ = "bindings"
    __table_args__ = (
        Index("uq_bindings_live", "shop_id", "supplier_id", unique=True, postgresql_where=text("state < 80")),
        Index("ix_bindings_supplier", "supplier_id"),
        Index("ix_bindings_review_at", "review_at", postgresql_where=text("review_at is not null")),
    )

    shop_id: Mapped[ShopId]
    binding_id: Mapped[Key]
    supplier_id: Mapped[int]
    state: Mapped[Code]
    offered_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    review_at: Mapped[datetime | None]
    letter_id: Mapped[int | None]
    policy: Mapped[str]


class Invitation(Base):
    """That a shop has offered a supplier a binding: the way from the supplier to the binding before any grant.

    Read before a shop is known, so it is a reference table; it says no more than who asked whom.
    """

    __tablename__ = "invitations"
    __table_args__ = {"info": {"reference": True}}

    supplier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    binding_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shop_id: Mapped[int]


class Grant(Base):
    """What lets a supplier see and act on one shop's fulfilments, until `ended_at`.

    Read before a shop is known (which shops may this supplier reach?), so it is a reference table.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "uq_grants_live", "supplier_id", "shop_id", unique=True, postgresql_where=text("ended_at is null")
        ),
        {"info": {"reference": True}},
    )

    shop_id: Mapped[ShopId]
    grant_id: Mapped[Key]
    binding_id: Mapped[int]
    supplier_id: Mapped[int]
    scopes: Mapped[list[Any]]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
