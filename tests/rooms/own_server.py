"""PostgreSQL servers of somebody else's, as ANDON_DATABASE_URL names them: over TCP, with passwords."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

from andon.kernel.postgres.account import Account, account_for
from andon.kernel.postgres.binaries import programs_for
from tests.places import roots

DEBIAN = Path("/usr/lib/postgresql/15/bin")
"""The oldest version that Andon takes, where Debian's package is installed."""

PASSWORD = "a 'quoted' pässword/@:"


class OwnServer:
    """A running server on the loopback; `url` is its superuser's address."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str = "postgres", user: str = "admin", password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def run(self, sql: str, database: str = "postgres") -> None:
        """Statements of the server's administrator."""
        with psycopg.connect(self.url(database), autocommit=True) as admin:
            for statement in filter(str.strip, sql.split(";\n")):
                admin.execute(statement)

    def rows(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as admin:
            return admin.execute(sql).fetchall()


@contextlib.contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server with scram passwords: Debian's 15 if it is here, else the embedded one's programs."""
    folder = Path(tempfile.mkdtemp(prefix="andon-own-", dir=roots()[0]))
    folder.chmod(0o755)
    account, programs = _account_and_programs(folder)
    account.own(folder)
    with tempfile.NamedTemporaryFile("w", prefix="andon-own-") as secret:
        secret.write(PASSWORD)
        secret.flush()
        account.own(Path(secret.name))
        made = account.run(
            [
                *(programs / "initdb", "-D", folder / "data", "-U", "admin", "--auth=scram-sha-256"),
                *("-E", "UTF8", "--locale=C", "--no-sync", f"--pwfile={secret.name}"),
            ]
        )
        assert made.returncode == 0, made.stderr
    port = free_port()
    command = [programs / "postgres", "-D", folder / "data", "-p", str(port), "-k", "", "-h", "127.0.0.1"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*map(str, command), "-c", "fsync=off"],
            stdout=log,
            stderr=log,
            cwd="/",
            user=account.uid if account.other else None,
            group=account.gid if account.other else None,
            extra_groups=[] if account.other else None,
        )
    server = OwnServer(port)
    try:
        _wait(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: sessions left open do not hold it up
        process.wait(timeout=30)
        shutil.rmtree(folder)


def _account_and_programs(folder: Path) -> tuple[Account, Path]:
    if (DEBIAN / "postgres").exists():
        if os.geteuid() != 0:
            return account_for(folder, folder), DEBIAN
        entry = pwd.getpwnam("postgres")
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, other=True), DEBIAN
    account = account_for(folder, folder)
    return account, programs_for(account, folder, None)


def _wait(server: OwnServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        else:
            return


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server_that_says(version: str) -> Iterator[int]:
    """A double of a server that greets with a version and answers nothing more; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        greeting = _message(b"R", struct.pack("!i", 0))
        for name, value in (("server_version", version), ("client_encoding", "UTF8")):
            greeting += _message(b"S", f"{name}\0{value}\0".encode())
        greeting += _message(b"K", struct.pack("!ii", 1, 1)) + _message(b"Z", b"I")

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        # First the question for TLS, then the start of the session.
                        if client.recv(8)[4:8] == struct.pack("!i", 80877103):
                            client.sendall(b"N")
                            client.recv(4096)
                        client.sendall(greeting)
                        client.recv(4096)

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body
