"""Departures over HTTP: a supplier gives notice, a seller gives its open work to others at once."""

from typing import Annotated

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.membership.departures.service import Alternative, announce, reroute_before, withdraw
from andon.membership.departures.tables import Departure
from andon.membership.departures.views import (
    DepartureOut,
    departures_of_supplier,
    list_departures,
    shown,
)
from andon.membership.unbinding.service import Signature
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["departures"])

MOST_SHOPS = 10_000
MOST_ALTERNATIVES = 1_000

Number = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S([^\x00-\x1f\x7f]*\S)?$")]


class AlternativeIn(Strict):
    """What could take an item's place: another supplier that has it, or a word about it."""

    supplier_sku: Annotated[str, Field(min_length=1, max_length=128)]
    supplier_id: Number | None = None
    note: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class DepartureIn(Strict):
    """When the supplier leaves, which shops (all that it is bound to, if none is named), and who says so for it."""

    leaves_at: Instant
    name: Name
    shops: Annotated[list[Number], Field(min_length=1, max_length=MOST_SHOPS)] | None = None
    alternatives: Annotated[list[AlternativeIn], Field(max_length=MOST_ALTERNATIVES)] = []


class AnnouncedOut(Out):
    """The departures that were announced, one a shop."""

    departures: list[DepartureOut]


class WithdrawnOut(Out):
    """A departure as it stands."""

    departure: DepartureOut


class ReroutedOut(Out):
    """How many fulfilments were taken from the supplier, and how many have their place, some of them waiting for the seller."""

    rerouted: int
    successors: int


@router.post(
    "/supplier/departures",
    status_code=201,
    dependencies=[allow("bindings.write", "supplier")],
    responses=problems(Invalid, NotFound, Conflict),
)
def give_notice(body: DepartureIn, tx: InTransaction, caller: Caller) -> AnnouncedOut:
    """Give notice: the supplier leaves these shops at an instant. Nothing changes before; sellers are told (EXIT-3).

    From that instant on nothing is pushed, a letter is drawn up for each shop, and what was not accepted goes to others. The
    notice is the supplier's signature: each binding ends once nothing is open, or when the seller signs before.
    """
    supplier_id = _own(tx)
    numbers = announce(
        tx,
        supplier_id,
        body.leaves_at,
        Signature(body.name, caller.holder.name, "notice"),
        body.shops,
        [Alternative(each.supplier_sku, each.supplier_id, each.note) for each in body.alternatives],
    )
    found = departures_of_supplier(tx, supplier_id, after=numbers[0] - 1, limit=len(numbers))
    return AnnouncedOut(departures=shown(tx, found))


@router.get("/supplier/departures", dependencies=[allow("bindings.read", "supplier")])
def own_departures(query: PageQuery, tx: InTransaction) -> Page[DepartureOut]:
    """The supplier's own notices by number, those that are over included."""
    rows = departures_of_supplier(tx, _own(tx), after=_after(query.after), limit=query.fetch)
    return page_of(shown(tx, rows), query, key=lambda each: [each.id], shape=lambda each: each)


@router.delete(
    "/supplier/departures/{departure_id}",
    dependencies=[allow("bindings.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def stay(departure_id: int, tx: InTransaction) -> WithdrawnOut:
    """Take a notice back, before its day has come."""
    departure = _own_departure(tx, departure_id)
    withdraw(tx, departure.shop_id, departure_id)
    [told] = shown(tx, [_own_departure(tx, departure_id)])
    return WithdrawnOut(departure=told)


@router.get("/shops/{shop_id}/departures", dependencies=[allow("bindings.read", "shop")])
def departures(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[DepartureOut]:
    """The notices of the shop's suppliers by number, each with what is open there and what could take its items' place."""
    rows = list_departures(tx, shop_id, after=_after(query.after), limit=query.fetch)
    return page_of(shown(tx, rows), query, key=lambda each: [each.id], shape=lambda each: each)


@router.post(
    "/shops/{shop_id}/departures/{departure_id}/reroute",
    dependencies=[allow("fulfilments.write", "shop")],
    responses=problems(NotFound),
)
def give_to_others(shop_id: int, departure_id: int, tx: InTransaction) -> ReroutedOut:
    """Give all that the supplier has not labelled to others, at once; what nobody can take waits for the seller."""
    rerouted, successors = reroute_before(tx, shop_id, departure_id)
    return ReroutedOut(rerouted=rerouted, successors=len(successors))


def _own_departure(tx: Tx[Policy], departure_id: int) -> Departure:
    for departure in departures_of_supplier(tx, _own(tx), after=departure_id - 1, limit=1):
        if departure.departure_id == departure_id:
            return departure
    raise NotFound("departure.not_found")


def _own(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id


def _after(after: list[int] | None) -> int:
    return after[0] if after else 0
