"""What happens to a shop's shipping plan."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PlanSet(Event):
    """The shop ships by these lines from now on, the first that serves a country before the others."""

    kind: ClassVar[str] = "plan.set"
    about: ClassVar[str] = "shop_id"

    lines: tuple[str, ...]
