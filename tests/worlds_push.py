"""Suppliers that take pushes, and a double of the wire to them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from andon.adapters.webhook_client import WebhookClient
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.orders.push.station import PROBE, push_station
from andon.partners.suppliers.service import set_endpoint
from andon.ports.pushing import Delivery, Message, Reply
from tests.worlds import transaction
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import a_line, one

KEY = bytes(32)


class Town:
    """Suppliers' endpoints without a wire: each URL answers as it is told, and keeps what it was sent."""

    def __init__(self, answer: Callable[[Message], Reply | None] | int | None = 204) -> None:
        self.answer = answer
        self.heard: list[Message] = []

    def deliver(self, messages: Sequence[Message], patience_seconds: float) -> Delivery:
        self.heard += messages
        return Delivery({place: self.reply(message) for place, message in enumerate(messages)})

    def reply(self, message: Message) -> Reply | None:
        if callable(self.answer):
            return self.answer(message)
        return Reply(self.answer, 3, "")


def replies_of(client: WebhookClient, messages: Sequence[Message]) -> list[Reply | None]:
    """The reply to each of these messages, waited for to the last."""
    return [reply for _, reply in sorted(client.deliver(messages).replies.items())]


@contextmanager
def pushing(database: Database, town: Any) -> Iterator[Line]:
    line = a_line(database, push_station(town, KEY))
    yield line
    line.close()


def a_pushed_shop(
    tx, *, endpoints: int = 1, url: str = "https://example.test/hooks", ordered: bool = False
) -> tuple[DemoShop, list[str]]:
    """A shop whose first suppliers take pushes; and their secrets."""
    shop = open_demo_shop(tx, skus=("S-1",), stock=5000)
    return shop, [
        set_endpoint(tx, each, f"{url}/{each}", KEY, ordered=ordered)
        for each in shop.supplier_ids[:endpoints]
    ]


def endpoint(database: Database, supplier_id: int) -> Any:
    return one(database, "select * from endpoints where supplier_id = :s", s=supplier_id)


def cooled(database: Database) -> int:
    """Every open breaker has cooled off, and the chore has looked; how many there were."""
    with transaction(database) as tx:
        tx.run(
            "update endpoints set open_until = :past where open_until is not null",
            past=wall() - timedelta(seconds=1),
        )
    return PROBE.do(database)
