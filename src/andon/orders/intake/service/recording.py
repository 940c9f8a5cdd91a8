"""Writing accepted orders down: one statement a table."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from andon.kernel.money import Money
from andon.kernel.tx import Tx, as_json
from andon.orders.intake.rules import Accepted, IncomingOrder
from andon.orders.order.events import OrderAccepted, OrderRefused
from andon.orders.routing.rules import Refusal
from andon.orders.routing.service import Opening, ask_numbers, open_fulfilments, promise_parts
from andon.orders.routing.views import RoutingShop
from andon.platform.policies.rules import Policy

SALT_BYTES = 16


Sealed = tuple[dict[str, Any], str, str]
"""Where an order goes, a fresh salt, and the commitment to both; the latter two in hexadecimal."""


class Contended(Exception):
    """Another call has taken one of these numbers meanwhile: look and decide again. Nothing was written."""


def record_accepted(
    tx: Tx[Policy],
    shop_id: int,
    shop: RoutingShop,
    orders: Sequence[IncomingOrder],
    accepted: Sequence[Accepted],
) -> None:
    """Write these orders with their recipients, lines and fulfilments, and tell of them.

    Raises Contended, with nothing written, if one of the numbers is an order's already. The orders go first; the rest
    is made ready while the database writes them.
    """
    if not accepted:
        return
    parts = [part for each in accepted for part in each.parts]
    fresh = ask_numbers(tx, parts, shop.called)
    with tx.undone_by(Contended):
        promised = promise_parts(tx, shop_id, parts)
        written = _put_orders(tx, shop_id, shop.currency, orders, accepted)
        addresses = _sealed([orders[each.index] for each in accepted])
        recipients = _recipient_rows(accepted, addresses)
        lines = _line_rows(orders, accepted)
        openings = _openings(tx, orders, accepted)
        told = _told(shop_id, shop.currency, orders, accepted, addresses)
        if written() != len(accepted):
            raise Contended
        promised()
    _put_recipients(tx, shop_id, recipients)
    _put_order_lines(tx, shop_id, lines)
    tx.emit(*told)
    open_fulfilments(tx, shop_id, openings, shop.called, fresh)


def _openings(tx: Tx[Policy], orders: Sequence[IncomingOrder], accepted: Sequence[Accepted]) -> list[Opening]:
    openings = []
    for each in accepted:
        order = orders[each.index]
        policy = tx.policies.at(order.placed_at)
        openings += [Opening(each.order_id, part, policy, order.at or tx.now) for part in each.parts]
    return openings


def _told(
    shop_id: int,
    currency: str,
    orders: Sequence[IncomingOrder],
    accepted: Sequence[Accepted],
    addresses: Sequence[Sealed],
) -> list[OrderAccepted]:
    told = []
    for each, (_, _, commitment) in zip(accepted, addresses, strict=True):
        order = orders[each.index]
        goods, freight = order.total(currency)
        told.append(
            OrderAccepted(
                shop_id=shop_id,
                order_id=each.order_id,
                at=order.at,
                channel=order.channel,
                channel_order_no=order.channel_order_no,
                lines=len(order.lines),
                goods=Money.from_minor(goods, currency),
                freight=Money.from_minor(freight, currency),
                recipient=commitment,
            )
        )
    return told


def refuse(tx: Tx[Policy], shop_id: int, refused: Iterable[tuple[IncomingOrder, Refusal]]) -> None:
    """Tell of orders that did not become ours. Source: STOCK-1."""
    tx.emit(
        *(
            OrderRefused(
                shop_id=shop_id,
                at=order.at,
                channel=order.channel,
                channel_order_no=order.channel_order_no,
                code=refusal.code,
                source_status=order.source_status,
            )
            for order, refusal in refused
        )
    )


def _put_orders(
    tx: Tx[Policy],
    shop_id: int,
    currency: str,
    orders: Sequence[IncomingOrder],
    accepted: Sequence[Accepted],
) -> Callable[[], int]:
    """Write the orders; answers how many were new."""
    rows = []
    for each in accepted:
        order = orders[each.index]
        goods, freight = order.total(currency)
        rows.append(
            {
                "o": each.order_id,
                "c": order.channel,
                "n": order.channel_order_no,
                "h": each.fingerprint.hex(),
                "pl": order.placed_at,
                "at": order.at or tx.now,
                "sb": order.ship_by,
                "pd": order.paid_at,
                "ss": order.source_status,
                "g": goods,
                "f": freight,
                "p": tx.policies.at(order.placed_at).version,
            }
        )
    return tx.count(
        "insert into orders (shop_id, order_id, channel, channel_order_no, fingerprint, placed_at, received_at, "
        "ship_by, paid_at, source_status, currency, goods_minor, freight_minor, policy) "
        "select sh.shop_id, n.o, n.c, n.n, decode(n.h, 'hex'), n.pl, n.at, n.sb, n.pd, n.ss, :currency, n.g, n.f, n.p "
        "from shops sh, json_to_recordset(cast(cast(:rows as text) as json)) as n(o bigint, c text, n text, h text, "
        "pl timestamptz, at timestamptz, sb timestamptz, pd timestamptz, ss text, g bigint, f bigint, p text) "
        # In the order of the numbers: of two calls that share some, one waits, and neither in a ring.
        "where sh.shop_id = :shop order by n.c, n.n on conflict do nothing",
        shop=shop_id,
        currency=currency,
        rows=as_json(rows),
    )


def _sealed(orders: Sequence[IncomingOrder]) -> list[Sealed]:
    salts = secrets.token_bytes(SALT_BYTES * len(orders))
    sealed = []
    for place, order in enumerate(orders):
        ship_to = {name: value for name, value in order.ship_to.items() if value is not None}
        salt = salts[SALT_BYTES * place : SALT_BYTES * (place + 1)]
        said = orjson.dumps(ship_to, option=orjson.OPT_SORT_KEYS)
        sealed.append((ship_to, salt.hex(), hashlib.sha256(salt + said).hexdigest()))
    return sealed


def _recipient_rows(accepted: Sequence[Accepted], addresses: Sequence[Sealed]) -> str:
    return as_json(
        {"o": each.order_id, "t": ship_to, "s": salt, "c": commitment}
        for each, (ship_to, salt, commitment) in zip(accepted, addresses, strict=True)
    )


def _put_recipients(tx: Tx[Policy], shop_id: int, rows: str) -> None:
    tx.put(
        "insert into recipients (shop_id, order_id, ship_to, country, salt, commitment) "
        "select sh.shop_id, n.o, n.t, n.t ->> 'country', decode(n.s, 'hex'), decode(n.c, 'hex') "
        "from shops sh, json_to_recordset(cast(cast(:rows as text) as json)) as n(o bigint, t jsonb, s text, c text) "
        "where sh.shop_id = :shop",
        shop=shop_id,
        rows=rows,
    )


def _line_rows(orders: Sequence[IncomingOrder], accepted: Sequence[Accepted]) -> str:
    return as_json(
        {
            "o": each.order_id,
            "n": line_no,
            "s": line.sku,
            "q": line.quantity,
            "p": line.unit_price.minor,
            "f": 0 if line.freight is None else line.freight.minor,
            "b": line.ship_by,
        }
        for each in accepted
        for line_no, line in enumerate(orders[each.index].lines, 1)
    )


def _put_order_lines(tx: Tx[Policy], shop_id: int, rows: str) -> None:
    tx.put(
        "insert into order_lines (shop_id, order_id, line_no, sku, quantity, unit_price_minor, freight_minor, ship_by) "
        "select sh.shop_id, n.o, n.n, n.s, n.q, n.p, n.f, n.b "
        "from shops sh, json_to_recordset(cast(cast(:rows as text) as json)) as n(o bigint, n integer, s text, "
        "q integer, p bigint, f bigint, b timestamptz) where sh.shop_id = :shop",
        shop=shop_id,
        rows=rows,
    )
