"""What happens to a shop's policy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PolicyOverridden(Event):
    """A shop has a value of its own from now on; None gives the value back to the policy."""

    kind: ClassVar[str] = "policy.overridden"
    about: ClassVar[str] = "override_id"

    override_id: int
    key: str
    value: Any
    in_force_from: datetime
