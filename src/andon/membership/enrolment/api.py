"""A shop's membership in JIT over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Response
from pydantic import Field
from sqlalchemy import Row

from andon.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from andon.kernel.http.bulk import REHEARSABLE
from andon.kernel.http.models import Instant, JsonObject, MoneyOut, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.membership.enrolment.rules import Condition, EnrolmentState, unmet
from andon.membership.enrolment.service import join_jit, restore_mappings
from andon.membership.enrolment.tables import Enrolment
from andon.membership.enrolment.views import (
    authorisation_paper,
    conditions,
    enrolment_of,
    former_mappings,
)
from andon.partners.catalog.service import MappingKey
from andon.partners.shops.views import shop_of
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.documents.papers import PDF_ANSWER, served

router = Router(tags=["enrolment"])

MOST_RESTORED = 1_000


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
    """One condition of joining: whether it is met, what was found, by what evidence, and what is asked for.

    `needed` is false for advice. `earliest_at` is when it is first met by waiting alone, `earliest_on` that day in the
    platform's zone; null where it is met, or where waiting does not help.
    """

    code: str
    clause: str | None
    met: bool
    needed: bool
    measured: str
    wanted: str
    evidence: JsonObject
    earliest_at: Instant | None
    earliest_on: date | None

    @classmethod
    def of(cls, condition: Condition, zone: str) -> "ConditionOut":
        """The wire's form of it."""
        at = condition.earliest_at
        known = {name: getattr(condition, name) for name in cls.model_fields if name != "earliest_on"}
        return cls.model_validate(known | {"earliest_on": at and at.astimezone(ZoneInfo(zone)).date()})


class EligibilityOut(Out):
    """Whether the shop can join now, and every condition of it; `earliest_at` is when waiting alone will do, null where it will not."""

    eligible: bool
    earliest_at: Instant | None
    conditions: list[ConditionOut]
    authorisation_version: str


class JoinIn(Strict):
    """Signing the authorisation. The version that was read may be named; another one in force then refuses."""

    authorisation_version: Annotated[str, Field(max_length=32)] | None = None


class FormerMappingOut(Out):
    """A mapping of the last membership: what it was, and, where it cannot be restored now, why."""

    sku: str
    supplier_id: int
    supplier_sku: str
    units: int
    priority: int
    supply_price: MoneyOut | None
    code: Literal["product.not_found", "mapping.known", "mapping.not_bound"] | None


class FormerKeyIn(Strict):
    """A mapping of the last membership by its SKU and supplier."""

    sku: Annotated[str, Field(min_length=1, max_length=128)]
    supplier_id: Annotated[int, Field(ge=1)]


class RestoreIn(Strict):
    """Which mappings to restore; all that can be, up to 1,000, where none is named."""

    mappings: Annotated[list[FormerKeyIn], Field(min_length=1, max_length=MOST_RESTORED)] | None = None


class RestoredOut(Out):
    """What became of one mapping: `done`, or `refused` with a code."""

    index: int
    sku: str
    supplier_id: int
    status: Literal["done", "refused"]
    code: str | None
    detail: str | None


class RestoredsOut(Out):
    """What became of each mapping."""

    results: list[RestoredOut]


@router.get("/shops/{shop_id}/enrolment", dependencies=[allow("enrolment.read", "shop")])
def enrolment(shop_id: int, tx: InTransaction) -> EnrolmentOut:
    """The shop's membership as it stands."""
    return enrolment_out(enrolment_of(tx, shop_id))


@router.get("/shops/{shop_id}/enrolment/eligibility", dependencies=[allow("enrolment.read", "shop")])
def eligibility(shop_id: int, tx: InTransaction) -> EligibilityOut:
    """What joining asks of the shop; of one that was in JIT before, BACK-1..4 as well."""
    shop_of(tx, shop_id)
    asked = conditions(tx, shop_id)
    missing = unmet(asked)
    waits = [each.earliest_at for each in missing if each.earliest_at is not None]
    return EligibilityOut(
        eligible=not missing,
        earliest_at=max(waits) if waits and len(waits) == len(missing) else None,
        conditions=[ConditionOut.of(condition, tx.policy.zone) for condition in asked],
        authorisation_version=tx.policy.mode.authorisation.version,
    )


@router.post(
    "/shops/{shop_id}/enrolment/join",
    dependencies=[allow("enrolment.write", "shop")],
    responses=problems(Forbidden, Conflict),
)
def join(shop_id: int, tx: InTransaction, caller: Caller, body: JoinIn | None = None) -> EnrolmentOut:
    """Join JIT, signing the authorisation to push orders in real time. Asked again it changes nothing.

    Refused with the code of the first condition that is not met, all of them in `unmet`. MODE-1, MODE-7, BACK-1..4.
    """
    version = body.authorisation_version if body else None
    return enrolment_out(join_jit(tx, shop_id, caller.holder.name, version))


@router.get(
    "/shops/{shop_id}/enrolment/authorisation.pdf",
    dependencies=[allow("enrolment.read", "shop")],
    responses=problems(NotFound) | PDF_ANSWER,
    response_class=Response,
)
def authorisation(shop_id: int, caller: Caller) -> Response:
    """The authorisation that was signed with the last join, as a signed PDF, made once (MODE-7)."""
    return served(caller, lambda tx: authorisation_paper(tx, shop_id))


@router.get("/shops/{shop_id}/enrolment/mappings", dependencies=[allow("enrolment.read", "shop")])
def proposal(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[FormerMappingOut]:
    """What the last membership mapped, as a proposal: each with why it cannot be restored now, if it cannot."""
    currency = shop_of(tx, shop_id).currency
    after = (query.after[0], query.after[1]) if query.after else ("", 0)
    rows = former_mappings(tx, shop_id, after=after, limit=query.fetch)
    return page_of(
        rows, query, key=lambda row: [row.sku, row.supplier_id], shape=lambda row: _former(row, currency)
    )


@router.post(
    "/shops/{shop_id}/enrolment/mappings/restore",
    dependencies=[allow("products.write", "shop"), REHEARSABLE],
    responses=problems(NotFound, Invalid, Conflict),
)
def restore(shop_id: int, tx: InTransaction, body: RestoreIn | None = None) -> RestoredsOut:
    """Map again what the last membership mapped: those named, or all that can be; each is answered by itself."""
    named = body.mappings if body else None
    keys = None if named is None else [MappingKey(each.sku, each.supplier_id) for each in named]
    results = [
        RestoredOut(
            index=index,
            sku=key.sku,
            supplier_id=key.supplier_id,
            status="done" if refusal is None else "refused",
            code=refusal.code if refusal else None,
            detail=refusal.detail or None if refusal else None,
        )
        for index, (key, refusal) in enumerate(restore_mappings(tx, shop_id, keys, MOST_RESTORED))
    ]
    return RestoredsOut(results=results)


def _former(row: Row[Any], currency: str) -> FormerMappingOut:
    price = row.supply_price_minor
    return FormerMappingOut(
        sku=row.sku,
        supplier_id=row.supplier_id,
        supplier_sku=row.item,
        units=row.units,
        priority=row.priority,
        supply_price=None if price is None else MoneyOut.from_minor(price, currency),
        code=row.code,
    )


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
