"""What to pick, in the order in which one walks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from andon.kernel.errors import codes

CODES = codes(
    {
        "bin.item_unknown": ("Not an item of the supplier's", "不是该供应商的商品"),
        "bin.item_twice": ("The item is named twice", "商品重复"),
    }
)

_NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Need:
    """Units of an item that one fulfilment needs, and where the item lies, if anybody has said so."""

    bin: str | None
    item: str
    fulfilment_id: int
    order_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One stop on the way: all units of an item, and what each fulfilment needs of them."""

    bin: str | None
    item: str
    needs: tuple[Need, ...]

    @property
    def units(self) -> int:
        """The units to take in all."""
        return sum(need.units for need in self.needs)


def picks_of(needs: Iterable[Need]) -> list[Pick]:
    """The stops by bin and item as one walks, A-2 before A-10; what lies nobody knows where comes last."""
    stops: dict[tuple[str | None, str], list[Need]] = {}
    for need in needs:
        stops.setdefault((need.bin, need.item), []).append(need)
    picks = [
        Pick(place, item, tuple(sorted(own, key=lambda need: need.fulfilment_id)))
        for (place, item), own in stops.items()
    ]
    return sorted(picks, key=lambda pick: (pick.bin is None, walked(pick.bin or ""), walked(pick.item)))


def walked(place: str) -> tuple[tuple[int, int, str], ...]:
    """What places are sorted by: numbers in them count as numbers, and letters without their case."""
    parts = _NUMBER.split(place.casefold())
    return tuple((0, int(part), "") if _NUMBER.fullmatch(part) else (1, 0, part) for part in parts if part)
