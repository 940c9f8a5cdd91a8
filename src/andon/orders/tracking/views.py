"""A parcel's way as its shop sees it: each scan, with the carrier's own instant and place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.orders.tracking.rules import ParcelStatus
from andon.platform.policies.rules import Policy


class ParcelScan(Out):
    """What the carrier saw. `place` is in its own words, empty where it names none."""

    status: ParcelStatus
    sub_status: str
    place: str
    occurred_at: Instant
    received_at: Instant


After = tuple[datetime, str, str]
"""Where a list of scans goes on: after the scan of this instant, status and sub-status."""


def scans_of(
    tx: Tx[Policy], shop_id: int, parcel_id: int, *, after: After | None, limit: int
) -> Sequence[Row[Any]]:
    """A parcel's scans, by the carrier's own instants, the earliest first. NotFound for a parcel of another shop."""
    parcel = "select 1 from parcels where shop_id = :shop and parcel_id = :parcel"
    if tx.one(parcel, shop=shop_id, parcel=parcel_id) is None:
        raise NotFound
    at, status, sub_status = after or (None, "", "")
    return tx.rows(_SCANS, shop=shop_id, parcel=parcel_id, at=at, status=status, sub=sub_status, limit=limit)


# The unique index `uq_scans_fact` has them in this order.
_SCANS = """
select status, sub_status, place, occurred_at, received_at from scans
 where shop_id = :shop and parcel_id = :parcel
   and (cast(:at as timestamptz) is null or (occurred_at, status, sub_status) > (:at, :status, :sub))
 order by occurred_at, status, sub_status
 limit :limit
"""
