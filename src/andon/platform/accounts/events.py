"""What happens to keys, and where an operator goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class KeyIssued(Event):
    """A key was made for a party; its secret was answered once and is kept nowhere."""

    kind: ClassVar[str] = "key.issued"
    about: ClassVar[str] = "key_id"

    key_id: int
    party: str
    party_id: str
    scopes: str


@dataclass(frozen=True, kw_only=True)
class KeyRotated(Event):
    """Another key took a key's place, which goes on until then, in machine time."""

    kind: ClassVar[str] = "key.rotated"
    about: ClassVar[str] = "key_id"

    key_id: int
    successor_id: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class KeyRevoked(Event):
    """A key was revoked: it opens nothing from this instant on."""

    kind: ClassVar[str] = "key.revoked"
    about: ClassVar[str] = "key_id"

    key_id: int


@dataclass(frozen=True, kw_only=True)
class PersonEntered(Event):
    """A person of the operator's made a call inside a shop: which method, on which route; never what was said."""

    kind: ClassVar[str] = "person.entered"
    about: ClassVar[str] = "user_id"

    user_id: int
    method: str
    route: str


@dataclass(frozen=True, kw_only=True)
class OperatorEntered(Event):
    """An operator made a call inside a shop: which method, on which route; never what was said."""

    kind: ClassVar[str] = "operator.entered"
    about: ClassVar[str] = "key_id"

    key_id: int
    method: str
    route: str
