"""The carrier: gives out waybill numbers, collects, carries, delivers, and tells Andon of every scan."""

import json
import queue
import random
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from andon.app.demo.parties.calls import Agenda, Andon, rest

_WAY = (
    ("collected", 4, 30, "Shenzhen"),
    ("in_transit", 6, 20, "Guangzhou"),
    ("customs", 10, 30, "Madrid"),
    ("out_for_delivery", 8, 30, ""),
    ("delivered", 1, 8, ""),
)
"""The scans of a parcel: status, hours since the one before at least and at most, place."""


class _LabelOffice:
    """Where a warehouse books a parcel and gets its number."""

    def __init__(self, port: int, start: int) -> None:
        self.booked: queue.Queue[tuple[str, dict[str, int]]] = queue.Queue()
        numbers = iter(range(start, start + 10**9))
        office = self

        class Counter(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                measure = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                waybill = f"CN{next(numbers):012}"
                office.booked.put((waybill, measure))
                body = json.dumps({"waybill": waybill}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing: the counter's own log would drown the table."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Counter)
        threading.Thread(target=server.serve_forever, daemon=True).start()


def run(url: str, key: str, options: dict[str, Any]) -> None:
    """Serve the label office at `port`, and scan each parcel along its way."""
    andon = Andon(url, key)
    chance = random.Random(options["seed"])  # noqa: S311
    code = options["carrier"]
    office = _LabelOffice(options["port"], int(andon.now().timestamp()) * 100)
    agenda = Agenda()
    while True:
        now = andon.now()
        while not office.booked.empty():
            waybill, measure = office.booked.get()
            _plan_scans(agenda, chance, now, waybill)
            agenda.put(now + timedelta(hours=30), ("weigh", waybill, measure))
        due = agenda.take_due(now)
        scans = [_scan(at, *entry[1:]) for at, entry in due if entry[0] == "scan"]
        for start in range(0, len(scans), 1000):
            andon.call("POST", f"/carriers/{code}/scans", scans[start : start + 1000])
        weighed = [{"waybill": entry[1], **entry[2]} for _, entry in due if entry[0] == "weigh"]
        if weighed:
            andon.call("POST", f"/carriers/{code}/waybills", weighed)
        rest()


def _plan_scans(agenda: Agenda, chance: random.Random, now: datetime, waybill: str) -> None:
    at = now
    for status, at_least, at_most, place in _WAY:
        at += timedelta(hours=chance.uniform(at_least, at_most))
        agenda.put(at, ("scan", waybill, status, place))


def _scan(at: datetime, waybill: str, status: str, place: str) -> dict[str, str]:
    scan = {"waybill": waybill, "status": status, "occurred_at": at.isoformat()}
    return {**scan, "place": place} if place else scan
