"""What happens to a shop's membership in JIT."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class EnrolmentEvent(Event):
    """Something happened to one membership; `number` counts a shop's joins from 1."""

    about: ClassVar[str] = "number"

    number: int

    @property
    def subject(self) -> str:
        """The membership, for example `enrolment:1`."""
        return f"enrolment:{self.number}"


@dataclass(frozen=True, kw_only=True)
class EnrolmentJoining(EnrolmentEvent):
    """A shop asked to join, and met these conditions."""

    kind: ClassVar[str] = "enrolment.joining"

    conditions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EnrolmentOn(EnrolmentEvent):
    """The shop is in JIT, or still is where its exit was withdrawn. `signed_by` is the key or member that signed that version of the authorisation.

    Source: MODE-7.
    """

    kind: ClassVar[str] = "enrolment.on"

    authorisation_version: str
    signed_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentLeaving(EnrolmentEvent):
    """The shop leaves JIT by this exit."""

    kind: ClassVar[str] = "enrolment.leaving"

    exit_id: int


@dataclass(frozen=True, kw_only=True)
class EnrolmentOff(EnrolmentEvent):
    """The shop has left JIT; the authorisation of that version has ended with it. Source: MODE-7."""

    kind: ClassVar[str] = "enrolment.off"

    exit_id: int
    authorisation_version: str
