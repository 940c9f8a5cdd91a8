"""Invitations, and the people of a party: invited, joined, given another role, gone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Tx
from andon.platform.people.events import (
    InvitationWithdrawn,
    PersonInvited,
    PersonJoined,
    PersonLeft,
    RoleChanged,
)
from andon.platform.people.permissions import ROLES, TITLES
from andon.platform.people.rules import INVITED_FOR, check_role
from andon.platform.people.service.letters import hash_of_link, new_token, telling, told_in, write_letter
from andon.platform.people.service.passing import Knock, forgive, sign_in
from andon.platform.people.service.sessions import Browser, open_session
from andon.platform.people.tables import INVITATION_IDS, USER_IDS
from andon.platform.people.views import people_of
from andon.platform.policies.rules import Policy

MOST_PEOPLE = 500
"""How many a party has at most, those who are invited among them."""


@dataclass(frozen=True, slots=True)
class Party:
    """Whose people it is about; `number` is the party's as text, empty for the operator."""

    kind: str
    number: str

    @property
    def told_in(self) -> int:
        """Under which shop the record of its people stands."""
        return told_in(self.kind, self.number)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who has no account yet; the password is a hash."""

    email: str
    name: str
    locale: str
    password_hash: str


def invite(
    tx: Tx[Policy], party: Party, role: str, email: str | None, locale: str, public_url: str, key: bytes
) -> tuple[Row[Any], str]:
    """Keep a place for whoever has the link, which goes to `email`; answers the invitation, and the link.

    A former invitation to the same address works no more. Raises Invalid `member.role`, NotFound for a supplier that
    is not there, Conflict `member.there` or `member.too_many`.
    """
    check_role(party.kind, role)
    token, token_hash = new_token()
    link = f"{public_url}/invitation#{token}"
    now = tx.wall()
    with telling(tx, party.told_in):
        _check_room(tx, party, email)
        invitation_id = tx.take_ids(INVITATION_IDS.name, 1)[0]
        row = tx.one(
            "insert into person_invitations (invitation_id, token_hash, party, party_id, role, email, locale, "
            "invited_by, made_at, expires_at) values (:id, :hash, :party, :number, :role, :email, :locale, :by, :now, "
            ":expires) returning invitation_id as id, role, email, locale, made_at, expires_at",
            id=invitation_id,
            hash=token_hash,
            party=party.kind,
            number=party.number,
            role=role,
            email=email,
            locale=locale,
            by=str(tx.actor),
            now=now,
            expires=now + INVITED_FOR,
        )
        assert row is not None, "an insert answers its row"
        tx.emit(
            PersonInvited(
                shop_id=party.told_in,
                invitation_id=invitation_id,
                party=party.kind,
                party_id=party.number,
                role=role,
            )
        )
        if email is not None:
            _write_invitation(tx, party, role, email, locale, link, key)
    return row, link


def _write_invitation(
    tx: Tx[Policy], party: Party, role: str, email: str, locale: str, link: str, key: bytes
) -> None:
    write_letter(
        tx,
        "person.invited",
        to=email,
        locale=locale,
        link=link,
        key=key,
        party_name=_name_of(tx, party),
        role=TITLES[role][1 if locale.startswith("zh") else 0],
        days=INVITED_FOR.days,
    )


def withdraw_invitation(tx: Tx[Policy], party: Party, invitation_id: int) -> None:
    """Take an invitation back; NotFound `invitation.not_found` for one that is not the party's, or was accepted."""
    with telling(tx, party.told_in):
        if not tx.run(
            "delete from person_invitations where invitation_id = :id and party = :party and party_id = :number",
            id=invitation_id,
            party=party.kind,
            number=party.number,
        ):
            raise NotFound("invitation.not_found")
        tx.emit(InvitationWithdrawn(shop_id=party.told_in, invitation_id=invitation_id))


def accept_as_new(
    tx: Tx[Policy], token: str, who: Knock, new: NewPerson, browser: Browser
) -> tuple[str, int]:
    """Make an account that takes the place a link keeps; answers a session's token and the person's number.

    Raises as `accept_invitation` does.
    """
    user_id = accept_invitation(tx, token, new)
    forgive(tx, who)
    return open_session(tx, user_id, browser, "none"), user_id


def accept_as_known(
    tx: Tx[Policy], token: str, who: Knock, code: str | None, browser: Browser, key: bytes
) -> tuple[str, int]:
    """Take the place that a link keeps with an account whose password was right; answers the same.

    Raises Unknown for its one-time code besides.
    """
    session = sign_in(tx, who, code, browser, key)
    assert who.user is not None, "nobody's password is right"
    return session, accept_invitation(tx, token, who.user.user_id)


