"""A supplier's daily capacity over HTTP."""

from datetime import date

from andon.kernel.errors import Invalid
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.problems import problems
from andon.orders.capacity.service import set_capacity, today
from andon.orders.capacity.views import capacity_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["suppliers"])


class CapacityIn(Strict):
    """How many fulfilments a day the supplier takes, of all shops together; null is as many as come."""

    daily: int | None


class CapacityOut(Out):
    """What the supplier takes a day, and how many it was given on `day`, the present one in the platform's zone.

    Without a capacity nothing is counted. It may be given more than its capacity, where nobody else could take it.
    """

    daily: int | None
    day: date
    taken: int | None


@router.get("/supplier/capacity", dependencies=[allow("suppliers.read", "supplier")])
def capacity(tx: InTransaction) -> CapacityOut:
    """What the supplier takes a day, and how much of today is taken."""
    return _shown(tx)


@router.put(
    "/supplier/capacity",
    dependencies=[allow("suppliers.write", "supplier")],
    responses=problems(Invalid),
)
def put_capacity(body: CapacityIn, tx: InTransaction) -> CapacityOut:
    """Take so many a day from now on. Orders go to the next supplier that can while the day is full."""
    set_capacity(tx, _own(tx), body.daily)
    return _shown(tx)


def _shown(tx: InTransaction) -> CapacityOut:
    day = today(tx)
    found = capacity_of(tx, _own(tx), day)
    return CapacityOut(
        daily=found.daily if found else None, day=day, taken=max(found.taken, 0) if found else None
    )


def _own(tx: InTransaction) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
