"""Ratings are taken once an order, added up by day, and read to the instant. Source: BACK-2."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.kernel.db import Database
from andon.kernel.tx import Actor, Tx
from andon.membership.standing.rules import Stars, Told, Totals
from andon.membership.standing.service import record_ratings
from andon.membership.standing.views import rated, totals_of
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import open_demo_shop

DAY = timedelta(days=1)
MIDNIGHT = NOON + timedelta(hours=12)
"""00:00 of Tuesday in Shanghai."""
SECOND = timedelta(seconds=1)


def stars(all_: int) -> Stars:
    return Stars(all_, all_, all_)


@pytest.fixture
def orders(database: Database) -> tuple[int, list[int]]:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        return shop.shop_id, accept(tx, shop.shop_id, *(incoming(f"{n}", "S-1") for n in range(12)))


def rate(
    database: Database, shop_id: int, *told: Told, now: datetime = NOON + 90 * DAY, **options: Any
) -> list[str]:
    with transaction(database, now, **options) as tx:
        return [each.code or each.status for each in record_ratings(tx, shop_id, told)]


def days(tx: Tx[Any], shop_id: int) -> dict[str, tuple[int, int]]:
    rows = tx.rows("select * from rating_days where shop_id = :shop and ratings > 0", shop=shop_id)
    return {
        row.day.isoformat(): (row.ratings, row.described + row.communication + row.shipping) for row in rows
    }


@pytest.mark.clause("BACK-2")
def test_an_order_has_one_rating_the_one_that_was_made_last(
    database: Database, orders: tuple[int, list[int]]
):
    shop, (first, second, *_) = orders
    one = Told(first, stars(500), NOON)
    assert rate(database, shop, one, Told(second, stars(400), NOON)) == ["recorded", "recorded"]
    assert rate(database, shop, one) == ["known"]
    assert rate(database, shop, Told(first, stars(300), NOON - DAY)) == ["known"], "an older one, told late"
    assert rate(database, shop, Told(first, stars(450), NOON + DAY)) == ["corrected"]
    with transaction(database) as tx:
        assert days(tx, shop) == {"2026-03-02": (1, 1200), "2026-03-03": (1, 1350)}
        told = tx.rows("select body from events where kind = 'order.rated' order by event_id")
        assert ['"corrected":true' in row.body for row in told] == [False, False, True]
    assert_all_well(database)


def test_within_one_call_the_last_made_stands_too(database: Database, orders: tuple[int, list[int]]):
    shop, (first, *_) = orders
    told = [Told(first, stars(500), NOON + n * SECOND) for n in (0, 2, 1, 2)]
    assert rate(database, shop, *told) == ["recorded", "corrected", "known", "known"]
    with transaction(database) as tx:
        assert days(tx, shop) == {"2026-03-02": (1, 1500)}
        assert tx.rows("select count(*) from events where kind = 'order.rated'")[0][0] == 1


def test_what_cannot_be_is_refused_by_itself(database: Database, orders: tuple[int, list[int]]):
    shop, (first, second, *_) = orders
    now = NOON + DAY
    told = [
        Told(4711, stars(500), NOON),
        Told(first, Stars(500, 99, 500), NOON),
        Told(first, Stars(501, 500, 500), NOON),
        Told(first, stars(500), now + timedelta(minutes=10, seconds=1)),
        Told(second, stars(100), now),
    ]
    wanted = ["rating.order", "rating.stars", "rating.stars", "rating.rated_at", "recorded"]
    assert rate(database, shop, *told, now=now) == wanted


def test_a_channel_rates_what_it_sold_and_nothing_else(database: Database, orders: tuple[int, list[int]]):
    shop, (first, *_) = orders
    told = Told(first, stars(500), NOON)
    assert rate(database, shop, told, actor=Actor("channel", "plaza")) == ["rating.order"]
    assert rate(database, shop, told, actor=Actor("channel", "demo")) == ["recorded"]


@pytest.mark.clause("BACK-2")
def test_the_window_goes_by_the_instant_not_by_the_day(database: Database, orders: tuple[int, list[int]]):
    shop, (first, second, third, *_) = orders
    rate(
        database,
        shop,
        Told(first, stars(100), NOON),
        Told(second, stars(470), NOON + SECOND),
        Told(third, stars(470), MIDNIGHT),
    )
    with transaction(database, NOON + 30 * DAY - SECOND) as tx:
        found = rated(tx, shop)
        assert (found.totals.ratings, found.met) == (3, False)
        assert found.passes_at == NOON + 30 * DAY
    with transaction(database, NOON + 30 * DAY) as tx:
        found = rated(tx, shop)
        assert (found.totals.ratings, found.met, found.passes_at) == (2, True, None)
    with transaction(database, MIDNIGHT + 30 * DAY) as tx:
        found = rated(tx, shop)
        assert (found.totals, found.met, found.passes_at) == (Totals(), False, None)


@pytest.mark.clause("BACK-2")
def test_it_never_passes_by_itself_where_the_newest_are_the_bad_ones(
    database: Database, orders: tuple[int, list[int]]
):
    shop, (first, second, *_) = orders
    rate(database, shop, Told(first, stars(500), NOON), Told(second, stars(300), NOON + DAY))
    with transaction(database, NOON + 2 * DAY) as tx:
        found = rated(tx, shop)
        assert (found.met, found.passes_at) == (False, None)


@given(
    told=st.lists(
        st.tuples(
            st.integers(0, 11),
            st.integers(100, 500),
            st.integers(-3 * 24, 40 * 24),
            st.sampled_from([0, 1, 59]),
        ),
        max_size=25,
    ),
    hours=st.integers(0, 45 * 24),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_totals_by_day_are_what_the_ratings_come_to_at_any_instant(
    database: Database, orders: tuple[int, list[int]], told: list[tuple[int, int, int, int]], hours: int
):
    shop, numbers = orders
    with database.owner.begin() as owner:
        owner.exec_driver_sql("delete from ratings")
        owner.exec_driver_sql("delete from rating_days")
    standing: dict[int, Told] = {}
    for place, all_, hour, minute in told:
        each = Told(numbers[place], stars(all_), MIDNIGHT + timedelta(hours=hour, minutes=minute))
        rate(database, shop, each)
        if each.order_id not in standing or each.rated_at >= standing[each.order_id].rated_at:
            standing[each.order_id] = each
    now = MIDNIGHT + timedelta(hours=hours)
    with transaction(database, now) as tx:
        found = rated(tx, shop)

    def at(instant: datetime) -> Totals:
        totals = Totals()
        for each in standing.values():
            if instant - 30 * DAY < each.rated_at <= min(instant, now):
                totals = totals.plus(each.stars)
        return totals

    assert found.totals == at(now)
    mean = at(now).mean()
    assert found.met == (mean is not None and mean * 10 >= 47)
    ends = sorted(each.rated_at + 30 * DAY for each in standing.values())
    passing = [
        end for end in ends if end > now and (later := at(end).mean()) is not None and later * 10 >= 47
    ]
    assert found.passes_at == (None if found.met or mean is None else next(iter(passing), None))


def test_a_window_of_less_than_a_day_has_no_whole_one(database: Database, orders: tuple[int, list[int]]):
    shop, (first, *_) = orders
    rate(database, shop, Told(first, stars(500), MIDNIGHT))
    with transaction(database) as tx:
        assert totals_of(tx, shop, MIDNIGHT - SECOND, MIDNIGHT).ratings == 1
        assert totals_of(tx, shop, MIDNIGHT, MIDNIGHT + 3 * DAY).ratings == 0
        assert totals_of(tx, shop, MIDNIGHT - 3 * DAY, MIDNIGHT).ratings == 1
