"""Whose a unit is, how a pool is shared out, and who gets the last one."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "stock.count": ("A count is a whole number from 0 to 1,000,000,000", "盘点数量须为0至10亿的整数"),
        "stock.item": ("Not an item's code", "货品编码无效"),
        "stock.item_twice": ("A call counts an item once", "同一请求中货品重复"),
        "stock.changed": ("The stock is no longer what was expected", "库存已变动，与预期不符"),
        "stock.unknown_item": ("The shop does not have that item there", "该店铺在此仓没有此货品"),
        "stock.location": ("Not a location", "仓库无效"),
        "calibration.not_found": ("No such calibration", "库存校准单不存在"),
        "calibration.counted": (
            "It was counted already, with another figure",
            "该校准单已按其他数量完成盘点",
        ),
        "transfer_note.not_found": ("No such transfer note", "调拨单不存在"),
    }
)

MOST_UNITS = 1_000_000_000

K = TypeVar("K", bound=Hashable)


class Owner(IntEnum):
    """Whose units they are: the supplier's own, or the shop's (consigned, and all local stock)."""

    SUPPLIER = 1
    SHOP = 2

    @property
    def word(self) -> str:
        """The owner's name on the wire."""
        return self.name.lower()


class Change(IntEnum):
    """Why a movement moved units."""

    COUNT = 1
    """They were counted."""
    ALLOT = 2
    """A pool was shared out anew."""
    RESERVE = 3
    RELEASE = 4
    SHIP = 5
    EMPTY = 6
    """Whoever should have had them says that there are none."""
    RETURN = 7
    """They were shipped, and came back to where they were picked."""
    TRANSFER = 8
    """Consigned units came back from a supplier's warehouse to the seller's own."""
    CALIBRATE = 9
    """They were released, and have been counted: what differs is put right."""

    @property
    def word(self) -> str:
        """The change's name on the wire."""
        return self.name.lower()


def check_count(counted: int) -> None:
    """Refuse with Invalid (`stock.count`) a count that nobody can have."""
    if not 0 <= counted <= MOST_UNITS:
        raise Invalid("stock.count", f"{counted}")


def location_word(location: int) -> str:
    """A location's name on the wire: `local`, or `supplier:7`."""
    return f"supplier:{location}" if location else "local"


def location_of(word: str) -> int:
    """The number of the location of that name; Invalid `stock.location` for any other text."""
    if word == "local":
        return 0
    kind, _, number = word.partition(":")
    if kind == "supplier" and number.isascii() and number.isdigit() and 0 < int(number) < 2**63:
        return int(number)
    raise Invalid("stock.location", "a location is local, or supplier: and its number")


def share_out(
    counted: int, reserved_by_shop: Mapping[int, int], weights: Mapping[int, int]
) -> dict[int, int]:
    """Each shop's allotment of a pool; together never more than `counted`.

    Every shop keeps what it has reserved, and the rest is split by `weights`, which name the shops that still map
    the item: equal weights split it equally. What does not divide goes one by one to the lowest numbers. Where more
    is reserved than was counted, each is cut in the same proportion, and what it misses is its shortfall.
    Source: STOCK-3.
    """
    promised = sum(reserved_by_shop.values())
    shops = sorted(reserved_by_shop.keys() | weights.keys())
    if promised >= counted:
        kept = _split(counted, reserved_by_shop)
        return {shop: kept.get(shop, 0) for shop in shops}
    shares = _split(counted - promised, weights)
    return {shop: reserved_by_shop.get(shop, 0) + shares.get(shop, 0) for shop in shops}


def _split(units: int, weights: Mapping[int, int]) -> dict[int, int]:
    """Whole shares of `units` by weight, remainders to the lowest numbers; nothing where nobody weighs anything."""
    total = sum(weights.values())
    if not total:
        return {}
    shares = {shop: units * weight // total for shop, weight in weights.items()}
    rest = units - sum(shares.values())
    for shop in sorted(shop for shop, weight in weights.items() if weight)[:rest]:
        shares[shop] += 1
    return shares


def refused_takes(available: Mapping[K, int], takes: Sequence[tuple[K, int]]) -> set[int]:
    """Which takes, by place, find too few units, when they are served in their order.

    A take that finds too few takes none, and leaves them to those after it. `available` is by stock row; a row
    that is not there has none.
    """
    left = dict(available)
    refused = set()
    for place, (row, units) in enumerate(takes):
        if units <= left.get(row, 0):
            left[row] -= units
        else:
            refused.add(place)
    return refused


def found_more(on_hand: int, released: int, counted: int) -> int:
    """By how much a count of released units changes what is on hand: by what it differs, and never below nothing.

    Below nothing it would come only where some of them were sold uncounted. Source: PART-3.
    """
    return max(counted - released, -on_hand)


def transfer_note_number(serial: int, now: datetime, zone: str) -> str:
    """The number of a transfer note (调拨单), with the year in that zone: `JIT-TN-2026-000017`. Source: PART-2."""
    return f"JIT-TN-{now.astimezone(ZoneInfo(zone)).year}-{serial:06}"


def next_midnight(now: datetime, zone: str) -> datetime:
    """The first instant of the day after `now`'s in that zone."""
    there = ZoneInfo(zone)
    tomorrow = now.astimezone(there).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), there).astimezone(UTC)
