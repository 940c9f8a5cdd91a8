"""Whoever has the link of an invitation sees what it invites to, and takes the place."""

from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import Field

from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unknown
from andon.kernel.http.models import Strict
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.platform.accounts.credentials import check_private, csrf_token, give_cookie
from andon.platform.accounts.doors import Edge
from andon.platform.accounts.edge import Router
from andon.platform.people.api.passing import Code, Email, Password, SignedInOut, browser_of
from andon.platform.people.passwords import hash_of_new, matches
from andon.platform.people.rules import check_email, check_name
from andon.platform.people.service.joining import NewPerson, accept_as_known, accept_as_new
from andon.platform.people.service.letters import hash_of_link
from andon.platform.people.service.passing import count_code, knock
from andon.platform.people.views import InvitedOut, invitation_by, invited_of, is_known
from andon.platform.policies.rules import Policy

router = Router(tags=["people"])


class Accept(Strict):
    """Who takes the place. An address that has an account needs its password, and its one-time code where it has one;
    another needs a name and a password of its own. `email` is for an invitation that names none.
    """

    password: Password
    name: Annotated[str | None, Field(max_length=200)] = None
    email: Email | None = None
    otp: Code | None = None
    locale: Literal["zh-CN", "en"] | None = None


@router.get("/invitations/{token}", responses=problems(NotFound))
def invitation(token: str, request: Request) -> InvitedOut:
    """What a link invites to."""
    edge: Edge = request.app.state.edge

    def look(tx: Tx[Policy]) -> InvitedOut:
        row = invitation_by(tx, hash_of_link(token))
        return invited_of(row, known=row.email is not None and is_known(tx, row.email))

    return edge.at_the_door(request, look)


@router.post(
    "/invitations/{token}/accept",
    responses=problems(NotFound, Invalid, Conflict, Unknown, Forbidden, TooMany),
)
def accept(token: str, body: Accept, request: Request, response: Response) -> SignedInOut:
    """Take the place that an invitation keeps, and be signed in. A link works once."""
    check_private(request)
    edge: Edge = request.app.state.edge
    browser, key = browser_of(request), edge.secret
    invited = edge.at_the_door(request, lambda tx: invitation_by(tx, hash_of_link(token)))
    email = check_email((body.email or invited.email or "").strip())
    if invited.email not in (None, email):
        raise Invalid("invitation.other_email")
    who = edge.at_the_door(request, lambda tx: knock(tx, email, browser, key))
    if who.user is None:
        name = check_name(body.name or "")
        new = NewPerson(
            email,
            name,
            body.locale or invited.locale,
            hash_of_new(body.password, name=name, email=email),
        )
        session, user_id = edge.at_the_door(request, lambda tx: accept_as_new(tx, token, who, new, browser))
    else:
        if not matches(who.kept, body.password):
            raise Unknown("sign_in.refused")
        number: int = who.user.user_id
        if body.otp and who.user.totp_since is not None:
            edge.at_the_door(request, lambda tx: count_code(tx, number, key))
        session, user_id = edge.at_the_door(
            request, lambda tx: accept_as_known(tx, token, who, body.otp, browser, key)
        )
    give_cookie(request, response, session)
    return SignedInOut(user_id=user_id, csrf_token=csrf_token(session))
