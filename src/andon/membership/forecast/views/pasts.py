"""What a shop's exit is forecast from: its open JIT fulfilments, and how its past ones went."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from andon.kernel.tx import Tx
from andon.membership.forecast.rules import (
    AGE_STEP_HOURS,
    Forecast,
    Past,
    Stage,
    UnderWay,
    curves_beyond,
    curves_of,
    forecast_from,
)
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState, Mode
from andon.partners.bindings.views import shops_granting
from andon.platform.policies.rules import Policy

WINDOW = timedelta(days=180)
"""How far back the past goes; of busier shops it is the latest ORDERS."""
ORDERS = 8_000
SHOPS_ASKED = 25
"""So many shops of a supplier are asked for their share of ORDERS, where a shop's own past is thin."""

_HOURS = "cast(extract(epoch from {}) / 3600 as double precision)"

_PASTS = f"""
select f.line, r.country, {_HOURS.format("f.shipped_at - f.reserved_at")} as shipped_after,
  {_HOURS.format("coalesce(f.ended_at, :now) - f.reserved_at")} as watched, f.ended_at is not null as ended
from shops s cross join lateral (
  select o.shop_id, o.order_id from orders o where o.shop_id = s.shop_id and o.placed_at >= :since
  order by o.placed_at desc limit :most) recent
join fulfilments f on f.shop_id = recent.shop_id and f.order_id = recent.order_id
join recipients r on r.shop_id = recent.shop_id and r.order_id = recent.order_id
where s.shop_id = any(:shops) and f.mode = {Mode.JIT.value} and f.state <> {FulfilmentState.REJECTED.value}
  and (cast(:supplier as bigint) is null or f.supplier_id = :supplier)
"""

# The state stands as a literal, for the index of what is open.
_UNDER_WAY = f"""
select supplier_id, line, country, shipped, age, count(*) as fulfilments from (
  select f.supplier_id, f.line, r.country, f.shipped_at is not null as shipped,
    greatest(floor({_HOURS.format("cast(:now as timestamptz) - coalesce(f.shipped_at, f.reserved_at)")}
      / {AGE_STEP_HOURS}) * {AGE_STEP_HOURS}, 0) as age
  from fulfilments f join recipients r on r.shop_id = f.shop_id and r.order_id = f.order_id
  where f.shop_id = :shop and f.state < {OPEN_BELOW} and f.mode = {Mode.JIT.value}) each
group by supplier_id, line, country, shipped, age order by 1, 2, 3, 4, 5
"""

# What ended and is not charged yet will be due as if it had been: the line is about to see to it.
_FEES = """
select count(*) as fees, max(due_at) as due_at, max(ended_at) as ended_at from (
  select c.due_at, null as ended_at from charges c where c.shop_id = :shop and c.state = 20
  union all
  select null, f.ended_at from fulfilments f
  where f.shop_id = :shop and f.charged_at is null and f.ended_at is not null and f.shipped_at is not null
    and f.mode = 2) unsettled
"""


def forecast_of(tx: Tx[Policy], shop_id: int, *, off_at: datetime | None = None) -> Forecast:
    """When the shop is done with JIT if it leaves; `off_at` is when the switch strikes where it is thrown already.

    From its own past of the last WINDOW by line and country, all of its own, the supplier's of all shops, or the
    policy, whichever is the first that says enough. Source: EXIT-1, EXIT-2, EXIT-4.
    """
    under_way = _under_way(tx, shop_id)
    curves = curves_of(pasts_of(tx, [shop_id]), under_way)
    thin = [each for each in under_way if each not in curves]
    suppliers = sorted({each.supplier_id for each in thin if each.supplier_id is not None})
    curves |= curves_beyond({each: _pasts_at(tx, each) for each in suppliers}, thin, tx.policy)
    fees = tx.rows(_FEES, shop=shop_id)[0]
    return forecast_from(
        curves,
        now=tx.now,
        fees=fees.fees,
        fees_due_at=fees.due_at,
        fees_ended_at=fees.ended_at,
        off_at=off_at,
        policy=tx.policy,
    )


def pasts_of(tx: Tx[Policy], shop_ids: Sequence[int], supplier_id: int | None = None) -> list[Past]:
    """How the latest JIT fulfilments of these shops went, open ones as far as they have come; a supplier's, if named.

    Whole orders by when they were placed, so that slow ones are not left out for having no end yet.
    """
    return [
        Past(row.line, row.country, row.shipped_after, row.watched, row.ended)
        for row in tx.rows(
            _PASTS,
            shops=list(shop_ids),
            supplier=supplier_id,
            now=tx.now,
            since=tx.now - WINDOW,
            most=ORDERS // max(len(shop_ids), 1),
        )
    ]


def _under_way(tx: Tx[Policy], shop_id: int) -> list[UnderWay]:
    """The shop's open JIT fulfilments, those that are alike together; a few hundred rows however many they are."""
    return [
        UnderWay(
            row.supplier_id,
            row.line,
            row.country,
            Stage.SHIPPED if row.shipped else Stage.UNSHIPPED,
            row.age,
            row.fulfilments,
        )
        for row in tx.rows(_UNDER_WAY, shop=shop_id, now=tx.now)
    ]


def _pasts_at(tx: Tx[Policy], supplier_id: int) -> list[Past]:
    """How a supplier's fulfilments went, of those shops that it serves. Lengths of time alone pass their walls."""
    shops = shops_granting(tx, [supplier_id])[:SHOPS_ASKED]
    with tx.reaching(shops):
        return pasts_of(tx, shops, supplier_id)
