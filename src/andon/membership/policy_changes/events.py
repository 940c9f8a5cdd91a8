"""What happens when the policy changes for a shop."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PolicyAnnounced(Event):
    """A version that comes, or came, into force then was announced; so many of its changes touch the shop."""

    kind: ClassVar[str] = "policy.announced"
    about: ClassVar[str] = "shop_id"

    version: str
    in_force_from: datetime
    changes: int


@dataclass(frozen=True, kw_only=True)
class PolicyChangesRead(Event):
    """Whoever acts has read what the version changes for the shop."""

    kind: ClassVar[str] = "policy.changes_read"
    about: ClassVar[str] = "shop_id"

    version: str
