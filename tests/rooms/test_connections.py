"""Connections to addresses that others chose: judged before each, the one that was judged, within time and size."""

import datetime as dt
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from andon.adapters.connections import DRAINED_BYTES, Connections
from andon.adapters.robots import Robots
from andon.adapters.webhook_client import WebhookClient
from andon.kernel.outside import read_ranges
from andon.ports.mailing import RobotMessage
from tests.rooms.test_webhook_client import messages
from tests.worlds_push import replies_of
from tests.worlds_supply import a_sink

HERE = read_ranges("127.0.0.1")


class Names:
    """A resolver whose names stand for something else each time they are asked for."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def calling(names: Names, *, total_seconds: float = 2.0, tls: ssl.SSLContext | None = None):
    connections = Connections(HERE, names, connect_seconds=1.0)
    if tls is not None:
        connections.tls = tls
    client = WebhookClient(connections, total_seconds=total_seconds, call_seconds=2.0)
    yield client
    client.close()


@contextmanager
def a_peer(
    *pieces: bytes, address: str = "127.0.0.1", every: float = 0.0
) -> Iterator[tuple[int, list[bytes]]]:
    """A peer that says these pieces to whoever calls; its port, and what it heard."""
    listener = socket.create_server((address, 0))
    heard: list[bytes] = []

    def talk() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                try:
                    heard.append(peer.recv(65_536))
                    for piece in pieces:
                        peer.sendall(piece)
                        time.sleep(every)
                except OSError:
                    continue

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    yield listener.getsockname()[1], heard
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(2)


def test_the_address_that_was_judged_is_called_under_the_hosts_own_name() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    with a_sink() as sink, calling(names) as client:
        url = sink.url.replace("127.0.0.1", "wms.example")
        [first] = replies_of(client, messages(url))
        [second] = replies_of(client, messages(url))
        port = url.split(":")[2].split("/")[0]
    assert first
    assert second
    assert (first.status, second.status) == (204, 204)
    assert {headers["host"] for headers, _ in sink.heard} == {f"wms.example:{port}"}
    assert names.asked == ["wms.example"], "a connection that stays open stays where it is"


def test_a_name_that_points_elsewhere_by_now_is_not_called() -> None:
    bye = b"HTTP/1.1 204 no\r\nConnection: close\r\n\r\n"
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    with a_peer(bye) as (port, heard), calling(names) as client:
        [first] = replies_of(client, messages(f"http://wms.example:{port}/"))
        [second] = replies_of(client, messages(f"http://wms.example:{port}/"))
    assert first
    assert first.status == 204
    assert second
    assert (second.status, second.excerpt) == (None, "endpoint.address")
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("addresses", "code"),
    [
        (["127.0.0.1", "10.0.0.1"], "endpoint.address"),
        (["8.8.8.8", "169.254.169.254"], "endpoint.address"),
        (["::ffff:169.254.169.254"], "endpoint.address"),
        (["8.8.8.8"], "endpoint.https"),
        ([], "endpoint.address"),
    ],
)
def test_a_name_that_stands_for_anything_closed_is_not_called_at_all(
    addresses: Sequence[str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *each, **_: called.append(each))
    with calling(Names(addresses)) as client:
        [reply] = replies_of(client, messages("http://wms.example/"))
    assert reply
    assert (reply.status, reply.excerpt) == (None, code)
    assert not called


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "10.0.0.1", "[::1]", "127.0.0.2", "0x7f.2", "127.2", "2130706434"]
)
def test_an_address_in_any_writing_is_judged_as_the_one_that_it_is(host: str) -> None:
    with a_peer(address="127.0.0.2") as (port, heard):
        client = WebhookClient(Connections(HERE, connect_seconds=1.0), total_seconds=2.0)
        [reply] = replies_of(client, messages(f"http://{host}:{port}/"))
        client.close()
    assert reply
    assert (reply.status, reply.excerpt) == (None, "endpoint.address")
    assert not heard


def test_a_redirect_to_what_is_closed_is_an_answer_and_no_way() -> None:
    away = b"HTTP/1.1 307 no\r\nLocation: http://127.0.0.2:%d/\r\nContent-Length: 0\r\n\r\n"
    with (
        a_peer(address="127.0.0.2") as (closed, heard),
        a_peer(away % closed) as (port, _),
        calling(Names(["127.0.0.1"])) as client,
    ):
        [reply] = replies_of(client, messages(f"http://wms.example:{port}/"))
    assert reply
    assert reply.status == 307
    assert not heard


@pytest.mark.parametrize(
    ("pieces", "every"),
    [
        ([b"H", b"T", b"T", b"P"] * 50, 0.05),
        ([b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 200, 0.05),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"] + [b"x"] * 200, 0.05),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"] * 200, 0.05),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] + [b"1\r\nx\r\n"] * 200, 0.05),
    ],
)
def test_who_answers_in_drops_has_no_more_time_than_who_does_not(pieces: list[bytes], every: float) -> None:
    with (
        a_peer(*pieces, every=every) as (port, _),
        calling(Names(["127.0.0.1"]), total_seconds=0.5) as client,
    ):
        began = time.monotonic()
        [reply] = replies_of(client, messages(f"http://wms.example:{port}/"))
        assert time.monotonic() - began < 1.5
    assert reply
    assert (reply.status, reply.excerpt) == (None, "timed out")


def test_a_look_up_that_hangs_holds_up_its_own_endpoint_alone() -> None:
    over = threading.Event()

    def names(host: str) -> Sequence[str]:
        if host.startswith("slow"):
            over.wait(20)
        return ["127.0.0.1"]

    with a_sink() as sink, calling(names, total_seconds=0.5) as client:  # type: ignore[arg-type]
        slow = messages(sink.url.replace("127.0.0.1", "slow.example"))
        quick = messages(sink.url.replace("127.0.0.1", "wms.example"))
        began = time.monotonic()
        late, soon = replies_of(client, slow + quick)
        assert time.monotonic() - began < 1.5
        over.set()
    assert late
    assert soon
    assert (late.status, soon.status) == (None, 204)


def test_of_an_answer_without_end_only_the_head_is_read_and_nothing_is_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1073741824\r\n\r\n"
    with a_peer(head + bomb, *[bytes(65_536)] * 16_384) as (port, _), calling(Names(["127.0.0.1"])) as client:
        began = time.monotonic()
        answer = client.connections.post(urlsplit(f"http://wms.example:{port}/"), {}, b"", began + 2)
        [robot] = Robots(client.connections).tell(
            [RobotMessage("slack", f"http://wms.example:{port}/", None, "title", "text")]
        )
        assert time.monotonic() - began < 2
        assert client.connections.idle == {}, "what was not read to its end is closed"
    assert answer.head[: len(bomb)] == bomb
    assert len(answer.head) == DRAINED_BYTES
    assert robot is None


def test_a_robot_on_a_closed_address_is_told_nothing() -> None:
    with a_peer(address="127.0.0.2") as (port, heard):
        [said] = Robots(Connections(HERE)).tell(
            [RobotMessage("slack", f"http://127.0.0.2:{port}/", None, "title", "text")]
        )
    assert (said, heard) == ("endpoint.address", [])


def test_a_certificate_is_asked_for_the_hosts_name_and_not_for_the_address(tmp_path: Path) -> None:
    server, client_side = _a_certificate(tmp_path, "wms.example")
    seen: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: seen.append(name)
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        for _ in range(2):
            try:
                peer, _ = listener.accept()
                with server.wrap_socket(peer, server_side=True) as spoken:
                    spoken.recv(65_536)
                    spoken.sendall(b"HTTP/1.1 204 yes\r\nConnection: close\r\n\r\n")
            except OSError:
                continue

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    with calling(Names(["127.0.0.1"]), tls=client_side) as client:
        [right] = replies_of(client, messages(f"https://wms.example:{port}/"))
        [wrong] = replies_of(client, messages(f"https://other.example:{port}/"))
    thread.join(2)
    listener.close()
    assert right
    assert right.status == 204
    assert wrong
    assert wrong.status is None
    assert "certificate" in wrong.excerpt
    assert seen == ["wms.example", "other.example"]


def _a_certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for that host, and a client's that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    file = folder / "both.pem"
    file.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
