"""Which products can leave JIT by themselves. Source: PART-1."""

from dataclasses import dataclass
from typing import Literal

from andon.kernel.errors import codes
from andon.partners.parting.rules import Standing

CODES = codes(
    {
        "product_exit.not_in_jit": (
            "The product is not in JIT, or its whole shop is leaving or has left",
            "商品未处于JIT发货，或店铺正在退出、已退出JIT",
        ),
    }
)

PartStatus = Literal["done", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Parting:
    """What became of one SKU that was to leave: `unchanged` is one that has left already, `refused` has a code."""

    sku: str
    status: PartStatus
    code: str | None = None


def parting_of(
    sku: str, standing: Standing | None, *, is_open: bool, has_left: bool, shop_is_in: bool
) -> Parting:
    """What becomes of a SKU that is to leave; `standing` is None for one that is not the shop's.

    What is wholly in leaves, and what is half out; what has left already stays as it is. Source: PART-1.
    """
    if standing is None:
        return Parting(sku, "refused", "product.not_found")
    if is_open or (shop_is_in and standing.jit and standing.mapped):
        return Parting(sku, "done")
    if has_left and not standing.jit and not standing.mapped:
        return Parting(sku, "unchanged")
    return Parting(sku, "refused", "product_exit.not_in_jit")
