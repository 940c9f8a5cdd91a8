"""The figures that alarms look at: how soon a push leaves, what waits in vain, what is about to run short."""

from datetime import datetime, timedelta
from pathlib import Path

from andon.app.watches import watches
from andon.app.worker import working_line
from andon.insights.backlog.views import backlog_of
from andon.kernel.clock import RealClock, set_clock, wall
from andon.kernel.db import Database
from andon.kernel.http.metrics import Metrics
from andon.kernel.outside import LOOPBACK
from andon.kernel.settings import Settings
from andon.orders.push.station import push_station
from andon.partners.suppliers.service import set_endpoint
from andon.platform.policies.files import load_policies
from andon.ports.pushing import Message, Reply
from tests.worlds import NOON, transaction
from tests.worlds_partners import open_demo_shop
from tests.worlds_push import KEY, Town, a_pushed_shop, pushing
from tests.worlds_supply import a_line, a_sink, orders_for


def figure(metrics: Metrics, name: str) -> float:
    """One figure as it is scraped."""
    [line] = [line for line in metrics.text().decode().splitlines() if line.startswith(f"{name} ")]
    return float(line.rpartition(" ")[2])


def test_the_first_try_of_a_push_is_told_and_no_other(database: Database) -> None:
    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 2)
    answers = iter([Reply(503, 3, "", sent_at=NOON + timedelta(seconds=n)) for n in range(9)])
    seen: list[tuple[datetime, datetime]] = []
    station = push_station(Town(lambda _: next(answers)), KEY, saw=lambda *each: seen.append(each))
    line = a_line(database, station)
    line.run_due()
    assert seen == [(NOON, NOON), (NOON, NOON + timedelta(seconds=1))]
    line.advance_by(timedelta(seconds=20))
    assert next(answers, Reply(1, 1, "")).sent_at != NOON + timedelta(seconds=2), "they were tried again"
    assert len(seen) == 2
    line.close()


def test_how_long_a_push_took_is_counted_in_machine_time(database: Database, tmp_path: Path) -> None:
    with a_sink() as sink:
        with transaction(database, wall()) as tx:
            shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
            set_endpoint(tx, shop.supplier_ids[0], sink.url, KEY, allowed=LOOPBACK)
        metrics = Metrics()
        key_of_tests = Settings(home=tmp_path, secret_key=KEY, allowed_ranges=LOOPBACK)
        line = working_line(database, RealClock(), load_policies(), metrics, key_of_tests)
        with transaction(database, wall() - timedelta(seconds=3)) as tx:
            orders_for(tx, shop.shop_id, 4)
        line.run_due()
        line.close()
    text = metrics.text().decode()
    assert 'andon_push_seconds_bucket{le="2.5"} 0.0' in text
    assert figure(metrics, "andon_push_seconds_count") == 4


def test_what_was_tried_in_vain_and_who_is_left_alone_is_counted(database: Database) -> None:
    def refusing(_message: Message) -> Reply:
        return Reply(500, 3, "")

    with transaction(database) as tx:
        shop, _ = a_pushed_shop(tx)
        orders_for(tx, shop.shop_id, 60)
    with database.line.connect() as connection:
        assert backlog_of(connection).broken == {"suppliers": 0, "subscribers": 0}
    with pushing(database, Town(refusing)) as line:
        line.run_due()
    with transaction(database) as tx:
        tx.run(
            "insert into outbox (shop_id, message_id, contact_id, audience, kind, facts, at, first_at, address, locale, "
            "zone, state, due_at, tries) select 0, n, 0, 'operator', 'k', '{}', cast(:at as timestamptz) + n * interval "
            "'1 minute', :at, 'a@b.test', 'en', 'UTC', 10, :at, n from generate_series(0, 3) n",
            at=NOON,
        )
    with database.line.connect() as connection:
        found = backlog_of(connection)
    assert found.broken == {"suppliers": 1, "subscribers": 0}
    assert (found.messages, found.oldest) == (3, NOON + timedelta(minutes=1)), (
        "what was not tried yet fails not"
    )


def test_the_watches_fill_the_figures(database: Database, tmp_path: Path) -> None:
    with transaction(database) as tx:
        open_demo_shop(tx)
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON)
    metrics = Metrics()
    for chore in watches(database, metrics, Settings(home=tmp_path, database_url="postgresql://elsewhere")):
        assert chore.do(database) == 0
    assert 0 < figure(metrics, 'andon_disk_free_ratio{folder="home"}') < 1
    assert figure(metrics, 'andon_endpoints_broken{of="suppliers"}') == 0
    assert figure(metrics, "andon_outbox_failing") == 0
    assert figure(metrics, "andon_database_oldest_transaction_seconds") >= 0


def test_a_pool_shows_what_it_may_hold_and_holds_also_after_it_was_let_go(database: Database) -> None:
    metrics = Metrics()
    metrics.watch_pools({"app": database.app})
    size = figure(metrics, 'andon_pool_size{login="app"}')
    assert size == 5
    database.dispose()
    with database.app.connect(), database.app.connect():
        assert figure(metrics, 'andon_pool_in_use{login="app"}') == 2
    assert figure(metrics, 'andon_pool_in_use{login="app"}') == 0
