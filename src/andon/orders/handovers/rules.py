"""Hand-over notes: what may stand on one, what its scan-out says, and on whose side the evidence is."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from andon.kernel.errors import Conflict, Invalid, codes
from andon.orders.order.rules import FulfilmentState

CODES = codes(
    {
        "handover.not_found": ("No such hand-over note", "交接单不存在"),
        "handover.parcels": ("Some parcels cannot stand on the note", "部分包裹不能列入交接单"),
        "handover.waybill_unknown": ("Not a parcel of the caller's", "不是本仓的运单"),
        "handover.other_carrier": ("Another carrier's parcel", "属于其他承运商的运单"),
        "handover.ended": ("The parcel leaves no more", "该包裹已不再发出"),
        "handover.listed": ("On another note already", "已列入其他交接单"),
        "handover.collected": ("Collected already", "包裹已被揽收"),
        "handover.empty": ("No parcel for the note", "没有可交接的包裹"),
        "handover.too_many": ("More parcels than a note lists", "包裹数量超出单张交接单上限"),
        "handover.window": ("A collection that ends before it begins", "揽收时间窗的结束早于开始"),
        "handover.closed": ("The driver has signed", "司机已签收，交接单已关闭"),
        "handover.signed_otherwise": ("Signed otherwise already", "已由他人签署"),
        "handover.answered": ("Answered otherwise already", "已作出其他答复"),
        "handover.signed_too_early": ("Signed before the note was made", "签署时间早于制单时间"),
        "handover.signed_in_future": ("Signed in the future", "签署时间晚于当前时间"),
        "handover.counted": ("What was not collected has no count", "未揽收时不应填写件数"),
    }
)

MOST_PARCELS = 2000
ZONE = ZoneInfo("Asia/Shanghai")
"""Where the days of notes begin and end: the suppliers' own."""

_S = FulfilmentState


class Role(StrEnum):
    """Who signs a note. The driver's signature closes it."""

    DRIVER = "driver"
    WAREHOUSE = "warehouse"


class Side(StrEnum):
    """On whose side the evidence lies when no carrier has scanned a parcel."""

    SUPPLIER = "supplier"
    CARRIER = "carrier"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a waybill cannot stand on a note."""

    waybill: str
    code: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A parcel as it stands when it is to be listed."""

    carrier: str
    state: FulfilmentState
    listed: bool
    collected: bool
    ended: bool


def fault_of(waybill: str, parcel: Candidate | None, carrier: str) -> Fault | None:
    """Why this parcel cannot stand on a note of that carrier; None if it can. None is nobody's, or another's."""
    if parcel is None:
        return Fault(waybill, code="handover.waybill_unknown")
    if parcel.carrier != carrier:
        return Fault(waybill, code="handover.other_carrier")
    if parcel.collected:
        return Fault(waybill, code="handover.collected")
    if parcel.ended or not _S.LABELLED <= parcel.state <= _S.SHIPPED:
        return Fault(waybill, code="handover.ended")
    return Fault(waybill, code="handover.listed") if parcel.listed else None


def number_of(day: date, count: int) -> str:
    """The number of a supplier's note: the day, and the how manieth of it."""
    return f"HO-{day:%Y%m%d}-{count:04d}"


def window_of(
    collected_on: date | None, start: datetime | None, end: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """The instants between which the carrier is to come: what is said, or the whole day, or nothing.

    Refuses with Invalid `handover.window` what ends before it begins.
    """
    if collected_on is not None:
        first = datetime.combine(collected_on, time(), ZONE)
        start, end = start or first, end or first + timedelta(days=1)
    if start is not None and end is not None and end < start:
        raise Invalid("handover.window")
    return start, end


@dataclass(frozen=True, slots=True)
class ScanOut:
    """What a scan-out says of a note, by waybill."""

    fresh: list[str]
    missing: list[str]
    surplus: list[str]


def scan_out(listed: Mapping[str, bool], seen: Collection[str]) -> ScanOut:
    """What was scanned now for the first time, what is missing still, and what is not on the note.

    `listed` are the note's waybills, and whether each was scanned before.
    """
    present = set(seen)
    return ScanOut(
        fresh=[waybill for waybill, scanned in listed.items() if waybill in present and not scanned],
        missing=[waybill for waybill, scanned in listed.items() if waybill not in present and not scanned],
        surplus=sorted(present - listed.keys()),
    )


def going(scanned: Mapping[int, bool]) -> set[int]:
    """Which parcels a driver's signature covers: those scanned out, or, where none was scanned, all that are listed."""
    out = {parcel for parcel, is_out in scanned.items() if is_out}
    return out or set(scanned)


def check_signing(at: datetime, made_at: datetime, now: datetime, ahead: timedelta) -> None:
    """Refuse, with Invalid, a signature from before the note or from the future."""
    if at < made_at:
        raise Invalid("handover.signed_too_early")
    if at > now + ahead:
        raise Invalid("handover.signed_in_future")


def check_count(collected: bool, counted: int | None) -> None:
    """Refuse a count of what was not collected: Invalid `handover.counted`."""
    if not collected and counted:
        raise Invalid("handover.counted")


def check_same(before: Sequence[Any], said: Sequence[Any], code: str) -> None:
    """Refuse what is said otherwise than before: Conflict of that code."""
    if list(before) != list(said):
        raise Conflict(code)


def content_hash(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a note's canonical JSON: keys in order, no spaces, instants in UTC."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def is_late(collect_until: datetime | None, signed_at: datetime | None, now: datetime) -> bool:
    """Whether the carrier came later than planned, or has not come by then."""
    return collect_until is not None and (signed_at or now) > collect_until


@dataclass(frozen=True, slots=True)
class Trace:
    """What a note says of one parcel. `denied` and `confirmed` are the carrier's own answer."""

    scanned_at: datetime | None
    signed_at: datetime | None
    missing: bool
    confirmed: bool
    collect_until: datetime | None


def side_of(trace: Trace | None, first_scan_at: datetime | None, now: datetime) -> Side:
    """On whose side the evidence lies for a labelled parcel; nobody's once its carrier has scanned it.

    The carrier's: a driver signed for it, or the carrier says that it collected, or it stood scanned out past the planned
    collection. The supplier's: it is on no note, or it was missing at the scan-out. Source: MODE-4.
    """
    if first_scan_at is not None:
        return Side.NONE
    if trace is None or trace.missing:
        return Side.SUPPLIER
    if trace.signed_at is not None or trace.confirmed:
        return Side.CARRIER
    if trace.scanned_at is not None and is_late(trace.collect_until, None, now):
        return Side.CARRIER
    return Side.NONE


def side_of_all(sides: Collection[Side]) -> Side:
    """The side of a fulfilment of several parcels: a parcel that its supplier kept back is the supplier's first."""
    return next((side for side in Side if side in sides), Side.NONE)
