"""When a shop's due charges are next looked at."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, ShopId


class Funding(Base):
    """A shop's place in the settlement line.

    `settle_at` is the instant at which its due charges are next settled: the earliest due instant of any of them,
    null while none waits or while the funds cannot cover the next one (a deposit sets it anew).
    """

    __tablename__ = "fundings"
    __table_args__ = (
        Index("ix_fundings_settle_at", "settle_at", postgresql_where=text("settle_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    settle_at: Mapped[datetime | None]
