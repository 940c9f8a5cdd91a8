"""How long lines usually take."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base


class UsualTransit(Base):
    """How long a line usually takes to a country: nine of ten parcels were delivered within so many seconds of shipping.

    Worked out each day from what was delivered of late, of all shops. Source: FEE-5.
    """

    __tablename__ = "usual_transits"
    __table_args__ = {"info": {"reference": True}}

    line: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    seconds: Mapped[int]
    fulfilments: Mapped[int]
    worked_out_at: Mapped[datetime]
