"""The lock of a shop's standing."""

from collections.abc import Collection
from typing import Any

from andon.kernel.tx import Tx


def lock_standing(tx: Tx[Any], shop_ids: int | Collection[int]) -> None:
    """Take these shops' rows in `standings`: no other transaction rates them or records a violation until this one ends.

    Heads come before it, and it before a statement that reads the standing.
    """
    tx.put(
        "insert into standings as s (shop_id, look_at) "
        "select shop_id, null from shops where shop_id = any(:shops) order by shop_id "
        "on conflict (shop_id) do update set look_at = s.look_at",
        shops=[shop_ids] if isinstance(shop_ids, int) else sorted(shop_ids),
    )
