"""Standing over HTTP: ratings as channels tell them, violations, and what both come to."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.bulk import REHEARSABLE
from andon.kernel.http.models import Instant, JsonObject, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.kernel.http.sheets.columns import AMOUNT
from andon.membership.standing.rules import (
    HUNDREDTHS,
    LONGEST_TEXT,
    Cause,
    Decision,
    Draft,
    Fault,
    Kind,
    Stars,
    Told,
    ViolationState,
    shown,
)
from andon.membership.standing.service import (
    appeal_violation,
    decide_violation,
    record_ratings,
    record_violation,
)
from andon.membership.standing.tables import Rating, Violation
from andon.membership.standing.views import Rated, list_ratings, list_violations, rated, violated
from andon.partners.shops.views import shop_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["standing"])

BULK_LIMIT = 1000
StateWord = Literal["recorded", "appealed", "confirmed", "withdrawn"]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


def _hundredths(given: Any) -> int:
    """Stars as a count of hundredths: a number, or the text that a sheet has."""
    try:
        stars = Decimal(str(given)) * HUNDREDTHS
    except InvalidOperation:
        stars = Decimal("NaN")
    if isinstance(given, bool) or not stars.is_finite() or abs(stars) > 10**6 or stars % 1:
        raise PydanticCustomError("rating.stars", "stars are a number with at most 2 decimal places")
    return int(stars)


HalfStars = Annotated[
    int,
    BeforeValidator(_hundredths),
    WithJsonSchema({"type": "number", "minimum": 1, "maximum": 5, "examples": [4.5]}),
    Field(json_schema_extra=AMOUNT),
]
"""Stars on one axis: 1 to 5, with at most two decimal places."""


class RatingIn(Strict):
    """How the buyer of an order rated it, and when."""

    order_id: Annotated[int, Field(ge=1)]
    described: HalfStars
    communication: HalfStars
    shipping: HalfStars
    rated_at: Instant


class ToldRatingOut(Out):
    """What became of one rating: `recorded`, `corrected`, `known` already, or `refused` with a code."""

    index: int
    status: Literal["recorded", "corrected", "known", "refused"]
    code: str | None = None


class ToldRatingsOut(Out):
    """What became of each, in the order of the call."""

    results: list[ToldRatingOut]


class RatingOut(Out):
    """The rating of an order that stands."""

    order_id: int
    described: float
    communication: float
    shipping: float
    rated_at: Instant

    @classmethod
    def of(cls, rating: Rating) -> "RatingOut":
        """The wire's form of it."""
        return cls(
            order_id=rating.order_id,
            described=rating.described / HUNDREDTHS,
            communication=rating.communication / HUNDREDTHS,
            shipping=rating.shipping / HUNDREDTHS,
            rated_at=rating.rated_at,
        )


class MeanOut(Out):
    """The rating of late: `mean` and each axis to 2 places, rounded down, null without a rating; compared as they are.

    `passes_at` is when it first suffices by itself, as old ratings go; null where it does, or where only new ones help.
    """

    met: bool
    wanted: str
    mean: str | None
    axes: dict[str, str]
    ratings: int
    since: Instant
    until: Instant
    passes_at: Instant | None

    @classmethod
    def of(cls, found: Rated, wanted: Decimal) -> "MeanOut":
        """The wire's form of it."""
        mean = found.totals.mean()
        names = Stars._fields
        return cls(
            met=found.met,
            wanted=str(wanted),
            mean=None if mean is None else shown(mean),
            axes={
                name: shown(each) for name, each in zip(names, found.totals.axis_means(), strict=bool(mean))
            },
            ratings=found.totals.ratings,
            since=found.since,
            until=found.until,
            passes_at=found.passes_at,
        )


class CountedOut(Out):
    """The violations that count against the shop, and when none does any more by itself."""

    met: bool
    counted: int
    passes_at: Instant | None


class StandingOut(Out):
    """What a shop is judged by when it comes back (BACK-2, BACK-3)."""

    rating: MeanOut
    violations: CountedOut


class ViolationIn(Strict):
    """A violation that an operator found: of which order, since when (now, unless said), whose fault, and a note for people."""

    kind: Kind
    order_id: Annotated[int, Field(ge=1)] | None = None
    fault: Fault = "shop"
    at: Instant | None = None
    note: Words | None = None


class ViolationOut(Out):
    """A violation. While it is recorded, appealed or confirmed it counts; an appeal is answered by `due_at`."""

    id: int
    shop_id: int
    kind: Kind
    fault: Fault
    cause: Cause
    state: StateWord
    order_id: int | None
    fulfilment_id: int | None
    supplier_id: int | None
    evidence: JsonObject
    note: str | None
    at: Instant
    recorded_at: Instant
    plea: str | None
    appealed_at: Instant | None
    due_at: Instant | None
    escalated_at: Instant | None
    answer: str | None
    decided_at: Instant | None
    policy: str

    @classmethod
    def of(cls, violation: Violation) -> "ViolationOut":
        """The wire's form of it."""
        known = {name: getattr(violation, name) for name in cls.model_fields if name not in ("id", "state")}
        return cls.model_validate(
            known | {"id": violation.violation_id, "state": ViolationState(violation.state).word}
        )


