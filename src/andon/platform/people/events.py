"""What happens to people: where they belong, and how they are known. Never their names or addresses."""

from dataclasses import dataclass
from typing import ClassVar

from andon.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonInvited(Event):
    """Somebody was invited to be of a party, with a role; the invitation works once."""

    kind: ClassVar[str] = "person.invited"
    about: ClassVar[str] = "invitation_id"

    invitation_id: int
    party: str
    party_id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    """An invitation was taken back: it works no more."""

    kind: ClassVar[str] = "invitation.withdrawn"
    about: ClassVar[str] = "invitation_id"

    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class PersonJoined(Event):
    """A person accepted an invitation and is of the party now."""

    kind: ClassVar[str] = "person.joined"
    about: ClassVar[str] = "user_id"

    user_id: int
    invitation_id: int
    party: str
    party_id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A person has another role from this instant on."""

    kind: ClassVar[str] = "person.role_changed"
    about: ClassVar[str] = "user_id"

    user_id: int
    party: str
    party_id: str
    was: str
    role: str


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event):
    """A person is of the party no more. Of whoever is of none any more nothing is kept."""

    kind: ClassVar[str] = "person.left"
    about: ClassVar[str] = "user_id"

    user_id: int
    party: str
    party_id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A person signed in, with a second factor or without."""

    kind: ClassVar[str] = "person.signed_in"
    about: ClassVar[str] = "user_id"

    user_id: int
    session_id: int
    factor: str


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """Sessions of a person ended: `reason` is signed_out, revoked, password, factor or reused."""

    kind: ClassVar[str] = "person.sessions_ended"
    about: ClassVar[str] = "user_id"

    user_id: int
    count: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Event):
    """A person has another password; `by` is change or reset."""

    kind: ClassVar[str] = "person.password_set"
    about: ClassVar[str] = "user_id"

    user_id: int
    by: str


@dataclass(frozen=True, kw_only=True)
class FactorChanged(Event):
    """A person's second factor was set, removed, or its recovery codes were made anew (`codes`)."""

    kind: ClassVar[str] = "person.factor_changed"
    about: ClassVar[str] = "user_id"

    user_id: int
    what: str
