"""What a channel is told, and what its answers mean."""

from collections.abc import Mapping
from typing import Any

import orjson

from andon.kernel.errors import codes

CODES = codes(
    {
        "channel.not_found": ("No such channel is connected", "渠道未接入"),
        "channel.no_endpoint": ("The channel has no endpoint", "渠道尚未设置接收地址"),
        "feed.up_to": ("Beyond what the feed has told", "确认编号超出已推送范围"),
    }
)

SHIPMENT = "shipment"
STOCK = "stock"
KINDS = (SHIPMENT, STOCK)
"""What a report tells: that a parcel of an order is on its way, and what of a SKU is left to sell."""

BATCH = 400
"""How many reports one claim takes."""

FEED_LIMIT = 1_000
LONGEST_WAIT_SECONDS = 60
CHANNEL = r"^[a-z0-9_-]{1,32}$"


def body_of(kind: str, report_id: int, shop_id: int, channel: str, facts: Mapping[str, Any]) -> bytes:
    """A report as it goes over the wire; the same on every try, and the same in the feed."""
    return orjson.dumps({"type": kind, "id": report_id, "shop_id": shop_id, "channel": channel, **facts})
