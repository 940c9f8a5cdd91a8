"""What of a shop decides what touches it, what it shipped, what each version changes for it, and who has read that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import EnrolmentState
from andon.membership.policy_changes.rules import (
    MOST_COUNTED,
    Change,
    FeeEffects,
    Membership,
    Reason,
    Shipment,
    ShopFacts,
    changes_between,
    changes_fees,
    counted_between,
    fee_effects,
    reason_for,
)
from andon.money.charges.rules import Parcel, Way
from andon.orders.order.rules import Mode
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Policies, Policy
from andon.platform.policies.views import overrides_of

FACTS = """
select s.shop_id, s.category, e.state,
  (select json_agg(l.line) from plan_lines l where l.shop_id = s.shop_id) as lines
from shops s
left join lateral (select state from enrolments e where e.shop_id = s.shop_id order by e.number desc limit 1) e on true
where s.shop_id = any(:shops)
"""

SHIPPED = f"""
select f.order_id, f.fulfilment_id, f.line, r.country, r.ship_to->>'postcode' as postcode, r.erased_at is not null as erased,
  (select json_agg(json_build_array(p.parcel_id, p.carrier, coalesce(p.reported_weight_g, p.weight_g),
                                    coalesce(p.reported_length_mm, p.length_mm),
                                    coalesce(p.reported_width_mm, p.width_mm),
                                    coalesce(p.reported_height_mm, p.height_mm)) order by p.parcel_id)
     from parcels p where p.shop_id = f.shop_id and p.fulfilment_id = f.fulfilment_id and p.voided_at is null) as parcels
from (select shop_id, order_id from orders where shop_id = :shop and placed_at >= :since and placed_at < :until
      order by placed_at desc limit {MOST_COUNTED}) o
join fulfilments f on f.shop_id = o.shop_id and f.order_id = o.order_id
join recipients r on r.shop_id = o.shop_id and r.order_id = o.order_id
where f.mode = {Mode.JIT.value} and f.shipped_at is not null
"""

SINCE = f"""
select placed_at from orders where shop_id = :shop and placed_at >= :since and placed_at < :until
order by placed_at desc offset {MOST_COUNTED - 1} limit 1
"""
"""From when the newest orders are, of a shop that has more."""

READERS = """
select a.shop_id, a.announced_at, a.changes,
  (select json_agg(json_build_object('by', r.read_by, 'user_id', r.user_id, 'at', r.read_at) order by r.read_at, r.read_by)
     from policy_readings r where r.shop_id = a.shop_id and r.version = a.version) as readers
from policy_announcements a
where a.version = :version and a.shop_id > :after
  and (cast(:read as boolean) is null
       or exists (select from policy_readings r where r.shop_id = a.shop_id and r.version = a.version) = :read)
order by a.shop_id limit :limit
"""

TOLD = """
select coalesce(a.version, r.version) as version, a.announced_at, r.readers
from (select * from policy_announcements where shop_id = :shop) a
full join (select version, json_agg(json_build_object('by', read_by, 'user_id', user_id, 'at', read_at) order by read_at, read_by)
             as readers from policy_readings where shop_id = :shop group by version) r on r.version = a.version
"""

UNREAD = """
select a.shop_id, a.version, a.changes, a.announced_at from policy_announcements a
where a.changes > 0 and (a.shop_id, a.version) > (:shop, :version)
  and not exists (select from policy_readings r where r.shop_id = a.shop_id and r.version = a.version
                  and (r.user_id = :user or r.read_by = :by))
