"""Counting what was released: until then nobody may have it. Source: PART-3."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Tx
from andon.partners.listing.service import relist_products
from andon.partners.stock.events import StockCalibrated
from andon.partners.stock.rules import Change, Owner, check_count, found_more
from andon.partners.stock.service.sharing import Shortfall
from andon.partners.stock.service.units import Moved, StockKey, lock_units, move_units
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.rules import Policy


def calibrate(tx: Tx[Policy], shop_id: int, calibration_id: int, counted: int) -> list[Shortfall]:
    """Take a count of the units that one line of a transfer note released: so many may be sold from now on.

    What differs from the note is put right by a movement. Where units were sold uncounted (the guard `trust`) fewer
    may be there than are reserved: that is answered. The same count again changes nothing. Refuses with NotFound
    (`calibration.not_found`), Invalid (`stock.count`) and Conflict (`calibration.counted`).
    """
    check_count(counted)
    tx.hold(shop_id)
    key = StockKey(shop_id, LOCAL, _calibration(tx, shop_id, calibration_id).sku, Owner.SHOP.value)
    units = lock_units(tx, [key])[key]
    row = _calibration(tx, shop_id, calibration_id, and_lock=True)
    if row.counted_at is not None:
        if row.counted != counted:
            raise Conflict("calibration.counted", f"counted {row.counted}", counted=row.counted)
        return []
    more = found_more(units.on_hand, row.units, counted)
    move_units(tx, Change.CALIBRATE, [Moved(key, more, 0, held=-row.held)])
    _close(tx, shop_id, [row], counted)
    lacking = units.reserved - (units.on_hand + more)
    return [Shortfall(*key, missing=lacking)] if lacking > 0 else []


def close_calibrations(tx: Tx[Policy], shop_id: int, skus: Collection[str]) -> None:
    """The whole SKU was counted, and what was released of it with the rest. The stock rows are locked by the caller."""
    rows = tx.rows(
        "select calibration_id, sku, units, delisted_at from calibrations "
        "where shop_id = :shop and sku = any(:skus) and counted_at is null "
        "order by calibration_id for no key update",
        shop=shop_id,
        skus=list(skus),
    )
    _close(tx, shop_id, rows, None)


def _calibration(tx: Tx[Policy], shop_id: int, calibration_id: int, *, and_lock: bool = False) -> Row[Any]:
    row = tx.one(
        "select calibration_id, sku, units, held, counted, counted_at, delisted_at from calibrations "
        "where shop_id = :shop and calibration_id = :number" + (" for no key update" if and_lock else ""),
        shop=shop_id,
        number=calibration_id,
    )
    if row is None:
        raise NotFound("calibration.not_found")
    return row


def _close(tx: Tx[Policy], shop_id: int, rows: Sequence[Row[Any]], counted: int | None) -> None:
    """Note that these were counted; a product that was off sale for want of that is back, once all of it was."""
    if not rows:
        return
    tx.put(
        "update calibrations set counted = :counted, counted_at = :now "
        "where shop_id = :shop and calibration_id = any(:numbers)",
        counted=counted,
        now=tx.now,
        shop=shop_id,
        numbers=[row.calibration_id for row in rows],
    )
    tx.emit(
        *(
            StockCalibrated(
                shop_id=shop_id,
                calibration_id=row.calibration_id,
                sku=row.sku,
                units=row.units,
                counted=counted,
            )
            for row in rows
        )
    )
    if late := {row.sku for row in rows if row.delisted_at is not None}:
        waiting = tx.rows(
            "select distinct sku from calibrations where shop_id = :shop and sku = any(:skus) "
            "and counted_at is null and delisted_at is not null",
            shop=shop_id,
            skus=sorted(late),
        )
        relist_products(tx, {(shop_id, sku) for sku in late - {row.sku for row in waiting}})
