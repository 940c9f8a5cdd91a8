"""Connections: what holds of each before a request is whole, and after it is answered.

Whoever is slow to say what they want, or to take what they asked for, is let go; there are only so many connections;
and what is no HTTP is answered with a problem, as everything else is.
"""

import asyncio
import resource
import sys

import h11
import orjson
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol, RequestResponseCycle

from andon.kernel.errors import codes
from andon.kernel.http.limits import LARGEST_BODY_BYTES, HeadTooLarge
from andon.kernel.http.problems import PROBLEM_TYPE, title_of
from andon.kernel.http.safety import safe

CODES = codes(
    {
        "request.not_http": ("Not HTTP", "不是有效的 HTTP 请求"),
        "request.head_too_large": (HeadTooLarge.titles["en"], HeadTooLarge.titles["zh-CN"]),
        "request.too_slow": ("The request came too slowly", "请求传输过慢"),
        "connections.too_many": ("Too many connections: try again later", "连接数过多，请稍后重试"),
    }
)

GRACE_SECONDS = 10
SLOWEST_BYTES_PER_SECOND = 16 * 1024
"""How slowly a request may come, and an answer be taken, when the grace is over."""
LINGER_SECONDS = 10
LARGEST_UNWANTED_BYTES = 4 * LARGEST_BODY_BYTES
"""How long, and how much, of a body that is not wanted any more is passed over, so that its sender reads the answer."""
SPARED_FILES = 100
"""Files that the process needs for itself."""
_LOOK_SECONDS = 1.0


def most_connections() -> int:
    """How many connections a process takes: as many as it may open files, but for its own."""
    return max(resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARED_FILES, 1)


class _Patience:
    """How long one thing may take: the grace, and longer by what of it there is."""

    def __init__(self) -> None:
        self._thing: object = None
        self._since = 0.0
        self._most = 0

    def ends(self, thing: object, size: int, now: float) -> bool:
        """Whether this thing, of which there are so many bytes, has taken too long; None is nothing that is waited for."""
        if thing is None or thing != self._thing:
            self._thing, self._since, self._most = thing, now, 0
        self._most = max(self._most, size)
        return thing is not None and now - self._since > GRACE_SECONDS + self._most / SLOWEST_BYTES_PER_SECOND


class Connection(H11Protocol):
    """A connection, looked after once a second."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or say that there are too many."""
        super().connection_made(transport)
        self._coming, self._going = _Patience(), _Patience()
        self._waiting_for: object = None
        self._came = self._unwanted = 0
        self._lingers_until = 0.0
        if len(self.connections) > most_connections():
            self.problem(status=503, code="connections.too_many")
        self._next_look = self.loop.call_later(_LOOK_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._next_look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        if self.transport.is_closing():
            return
        self._came += len(data)
        if self._is_answered_early():
            self._unwanted += len(data)
            if self._unwanted > LARGEST_UNWANTED_BYTES:
                self.transport.close()
                return
        super().data_received(data)

    def on_response_complete(self) -> None:
        """A request is answered; what is still to come of its body is passed over, for a while."""
        self._unwanted = 0
        self._lingers_until = self.loop.time() + LINGER_SECONDS
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP: called where the parser has raised."""
        if getattr(sys.exception(), "error_status_hint", 400) == HeadTooLarge.status:
            self.problem(status=HeadTooLarge.status, code=HeadTooLarge.code)
        else:
            self.problem(status=400, code="request.not_http")

    def timeout_keep_alive_handler(self) -> None:
        """Nobody has asked anything for a while; what was not taken until now is not waited for either."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def _should_upgrade(self) -> bool:
        """There is nothing else that is spoken here; a caller who asks is answered in HTTP/1.1."""
        return False

    @property
    def _request(self) -> RequestResponseCycle | None:
        """The request under way, or the last one, if there was one."""
        return self.cycle

    def _look(self) -> None:
        now = self.loop.time()
        self._next_look = self.loop.call_later(_LOOK_SECONDS, self._look)
        waiting_for = self._awaited()
        if waiting_for != self._waiting_for:
            self._waiting_for, self._came = waiting_for, 0
        if self._coming.ends(waiting_for, self._came, now):
            if self._request is None and not self.conn.trailing_data[0]:
                self.transport.close()  # nobody has asked anything
            else:
                self.problem(status=408, code="request.too_slow")
        elif self._is_answered_early() and now > self._lingers_until:
            self.transport.close()
        unread = self.transport.get_write_buffer_size()
        if self._going.ends((self._request or self) if unread else None, unread, now):
            self.transport.abort()

    def _awaited(self) -> object:
        """What is to come from the caller, None where it is our turn: the head or the body after this or that answer."""
        if self.flow.read_paused or self.transport.is_closing():
            return None
        if self.conn.their_state is h11.SEND_BODY and not self._is_answered_early():
            # Who has asked whether to send it at all waits for our word.
            return None if self.conn.they_are_waiting_for_100_continue else ("body", id(self.cycle))
        if self.conn.their_state is h11.IDLE and (self._request is None or self.conn.trailing_data[0]):
            return "head", id(self.cycle)
        return None

    def _is_answered_early(self) -> bool:
        """Whether the request under way was answered before its body had come."""
        request = self._request
        return request is not None and request.response_complete and self.conn.their_state is h11.SEND_BODY

    def problem(self, *, status: int, code: str) -> None:
        """Answer with a problem, where an answer is still to be given, and close."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = orjson.dumps(
                {
                    "type": f"urn:andon:problem:{code}",
                    "title": title_of(code, "en"),
                    "status": status,
                    "code": code,
                }
            )
            headers = safe(
                (
                    (b"content-type", PROBLEM_TYPE.encode()),
                    (b"content-language", b"en"),
                    (b"content-length", str(len(body)).encode()),
                    (b"connection", b"close"),
                ),
                secure=False,
            )
            for event in (
                h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status]),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event))
        self.transport.close()
