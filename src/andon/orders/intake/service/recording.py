"""Writing accepted orders down: one statement a table."""

import secrets
from collections.abc import Callable, Iterable, Sequence

import orjson

from andon.kernel.money import Money
from andon.kernel.rows import as_array
from andon.kernel.tx import Tx
from andon.orders.addresses.rules import Sealed, seal
from andon.orders.addresses.service import SALT_BYTES, Flagged, address_faults, note_faults
from andon.orders.intake.rules import Accepted, IncomingOrder
from andon.orders.order.events import OrderAccepted, OrderRefused
from andon.orders.order.rules import Flag
from andon.orders.routing.rules import Facts, Refusal
from andon.orders.routing.service import Fresh, Opening, open_fulfilments, promise_parts
from andon.orders.routing.views import RoutingShop
from andon.orders.stockouts.service import Lacking, record_refused
from andon.partners.goods.rules import Goods
from andon.platform.policies.rules import Policy

Faults = dict[int, tuple[str, ...]]
"""What is wrong with addresses, by the orders' numbers; those that passed are not here."""


class Contended(Exception):
    """Another call has taken one of these numbers meanwhile: undo, look and decide again."""


def record_accepted(
    tx: Tx[Policy],
    shop_id: int,
    shop: RoutingShop,
    orders: Sequence[IncomingOrder],
    accepted: Sequence[Accepted],
    fresh: Fresh,
) -> Callable[[], None]:
    """Write these orders with their recipients, lines and fulfilments, and tell of them.

    Nothing is waited for: while the database writes, the next ones can be decided. Call the answer before the end; it
    raises Contended if one of the numbers has become another call's order meanwhile.
    """
    if not accepted:
        return lambda: None
    promised = promise_parts(tx, shop_id, (part for each in accepted for part in each.parts), shop.daily)
    written = _put_orders(tx, shop_id, shop.currency, orders, accepted)
    addresses = _sealed([orders[each.index] for each in accepted])
    faults: Faults = {
        each.order_id: own for each in accepted if (own := address_faults(orders[each.index].ship_to))
    }
    _put_recipients(tx, shop_id, accepted, addresses, faults)
    _put_order_lines(tx, shop_id, shop.facts, orders, accepted)
    tx.emit(*_told(shop_id, shop.currency, orders, accepted, addresses))
    openings = _openings(tx, orders, accepted, faults)
    numbers = open_fulfilments(tx, shop_id, openings, shop.called, fresh, shop.clocks)
    _note_faults(tx, shop_id, openings, numbers, faults)

    def check() -> None:
        if written() != len(accepted):
            raise Contended
        promised()

    return check


def _openings(
    tx: Tx[Policy], orders: Sequence[IncomingOrder], accepted: Sequence[Accepted], faults: Faults
) -> list[Opening]:
    openings = []
    for each in accepted:
        order = orders[each.index]
        policy = tx.policies.at(order.placed_at)
        flags = Flag.ADDRESS_PROBLEM.value if each.order_id in faults else 0
        openings += [
            Opening(
                each.order_id,
                part,
                policy,
                order.placed_at,
                order.at or tx.now,
                ship_by=order.ship_by_of(want.line_no for want, _ in part.assigned),
                flags=flags,
            )
            for part in each.parts
        ]
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
        told.append(
            OrderAccepted(
                shop_id=shop_id,
                order_id=each.order_id,
                at=order.at,
                channel=order.channel,
                channel_order_no=order.channel_order_no,
                lines=len(order.lines),
                goods=Money.from_minor(order.goods_minor, currency),
                freight=Money.from_minor(order.freight_minor, currency),
                recipient=commitment,
            )
        )
    return told


def refuse(tx: Tx[Policy], shop_id: int, refused: Iterable[tuple[IncomingOrder, Refusal]]) -> None:
    """Tell of orders that did not become ours, and record what of them the seller answers for. Source: STOCK-1."""
    refused = list(refused)
    record_refused(
        tx,
        shop_id,
        [
            Lacking(
                order.channel,
                order.channel_order_no,
                order.placed_at,
                order.at or tx.now,
                refusal.sellers_sku,
            )
            for order, refusal in refused
            if refusal.sellers_sku is not None
        ],
    )
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
    own = [orders[each.index] for each in accepted]
    return tx.count(
        "insert into orders (shop_id, order_id, channel, channel_order_no, fingerprint, placed_at, received_at, "
        "ship_by, paid_at, source_status, currency, goods_minor, freight_minor, policy) "
        "select sh.shop_id, n.o, n.c, n.n, decode(n.h, 'hex'), n.pl, n.at, n.sb, n.pd, n.ss, :currency, n.g, n.f, n.p "
        "from shops sh, unnest(cast(:ids as bigint[]), cast(:channels as text[]), cast(:numbers as text[]), "
        "cast(:hashes as text[]), cast(:placed as timestamptz[]), cast(:received as timestamptz[]), "
        "cast(:ship_by as timestamptz[]), cast(:paid as timestamptz[]), cast(:statuses as text[]), "
        "cast(:goods as bigint[]), cast(:freight as bigint[]), cast(:policies as text[])) "
        "as n(o, c, n, h, pl, at, sb, pd, ss, g, f, p) "
        # In the order of the numbers: of two calls that share some, one waits, and neither in a ring.
        "where sh.shop_id = :shop order by n.c, n.n "
        "on conflict (shop_id, channel, channel_order_no) do nothing",
        shop=shop_id,
        currency=currency,
        ids=as_array(each.order_id for each in accepted),
        channels=as_array(order.channel for order in own),
        numbers=as_array(order.channel_order_no for order in own),
        hashes=as_array(each.fingerprint.hex() for each in accepted),
        placed=as_array(order.placed_at for order in own),
        received=as_array(order.at or tx.now for order in own),
        ship_by=as_array(order.ship_by for order in own),
        paid=as_array(order.paid_at for order in own),
        statuses=as_array(order.source_status for order in own),
        goods=as_array(order.goods_minor for order in own),
        freight=as_array(order.freight_minor for order in own),
        policies=as_array(tx.policies.at(order.placed_at).version for order in own),
    )


