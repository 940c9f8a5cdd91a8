"""Endpoints that hang, redirect, fail, close mid-way or answer rubbish, or answer when their lease is over: the other
suppliers are told everything, once, and those are told when they come to their senses.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta

from sqlalchemy import text

from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.outside import LOOPBACK
from andon.kernel.secrets import secret_key
from andon.kernel.settings import Settings
from andon.partners.suppliers.service import set_endpoint
from tests.faults.running import Town, soon
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_partners import open_demo_shop
from tests.worlds_supply import Sink, a_sink, orders_for

EACH = 10
DAY_LATER = NOON + timedelta(days=1)
OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
WAYS: dict[str, bytes | None] = {
    "hangs": None,
    "redirects": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/elsewhere\r\nContent-Length: 0\r\n\r\n",
    "fails": b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
    "closes before": b"",
    "closes mid-way": b"HTTP/1.1 2",
    "rubbish": b"\x00\xff\x13 what is HTTP\r\n\r\n" * 20,
}
"""What an endpoint of that name answers; None is nothing, ever."""
TAKEN: dict[str, bytes | None] = {
    "200 with rubbish": b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\x00\xff\xfe{]}",
    "200 and closes in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
}
"""The status says that the message was taken, whatever follows it."""


@contextmanager
def an_endpoint(answer: bytes | None) -> Iterator[str]:
    """An endpoint that reads what it is sent, answers these bytes, and hangs up."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def attend(peer: socket.socket) -> None:
        with peer, suppress(OSError):
            peer.recv(65_536)
            if answer is None:
                over.wait()
            else:
                peer.sendall(answer)
                if not answer:  # not even politely
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def listen() -> None:
        with suppress(OSError):
            while not over.is_set():
                peer, _ = listener.accept()
                threading.Thread(target=attend, args=(peer,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hooks"
    finally:
        over.set()
        listener.close()


def test_endpoints_that_misbehave_keep_nobody_else_from_being_told(
    database: Database, settings: Settings, town_of: Callable[[Database], Town]
) -> None:
    town = town_of(database)
    with ExitStack() as stack:
        sinks = [stack.enter_context(a_sink()) for _ in range(3)]
        urls = [sink.url for sink in sinks]
        bad = {way: stack.enter_context(an_endpoint(answer)) for way, answer in WAYS.items()}
        taken = [stack.enter_context(an_endpoint(answer)) for answer in TAKEN.values()]
        shops = {url: a_pushed_shop(database, settings, url) for url in (*urls, *taken, *bad.values())}
        worker = town.work()
        for sink in sinks:
            soon(lambda sink=sink: len(told(sink)) == EACH, 60, "a good endpoint was not told")
        soon(lambda: tries(database) >= len(bad), 60, "a bad endpoint was not tried")
        worker.stop()
        with database.line.connect() as connection:
            states = dict(
                connection.execute(
                    text("select shop_id, count(*) filter (where state = 20) from fulfilments group by 1")
                ).all()
            )
        assert [states[shops[url]] for url in (*urls, *taken)] == [EACH] * (3 + len(TAKEN))
        assert [states[shops[url]] for url in bad.values()] == [0] * len(bad), (
            "no such answer has taken a push"
        )
        for sink in sinks:
            assert [len(bodies) for bodies in told(sink).values()] == [1] * EACH
        with a_sink() as healed:
            heal(database, healed.url, list(bad.values()))
            worker = town.work()
            soon(lambda: len(told(healed)) == EACH * len(bad), 60, "what waited was not told")
            town.until_nothing_is_due()
            worker.stop()
            assert all(len(bodies) == 1 for bodies in told(healed).values())
    assert_all_well(database)
    assert not town.errors()


def a_pushed_shop(database: Database, settings: Settings, url: str) -> int:
    """A shop whose one supplier is to be told of its orders at an address."""
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON)
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        set_endpoint(tx, shop.supplier_ids[0], url, secret_key(settings), allowed=LOOPBACK)
    with transaction(database) as tx:
        orders_for(tx, shop.shop_id, EACH)
    return shop.shop_id


def told(sink: Sink) -> dict[str, list[bytes]]:
    """What an endpoint heard, by message id."""
    found: dict[str, list[bytes]] = {}
    for headers, body in sink.heard:
        found.setdefault(headers["webhook-id"], []).append(body)
    return found


def tries(database: Database) -> int:
    """How many endpoints have let a try down."""
    with database.line.connect() as connection:
        asked = "select count(distinct supplier_id) from push_tries where status is null or status not between 200 and 299"
        return int(connection.scalar(text(asked)) or 0)


def heal(database: Database, url: str, bad: list[str]) -> None:
    """A day later those endpoints are in order, at another address."""
    with database.owner.begin() as connection:
        connection.execute(
            text("update endpoints set url = :url, leased_until = null where url = any(:bad)"),
            {"url": url, "bad": bad},
        )
        connection.execute(text("update clock set business_origin = :at"), {"at": DAY_LATER})
