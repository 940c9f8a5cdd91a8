"""Keys that signed once and sign no more: what they signed stays proven."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base


class RetiredKeyRow(Base):
    """A public key that another took the place of, which signed `jws`: whose place it is, and how far that one had signed.

    `jws` says all of this, and is what counts. `retired_at` is machine time.
    """

    __tablename__ = "retired_keys"
    __table_args__ = {"info": {"reference": True, "append_only": True}}

    kid: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    retired_at: Mapped[datetime]
    jws: Mapped[str]
