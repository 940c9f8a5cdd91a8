"""Sharing a pool out over the shops that map its item. Source: STOCK-3."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.bindings.views import shops_granting
from andon.partners.stock.rules import Change, Owner, next_midnight, share_out
from andon.partners.stock.service.units import (
    ROWS,
    Moved,
    PoolKey,
    StockKey,
    Units,
    lock_pools,
    record_movements,
)
from andon.platform.policies.rules import Policy

DEMAND_WINDOW = timedelta(days=7)
"""How far back the evening out looks at what a shop had reserved."""

Weigh = Callable[[Tx[Policy], Mapping[PoolKey, Collection[int]]], Mapping[PoolKey, Mapping[int, int]]]
"""Tells, by pool, the weight of each shop that maps it."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Units that are reserved and, by the last count, not there."""

    shop_id: int
    location: int
    item: str
    owner: int
    missing: int


@dataclass
class _Sharing:
    """A pool with all that share in it: who maps its item, and who has a stock row of it."""

    counted: int
    mapping: set[int] = field(default_factory=set)
    rows: dict[int, Units] = field(default_factory=dict)


@contextmanager
def sharing_of(tx: Tx[Policy], pools: Collection[PoolKey]) -> Iterator[None]:
    """Act on all shops that these pools' suppliers hold a grant on, whoever's request it is."""
    with tx.reaching(shops_granting(tx, {pool.supplier_id for pool in pools})):
        yield


def hold_pools(tx: Tx[Policy], pools: Collection[PoolKey]) -> dict[PoolKey, int]:
    """Lock these pools, made where they are not there yet; their counts."""
    ensure_pools(tx, pools)
    return {key: row.counted for key, row in lock_pools(tx, pools).items()}


def ensure_pools(tx: Tx[Policy], pools: Collection[PoolKey]) -> None:
    """Make the pools that are not there yet, empty and uncounted, so that whoever shares one can lock it."""
    tx.put(
        f"insert into pools (supplier_id, item, counted) select k.s, k.i, 0 from {ROWS} as k(s bigint, i text) "
        "order by k.s, k.i on conflict do nothing",
        rows=as_json({"s": supplier_id, "i": item} for supplier_id, item in set(pools)),
    )


def even_out_pools(tx: Tx[Policy], batch: int) -> int:
    """Share out anew, by demand, up to `batch` pools that are due for it; how many there were.

    A shop's weight is what it had reserved in the last 7 days, and one.
    """
    due = tx.rows(
        "select supplier_id, item from pools where even_at <= :now order by even_at limit :limit",
        now=tx.now,
        limit=batch,
    )
    if not due:
        return 0
    pools = {PoolKey(row.supplier_id, row.item) for row in due}
    with sharing_of(tx, pools):
        # Another worker may have done some of them while this one waited for the locks.
        waiting = {
            key: row.counted
            for key, row in lock_pools(tx, pools).items()
            if row.even_at is not None and row.even_at <= tx.now
        }
        allot(tx, waiting, Change.ALLOT, weigh=_demand)
    return len(due)


def allot(
    tx: Tx[Policy],
    counts: Mapping[PoolKey, int],
    change: Change,
    weigh: Weigh | None = None,
    because_of: Mapping[StockKey, int] | None = None,
) -> list[Shortfall]:
    """Allot locked pools that hold so many units, and write their counts; what is missing, by shop.

    Within `sharing_of`. `weigh` tells the shops' weights, by pool; without it they are equal. Only a count takes from
    a shop what it has reserved. An emptied pool holds what is reserved of it; `because_of` tells whose rejection did it.
    """
    if not counts:
        return []
    pools = _read(tx, counts)
    mapping = {key: pool.mapping for key, pool in pools.items()}
    weights = (
        weigh(tx, mapping) if weigh else {key: dict.fromkeys(shops, 1) for key, shops in mapping.items()}
    )

    allotted: dict[StockKey, int] = {}
    moved: list[Moved] = []
    short: list[Shortfall] = []
    holders: dict[PoolKey, int] = {}
    for key, pool in pools.items():
        reserved = {shop: units.reserved for shop, units in pool.rows.items() if units.reserved}
        kept = {shop: units.covered for shop, units in pool.rows.items() if units.reserved}
        if change is Change.EMPTY:
            pool.counted = sum(kept.values())
        if change is not Change.COUNT and sum(reserved.values()) > pool.counted:
            reserved = kept
        shares = share_out(pool.counted, reserved, weights[key])
        for shop in sorted(shares.keys() | pool.rows.keys()):
            row = StockKey(shop, key.supplier_id, key.item, Owner.SUPPLIER.value)
            units = pool.rows.get(shop, Units(0, 0))
            share = shares.get(shop, 0)
            if units.on_hand != share:
                moved.append(Moved(row, share - units.on_hand, 0, (because_of or {}).get(row)))
            if units.on_hand != share or shop not in pool.rows or change is Change.COUNT:
                allotted[row] = share
            if units.reserved > share:
                short.append(Shortfall(*row, missing=units.reserved - share))
        holders[key] = len(pool.mapping | {shop for shop, share in shares.items() if share})

    _put_allotments(tx, allotted, is_count=change is Change.COUNT)
    record_movements(tx, change, moved)
    _put_pools(
        tx, {key: pool.counted for key, pool in pools.items()}, holders, is_count=change is Change.COUNT
    )
    return short


