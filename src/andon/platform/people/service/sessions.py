"""Sessions begin, are used, get another token and end."""

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.errors import NotFound
from andon.kernel.statements import Statements
from andon.kernel.tx import Tx
from andon.platform.people.events import SessionsEnded, SignedIn
from andon.platform.people.rules import SESSION_FOR
from andon.platform.people.service.letters import new_token, telling
from andon.platform.people.tables import SESSION_IDS
from andon.platform.policies.rules import Policy

MOST_SESSIONS = 20
"""How many a person has at once; with one more the oldest ends."""
LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Browser:
    """From where somebody signs in, as far as it says so."""

    address: str
    agent: str


def open_session(tx: Tx[Policy], user_id: int, browser: Browser, factor: str) -> str:
    """A new session of a person who has shown who they are; answers its token, which is kept nowhere."""
    token, token_hash = new_token()
    now = tx.wall()
    session_id = tx.take_ids(SESSION_IDS.name, 1)[0]
    with telling(tx):
        tx.put(
            "delete from sessions where session_id in (select session_id from sessions where user_id = :user "
            "order by session_id desc offset :most)",
            user=user_id,
            most=MOST_SESSIONS - 1,
        )
        tx.put(
            "insert into sessions (session_id, user_id, token_hash, made_at, seen_at, ends_at, address, agent) "
            "values (:session, :user, :hash, :now, :now, :ends, :address, :agent)",
            session=session_id,
            user=user_id,
            hash=token_hash,
            now=now,
            ends=now + SESSION_FOR,
            address=browser.address,
            agent="".join(char if char.isprintable() else " " for char in browser.agent)[:LONGEST_AGENT],
        )
        tx.emit(SignedIn(shop_id=0, user_id=user_id, session_id=session_id, factor=factor))
    return token


def replace_token(tx: Tx[Policy], session_id: int | None) -> str:
    """Another token for a session: whoever has a copy of the old one has nothing, and shows it by using it."""
    token, token_hash = new_token()
    tx.put(
        "update sessions set replaced_hash = token_hash, token_hash = :hash where session_id = :session",
        hash=token_hash,
        session=session_id,
    )
    return token


def end_sessions(
    tx: Tx[Policy], user_id: int, reason: str, *, only: int | None = None, but: int | None = None
) -> int:
    """End a person's sessions: all of them, `only` one, or all `but` one; answers how many."""
    with telling(tx):
        count = tx.run(
            "delete from sessions where user_id = :user and (cast(:only as bigint) is null or session_id = :only) "
            "and (cast(:but as bigint) is null or session_id <> :but)",
            user=user_id,
            only=only,
            but=but,
        )
        if count:
            tx.emit(SessionsEnded(shop_id=0, user_id=user_id, count=count, reason=reason))
    return count


def end_session(tx: Tx[Policy], user_id: int, session_id: int) -> None:
    """End one session of a person; NotFound `session.not_found` for one that is not theirs, or over."""
    if not end_sessions(tx, user_id, "revoked", only=session_id):
        raise NotFound("session.not_found")


def leave_session(tx: Tx[Policy], token_hash: bytes) -> None:
    """End the session of a token, if there is one: its browser has signed in anew."""
    row = tx.one("select user_id, session_id from sessions where token_hash = :hash", hash=token_hash)
    if row is not None:
        end_sessions(tx, row.user_id, "signed_out", only=row.session_id)


def end_reused(tx: Tx[Policy], token_hash: bytes) -> None:
    """End the session that had this token before, if there is one: somebody has a copy of it."""
    row = tx.one("select user_id, session_id from sessions where replaced_hash = :hash", hash=token_hash)
    if row is not None:
        end_sessions(tx, row.user_id, "reused", only=row.session_id)


def touch_session(statements: Statements, session_id: int, now: datetime) -> None:
    """Note that a session is used."""
    statements.put(
        "update sessions set seen_at = :now where session_id = :session", {"session": session_id, "now": now}
    )
