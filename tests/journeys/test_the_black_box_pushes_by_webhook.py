"""A supplier's own server hears of fulfilments by signed webhooks, at least once, as Standard Webhooks has it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.journeys.blackbox import Served, good, instant, problem, soon
from tests.journeys.blackbox_market import Market

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

DELAYS = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
    timedelta(hours=10),
]
"""How long after each failed try the next one comes, lengthened by a tenth at most."""


@dataclass
class Dock:
    """A supplier's endpoint: it verifies each message and answers with the status it is told to."""

    url: str = ""
    status: int = 204
    secrets: list[str] = field(default_factory=list)
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """The id and the body of every message whose signature holds under each of the secrets."""
    forged: int = 0

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Keep a message, and say what is answered."""
        try:
            for secret in self.secrets:
                Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            self.forged += 1
            return 401
        self.heard.append((headers["webhook-id"], json.loads(body)))
        return self.status


@pytest.fixture
def dock(market: Market) -> Iterator[Dock]:
    """The endpoint of the first supplier of the market; taken down at the end."""
    dock = Dock()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = dock.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    dock.url = f"http://127.0.0.1:{server.server_port}/andon?warehouse=7"
    dock.secrets = [set_endpoint(market, dock.url)]
    yield dock
    market.supplier[0].delete("/supplier/endpoint")
    server.shutdown()
    server.server_close()


def set_endpoint(market: Market, url: str) -> str:
    """The secret under which the first supplier is told at this address from now on."""
    return str(good(market.supplier[0].put("/supplier/endpoint", {"url": url}))["secret"])


def pushes(market: Market) -> list[dict[str, Any]]:
    """The first supplier's pushes, the newest first."""
    found: list[dict[str, Any]] = good(market.supplier[0].get("/supplier/pushes"))["items"]
    return found


@pytest.mark.clause("MODE-2")
def test_a_signed_message_with_the_whole_fulfilment_arrives_and_counts_as_pushed(
    market: Market, dock: Dock
) -> None:
    order = market.sell(("S-1", 2))
    [(message_id, body)] = soon(lambda: dock.heard)
    part = soon(lambda: next((each for each in market.parts(order) if each["state"] == "pushed"), None))
    assert body["type"] == "fulfilment.pushed"
    assert (body["id"], body["state"], body["ship_to"]["name"]) == (part["id"], "pushed", "Ana Sol")
    line = {"line_no": 1, "sku": "S-1", "supplier_sku": "I-1", "quantity": 2, "units": 2}
    assert body["lines"] == [line | {"marks": [], "un_number": None}]
    [push] = pushes(market)
    assert (push["message_id"], push["due_at"]) == (message_id, None)
    assert [(each["status"], each["excerpt"]) for each in push["tries"]] == [(204, "")]
    assert dock.forged == 0
    assert market.tell(part["id"], "accept")["state"] == "accepted"


@pytest.mark.clause("MODE-2")
def test_a_failing_endpoint_is_tried_again_on_schedule_under_one_id_and_flagged_after_24_hours(
    served: Served, market: Market, dock: Dock
) -> None:
    dock.status = 500
    order = market.sell()
    reserved = served.now
    soon(lambda: pushes(market)[0]["tries"])
    for number, delay in enumerate(DELAYS, 1):
        [push] = pushes(market)
        assert [each["status"] for each in push["tries"]] == [500] * number
        wait = instant(push["due_at"]) - instant(push["tries"][-1]["at"])
        assert delay <= wait <= delay * 1.1, f"after try {number}"
        flagged = instant(push["due_at"]) >= reserved + timedelta(hours=24)
        if flagged and "unpushed" not in market.flags(order):
            served.advance_to(reserved + timedelta(hours=24, microseconds=-1))
            assert market.flags(order) == []
            served.advance("PT0.000001S")
            assert market.flags(order) == ["unpushed"]
        served.advance_to(instant(push["due_at"]) - timedelta(microseconds=1))
        assert len(dock.heard) == number, "not an instant before it is due"
        served.advance("PT0.000001S")
        assert len(dock.heard) == number + 1
    assert len({message_id for message_id, _ in dock.heard}) == 1
    assert market.part(order)["state"] == "reserved"
    assert [order] == [
        each["id"] for each in good(market.shop.get(f"{market.here}/orders?flag=unpushed"))["items"]
    ]

    dock.status = 200
    [push] = pushes(market)
    assert good(market.supplier[0].post(f"/supplier/pushes/{push['id']}/replay"))["id"] == push["id"]
    part = soon(lambda: next((each for each in market.parts(order) if each["state"] == "pushed"), None))
    assert part["flags"] == []
    assert instant(part["pushed_at"]) == served.now, "MODE-3 and MODE-4 count from the push"


