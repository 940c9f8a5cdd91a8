"""Appeals over HTTP: the shop's, and the platform's desk."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.membership.appeals.rules import LONGEST_TEXT, AppealState, Verdict
from andon.membership.appeals.service import answer_appeal, appeal_exit
from andon.membership.appeals.tables import Appeal
from andon.membership.appeals.views import appeals_of_exit, list_appeals
from andon.membership.exits.views import exit_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["appeals"])

StateWord = Literal["opened", "answered", "closed"]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class AppealIn(Strict):
    """The ticket that came when the switch was thrown, and what is wrong."""

    ticket: Annotated[str, Field(max_length=64)]
    text: Words


class AppealOut(Out):
    """An appeal. It is answered by `due_at`, or escalated then; once it is answered it is closed then."""

    id: int
    shop_id: int
    exit_id: int
    state: StateWord
    text: str
    opened_at: Instant
    due_at: Instant | None
    escalated_at: Instant | None
    verdict: Verdict | None
    note: str | None
    answered_at: Instant | None
    closed_at: Instant | None

    @classmethod
    def of(cls, appeal: Appeal) -> "AppealOut":
        """The wire's form of it."""
        known = {name: getattr(appeal, name) for name in cls.model_fields if name not in ("id", "state")}
        return cls.model_validate(known | {"id": appeal.appeal_id, "state": AppealState(appeal.state).word})


class DecisionIn(Strict):
    """How the appeal is answered, and why. Upheld, an exit that is being verified is verified anew at once."""

    decision: Verdict
    note: Words


@router.post(
    "/shops/{shop_id}/exits/{exit_id}/appeal",
    status_code=201,
    dependencies=[allow("exits.write", "shop")],
    responses=problems(NotFound, Invalid, Conflict),
)
def appeal(shop_id: int, exit_id: int, body: AppealIn, tx: InTransaction) -> AppealOut:
    """Appeal by the exit's ticket; one appeal at a time. EXIT-5."""
    return AppealOut.of(appeal_exit(tx, shop_id, exit_id, body.ticket, body.text))


@router.get(
    "/shops/{shop_id}/exits/{exit_id}/appeals",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def shops_appeals(shop_id: int, exit_id: int, query: PageQuery, tx: InTransaction) -> Page[AppealOut]:
    """The appeals of an exit, the newest first."""
    exit_of(tx, shop_id, exit_id)
    before = query.after[0] if query.after else None
    rows = appeals_of_exit(tx, shop_id, exit_id, before=before, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.appeal_id], shape=AppealOut.of)


@router.get("/appeals", dependencies=[allow("appeals.read", "operator")])
def appeals(query: PageQuery, tx: InTransaction, state: StateWord | None = None) -> Page[AppealOut]:
    """The appeals of all shops, the oldest first."""
    wanted = AppealState[state.upper()] if state else None
    rows = list_appeals(tx, state=wanted, after=query.after[0] if query.after else 0, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.appeal_id], shape=AppealOut.of)


@router.post(
    "/appeals/{appeal_id}/decision",
    dependencies=[allow("appeals.write", "operator")],
    responses=problems(NotFound, Conflict),
)
def decide(appeal_id: int, body: DecisionIn, tx: InTransaction) -> AppealOut:
    """Answer an appeal; the same answer again changes nothing. EXIT-5."""
    return AppealOut.of(answer_appeal(tx, appeal_id, body.decision, body.note))
