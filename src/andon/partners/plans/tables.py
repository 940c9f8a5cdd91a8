"""Shipping plans: the lines that a shop has enabled."""

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base, ShopId


class PlanLine(Base):
    """A line of the policy that the shop ships by; of two that serve a country the lower `precedence` goes first."""

    __tablename__ = "plan_lines"
    __table_args__ = {"info": {"supplier": "hidden"}}

    shop_id: Mapped[ShopId]
    line: Mapped[str] = mapped_column(primary_key=True)
    precedence: Mapped[int] = mapped_column(Integer)
