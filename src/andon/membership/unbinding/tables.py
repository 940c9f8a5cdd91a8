"""Termination letters, and what was tried to prove that they hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId

LETTER_IDS = Sequence("letter_ids", metadata=Base.metadata)
REVOCATION_TRY_IDS = Sequence("revocation_try_ids", metadata=Base.metadata)


class Letter(Base):
    """A termination letter: drawn up, then withdrawn or signed, then proven.

    `signed_name` is what the person typed, `signed_by` which member or key it was (`user:12`, `key:5`), `factor` by what
    they proved it. `ended` is what ended with it, as it was at that instant. `due_at` is when it is to be tried whether
    nothing opens any more, null where it is not; `leased_until` is machine time: while it is ahead one worker tries.
    `paper_due_at` is when it is to be rendered, null once that was done.
    """

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_binding", "shop_id", "binding_id"),
        Index("ix_letters_due_at", "due_at", postgresql_where=text("due_at is not null")),
        Index("ix_letters_paper_due_at", "paper_due_at", postgresql_where=text("paper_due_at is not null")),
        Index("ix_letters_supplier", "supplier_id", "letter_id"),
    )

    shop_id: Mapped[ShopId]
    letter_id: Mapped[Key]
    binding_id: Mapped[int]
    supplier_id: Mapped[int]
    number: Mapped[str]
    drawn_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_name: Mapped[str | None]
    signed_by: Mapped[str | None]
    factor: Mapped[str | None]
    ended: Mapped[dict[str, Any] | None]
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    proven_at: Mapped[datetime | None]
    paper_due_at: Mapped[datetime | None]


class RevocationTry(Base):
    """One thing that was tried after a letter was signed: a call by a key, a look into a table, a push.

    `status` and `code` are the answer of a call. `refused` says that it opened nothing.
    """

    __tablename__ = "revocation_tries"
    __table_args__ = (
        Index("ix_revocation_tries_letter", "shop_id", "letter_id", "try_id"),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    try_id: Mapped[Key]
    letter_id: Mapped[int]
    key_id: Mapped[int | None]
    tried: Mapped[str]
    status: Mapped[int | None] = mapped_column(Integer)
    code: Mapped[str | None]
    refused: Mapped[bool]
    at: Mapped[datetime]
