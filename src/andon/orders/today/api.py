"""What needs someone today over HTTP: a shop's list, a supplier's, and the platform's own."""

from datetime import datetime
from typing import Annotated

from fastapi import Query

from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.tx import Tx
from andon.orders.today.rules import Desk, Role
from andon.orders.today.views import CountOut, Place, TaskOut, today_of
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["notices"])

Whose = Annotated[Role | None, Query(description="Only what is this role's matter; an owner's is all")]


class TodayOut(Page[TaskOut]):
    """What needs someone: overdue first, then due within 24 hours, then the rest; `counts` are of the whole list."""

    counts: list[CountOut]


@router.get("/shops/{shop_id}/today", dependencies=[allow("notices.read", "shop")])
def shops_today(shop_id: int, query: PageQuery, tx: InTransaction, role: Whose = None) -> TodayOut:
    """What needs someone of the shop."""
    return _answer(tx, query, Desk("seller", shop_id=shop_id, role=role))


@router.get("/supplier/today", dependencies=[allow("notices.read", "supplier")])
def suppliers_today(query: PageQuery, tx: InTransaction, role: Whose = None) -> TodayOut:
    """What needs someone of the caller, of all shops that it may reach."""
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return _answer(tx, query, Desk("supplier", supplier_id=tx.actor.id, role=role))


@router.get("/today", dependencies=[allow("notices.read", "operator", "shop")])
def everybodys_today(query: PageQuery, tx: InTransaction, role: Whose = None) -> TodayOut:
    """What needs someone of the platform's own people, of all shops and of none; of a seller's, of all their shops."""
    return _answer(tx, query, Desk("seller" if tx.actor.kind == "shop" else "operator", role=role))


def _answer(tx: Tx[Policy], query: PageQuery, desk: Desk) -> TodayOut:
    found = today_of(tx, desk, after=_place(query), limit=query.fetch)
    page = page_of(found.tasks, query, lambda each: _key(each[1]), lambda each: each[0])
    return TodayOut.model_construct(items=page.items, next_cursor=page.next_cursor, counts=list(found.counts))


def _key(place: Place) -> list[object]:
    return [place.rank, place.at.isoformat(), place.kind, place.shop_id, place.number]


def _place(query: PageQuery) -> Place | None:
    if query.after is None:
        return None
    rank, at, kind, shop_id, number = query.after
    return Place(rank, datetime.fromisoformat(at), kind, shop_id, number)
