"""Behind nginx, set up as the runbook says: whoever is slow is nginx's to wait for, and nobody says who they are."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import text

from andon.app.serve import Serving, serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.wire import Wire, statuses
from tests.worlds import NOON

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="no nginx here"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here"),
]

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbooks" / "running.md"
PATIENCE_SECONDS = 1
"""The ten seconds of the runbook, for a test that is not to take so long."""
STRANGERS = 2
AROUND = """
daemon off;
{user}
pid nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path answers;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  {server}
}}
"""
HEALTH = b"GET /v1/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def server_of_the_runbook(folder: Path, port: int, andon: str) -> str:
    """The runbook's own lines, but for the ports, the files and the patience."""
    block = re.search(r"^    server \{\n.*?^    \}\n", RUNBOOK.read_text(), re.DOTALL | re.MULTILINE)
    assert block
    lines = block[0]
    for said, meant in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/andon", str(folder / "andon")),
        ("http://127.0.0.1:8000", andon),
        ("10s", f"{PATIENCE_SECONDS}s"),
    ):
        assert said in lines
        lines = lines.replace(said, meant)
    return lines


def make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            "andon.key",
            "-out",
            "andon.pem",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@dataclass
class Proxied:
    """An Andon behind nginx."""

    port: int
    certificate: Path
    andon: Serving
    database: Database

    def connections(self) -> int:
        """How many connections Andon has."""
        return len(self.andon.server.server_state.connections)

    def ask(self, asked: bytes, source: str = "127.0.0.1") -> bytes:
        """All that comes back."""
        with Secure(self, source) as wire:
            wire.send(asked)
            return wire.all()


class Secure(Wire):
    """A connection over TLS, from an address of the loopback's."""

    def __init__(self, proxied: Proxied, source: str = "127.0.0.1", taken_at_once: int | None = None) -> None:
        plain = socket.socket()
        if taken_at_once is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, taken_at_once)
        plain.settimeout(10)
        plain.bind((source, 0))
        plain.connect(("127.0.0.1", proxied.port))
        context = ssl.create_default_context(cafile=str(proxied.certificate))
        self.socket = context.wrap_socket(plain, server_hostname="localhost")

    def __enter__(self) -> Self:
        return self

    def send(self, data: bytes) -> bool:
        """Send these; whether the other side took them."""
        try:
            return super().send(data)
        except ssl.SSLEOFError:
            return False


@pytest.fixture
def proxied(database: Database, settings: Settings, tmp_path: Path) -> Iterator[Proxied]:
    assert NGINX
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, NOON)
    make_certificate(tmp_path)
    port = free_port()
    with serving(database, replace(settings, stranger_calls_per_second=STRANGERS)) as andon:
        user = "user root;" if os.geteuid() == 0 else ""
        lines = AROUND.format(user=user, server=server_of_the_runbook(tmp_path, port, andon.url))
        (tmp_path / "nginx.conf").write_text(lines)
        child = subprocess.Popen(
            [NGINX, "-e", "stderr", "-p", str(tmp_path), "-c", "nginx.conf"], stderr=subprocess.PIPE
        )
        try:
            _until_it_listens(child, port)
            yield Proxied(port, tmp_path / "andon.pem", andon, database)
        finally:
            child.terminate()
            child.communicate(timeout=10)


