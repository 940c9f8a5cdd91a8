"""Events that nobody was told of yet become deliveries, one for each subscription that hears of them."""

from collections.abc import Collection

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.rules import HEARD, LAST_WORD, DeliveryState
from andon.platform.subscriptions.service.delivering import DOORS

_LISTENS = (
    "(k.party = 'shop' and k.party_id = {shop}) or (k.party = 'supplier' and exists (select from grants g "
    "where g.supplier_id = k.party_id and g.shop_id = {shop} and g.ended_at is null))"
)
_HEARS = (
    # What ends a grant is told to whoever had it.
    f"({_LISTENS.format(shop='e.shop_id')}) or (k.party = 'supplier' and e.kind = '{LAST_WORD}')"
)
_CONCERNS = (
    # What names no supplier but lies at one is at the location of its number.
    "k.party = 'shop' or coalesce(cast(cast(e.body as json) ->> 'supplier_id' as bigint), "
    "cast(cast(e.body as json) ->> 'location' as bigint)) = k.party_id"
)

_TELL = f"""
with due as (
  select shop_id, untold_id from untold where at <= :now order by at, untold_id limit :batch for update skip locked
), gone as (
  delete from untold u using due where u.shop_id = due.shop_id and u.untold_id = due.untold_id
  returning u.shop_id, u.event_ids
), made as (
  insert into deliveries (shop_id, delivery_id, webhook_id, supplier_id, event_id, kind, message_id, created_at, state,
    due_at, tries, forget_at)
  select h.shop_id, nextval('delivery_ids'), h.webhook_id, h.supplier_id, h.event_id, h.kind,
    'evt_' || h.webhook_id || '_' || h.event_id || '_' || :chance, :now, {DeliveryState.WAITING.value}, :now, 0, :forget_at
  from (
    select e.shop_id, e.event_id, e.kind, k.webhook_id, case k.party when 'supplier' then k.party_id end as supplier_id
    from gone join events e on e.shop_id = gone.shop_id and e.event_id = any(gone.event_ids)
    join webhooks k on ({_HEARS})
      and k.events && array[e.kind, split_part(e.kind, '.', 1) || '.*', '*']
      and split_part(e.kind, '.', 1) = any(case k.party when 'shop' then cast(:shops_hear as text[])
        else cast(:suppliers_hear as text[]) end)
      and ({_CONCERNS}) and e.recorded_at >= k.created_at
    order by e.event_id, k.webhook_id
  ) h
  returning webhook_id
)
select (select count(*) from gone) as told, (select array_agg(distinct webhook_id) from made) as webhooks,
  (select array_agg(distinct shop_id) from gone) as shops
"""


def tell_events(tx: Tx[Policy], batch: int) -> int:
    """Find who listens to events that were written; each hears of them by a delivery of its own.

    How many transactions' events were told. A shop to which nobody listens any more is not noted from here on.
    """
    row = tx.one(
        _TELL,
        now=tx.now,
        batch=batch,
        chance=tx.random.randbytes(8).hex(),
        forget_at=tx.now + tx.policy.retention.deliveries,
        shops_hear=list(HEARD["shop"]),
        suppliers_hear=list(HEARD["supplier"]),
    )
    assert row is not None, "a count has a row"
    if row.webhooks:
        DOORS.call_at_once(tx, row.webhooks)
        tx.wake("deliver")
    if row.shops:
        _stop_listening(tx, row.shops)
    return int(row.told)


def _stop_listening(tx: Tx[Policy], shop_ids: Collection[int]) -> None:
    """Note nothing more of those of these shops that nobody listens to.

    Their heads are locked first and looked at in a statement of its own, so that whoever begins to listen meanwhile is seen.
    """
    unheard = "not exists (select from webhooks k where " + _LISTENS.format(shop="h.shop_id") + ")"
    found = tx.rows(
        f"select shop_id from heads h where shop_id = any(:shops) and {unheard} order by shop_id for no key update",
        shops=sorted(shop_ids),
    )
    if found:
        tx.put(
            f"update heads h set listened = false where shop_id = any(:shops) and {unheard}",
            shops=[row.shop_id for row in found],
        )
