"""What a product and a mapping may say."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TypeVar

from andon.kernel.errors import Forbidden, Invalid, Refused, codes
from andon.kernel.money import Money
from andon.partners.goods.rules import Goods, check_goods
from andon.partners.shops.rules import is_code, is_text

CODES = codes(
    {
        "product.not_found": ("No such product", "商品不存在"),
        "product.sku": (
            "A SKU has 1 to 128 characters that are seen, composed as NFC",
            "SKU须为1至128个可见字符（NFC形式）",
        ),
        "product.title": ("A title has 1 to 500 characters", "商品标题须为1至500个字符"),
        "product.size": ("A length is 1 to 10,000 mm", "尺寸须为1至10000毫米"),
        "product.weight": ("A weight is 1 to 1,000,000 g", "重量须为1至1000000克"),
        "product.price": ("A price is not negative", "价格不能为负"),
        "product.currency": ("Prices are in the shop's currency", "价格须使用店铺币种"),
        "product.twice": ("A call names a SKU once", "同一请求中SKU重复"),
        "product.batch_limit": ("Too many SKUs for one call", "单次批量编辑的SKU过多"),
        "product.no_skus": ("No SKU is named", "未指定任何SKU"),
        "product.jit_not_offered": ("JIT is not offered to this shop", "店铺未开通JIT，商品不可设为JIT发货"),
        "mapping.not_found": ("No such mapping", "商品映射不存在"),
        "mapping.item": (
            "A supplier's SKU has 1 to 128 characters that are seen, composed as NFC",
            "供应商货品编码须为1至128个可见字符（NFC形式）",
        ),
        "mapping.units": ("One sale takes 1 to 100,000 units", "每件商品对应的货品数量须为1至100000"),
        "mapping.priority": ("A priority is 0 to 9,999", "优先级须为0至9999"),
        "mapping.supply_price": (
            "A supply price is not negative, and in the shop's currency",
            "供货价不能为负，且须使用店铺币种",
        ),
        "mapping.twice": ("A call maps a SKU to a supplier once", "同一请求中映射重复"),
        "mapping.not_bound": (
            "The shop has no active binding with that supplier",
            "店铺与该供应商没有生效的绑定",
        ),
    }
)

D = TypeVar("D")

LONGEST_SKU = 128
LONGEST_TITLE = 500
LARGEST_MM = 10_000
LARGEST_GRAMS = 1_000_000
MOST_UNITS_A_SALE = 100_000
LOWEST_PRIORITY = 9_999


class Mode(IntEnum):
    """A product's shipping mode: by the seller's own plan, or by a supplier just in time."""

    STANDARD = 1
    JIT = 2

    @property
    def word(self) -> str:
        """The mode's name on the wire."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as its shop describes it. Without `mode` or `goods` what was said of them before stands; a product that
    is new is then shipped by standard logistics.
    """

    sku: str
    title: str
    mode: Mode | None
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    price: Money
    goods: Goods | None = None


@dataclass(frozen=True, slots=True)
class MappingDraft:
    """That a SKU is an item of a supplier: one sale takes `units` of it. A lower `priority` goes first.

    The supply price is of one sale, and holds from that instant on, or from now where none is named.
    """

    sku: str
    supplier_id: int
    item: str
    units: int
    priority: int
    supply_price: Money | None = None
    supply_price_from: datetime | None = None


def check_product(draft: ProductDraft, currency: str) -> None:
    """Refuse a product that cannot be, with Invalid; `currency` is the shop's."""
    if not is_code(draft.sku, LONGEST_SKU):
        raise Invalid("product.sku", repr(draft.sku), sku=draft.sku)
    if not is_text(draft.title, LONGEST_TITLE):
        raise Invalid("product.title", f"{len(draft.title)} characters", sku=draft.sku)
    for name in ("length_mm", "width_mm", "height_mm"):
        length: int = getattr(draft, name)
        if not 1 <= length <= LARGEST_MM:
            raise Invalid("product.size", f"{name} {length}", sku=draft.sku)
    if not 1 <= draft.weight_g <= LARGEST_GRAMS:
        raise Invalid("product.weight", f"weight_g {draft.weight_g}", sku=draft.sku)
    if draft.price.currency != currency:
        raise Invalid("product.currency", f"{draft.price.currency}, not {currency}", sku=draft.sku)
    if draft.price.amount < 0:
        raise Invalid("product.price", str(draft.price), sku=draft.sku)
    if draft.goods is not None:
        check_goods(draft.goods, currency, draft.sku)


def check_mode(mode: Mode | None, *, offered: bool) -> None:
    """Refuse JIT mode with Forbidden (`product.jit_not_offered`) where JIT is not offered to the shop. Source: EXIT-6."""
    if mode is Mode.JIT and not offered:
        raise Forbidden("product.jit_not_offered", clause="EXIT-6")


def check_mapping(draft: MappingDraft, currency: str) -> None:
    """Refuse a mapping that cannot be, with Invalid; `currency` is the shop's."""
    if not is_code(draft.item, LONGEST_SKU):
        raise Invalid("mapping.item", repr(draft.item), sku=draft.sku)
    if not 1 <= draft.units <= MOST_UNITS_A_SALE:
        raise Invalid("mapping.units", f"{draft.units}", sku=draft.sku)
    if not 0 <= draft.priority <= LOWEST_PRIORITY:
        raise Invalid("mapping.priority", f"{draft.priority}", sku=draft.sku)
    price = draft.supply_price
    if price is not None and (price.currency != currency or price.amount < 0):
        raise Invalid("mapping.supply_price", str(price), sku=draft.sku)


def check_batch(skus: Sequence[str], limit: int) -> None:
    """Refuse with Invalid (`product.no_skus`, `product.batch_limit`) a batch of none, or of too many. Source: PART-1."""
    if not skus:
        raise Invalid("product.no_skus", clause="PART-1")
    if len(skus) > limit:
        raise Invalid(
            "product.batch_limit", f"{len(skus)} SKUs, at most {limit}", clause="PART-1", limit=limit
        )


def first_twice(keys: Sequence[object]) -> object | None:
    """The first key that stands there a second time, or None."""
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None


def refusals_of(
    drafts: Sequence[D | Refused], key: Callable[[D], Hashable], check: Callable[[D], None], twice: str
) -> list[Refused | None]:
    """What each draft is refused with, judged alone; of two with one key the later one, with the code `twice`.

    A draft that could not even be made is its own refusal.
    """
    seen: set[Hashable] = set()
    refusals: list[Refused | None] = []
    for draft in drafts:
        refusal = draft if isinstance(draft, Refused) else None
        if not isinstance(draft, Refused):
            try:
                check(draft)
            except Refused as no:
                refusal = no
            else:
                refusal = Invalid(twice, str(key(draft))) if key(draft) in seen else None
                seen.add(key(draft))
        refusals.append(refusal)
    return refusals