def accept_invitation(tx: Tx[Policy], token: str, who: NewPerson | int) -> int:
    """Take the place that a link keeps, once, as a new person or as one who has an account; answers their number.

    Raises NotFound `invitation.not_found` where somebody was faster; Conflict `member.there`, also where an account of
    the address was made meanwhile.
    """
    # Whose record it goes on is known from the invitation, and heads come before rows.
    found = tx.one("select * from person_invitations where token_hash = :hash", hash=hash_of_link(token))
    if found is None:
        raise NotFound("invitation.not_found")
    party = Party(found.party, found.party_id)
    with telling(tx, party.told_in):
        taken = tx.run(
            "delete from person_invitations where invitation_id = :id and expires_at > :now",
            id=found.invitation_id,
            now=tx.wall(),
        )
        if not taken:
            raise NotFound("invitation.not_found")
        user_id = _found_again(tx, who) if isinstance(who, int) else _make_person(tx, who)
        joined = tx.run(
            "insert into memberships (party, party_id, user_id, role, since) "
            "values (:party, :number, :user, :role, :now) on conflict do nothing",
            party=party.kind,
            number=party.number,
            user=user_id,
            role=found.role,
            now=tx.now,
        )
        if not joined:
            raise Conflict("member.there")
        tx.emit(
            PersonJoined(
                shop_id=party.told_in,
                user_id=user_id,
                invitation_id=found.invitation_id,
                party=party.kind,
                party_id=party.number,
                role=found.role,
            )
        )
    return user_id


def change_role(tx: Tx[Policy], party: Party, user_id: int, role: str) -> None:
    """Another role for a person of the party, from their next call on; the same changes nothing.

    Raises Invalid `member.role`, NotFound `person.not_found`, Conflict `member.last`.
    """
    check_role(party.kind, role)
    with telling(tx, party.told_in):
        was = _leaving_none_alone(tx, party, user_id, role)
        if was == role:
            return
        tx.put(
            "update memberships set role = :role where party = :party and party_id = :number and user_id = :user",
            role=role,
            party=party.kind,
            number=party.number,
            user=user_id,
        )
        tx.emit(
            RoleChanged(
                shop_id=party.told_in,
                user_id=user_id,
                party=party.kind,
                party_id=party.number,
                was=was,
                role=role,
            )
        )


def remove_member(tx: Tx[Policy], party: Party, user_id: int) -> None:
    """A person is of the party no more, from this instant on; of one who is of none any more, nothing is kept.

    Raises NotFound `person.not_found`, Conflict `member.last`.
    """
    with telling(tx, party.told_in):
        # A person who joins elsewhere just now is either seen by the last statement, or waits for it.
        tx.put("select 1 from users where user_id = :user for update", user=user_id)
        was = _leaving_none_alone(tx, party, user_id, None)
        tx.put(
            "delete from memberships where party = :party and party_id = :number and user_id = :user",
            party=party.kind,
            number=party.number,
            user=user_id,
        )
        tx.put(
            "delete from users u where u.user_id = :user "
            "and not exists (select from memberships m where m.user_id = u.user_id)",
            user=user_id,
        )
        tx.emit(
            PersonLeft(
                shop_id=party.told_in,
                user_id=user_id,
                party=party.kind,
                party_id=party.number,
                role=was,
            )
        )


def _leaving_none_alone(tx: Tx[Policy], party: Party, user_id: int, role: str | None) -> str:
    """The role that a person has, where they may have another, or none; each of the party's is locked."""
    roles = {row.user_id: str(row.role) for row in people_of(tx, party.kind, party.number)}
    if user_id not in roles:
        raise NotFound("person.not_found")
    first = ROLES[party.kind][0]
    if roles[user_id] == first and role != first and list(roles.values()).count(first) == 1:
        raise Conflict("member.last", f"make another one {first} before")
    return roles[user_id]


def _check_room(tx: Tx[Policy], party: Party, email: str | None) -> None:
    if party.kind == "supplier" and not tx.one(
        "select 1 from suppliers where supplier_id = :supplier", supplier=int(party.number)
    ):
        raise NotFound
    here = {"party": party.kind, "number": party.number}
    if email is not None:
        tx.put(
            "delete from person_invitations where party = :party and party_id = :number and email = :email",
            email=email,
            **here,
        )
        if tx.one(
            "select 1 from memberships m join users u on u.user_id = m.user_id "
            "where m.party = :party and m.party_id = :number and u.email = :email",
            email=email,
            **here,
        ):
            raise Conflict("member.there")
    counted = tx.one(
        "select (select count(*) from memberships where party = :party and party_id = :number) "
        "+ (select count(*) from person_invitations where party = :party and party_id = :number) as n",
        **here,
    )
    if counted is not None and counted.n >= MOST_PEOPLE:
        raise Conflict("member.too_many", f"at most {MOST_PEOPLE}")


def _found_again(tx: Tx[Policy], user_id: int) -> int:
    if tx.one("select 1 from users where user_id = :user for key share", user=user_id) is None:
        raise NotFound("person.not_found")
    return user_id


def _make_person(tx: Tx[Policy], who: NewPerson) -> int:
    user_id = tx.take_ids(USER_IDS.name, 1)[0]
    made = tx.run(
        "insert into users (user_id, email, name, locale, password_hash, made_at) "
        "values (:user, :email, :name, :locale, :hash, :now) on conflict (email) do nothing",
        user=user_id,
        email=who.email,
        name=who.name,
        locale=who.locale,
        hash=who.password_hash,
        now=tx.wall(),
    )
    if not made:
        raise Conflict("member.there", "this address has an account by now: accept with its password")
    return user_id


def _name_of(tx: Tx[Policy], party: Party) -> str:
    if party.kind == "operator":
        return "Andon"
    table, column = {"shop": ("shops", "shop_id"), "supplier": ("suppliers", "supplier_id")}[party.kind]
    row = tx.one(f"select name from {table} where {column} = :number", number=int(party.number))
    if row is None:
        raise NotFound
    return str(row.name)
