"""What was scanned before a label: no code that somebody scanned stands here."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class GoodsChecked(Event):
    """All units of a fulfilment were scanned: its labels may be printed."""

    kind: ClassVar[str] = "fulfilment.checked"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    supplier_id: int
    units: int


@dataclass(frozen=True, kw_only=True)
class GoodsCheckRefused(Event):
    """What was scanned does not belong into the parcel; `code` says why, `check_id` where it is kept."""

    kind: ClassVar[str] = "fulfilment.check_refused"
    about: ClassVar[str] = "fulfilment_id"

    fulfilment_id: int
    supplier_id: int
    check_id: int
    code: str
    units: int
