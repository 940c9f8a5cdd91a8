"""What we ask of the post: to take letters to people, and messages to the robots of their chats."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Robot = Literal["dingtalk", "wecom", "slack"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail; its number is the same on every try, so that a receiver knows a repeat."""

    number: str
    to: str
    subject: str
    text: str
    html: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RobotMessage:
    """One message to a chat's robot. `secret` signs it where the robot asks for that."""

    robot: Robot
    url: str = field(repr=False)
    secret: str | None = field(repr=False)
    title: str
    text: str


class Postman(Protocol):
    """Sends e-mail."""

    def send(self, letters: Sequence[Letter]) -> Sequence[str | None]:
        """What came of each letter, in their order: None for one that was taken, else why it was not."""
        ...


class RobotCaller(Protocol):
    """Speaks to robots."""

    def tell(self, messages: Sequence[RobotMessage]) -> Sequence[str | None]:
        """What came of each message, in their order: None for one that was taken, else why it was not."""
        ...
