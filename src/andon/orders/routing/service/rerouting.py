"""Rerouting: what one party will not fulfil goes to the next that can, or waits for the seller."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.orders.holds.service import keep_address_flags, keep_held
from andon.orders.order.events import FulfilmentWaiting
from andon.orders.order.rules import Flag, FulfilmentState, Mode
from andon.orders.order.tables import FULFILMENT_IDS
from andon.orders.routing.rules import (
    LOCAL,
    NO_UNITS,
    STOCK_REASONS,
    Part,
    PassedOver,
    Want,
    choose_again,
    tried_suppliers,
)
from andon.orders.routing.service.opening import (
    NewFulfilment,
    NewLine,
    Opening,
    fresh_numbers,
    open_fulfilments,
    promise_parts,
    put_fulfilments,
    put_lines,
    told,
)
from andon.orders.routing.views import RoutingShop, look_and_lock, wants_of
from andon.partners.stock.rules import Owner
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


@dataclass
class _Left:
    """Lines that nobody else can fulfil: they wait, and `short` says that units were missing."""

    closed: Row[Any]
    wants: list[Want]
    passed_over: tuple[PassedOver, ...]
    short: bool


@dataclass
class _Way:
    """What becomes of one rejected fulfilment."""

    closed: Row[Any]
    policy: Policy
    parts: list[Part] = field(default_factory=list)
    left: _Left | None = None


def reroute(tx: Tx[Policy], closed: Iterable[Row[Any]], *, forgiving: bool = False) -> list[int]:
    """Give each rejected fulfilment its successors, and answer their numbers.

    Its lines go to the next supplier by the routing rule that has not rejected them before, in as few parts as that
    gives; what nobody can take waits for the seller, flagged `short` where units were missing. Successors name it
    as what they replace. `closed` are rows that `close_fulfilments` answered in this transaction. What the seller's
    own location could not fulfil waits.
    With `forgiving`, a supplier that only lacked units then is asked again, if it has them now.
    """
    rows = sorted(closed, key=lambda row: (row.shop_id, row.fulfilment_id))
    made: list[int] = []
    with tx.as_platform():
        for shop_id, own in groupby(rows, key=lambda row: row.shop_id):
            made += _reroute_shop(tx, shop_id, list(own), forgiving)
    return made


def _reroute_shop(tx: Tx[Policy], shop_id: int, closed: list[Row[Any]], forgiving: bool) -> list[int]:
    orders = [row.order_id for row in closed]
    wants = wants_of(tx, shop_id, [row.fulfilment_id for row in closed])
    places = {
        row.order_id: row
        for row in tx.rows(
            "select o.order_id, o.policy, r.country from orders o join recipients r "
            "on r.shop_id = o.shop_id and r.order_id = o.order_id "
            "where o.shop_id = :shop and o.order_id = any(:orders)",
            shop=shop_id,
            orders=orders,
        )
    }
    before = _chains(tx, shop_id, orders, forgiving)
    skus = sorted({want.sku for each in wants.values() for want in each})
    shop, shelf = look_and_lock(tx, shop_id, skus, min(row.at for row in closed))()
    ways: list[_Way] = []
    for row in closed:
        place = places[row.order_id]
        way = _Way(row, tx.policies.named(place.policy))
        own = wants[row.fulfilment_id]
        passed: tuple[PassedOver, ...] = ()
        mode = Mode(row.mode)
        if mode is Mode.JIT or row.supplier_id is not None:
            tried = tried_suppliers(row.fulfilment_id, before)
            way.parts, own, passed = choose_again(own, place.country, shop.facts, shelf, tried, mode)
        if own:
            short = row.reason in STOCK_REASONS or any(each.reason == NO_UNITS for each in passed)
            # A standard order that is short is the seller's stock-out: not one that its supplier could not ship.
            short = short and (mode is Mode.JIT or row.supplier_id is None)
            way.left = _Left(row, own, passed, short)
        ways.append(way)
    return _record(tx, shop_id, ways, shop)


def _chains(
    tx: Tx[Policy], shop_id: int, order_ids: Sequence[int], forgiving: bool
) -> dict[int, tuple[int | None, int | None]]:
    """The supplier of each fulfilment of these orders, where it counts as tried, and which one it replaces."""
    return {
        row.fulfilment_id: (
            None if forgiving and row.reason in STOCK_REASONS else row.supplier_id,
            row.replaces,
        )
        for row in tx.rows(
            "select fulfilment_id, supplier_id, replaces, reason from fulfilments "
            "where shop_id = :shop and order_id = any(:orders)",
            shop=shop_id,
            orders=list(order_ids),
        )
    }


def _record(tx: Tx[Policy], shop_id: int, ways: Sequence[_Way], shop: RoutingShop) -> list[int]:
    openings = [
        Opening(
            way.closed.order_id,
            part,
            way.policy,
            way.closed.placed_at,
            way.closed.at,
            way.closed.fulfilment_id,
        )
        for way in ways
        for part in way.parts
    ]
    promise_parts(tx, shop_id, [opening.part for opening in openings], shop.daily)()
    fresh = fresh_numbers(tx, len(openings))
    made = open_fulfilments(tx, shop_id, openings, shop.called, fresh, shop.clocks)
    waiting = [(way, way.left) for way in ways if way.left is not None]
    numbers = tx.take_ids(FULFILMENT_IDS.name, len(waiting))
    _put_waiting(
        tx, shop_id, [(n, way.policy, left) for n, (way, left) in zip(numbers, waiting, strict=True)]
    )
    keep_held(tx, shop_id, made + numbers)
    keep_address_flags(tx, shop_id, made + numbers)
    return made + numbers


def _put_waiting(tx: Tx[Policy], shop_id: int, waiting: Sequence[tuple[int, Policy, _Left]]) -> None:
    if not waiting:
        return
    put_fulfilments(
        tx,
        shop_id,
        [
            NewFulfilment(
                number,
                left.closed.order_id,
                left.closed.mode,
                FulfilmentState.WAITING.value,
                policy.version,
                left.closed.placed_at,
                left.closed.at,
                flags=Flag.SHORT.value if left.short else 0,
                replaces=left.closed.fulfilment_id,
            )
            for number, policy, left in waiting
        ],
    )
    put_lines(
        tx,
        shop_id,
        [
            NewLine(number, want.line_no, want.sku, want.quantity, LOCAL, want.sku, Owner.SHOP.value, 0)
            for number, _, left in waiting
            for want in left.wants
        ],
    )
    _tell_waiting(tx, shop_id, waiting)


def _tell_waiting(tx: Tx[Policy], shop_id: int, waiting: Sequence[tuple[int, Policy, _Left]]) -> None:
    tx.emit(
        *(
            FulfilmentWaiting(
                shop_id=shop_id,
                order_id=left.closed.order_id,
                at=left.closed.at,
                fulfilment_id=number,
                mode=Mode(left.closed.mode).word,
                replaces=left.closed.fulfilment_id,
                passed_over=told(left.passed_over),
            )
            for number, _, left in waiting
        )
    )
    tell(
        tx,
        [
            Notice(
                shop_id,
                "seller",
                "fulfilment.waiting",
                left.closed.order_id,
                number,
                facts={"short": left.short},
            )
            for number, _, left in waiting
        ],
    )
