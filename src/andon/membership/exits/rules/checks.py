"""The checks of a verification in words. Source: EXIT-6."""

from collections.abc import Mapping, Sequence
from typing import Any

CHECK_WORDS: Mapping[str, tuple[str, str]] = {
    "intake_is_closed": ("New orders go the standard way", "新订单不再进入JIT"),
    "jit_is_not_offered": ("JIT is not offered to the shop", "店铺不再提供JIT发货选项"),
    "no_product_in_jit_mode": ("No product is in JIT mode", "没有商品显示JIT发货"),
    "no_jit_line_in_the_plan": ("No JIT line stands in the plan", "物流方案中没有JIT线路"),
    "jit_mode_is_refused": ("Setting JIT mode is refused", "设置JIT发货被拒绝"),
    "new_listing_is_standard": ("A new listing is standard, and cannot be JIT", "新商品使用标准物流"),
    "jit_line_is_refused": ("Putting a JIT line into the plan is refused", "选择JIT线路被拒绝"),
    "no_grant_works": ("No supplier's grant works", "所有授权均已失效"),
    "nothing_is_open": ("No JIT order or fee is open", "没有未完结的JIT订单或服务费"),
}
"""What each check says where it holds, in English and Chinese."""


def evidence_line(evidence: Mapping[str, Any]) -> str:
    """A check's evidence on one line, for example `sku: S-1; answer: product.jit_not_offered`."""
    return "; ".join(f"{name}: {_plain(value)}" for name, value in evidence.items())


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items()) or "-"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " | ".join(_plain(each) for each in value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
