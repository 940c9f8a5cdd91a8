"""What comes round by the calendar."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base


class Turn(Base):
    """A thing that is done again and again, by its name, and when it is due next; one row for the whole platform."""

    __tablename__ = "turns"
    __table_args__ = {"info": {"reference": True}}

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
