"""Stock as its shop sees it, and what of it is to be counted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, select

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.partners.shops.views import shop_of
from andon.partners.stock.tables import Calibration
from andon.platform.documents.papers import Paper
from andon.platform.policies.rules import Policy

TRANSFER_NOTE = Path(__file__).parent / "templates" / "transfer_note.typ"

StockPlace = tuple[int, str, int]
"""Where a row stands in the list: location, item and owner."""


def list_stock(
    tx: Tx[Policy],
    shop_id: int,
    *,
    location: int | None = None,
    sku: str | None = None,
    after: StockPlace | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """A shop's stock rows by location, item and owner, from the one after `after`.

    Each with `on_hand`, `reserved`, `held`, `available` (never negative) and `skus`: the shop's own that are sold from it.
    """
    after_place, after_item, after_owner = after or (-1, "", 0)
    return tx.rows(
        "select * from (select s.location, s.item, s.owner, s.on_hand, s.reserved, s.held, s.counted_at, "
        "greatest(s.on_hand - s.reserved - s.held, 0) as available, "
        "case when s.location = 0 then array[s.item] else array(select m.sku from mappings m "
        "where m.shop_id = s.shop_id and m.supplier_id = s.location and m.item = s.item order by m.sku) end as skus "
        "from stock s where s.shop_id = :shop and (s.location, s.item, s.owner) > (:location_, :item_, :owner_) "
        "and (cast(:location as bigint) is null or s.location = :location)) t "
        "where cast(:sku as text) is null or :sku = any(t.skus) order by location, item, owner limit :limit",
        shop=shop_id,
        location_=after_place,
        item_=after_item,
        owner_=after_owner,
        location=location,
        sku=sku,
        limit=limit,
    )


CalibrationState = Literal["open", "overdue", "counted"]

_STANDS: dict[CalibrationState, ColumnElement[bool]] = {
    "open": Calibration.counted_at.is_(None) & Calibration.delisted_at.is_(None),
    "overdue": Calibration.counted_at.is_(None) & Calibration.delisted_at.is_not(None),
    "counted": Calibration.counted_at.is_not(None),
}


class CalibrationOut(Out):
    """Consigned units of one item that came back under a transfer note, and are to be counted by `due_at`.

    `item_units` of the supplier's item became `units` of the SKU, of which one sale took `units_a_sale`; `held` of them
    are not sellable before the count. `counted` is null where the whole SKU was counted at `counted_at`. An `overdue` one
    has its product delisted.
    """

    id: int
    shop_id: int
    sku: str
    supplier_id: int
    supplier_sku: str
    transfer_note: str
    item_units: int
    units_a_sale: int
    units: int
    held: int
    state: CalibrationState
    released_at: Instant
    due_at: Instant
    counted: int | None
    counted_at: Instant | None

    @classmethod
    def of(cls, row: Calibration) -> "CalibrationOut":
        """The calibration's form on the wire."""
        late = row.delisted_at is not None
        return cls(
            id=row.calibration_id,
            shop_id=row.shop_id,
            sku=row.sku,
            supplier_id=row.supplier_id,
            supplier_sku=row.item,
            transfer_note=row.transfer_note,
            item_units=row.item_units,
            units_a_sale=row.a_sale,
            units=row.units,
            held=row.held if row.counted_at is None else 0,
            state="counted" if row.counted_at else "overdue" if late else "open",
            released_at=row.released_at,
            due_at=row.due_at,
            counted=row.counted,
            counted_at=row.counted_at,
        )


def list_calibrations(
    tx: Tx[Policy],
    shop_id: int,
    *,
    state: CalibrationState | None = None,
    sku: str | None = None,
    after: int = 0,
    limit: int,
) -> Sequence[Calibration]:
    """A shop's calibrations by number, from the one after `after`; in one state or of one SKU, if named."""
    query = select(Calibration).where(Calibration.shop_id == shop_id, Calibration.calibration_id > after)
    if state is not None:
        query = query.where(_STANDS[state])
    if sku is not None:
        query = query.where(Calibration.sku == sku)
    return tx.session.scalars(query.order_by(Calibration.calibration_id).limit(limit)).all()


def calibration_of(tx: Tx[Policy], shop_id: int, calibration_id: int) -> Calibration:
    """The shop's calibration of that number; NotFound `calibration.not_found`."""
    found = tx.session.get(Calibration, (shop_id, calibration_id), populate_existing=True)
    if found is None:
        raise NotFound("calibration.not_found")
    return found


def transfer_note_of(tx: Tx[Policy], shop_id: int, number: str) -> Paper:
    """All that stands on a transfer note (调拨单); NotFound `transfer_note.not_found`. Source: PART-2."""
    lines = tx.session.scalars(
        select(Calibration)
        .where(Calibration.shop_id == shop_id, Calibration.transfer_note == number)
        .order_by(Calibration.calibration_id)
    ).all()
    if not lines:
        raise NotFound("transfer_note.not_found", number)
    first, zone = lines[0], ZoneInfo(tx.policy.zone)
    supplier = tx.one("select name from suppliers where supplier_id = :number", number=first.supplier_id)
    facts = {
        "number": number,
        "shop": {"id": shop_id, "name": shop_of(tx, shop_id).name},
        "supplier": {"id": first.supplier_id, "name": supplier.name if supplier else f"#{first.supplier_id}"},
        "released_at": f"{first.released_at.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone.key})",
        "due_at": f"{first.due_at.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone.key})",
        "policy": first.policy,
        "lines": [
            {
                "item": line.item,
                "item_units": line.item_units,
                "sku": line.sku,
                "a_sale": line.a_sale,
                "units": line.units,
                "rest": line.item_units % line.a_sale,
            }
            for line in lines
        ],
    }
    reason = "寄售库存调拨单 Transfer note of consigned stock"
    return Paper(shop_id, "transfer_note", first.calibration_id, number, TRANSFER_NOTE, facts, reason)
