"""What is a person's own: who they are, their sessions, their password and their second factor."""

from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import Field
from sqlalchemy import Row

from andon.kernel.errors import Conflict, Invalid, NotFound, TooMany, Unknown
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.platform.accounts.credentials import cookie_of, csrf_token, give_cookie
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.people.api.passing import Code, Password
from andon.platform.people.passwords import hash_of_new, matches
from andon.platform.people.permissions import PERSON
from andon.platform.people.rules import check_name
from andon.platform.people.service.factors import begin_factor, confirm_factor, remove_factor, renew_codes
from andon.platform.people.service.passing import change_password, count_code, forgive_codes, rename
from andon.platform.people.service.sessions import end_session, end_sessions, replace_token
from andon.platform.people.views import MeOut, SessionOut, me_of, sessions_of, user_of
from andon.platform.policies.rules import Policy

router = Router(tags=["people"])

READ, WRITE = allow("self.read", PERSON), allow("self.write", PERSON)


class MeIn(Strict):
    """How the person is called, and in which language they are written to."""

    name: Annotated[str, Field(max_length=200)]
    locale: Literal["zh-CN", "en"]


class PasswordChange(Strict):
    """The password so far, and the one from now on."""

    password: Password
    new_password: Password


class Proof(Strict):
    """That it is the person themselves."""

    password: Password


class Coded(Strict):
    """A code of the telephone."""

    otp: Code


class Proven(Strict):
    """That it is the person themselves, with both factors."""

    password: Password
    otp: Code


class FactorOut(Out):
    """A seed for a telephone, as text and as an address; shown this once."""

    secret: str
    uri: str


class CodesOut(Out):
    """Recovery codes, each of which stands in for the telephone once; shown this once."""

    recovery_codes: list[str]


@router.get("/me", dependencies=[READ])
def me(request: Request, tx: InTransaction, caller: Caller) -> MeOut:
    """Who is signed in, where they belong, and what they may do there."""
    return me_of(tx, caller.user_id, csrf_token(cookie_of(request) or ""))


@router.put("/me", dependencies=[WRITE], responses=problems(Invalid))
def put_me(body: MeIn, request: Request, tx: InTransaction, caller: Caller) -> MeOut:
    """Another name or language."""
    rename(tx, caller.user_id, check_name(body.name), body.locale)
    return me_of(tx, caller.user_id, csrf_token(cookie_of(request) or ""))


@router.post("/me/password", status_code=204, dependencies=[WRITE], responses=problems(Invalid, TooMany))
def put_password(body: PasswordChange, request: Request, response: Response, caller: Caller) -> None:
    """Another password: every other session ends, and this one has another token."""
    user = _proven(caller, body.password)
    kept = hash_of_new(body.new_password, name=user.name, email=user.email)
    with caller.step() as tx:
        token = change_password(
            tx,
            caller.user_id,
            caller.holder.session_id,
            user.password_hash,
            kept,
            caller.edge.secret,
        )
    give_cookie(request, response, token)


@router.post("/me/second_factor", dependencies=[WRITE], responses=problems(Invalid, Conflict, TooMany))
def begin_second_factor(body: Proof, caller: Caller) -> FactorOut:
    """Begin with a second factor: a seed to keep in a telephone. It counts once a code of it was shown."""
    _proven(caller, body.password)
    with caller.step() as tx:
        secret, uri = begin_factor(tx, caller.user_id, caller.edge.secret)
        forgive_codes(tx, caller.user_id, caller.edge.secret)
    return FactorOut(secret=secret, uri=uri)


@router.post(
    "/me/second_factor/confirm", dependencies=[WRITE], responses=problems(Conflict, Unknown, TooMany)
)
def confirm_second_factor(body: Coded, request: Request, response: Response, caller: Caller) -> CodesOut:
    """Show a code of the telephone: the second factor counts from now on, other sessions end."""
    _counted(caller)
    with caller.step() as tx:
        codes = confirm_factor(tx, caller.user_id, body.otp, caller.edge.secret)
        token = _renewed(tx, caller)
    give_cookie(request, response, token)
    return CodesOut(recovery_codes=codes)


@router.post(
    "/me/second_factor/remove",
    status_code=204,
    dependencies=[WRITE],
    responses=problems(Invalid, Conflict, Unknown, TooMany),
)
def remove_second_factor(body: Proven, request: Request, response: Response, caller: Caller) -> None:
    """Be without a second factor again: the password alone is enough; other sessions end."""
    _proven(caller, body.password)
    with caller.step() as tx:
        remove_factor(tx, caller.user_id, body.otp, caller.edge.secret)
        token = _renewed(tx, caller)
    give_cookie(request, response, token)


@router.post(
    "/me/recovery_codes",
    dependencies=[WRITE],
    responses=problems(Invalid, Conflict, Unknown, TooMany),
)
def recovery_codes(body: Proven, caller: Caller) -> CodesOut:
    """Other recovery codes; those before them work no more."""
    _proven(caller, body.password)
    with caller.step() as tx:
        codes = renew_codes(tx, caller.user_id, body.otp, caller.edge.secret)
        forgive_codes(tx, caller.user_id, caller.edge.secret)
    return CodesOut(recovery_codes=codes)


@router.get("/sessions", dependencies=[READ])
def sessions(query: PageQuery, tx: InTransaction, caller: Caller) -> Page[SessionOut]:
    """Where the person is signed in."""
    after = query.after[0] if query.after else 0
    rows = sessions_of(tx, caller.user_id, caller.holder.session_id, after=after, limit=query.fetch)
    return page_of(rows, query, lambda session: [session.id])


@router.delete("/sessions", status_code=204, dependencies=[WRITE])
def end_others(tx: InTransaction, caller: Caller) -> None:
    """Sign out everywhere but here."""
    end_sessions(tx, caller.user_id, "revoked", but=caller.holder.session_id)


@router.delete("/sessions/{session_id}", status_code=204, dependencies=[WRITE], responses=problems(NotFound))
def end_one(session_id: int, tx: InTransaction, caller: Caller) -> None:
    """Sign out there."""
    end_session(tx, caller.user_id, session_id)


def _counted(caller: Caller) -> Row[Any]:
    """The person, their try counted before anything they show is looked at."""
    with caller.step() as tx:
        count_code(tx, caller.user_id, caller.edge.secret)
        return user_of(tx, caller.user_id)


def _proven(caller: Caller, password: str) -> Row[Any]:
    """The person, whose password it is; Invalid `person.password_wrong` where it is not."""
    user = _counted(caller)
    if not matches(user.password_hash, password):
        raise Invalid("person.password_wrong")
    return user


def _renewed(tx: Tx[Policy], caller: Caller) -> str:
    """Another token for this session, after what else is signed in has ended."""
    forgive_codes(tx, caller.user_id, caller.edge.secret)
    end_sessions(tx, caller.user_id, "factor", but=caller.holder.session_id)
    return replace_token(tx, caller.holder.session_id)
