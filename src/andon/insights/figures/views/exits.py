"""How exits ended: by the reason for which they were started, and by the step at which they failed."""

from typing import Literal

from andon.insights.figures.rules import Window
from andon.insights.figures.views.spans import instants_of
from andon.kernel.http.models import Out
from andon.kernel.tx import Tx
from andon.membership.exits.rules import ExitState, Reason
from andon.platform.policies.rules import Policy

_EXITS = f"""
select x.reason, case x.state when {ExitState.DONE:d} then 'done' when {ExitState.WITHDRAWN:d} then 'withdrawn' else 'running' end as outcome,
  x.forced_at is not null as forced,
  case when f.kind = 'exit.check_failed' then 4 when f.kind is not null then coalesce(s.step, 1) end as failed_at,
  count(*) as exits
from exits x
left join lateral (select e.event_id, e.kind from events e where e.shop_id = x.shop_id and e.order_id is null
  and e.subject = 'exit:' || x.exit_id and e.kind in ('exit.forced', 'exit.withdrawn', 'exit.check_failed')
  order by e.event_id limit 1) f on true
left join lateral (select max(case e.kind when 'exit.switching_off' then 3 else 2 end) as step from events e
  where e.shop_id = x.shop_id and e.order_id is null and e.subject = 'exit:' || x.exit_id and e.event_id < f.event_id
  and e.kind in ('exit.unbinding', 'exit.switching_off')) s on true
where x.started_at >= :since and x.started_at < :until and (cast(:shop as bigint) is null or x.shop_id = :shop)
group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""


class ExitsOut(Out):
    """Exits started for a reason that came to an outcome.

    `failed_at` is the step at which they first failed: were withdrawn, forced, or found wanting by a check; null for
    those that did not. 1 is the queue, 2 the suppliers, 3 the switch, 4 the verification.
    """

    reason: Reason
    outcome: Literal["done", "withdrawn", "running"]
    forced: bool
    failed_at: int | None
    exits: int


def exits_of(tx: Tx[Policy], window: Window, shop_id: int | None = None) -> list[ExitsOut]:
    """The exits that were started in these days, of one shop or of all that may be seen here."""
    since, until = instants_of(window, tx.policy.zone)
    return [ExitsOut.model_validate(row) for row in tx.rows(_EXITS, since=since, until=until, shop=shop_id)]
