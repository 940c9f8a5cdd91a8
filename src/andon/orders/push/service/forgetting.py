"""Tries are let go of when their time is over."""

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


def forget_tries(tx: Tx[Policy], batch: int) -> int:
    """Delete tries that were kept as long as the policy said when they were made; how many."""
    return tx.run(
        "delete from push_tries t using (select shop_id, try_id from push_tries where forget_at <= :now "
        "order by forget_at limit :batch) gone where t.shop_id = gone.shop_id and t.try_id = gone.try_id",
        now=tx.now,
        batch=batch,
    )
