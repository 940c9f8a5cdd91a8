"""Returns, decided: what a buyer may send back, and what a later word of the same return changes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from andon.kernel.errors import codes

CODES = codes(
    {
        "return.order_unknown": ("No such order", "订单不存在"),
        "return.not_shipped": ("Nothing of it was shipped", "商品尚未发货"),
        "return.line_unknown": ("Nothing of that SKU was shipped in the order", "订单未发出该商品"),
        "return.quantity": ("More than was shipped, less what came back before", "超出可退数量"),
        "return.requested_at": ("Not an instant between the order and now", "申请时间无效"),
        "return.received_at": ("Not an instant between the request and now", "收到时间无效"),
        "return.differs": (
            "The return of that instant is told otherwise already",
            "同一时刻的退货内容不一致",
        ),
    }
)
MOST_LINES = 100


class Reason(StrEnum):
    """Why a buyer sends something back."""

    QUALITY = "quality"
    WRONG_ITEM = "wrong_item"
    SHORT = "short"
    PACKING = "packing"
    DELAY = "delay"
    UNWANTED = "unwanted"
    OTHER = "other"


class Condition(StrEnum):
    """What came back is like."""

    SELLABLE = "sellable"
    DAMAGED = "damaged"
    OTHER_ITEM = "other_item"


@dataclass(frozen=True, slots=True)
class Told:
    """A return as it is told: units by SKU. An order's returns are told apart by `requested_at`."""

    order_id: int
    units: Mapping[str, int]
    reason: Reason
    requested_at: datetime
    received_at: datetime | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Shipped:
    """What was shipped of an order: units by SKU, and `own`, the SKUs that the teller may speak of."""

    placed_at: datetime
    units: Mapping[str, int]
    own: frozenset[str]


def fault_of(
    told: Told, shipped: Shipped | None, others: Iterable[Mapping[str, int]], now: datetime, ahead: timedelta
) -> str | None:
    """The code of what is wrong with a return; `others` are the units of the order's other returns.

    A teller's clock may be `ahead` of ours by so much. Units are bounded by what was shipped, whatever the state of the
    parcels: a buyer may refuse one at the door.
    """
    if shipped is None:
        return "return.order_unknown"
    if not shipped.own:
        return "return.not_shipped"
    if not told.units.keys() <= shipped.own:
        return "return.line_unknown"
    back: Counter[str] = Counter()
    for units in (told.units, *others):
        back.update(units)
    if any(back[sku] > shipped.units[sku] for sku in told.units):
        return "return.quantity"
    if not shipped.placed_at <= told.requested_at <= now + ahead:
        return "return.requested_at"
    if told.received_at is not None and not told.requested_at <= told.received_at <= now + ahead:
        return "return.received_at"
    return None


def later_word(known: Told, told: Told) -> Told | None:
    """The return after what is told of it again; None where the two contradict each other.

    When it was received and in what condition may follow once; the rest is as it was told first.
    """
    same = (known.units, known.reason) == (told.units, told.reason)
    fits = all(
        was is None or says is None or was == says
        for was, says in ((known.received_at, told.received_at), (known.condition, told.condition))
    )
    if not (same and fits):
        return None
    return Told(
        known.order_id,
        known.units,
        known.reason,
        known.requested_at,
        known.received_at or told.received_at,
        known.condition or told.condition,
    )
