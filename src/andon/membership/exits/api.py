"""A shop's exit over HTTP: the four steps, what stands in the way, and taking it back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Response
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound, TooMany, Unknown
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.membership.exits.rules import (
    BY_FORCE,
    MOST_LISTED,
    OFFERS,
    STEPS,
    ExitState,
    Facts,
    Force,
    Reason,
    blockers_of,
    counts_of,
)
from andon.membership.exits.service import force_exit, start_exit, throw_switch, verify_exit, withdraw_exit
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import (
    BlockerOut,
    CheckOut,
    certificate_of,
    exit_of,
    facts_of,
    facts_of_shops,
    list_exits,
    newest_checks,
    running_exits,
)
from andon.membership.forecast.views import (
    ForecastOut,
    UnsoldOut,
    forecast_of,
    products_without_local_stock,
)
from andon.membership.moves.views import MoveIn
from andon.money.funds.views import ExposedOut, HoldOut, PartOut, exposure_of, hold_of_exit, list_parts
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.papers import PDF_ANSWER, served
from andon.platform.people.service.signing import proof_of
from andon.platform.policies.rules import Policy

router = Router(tags=["exits"])

StateWord = Literal["draining", "unbinding", "switching_off", "verifying", "done", "withdrawn"]


class ExitIn(Strict):
    """Why the shop leaves; `note` is for people to read. With `move` it leaves gently (MOVE-1)."""

    reason: Reason
    note: Annotated[str, Field(max_length=2000)] | None = None
    move: MoveIn | None = None


class ExitListed(Out):
    """An exit in a list. `step` is one of the guide's four, null once withdrawn."""

    id: int
    state: StateWord
    step: int | None
    reason: Reason
    started_at: Instant
    forced: bool
    ticket: str | None
    off_at: Instant | None
    ended_at: Instant | None


class ExitOut(ExitListed):
    """An exit as it stands.

    `offers` are what the shop may rather want, given its reason: `withdraw`, `product_exit`. Of `blockers` the oldest
    of each code are listed, up to 100; `blocker_counts` counts all. `forecast` is null once it has ended. Until the switch
    strikes, `unsold` are the products without local stock. `notice` is said while the countdown runs.
    """

    enrolment: int
    note: str | None
    offers: list[str]
    blockers: list[BlockerOut]
    blocker_counts: dict[str, int]
    forecast: ForecastOut | None
    unsold: list[UnsoldOut]
    thrown_at: Instant | None
    notice: dict[str, str] | None
    checks: list[CheckOut]


