"""A warehouse: hears of fulfilments by webhook or by pulling, accepts, picks, has them labelled, hands them over."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

import urllib3
from standardwebhooks import Webhook

from andon.app.demo.parties.calls import Agenda, Andon, rest
from andon.app.demo.parties.dock import Dock


class _Warehouse:
    """One warehouse's day: each fulfilment is answered, picked, labelled and handed over in its time."""

    def __init__(self, url: str, key: str, options: dict[str, Any]) -> None:
        self.andon = Andon(url, key)
        self.carrier = options["carrier"]
        self.label_office = options["label_office"]
        self.chance = random.Random(options["seed"])  # noqa: S311
        self.agenda = Agenda()
        self._offices = urllib3.PoolManager()
        self._seen: set[int] = set()

    def hear(self, fulfilment: dict[str, Any], now: datetime) -> None:
        """Plan the work for a fulfilment; hearing of it again plans nothing."""
        if fulfilment["id"] in self._seen:
            return
        self._seen.add(fulfilment["id"])
        self._plan(now, 0.2, 3, "accept", fulfilment)

    def work(self, now: datetime) -> None:
        """Do what is due."""
        for _, (step, fulfilment) in self.agenda.take_due(now):
            getattr(self, f"_{step}")(fulfilment, now)

    def _plan(
        self, now: datetime, at_least: float, at_most: float, step: str, fulfilment: dict[str, Any]
    ) -> None:
        hours = self.chance.uniform(at_least, at_most)
        self.agenda.put(now + timedelta(hours=hours), (step, fulfilment))

    def _accept(self, fulfilment: dict[str, Any], now: datetime) -> None:
        path = f"/supplier/fulfilments/{fulfilment['id']}"
        if self.chance.random() < 0.02:
            self.andon.call("POST", f"{path}/reject", {"code": "other"})
        elif self.andon.call("POST", f"{path}/accept", {}):
            self._plan(now, 1, 8, "pick", fulfilment)

    def _pick(self, fulfilment: dict[str, Any], now: datetime) -> None:
        if self.andon.call("POST", f"/supplier/fulfilments/{fulfilment['id']}/picked", {}):
            self._plan(now, 0.5, 2, "label", fulfilment)

    def _label(self, fulfilment: dict[str, Any], now: datetime) -> None:
        measure = {
            "weight_g": self.chance.randint(120, 2400),
            "length_mm": self.chance.randint(80, 320),
            "width_mm": self.chance.randint(80, 260),
            "height_mm": self.chance.randint(10, 160),
        }
        booked = self._offices.request("POST", self.label_office, body=json.dumps(measure).encode())
        waybill = json.loads(booked.data)["waybill"]
        label = {"carrier": self.carrier, "waybill": waybill, **measure}
        if self.andon.call("POST", f"/supplier/fulfilments/{fulfilment['id']}/labelled", label):
            self._plan(now, 1, 6, "hand_over", fulfilment)

    def _hand_over(self, fulfilment: dict[str, Any], now: datetime) -> None:
        self.andon.call("POST", f"/supplier/fulfilments/{fulfilment['id']}/shipped", {})


def run_with_endpoint(url: str, key: str, options: dict[str, Any]) -> None:
    """A warehouse that is pushed to."""
    warehouse = _Warehouse(url, key, options)
    dock = Dock()
    answer = warehouse.andon.call("PUT", "/supplier/endpoint", {"url": dock.url})
    dock.webhook = Webhook(answer["secret"])
    while True:
        now = warehouse.andon.now()
        while not dock.heard.empty():
            message = dock.heard.get()
            warehouse.hear(message.get("data", message), now)
        warehouse.work(now)
        rest()


def run_pulling(url: str, key: str, options: dict[str, Any]) -> None:
    """A warehouse that asks what there is for it, and waits at the door while there is nothing."""
    warehouse = _Warehouse(url, key, options)
    while True:
        found = warehouse.andon.call("GET", "/supplier/fulfilments?state=pushed&limit=200&wait=1")
        now = warehouse.andon.now()
        for fulfilment in (found or {"items": []})["items"]:
            warehouse.hear(fulfilment, now)
        warehouse.work(now)
        rest()
