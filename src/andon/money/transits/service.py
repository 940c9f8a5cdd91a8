"""How long lines usually take, worked out anew each day from what was delivered of late."""

from datetime import timedelta

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy

OF_LATE = timedelta(days=90)
"""How far back deliveries count."""
ENOUGH = 30
"""Fewer deliveries than that say nothing: then the line's promise stands."""
USUALLY = 0.9
"""The share that was delivered within what counts as usual."""

WORK_OUT = """
insert into usual_transits (line, country, seconds, fulfilments, worked_out_at)
select f.line, r.country,
       ceil(extract(epoch from percentile_disc(:usually) within group (order by f.delivered_at - f.shipped_at))),
       count(*), :now
from fulfilments f join recipients r on r.shop_id = f.shop_id and r.order_id = f.order_id
where f.delivered_at > :since and f.shipped_at <= f.delivered_at and f.line is not null
group by f.line, r.country having count(*) >= :enough
on conflict (line, country) do update
  set seconds = excluded.seconds, fulfilments = excluded.fulfilments, worked_out_at = excluded.worked_out_at
"""


def work_out_transits(tx: Tx[Policy]) -> None:
    """Set each line's usual time to each country, nine of ten, from the last 90 days of all shops. Source: FEE-5.

    Where fewer than 30 were delivered nothing stands, and the line's promise counts.
    """
    tx.put(WORK_OUT, usually=USUALLY, now=tx.now, since=tx.now - OF_LATE, enough=ENOUGH)
    tx.put("delete from usual_transits where worked_out_at < :now", now=tx.now)
