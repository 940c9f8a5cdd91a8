"""What the gates of an exit look at, read set by set through the partial indexes of what is open."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.membership.exits.rules import (
    MOST_LISTED,
    ExitState,
    Facts,
    LiveBinding,
    Moving,
    OpenCharge,
    OpenPart,
    Uncharged,
    Uncounted,
)
from andon.membership.moves.rules import MoveState
from andon.money.charges.rules import ChargeState
from andon.orders.order.rules import OPEN_BELOW, Flag, FulfilmentState, Mode
from andon.partners.bindings.rules import BindingState
from andon.platform.policies.rules import Policy

# Thousands may be open: of those that are alike the oldest are read, and all are counted.
OPEN_PARTS = f"""
select * from (
  select f.*, row_number() over (alike order by fulfilment_id) as place, count(*) over alike as alike
  from (
    select shop_id, fulfilment_id, order_id, supplier_id, state, flags, reserved_at, pushed_at, shipped_at,
           case when state = {FulfilmentState.PUSHED.value} then due_at end as answer_due_at,
           case when cancel_answered_at is null then cancel_requested_at end as cancel_asked_at
    from fulfilments
    where shop_id = any(:shops) and state < {OPEN_BELOW} and mode = {Mode.JIT.value}
  ) f
  window alike as (partition by shop_id, state, flags, cancel_asked_at is null)
) o where place <= :most order by shop_id, fulfilment_id
"""
OPEN_CHARGES = f"""
select o.*, g.settle_at from (
  select c.shop_id, c.charge_id, c.order_id, c.fulfilment_id, c.state, c.accrued_at, c.due_at, c.secured_at is not null as secured,
         c.rate_wanted_on is not null as rate_wanted,
         row_number() over (alike order by charge_id) as place, count(*) over alike as alike
  from charges c where shop_id = any(:shops) and state < {ChargeState.SETTLED.value}
  window alike as (partition by shop_id, state, secured_at is not null)
) o left join fundings g on g.shop_id = o.shop_id where place <= :most order by o.shop_id, o.charge_id
"""
UNCHARGED = f"""
select * from (
  select shop_id, fulfilment_id, order_id, ended_at,
         row_number() over (alike order by fulfilment_id) as place, count(*) over alike as alike
  from fulfilments
  where shop_id = any(:shops) and charged_at is null and ended_at is not null and shipped_at is not null
    and mode = {Mode.JIT.value}
  window alike as (partition by shop_id)
) o where place <= :most order by shop_id, fulfilment_id
"""
BINDINGS = f"""
select b.shop_id, b.binding_id, b.supplier_id, coalesce(b.accepted_at, b.offered_at) as since, b.letter_id,
  exists (select 1 from exits x where x.shop_id = b.shop_id and x.forced_at is not null
          and x.state < {ExitState.DONE.value}) as promised
from bindings b where b.shop_id = any(:shops) and b.state in ({BindingState.ACTIVE.value}, {BindingState.ENDING.value})
order by b.shop_id, b.binding_id
"""
UNCOUNTED = """
select * from (
  select shop_id, calibration_id, sku, supplier_id, released_at, due_at,
         row_number() over (alike order by calibration_id) as place, count(*) over alike as alike
  from calibrations where shop_id = any(:shops) and counted_at is null
  window alike as (partition by shop_id)
) o where place <= :most order by shop_id, calibration_id
"""
MOVES = f"""
select distinct on (m.shop_id) m.shop_id, m.move_id, m.until from moves m
where m.shop_id = any(:shops) and m.state <> {MoveState.CANCELLED.value} and (m.state = {MoveState.RUNNING.value}
  or m.exit_id in (select x.exit_id from exits x where x.shop_id = m.shop_id and x.state < {ExitState.DONE.value}))
order by m.shop_id, m.move_id desc
"""


def facts_of(tx: Tx[Policy], shop_id: int) -> Facts:
    """What the gates look at of one shop. Whoever gates has closed its head before."""
    return facts_of_shops(tx, [shop_id])[shop_id]


def facts_of_shops(tx: Tx[Policy], shop_ids: Collection[int], most: int = MOST_LISTED) -> Mapping[int, Facts]:
    """The same of many shops in as many statements; of those that are alike up to `most` are read."""
    shops = sorted(shop_ids)
    parts = tx.ask(OPEN_PARTS, shops=shops, most=most)
    charges = tx.ask(OPEN_CHARGES, shops=shops, most=most)
    uncharged = tx.ask(UNCHARGED, shops=shops, most=most)
    bindings = tx.ask(BINDINGS, shops=shops)
    uncounted = tx.ask(UNCOUNTED, shops=shops, most=most)
    moves = tx.ask(MOVES, shops=shops)
    by_shop = [_by_shop(rows()) for rows in (parts, charges, uncharged, bindings, uncounted)]
    moving = {row.shop_id: Moving(row.move_id, row.until) for row in moves()}
    return {
        shop_id: Facts(
            shop_id,
            tx.now,
            tx.policy.zone,
            [_part(row) for row in by_shop[0][shop_id]],
            [_charge(row) for row in by_shop[1][shop_id]],
            [
                Uncharged(row.fulfilment_id, row.order_id, row.ended_at, row.place, row.alike)
                for row in by_shop[2][shop_id]
            ],
            [
                LiveBinding(row.binding_id, row.supplier_id, row.since, row.letter_id, row.promised)
                for row in by_shop[3][shop_id]
            ],
            [_uncounted(row) for row in by_shop[4][shop_id]],
            moving.get(shop_id),
        )
        for shop_id in shops
    }


def _by_shop(rows: Sequence[Row[Any]]) -> Mapping[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.shop_id].append(row)
    return found


def _part(row: Row[Any]) -> OpenPart:
    return OpenPart(
        fulfilment_id=row.fulfilment_id,
        order_id=row.order_id,
        supplier_id=row.supplier_id,
        state=FulfilmentState(row.state),
        flags=Flag(row.flags),
        reserved_at=row.reserved_at,
        pushed_at=row.pushed_at,
        shipped_at=row.shipped_at,
        answer_due_at=row.answer_due_at,
        cancel_asked_at=row.cancel_asked_at,
        place=row.place,
        alike=row.alike,
    )


def _charge(row: Row[Any]) -> OpenCharge:
    return OpenCharge(
        charge_id=row.charge_id,
        order_id=row.order_id,
        fulfilment_id=row.fulfilment_id,
        state=ChargeState(row.state),
        accrued_at=row.accrued_at,
        due_at=row.due_at,
        settle_at=row.settle_at,
        secured=row.secured,
        rate_wanted=row.rate_wanted,
        place=row.place,
        alike=row.alike,
    )


def _uncounted(row: Row[Any]) -> Uncounted:
    return Uncounted(
        calibration_id=row.calibration_id,
        sku=row.sku,
        supplier_id=row.supplier_id,
        released_at=row.released_at,
        due_at=row.due_at,
        place=row.place,
        alike=row.alike,
    )
