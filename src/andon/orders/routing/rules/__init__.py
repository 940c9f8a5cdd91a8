"""Who fulfils what of an order, and by which line of the plan: facts in, parts out."""

from andon.kernel.errors import codes
from andon.orders.routing.rules.breaking import Broken, Fulfilled, Promise, Shortage, promises_to_break
from andon.orders.routing.rules.choosing import (
    LOCAL,
    NO_CAPACITY,
    NO_GRANT,
    NO_UNITS,
    NOT_QUALIFIED,
    SHORT,
    STOCK_REASONS,
    TRIED,
    Facts,
    Part,
    Product,
    Refusal,
    Shelf,
    Source,
    choose,
    choose_again,
    tried_suppliers,
)
from andon.orders.routing.rules.lines import (
    PAPERS_MISSING,
    Assigned,
    PassedOver,
    Place,
    PlanLine,
    Want,
    by_precedence,
    line_for,
    plan_lines,
    serving,
    smart_lines,
)

__all__ = [
    "CODES", "LOCAL", "NOT_QUALIFIED", "NO_CAPACITY", "NO_GRANT", "NO_UNITS", "PAPERS_MISSING", "SHORT",
    "STOCK_REASONS", "TRIED", "Assigned", "Broken", "Facts", "Fulfilled", "Part", "PassedOver", "Place", "PlanLine",
    "Product", "Promise", "Refusal", "Shelf", "Shortage", "Source", "Want", "by_precedence", "choose", "choose_again",
    "line_for", "plan_lines", "promises_to_break", "serving", "smart_lines", "tried_suppliers",
]  # fmt: skip

CODES = codes(
    {
        "order.unknown_sku": ("No such product in this shop", "店铺没有该商品"),
        "order.unmapped": ("No supplier for this product", "商品没有可用的供应商"),
        "order.product_delisted": (
            "The product is off sale: unlisted by its seller, or its stock was not counted",
            "商品已下架：卖家下架，或库存未按时校准",
        ),
        "order.out_of_stock": ("Out of stock", "库存不足"),
        "stock.owner": ("Owner and shop do not fit", "库存所有者与店铺不符"),
        "order.no_line_serves": ("No line of the plan goes there", "物流方案没有线路可达该国家"),
        "order.no_line_flies": ("No line of the plan takes these goods", "物流方案没有线路可承运该商品"),
    }
)