class ForceIn(Strict):
    """Why, which the platform says always; who signs the letters, and a code of their second factor where they have one."""

    reason: Annotated[str, Field(max_length=2000)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    otp: Annotated[str, Field(max_length=64)] | None = None


class ExposureOut(Page[PartOut]):
    """What is open in the shop, part by part, and in all. `hold` is the freeze that the exit brought, null without one."""

    hold: HoldOut | None
    totals: list[ExposedOut]


class ExitInProgress(ExitListed):
    """An exit that runs, of some shop, and how much of what blocks it."""

    shop_id: int
    blocker_counts: dict[str, int]


assert MOST_LISTED == 100, "as the document says"


@router.post(
    "/shops/{shop_id}/exits",
    status_code=201,
    dependencies=[allow("exits.write", "shop")],
    responses=problems(Conflict, Invalid),
)
def start(shop_id: int, body: ExitIn, tx: InTransaction) -> ExitOut:
    """Start to leave JIT: new orders go the standard way from now on, so that the queue can drain (EXIT-1)."""
    return _shown(
        tx, start_exit(tx, shop_id, body.reason, body.note, None if body.move is None else body.move.draft())
    )


@router.get("/shops/{shop_id}/exits", dependencies=[allow("exits.read", "shop")])
def exits(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[ExitListed]:
    """The shop's exits, the newest first."""
    before = query.after[0] if query.after else None
    rows = list_exits(tx, shop_id, before=before, limit=query.fetch)
    return page_of(
        rows,
        query,
        lambda leaving: [leaving.exit_id],
        lambda leaving: ExitListed.model_validate(_facts(leaving)),
    )


@router.get(
    "/shops/{shop_id}/exits/{exit_id}",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def one(shop_id: int, exit_id: int, tx: InTransaction) -> ExitOut:
    """Which step the exit is at, what blocks it, who can clear that, and how."""
    return _shown(tx, exit_of(tx, shop_id, exit_id))


@router.post(
    "/shops/{shop_id}/exits/{exit_id}/switch_off",
    dependencies=[allow("exits.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def switch_off(shop_id: int, exit_id: int, tx: InTransaction) -> ExitOut:
    """Throw the switch: JIT ends a day later, until when it can be taken back. Again changes nothing (EXIT-4, EXIT-5).

    While anything stands in the way it is 409 `exit.blocked`, with `blockers` and `blocker_counts`.
    """
    return _shown(tx, throw_switch(tx, shop_id, exit_id))


@router.post(
    "/shops/{shop_id}/exits/{exit_id}/force",
    dependencies=[allow("exits.write", "shop")],
    responses=problems(NotFound, Conflict, Invalid, Unknown, TooMany),
)
def force(
    shop_id: int, exit_id: int, tx: InTransaction, caller: Caller, body: ForceIn | None = None
) -> ExitOut:
    """Leave with orders still open: the switch is thrown, and the funds are frozen until what is open has cleared (EXIT-7).

    Every supplier's letter is drawn up and signed by this call; each takes effect when nothing of the shop is open there.
    A person who has a second factor shows a code of it. The platform may force an exit too, and says why. Again changes nothing.
    """
    said = body or ForceIn()
    holder = caller.holder
    own = holder.party == "shop"
    forced = Force(
        by=holder.name if own else f"operator/{holder.name}",
        name=said.name or holder.name,
        factor=proof_of(tx, caller, said.otp) if own else BY_FORCE,
        note=said.reason,
        is_operator=not own,
    )
    return _shown(tx, force_exit(tx, shop_id, exit_id, forced))


@router.get(
    "/shops/{shop_id}/exits/{exit_id}/exposure",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def exposure(shop_id: int, exit_id: int, query: PageQuery, tx: InTransaction) -> ExposureOut:
    """What is open, part by part, what each comes to and what clears it: what a freeze waits for (EXIT-7)."""
    exit_of(tx, shop_id, exit_id)
    hold = hold_of_exit(tx, shop_id, exit_id)
    after = (query.after[0], query.after[1]) if query.after else (0, 0)
    parts = list_parts(tx, shop_id, after=after, limit=query.fetch)
    page = page_of(parts, query, key=lambda part: [part.kind.value, part.number], shape=PartOut.of)
    return ExposureOut(
        hold=HoldOut.of(hold) if hold else None,
        totals=[ExposedOut.of(each) for each in exposure_of(tx, shop_id)],
        items=page.items,
        next_cursor=page.next_cursor,
    )


@router.post(
    "/shops/{shop_id}/exits/{exit_id}/withdraw",
    dependencies=[allow("exits.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def withdraw(shop_id: int, exit_id: int, tx: InTransaction) -> ExitOut:
    """Stay in JIT: intake, modes and plan are as they were; bindings that were ended stay ended. Again changes nothing."""
    return _shown(tx, withdraw_exit(tx, shop_id, exit_id))


@router.post(
    "/shops/{shop_id}/exits/{exit_id}/verify",
    dependencies=[allow("exits.write", "shop")],
    responses=problems(NotFound),
)
def verify(shop_id: int, exit_id: int, tx: InTransaction) -> ExitOut:
    """Run the checks of an exit that is being verified now, rather than when they are due next (EXIT-6)."""
    return _shown(tx, verify_exit(tx, shop_id, exit_id))


@router.get(
    "/shops/{shop_id}/exits/{exit_id}/certificate.pdf",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound, Conflict) | PDF_ANSWER,
    response_class=Response,
)
def certificate(shop_id: int, exit_id: int, caller: Caller) -> Response:
    """The signed certificate of an exit that is done, made once (EXIT-6)."""
    return served(caller, lambda tx: certificate_of(tx, exit_of(tx, shop_id, exit_id)))


@router.get("/exits", dependencies=[allow("exits.read", "operator")])
def in_progress(query: PageQuery, tx: InTransaction) -> Page[ExitInProgress]:
    """The exits that run, by number, each with how much of what blocks it."""
    rows = running_exits(tx, after=query.after[0] if query.after else 0, limit=query.fetch)
    facts = facts_of_shops(tx, {leaving.shop_id for leaving in rows}, most=1)

    def shape(leaving: Exit) -> ExitInProgress:
        counts = counts_of(facts[leaving.shop_id])
        return ExitInProgress.model_validate(
            {**_facts(leaving), "shop_id": leaving.shop_id, "blocker_counts": counts}
        )

    return page_of(rows, query, lambda leaving: [leaving.exit_id], shape)


def _facts(leaving: Exit) -> Mapping[str, object]:
    state = ExitState(leaving.state)
    return {
        "id": leaving.exit_id,
        "state": state.word,
        "step": STEPS.get(state),
        "reason": leaving.reason,
        "started_at": leaving.started_at,
        "forced": leaving.forced_at is not None,
        "ticket": leaving.ticket,
        "off_at": leaving.off_at,
        "ended_at": leaving.ended_at,
    }


def _shown(tx: Tx[Policy], leaving: Exit) -> ExitOut:
    running = leaving.state < ExitState.DONE
    facts = facts_of(tx, leaving.shop_id) if running else Facts(leaving.shop_id, tx.now, tx.policy.zone)
    return ExitOut.model_validate(
        {
            **_facts(leaving),
            "enrolment": leaving.enrolment,
            "note": leaving.note,
            "offers": list(OFFERS.get(leaving.reason, ())) if leaving.state < ExitState.VERIFYING else [],
            "blockers": [BlockerOut.model_validate(blocker) for blocker in blockers_of(facts)],
            "blocker_counts": counts_of(facts),
            "forecast": forecast_of(tx, leaving.shop_id, off_at=leaving.off_at) if running else None,
            "unsold": products_without_local_stock(tx, leaving.shop_id) if running else [],
            "thrown_at": leaving.thrown_at,
            "notice": _notice(tx.policy, leaving),
            "checks": [
                CheckOut.model_validate(check)
                for check in newest_checks(tx, leaving.shop_id, leaving.exit_id)
            ],
        }
    )


def _notice(policy: Policy, leaving: Exit) -> dict[str, str] | None:
    """What the screen says while the countdown runs (EXIT-5)."""
    if leaving.thrown_at is None or leaving.off_at is None or leaving.state != ExitState.SWITCHING_OFF:
        return None
    hours = (leaving.off_at - leaving.thrown_at) // timedelta(hours=1)
    return {language: text.format(hours=hours) for language, text in policy.exit.notice.items()}
