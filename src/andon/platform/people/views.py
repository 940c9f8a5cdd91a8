"""Who is signed in, who belongs where, and what of it is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out, coded
from andon.kernel.statements import Statements
from andon.kernel.tx import Tx
from andon.platform.people.permissions import TITLES, permissions_of
from andon.platform.people.rules import IDLE_FOR, Membership, Person
from andon.platform.policies.rules import Policy

_SESSION = (
    "select s.session_id, s.user_id, s.seen_at, m.party, m.party_id, m.role from sessions s "
    "left join memberships m on m.user_id = s.user_id "
    "where s.token_hash = :hash and s.ends_at > :now and s.seen_at > :idle order by m.party, m.party_id"
)


RoleWord = Annotated[str, coded(TITLES)]


class PlaceOut(Out):
    """A place in a party: with which role, and what that may do. The operator has no number and no name; `zone` is a shop's."""

    party: str
    party_id: int | None
    name: str | None
    zone: str | None
    role: RoleWord
    permissions: list[str]


class MeOut(Out):
    """Who is signed in. Commands by cookie carry `csrf_token` in X-CSRF-Token."""

    user_id: int
    name: str
    email: str
    locale: str
    second_factor: bool
    recovery_codes_left: int
    places: list[PlaceOut]
    csrf_token: str


class SessionOut(Out):
    """One sign-in: since when, from where, and when it was last used. Instants are the machine's."""

    id: int
    made_at: Instant
    seen_at: Instant
    ends_at: Instant
    address: str
    agent: str
    current: bool


class MemberOut(Out):
    """A person of a party."""

    id: int
    name: str
    email: str
    role: RoleWord
    second_factor: bool
    since: Instant


class InvitationOut(Out):
    """A place that waits for whoever it is kept for. Instants are the machine's."""

    id: int
    role: RoleWord
    email: str | None
    locale: str
    made_at: Instant
    expires_at: Instant


class InvitedOut(Out):
    """What a link invites to: `known` is whether its address has an account, so that its own password is asked for."""

    party: str
    party_id: int | None
    role: RoleWord
    email: str | None
    known: bool
    expires_at: Instant


def session_of(statements: Statements, token_hash: bytes, now: datetime) -> Person | None:
    """Whose session that is, and where they belong, in one query; None where it is nobody's, or over."""
    found = statements.rows(_SESSION, {"hash": token_hash, "now": now, "idle": now - IDLE_FOR})
    if not found:
        return None
    places = tuple(Membership(row.party, row.party_id, row.role) for row in found if row.party)
    return Person(found[0].user_id, found[0].session_id, found[0].seen_at, places)


def me_of(tx: Tx[Policy], user_id: int, csrf: str) -> MeOut:
    """A person as they see themselves, with the names of their shops and suppliers."""
    row = user_of(tx, user_id)
    left = tx.one("select count(*) from recovery_codes where user_id = :user", user=user_id)
    places = tx.rows(
        "select m.party, m.party_id, m.role, coalesce(s.name, u.name) as name, s.zone from memberships m "
        "left join shops s on m.party = 'shop' and s.shop_id::text = m.party_id "
        "left join suppliers u on m.party = 'supplier' and u.supplier_id::text = m.party_id "
        "where m.user_id = :user order by m.party, length(m.party_id), m.party_id",
        user=user_id,
    )
    return MeOut(
        user_id=row.user_id,
        name=row.name,
        email=row.email,
        locale=row.locale,
        second_factor=row.totp_since is not None,
        recovery_codes_left=left[0] if left else 0,
        places=[
            PlaceOut(
                party=each.party,
                party_id=_number(each.party_id),
                name=each.name,
                zone=each.zone,
                role=each.role,
                permissions=sorted(permissions_of(each.party, each.role)),
            )
            for each in places
        ],
        csrf_token=csrf,
    )


def user_of(tx: Tx[Policy], user_id: int) -> Row[Any]:
    """The row of a person; NotFound `person.not_found` for one who is gone."""
    row = tx.one("select * from users where user_id = :user", user=user_id)
    if row is None:
        raise NotFound("person.not_found")
    return row


def sessions_of(
    tx: Tx[Policy], user_id: int, current: int | None, *, after: int, limit: int
) -> list[SessionOut]:
    """A person's sessions that are not over, by number."""
    now = tx.wall()
    rows = tx.rows(
        "select * from sessions where user_id = :user and ends_at > :now and seen_at > :idle "
        "and session_id > :after order by session_id limit :limit",
        user=user_id,
        now=now,
        idle=now - IDLE_FOR,
        after=after,
        limit=limit,
    )
    return [
        SessionOut(
            id=row.session_id,
            made_at=row.made_at,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            address=row.address,
            agent=row.agent,
            current=row.session_id == current,
        )
        for row in rows
    ]


def members_of(
    tx: Tx[Policy], party: str, party_id: str, *, after: int = 0, limit: int = 1
) -> list[MemberOut]:
    """The people of a party, by number."""
    rows = tx.rows(
        "select u.user_id as id, u.name, u.email, m.role, u.totp_since is not null as second_factor, m.since "
        "from memberships m join users u on u.user_id = m.user_id "
        "where m.party = :party and m.party_id = :number and m.user_id > :after order by m.user_id limit :limit",
        party=party,
        number=party_id,
        after=after,
        limit=limit,
    )
    return [MemberOut.model_validate(row) for row in rows]


def invitations_of(
    tx: Tx[Policy], party: str, party_id: str, *, after: int, limit: int
) -> list[InvitationOut]:
    """The invitations of a party that still work, by number."""
    rows = tx.rows(
        "select invitation_id as id, role, email, locale, made_at, expires_at from person_invitations "
        "where party = :party and party_id = :number and expires_at > :now and invitation_id > :after "
        "order by invitation_id limit :limit",
        party=party,
        number=party_id,
        now=tx.wall(),
        after=after,
        limit=limit,
    )
    return [InvitationOut.model_validate(row) for row in rows]


def invited_of(row: Row[Any], *, known: bool) -> InvitedOut:
    """An invitation as whoever has its link sees it."""
    return InvitedOut(
        party=row.party,
        party_id=_number(row.party_id),
        role=row.role,
        email=row.email,
        known=known,
        expires_at=row.expires_at,
    )


def invitation_by(tx: Tx[Policy], token_hash: bytes) -> Row[Any]:
    """The invitation that a link is; NotFound `invitation.not_found` for one that is over, or never was."""
    row = tx.one(
        "select * from person_invitations where token_hash = :hash and expires_at > :now",
        hash=token_hash,
        now=tx.wall(),
    )
    if row is None:
        raise NotFound("invitation.not_found")
    return row


def is_known(tx: Tx[Policy], email: str) -> bool:
    """Whether an address has an account."""
    return tx.one("select 1 from users where email = :email", email=email) is not None


def people_of(tx: Tx[Policy], party: str, party_id: str) -> Sequence[Row[Any]]:
    """Who is of a party, and with which role, each locked: whoever counts them decides alone."""
    return tx.rows(
        "select user_id, role from memberships where party = :party and party_id = :number "
        "order by user_id for update",
        party=party,
        number=party_id,
    )


def _number(party_id: str) -> int | None:
    return int(party_id) if party_id else None
