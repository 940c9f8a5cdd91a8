"""People: who there is, where they belong, and by what they are known. Of no shop, so behind no shop's walls.

Instants but `since` are machine time.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.tables import Base

USER_IDS = Sequence("user_ids", metadata=Base.metadata)
SESSION_IDS = Sequence("session_ids", metadata=Base.metadata)
INVITATION_IDS = Sequence("person_invitation_ids", metadata=Base.metadata)

_OF_NO_SHOP = {"reference": True}


def _user(*, primary_key: bool = False) -> Mapped[int]:
    return mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=primary_key)


class User(Base):
    """A person, known by one e-mail address in lower case.

    The seed of their second factor is sealed; it counts from `totp_since` on. `totp_step` is the last step of time
    whose code was used.
    """

    __tablename__ = "users"
    __table_args__ = {"info": _OF_NO_SHOP}

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    locale: Mapped[str]
    password_hash: Mapped[str]
    made_at: Mapped[datetime]
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info={"sealed": True})
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]


class MembershipRow(Base):
    """A person's place in a party; `party_id` is its number as text, empty for the operator. `since` is business time."""

    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_user_id", "user_id"), {"info": _OF_NO_SHOP})

    party: Mapped[str] = mapped_column(primary_key=True)
    party_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = _user(primary_key=True)
    role: Mapped[str]
    since: Mapped[datetime]


class SessionRow(Base):
    """One sign-in, known by the SHA-256 of its token. `replaced_hash` is that of the token it had before, if it had one."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"), {"info": _OF_NO_SHOP})

    session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = _user()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    replaced_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    address: Mapped[str]
    agent: Mapped[str]


class RecoveryCode(Base):
    """A code that stands in for the second factor, once: its SHA-256."""

    __tablename__ = "recovery_codes"
    __table_args__ = {"info": _OF_NO_SHOP}

    user_id: Mapped[int] = _user(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class InvitationRow(Base):
    """A place in a party that waits for whoever has the link; `email` None: anybody who has it."""

    __tablename__ = "person_invitations"
    __table_args__ = (
        Index("ix_person_invitations_party", "party", "party_id"),
        {"info": _OF_NO_SHOP},
    )

    invitation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    party: Mapped[str]
    party_id: Mapped[str]
    role: Mapped[str]
    email: Mapped[str | None]
    locale: Mapped[str]
    invited_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ResetRow(Base):
    """A link by which a person sets another password, once."""

    __tablename__ = "password_resets"
    __table_args__ = (Index("ix_password_resets_user_id", "user_id"), {"info": _OF_NO_SHOP})

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = _user()
    expires_at: Mapped[datetime]


class TryRow(Base):
    """How often something was tried in vain; `key_hash` is what and from where, by a keyed hash."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_forget_at", "forget_at"), {"info": _OF_NO_SHOP})

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    free_at: Mapped[datetime]
    forget_at: Mapped[datetime]
