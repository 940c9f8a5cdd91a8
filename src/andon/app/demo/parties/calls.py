"""How a party calls Andon: JSON over HTTP with its key, tried again while the other side is away."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import urllib3


class Andon:
    """Andon's API as one party sees it."""

    def __init__(self, url: str, key: str) -> None:
        self._url = f"{url}/v1"
        self._key = key
        self._pool = urllib3.PoolManager(
            num_pools=4, maxsize=8, retries=urllib3.Retry(3, backoff_factor=0.2), timeout=70.0
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's body; a refusal is printed and answers None, since a party goes on with its day."""
        answer = self._pool.request(
            method,
            self._url + path,
            body=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
        )
        found = json.loads(answer.data) if answer.data else None
        if answer.status >= 400:
            print(f"{method} {path}: {answer.status} {found}", flush=True)  # noqa: T201
            return None
        return found

    def now(self) -> datetime:
        """Business time, as Andon tells it."""
        return datetime.fromisoformat(self.call("GET", "/clock")["now"])

    def seconds_for(self, business: timedelta) -> float:
        """How long, by the machine, that much business time takes."""
        rate = float(self.call("GET", "/clock")["rate"]) or 1.0
        return business.total_seconds() / rate


class Agenda:
    """Things to do at business instants, done when `run_due` comes round."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, Any]] = []

    def put(self, at: datetime, entry: Any) -> None:
        """Do `entry` at `at`."""
        self._entries.append((at, entry))

    def take_due(self, now: datetime) -> list[tuple[datetime, Any]]:
        """What is due at `now`, oldest first; it is on the agenda no longer."""
        due = sorted((e for e in self._entries if e[0] <= now), key=lambda e: e[0])
        self._entries = [e for e in self._entries if e[0] > now]
        return due


def rest() -> None:
    """The pause between two rounds of a party's day."""
    time.sleep(0.25)