order by a.shop_id, a.version limit :limit
"""

MEMBERSHIPS = {
    None: Membership.NEVER,
    EnrolmentState.OFF: Membership.LEFT,
    EnrolmentState.LEAVING: Membership.LEAVING,
}


@dataclass(frozen=True, slots=True)
class News:
    """What a version changes for one shop: the changes that touch it, each with the reason, and how many others there are.

    `fees` is None where none changes. `readers` are who has read it, the first before the others.
    """

    before: Policy
    after: Policy
    changes: Sequence[tuple[Change, Reason]]
    others: int
    fees: FeeEffects | None
    announced_at: datetime | None
    readers: Sequence[Mapping[str, Any]]


def versions_of(tx: Tx[Policy]) -> Sequence[Policy]:
    """Every version, the earliest first."""
    assert isinstance(tx.policies, Policies), "the platform goes by dated versions"
    return tx.policies.versions


def shop_facts(tx: Tx[Policy], shop_ids: Collection[int]) -> dict[int, ShopFacts]:
    """What of these shops decides what touches them, by shop."""
    kinds = {line.code: line.kind for policy in versions_of(tx) for line in policy.lines.values()}
    own = overrides_of(tx, shop_ids, tx.now)
    return {
        row.shop_id: ShopFacts(
            row.category,
            MEMBERSHIPS.get(row.state, Membership.IN),
            {code: kinds[code] for code in row.lines or ()},
            frozenset(key for key, value in own.get(row.shop_id, {}).items() if value is not None),
        )
        for row in tx.rows(FACTS, shops=sorted(shop_ids))
    }


def touching(shop: ShopFacts, changes: Sequence[Change]) -> list[tuple[Change, Reason]]:
    """Those changes that touch the shop, each with the reason."""
    return [(change, reason) for change in changes if (reason := reason_for(change, shop))]


def news_of(
    tx: Tx[Policy], shop_id: int, versions: Sequence[tuple[Policy, Policy]], *, with_fees: bool = True
) -> list[News]:
    """What each of these versions, after the one before it, changes for the shop as it stands now; NotFound.

    Fees are worked out `with_fees` alone.
    """
    shop_of(tx, shop_id)
    shop = shop_facts(tx, [shop_id])[shop_id]
    told = {row.version: row for row in tx.rows(TOLD, shop=shop_id)}
    news = []
    for before, after in versions:
        every = changes_between(before, after)
        changes = touching(shop, every)
        wanted = with_fees and changes_fees(change for change, _ in changes)
        fees = _fees(tx, shop_id, before, after) if wanted else None
        row = told.get(after.version)
        announced_at, readers = (row.announced_at, row.readers or ()) if row else (None, ())
        news.append(News(before, after, changes, len(every) - len(changes), fees, announced_at, readers))
    return news


def readers_of(
    tx: Tx[Policy], version: str, *, read: bool | None = None, after: int = 0, limit: int
) -> Sequence[Row[Any]]:
    """The shops that a version was announced to, by number from the one after `after`, and who of each has read it."""
    return tx.rows(READERS, version=version, read=read, after=after, limit=limit)


def unread_of(tx: Tx[Policy], *, after: tuple[int, str] = (0, ""), limit: int) -> Sequence[Row[Any]]:
    """What was announced to the shops that the caller reaches, touched them, and was not read by whoever calls."""
    shop_id, version = after
    who = tx.actor
    return tx.rows(UNREAD, shop=shop_id, version=version, user=who.user, by=str(who), limit=limit)


def _fees(tx: Tx[Policy], shop_id: int, before: Policy, after: Policy) -> FeeEffects:
    since, until = counted_between(tx.now, after.in_force_from)
    newest = tx.one(SINCE, shop=shop_id, since=since, until=until)
    since = newest.placed_at if newest else since
    return fee_effects(_shipped(tx, shop_id, since, until), before, after, since, until)


def _shipped(tx: Tx[Policy], shop_id: int, since: datetime, until: datetime) -> list[Shipment]:
    """The shipped JIT fulfilments of orders of that time, of the newest orders at most."""
    return [
        Shipment(
            row.order_id,
            row.fulfilment_id,
            Way(row.line, row.country, None if row.erased else row.postcode or ""),
            tuple(Parcel(*parcel) for parcel in row.parcels or ()),
        )
        for row in tx.rows(SHIPPED, shop=shop_id, since=since, until=until)
    ]
