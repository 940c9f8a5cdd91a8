"""An endpoint that fails is left alone and probed, keeps its queue in place, and comes back slowly."""

from datetime import timedelta

import pytest

from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.orders.push.rules import BATCH
from andon.orders.push.service import ENDPOINTS
from andon.orders.push.station import PROBE, push_station
from andon.orders.push.views import endpoint_state
from andon.partners.suppliers.service import set_endpoint
from andon.ports.pushing import Message, Reply
from tests.worlds import NOON, transaction
from tests.worlds_push import KEY, Town, a_pushed_shop, cooled, endpoint, pushing
from tests.worlds_supply import a_line, one, orders_for

SECOND = timedelta(seconds=1)


def platform_events(database: Database) -> list[str]:
    with transaction(database) as tx:
        rows = tx.rows(
            "select kind from events where shop_id = 0 and kind like 'endpoint.%' order by event_id"
        )
    return [row.kind for row in rows]


@pytest.mark.parametrize("status", [500, 503, 429, 302, None])
def test_an_endpoint_of_which_too_many_fail_is_left_alone_and_its_queue_keeps_its_place(
    database: Database, status: int | None
) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 25)
    town = Town(status)
    with pushing(database, town) as line:
        assert line.run_due() == 25
        assert line.run_due() == 0
        line.advance(NOON + timedelta(hours=20))
        assert len(town.heard) == 25, "business time alone opens nothing again"
        with database.line.connect() as connection:
            assert connection.exec_driver_sql(ENDPOINTS.due).scalar() is None
    waiting = one(
        database,
        "select count(*) as n, min(due_at) as first, max(due_at) as last, max(tries) as most from pushes",
    )
    assert (waiting.n, waiting.first, waiting.last, waiting.most) == (25, NOON, NOON, 0)
    assert one(database, "select count(*) as n from push_tries").n == 25, "every try is kept"
    assert platform_events(database) == ["endpoint.set", "endpoint.broken"]
    with transaction(database) as tx:
        state = endpoint_state(tx, shop.supplier_ids[0])
        told = tx.rows("select audience, kind, supplier_id from notices order by audience")
    assert (state.breaker, state.waiting, state.oldest_waiting_at) == ("open", 25, NOON)
    assert state.open_until is not None
    assert timedelta(0) < state.open_until - wall() <= 5 * SECOND
    assert [(row.audience, row.kind, row.supplier_id) for row in told] == [
        ("operator", "endpoint.broken", None),
        ("supplier", "endpoint.broken", shop.supplier_ids[0]),
    ]


def test_messages_that_are_refused_for_their_own_sake_break_nothing(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 40)
    with pushing(database, Town(422)) as line:
        line.run_due()
    assert endpoint(database, shop.supplier_ids[0]).breaker == 0
    assert one(database, "select min(due_at) as first from pushes").first >= NOON + 5 * SECOND


def test_silence_speaks_for_what_it_held_up(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 30)
    first = iter([Reply(None, 10_000, "timed out")])
    town = Town(lambda _: next(first, None))
    with pushing(database, town) as line:
        line.run_due()
    row = endpoint(database, shop.supplier_ids[0])
    assert (row.breaker, row.trips) == (2, 1)
    assert one(database, "select count(*) as n from push_tries").n == 1


def test_a_probe_is_one_push_and_what_it_met_opens_or_closes(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 60)
    supplier = shop.supplier_ids[0]
    town = Town(500)
    with pushing(database, town) as line:
        line.run_due()
        assert PROBE.do(database) == 0, "it has not cooled off"
        for trips in (2, 3):
            before = len(town.heard)
            assert cooled(database) == 1
            line.run_due()
            assert len(town.heard) == before + 1, "one probe"
            row = endpoint(database, supplier)
            assert (row.breaker, row.trips) == (2, trips)
            assert row.open_until - wall() > 5 * SECOND * 2 ** (trips - 2)
        probes = [message.message_id for message in town.heard[-2:]]
        assert len(set(probes)) == 2, "a push that is refused for its own sake keeps no endpoint closed"
        town.answer = 204
        assert cooled(database) == 1
        before = len(town.heard)
        line.run_due()
        assert endpoint(database, supplier).breaker == 0
        claims = len(town.heard) - before
        assert claims == 58, "all but those two whose own schedule holds them"
        line.advance(NOON + timedelta(minutes=1))
    assert one(database, "select count(*) as n from fulfilments where state = 20").n == 60
    assert platform_events(database) == ["endpoint.set", "endpoint.broken", "endpoint.restored"]


def test_an_endpoint_that_comes_back_takes_more_with_each_clean_claim(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 40)
    station = push_station(Town(204), KEY)
    with pushing(database, Town(500)) as line:
        line.run_due()
    assert cooled(database) == 1
    line = a_line(database, station)
    sizes = [line.run_station(station) for _ in range(6)]
    line.close()
    assert sizes == [1, 1, 2, 4, 8, 16], "the probe, then the share that grows"


