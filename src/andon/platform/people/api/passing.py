"""People sign in and out, and set a password anew where they have lost it."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from andon.kernel.errors import Forbidden, Invalid, NotFound, TooMany, Unknown
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.problems import problems
from andon.platform.accounts.credentials import check_private, cookie_of, csrf_token, give_cookie
from andon.platform.accounts.doors import Edge
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.accounts.rules import hash_of
from andon.platform.people.passwords import hash_of_new, matches
from andon.platform.people.permissions import PERSON
from andon.platform.people.rules import check_email
from andon.platform.people.service.passing import (
    ask_reset,
    count_code,
    knock,
    reset_by,
    reset_password,
    sign_in,
)
from andon.platform.people.service.sessions import Browser, end_sessions

router = Router(tags=["people"])

Email = Annotated[str, Field(max_length=254, examples=["li@example.com"])]
Password = Annotated[str, Field(max_length=1_000, examples=["mountain lamp river 42"])]
Code = Annotated[str, Field(max_length=40, examples=["492039"])]


class SignIn(Strict):
    """Who it is. `otp` is the telephone's code, or a recovery code, where there is a second factor."""

    email: Email
    password: Password
    otp: Code | None = None


class ResetAsked(Strict):
    """Whose password is lost."""

    email: Email


class NewPassword(Strict):
    """The password from now on."""

    password: Password


class SignedInOut(Out):
    """Signed in: the session is in the cookie; commands by it carry `csrf_token` in X-CSRF-Token."""

    user_id: int
    csrf_token: str


def browser_of(request: Request) -> Browser:
    """From where a request comes."""
    return Browser(request.client.host if request.client else "", request.headers.get("user-agent", ""))


@router.post("/sign_in", responses=problems(Unknown, Forbidden, TooMany))
def enter(body: SignIn, request: Request, response: Response) -> SignedInOut:
    """Sign in with a password and, where it is set, a one-time code. An unknown address is told from a wrong password by nothing."""
    check_private(request)
    edge: Edge = request.app.state.edge
    browser, key = browser_of(request), edge.secret
    who = edge.at_the_door(request, lambda tx: knock(tx, body.email.strip().lower(), browser, key))
    if not matches(who.kept, body.password) or who.user is None:
        raise Unknown("sign_in.refused")
    user_id: int = who.user.user_id
    if body.otp and who.user.totp_since is not None:
        edge.at_the_door(request, lambda tx: count_code(tx, user_id, key))
    former = cookie_of(request)
    token = edge.at_the_door(
        request,
        lambda tx: sign_in(
            tx, who, body.otp, browser, key, former=None if former is None else hash_of(former)
        ),
    )
    give_cookie(request, response, token)
    return SignedInOut(user_id=user_id, csrf_token=csrf_token(token))


@router.post("/sign_out", status_code=204, dependencies=[allow("self.write", PERSON)])
def leave(request: Request, response: Response, tx: InTransaction, caller: Caller) -> None:
    """End this session."""
    end_sessions(tx, caller.user_id, "signed_out", only=caller.holder.session_id)
    give_cookie(request, response, None)


@router.post("/password_resets", status_code=202, responses=problems(Invalid, Forbidden, TooMany))
def ask_for_reset(body: ResetAsked, request: Request) -> dict[str, str]:
    """Send whoever has this address a link to set a password by. The answer is the same where nobody has."""
    check_private(request)
    edge: Edge = request.app.state.edge
    email = check_email(body.email.strip())
    edge.at_the_door(request, lambda tx: ask_reset(tx, email, edge.public_url, edge.secret))
    return {"sent_to": email}


@router.post("/password_resets/{token}", status_code=204, responses=problems(NotFound, Invalid, Forbidden))
def reset(token: str, body: NewPassword, request: Request) -> None:
    """Set another password by the link of a letter, which works once; every session of the person ends."""
    check_private(request)
    edge: Edge = request.app.state.edge
    person = edge.at_the_door(request, lambda tx: reset_by(tx, token))
    kept = hash_of_new(body.password, name=person.name, email=person.email)
    edge.at_the_door(request, lambda tx: reset_password(tx, token, kept))
