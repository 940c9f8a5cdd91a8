"""Returns as they were told, and what was shipped that could come back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.orders.returns.rules import Condition, Reason, Shipped, Told
from andon.partners.bindings.views import granted_shops
from andon.platform.policies.rules import Policy

_SHIPPED = """
select o.order_id, o.placed_at,
  (select json_object_agg(l.sku, l.units) from (
     select n.sku, sum(n.quantity) as units from fulfilments f
     join fulfilment_lines n on n.shop_id = f.shop_id and n.fulfilment_id = f.fulfilment_id
     where f.shop_id = o.shop_id and f.order_id = o.order_id and f.shipped_at is not null group by n.sku) l) as units,
  array(select n.sku from fulfilments f
     join fulfilment_lines n on n.shop_id = f.shop_id and n.fulfilment_id = f.fulfilment_id
     where f.shop_id = o.shop_id and f.order_id = o.order_id and f.shipped_at is not null
     and (cast(:supplier as bigint) is null or f.supplier_id = :supplier)) as own
from orders o where o.shop_id = :shop and o.order_id = any(:orders) order by o.order_id
"""

_SUPPLIERS = """
select r.* from unnest(cast(:shops as bigint[])) as s(shop_id) cross join lateral (
  select b.return_id, b.shop_id, b.order_id, b.reason, b.requested_at, b.received_at, b.condition, own.lines, own.fulfilments
  from returns b cross join lateral (
    select json_object_agg(n.sku, b.lines -> n.sku) as lines, array_agg(distinct f.fulfilment_id) as fulfilments
    from fulfilments f join fulfilment_lines n on n.shop_id = f.shop_id and n.fulfilment_id = f.fulfilment_id
    where f.shop_id = b.shop_id and f.order_id = b.order_id and f.supplier_id = :supplier
      and f.shipped_at is not null and jsonb_exists(b.lines, n.sku)) own
  where b.shop_id = s.shop_id and own.fulfilments is not null
    and (cast(:order as bigint) is null or b.order_id = :order)
    and (cast(:before as bigint) is null or b.return_id < :before)
  order by b.return_id desc limit :limit) r
order by r.return_id desc limit :limit
"""


def shipped_of(
    tx: Tx[Policy], shop_id: int, order_ids: Sequence[int], supplier_id: int | None
) -> dict[int, Shipped]:
    """What was shipped of these orders, by order; the orders are locked, and a statement later reads what stands.

    For a supplier, `own` are the SKUs that it shipped itself; an order of which it shipped nothing is not there.
    """
    tx.put(
        "select from orders where shop_id = :shop and order_id = any(:orders) order by order_id for no key update",
        shop=shop_id,
        orders=list(order_ids),
    )
    rows = tx.rows(_SHIPPED, shop=shop_id, orders=list(order_ids), supplier=supplier_id)
    return {
        row.order_id: Shipped(row.placed_at, row.units or {}, frozenset(row.own))
        for row in rows
        if supplier_id is None or row.own
    }


def known_returns(
    tx: Tx[Policy], shop_id: int, order_ids: Sequence[int]
) -> dict[int, dict[datetime, tuple[int, Told]]]:
    """The returns of these orders by order and the instant of their request, each with its number."""
    found: dict[int, dict[datetime, tuple[int, Told]]] = {}
    for row in tx.rows(
        "select * from returns where shop_id = :shop and order_id = any(:orders)",
        shop=shop_id,
        orders=list(order_ids),
    ):
        found.setdefault(row.order_id, {})[row.requested_at] = row.return_id, _told(row)
    return found


def list_returns(
    tx: Tx[Policy], shop_id: int, *, order_id: int | None = None, after: int | None = None, limit: int
) -> Sequence[Row[Any]]:
    """A shop's returns, newest first, from the one after number `after`; of one order if it is named."""
    return tx.rows(
        "select * from returns where shop_id = :shop and (cast(:order as bigint) is null or order_id = :order) "
        "and (cast(:after as bigint) is null or return_id < :after) order by return_id desc limit :limit",
        shop=shop_id,
        order=order_id,
        after=after,
        limit=limit,
    )


def returns_of_supplier(
    tx: Tx[Policy], supplier_id: int, *, order_id: int | None = None, before: int | None = None, limit: int
) -> Sequence[Row[Any]]:
    """What came back, or is to, of what the supplier shipped for shops that it is bound to, newest first.

    `lines` are its own; `fulfilments` those of its own that shipped them. Each shop gives its newest, found by its key.
    """
    shops = granted_shops(tx, supplier_id)
    with tx.as_platform():
        return tx.rows(
            _SUPPLIERS, shops=shops, supplier=supplier_id, order=order_id, before=before, limit=limit
        )


def _told(row: Row[Any]) -> Told:
    return Told(
        row.order_id,
        row.lines,
        Reason(row.reason),
        row.requested_at,
        row.received_at,
        Condition(row.condition) if row.condition else None,
    )
