"""Erasing a buyer's data: asked for by the shop, and done by the line, which alone may change what is written once."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.erasure.events import BuyerErased, ErasureAsked
from andon.orders.erasure.rules import KEPT, Looked
from andon.platform.policies.rules import Policy

_WAYS = {
    "order": "where x.shop_id = r.s and x.order_id = r.o",
    "fulfilment": "join fulfilments f on f.shop_id = r.s and f.order_id = r.o "
    "where x.shop_id = r.s and x.fulfilment_id = f.fulfilment_id",
    "push": "join fulfilments f on f.shop_id = r.s and f.order_id = r.o join pushes p on p.shop_id = r.s "
    "and p.fulfilment_id = f.fulfilment_id where x.shop_id = r.s and x.push_id = p.push_id",
    "parcel": "join fulfilments f on f.shop_id = r.s and f.order_id = r.o join parcels p on p.shop_id = r.s "
    "and p.fulfilment_id = f.fulfilment_id where x.shop_id = r.s and x.parcel_id = p.parcel_id",
    "dispute": "join disputes d on d.shop_id = r.s and d.order_id = r.o and d.state >= 80 "
    "where x.shop_id = r.s and x.dispute_id = d.dispute_id",
    "evidence": "join disputes d on d.shop_id = r.s and d.order_id = r.o and d.state >= 80 "
    "join dispute_evidence e on e.shop_id = r.s and e.dispute_id = d.dispute_id "
    "where x.shop_id = r.s and x.file_id = e.file_id",
}
_THESE = "json_to_recordset(cast(:orders as json)) as r(s bigint, o bigint)"


def ask_erasure(tx: Tx[Policy], shop_id: int, order_id: int) -> None:
    """Have an ended order's buyer erased at once; asked again, it is looked whether anything came since.

    Refuses with NotFound `order.not_found` and Conflict `order.open`.
    """
    tx.hold({shop_id})
    known = tx.one(
        "select r.erase_asked_at, exists (select from fulfilments f where f.shop_id = r.shop_id "
        "and f.order_id = r.order_id and f.state < 80) as open from recipients r "
        "where r.shop_id = :shop and r.order_id = :order for no key update of r",
        shop=shop_id,
        order=order_id,
    )
    if known is None:
        raise NotFound("order.not_found")
    if known.open:
        raise Conflict("order.open", "its buyer's data is needed until it has ended")
    tx.put(
        "update recipients set erase_at = :now, erase_asked_at = coalesce(erase_asked_at, :now) "
        "where shop_id = :shop and order_id = :order",
        shop=shop_id,
        order=order_id,
        now=tx.now,
    )
    if known.erase_asked_at is None:
        tx.emit(ErasureAsked(shop_id=shop_id, order_id=order_id))


def look_again(tx: Tx[Policy], shop_id: int, order_id: int) -> None:
    """Have an order looked at once more, when its time is over: something of its buyer's that was needed may go then.

    One that is to be looked at already stays as it is. The caller has the shop's head.
    """
    tx.put(
        "update recipients set erase_at = :later where shop_id = :shop and order_id = :order and erase_at is null",
        shop=shop_id,
        order=order_id,
        later=tx.now + tx.policy.privacy.kept_for,
    )


def erase_buyers(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Erase the buyers of those of these orders that are due, and note when the others are.

    `claimed` are recipients locked by this transaction, their shops' heads held. Late facts may bring something of a
    buyer again: an order is looked at once more until nothing came.
    """
    kept_for = tx.policy.privacy.kept_for
    ended = _ended(tx, claimed)
    due: list[Row[Any]] = []
    later: list[dict[str, Any]] = []
    for row in claimed:
        looked = Looked(ended.get((row.shop_id, row.order_id)), row.erase_asked_at is not None)
        at = looked.erase_at(tx.now, kept_for)
        if looked.ended_at is not None and at <= tx.now:
            due.append(row)
        else:
            later.append({"s": row.shop_id, "o": row.order_id, "at": at})
    if later:
        tx.put(
            "update recipients x set erase_at = r.at from json_to_recordset(cast(:orders as json)) "
            "as r(s bigint, o bigint, at timestamptz) where x.shop_id = r.s and x.order_id = r.o",
            orders=as_json(later),
        )
    if due:
        _erase(tx, due)


def _ended(tx: Tx[Policy], claimed: Iterable[Row[Any]]) -> dict[tuple[int, int], Any]:
    rows = tx.rows(
        f"select r.s, r.o, max(f.ended_at) as ended_at from {_THESE} "
        "join fulfilments f on f.shop_id = r.s and f.order_id = r.o "
        "group by r.s, r.o having bool_and(f.state >= 80 and f.ended_at is not null)",
        orders=_numbers(claimed),
    )
    return {(row.s, row.o): row.ended_at for row in rows}


def _erase(tx: Tx[Policy], due: Sequence[Row[Any]]) -> None:
    orders = _numbers(due)
    asked = [
        tx.ask(
            f"update {kept.table} x set {', '.join(f'{name} = {value}' for name, value in kept.erased.items())} "
            f"from {_THESE} {_WAYS[kept.by]} and {kept.there} returning r.s, r.o",
            orders=orders,
        )
        for kept in KEPT
    ]
    found = {(row.s, row.o) for each in asked for row in each()}
    new = {(row.shop_id, row.order_id) for row in due if row.erased_at is None}
    tx.put(
        f"update orders x set fingerprint = '' from {_THESE} where x.shop_id = r.s and x.order_id = r.o",
        orders=orders,
    )
    tx.put(
        "update recipients x set ship_to = '{}', salt = '', faults = null, erased_at = coalesce(x.erased_at, :now), "
        "erase_at = case when r.again then :again else null end from json_to_recordset(cast(:orders as json)) "
        "as r(s bigint, o bigint, again boolean) where x.shop_id = r.s and x.order_id = r.o",
        now=tx.now,
        again=tx.now + tx.policy.privacy.kept_for,
        orders=as_json(
            {"s": shop, "o": order, "again": (shop, order) in found | new}
            for shop, order in ((row.shop_id, row.order_id) for row in due)
        ),
    )
    tx.emit(
        *(
            BuyerErased(
                shop_id=row.shop_id,
                order_id=row.order_id,
                cause="kept_for" if row.erase_asked_at is None else "asked",
            )
            for row in due
            if row.erased_at is None
        )
    )


def _numbers(rows: Iterable[Row[Any]]) -> str:
    return as_json({"s": row.shop_id, "o": row.order_id} for row in rows)
