"""Pushes over HTTP: how an endpoint fares, every try that was made, and sending pushes again."""

from typing import Annotated

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.orders.push.service import replay_push, replay_pushes
from andon.orders.push.views import EndpointStateOut, PushOut, endpoint_state, list_pushes, push_of
from andon.partners.suppliers.views import endpoint_of, supplier_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["pushes"])


class WindowIn(Strict):
    """What was delivered from `from` on and before `until`."""

    since: Annotated[Instant, Field(alias="from")]
    until: Instant


class ReplayedOut(Out):
    """How many pushes are sent again."""

    replayed: int


@router.get(
    "/supplier/endpoint",
    dependencies=[allow("suppliers.read", "supplier")],
    responses=problems(NotFound),
)
def endpoint(tx: InTransaction) -> EndpointStateOut:
    """Where pushes go, and how it fares; 404 `endpoint.not_found` for a supplier that pulls."""
    endpoint_of(tx, _supplier(tx))
    return endpoint_state(tx, _supplier(tx))


@router.get(
    "/suppliers/{supplier_id}/endpoint",
    dependencies=[allow("suppliers.read", "operator")],
    responses=problems(NotFound),
)
def endpoint_of_supplier(supplier_id: int, tx: InTransaction) -> EndpointStateOut:
    """Where a supplier's pushes go, and how it fares; one that was removed, too: it is not `enabled`."""
    supplier_of(tx, supplier_id)
    return endpoint_state(tx, supplier_id)


@router.get("/supplier/pushes", dependencies=[allow("fulfilments.read", "supplier")])
def pushes(query: PageQuery, tx: InTransaction) -> Page[PushOut]:
    """The caller's pushes, the newest first, each with its tries."""
    return _page(tx, query, _supplier(tx))


@router.get(
    "/suppliers/{supplier_id}/pushes",
    dependencies=[allow("suppliers.read", "operator")],
    responses=problems(NotFound),
)
def pushes_of_supplier(supplier_id: int, query: PageQuery, tx: InTransaction) -> Page[PushOut]:
    """A supplier's pushes, the newest first, each with its tries."""
    supplier_of(tx, supplier_id)
    return _page(tx, query, supplier_id)


@router.post(
    "/supplier/pushes/replay",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(Invalid, Conflict),
)
def replay_window(body: WindowIn, tx: InTransaction) -> ReplayedOut:
    """Send again what was delivered in a window, each push under its message id: for one that lost its data."""
    return ReplayedOut(replayed=replay_pushes(tx, _supplier(tx), body.since, body.until))


@router.post(
    "/supplier/pushes/{push_id}/replay",
    dependencies=[allow("fulfilments.write", "supplier")],
    responses=problems(NotFound, Conflict),
)
def replay(push_id: int, tx: InTransaction) -> PushOut:
    """Send a push again, now, under the same message id."""
    replay_push(tx, _supplier(tx), push_id)
    return push_of(tx, _supplier(tx), push_id)


@router.post(
    "/suppliers/{supplier_id}/pushes/{push_id}/replay",
    dependencies=[allow("suppliers.write", "operator")],
    responses=problems(NotFound, Conflict),
)
def replay_for_supplier(supplier_id: int, push_id: int, tx: InTransaction) -> PushOut:
    """Send a supplier's push again, now, under the same message id."""
    supplier_of(tx, supplier_id)
    replay_push(tx, supplier_id, push_id)
    return push_of(tx, supplier_id, push_id)


def _page(tx: Tx[Policy], query: PageQuery, supplier_id: int) -> Page[PushOut]:
    before = query.after[0] if query.after else None
    rows = list_pushes(tx, supplier_id, before=before, limit=query.fetch)
    return page_of(rows, query, lambda push: [push.id])


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