def _read(tx: Tx[Policy], counts: Mapping[PoolKey, int]) -> dict[PoolKey, _Sharing]:
    """Who maps each pool's item under a live grant, and the stock rows of it, locked in key order."""
    keys = as_json({"s": key.supplier_id, "i": key.item} for key in counts)
    pools = {key: _Sharing(counts[key]) for key in sorted(counts)}
    for row in tx.rows(
        f"select distinct m.shop_id, m.supplier_id, m.item from {ROWS} as k(s bigint, i text) "
        "join mappings m on m.supplier_id = k.s and m.item = k.i "
        "join grants g on g.supplier_id = m.supplier_id and g.shop_id = m.shop_id and g.ended_at is null",
        rows=keys,
    ):
        pools[PoolKey(row.supplier_id, row.item)].mapping.add(row.shop_id)
    for row in tx.rows(
        "select s.shop_id, s.location, s.item, s.on_hand, s.reserved "
        f"from {ROWS} as k(s bigint, i text) "
        "join stock s on s.location = k.s and s.item = k.i and s.owner = 1 "
        "order by s.shop_id, s.location, s.item for no key update of s",
        rows=keys,
    ):
        pools[PoolKey(row.location, row.item)].rows[row.shop_id] = Units(row.on_hand, row.reserved)
    return pools


def _demand(tx: Tx[Policy], mapping: Mapping[PoolKey, Collection[int]]) -> dict[PoolKey, dict[int, int]]:
    """What each shop had reserved of each item in the window, and one."""
    weights = {key: dict.fromkeys(shops, 1) for key, shops in mapping.items()}
    for row in tx.rows(
        "select v.shop_id, v.location, v.item, sum(v.reserved_change) as units "
        f"from {ROWS} as k(h bigint, s bigint, i text) join movements v "
        "on v.shop_id = k.h and v.location = k.s and v.item = k.i and v.owner = 1 and v.at > :since "
        "where v.kind = :reserve group by v.shop_id, v.location, v.item",
        since=tx.now - DEMAND_WINDOW,
        reserve=Change.RESERVE.value,
        rows=as_json(
            {"h": shop, "s": key.supplier_id, "i": key.item}
            for key, shops in mapping.items()
            for shop in shops
        ),
    ):
        weights[PoolKey(row.location, row.item)][row.shop_id] += int(row.units)
    return weights


def _put_allotments(tx: Tx[Policy], allotted: Mapping[StockKey, int], *, is_count: bool) -> None:
    """Change the rows that are there, make those that are not; only whoever holds the pool makes one."""
    if not allotted:
        return
    tx.put(
        "insert into stock as s (shop_id, location, item, owner, on_hand, reserved, counted_at) "
        f"select a.s, a.l, a.i, 1, a.h, 0, :at from {ROWS} as a(s bigint, l bigint, i text, h bigint) "
        "on conflict (shop_id, location, item, owner) do update "
        "set on_hand = excluded.on_hand, counted_at = coalesce(excluded.counted_at, s.counted_at)",
        at=tx.now if is_count else None,
        rows=as_json(
            {"s": key.shop_id, "l": key.location, "i": key.item, "h": units}
            for key, units in allotted.items()
        ),
    )


def _put_pools(
    tx: Tx[Policy], counts: Mapping[PoolKey, int], holders: Mapping[PoolKey, int], *, is_count: bool
) -> None:
    """Write the counts, and when each pool is evened out next: never, while one shop has it alone."""
    tx.put(
        "update pools p set counted = c.n, counted_at = coalesce(:at, p.counted_at), "
        "even_at = case when c.h > 1 then :even end "
        f"from {ROWS} as c(s bigint, i text, n bigint, h bigint) where p.supplier_id = c.s and p.item = c.i",
        at=tx.now if is_count else None,
        even=next_midnight(tx.now, tx.policy.zone),
        rows=as_json(
            {"s": key.supplier_id, "i": key.item, "n": counted, "h": holders[key]}
            for key, counted in counts.items()
        ),
    )