def test_an_endpoint_that_asks_for_time_is_left_alone_for_it_and_not_called_broken(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 3)
    town = Town(lambda _: Reply(429, 1, "slowly", retry_after=timedelta(seconds=90)))
    with pushing(database, town) as line:
        line.run_due()
        line.advance(NOON + timedelta(hours=1))
        row = endpoint(database, shop.supplier_ids[0])
        assert (row.breaker, row.trips) == (2, 0)
        assert 80 * SECOND < row.open_until - wall() <= 90 * SECOND
        town.answer = 204
        assert cooled(database) == 1
        line.run_due()
    assert one(database, "select count(*) as n from fulfilments where state = 20").n == 3
    assert platform_events(database) == ["endpoint.set"]


def test_a_machine_clock_that_is_put_back_by_hours_keeps_no_endpoint_closed_and_none_leased(
    database: Database,
) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 20)
    town = Town(500)
    with pushing(database, town) as line:
        line.run_due()
        with transaction(database) as tx:
            ahead = tx.wall() + timedelta(hours=5)
            tx.run("update endpoints set open_until = :ahead, leased_until = :ahead", ahead=ahead)
        assert PROBE.do(database) == 1
        town.answer = 204
        line.advance(NOON + SECOND)
    assert one(database, "select count(*) as n from fulfilments where state = 20").n == 20


def test_what_an_old_address_did_says_nothing_about_the_new_one(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 20)
    supplier = shop.supplier_ids[0]
    station = push_station(Town(410), KEY)
    line = a_line(database, station)
    with transaction(database) as tx:
        work = station.claim(tx, BATCH)
    tried = station.call(work).outcomes
    with transaction(database) as tx:
        set_endpoint(tx, supplier, "https://example.test/new", KEY)
    with transaction(database) as tx:
        station.record(tx, tried)
    line.close()
    row = endpoint(database, supplier)
    assert (row.enabled, row.breaker) == (True, 0)
    assert platform_events(database) == ["endpoint.set", "endpoint.set"]
    town = Town(204)
    with pushing(database, town) as line:
        line.advance(NOON + timedelta(minutes=1))
    assert {message.url for message in town.heard} == {"https://example.test/new"}
    assert one(database, "select count(*) as n from fulfilments where state = 20").n == 20


@pytest.mark.parametrize("late", [None, 204])
def test_what_another_worker_delivered_meanwhile_does_not_wait_again(
    database: Database, late: int | None
) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id)
    slow, quick = push_station(Town(late), KEY), push_station(Town(204), KEY)
    with transaction(database) as tx:
        work = slow.claim(tx, BATCH)
    with transaction(database) as tx:
        tx.run("update endpoints set leased_until = :past", past=tx.wall() - SECOND)
    line = a_line(database, quick)
    assert line.run_due() == 1
    with transaction(database) as tx:
        slow.record(tx, slow.call(work).outcomes)
    assert line.run_due() == 0
    line.close()
    push = one(database, "select due_at, delivered_at from pushes")
    assert (push.due_at, push.delivered_at) == (None, NOON)
    row = endpoint(database, shop.supplier_ids[0])
    assert (row.next_at, row.leased_until) == (None, None)
    pushed = one(database, "select count(*) as n from events where kind = 'fulfilment.pushed'")
    assert pushed.n == 1, "told twice, moved once"


def test_where_order_is_kept_a_failing_push_holds_back_those_behind_it(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx, ordered=True)
        numbers = orders_for(tx, shop.shop_id, 5)
    middle = b'"id":%d,' % numbers[2]
    stubborn = True

    def answer(message: Message) -> Reply | None:
        nonlocal stubborn
        if held[0]:
            return None
        held[0] = stubborn and middle in message.body
        return Reply(422 if held[0] else 204, 1, "")

    held = [False]
    town = Town(answer)
    with pushing(database, town) as line:
        line.run_due()
        assert one(database, "select count(*) as n from fulfilments where state = 20").n == 2
        held[0] = False
        line.advance(NOON + 4 * SECOND)
        assert one(database, "select count(*) as n from push_tries").n == 3
        with transaction(database, NOON + 4 * SECOND) as tx:
            orders_for(tx, shop.shop_id, 1, prefix="LATE")
        line.run_due()
        assert one(database, "select count(*) as n from push_tries").n == 3, "a new one has no turn before it"
        line.advance(NOON + 6 * SECOND)
        assert one(database, "select count(*) as n from push_tries").n == 4
        stubborn, held[0] = False, False
        line.advance(NOON + timedelta(minutes=10))
    with transaction(database) as tx:
        tries = tx.rows("select push_id, status from push_tries order by try_id")
        pushes = [row.push_id for row in tx.rows("select push_id from pushes order by push_id")]
    assert [row.push_id for row in tries if row.status == 204] == pushes
    assert [row.status for row in tries] == [204, 204, 422, 422, 204, 204, 204, 204]
