"""What people do with pushes: have them sent again."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PushReplayed(Event):
    """A push is sent again, because its supplier or an operator asked for it; the actor says who."""

    kind: ClassVar[str] = "push.replayed"
    about: ClassVar[str] = "push_id"

    push_id: int
    fulfilment_id: int
    supplier_id: int