def _until_it_listens(child: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        assert child.poll() is None, child.communicate()[1].decode()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("nginx does not listen")


# --- slow callers ---------------------------------------------------------------------------------------------


def half_a_head(wire: Wire) -> None:
    wire.send(HEALTH)


def half_a_body(wire: Wire) -> None:
    wire.send(b"POST /v1/keys HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")


@pytest.mark.parametrize("slow", [half_a_head, half_a_body])
def test_who_does_not_come_to_an_end_is_dropped_by_nginx_and_andon_never_hears_of_it(
    proxied: Proxied, slow: Callable[[Wire], None]
) -> None:
    with Secure(proxied) as wire:
        slow(wire)
        began = time.monotonic()
        seen = 0
        wire.socket.settimeout(0.05)
        while time.monotonic() - began < 8 * PATIENCE_SECONDS:
            seen = max(seen, proxied.connections())
            try:
                rest = wire.socket.recv(65536)
            except TimeoutError:
                continue
            # nginx says nothing, or that it took too long (408), and closes.
            assert not rest or statuses(rest) == [408]
            break
        else:
            raise AssertionError("it was not dropped")
        assert seen == 0


def test_who_takes_nothing_of_an_answer_is_waited_for_by_nginx_alone(proxied: Proxied) -> None:
    with Secure(proxied, taken_at_once=4096) as wire:
        wire.send(b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 30)
        wire.until(b"200")
        held = []
        while wire.send(b" "):  # our own sending shows when the other side has gone
            held.append(proxied.connections())
            assert len(held) < 80 * PATIENCE_SECONDS
            time.sleep(0.1)
        # Andon had made the last answer that was asked for long before that was given up.
        assert held[-5:] == [0] * 5


# --- who calls ------------------------------------------------------------------------------------------------


def opened(proxied: Proxied) -> list[str]:
    with proxied.database.line.connect() as connection:
        found = connection.scalars(
            text("select address from events where kind = 'shop.opened' order by event_id")
        )
        return [str(each) for each in found]


def test_a_caller_is_where_nginx_sees_them_whatever_they_say(proxied: Proxied) -> None:
    key = key_for(proxied.database, "operator")
    shop = b'{"name": "A", "category": "home", "locale": "en", "currency": "CNY", "zone": "UTC"}'
    head = (
        f"POST /v1/shops HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(shop)}\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
    ).encode()
    assert statuses(proxied.ask(head + shop, source="127.0.0.2")) == [201]
    # Past nginx, from an address that is nobody's proxy.
    with socket.socket() as plain:
        plain.settimeout(10)
        plain.bind(("127.0.0.3", 0))
        plain.connect(("127.0.0.1", int(proxied.andon.url.rpartition(":")[2])))
        plain.sendall(head + shop)
        assert plain.recv(65536).startswith(b"HTTP/1.1 201")
    assert opened(proxied) == ["127.0.0.2", "127.0.0.3"]


def test_callers_are_counted_by_their_own_addresses_whatever_they_say(proxied: Proxied) -> None:
    def met(source: str, turn: int) -> int:
        said = (
            HEALTH.replace(b"/v1/healthz", b"/v1/shops") + f"X-Forwarded-For: 6.6.6.{turn}\r\n\r\n".encode()
        )
        return statuses(proxied.ask(said, source))[0]

    # A second may end in between, and a new one begin.
    flooded = next(turn for turn in range(100) if met("127.0.0.2", turn) == 429)
    assert flooded >= STRANGERS
    assert met("127.0.0.4", 1) == 401


def test_a_head_that_is_too_large_is_refused_by_whoever_meets_its_limit_first(proxied: Proxied) -> None:
    def met(line: bytes, *fields: bytes) -> tuple[int, bytes]:
        answer = proxied.ask(
            b"\r\n".join((line, b"Host: localhost", b"Connection: close", *fields)) + b"\r\n\r\n"
        )
        return statuses(answer)[0], answer

    here = b"GET /v1/healthz HTTP/1.1"
    assert met(here, b"X-A: " + b"a" * 7_000)[0] == 200
    assert met(here, b"X-A: " + b"a" * 9_000)[0] == 400
    assert met(b"GET /v1/healthz?" + b"a" * 9_000 + b" HTTP/1.1")[0] == 414
    status, answer = met(here, *(b"X-%d: " % number + b"a" * 7_000 for number in range(3)))
    assert status == 431
    assert b"request.head_too_large" in answer


def test_a_browser_that_signs_in_over_tls_has_a_cookie_for_tls_alone(proxied: Proxied) -> None:
    with Secure(proxied) as wire:
        wire.send(HEALTH + b"\r\n")
        answer = wire.all().lower()
    assert b"strict-transport-security: " in answer
    plain = Client(proxied.andon.url).get("/healthz")
    assert "Strict-Transport-Security" not in plain.headers
