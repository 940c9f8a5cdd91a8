"""What happens to the keys that sign: the platform's own events."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class SigningKeyRetired(Event):
    """A key signs no more; `successor` does, by its thumbprint, as this one's is `kid`."""

    kind: ClassVar[str] = "signing_key.retired"
    about: ClassVar[str] = "purpose"

    purpose: str
    kid: str
    successor: str
