"""A shop's membership in JIT over HTTP."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Conflict, Forbidden
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.problems import problems
from andon.membership.enrolment.rules import EnrolmentState, unmet
from andon.membership.enrolment.service import join_jit
from andon.membership.enrolment.tables import Enrolment
from andon.membership.enrolment.views import conditions, enrolment_of
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow

router = Router(tags=["enrolment"])


class AuthorisationOut(Out):
    """What the seller signed: the text in both languages, its version, by which key or member, and when (MODE-7)."""

    version: str
    text: dict[str, str]
    signed_by: str
    signed_at: Instant


class EnrolmentOut(Out):
    """The shop's membership in JIT; `number` counts its joins, 0 for a shop that never joined."""

    state: Literal["off", "joining", "on", "leaving"]
    number: int
    joined_at: Instant | None = None
    ended_at: Instant | None = None
    policy: str | None = None
    authorisation: AuthorisationOut | None = None


class ConditionOut(Out):
    """One condition of joining: whether it is met, what was found and what is asked for.

    `needed` is false for advice; `earliest_on` is the first day on which waiting can meet it.
    """

    code: str
    clause: str | None
    met: bool
    needed: bool
    measured: str
    wanted: str
    earliest_on: date | None


class EligibilityOut(Out):
    """Whether the shop can join now, and every condition of it."""

    eligible: bool
    conditions: list[ConditionOut]
    authorisation_version: str


class JoinIn(Strict):
    """Signing the authorisation. The version that was read may be named; another one in force then refuses."""

    authorisation_version: Annotated[str, Field(max_length=32)] | None = None


@router.get("/shops/{shop_id}/enrolment", dependencies=[allow("enrolment.read", "shop")])
def enrolment(shop_id: int, tx: InTransaction) -> EnrolmentOut:
    """The shop's membership as it stands."""
    return enrolment_out(enrolment_of(tx, shop_id))


@router.get("/shops/{shop_id}/enrolment/eligibility", dependencies=[allow("enrolment.read", "shop")])
def eligibility(shop_id: int, tx: InTransaction) -> EligibilityOut:
    """What joining asks of the shop."""
    asked = conditions(tx, shop_id)
    return EligibilityOut(
        eligible=not unmet(asked),
        conditions=[ConditionOut.model_validate(condition) for condition in asked],
        authorisation_version=tx.policy.mode.authorisation.version,
    )


@router.post(
    "/shops/{shop_id}/enrolment/join",
    dependencies=[allow("enrolment.write", "shop")],
    responses=problems(Forbidden, Conflict),
)
def join(shop_id: int, tx: InTransaction, caller: Caller, body: JoinIn | None = None) -> EnrolmentOut:
    """Join JIT, signing the authorisation to push orders in real time. Asked again it changes nothing."""
    version = body.authorisation_version if body else None
    return enrolment_out(join_jit(tx, shop_id, caller.holder.name, version))


def enrolment_out(row: Enrolment | None) -> EnrolmentOut:
    """The membership's form on the wire."""
    if row is None:
        return EnrolmentOut(state="off", number=0)
    return EnrolmentOut.model_validate(
        {
            "state": EnrolmentState(row.state).word,
            "number": row.number,
            "joined_at": row.joined_at,
            "ended_at": row.ended_at,
            "policy": row.policy,
            "authorisation": row.authorisation,
        }
    )
