"""Fulfilments on their way through a supplier's hands, made by the use cases that suppliers and carriers use."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import text

from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database
from andon.kernel.line import AnyStation, Line
from andon.kernel.tx import Tx
from andon.orders.shipping.service import (
    Answer,
    Label,
    Outcome,
    Step,
    answer_fulfilments,
    label_parcels,
    pick_fulfilments,
)
from andon.orders.tracking.service import IncomingScan, record_scans
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy
from tests.worlds import NOON
from tests.worlds_orders import accept, incoming

CARRIER = "cainiao"


def orders_for(
    tx: Tx[Policy], shop_id: int, count: int = 1, *skus: str | tuple[str, int], prefix: str = "O"
) -> list[int]:
    """So many orders, each of one S-1 if nothing is named; the numbers of their fulfilments."""
    numbers = accept(
        tx, shop_id, *(incoming(f"{prefix}{n}", *(skus or ("S-1",))) for n in range(1, count + 1))
    )
    rows = tx.rows(
        "select fulfilment_id from fulfilments where shop_id = :shop and order_id = any(:orders) order by 1",
        shop=shop_id,
        orders=numbers,
    )
    return [row.fulfilment_id for row in rows]


def taken(tx: Tx[Policy], fulfilments: Sequence[int], at: datetime = NOON) -> list[Outcome]:
    """The outcomes of accepting these."""
    return answer_fulfilments(tx, [Answer(number, at, accept=True) for number in fulfilments])


def picked(tx: Tx[Policy], fulfilments: Sequence[int], at: datetime = NOON) -> list[Outcome]:
    """The outcomes of picking these."""
    return pick_fulfilments(tx, [Step(number, at) for number in fulfilments])


def a_label(fulfilment_id: int, waybill: str = "", *, at: datetime = NOON, **changes: Any) -> Label:
    """A label of a parcel of 1.2 litres and 350 grams."""
    facts: dict[str, Any] = {
        "carrier": CARRIER,
        "waybill": waybill or f"W{fulfilment_id}",
        "weight_g": 350,
        "length_mm": 200,
        "width_mm": 150,
        "height_mm": 40,
    }
    return Label(fulfilment_id, at, **(facts | changes))


def labelled(tx: Tx[Policy], fulfilments: Sequence[int], at: datetime = NOON) -> None:
    """Accept and label these, each as one parcel `W<number>`."""
    taken(tx, fulfilments, at)
    outcomes = label_parcels(tx, [a_label(number, at=at) for number in fulfilments])
    assert all(each.status == "done" for each in outcomes), outcomes


def a_scan(
    waybill: str, status: str = "collected", hours: float = 0, *, carrier: str = CARRIER, **changes: Any
) -> IncomingScan:
    """A scan so many hours after noon."""
    facts: dict[str, Any] = {"sub_status": None, "occurred_at": NOON + timedelta(hours=hours)}
    return IncomingScan(carrier, waybill, status, **(facts | changes))


def scanned(tx: Tx[Policy], *scans: IncomingScan) -> list[str]:
    """What became of these scans of one carrier: the status, or the code of the refusal."""
    return [
        each.code or each.status for each in record_scans(tx, scans[0].carrier if scans else CARRIER, scans)
    ]


def one(database: Database, sql: str, **params: Any) -> Any:
    """The only row of a statement, read as the line sees it."""
    with database.line.connect() as connection:
        [row] = connection.execute(text(sql), params).all()
        return row


def takes_all(body: dict[str, Any]) -> int:
    """Every message is welcome."""
    return 204


@dataclass
class Sink:
    """An endpoint that keeps what it is sent and answers as it is told to."""

    url: str
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], int] = takes_all
    words: str = ""
    busiest: int = 0
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self._lock:
            self.heard.append((headers, body))
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            return self.answer(json.loads(body))
        finally:
            with self._lock:
                self._busy -= 1


@contextmanager
def a_sink(answer: Callable[[dict[str, Any]], int] = takes_all, words: str = "") -> Iterator[Sink]:
    """A supplier's endpoint on a free loopback port."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = sink.take({name.lower(): value for name, value in self.headers.items()}, body)
            said = sink.words.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            if status in (301, 302, 307, 308):
                self.send_header("Location", sink.url + "/elsewhere")
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *said: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *said: Any) -> None:
            """A client that went away is none of the endpoint's business."""

    server = Server(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    sink = Sink(f"http://127.0.0.1:{server.server_port}/hooks", answer=answer, words=words)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def a_line(database: Database, *stations: AnyStation, now: datetime = NOON) -> Line:
    """A line of these stations on a clock that the test moves."""
    return Line(database, VirtualClock(now), stations, load_policies(), seed=7)
