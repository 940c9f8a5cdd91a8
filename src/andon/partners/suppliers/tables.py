"""Suppliers, and the endpoints at which they take pushes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Code

SUPPLIER_IDS = Sequence("supplier_ids", metadata=Base.metadata)


class Supplier(Base):
    """A warehouse that fulfils for shops; `state` is a SupplierState, `place` a country's code or a part's, if known.

    Its review is to end by `review_due_at`, and did at `reviewed_at`; `escalated_at` says that it had not by then.
    `decided_at` is when the last decision of any kind was made. Source: QUAL-2.
    """

    __tablename__ = "suppliers"
    __table_args__ = (
        Index(
            "ix_suppliers_review_due_at",
            "review_due_at",
            postgresql_where=text("reviewed_at is null and escalated_at is null"),
        ),
        {"info": {"reference": True}},
    )

    supplier_id: Mapped[int] = mapped_column(BigInteger, SUPPLIER_IDS, primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    state: Mapped[Code]
    documents: Mapped[list[Any]]
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    policy: Mapped[str]
    place: Mapped[str | None]
    review_due_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]


class Endpoint(Base):
    """Where a supplier takes pushes, and the push station's place in line for it.

    A supplier without a row here pulls. `next_at` is the business instant of the next push to it, null while
    none waits; `leased_until` is machine time: while it is ahead, one worker has this endpoint. Secrets are
    sealed; two are valid while one rotates, the old one until `old_secret_until`, machine time. One that is not
    `enabled` keeps what waits for it, and its supplier pulls. One that is `ordered` has its pushes one by one, in
    their order.

    The rest is its breaker, in machine time: a BreakerState, the tries since `counted_from` and how many of them
    failed, when an open one has cooled off, how many times it failed in a row, and what share of a claim it is held
    down to while it comes back.
    """

    __tablename__ = "endpoints"
    __table_args__ = (
        Index("ix_endpoints_next_at", "next_at", postgresql_where=text("next_at is not null")),
        Index("ix_endpoints_open_until", "open_until", postgresql_where=text("open_until is not null")),
        {"info": {"reference": True}},
    )

    supplier_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("suppliers.supplier_id"), primary_key=True, autoincrement=False
    )
    url: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary, info={"sealed": True})
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": True})
    old_secret_until: Mapped[datetime | None]
    enabled: Mapped[bool]
    next_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    set_at: Mapped[datetime]
    ordered: Mapped[bool] = mapped_column(server_default=text("false"))
    breaker: Mapped[Code] = mapped_column(server_default=text("0"))
    counted_from: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    failed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    open_until: Mapped[datetime | None]
    trips: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    share: Mapped[int | None] = mapped_column(Integer)
