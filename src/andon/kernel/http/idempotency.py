"""Idempotency-Key: the first answer to a command is kept for 24 hours and given again to its repeats.

A claim is written first, with a lease, and committed; the answer is written in the transaction of what the command
did. A crash between the two leaves a claim whose lease runs out. All instants here are machine time.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from andon.kernel.chores import Chore
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, Refused
from andon.kernel.statements import Statements

KEPT_FOR = timedelta(hours=24)
LONGEST_TOKEN = 255
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')


class MalformedToken(Refused):
    """The Idempotency-Key is empty, too long, or holds what is not visible."""

    status = 400
    code = "idempotency.malformed"
    titles = {"en": "Not an Idempotency-Key", "zh-CN": "Idempotency-Key 格式错误"}


class OtherBody(Invalid):
    """The key was used for another command."""

    code = "idempotency.other_body"
    titles = {"en": "The key was used for another command", "zh-CN": "该 Idempotency-Key 已用于其他请求"}


class InFlight(Conflict):
    """The first command under this key has not been answered yet."""

    code = "idempotency.in_flight"
    titles = {"en": "The same command is still under way", "zh-CN": "相同请求正在处理中"}


class ClaimLost(Conflict):
    """The lease ran out and a repeat of the command took over; what this one did is undone."""

    code = "idempotency.in_flight"
    titles = InFlight.titles


@dataclass(frozen=True)
class Claim:
    """The right to answer one command, until `leased_until`."""

    party: str
    token: str
    leased_until: datetime


@dataclass(frozen=True)
class KeptAnswer:
    """The first answer, as it is kept."""

    status: int
    content_type: str
    body: bytes


def token_of(header: str) -> str:
    """The token in an Idempotency-Key header; a quoted RFC 8941 string and the bare text name the same.

    Raises MalformedToken for one that is empty, over 255 characters, or not all visible.
    """
    token = header.strip(" \t")
    if quoted := _QUOTED.fullmatch(token):
        token = re.sub(r'\\(["\\])', r"\1", quoted.group(1))
    if len(token) > LONGEST_TOKEN or not _VISIBLE.fullmatch(token):
        raise MalformedToken(detail=f"1 to {LONGEST_TOKEN} visible characters")
    return token


def fingerprint_of(method: str, target: str, body: bytes) -> bytes:
    """What tells one command from another: the SHA-256 of method, target with its query, and body."""
    return hashlib.sha256(b"\0".join((method.encode(), target.encode(), body))).digest()


def claim_answer(
    statements: Statements, party: str, token: str, fingerprint: bytes, *, now: datetime, lease: timedelta
) -> Claim | KeptAnswer:
    """Claim the command, or the answer that is kept for it. The caller commits the claim before it acts.

    Raises OtherBody for a key of another command, InFlight for one that is being answered.
    """
    # In another process the row may go between the two statements; then it is free to claim.
    for _ in range(3):
        claimed = statements.rows(
            _CLAIM,
            {
                "party": party,
                "token": token,
                "fingerprint": fingerprint,
                "now": now,
                "leased_until": now + lease,
                "senseless": now + 2 * lease,
                "expires_at": now + KEPT_FOR,
            },
        )
        if claimed:
            return Claim(party, token, now + lease)
        found = statements.rows(_HELD, {"party": party, "token": token})
        if not found:
            continue
        [held] = found
        if bytes(held.fingerprint) != fingerprint:
            raise OtherBody(detail="send it under a key of its own")
        if held.status is not None:
            return KeptAnswer(held.status, held.content_type, bytes(held.body))
        break
    raise InFlight(retry_after_seconds=1)


def keep_answer(statements: Statements, claim: Claim, answer: KeptAnswer) -> None:
    """Write the answer down, in the transaction of what it tells. Raises ClaimLost when a repeat took over."""
    kept = statements.run(
        _KEEP,
        {
            "party": claim.party,
            "token": claim.token,
            "lease": claim.leased_until,
            "status": answer.status,
            "content_type": answer.content_type,
            "body": answer.body,
        },
    )
    if kept != 1:
        raise ClaimLost(retry_after_seconds=1)


def release_claim(statements: Statements, claim: Claim) -> None:
    """Give the claim up, so that the command may be sent again at once."""
    statements.put(_RELEASE, {"party": claim.party, "token": claim.token, "lease": claim.leased_until})


def forget_answers(connection: Connection, now: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` answers whose 24 hours are over; answers how many."""
    return Statements(connection).run(_FORGET, {"now": now, "limit": limit})


_CLAIM = (
    "insert into idempotent_answers as held (party, token, fingerprint, leased_until, expires_at) "
    "values (:party, :token, :fingerprint, :leased_until, :expires_at) "
    "on conflict (party, token) do update set fingerprint = excluded.fingerprint, "
    "leased_until = excluded.leased_until, expires_at = excluded.expires_at, "
    "status = null, content_type = null, body = null "
    "where held.expires_at <= :now or (held.status is null and held.fingerprint = excluded.fingerprint "
    "and (held.leased_until <= :now or held.leased_until > :senseless)) returning 1"
)
_HELD = (
    "select fingerprint, status, content_type, body from idempotent_answers "
    "where party = :party and token = :token"
)
_KEEP = (
    "update idempotent_answers set status = :status, content_type = :content_type, body = :body "
    "where party = :party and token = :token and leased_until = :lease and status is null"
)
_RELEASE = (
    "delete from idempotent_answers "
    "where party = :party and token = :token and leased_until = :lease and status is null"
)
_FORGET = (
    "delete from idempotent_answers where (party, token) in (select party, token from idempotent_answers "
    "where expires_at <= :now order by expires_at limit :limit for update skip locked)"
)


def _forget(database: Database) -> int:
    """Delete the answers whose 24 hours are over, a batch at a time."""
    forgotten = 0
    while True:
        with database.line.begin() as connection:
            batch = forget_answers(connection, wall())
        forgotten += batch
        if not batch:
            return forgotten


FORGET_ANSWERS = Chore("forget_answers", every=timedelta(minutes=10), do=_forget)
"""Answers go by machine time, so no station of the line waits for them."""
