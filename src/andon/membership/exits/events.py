"""What happens to a shop's exit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ExitEvent(Event):
    """Something happened to one exit."""

    about: ClassVar[str] = "exit_id"

    exit_id: int


@dataclass(frozen=True, kw_only=True)
class ExitStarted(ExitEvent):
    """The shop leaves JIT, for that reason; its intake to JIT is closed. Source: EXIT-1."""

    kind: ClassVar[str] = "exit.started"

    enrolment: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExitUnbinding(ExitEvent):
    """The queue is empty: the suppliers are to be unbound. Source: EXIT-1."""

    kind: ClassVar[str] = "exit.unbinding"


@dataclass(frozen=True, kw_only=True)
class ExitSwitchingOff(ExitEvent):
    """The suppliers are unbound, or it was forced: the switch is to be thrown. Source: EXIT-3."""

    kind: ClassVar[str] = "exit.switching_off"


@dataclass(frozen=True, kw_only=True)
class ExitSwitchThrown(ExitEvent):
    """JIT ends for the shop at `off_at`, until when it can be taken back. Source: EXIT-4, EXIT-5."""

    kind: ClassVar[str] = "exit.switch_thrown"

    ticket: str
    off_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExitForced(ExitEvent):
    """The exit was forced: `waived` is how many of each blocker stood in the way of the switch and do no longer.

    `taken_back` fulfilments that no supplier had been told of wait for the seller; the letters of `bindings` are drawn
    up, and each is signed when nothing is open there any more. Source: EXIT-7.
    """

    kind: ClassVar[str] = "exit.forced"

    forced_by: str
    waived: Mapping[str, int]
    taken_back: int
    bindings: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ExitWithdrawn(ExitEvent):
    """The shop stays in JIT: intake, modes and plan are as they were."""

    kind: ClassVar[str] = "exit.withdrawn"

    intake_open: bool
    modes_restored: int
    plan: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExitSwitchedOff(ExitEvent):
    """The switch has struck: so many products went to standard shipping, and these lines left the plan. Source: EXIT-4."""

    kind: ClassVar[str] = "exit.switched_off"

    products: int
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExitPutRight(ExitEvent):
    """A check of the verification found something left over, and it was taken away. Source: EXIT-6."""

    kind: ClassVar[str] = "exit.put_right"

    check: str


@dataclass(frozen=True, kw_only=True)
class ExitCheckFailed(ExitEvent):
    """Checks of the verification do not hold; it is tried again at `again_at`. Source: EXIT-6."""

    kind: ClassVar[str] = "exit.check_failed"

    checks: tuple[str, ...]
    again_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExitDone(ExitEvent):
    """The shop has left JIT, and every check holds. Source: EXIT-6."""

    kind: ClassVar[str] = "exit.done"

    enrolment: int
    checks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExitCertified(ExitEvent):
    """The certificate of the exit is made, signed and kept under this hash."""

    kind: ClassVar[str] = "exit.certified"

    number: str
    sha256: str
