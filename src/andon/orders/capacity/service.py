"""Setting a supplier's capacity, and the places of its days: taken, and given back."""

from collections.abc import Collection, Mapping
from datetime import date

from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.capacity.events import CapacitySet
from andon.orders.capacity.rules import check_daily
from andon.partners.bindings.views import shops_granting
from andon.platform.policies.rules import Policy

_ROWS = "json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, n integer)"


def today(tx: Tx[Policy]) -> date:
    """The day on which places are taken now, in the platform's zone."""
    return tx.policy.day_of(tx.now)


def set_capacity(tx: Tx[Policy], supplier_id: int, daily: int | None) -> None:
    """Give the supplier at most so many fulfilments a day from now on, None as many as come.

    What it has had today counts, as far as it is committed. Invalid (`capacity.daily`).
    """
    check_daily(daily)
    if daily is None:
        changed = tx.run("delete from capacities where supplier_id = :supplier", supplier=supplier_id)
    else:
        changed = tx.run(
            "update capacities set daily = :daily where supplier_id = :supplier and daily <> :daily",
            supplier=supplier_id,
            daily=daily,
        ) or _begin(tx, supplier_id, daily)
    if changed:
        with tx.reaching([PLATFORM]):
            tx.hold(PLATFORM)
            tx.emit(CapacitySet(shop_id=PLATFORM, supplier_id=supplier_id, daily=daily))


def _begin(tx: Tx[Policy], supplier_id: int, daily: int) -> int:
    """Count the supplier's days from now on; answers 0 where they are counted already."""
    begun = tx.run(
        "insert into capacities (supplier_id, daily, since) values (:supplier, :daily, :now) "
        "on conflict (supplier_id) do nothing",
        supplier=supplier_id,
        daily=daily,
        now=tx.now,
    )
    if begun:
        day = today(tx)
        with tx.reaching(shops_granting(tx, [supplier_id])):
            had = tx.one(
                "select count(*) as taken from fulfilments f where f.supplier_id = :supplier and f.reserved_at >= "
                "cast(:day as timestamp) at time zone :zone and (f.state <> 91 or f.accepted_at is not null)",
                supplier=supplier_id,
                day=day,
                zone=tx.policy.zone,
            )
        assert had is not None, "an aggregate has a row"
        tx.put(
            "insert into capacity_days (supplier_id, day, taken) values (:supplier, :day, :taken) "
            "on conflict (supplier_id, day) do update set taken = excluded.taken",
            supplier=supplier_id,
            day=day,
            taken=had.taken,
        )
    return begun


def lock_places(tx: Tx[Policy], daily: Mapping[int, int]) -> dict[int, int]:
    """How many places of today each of these suppliers has left, by number; below 0 where it was given more.

    `daily` are their capacities. Their days are held until the transaction ends: after the stock rows, and after the
    fulfilments, lowest first. The first of a day forgets the days that were kept long enough.
    """
    if not daily:
        return {}
    day = today(tx)
    rows = tx.rows(
        f"insert into capacity_days as d (supplier_id, day, taken) select r.s, :day, 0 from {_ROWS} order by r.s "
        "on conflict (supplier_id, day) do update set taken = d.taken returning d.supplier_id, d.taken",
        day=day,
        rows=as_json({"s": number, "n": 0} for number in daily),
    )
    if fresh := [row.supplier_id for row in rows if not row.taken]:
        tx.put(
            "delete from capacity_days where supplier_id = any(:suppliers) and day < :before",
            suppliers=fresh,
            before=day - tx.policy.capacity.days_kept,
        )
    return {row.supplier_id: daily[row.supplier_id] - row.taken for row in rows}


def take_places(tx: Tx[Policy], places: Mapping[int, int]) -> None:
    """Take so many places of today of each supplier; their days are held by `lock_places`."""
    if places:
        tx.put(
            f"update capacity_days d set taken = d.taken + r.n from {_ROWS} "
            "where d.supplier_id = r.s and d.day = :day",
            day=today(tx),
            rows=as_json({"s": number, "n": count} for number, count in sorted(places.items())),
        )


def give_places_back(tx: Tx[Policy], fulfilments: Collection[tuple[int, int]]) -> None:
    """Give back the places of fulfilments, by shop and number, that ended before anybody worked on them."""
    if not fulfilments:
        return
    freed = tx.rows(
        "select f.supplier_id, (f.reserved_at at time zone :zone)::date as day, count(*) as places "
        "from fulfilments f join capacities c on c.supplier_id = f.supplier_id "
        "where f.shop_id = any(:shops) and f.fulfilment_id = any(:numbers) group by 1, 2 order by 1, 2",
        zone=tx.policy.zone,
        shops=sorted({shop_id for shop_id, _ in fulfilments}),
        numbers=[number for _, number in fulfilments],
    )
    if freed:
        tx.put(
            "with freed as (select * from json_to_recordset(cast(cast(:rows as text) as json)) "
            "as r(s bigint, day date, n integer)), held as materialized (select d.supplier_id, d.day, freed.n "
            "from freed join capacity_days d on d.supplier_id = freed.s and d.day = freed.day "
            "order by d.supplier_id, d.day for no key update of d) "
            "update capacity_days d set taken = greatest(d.taken - held.n, 0) from held "
            "where d.supplier_id = held.supplier_id and d.day = held.day",
            rows=as_json({"s": row.supplier_id, "day": row.day, "n": row.places} for row in freed),
        )
