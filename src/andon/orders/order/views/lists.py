"""A page of a shop's orders, each as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from andon.kernel.tx import Tx
from andon.orders.order.rules import Flag, FulfilmentState, Group
from andon.orders.order.views.shapes import OrderOut
from andon.orders.order.views.shown import shown
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders of a shop are listed; None asks for nothing. `placed_until` is exclusive.

    `ship_by_until` asks for what has not shipped and is to by then, exclusive: the one that is due first stands first.
    """

    group: Group | None = None
    flag: Flag | None = None
    supplier_id: int | None = None
    channel_order_no: str | None = None
    placed_from: datetime | None = None
    placed_until: datetime | None = None
    ship_by_until: datetime | None = None


def list_orders(
    tx: Tx[Policy],
    shop_id: int,
    wanted: OrderFilter,
    *,
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> list[OrderOut]:
    """A shop's orders, the latest placed first, from the one after `after` (placed_at, order_id).

    What is listed by its limit to ship has the earliest limit first, and `after` is (ship_by, order_id).
    """
    if wanted.ship_by_until is not None:
        return _due_first(tx, shop_id, wanted, after, limit)
    params: dict[str, Any] = {"shop": shop_id, "limit": limit}
    # What is wanted of the order itself; where a list goes by fulfilments, by the order's instant as they have it.
    at = "o" if wanted.group is None and wanted.flag is None else "g"
    conditions = [f"{at}.shop_id = :shop"]
    if after is not None:
        conditions.append(f"({at}.placed_at, {at}.order_id) < (:after_at, :after_id)")
        params |= {"after_at": after[0], "after_id": after[1]}
    conditions += _asked(wanted, at, params)
    source = "orders o where " + " and ".join(conditions)
    if at == "g":
        source = _by_fulfilments(wanted, conditions)
    rows = tx.rows(
        f"select o.* from {source} order by o.placed_at desc, o.order_id desc limit :limit", **params
    )
    return shown(tx, shop_id, rows)


def _asked(wanted: OrderFilter, at: str, params: dict[str, Any]) -> list[str]:
    """The conditions that a list of any kind may have; what they ask for is put into `params`."""
    conditions = []
    for value, name, condition in (
        (wanted.placed_from, "since", f"{at}.placed_at >= :since"),
        (wanted.placed_until, "until", f"{at}.placed_at < :until"),
        (wanted.channel_order_no, "number", "o.channel_order_no = :number"),
        (wanted.supplier_id, "supplier", _some("f.supplier_id = :supplier")),
    ):
        if value is not None:
            conditions.append(condition)
            params[name] = value
    return conditions


def _due_first(
    tx: Tx[Policy], shop_id: int, wanted: OrderFilter, after: tuple[datetime, int] | None, limit: int
) -> list[OrderOut]:
    """Orders of which something is to ship by then, each at its earliest limit, by an index of what has not shipped."""
    if wanted.group not in (None, Group.AWAITING):
        return []  # what has not shipped awaits shipment
    params: dict[str, Any] = {"shop": shop_id, "limit": limit, "by": wanted.ship_by_until}
    earlier = "f.state < 60 and (f.ship_by, f.fulfilment_id) < (g.ship_by, g.fulfilment_id)"
    conditions = [
        "g.shop_id = :shop and g.state < 60 and g.ship_by is not null and g.ship_by < :by",
        f"not {_some(earlier)}",
        *_asked(wanted, "g", params),
    ]
    if after is not None:
        conditions.append("(g.ship_by, g.order_id) > (:after_at, :after_id)")
        params |= {"after_at": after[0], "after_id": after[1]}
    if wanted.flag is not None:
        conditions.append(_some(f"f.flags & {wanted.flag.value} <> 0"))
    rows = tx.rows(
        "select o.* from fulfilments g join orders o on o.shop_id = g.shop_id and o.order_id = g.order_id "
        f"where {' and '.join(conditions)} order by g.ship_by, g.order_id limit :limit",
        **params,
    )
    return shown(tx, shop_id, rows)


def _by_fulfilments(wanted: OrderFilter, conditions: Sequence[str]) -> str:
    """The orders that a group or a flag is asked for, found by their fulfilments' own indexes, the latest first.

    So a page takes as long in a shop of a million orders, of which three are asked for, as in a small one.
    """
    if wanted.group is None:
        assert wanted.flag is not None, "a list by fulfilments is of a group or a flag"
        ways = [f"g.flags <> 0 and g.flags & {wanted.flag.value} <> 0"]
    else:
        ways = _ways_into(wanted.group)
        if wanted.flag is not None:
            conditions = [*conditions, _some(f"f.flags & {wanted.flag.value} <> 0")]
    found = " union all ".join(
        "(select distinct g.placed_at, g.order_id from fulfilments g "
        "join orders o on o.shop_id = g.shop_id and o.order_id = g.order_id "
        f"where {way} and {' and '.join(conditions)} order by g.placed_at desc, g.order_id desc limit :limit)"
        for way in ways
    )
    return (
        f"(select distinct placed_at, order_id from ({found}) w order by placed_at desc, order_id desc limit :limit) p "
        "join orders o on o.shop_id = :shop and o.order_id = p.order_id"
    )


_PARTS = "(select from fulfilments f where f.shop_id = o.shop_id and f.order_id = o.order_id and {})"


def _some(condition: str) -> str:
    """That some fulfilment of the order is so."""
    return f"exists {_PARTS.format(condition)}"


def _ways_into(group: Group) -> list[str]:
    """What a fulfilment may be, each by itself, whose order is in the group, as `group_of` says.

    States stand as literals, one a way, for their index.
    """
    if group is Group.AWAITING:
        before = [state.value for state in FulfilmentState if state < FulfilmentState.SHIPPED]
        return [f"g.state = {state}" for state in before] + [f"g.state = 90 and not {_some('f.state <> 90')}"]
    state = {
        Group.IN_TRANSIT: FulfilmentState.SHIPPED,
        Group.DELIVERED: FulfilmentState.DELIVERED,
        Group.COMPLETED: FulfilmentState.COMPLETED,
        Group.CANCELLED: FulfilmentState.CANCELLED,
        Group.RETURNED: FulfilmentState.RETURNED,
        Group.LOST: FulfilmentState.LOST,
    }[group].value
    return [f"g.state = {state} and not {_some(f'f.state < {state} and f.state <> 90')}"]
