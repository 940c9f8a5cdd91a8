"""What a carrier's or tracking service's answer tells of parcels, in our own words.

A format translates its own shape; nothing foreign passes but `sub_status` and `raw`, kept as evidence. Instants are
aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from andon.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class TrackedScan:
    """One scan: `status` is a neutral one, `sub_status` the carrier's own code, `raw` its own record as JSON."""

    waybill: str
    status: str
    sub_status: str
    occurred_at: datetime
    place: str
    raw: str


class TrackingFormat(Protocol):
    """Knows how somebody tells of parcels."""

    def scans_of(self, answer: bytes) -> Sequence[TrackedScan]:
        """The scans in an answer, in the order in which it tells them; none for a parcel it does not know.

        A scan whose code is unknown, or whose instant cannot be read, is logged and left out. Raises
        TrackingUnreadable.
        """
        ...


class TrackingUnreadable(Invalid):
    """The answer is not what this carrier answers."""

    code = "tracking.unreadable"
    titles: ClassVar[dict[str, str]] = {
        "en": "Not an answer of this carrier's",
        "zh-CN": "无法识别该承运商的轨迹数据",
    }
