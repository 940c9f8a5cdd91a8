"""The parties outside, who know Andon by its interfaces alone: what they were not answered they send again.

Each keeps its own books - what it sent, what it was told - and at the end these are laid beside Andon's.
"""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import urllib3

from andon.app.demo.world import World
from tests.clients import Answer, Client
from tests.journeys.blackbox_market import CARRIER, SIZE, SPAIN
from tests.worlds_supply import Sink

PRICE = {"amount": "89.00", "currency": "CNY"}
HOT = ("TEE-WHITE-M", "TEE-BLACK-M", "SHIRT-OXFORD-L", "SCARF-SILK")


@dataclass
class Outside:
    """A channel, suppliers, a carrier and a shop's treasurer, over one Andon whose address may change."""

    urls: list[str]
    world: World
    chance: random.Random
    batch: int = 5
    taken: dict[str, int] = field(default_factory=dict)
    """The order number that each of the channel's numbers was told."""
    deposits: int = 0
    shipped: set[int] = field(default_factory=set)
    met: Counter[str] = field(default_factory=Counter)
    """What came in place of an answer."""
    stop: threading.Event = field(default_factory=threading.Event)
    given_up: bool = False
    _pool: Any = field(default_factory=lambda: urllib3.PoolManager(retries=False, timeout=20, maxsize=20))

    @property
    def shop(self) -> dict[str, Any]:
        """The shop that all of it is about."""
        return self.world.shops[0]

    @property
    def here(self) -> str:
        """The path of the shop."""
        return f"/shops/{self.shop['id']}"

    def sure(self, key: str, method: str, path: str, body: Any = None, token: str = "") -> Answer:
        """The answer to a call, which is made until there is one; under one Idempotency-Key, where one is given."""
        headers = {"Idempotency_Key": token} if token else {}
        until = time.monotonic() + 90
        while True:
            assert time.monotonic() < until, f"{method} {path} was never answered: {self.met}"
            assert not self.given_up, "the test has failed"
            try:
                client = Client(self.chance.choice(self.urls), key, pool=self._pool)
                answer = client.call(method, path, body, **headers)
            except (urllib3.exceptions.HTTPError, OSError):
                self.met["closed"] += 1
            else:
                if answer.status == 503:
                    assert answer.code in ("unavailable", "database.full"), answer
                    assert int(answer.headers["Retry-After"]) > 0
                    assert answer.headers["Content-Type"] == "application/problem+json"
                    self.met["503"] += 1
                    self.met[answer.code] += 1
                elif answer.code == "idempotency.in_flight":
                    self.met["in_flight"] += 1
                else:
                    return answer
            time.sleep(0.05)

    def pages(self, key: str, path: str) -> Iterator[dict[str, Any]]:
        """Everything of a list."""
        cursor = ""
        while cursor is not None:
            mark = "&" if "?" in path else "?"
            found = self.sure(key, "GET", f"{path}{mark}limit=200" + (f"&cursor={cursor}" if cursor else ""))
            assert found.status == 200, found
            yield from found.body["items"]
            cursor = found.body["next_cursor"]

    # --- what each does, over and over -------------------------------------------------------------------------

    def sell(self, first: int) -> None:
        """The channel sends orders, now and then those of before once more."""
        now = self.sure(self.shop["key"], "GET", "/clock").body["now"]
        numbers = [f"C{first}-{n}" for n in range(self.batch)]
        orders = [
            {
                "channel": "plaza",
                "channel_order_no": number,
                "placed_at": now,
                "ship_to": SPAIN,
                "lines": [
                    {"sku": sku, "quantity": 1, "unit_price": PRICE}
                    for sku in self.chance.sample(HOT, self.chance.choice((1, 1, 2)))
                ],
            }
            for number in numbers
        ]
        token = self.chance.choice(("", f"sale-{first}"))
        for repeat in range(1 + (first % 3 == 0)):
            answer = self.sure(
                self.shop["key"], "POST", f"{self.here}/orders/bulk", {"orders": orders}, token
            )
            assert answer.status == 200, answer
            for number, result in zip(numbers, answer.body["results"], strict=True):
                assert result["status"] in ("created", "existing"), result
                assert self.taken.setdefault(number, result["order_id"]) == result["order_id"]
                assert not repeat or token or result["status"] == "existing"

    def deposit(self, serial: int) -> None:
        """The treasurer deposits 10 CNY."""
        amount = {"amount": {"amount": "10.00", "currency": "CNY"}}
        path = f"{self.here}/funds/deposits"
        assert self.sure(self.shop["key"], "POST", path, amount, f"deposit-{serial}").status == 201
        self.deposits += 1

    def ship(self, supplier: dict[str, Any], limit: int = 10) -> int:
        """A supplier accepts and labels what it finds, and the carrier collects and delivers it; how many."""
        found = self.sure(supplier["key"], "GET", f"/supplier/fulfilments?state=pushed&limit={limit}").body[
            "items"
        ]
        numbers = [fulfilment["id"] for fulfilment in found]
        if not numbers:
            return 0
        acts = [{"id": number, "action": "accept"} for number in numbers] + [
            {"id": number, "action": "labelled", "carrier": CARRIER, "waybill": f"W{number}"} | SIZE
            for number in numbers
        ]
        token = self.chance.choice(("", f"ship-{numbers[0]}"))
        answer = self.sure(supplier["key"], "POST", "/supplier/fulfilments/bulk", acts, token)
        assert answer.status == 200, answer
        assert {each["status"] for each in answer.body["results"]} <= {"done", "already"}, answer
        self.shipped.update(numbers)
        self.scan([f"W{number}" for number in numbers])
        return len(numbers)

    def scan(self, waybills: Sequence[str]) -> None:
        """The carrier scans parcels from the door to the door, each scan told twice."""
        if not waybills:
            return
        now = self.sure(self.shop["key"], "GET", "/clock").body["now"]
        scans = [
            {"waybill": waybill, "status": status, "occurred_at": now}
            for status in ("collected", "delivered")
            for waybill in waybills
        ]
        for _ in range(2):
            answer = self.sure(self.world.carriers[0]["key"], "POST", f"/carriers/{CARRIER}/scans", scans)
            assert answer.status == 200, answer
            assert {each["status"] for each in answer.body["results"]} <= {"recorded", "known"}, answer

    def at_work(self) -> Sequence[Callable[[], None]]:
        """Everybody's day, until it is over."""

        def over_and_over(job: Callable[[int], object]) -> Callable[[], None]:
            def run() -> None:
                serial = 0
                while not self.stop.is_set():
                    serial += 1
                    job(serial)
                    time.sleep(0.02)

            return run

        ships = [
            over_and_over(lambda _, supplier=supplier: self.ship(supplier))
            for supplier in self.world.suppliers
        ]
        return [over_and_over(self.sell), over_and_over(self.deposit), *ships]

    @contextmanager
    def busy(self) -> Iterator[None]:
        """All of them at work; at the end each finishes what it has begun. What went wrong with one is raised."""
        raised: list[BaseException] = []

        def run(job: Callable[[], None]) -> None:
            try:
                job()
            except BaseException as error:  # noqa: BLE001 - told to the test
                raised.append(error)
                self.stop.set()

        threads = [threading.Thread(target=run, args=(job,), daemon=True) for job in self.at_work()]
        for thread in threads:
            thread.start()
        try:
            yield
        except BaseException:
            self.given_up = True
            raise
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(120)
        if raised:
            raise raised[0]

    # --- the end of the day ----------------------------------------------------------------------------------------

    def settle_books(self) -> None:
        """What is left is shipped, the clock goes on past the settlement, and what was charged has been paid."""
        for supplier in self.world.suppliers:
            while self.ship(supplier, 100):
                pass
        for by in ("PT1H", "P5D"):
            answer = self.sure(self.world.operator_key, "POST", "/clock/advance", {"by": by})
            assert answer.status == 200, answer

    def compare_books(self, before: dict[str, int]) -> None:
        """Andon's books say what was told outside: each order, parcel and cent once. `before` are the first funds."""
        key = self.shop["key"]
        orders = list(self.pages(key, f"{self.here}/orders"))
        assert Counter(order["channel_order_no"] for order in orders) == Counter(dict.fromkeys(self.taken, 1))
        assert {order["channel_order_no"]: order["id"] for order in orders} == self.taken
        parts = [part for order in orders for part in order["fulfilments"]]
        assert {part["state"] for part in parts} <= {"delivered"}, Counter(part["state"] for part in parts)
        assert {part["id"] for part in parts} == self.shipped
        charges = list(self.pages(key, f"{self.here}/charges"))
        assert {charge["state"] for charge in charges} == {"settled"}
        handling = Counter(charge["order_id"] for charge in charges if charge["kind"] == "handling")
        assert handling == Counter(dict.fromkeys(self.taken.values(), 1)), "each order is charged for once"
        warehouse = Counter(charge["fulfilment_id"] for charge in charges if charge["kind"] == "warehouse")
        assert warehouse == Counter(dict.fromkeys(self.shipped, 1)), "and each fulfilment"
        funds = self.funds()
        assert funds["deposited"] - before["deposited"] == 1000 * self.deposits
        assert funds["spent"] - before["spent"] == sum(cents(charge["amount"]) for charge in charges)

    def funds(self) -> dict[str, int]:
        """The shop's account, in fen."""
        funds = self.sure(self.shop["key"], "GET", f"{self.here}/funds").body
        return {name: cents(funds[name]) for name in ("available", "deposited", "spent")}

    def compare_pushes(self, sink: Sink, supplier: dict[str, Any]) -> None:
        """The endpoint was told of each of its supplier's fulfilments, of each under one message id."""
        told: defaultdict[int, set[str]] = defaultdict(set)
        for (headers, _), body in zip(sink.heard, sink.bodies, strict=True):
            assert body["type"] == "fulfilment.pushed"
            told[body["id"]].add(headers["webhook-id"])
        pushes = list(self.pages(supplier["key"], "/supplier/pushes"))
        assert {push["fulfilment_id"]: {push["message_id"]} for push in pushes} == told
        assert all(push["delivered_at"] for push in pushes)


def cents(money: dict[str, str]) -> int:
    """An amount in fen."""
    return round(float(money["amount"]) * 100)


def open_endpoint(outside: Outside, supplier: dict[str, Any], sink: Sink) -> None:
    """Have a supplier pushed to."""
    assert outside.sure(supplier["key"], "PUT", "/supplier/endpoint", {"url": sink.url}).status in (200, 201)


def quietly(call: Callable[[], object]) -> None:
    """Make a call that may be cut off."""
    with suppress(urllib3.exceptions.HTTPError, OSError):
        call()
