"""What a carrier's scans tell of a parcel, and what its parcels tell of a fulfilment.

The fold is a function of the set of scans: whatever their order of arrival, and however often one is told, the
story is the same, and nothing takes a delivery back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from andon.kernel.errors import codes
from andon.orders.order.rules import FulfilmentState

CODES = codes(
    {
        "scan.status": ("Not a tracking status", "未知的物流状态"),
        "scan.in_future": ("A scan from the future", "轨迹时间晚于当前时间"),
        "scan.too_early": ("A scan from before the order", "轨迹时间早于下单时间"),
        "scan.other_carrier": ("The waybill is another carrier's", "运单属于其他承运商"),
        "scan.raw": ("A carrier's record that is too long", "承运商原始记录过长"),
        "waybill.unknown": ("No such waybill", "运单不存在"),
    }
)


LONGEST_RAW = 10_000
"""Characters that are kept of a carrier's own record of a scan."""


class ParcelStatus(StrEnum):
    """The neutral statuses, in the order in which a parcel comes to them; the later one wins of two at one instant."""

    UNKNOWN = "unknown"
    INFO_RECEIVED = "info_received"
    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    EXCEPTION = "exception"
    DELIVERY_FAILED = "delivery_failed"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    RETURNING = "returning"
    CANCELLED = "cancelled"
    LOST = "lost"
    RETURNED = "returned"
    DELIVERED = "delivered"


STATUSES = {status.value: rank for rank, status in enumerate(ParcelStatus)}
"""Every status by its word, with its rank."""

ENDS = ("delivered", "returned", "lost", "cancelled")
"""The statuses that end a parcel, strongest first: what is in the buyer's hands is neither lost nor returned."""

UNMOVED = frozenset(("unknown", "info_received", "cancelled"))
"""The statuses that do not show the parcel in the carrier's hands."""


class Fact(NamedTuple):
    """One scan: the status and the carrier's own instant of it."""

    status: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Track:
    """The story of a parcel.

    `first_scan_at` and `last_scan_at` are the first and last instants at which the carrier had it in hand;
    `collected_at` its earliest collection; `ended_at` the instant of the end that counts.
    """

    status: str = "unknown"
    collected_at: datetime | None = None
    first_scan_at: datetime | None = None
    last_scan_at: datetime | None = None
    delivered_at: datetime | None = None
    ended_at: datetime | None = None


def track_of(facts: Iterable[Fact]) -> Track:
    """The story that the scans of one parcel tell, in whatever order they are given.

    Of several of one kind the earliest counts: a delivery told twice happened at its first instant.
    """
    earliest: dict[str, datetime] = {}
    last_scan_at: datetime | None = None
    latest: tuple[bool, datetime, int] | None = None
    status = "unknown"
    for said, at in facts:
        if said not in earliest or at < earliest[said]:
            earliest[said] = at
        if said not in UNMOVED and (last_scan_at is None or at > last_scan_at):
            last_scan_at = at
        # A status that says nothing never hides one that does.
        place = said != "unknown", at, STATUSES[said]
        if latest is None or place > latest:
            latest, status = place, said
    end = next((each for each in ENDS if each in earliest), None)
    return Track(
        status=end or status,
        collected_at=earliest.get("collected"),
        first_scan_at=min((at for said, at in earliest.items() if said not in UNMOVED), default=None),
        last_scan_at=last_scan_at,
        delivered_at=earliest.get("delivered"),
        ended_at=earliest[end] if end else None,
    )


def left_before(track: Track, voided_at: datetime) -> bool:
    """Whether the carrier had a parcel in hand before its label was voided: then it was no longer to be voided."""
    return track.first_scan_at is not None and track.first_scan_at < voided_at


@dataclass(frozen=True, slots=True)
class Progress:
    """What its parcels show of a fulfilment: when it left, and how and when it ended, where it has.

    `moving_since` is the oldest of the last scans of the parcels that are still under way; silence counts from it.
    """

    shipped_at: datetime | None = None
    end: FulfilmentState | None = None
    ended_at: datetime | None = None
    moving_since: datetime | None = None


def progress_of(tracks: Sequence[Track]) -> Progress:
    """What the parcels of one fulfilment show together.

    Shipped at the first scan of any; ended once all have. Delivered if anything was, at the last delivery; else
    lost if anything was, else returned. A cancelled waybill carried nothing and does not count; if there is no
    other, nothing has ended.
    """
    counted = [track for track in tracks if track.status != "cancelled"]
    shipped_at = min((t.first_scan_at for t in tracks if t.first_scan_at is not None), default=None)
    under_way = [t.last_scan_at for t in counted if t.ended_at is None and t.last_scan_at is not None]
    every_scan = [t.last_scan_at for t in tracks if t.last_scan_at is not None]
    if not counted or any(track.ended_at is None for track in counted):
        return Progress(shipped_at, moving_since=min(under_way, default=max(every_scan, default=None)))
    for status, end in _ENDINGS:
        ended = [t.ended_at for t in counted if t.status == status and t.ended_at is not None]
        if ended:
            return Progress(shipped_at, end, max(ended))
    raise AssertionError("every parcel ended, in no known way")


_ENDINGS = (
    ("delivered", FulfilmentState.DELIVERED),
    ("lost", FulfilmentState.LOST),
    ("returned", FulfilmentState.RETURNED),
)


def scan_fault(status: str, occurred_at: datetime, now: datetime, ahead: timedelta) -> str | None:
    """The code by which a scan is refused whatever it is a scan of, or None. `ahead` is what a clock may be fast."""
    if status not in STATUSES:
        return "scan.status"
    if occurred_at > now + ahead:
        return "scan.in_future"
    return None


def stale_from(progress: Progress, patience: timedelta) -> datetime | None:
    """The instant from which a shipped fulfilment is stale, if its carrier says no more. Source: MODE-5."""
    if progress.moving_since is None or progress.end is not None:
        return None
    return progress.moving_since + patience
