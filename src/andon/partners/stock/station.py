"""What becomes of stock by time alone: pools are evened out, freed units follow those released, the uncounted are delisted."""

from andon.kernel.line import Claim, Station
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.listing.service import delist_products
from andon.partners.stock.service import even_out_pools, release_freed
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

UNCOUNTED = Claim(
    "calibrations",
    "calibration_id",
    "counted_at is null and delisted_at is null",
    "due_at",
    ("sku", "supplier_id", "transfer_note"),
)


def delist_uncounted(tx: Tx[Policy], batch: int) -> int:
    """Take products off sale whose released stock nobody has counted in time, and tell the seller."""
    rows = UNCOUNTED.take(tx, batch)
    if not rows:
        return 0
    tx.put(
        f"update calibrations c set delisted_at = :now from {_ROWS} as k(s bigint, n bigint) "
        "where c.shop_id = k.s and c.calibration_id = k.n",
        now=tx.now,
        rows=as_json({"s": row.shop_id, "n": row.calibration_id} for row in rows),
    )
    gone = delist_products(tx, {(row.shop_id, row.sku) for row in rows})
    notes = {(row.shop_id, row.sku): row.transfer_note for row in rows}
    tell(
        tx,
        [
            Notice(
                shop_id,
                "seller",
                "product.delisted",
                facts={"sku": sku, "transfer_note": notes[shop_id, sku]},
            )
            for shop_id, sku in sorted(gone)
        ],
    )
    return len(rows)


_ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"

EVEN_OUT = Station(
    "even_out",
    due="select min(even_at) from pools where even_at is not null",
    step=even_out_pools,
    batch=500,
)
RELEASE = Station(
    "release",
    due="select min(due_at) from unmapped_items where due_at is not null",
    step=release_freed,
    batch=500,
)
CALIBRATE = Station("calibrate", due=UNCOUNTED.earliest_sql, step=delist_uncounted, batch=500)
