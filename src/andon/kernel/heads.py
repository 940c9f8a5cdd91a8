"""How heads are shared and closed in turn.

A head row is what tells writers apart. But PostgreSQL lets a sharer of a row pass whoever waits to have it alone: while
writers of a shop overlap, nobody would ever close its head. So they queue at an advisory lock, which lets nobody pass. It
makes the row's lock fair and no more: where it is not taken, nothing goes wrong but the wait. Each one taken has a place in
the server's lock table, so that who shares many heads at once takes none.
"""

FEW = 16
"""As many heads at most are shared in turn."""

SHARE = "select shop_id from heads where shop_id = any(:shops) order by shop_id for key share"

SHARE_IN_TURN = (
    "select shop_id, pg_advisory_xact_lock_shared(shop_id) from heads where shop_id = any(:shops) "
    "order by shop_id for key share"
)
"""What a row says is worked out before the row is locked: its turn comes first."""

UNLESS_AWAITED = (
    f"case when (select count(distinct shop_id) from waiting) <= {FEW} "
    "then pg_try_advisory_xact_lock_shared(shop_id) else true end"
)
"""For a claim, which never waits: a shop whose head somebody waits for is passed over."""
