"""Keys: who may call, and for what."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base

KEY_IDS = Sequence("key_ids", metadata=Base.metadata)


class ApiKey(Base):
    """A key of one party, known by the SHA-256 of its secret.

    `party` is shop, supplier, carrier, channel or operator; `party_id` its number, or its code for a carrier or
    channel, as text; empty for the operator. `expires_at` and `used_at` are machine time; the use is noted once a minute.
    """

    __tablename__ = "keys"
    __table_args__ = {"info": {"reference": True}}

    key_id: Mapped[int] = mapped_column(KEY_IDS, primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    party: Mapped[str]
    party_id: Mapped[str]
    scopes: Mapped[list[Any]]
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
