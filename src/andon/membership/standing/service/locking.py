"""The lock of a shop's standing."""

from typing import Any

from andon.kernel.tx import Tx


def lock_standing(tx: Tx[Any], shop_id: int) -> None:
    """Take a shop's row in `standings`: no other transaction rates it or records a violation until this one ends.

    Heads come before it, and it before a statement that reads the standing.
    """
    tx.put(
        "insert into standings as s (shop_id, look_at) select shop_id, null from shops where shop_id = :shop "
        "on conflict (shop_id) do update set look_at = s.look_at",
        shop=shop_id,
    )
