"""Departures as they are listed, by the shop and by the supplier."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.membership.departures.rules import DepartureState, state_of
from andon.membership.departures.tables import Departure
from andon.orders.order.rules import OPEN_BELOW
from andon.platform.policies.rules import Policy


class AlternativeOut(Out):
    """What could take an item's place, as the supplier says; `skus` are the shop's own that are mapped to the item."""

    supplier_sku: str
    skus: list[str]
    supplier_id: int | None
    note: str | None


class DepartureOut(Out):
    """A supplier's departure from a shop; `open` is how many of its fulfilments are open still."""

    id: int
    shop_id: int
    supplier_id: int
    state: DepartureState
    announced_at: Instant
    leaves_at: Instant
    left_at: Instant | None
    open: int
    alternatives: list[AlternativeOut]


def departure_of(tx: Tx[Policy], shop_id: int, departure_id: int) -> Departure:
    """The departure of that number from that shop; NotFound `departure.not_found`."""
    found = tx.session.get(Departure, (shop_id, departure_id))
    if found is None:
        raise NotFound("departure.not_found")
    return found


def list_departures(tx: Tx[Policy], shop_id: int, *, after: int = 0, limit: int) -> Sequence[Departure]:
    """The departures of a shop's suppliers by number, from the one after `after`."""
    query = select(Departure).where(Departure.shop_id == shop_id, Departure.departure_id > after)
    return tx.session.scalars(query.order_by(Departure.departure_id).limit(limit)).all()


def departures_of_supplier(
    tx: Tx[Policy], supplier_id: int, *, after: int = 0, limit: int
) -> Sequence[Departure]:
    """A supplier's own departures by number, from the one after `after`, also those that are over."""
    with tx.reaching(_invited_by(tx, supplier_id)):
        query = select(Departure).where(Departure.supplier_id == supplier_id, Departure.departure_id > after)
        return tx.session.scalars(query.order_by(Departure.departure_id).limit(limit)).all()


def shown(tx: Tx[Policy], departures: Sequence[Departure]) -> list[DepartureOut]:
    """These with what is open and what is mapped, in two queries a shop that is seen."""
    rows = tx.rows(
        "select d.shop_id, d.departure_id, "
        f"(select count(*) from fulfilments f where f.shop_id = d.shop_id and f.supplier_id = d.supplier_id and f.state < {OPEN_BELOW}) as open, "
        "(select json_object_agg(item, skus) from (select m.item, json_agg(m.sku order by m.sku) as skus from mappings m "
        "where m.shop_id = d.shop_id and m.supplier_id = d.supplier_id group by m.item) i) as mapped "
        "from departures d where d.departure_id = any(:numbers)",
        numbers=[each.departure_id for each in departures],
    )
    more = {row.departure_id: row for row in rows}
    return [_shown(each, more.get(each.departure_id)) for each in departures]


def _shown(departure: Departure, more: Row[Any] | None) -> DepartureOut:
    mapped = (more and more.mapped) or {}
    return DepartureOut(
        id=departure.departure_id,
        shop_id=departure.shop_id,
        supplier_id=departure.supplier_id,
        state=state_of(departure.withdrawn_at, departure.begun_at, departure.left_at),
        announced_at=departure.announced_at,
        leaves_at=departure.leaves_at,
        left_at=departure.left_at,
        open=more.open if more else 0,
        alternatives=[
            AlternativeOut(
                supplier_sku=each["item"],
                skus=mapped.get(each["item"], []),
                supplier_id=each["supplier_id"],
                note=each["note"],
            )
            for each in departure.alternatives
        ],
    )


def _invited_by(tx: Tx[Policy], supplier_id: int) -> list[int]:
    rows = tx.rows(
        "select distinct shop_id from invitations where supplier_id = :supplier", supplier=supplier_id
    )
    return [row.shop_id for row in rows]
