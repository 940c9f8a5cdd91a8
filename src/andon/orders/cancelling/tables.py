"""What was written to a cancellation, for people to read."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, Key, ShopId


class CancellationNote(Base):
    """Why a fulfilment is cancelled, in the words of whoever wished it; free text stands in no event."""

    __tablename__ = "cancellation_notes"
    __table_args__ = {"info": {"append_only": True, "erased": ("note",)}}

    shop_id: Mapped[ShopId]
    fulfilment_id: Mapped[Key]
    supplier_id: Mapped[int | None]
    note: Mapped[str] = mapped_column()
    at: Mapped[datetime]