class PleaIn(Strict):
    """Why the violation should not stand."""

    text: Words


class DecisionIn(Strict):
    """How an appeal is answered, or that a violation is withdrawn, and why."""

    decision: Decision
    note: Words


@router.post(
    "/shops/{shop_id}/ratings",
    dependencies=[allow("ratings.write", "channel"), REHEARSABLE],
    responses=problems(Invalid),
)
def rate(
    shop_id: int,
    ratings: Annotated[
        list[RatingIn], Field(min_length=1, max_length=BULK_LIMIT), Sheet("ratings", RatingIn)
    ],
    tx: InTransaction,
) -> ToldRatingsOut:
    """Up to 1,000 ratings of orders of the caller's own channel, in any order and any number of times. BACK-2.

    An order has one rating: the one that was made last stands.
    """
    told = [
        Told(each.order_id, Stars(each.described, each.communication, each.shipping), each.rated_at)
        for each in ratings
    ]
    results = [ToldRatingOut.model_validate(each) for each in record_ratings(tx, shop_id, told)]
    return ToldRatingsOut(results=results)


@router.get("/shops/{shop_id}/ratings", dependencies=[allow("ratings.read", "shop")])
def ratings_of_shop(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[RatingOut]:
    """The shop's ratings, the last made first."""
    before = (query.after[0], query.after[1]) if query.after else None
    rows = list_ratings(tx, shop_id, before=before, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.rated_at.isoformat(), row.order_id], shape=RatingOut.of)


@router.get("/shops/{shop_id}/standing", dependencies=[allow("ratings.read", "shop")])
def standing(shop_id: int, tx: InTransaction) -> StandingOut:
    """How the shop stands: its rating of late, and the violations that count (BACK-2, BACK-3)."""
    shop_of(tx, shop_id)
    found = violated(tx, shop_id)
    return StandingOut(
        rating=MeanOut.of(rated(tx, shop_id), tx.policy.back.rating_at_least),
        violations=CountedOut(met=not found.count, counted=found.count, passes_at=found.passes_at),
    )


@router.post(
    "/shops/{shop_id}/violations",
    status_code=201,
    dependencies=[allow("violations.write", "operator")],
    responses=problems(NotFound, Invalid, Conflict),
)
def record(shop_id: int, body: ViolationIn, tx: InTransaction) -> ViolationOut:
    """Record a violation. One of the shop's own counts for its coming back. BACK-3, STOCK-1."""
    draft = Draft(
        shop_id,
        body.kind,
        body.fault,
        "operator",
        body.at or tx.now,
        order_id=body.order_id,
        note=body.note,
    )
    return ViolationOut.of(record_violation(tx, draft))


@router.get("/shops/{shop_id}/violations", dependencies=[allow("violations.read", "shop")])
def violations_of_shop(
    shop_id: int, query: PageQuery, tx: InTransaction, state: StateWord | None = None
) -> Page[ViolationOut]:
    """The shop's violations, the newest first, with their evidence."""
    return _listed(tx, query, state, shop_id)


@router.get("/violations", dependencies=[allow("violations.read", "operator")])
def violations(query: PageQuery, tx: InTransaction, state: StateWord | None = None) -> Page[ViolationOut]:
    """The violations of all shops, the newest first; those with an open appeal are `appealed`."""
    return _listed(tx, query, state, None)


@router.post(
    "/shops/{shop_id}/violations/{violation_id}/appeal",
    dependencies=[allow("violations.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def appeal(shop_id: int, violation_id: int, body: PleaIn, tx: InTransaction) -> ViolationOut:
    """Appeal against a violation, once. It counts until the appeal is upheld. BACK-3, STOCK-2."""
    return ViolationOut.of(appeal_violation(tx, shop_id, violation_id, body.text))


@router.post(
    "/shops/{shop_id}/violations/{violation_id}/decision",
    dependencies=[allow("violations.write", "operator")],
    responses=problems(NotFound, Conflict),
)
def decide(shop_id: int, violation_id: int, body: DecisionIn, tx: InTransaction) -> ViolationOut:
    """Answer an appeal, or withdraw a violation; the same decision again changes nothing. BACK-3."""
    return ViolationOut.of(decide_violation(tx, shop_id, violation_id, body.decision, body.note))


def _listed(
    tx: InTransaction, query: PageQuery, state: StateWord | None, shop_id: int | None
) -> Page[ViolationOut]:
    wanted = ViolationState[state.upper()] if state else None
    before = query.after[0] if query.after else None
    rows = list_violations(tx, shop_id=shop_id, state=wanted, before=before, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.violation_id], shape=ViolationOut.of)