def test_a_push_is_replayed_on_request_under_its_own_id(market: Market, dock: Dock) -> None:
    market.sell()
    [(message_id, body)] = soon(lambda: list(dock.heard))
    [push] = soon(lambda: [each for each in pushes(market) if each["delivered_at"]])
    good(market.supplier[0].post(f"/supplier/pushes/{push['id']}/replay"))
    soon(lambda: len(dock.heard) == 2)
    assert dock.heard[1][0] == message_id
    assert dock.heard[1][1]["id"] == body["id"]
    problem(market.supplier[1].post(f"/supplier/pushes/{push['id']}/replay"), 404, "push.not_found")


def test_while_a_secret_rotates_both_sign_and_a_new_address_takes_what_waits(
    market: Market, dock: Dock
) -> None:
    dock.status = 500
    elsewhere = dock.url
    order = market.sell()
    soon(lambda: pushes(market)[0]["tries"])
    dock.status = 200
    dock.secrets.append(set_endpoint(market, elsewhere))
    market.sell()
    soon(lambda: len({body["id"] for _, body in dock.heard}) == 2)
    assert dock.forged == 0, "each message is signed under the old and the new secret"
    endpoint = good(market.supplier[0].get("/supplier/endpoint"))
    assert endpoint["url"] == elsewhere
    assert endpoint["old_secret_until"] is not None
    assert "secret" not in endpoint, "a secret is shown once"
    assert market.part(order)["id"] in {body["id"] for _, body in dock.heard}


def test_an_endpoint_that_is_gone_keeps_what_waits_and_new_work_is_pulled(
    served: Served, market: Market, dock: Dock
) -> None:
    dock.status = 410
    parked = market.sell()
    soon(lambda: pushes(market)[0]["tries"])
    soon(lambda: market.supplier[0].get("/supplier/endpoint").status == 404)
    pulled = market.sell()
    assert market.part(pulled)["state"] == "pushed"
    served.advance("PT1H")
    assert len(dock.heard) == 1, "nobody calls there any more"
    dock.status = 200
    dock.secrets = [set_endpoint(market, dock.url)]
    soon(lambda: market.part(parked)["state"] == "pushed")
    assert len({message_id for message_id, _ in dock.heard}) == 1


def test_a_cancellation_is_told_to_the_supplier_that_has_it(market: Market, dock: Dock) -> None:
    order = market.sell()
    part = soon(lambda: next((each for each in market.parts(order) if each["state"] == "pushed"), None))
    market.tell(part["id"], "accept")
    cancelled = good(market.shop.post(f"{market.here}/orders/{order}/cancel", {"reason": "buyer"}))
    assert cancelled["asked"] == [part["id"]]
    soon(lambda: len(dock.heard) == 2)
    assert dock.heard[1][1]["type"] == "fulfilment.cancel_requested"
    assert dock.heard[1][0] != dock.heard[0][0]
    assert market.tell(part["id"], "cancellation", {"answer": "accepted"})["state"] == "cancelled"
    assert market.stock() == (market.stock()[0], 0)
    assert market.seen(order)["group"] == "cancelled"
