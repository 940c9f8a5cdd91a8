"""Notices over HTTP: the shop's, a supplier's, and the platform's own."""

from typing import Annotated

from fastapi import Query

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Done
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.notices.service import read_notice
from andon.platform.notices.views import NoticeOut, list_notices
from andon.platform.policies.rules import Policy

router = Router(tags=["notices"])

Unread = Annotated[bool, Query(description="Only those that nobody has read")]


@router.get("/shops/{shop_id}/notices", dependencies=[allow("notices.read", "shop")])
def shops_notices(
    shop_id: int, query: PageQuery, tx: InTransaction, unread: Unread = False
) -> Page[NoticeOut]:
    """What the shop's people are told, the newest first."""
    before = query.after[0] if query.after else None
    rows = list_notices(tx, "seller", shop_id=shop_id, unread=unread, before=before, limit=query.fetch)
    return page_of(rows, query, lambda notice: [notice.id])


@router.post(
    "/shops/{shop_id}/notices/{notice_id}/read",
    dependencies=[allow("notices.write", "shop")],
    responses=problems(NotFound),
)
def read_by_shop(shop_id: int, notice_id: int, tx: InTransaction) -> Done:
    """A notice was read; again changes nothing."""
    read_notice(tx, "seller", notice_id, shop_id=shop_id)
    return Done()


@router.get("/supplier/notices", dependencies=[allow("notices.read", "supplier")])
def suppliers_notices(query: PageQuery, tx: InTransaction, unread: Unread = False) -> Page[NoticeOut]:
    """What the caller is told about the shops it may reach, the newest first."""
    before = query.after[0] if query.after else None
    rows = list_notices(
        tx,
        "supplier",
        supplier_id=_supplier(tx),
        unread=unread,
        before=before,
        limit=query.fetch,
    )
    return page_of(rows, query, lambda notice: [notice.id])


@router.post(
    "/supplier/notices/{notice_id}/read",
    dependencies=[allow("notices.write", "supplier")],
    responses=problems(NotFound),
)
def read_by_supplier(notice_id: int, tx: InTransaction) -> Done:
    """A notice was read; again changes nothing."""
    read_notice(tx, "supplier", notice_id, supplier_id=_supplier(tx))
    return Done()


@router.get("/notices", dependencies=[allow("notices.read", "operator")])
def operators_notices(query: PageQuery, tx: InTransaction, unread: Unread = False) -> Page[NoticeOut]:
    """What the platform's own people are told, of all shops and of none, the newest first."""
    before = query.after[0] if query.after else None
    rows = list_notices(tx, "operator", unread=unread, before=before, limit=query.fetch)
    return page_of(rows, query, lambda notice: [notice.id])


@router.post(
    "/notices/{notice_id}/read",
    dependencies=[allow("notices.write", "operator")],
    responses=problems(NotFound),
)
def read_by_operator(notice_id: int, tx: InTransaction) -> Done:
    """A notice was read; again changes nothing."""
    read_notice(tx, "operator", notice_id)
    return Done()


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
