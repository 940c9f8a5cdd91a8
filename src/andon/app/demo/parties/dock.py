"""Where a party takes what Andon sends it."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


class Dock:
    """A webhook endpoint: a message that is not signed by Andon is turned away."""

    def __init__(self) -> None:
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.webhook: Webhook | None = None
        dock = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer(204 if dock.take(body, dict(self.headers)) else 401)

            def _answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing: a log of its own would drown the table."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/andon"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, body: bytes, headers: dict[str, str]) -> bool:
        """Keep a message whose signature holds."""
        try:
            assert self.webhook is not None
            self.webhook.verify(body, {name.lower(): value for name, value in headers.items()})
        except Exception:  # noqa: BLE001
            return False
        self.heard.put(json.loads(body))
        return True
