"""Metrics, in Prometheus' text form: requests by route, how far each station of the line is behind, and what runs short."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one process. A line that runs in it reports what each station did and still has to do."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "andon_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "andon_request_seconds",
            "How long requests took",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.done = Counter(
            "andon_line_rows", "Rows that a station did", ("station",), registry=self.registry
        )
        self.steps = Counter(
            "andon_line_steps", "Batches that a station ran", ("station",), registry=self.registry
        )
        self.failures = Counter(
            "andon_line_failures",
            "Batches that failed and are tried again",
            ("station",),
            registry=self.registry,
        )
        self.broken = Gauge(
            "andon_audit_broken",
            "Checks that did not hold at the last audit of this process",
            registry=self.registry,
        )
        self.audited = Gauge(
            "andon_audit_seconds", "How long the last audit of this process took", registry=self.registry
        )
        self.oldest_transaction = Gauge(
            "andon_database_oldest_transaction_seconds",
            "Age of the oldest open transaction in the database: until it ends, nothing is cleaned up",
            registry=self.registry,
        )
        self._watch_what_runs_short()
        self._lateness = _Lateness()
        self.registry.register(self._lateness)

    def _watch_what_runs_short(self) -> None:
        self.pushes = Histogram(
            "andon_push_seconds",
            "From the transaction that queued a push to its first try",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.looked_at = Gauge(
            "andon_line_looked_timestamp_seconds",
            "When a line of this process last looked for what is due",
            ("line",),
            registry=self.registry,
        )
        self.failing_messages = Gauge(
            "andon_outbox_failing",
            "Messages that were tried in vain and wait for another try; 10000 are all that are counted",
            registry=self.registry,
        )
        self.failing_messages_age = Gauge(
            "andon_outbox_failing_oldest_seconds",
            "How long the oldest of them has waited, in business time",
            registry=self.registry,
        )
        self.broken_endpoints = Gauge(
            "andon_endpoints_broken",
            "Endpoints that failed too often and are left alone for a while",
            ("of",),
            registry=self.registry,
        )
        self.disk_free = Gauge(
            "andon_disk_free_ratio",
            "How much of a folder's disk is free, from 0 to 1",
            ("folder",),
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def saw_due(self, age_of: Callable[[datetime], float], due: dict[str, datetime | None]) -> None:
        """Note the earliest due instant of each station, by its name.

        `age_of` tells, whenever it is asked, how many seconds of business time an instant is past.
        """
        self._lateness.noted = self._lateness.noted | {station: (age_of, at) for station, at in due.items()}

    def watch_pools(self, engines: Mapping[str, Engine]) -> None:
        """Show of each login's connections how many this process may hold, and how many are in use whenever it is asked."""
        size = Gauge(
            "andon_pool_size", "Connections that this process may hold", ("login",), registry=self.registry
        )
        used = Gauge(
            "andon_pool_in_use", "Connections that are in use now", ("login",), registry=self.registry
        )
        for login, engine in engines.items():
            size.labels(login).set_function(partial(_held, engine))
            used.labels(login).set_function(partial(_in_use, engine))

    def text(self) -> bytes:
        """All of it, as it is scraped."""
        return generate_latest(self.registry)


def _held(engine: Engine) -> float:
    return float(_pool_of(engine).size())


def _in_use(engine: Engine) -> float:
    return float(_pool_of(engine).checkedout())


def _pool_of(engine: Engine) -> QueuePool:
    """The pool that it has now: it gets another when its connections are let go."""
    assert isinstance(engine.pool, QueuePool), "bounded"
    return engine.pool


class _Lateness(Collector):
    """The age of the oldest thing that each station has not done yet, in seconds of business time."""

    def __init__(self) -> None:
        self.noted: dict[str, tuple[Callable[[datetime], float], datetime | None]] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a station; 0 where nothing is due."""
        gauge = GaugeMetricFamily(
            "andon_line_oldest_due_seconds", "Age of the oldest due row of a station", labels=("station",)
        )
        for station, (age_of, at) in self.noted.items():
            gauge.add_metric((station,), 0.0 if at is None else max(age_of(at), 0.0))
        yield gauge
