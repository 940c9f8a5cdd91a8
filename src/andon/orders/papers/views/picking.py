"""What is to pick now, where it lies, and what is there to count."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Row

from andon.kernel.http.models import Instant, Out
from andon.kernel.http.pages import Page, PageAsked
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.papers.rules import Need, picks_of
from andon.partners.stock.rules import Owner
from andon.platform.policies.rules import Policy

_TO_PICK = (
    "shop_id = any(array(select shop_id from heads)) and supplier_id = :supplier "
    f"and state = {FulfilmentState.ACCEPTED.value} and held_at is null "
    "and (cancel_requested_at is null or cancel_answered_at is not null)"
)

_SHELVES = (
    f"select p.item, {Owner.SUPPLIER.value} as owner, 0 as shop, p.counted, p.counted_at, "
    "coalesce((select sum(s.reserved) from stock s where s.shop_id = any(array(select shop_id from heads)) "
    f"and s.location = p.supplier_id and s.item = p.item and s.owner = {Owner.SUPPLIER.value}), 0)::bigint "
    "as reserved from pools p where p.supplier_id = :supplier "
    "union all select item, owner, shop_id, on_hand, counted_at, reserved from stock "
    f"where shop_id = any(array(select shop_id from heads)) and location = :supplier and owner = {Owner.SHOP.value}"
)


class PickFor(Out):
    """What one fulfilment needs of an item."""

    fulfilment_id: int
    order_id: int
    units: int


class PickOut(Out):
    """A stop on the way: so many units of an item at one bin, null where nobody has said where it lies."""

    bin: str | None
    supplier_sku: str
    units: int
    fulfilments: list[PickFor]


class BinOut(Out):
    """Where an item lies, and the barcode on it."""

    supplier_sku: str
    bin: str
    barcode: str | None
    set_at: Instant


class ShelfOut(Out):
    """An item on the caller's shelves, to be counted: its own, or a shop's consigned units of it.

    `counted` is the last count, what is `reserved` included; `counted_at` is null before the first one.
    """

    supplier_sku: str
    owner: Literal["supplier", "shop"]
    shop_id: int | None
    counted: int
    reserved: int
    counted_at: Instant | None
    bin: str | None
    barcode: str | None


ShelfPlace = tuple[str, int, int]
"""Where a shelf stands in the list: its item, owner and shop, which is 0 where it is the supplier's own."""


def list_picks(tx: Tx[Policy], supplier_id: int, query: PageAsked) -> Page[PickOut]:
    """A wave: the oldest accepted fulfilments, as many as the page's limit, as stops in walking order.

    Those that are held, or asked to be cancelled, are left out. The next page is the next wave.
    """
    found = tx.rows(
        f"select shop_id, fulfilment_id from fulfilments where {_TO_PICK} and fulfilment_id > :after "
        "order by fulfilment_id limit :limit",
        supplier=supplier_id,
        after=query.after[0] if query.after else 0,
        limit=query.fetch,
    )
    wave = found[: query.limit]
    picks = picks_of(_needs(tx, supplier_id, wave)) if wave else []
    more = len(found) > query.limit
    return Page[PickOut](
        items=[
            PickOut(
                bin=pick.bin,
                supplier_sku=pick.item,
                units=pick.units,
                fulfilments=[PickFor.model_validate(need) for need in pick.needs],
            )
            for pick in picks
        ],
        next_cursor=query.cursor([wave[-1].fulfilment_id]) if more else None,
    )


def _needs(tx: Tx[Policy], supplier_id: int, wave: Sequence[Row[Any]]) -> list[Need]:
    rows = tx.rows(
        "select f.fulfilment_id, f.order_id, l.item, b.bin, sum(l.units)::bigint as units from fulfilments f "
        "join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id "
        "left join bins b on b.supplier_id = :supplier and b.item = l.item "
        "where f.shop_id = any(:shops) and f.fulfilment_id = any(:fulfilments) group by 1, 2, 3, 4",
        supplier=supplier_id,
        shops=sorted({row.shop_id for row in wave}),
        fulfilments=[row.fulfilment_id for row in wave],
    )
    return [Need(row.bin, row.item, row.fulfilment_id, row.order_id, row.units) for row in rows]


def list_bins(tx: Tx[Policy], supplier_id: int, *, after: str, limit: int) -> Sequence[Row[Any]]:
    """A supplier's items that lie somewhere, by their code, from the one after `after`."""
    return tx.rows(
        "select item as supplier_sku, bin, barcode, set_at from bins where supplier_id = :supplier and item > :after "
        "order by item limit :limit",
        supplier=supplier_id,
        after=after,
        limit=limit,
    )


def list_shelves(
    tx: Tx[Policy], supplier_id: int, *, code: str | None, after: ShelfPlace | None, limit: int
) -> Sequence[Row[Any]]:
    """What lies on a supplier's shelves, by item, owner and shop: all, or what bears that code or barcode.

    Consigned units and what is reserved are of shops whose grant is live.
    """
    item, owner, shop = after or ("", 0, 0)
    return tx.rows(
        f"select t.*, b.bin, b.barcode from ({_SHELVES}) t "
        "left join bins b on b.supplier_id = :supplier and b.item = t.item "
        "where (t.item, t.owner, t.shop) > (:item_, :owner_, :shop_) "
        "and (cast(:code as text) is null or :code in (t.item, b.barcode)) "
        "order by t.item, t.owner, t.shop limit :limit",
        supplier=supplier_id,
        code=code,
        item_=item,
        owner_=owner,
        shop_=shop,
        limit=limit,
    )


def shelf(row: Row[Any]) -> ShelfOut:
    """The shelf's form on the wire."""
    return ShelfOut(
        supplier_sku=row.item,
        owner="shop" if row.shop else "supplier",
        shop_id=row.shop or None,
        counted=row.counted,
        reserved=row.reserved,
        counted_at=row.counted_at,
        bin=row.bin,
        barcode=row.barcode,
    )
