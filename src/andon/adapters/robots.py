"""Messages to the robots of DingTalk, WeCom and Slack, each in its own shape."""

import base64
import hashlib
import hmac
import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlsplit

import orjson

from andon.adapters.connections import Barred, Connections
from andon.kernel.clock import wall
from andon.ports.mailing import RobotMessage

SECONDS = 10.0
LONGEST_BYTES = 4_000
"""Of a text: WeCom's markdown takes 4,096 bytes, the others more."""


@dataclass
class Robots:
    """Speaks to robots, one after another. Nothing is tried twice."""

    connections: Connections = field(default_factory=Connections)

    def tell(self, messages: Sequence[RobotMessage]) -> Sequence[str | None]:
        """What came of each message: an answer of 2xx counts, unless its body says that it was refused."""
        return [self._tell(each) for each in messages]

    def _tell(self, message: RobotMessage) -> str | None:
        try:
            answer = self.connections.post(
                urlsplit(signed_url(message, round(wall().timestamp() * 1000))),
                {"content-type": "application/json", "user-agent": "Andon"},
                orjson.dumps(body_of(message)),
                time.monotonic() + SECONDS,
            )
        except Barred as closed:
            return str(closed)
        except (OSError, http.client.HTTPException, ValueError) as weather:
            # Not the text: it names the address, which is a secret.
            return type(weather).__name__
        return refusal_in(answer.status, answer.head)


def body_of(message: RobotMessage) -> dict[str, Any]:
    """The message in the shape of its robot."""
    text = _cut(message.text)
    if message.robot == "dingtalk":
        return {"msgtype": "markdown", "markdown": {"title": message.title, "text": _lines(text)}}
    if message.robot == "wecom":
        return {"msgtype": "markdown", "markdown": {"content": text}}
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {
        "text": message.title,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": plain[:3_000]}}],
    }


def signed_url(message: RobotMessage, at_ms: int) -> str:
    """The robot's address; DingTalk's with the instant and its HMAC-SHA256 under the secret, where it has one."""
    if message.robot != "dingtalk" or message.secret is None:
        return message.url
    signed = hmac.new(message.secret.encode(), f"{at_ms}\n{message.secret}".encode(), hashlib.sha256).digest()
    joint = "&" if "?" in message.url else "?"
    return f"{message.url}{joint}timestamp={at_ms}&sign={quote_plus(base64.b64encode(signed))}"


def refusal_in(status: int, head: bytes) -> str | None:
    """Why a robot did not take a message, by its answer; None where it did. DingTalk and WeCom say it with 200."""
    said = head[:300].decode("utf-8", "replace")
    if not 200 <= status < 300:
        return f"{status}: {said}"
    try:
        answer = orjson.loads(head)
    except ValueError:
        return None  # Slack says "ok"
    code = answer.get("errcode", 0) if isinstance(answer, dict) else 0
    return None if code == 0 else f"errcode {code}: {said}"


def _lines(text: str) -> str:
    return text.replace("\n", "  \n")


def _cut(text: str) -> str:
    return text.encode()[:LONGEST_BYTES].decode("utf-8", "ignore")
