"""Trying from inside the process: calls to the application as the holder of a key, and looks behind a supplier's walls.

What a call would do is rehearsed: the edge undoes it before it answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import anyio
import orjson
from sqlalchemy import text
from starlette.types import Message

from andon.app.schema import metadata
from andon.kernel.migrations.walls import is_walled
from andon.kernel.statements import Statements
from andon.partners.bindings.views import granted_shops
from andon.platform.accounts.credentials import Shown
from andon.platform.accounts.doors import Edge
from andon.platform.accounts.views import see
from andon.ports.trying import Attempt, LiveKey, Tried

LOOPBACK = ("127.0.0.1", 0)


class Insider:
    """Tries by an application of its own over the same database: its calls count in nobody's figures."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    @cached_property
    def _app(self) -> Any:
        from andon.app.web import build_app

        return build_app(self._edge)

    def call(self, key: LiveKey, attempts: Sequence[Attempt]) -> list[Tried]:
        """Make these calls as the holder of that key; what each was answered."""
        shown = Shown(key.secret_hash, tried=True)
        return [self._tried(key.key_id, shown, attempt) for attempt in attempts]

    def look(self, supplier_id: int, shop_id: int) -> Mapping[str, bool]:
        """For each table of shops: whether a row of that shop is seen where a request of that supplier's would look."""
        with self._edge.database.app.begin() as connection:
            see(Statements(connection), granted_shops(connection, supplier_id), str(supplier_id))
            looks = ", ".join(
                f'exists (select from "{name}" where shop_id = :shop) as "{name}"' for name in _tables()
            )
            found = connection.execute(text(f"select {looks}"), {"shop": shop_id}).one()
            return dict(found._mapping)  # noqa: SLF001 - the row's own mapping, by SQLAlchemy's name

    def _tried(self, key_id: int, shown: Shown, attempt: Attempt) -> Tried:
        status, body = anyio.run(_answered, self._app, attempt, shown)
        said = None
        with suppress(orjson.JSONDecodeError):
            said = orjson.loads(body)
        return Tried(attempt.named, key_id, status, said)


def _tables() -> Iterator[str]:
    return (table.name for table in metadata.sorted_tables if is_walled(table))


async def _answered(app: Any, attempt: Attempt, shown: Shown) -> tuple[int, bytes]:
    """What the application answers to a request that never was on a wire."""
    parts = urlsplit(attempt.target)
    sent = b"" if attempt.body is None else orjson.dumps(attempt.body)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": attempt.method,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(sent)).encode()),
        ],
        "client": LOOPBACK,
        "server": LOOPBACK,
        # Not on the wire, so that nobody outside can say it: who calls, and that it is only rehearsed.
        "state": {"shown": shown, "dry_run": True},
    }
    answer: list[Message] = []
    over = anyio.Event()

    async def receive() -> Message:
        if not receiving:
            await over.wait()
            return {"type": "http.disconnect"}
        return receiving.pop()

    async def send(message: Message) -> None:
        answer.append(message)

    receiving: list[Message] = [{"type": "http.request", "body": sent, "more_body": False}]
    await app(scope, receive, send)
    over.set()
    status = next(message["status"] for message in answer if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in answer if message["type"] == "http.response.body")
    return status, body
