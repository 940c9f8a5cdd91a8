"""The declarative base of all tables, and the words by which a table says whose it is.

`info={"reference": True}` marks a table that belongs to no shop. Every other table has `shop_id` first in its
primary key and stands behind row-level security; `info={"supplier": "hidden"}` keeps its rows from suppliers
altogether, `info={"append_only": True}` gives the application no right to change or delete them; `"forgotten": True` beside it
lets the line alone delete those whose time is over, `"erased": ("note",)` lets it empty these columns.
"""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, MetaData, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

ShopId = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-2)]
"""A shop's number, first in the primary key of all that is the shop's."""

Key = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-1)]
"""The thing's own number, second in the key."""

Code = Annotated[int, mapped_column(SmallInteger)]
"""A state, mode or kind by its number; words everywhere but in the database."""

MOVING = {
    "autovacuum_vacuum_scale_factor": 0.02,
    "autovacuum_vacuum_threshold": 2000,
    "autovacuum_vacuum_cost_delay": 0,
}
"""Storage of a table whose rows move all the time: what moved away is cleaned up before claims wade through it."""

MOVING_IN_PLACE = {"fillfactor": 70, **MOVING}
"""The same where a move changes no indexed column: with room on its page a row stays there, and no index hears of it."""


class Base(DeclarativeBase):
    """All tables of Andon."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }
