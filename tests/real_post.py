"""A real mail server, aiosmtpd, and what it was given."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.journeys.blackbox import soon


@dataclass
class Box:
    """What came, as letters, and as the recipients of their envelopes."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.recipients.append(envelope.rcpt_tos)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    def to(self, address: str, number: int = 1) -> EmailMessage:
        """The letter of that number to somebody; waited for."""
        return soon(lambda: [each for each in self.letters if each["To"] == address][number - 1 :])[0]


class _Post(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def real_post() -> Iterator[Box]:
    """The server, on a free port of the machine itself."""
    box = Box()
    post = _Post(box, hostname="127.0.0.1", port=0)
    post.start()
    box.url = f"smtp://127.0.0.1:{post.port}?from=andon@andon.test"
    try:
        yield box
    finally:
        post.stop()