def _sealed(orders: Sequence[IncomingOrder]) -> list[Sealed]:
    salts = secrets.token_bytes(SALT_BYTES * len(orders))
    return [
        seal(order.ship_to, salts[SALT_BYTES * place : SALT_BYTES * (place + 1)])
        for place, order in enumerate(orders)
    ]


def _note_faults(
    tx: Tx[Policy], shop_id: int, openings: Sequence[Opening], numbers: Sequence[int], faults: Faults
) -> None:
    """Tell of addresses that failed their check, and of what was flagged for it."""
    if faults:
        flagged = [
            Flagged(opening.order_id, number, opening.part.supplier_id)
            for opening, number in zip(openings, numbers, strict=True)
            if opening.order_id in faults
        ]
        note_faults(tx, shop_id, faults, flagged)


def _put_recipients(
    tx: Tx[Policy],
    shop_id: int,
    accepted: Sequence[Accepted],
    addresses: Sequence[Sealed],
    faults: Faults,
) -> None:
    tx.put(
        "insert into recipients (shop_id, order_id, ship_to, country, salt, commitment, faults, erase_at) "
        "select sh.shop_id, n.o, n.t, n.t ->> 'country', decode(n.s, 'hex'), decode(n.c, 'hex'), n.f, :erase_at "
        "from shops sh, unnest(cast(:ids as bigint[]), cast(:ship_to as jsonb[]), cast(:salts as text[]), "
        "cast(:commitments as text[]), cast(:faults as text[])) as n(o, t, s, c, f) where sh.shop_id = :shop",
        shop=shop_id,
        erase_at=tx.now + tx.policy.privacy.kept_for,
        ids=as_array(each.order_id for each in accepted),
        ship_to=as_array(ship_to for ship_to, _, _ in addresses),
        salts=as_array(salt for _, salt, _ in addresses),
        commitments=as_array(commitment for _, _, commitment in addresses),
        faults=as_array(
            " ".join(faults[each.order_id]) if each.order_id in faults else None for each in accepted
        ),
    )


def _put_order_lines(
    tx: Tx[Policy],
    shop_id: int,
    facts: Facts,
    orders: Sequence[IncomingOrder],
    accepted: Sequence[Accepted],
) -> None:
    """Write the lines, each with what is said of its product now: what it is declared as does not change with it."""
    lines = [
        (each.order_id, line_no, line)
        for each in accepted
        for line_no, line in enumerate(orders[each.index].lines, 1)
    ]
    tx.put(
        "insert into order_lines (shop_id, order_id, line_no, sku, quantity, unit_price_minor, freight_minor, ship_by, goods) "
        "select sh.shop_id, n.o, n.n, n.s, n.q, n.p, n.f, n.b, n.g "
        "from shops sh, unnest(cast(:ids as bigint[]), cast(:line_nos as integer[]), cast(:skus as text[]), "
        "cast(:quantities as integer[]), cast(:prices as bigint[]), cast(:freight as bigint[]), "
        "cast(:ship_by as timestamptz[]), cast(:goods as jsonb[])) as n(o, n, s, q, p, f, b, g) where sh.shop_id = :shop",
        shop=shop_id,
        ids=as_array(order_id for order_id, _, _ in lines),
        line_nos=as_array(line_no for _, line_no, _ in lines),
        skus=as_array(line.sku for *_, line in lines),
        quantities=as_array(line.quantity for *_, line in lines),
        prices=as_array(line.unit_price.minor for *_, line in lines),
        freight=as_array(line.freight.minor if line.freight else 0 for *_, line in lines),
        ship_by=as_array(line.ship_by for *_, line in lines),
        goods=as_array(_kept_goods(facts.goods_of(line.sku)) for *_, line in lines),
    )


def _kept_goods(goods: Goods | None) -> str | None:
    return None if goods is None else orjson.dumps(goods.facts()).decode()
