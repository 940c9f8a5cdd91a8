"""Letters by SMTP: a conversation for each batch, encrypted wherever the server can."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

from andon.ports.mailing import Letter

SECONDS = 10.0
"""How long one step of the conversation may take."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NoEncryption(smtplib.SMTPException):
    """The server takes passwords in the clear alone."""


@dataclass(frozen=True)
class SmtpPost:
    """The post at `url`: smtp:// (with STARTTLS where it is offered) or smtps://, `?from=` the sender's address.

    A password goes over no unencrypted line, but to the machine itself.
    """

    url: str

    def send(self, letters: Sequence[Letter]) -> Sequence[str | None]:
        """What came of each letter; where the conversation breaks off, of those that were left as well."""
        said: list[str | None] = []
        try:
            with self._begun() as talk:
                for letter in letters:
                    said.append(self._send(talk, letter))  # noqa: PERF401 - what was taken before a break counts
        except (OSError, smtplib.SMTPException) as weather:
            # Also where the goodbye alone failed: then there is nothing left.
            said += [_reason(weather)] * (len(letters) - len(said))
        return said

    def _begun(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        tls = ssl.create_default_context()
        talk: smtplib.SMTP
        if parts.scheme == "smtps":
            talk = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=tls)
        else:
            talk = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
        try:
            talk.ehlo()
            encrypted = parts.scheme == "smtps"
            if not encrypted and talk.has_extn("starttls"):
                talk.starttls(context=tls)
                talk.ehlo()
                encrypted = True
            if parts.username:
                _check_private(host, encrypted=encrypted)
                talk.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            talk.close()
            raise
        return talk

    def _send(self, talk: smtplib.SMTP, letter: Letter) -> str | None:
        try:
            talk.send_message(self._message(letter))
        except smtplib.SMTPServerDisconnected:
            raise
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as refusal:
            talk.rset()
            return _reason(refusal)
        except ValueError as why:
            return _reason(why)
        return None

    def _message(self, letter: Letter) -> EmailMessage:
        """The letter as it goes over the wire. Raises ValueError for a header that is none."""
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        sender = parse_qs(parts.query).get("from", [f"andon@{host}"])[0]
        message = EmailMessage(policy=SMTP)
        message["From"] = sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = letter.at
        message["Message-ID"] = f"<andon.{letter.number}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


def _check_private(host: str, *, encrypted: bool) -> None:
    if not encrypted and host not in _LOOPBACK:
        raise NoEncryption("the server offers no encryption for the password")


def _reason(weather: Exception) -> str:
    if isinstance(weather, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {said!r}" for code, said in weather.recipients.values())
    return str(weather) or type(weather).__name__
