"""Completing the papers of an order that is under way."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.customs.events import PapersCompleted
from andon.orders.customs.views import declarations_of
from andon.orders.order.rules import Flag, FulfilmentState
from andon.partners.goods.rules import PLAIN, Goods
from andon.platform.policies.rules import Policy

LACKING = Flag.PAPERS_MISSING.value


def complete_papers(tx: Tx[Policy], shop_id: int, order_id: int) -> None:
    """Say of an order's goods what it lacks of papers, as their products say it by now; again changes nothing.

    What was said when the order came stays, and so does what the goods hold: they were routed by it. Fulfilments that
    lack nothing any more are flagged no more. Refuses with NotFound `order.not_found` and, once nothing of it is left
    to ship, with Conflict `order.closed`.
    """
    tx.hold({shop_id})
    parts = tx.rows(
        "select fulfilment_id, order_id, supplier_id, state, flags from fulfilments "
        "where shop_id = :shop and order_id = :order order by fulfilment_id for no key update",
        shop=shop_id,
        order=order_id,
    )
    if not parts:
        raise NotFound("order.not_found")
    unshipped = [row for row in parts if row.state < FulfilmentState.SHIPPED]
    if not unshipped:
        raise Conflict("order.closed")
    _complete_lines(tx, shop_id, order_id)
    _unflag(tx, shop_id, [row for row in unshipped if row.flags & LACKING])


def _complete_lines(tx: Tx[Policy], shop_id: int, order_id: int) -> None:
    lines = tx.rows(
        "select n.line_no, n.goods, p.goods as product from order_lines n "
        "join products p on p.shop_id = n.shop_id and p.sku = n.sku "
        "where n.shop_id = :shop and n.order_id = :order and p.goods is not null",
        shop=shop_id,
        order=order_id,
    )
    completed = []
    for line in lines:
        goods = Goods.kept(line.goods) or PLAIN
        whole = goods.completed(Goods.kept(line.product) or PLAIN)
        if whole != goods:
            completed.append({"n": line.line_no, "g": whole.facts()})
    if completed:
        tx.put(
            "update order_lines n set goods = c.g "
            "from json_to_recordset(cast(cast(:rows as text) as json)) as c(n integer, g jsonb) "
            "where n.shop_id = :shop and n.order_id = :order and n.line_no = c.n",
            shop=shop_id,
            order=order_id,
            rows=as_json(completed),
        )


def _unflag(tx: Tx[Policy], shop_id: int, lacking: Sequence[Row[Any]]) -> None:
    declared = declarations_of(tx, [(shop_id, row.fulfilment_id) for row in lacking])
    whole = [row for row in lacking if not declared[shop_id, row.fulfilment_id].missing]
    if not whole:
        return
    tx.put(
        f"update fulfilments set flags = flags & ~{LACKING} "
        "where shop_id = :shop and fulfilment_id = any(:numbers)",
        shop=shop_id,
        numbers=[row.fulfilment_id for row in whole],
    )
    tx.emit(
        *(
            PapersCompleted(
                shop_id=shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
            )
            for row in whole
        )
    )
