"""A supplier whose endpoint is dead for a day gets everything, once, in order where it asked for it, and no stampede."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from andon.adapters.connections import Connections
from andon.adapters.webhook_client import LANES, WebhookClient
from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.kernel.outside import LOOPBACK
from andon.kernel.secrets import secret_key
from andon.kernel.settings import Settings
from andon.orders.push.station import push_station
from andon.partners.suppliers.service import set_endpoint
from tests.journeys.conftest import Running
from tests.journeys.test_a_supplier_is_pushed_to import soon
from tests.worlds import NOON, transaction
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_push import KEY, cooled
from tests.worlds_supply import Sink, a_line, a_sink, orders_for

HOUR = timedelta(hours=1)
HOURS_DOWN = 24
PROBES = 6
FEWEST_TRIES = 20
"""How many tries the policy asks for before an endpoint is left alone."""


@dataclass
class Dock:
    """A supplier's own program behind its endpoint: dead, or keeping what it accepts, in the order in which it came."""

    alive: bool = True
    accepted: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: dict[str, Any]) -> int:
        if not self.alive:
            raise ConnectionError  # the connection is closed without a word
        with self.lock:
            self.accepted.append(body["id"])
        return 204


def opened(database: Database, sink: Sink, *, ordered: bool = False, key: bytes = KEY) -> DemoShop:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), stock=5_000)
        set_endpoint(tx, shop.supplier_ids[0], sink.url, key, ordered=ordered, allowed=LOOPBACK)
    return shop


def an_hour_of_orders(
    database: Database, line: Line, shops: list[DemoShop], hour: int, sold: Counter[int]
) -> None:
    now = NOON + hour * HOUR
    for shop in shops:
        with transaction(database, now) as tx:
            sold[shop.shop_id] += len(orders_for(tx, shop.shop_id, 3, prefix=f"H{hour}-"))
    line.advance(now + HOUR)


def test_a_supplier_that_is_down_for_a_day_gets_everything_once_in_order_and_without_a_stampede(
    database: Database,
) -> None:
    docks = ordered, unordered, healthy = Dock(), Dock(), Dock()
    sold: Counter[int] = Counter()
    client = WebhookClient(Connections(LOOPBACK))
    with a_sink(ordered.take) as one, a_sink(unordered.take) as two, a_sink(healthy.take) as three:
        shops = [opened(database, one, ordered=True), opened(database, two), opened(database, three)]
        line = a_line(database, push_station(client, KEY))
        ordered.alive = unordered.alive = False
        for hour in range(HOURS_DOWN):
            an_hour_of_orders(database, line, shops, hour, sold)
            assert len(healthy.accepted) == sold[shops[2].shop_id], "others are none the wiser"
            if hour % (HOURS_DOWN // PROBES) == 0:
                cooled(database)
        for sink in (one, two):
            assert 0 < len(sink.heard) <= FEWEST_TRIES + LANES + PROBES, "what is dead is left alone"
        assert ordered.accepted == unordered.accepted == []

        ordered.alive = unordered.alive = True
        assert cooled(database) == 2
        line.advance(NOON + (HOURS_DOWN + 12) * HOUR)
        line.close()
        client.close()
    for dock, shop, sink in zip(docks, shops, (one, two, three), strict=True):
        assert Counter(dock.accepted) == Counter(dict.fromkeys(dock.accepted, 1)), "each once"
        assert len(dock.accepted) == sold[shop.shop_id] == 3 * HOURS_DOWN
        by_message = {headers["webhook-id"] for headers, _ in sink.heard}
        assert len(by_message) == sold[shop.shop_id], "one id, whatever the number of tries"
    assert ordered.accepted == sorted(ordered.accepted), "fulfilments are numbered as they were pushed"
    assert one.busiest == 1
    assert two.busiest <= LANES
    with transaction(database) as tx:
        left = tx.one("select count(*) as n from fulfilments where state <> 20")
        states = tx.rows("select breaker, next_at from endpoints")
        told = tx.rows("select kind, count(*) as n from events where kind like 'endpoint.%ed' group by 1")
    assert left is not None
    assert left.n == 0
    assert {(row.breaker, row.next_at) for row in states} == {(0, None)}
    assert {row.kind: row.n for row in told} == {"endpoint.restored": 2}


def test_an_endpoint_that_is_left_alone_is_looked_at_again_by_itself_on_a_clock_that_stands(
    andon: Running, settings: Settings
) -> None:
    """The line and its chores run in their threads; business time does not move at all."""
    dock = Dock(alive=False)
    with a_sink(dock.take) as sink:
        shop = opened(andon.database, sink, key=secret_key(settings))
        with transaction(andon.database) as tx:
            orders_for(tx, shop.shop_id, 30)
        soon(lambda: state(andon.database) == 2)
        dock.alive = True
        with transaction(andon.database) as tx:
            tx.run("update endpoints set open_until = :soon", soon=tx.wall() + timedelta(seconds=0.5))
        soon(lambda: len(dock.accepted) >= 28)
        assert state(andon.database) == 0


def state(database: Database) -> int:
    with database.line.connect() as connection:
        return int(connection.exec_driver_sql("select breaker from endpoints").scalar_one())
