"""Parties that hear of events, and what stands of their deliveries."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.kernel.tx import Actor, Tx
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.service import subscribe
from andon.platform.subscriptions.station import FORGET_DELIVERIES, TELL, delivery_station
from andon.ports.pushing import Message
from tests.worlds import NOON, transaction
from tests.worlds_partners import DemoShop, request
from tests.worlds_push import KEY
from tests.worlds_supply import a_line

URL = "https://erp.example/andon"


@contextmanager
def as_shop(database: Database, shop: DemoShop, now: Any = NOON) -> Iterator[Tx[Policy]]:
    """A request of a shop's."""
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id], now=now) as tx:
        yield tx


@contextmanager
def as_supplier(
    database: Database, supplier_id: int, shops: Collection[int], now: Any = NOON
) -> Iterator[Tx[Policy]]:
    """A request of a supplier's that has grants on these shops."""
    with request(database, Actor("supplier", supplier_id), shops, now=now) as tx:
        yield tx


def a_listening_shop(
    database: Database, shop: DemoShop, *events: str, url: str = URL, ordered: bool = False
) -> tuple[int, str]:
    """A subscription of a shop's, to all that it may hear of if nothing is named; its number and its secret."""
    with as_shop(database, shop) as tx:
        return subscribe(tx, url, events or ("*",), KEY, ordered=ordered)


@contextmanager
def delivering(database: Database, town: Any) -> Iterator[Line]:
    """A line that tells of events and delivers them."""
    line = a_line(database, TELL, delivery_station(town, KEY), FORGET_DELIVERIES)
    yield line
    line.close()


def told(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """What these messages say."""
    return [orjson.loads(message.body) for message in messages]


def kinds_of(messages: Sequence[Message]) -> Counter[str]:
    """How many of each kind were sent."""
    return Counter(each["type"] for each in told(messages))


def deliveries(database: Database) -> list[Any]:
    """Every delivery, as the line sees it."""
    with transaction(database) as tx:
        return list(tx.rows("select * from deliveries order by delivery_id"))


def listened(database: Database, shop_id: int) -> bool:
    """Whether what is written for a shop is noted."""
    with transaction(database) as tx:
        row = tx.one("select listened from heads where shop_id = :shop", shop=shop_id)
    return bool(row and row.listened)
