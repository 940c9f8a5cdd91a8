"""Signing in, and setting a password: by the one before it, or by a link."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Invalid, NotFound, Unknown
from andon.kernel.tx import Tx
from andon.platform.people.events import PasswordSet
from andon.platform.people.rules import RESET_FOR, place_of
from andon.platform.people.service.factors import use_factor
from andon.platform.people.service.letters import hash_of_link, new_token, telling, write_letter
from andon.platform.people.service.sessions import (
    Browser,
    end_sessions,
    leave_session,
    open_session,
    replace_token,
)
from andon.platform.people.service.tries import forget_tries, key_of, take_try
from andon.platform.people.views import user_of
from andon.platform.policies.rules import Policy

TRIES_OF_A_PLACE = 50
"""How many tries one address has over all accounts before it waits: many people may share it."""
RESETS_OF_AN_ACCOUNT = 3
"""How many links an address is sent before they come more slowly; each works for its hour."""


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody who says who they are, and under what their tries are counted. `user` None: there is nobody of that address."""

    user: Row[Any] | None
    counted: tuple[bytes, bytes]

    @property
    def kept(self) -> str | None:
        """The hash of the password, where there is one."""
        return None if self.user is None else self.user.password_hash


def knock(tx: Tx[Policy], email: str, browser: Browser, key: bytes) -> Knock:
    """Count a try to sign in, before the password is looked at. Raises TooMany while a pause lasts.

    Tries are counted by account and place together, and by place: a stranger's never hold up the person themselves.
    """
    place = place_of(browser.address)
    counted = (key_of(key, "pair", email, place), key_of(key, "place", place))
    take_try(tx, counted[0])
    take_try(tx, counted[1], TRIES_OF_A_PLACE)
    return Knock(tx.one("select * from users where email = :email", email=email), counted)


def count_code(tx: Tx[Policy], user_id: int, key: bytes) -> None:
    """Count a try of a one-time code or of one's own password: only who knows one of the two comes so far.

    Raises TooMany while a pause lasts.
    """
    take_try(tx, key_of(key, "code", user_id))


def sign_in(
    tx: Tx[Policy],
    who: Knock,
    code: str | None,
    browser: Browser,
    key: bytes,
    *,
    former: bytes | None = None,
) -> str:
    """A session for somebody whose password was right; answers its token. The browser's `former` session ends.

    Raises Unknown: `sign_in.refused` where the password was changed meanwhile, `sign_in.otp_*` for the code.
    """
    assert who.user is not None, "nobody's password is right"
    tx.put("select 1 from users where user_id = :user for key share", user=who.user.user_id)
    user = tx.one("select * from users where user_id = :user", user=who.user.user_id)
    if user is None or user.password_hash != who.kept:
        raise Unknown("sign_in.refused")
    factor = use_factor(tx, user, code, key)
    forgive_codes(tx, user.user_id, key)
    forgive(tx, who)
    if former is not None:
        leave_session(tx, former)
    return open_session(tx, user.user_id, browser, factor)


def forgive_codes(tx: Tx[Policy], user_id: int, key: bytes) -> None:
    """The code or the password was right: what was tried before counts no more."""
    forget_tries(tx, key_of(key, "code", user_id))


def forgive(tx: Tx[Policy], who: Knock) -> None:
    """They were who they said: their tries count no more, and what their place has tried is one less."""
    forget_tries(tx, who.counted[0])
    tx.put(
        "update sign_in_tries set failures = greatest(failures - 1, 0) where key_hash = :key",
        key=who.counted[1],
    )


def rename(tx: Tx[Policy], user_id: int, name: str, locale: str) -> None:
    """Another name, another language."""
    tx.put(
        "update users set name = :name, locale = :locale where user_id = :user",
        name=name,
        locale=locale,
        user=user_id,
    )


def change_password(
    tx: Tx[Policy], user_id: int, session_id: int | None, old: str, new: str, key: bytes
) -> str:
    """Another password instead of the one whose hash is `old`: every other session ends, this one gets another token."""
    if not _set_password(tx, user_id, new, "change", old):
        raise Invalid("person.password_wrong")
    end_sessions(tx, user_id, "password", but=session_id)
    forgive_codes(tx, user_id, key)
    return replace_token(tx, session_id)


def ask_reset(tx: Tx[Policy], email: str, public_url: str, key: bytes) -> None:
    """Send whoever has that address a link; to one that nobody has, nothing. Raises TooMany while a pause lasts."""
    take_try(tx, key_of(key, "reset", email), RESETS_OF_AN_ACCOUNT)
    token, token_hash = new_token()
    with telling(tx):
        user = tx.one("select * from users where email = :email", email=email)
        tx.put(
            "insert into password_resets (token_hash, user_id, expires_at) "
            "select :hash, user_id, :expires from users where email = :email",
            hash=token_hash,
            expires=tx.wall() + RESET_FOR,
            email=email,
        )
        if user is not None:
            minutes = int(RESET_FOR.total_seconds()) // 60
            link = f"{public_url}/password#{token}"
            write_letter(
                tx, "person.reset", to=email, locale=user.locale, link=link, key=key, minutes=minutes
            )


def reset_by(tx: Tx[Policy], token: str) -> Row[Any]:
    """The person whose link that is; NotFound `reset.not_found` for one that is over, was used, or never was."""
    row = tx.one(
        "select u.* from password_resets r join users u on u.user_id = r.user_id "
        "where r.token_hash = :hash and r.expires_at > :now",
        hash=hash_of_link(token),
        now=tx.wall(),
    )
    if row is None:
        raise NotFound("reset.not_found")
    return row


def reset_password(tx: Tx[Policy], token: str, new: str) -> None:
    """Another password by a link, which works once: every session ends, and so does every other link."""
    row = tx.one(
        "delete from password_resets where token_hash = :hash and expires_at > :now returning user_id",
        hash=hash_of_link(token),
        now=tx.wall(),
    )
    if row is None:
        raise NotFound("reset.not_found")
    _set_password(tx, row.user_id, new, "reset")
    end_sessions(tx, row.user_id, "password")


def _set_password(tx: Tx[Policy], user_id: int, new: str, by: str, old: str | None = None) -> bool:
    """Whether it was set: not where it is no more the one whose hash is `old`."""
    with telling(tx):
        done = tx.run(
            "update users set password_hash = :new where user_id = :user "
            "and (cast(:old as text) is null or password_hash = :old)",
            new=new,
            user=user_id,
            old=old,
        )
        if done:
            user = user_of(tx, user_id)
            tx.put("delete from password_resets where user_id = :user", user=user_id)
            tx.emit(PasswordSet(shop_id=0, user_id=user_id, by=by))
            write_letter(tx, "person.password_set", to=user.email, locale=user.locale)
    return bool(done)
