"""When a shop's due charges are next looked at."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from andon.kernel.tables import Base, ShopId


class Funding(Base):
    """A shop's place in the settlement line.

    `settle_at` is the instant at which its due charges are next settled: the earliest due instant of any of them,
    null while none waits or while the funds cannot cover the next one (a deposit sets it anew). `late_at` is the earliest
    due instant of a charge that is not known as overdue and that settlement will not have looked at by then, null where
    there is none; `overdue_at` is since when something due has waited for funds without a break, null while nothing does.
    """

    __tablename__ = "fundings"
    __table_args__ = (
        Index("ix_fundings_settle_at", "settle_at", postgresql_where=text("settle_at is not null")),
        Index("ix_fundings_late_at", "late_at", postgresql_where=text("late_at is not null")),
        {"info": {"supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    settle_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
