"""What of a product a carrier and a customs officer must know: what it holds, and what it is declared as."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, get_args

import orjson

from andon.kernel.countries import countries
from andon.kernel.errors import Invalid, codes
from andon.kernel.money import Money
from andon.platform.policies.values import GoodsMark, GoodsPaper

CODES = codes(
    {
        "goods.cell": (
            "A battery says what cells it has, and only a battery does",
            "有电池须注明电芯类型，无电池则不得注明",
        ),
        "goods.hs_code": ("An HS code has 6 to 10 digits", "海关编码须为6至10位数字"),
        "goods.customs_name": (
            "A customs name is 1 to 100 characters of printable ASCII, with a letter among them",
            "英文申报品名须为1至100个可打印ASCII字符，且含字母",
        ),
        "goods.origin": ("The country of origin is one of ISO 3166-1", "原产国须为ISO 3166-1国家代码"),
        "goods.declared_value": (
            "A declared value is more than nothing, and in the shop's currency",
            "申报价值须大于零，且使用店铺币种",
        ),
    }
)

LONGEST_NAME = 100
PAPERS: tuple[str, ...] = get_args(GoodsPaper)
MARKS: tuple[str, ...] = get_args(GoodsMark)

_HS_CODE = re.compile(r"[0-9]{6,10}")
_NAME = re.compile(r"(?=.*[A-Za-z])(?! )[ -~]{1,100}(?<! )")


class Battery(Enum):
    """How a battery travels: in the device, beside it, or without one."""

    IN_EQUIPMENT = "in_equipment"
    WITH_EQUIPMENT = "with_equipment"
    ALONE = "alone"

    @property
    def mark(self) -> str:
        """What a line refuses by it."""
        return f"battery_{self.value}"


class Cell(Enum):
    """What a battery is made of."""

    LITHIUM_ION = "lithium_ion"
    LITHIUM_METAL = "lithium_metal"
    SODIUM_ION = "sodium_ion"


_UN: Mapping[Cell, tuple[str, str]] = {
    Cell.LITHIUM_ION: ("UN3480", "UN3481"),
    Cell.LITHIUM_METAL: ("UN3090", "UN3091"),
    Cell.SODIUM_ION: ("UN3551", "UN3552"),
}
"""The number of the UN Model Regulations, alone, and in or with equipment."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What is said of a product; its declared value is in its shop's currency."""

    battery: Battery | None = None
    cell: Cell | None = None
    liquid: bool = False
    magnetic: bool = False
    hs_code: str | None = None
    customs_name: str | None = None
    origin: str | None = None
    declared_value: Money | None = None

    @classmethod
    def kept(cls, facts: Mapping[str, Any] | None) -> "Goods | None":
        """Goods as a row keeps them; None where nothing is said."""
        return _kept(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)) if facts else None

    def facts(self) -> dict[str, Any]:
        """The same for a row: only what is said."""
        return {name: _written(value) for name in self.__slots__ if (value := getattr(self, name))}

    @property
    def marks(self) -> frozenset[str]:
        """What lines may refuse of it."""
        return _marks(self)

    @property
    def papers(self) -> frozenset[str]:
        """What lines may need to know of it, and is said."""
        return _papers(self)

    @property
    def un_number(self) -> str | None:
        """The UN number of its battery, which the parcel's mark shows."""
        if self.battery is None or self.cell is None:
            return None
        return _UN[self.cell][self.battery is not Battery.ALONE]

    def completed(self, later: "Goods") -> "Goods":
        """The same with the papers that it lacks, where `later` says them; what it holds stays."""
        return Goods(
            self.battery,
            self.cell,
            self.liquid,
            self.magnetic,
            self.hs_code or later.hs_code,
            self.customs_name or later.customs_name,
            self.origin or later.origin,
            self.declared_value or later.declared_value,
        )


PLAIN = Goods()
"""Goods of which nothing is said."""


def _written(value: object) -> object:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    return value.value if isinstance(value, Enum) else value


@lru_cache(maxsize=4096)
def _kept(facts: bytes) -> Goods:
    said = orjson.loads(facts)
    for name, kind in (("battery", Battery), ("cell", Cell)):
        if name in said:
            said[name] = kind(said[name])
    if value := said.pop("declared_value", None):
        said["declared_value"] = Money.of(value["amount"], value["currency"])
    return Goods(**said)


@lru_cache(maxsize=4096)
def _marks(goods: Goods) -> frozenset[str]:
    held = {
        goods.battery.mark if goods.battery else None,
        goods.liquid and "liquid",
        goods.magnetic and "magnetic",
    }
    return frozenset(mark for mark in MARKS if mark in held)


@lru_cache(maxsize=4096)
def _papers(goods: Goods) -> frozenset[str]:
    return frozenset(name for name in PAPERS if getattr(goods, name))


def check_goods(goods: Goods, currency: str, sku: str) -> None:
    """Refuse goods that cannot be, with Invalid; `currency` is the shop's."""
    if (goods.battery is None) is not (goods.cell is None):
        raise Invalid("goods.cell", sku=sku)
    if goods.hs_code is not None and not _HS_CODE.fullmatch(goods.hs_code):
        raise Invalid("goods.hs_code", repr(goods.hs_code), sku=sku)
    if goods.customs_name is not None and not _NAME.fullmatch(goods.customs_name):
        raise Invalid("goods.customs_name", repr(goods.customs_name), sku=sku)
    if goods.origin is not None and goods.origin not in countries():
        raise Invalid("goods.origin", repr(goods.origin), sku=sku)
    value = goods.declared_value
    if value is not None and (value.currency != currency or value.amount <= 0):
        raise Invalid("goods.declared_value", str(value), sku=sku)
