"""Putting products on tracks, and taking them off. Source: MOVE-1."""

from collections.abc import Collection, Mapping

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.catalog.rules import Mode
from andon.partners.listing.service import delist_products, relist_products
from andon.partners.stock.tables import LOCAL
from andon.partners.tracks.events import ProductStocked
from andon.partners.tracks.rules import Choice, Track
from andon.platform.policies.rules import Policy

# What is off sale because nobody has counted all of it stays so.
_COUNTED = (
    "not exists (select from calibrations c where c.shop_id = t.shop_id and c.sku = t.sku "
    "and c.counted_at is null and c.delisted_at is not null)"
)
_UNSTOCKED = f"t.stocked_at is null and t.choice in ('{Choice.STOCK_UP}', '{Choice.UNLIST}')"
_ON_SHELF = (
    f"exists (select from stock s where s.shop_id = t.shop_id and s.location = {LOCAL} and s.item = t.sku "
    "and s.on_hand - s.reserved - s.held > 0)"
)


def lay_tracks(
    tx: Tx[Policy], shop_id: int, move_id: int, others: Track, own: Mapping[str, Track]
) -> list[str]:
    """Put every product in JIT mode on a track, those in `own` on theirs, all others on that one; their SKUs.

    What is to be unlisted is off sale from now on; tracks of moves before are gone. The caller has closed the shop's head.
    """
    lift_tracks(tx, shop_id)
    laid = tx.rows(
        "insert into tracks (shop_id, sku, move_id, since, closes_at, shares, choice) "
        "select p.shop_id, p.sku, :move, :now, case when o.k is null then cast(:closes as timestamptz) else o.c end, "
        "coalesce(o.h, cast(cast(:shares as text) as jsonb)), o.w from products p "
        "left join json_to_recordset(cast(cast(:rows as text) as json)) "
        "as o(k text, c timestamptz, h jsonb, w text) on o.k = p.sku "
        f"where p.shop_id = :shop and p.mode = {Mode.JIT.value} order by p.sku returning sku",
        shop=shop_id,
        move=move_id,
        now=tx.now,
        closes=others.closes_at,
        shares=as_json(others.shares),
        rows=as_json(
            {"k": sku, "c": track.closes_at, "h": list(track.shares), "w": track.choice}
            for sku, track in own.items()
        ),
    )
    skus = sorted(row.sku for row in laid)
    delist_products(tx, {(shop_id, sku) for sku in skus if sku in own and own[sku].choice is Choice.UNLIST})
    return skus


def lift_tracks(tx: Tx[Policy], shop_id: int, skus: Collection[str] | None = None) -> list[str]:
    """Take all products of the shop, or these, off their tracks; those that were on one.

    New orders for them go as their mode says, and what was unlisted is on sale again. The shop's head is held.
    """
    lifted = tx.rows(
        "delete from tracks t where t.shop_id = :shop and (cast(:skus as text[]) is null or t.sku = any(:skus)) "
        f"returning t.sku, t.choice = '{Choice.UNLIST}' and t.stocked_at is null and {_COUNTED} as back",
        shop=shop_id,
        skus=None if skus is None else sorted(skus),
    )
    relist_products(tx, {(shop_id, row.sku) for row in lifted if row.back})
    return sorted(row.sku for row in lifted)


def settle_tracks(tx: Tx[Policy], shop_id: int, move_id: int) -> list[str]:
    """The move is over: its products, of which those stay on their tracks whose choice still holds.

    What was unlisted stays so until it is counted, and what its supplier ships until the binding ends; their mode alone says
    again whether it is just in time. The shop's head is held.
    """
    moved = _lock_products(tx, shop_id, "t.move_id = :move", move=move_id)
    tx.put(
        "delete from tracks where shop_id = :shop and move_id = :move and not coalesce("
        f"choice = '{Choice.SUPPLIER_SHIPS}' or (choice = '{Choice.UNLIST}' and stocked_at is null), false)",
        shop=shop_id,
        move=move_id,
    )
    tx.put(
        "update tracks set closes_at = null, shares = '[]' where shop_id = :shop and move_id = :move",
        shop=shop_id,
        move=move_id,
    )
    return moved


def note_counted(tx: Tx[Policy], shop_id: int, skus: Collection[str]) -> None:
    """Units of these SKUs may have been counted in the seller's own warehouse: what was chosen for want of them is over.

    What was stocked up goes just in time no more, and what was unlisted is on sale again. The stock rows are locked.
    """
    own = _lock_products(
        tx, shop_id, f"t.sku = any(:skus) and {_UNSTOCKED} and {_ON_SHELF}", skus=sorted(skus)
    )
    if not own:
        return
    stocked = tx.rows(
        f"update tracks t set stocked_at = :now, closes_at = case when t.choice = '{Choice.STOCK_UP}' "
        "then least(t.closes_at, :now) else t.closes_at end "
        f"where t.shop_id = :shop and t.sku = any(:skus) and {_UNSTOCKED} returning t.sku, t.choice, {_COUNTED} as whole",
        shop=shop_id,
        skus=own,
        now=tx.now,
    )
    relist_products(tx, {(shop_id, row.sku) for row in stocked if row.choice == Choice.UNLIST and row.whole})
    tx.emit(*(ProductStocked(shop_id=shop_id, sku=row.sku, choice=row.choice) for row in sorted(stocked)))


def _lock_products(tx: Tx[Policy], shop_id: int, where: str, **params: object) -> list[str]:
    """Those products on tracks of the shop, locked in the order of all: before their tracks, as who sets a mode has them."""
    found = tx.rows(
        "select p.sku from tracks t join products p on p.shop_id = t.shop_id and p.sku = t.sku "
        f"where t.shop_id = :shop and {where} order by p.sku for no key update of p",
        shop=shop_id,
        **params,
    )
    return [row.sku for row in found]
