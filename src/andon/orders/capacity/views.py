"""A supplier's capacity as it stands."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


def capacity_of(tx: Tx[Policy], supplier_id: int, day: date) -> Row[Any] | None:
    """What the supplier takes a day, and has had on that one: daily, taken; None where it takes as many as come."""
    return tx.one(
        "select c.daily, coalesce(d.taken, 0) as taken from capacities c left join capacity_days d "
        "on d.supplier_id = c.supplier_id and d.day = :day where c.supplier_id = :supplier",
        supplier=supplier_id,
        day=day,
    )
