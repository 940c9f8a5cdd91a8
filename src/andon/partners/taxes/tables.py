"""Tax numbers of shops."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, ShopId


class TaxNumber(Base):
    """A number under which the shop's parcels are taxed, by its TaxKind."""

    __tablename__ = "tax_numbers"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    kind: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    set_at: Mapped[datetime]
