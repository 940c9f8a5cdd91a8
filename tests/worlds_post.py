"""A mail server that behaves, and robots of chats, over real sockets; and shops with people to write to."""

import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from andon.platform.outbox.rules import Contact, Quiet

KEY = bytes(32)


@dataclass
class Mailbox:
    """What a mail server was given. `refused` are recipients that it does not take; `down` breaks every conversation."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    down: bool = False


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A server that speaks SMTP (RFC 5321), as much of it as takes a letter."""
    box = Mailbox()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if box.down:
                return
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "EHLO":
                    self.say("250 here")
                elif verb == "RCPT" and any(each in line for each in box.refused):
                    self.say("550 no such person")
                elif verb == "DATA":
                    self.say("354 go on")
                    box.letters.append(self.letter())
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def letter(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line[1:] if line.startswith(b"..") else line)
            return email.message_from_bytes(b"".join(lines), policy=email.policy.default)

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        box.url = f"smtp://127.0.0.1:{server.server_address[1]}?from=andon@example.test"
        yield box
        server.shutdown()


@dataclass
class Chat:
    """What a robot heard: path with query, and body. `answer` is the JSON that it says with 200."""

    url: str = ""
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})


@contextmanager
def chat_server() -> Iterator[Chat]:
    """A chat's side of a robot."""
    chat = Chat()

    class Room(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            chat.heard.append((self.path, json.loads(body)))
            said = json.dumps(chat.answer).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Room) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chat.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield chat
        server.shutdown()


def person(
    email: str | None = None,
    role: Any = "clerk",
    *,
    robot: str | None = None,
    url: str | None = None,
    secret: str | None = None,
    kinds: tuple[str, ...] | None = None,
    digest_at: str | None = None,
    zone: str = "Asia/Shanghai",
    locale: str = "zh-CN",
    quiet: Quiet | None = None,
) -> Contact:
    return Contact(email, robot, url, secret, role, kinds, digest_at, zone, locale, quiet)
