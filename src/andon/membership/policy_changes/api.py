"""Changes of the policy over HTTP: what a version changes for a shop, and who has read that."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request

from andon.kernel.errors import Forbidden, NotFound
from andon.kernel.http.models import Done, Instant, MoneyOut, Out, coded
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.membership.policy_changes.rules import (
    FEE_KINDS,
    Change,
    FeeEffects,
    Part,
    Reason,
    called_by,
    changes_between,
    news_for,
    told,
)
from andon.membership.policy_changes.service import mark_read
from andon.membership.policy_changes.views import News, news_of, readers_of, unread_of, versions_of
from andon.partners.shops.views import shop_of
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.policies.rules import Policy, PolicyUnknown
from andon.platform.policies.wire import figure_on_wire

router = Router(tags=["policies"])

Texts = dict[str, str]


class PolicyDifferenceOut(Out):
    """One thing in which two versions differ: `name` of `code` was `before` and is `after`; `text` says so."""

    part: Part
    code: str
    title: Texts
    name: str
    text: Texts
    before: Any
    after: Any


class PolicyDifferencesOut(Out):
    """All in which a version differs from an older one, in the order of the rules."""

    version: str
    follows: str
    items: list[PolicyDifferenceOut]


class PolicyChangeOut(PolicyDifferenceOut):
    """One thing that changes for the shop, and why it touches it."""

    because: Reason


class FeeEffectOut(Out):
    """What one kind of fee of these shipments comes to under the version before, and under this one."""

    kind: Annotated[str, coded(kind.word for kind in FEE_KINDS)]
    before: MoneyOut
    after: MoneyOut


class FeeEffectsOut(Out):
    """The fees of the shop's own `shipments`, of orders placed from `since` on and before `until`."""

    since: Instant
    until: Instant
    shipments: int
    by_kind: list[FeeEffectOut]

    @classmethod
    def of(cls, effects: FeeEffects) -> "FeeEffectsOut":
        """The wire's form of it."""
        return cls(
            since=effects.since,
            until=effects.until,
            shipments=effects.shipments,
            by_kind=[
                FeeEffectOut(
                    kind=each.kind.word, before=MoneyOut.of(each.before), after=MoneyOut.of(each.after)
                )
                for each in effects.by_kind
            ],
        )


class ReaderOut(Out):
    """Who has read it: the actor, and the person where one acted."""

    by: str
    user_id: int | None
    at: Instant


class PolicyNewsOut(Out):
    """What a version changes for the shop; `others` changes do not touch it.

    `fees` is null where none of them changes, and for whoever may not read charges.
    """

    version: str
    follows: str
    in_force_from: Instant
    in_force_on: date
    rulebook: str | None
    note: Texts
    changes: list[PolicyChangeOut]
    others: int
    fees: FeeEffectsOut | None
    announced_at: Instant | None
    readers: list[ReaderOut]

    @classmethod
    def of(cls, news: News) -> "PolicyNewsOut":
        """The wire's form of it."""
        before, after = news.before, news.after
        return cls(
            version=after.version,
            follows=before.version,
            in_force_from=after.in_force_from,
            in_force_on=after.in_force_on,
            rulebook=after.rulebook,
            note=dict(after.note),
            changes=[
                PolicyChangeOut(**_difference(change, before, after), because=reason)
                for change, reason in news.changes
            ],
            others=news.others,
            fees=FeeEffectsOut.of(news.fees) if news.fees else None,
            announced_at=news.announced_at,
            readers=[ReaderOut.model_validate(reader) for reader in news.readers],
        )


class PolicyReadersOut(Out):
    """A shop that a version was announced to, how many changes touched it then, and who of it has read them."""

    shop_id: int
    announced_at: Instant
    changes: int
    readers: list[ReaderOut]


class UnreadNewsOut(Out):
    """A version that was announced to a shop: so many of its changes touched it, and the caller has not read them."""

    shop_id: int
    version: str
    changes: int
    announced_at: Instant


@router.get("/policy_changes/unread", dependencies=[allow("policies.read", "shop")])
def unread_policy_changes(query: PageQuery, tx: InTransaction) -> Page[UnreadNewsOut]:
    """Announced versions that touch a shop of the caller, of which they have not said that they read it."""
    after = (query.after[0], query.after[1]) if query.after else (0, "")
    rows = unread_of(tx, after=after, limit=query.fetch)
    return page_of(rows, query, lambda row: [row.shop_id, row.version], UnreadNewsOut.model_validate)


@router.get(
    "/shops/{shop_id}/policy_changes",
    dependencies=[allow("policies.read", "shop")],
    responses=problems(NotFound),
)
def policy_changes(shop_id: int, query: PageQuery, tx: InTransaction, caller: Caller) -> Page[PolicyNewsOut]:
    """What each version changes for the shop as it stands now, the newest first; those in force when it opened are left out."""
    versions = news_for(versions_of(tx), shop_of(tx, shop_id).created_at)
    if query.after:
        versions = [pair for pair in versions if pair[1].in_force_on.isoformat() < query.after[0]]
    with_fees = "charges.read" in caller.holder.scopes
    rows = news_of(tx, shop_id, versions[: query.fetch], with_fees=with_fees)
    return page_of(rows, query, lambda news: [news.after.in_force_on.isoformat()], PolicyNewsOut.of)


@router.post(
    "/shops/{shop_id}/policy_changes/{version}/read",
    dependencies=[allow("notices.write", "shop")],
    responses=problems(NotFound, Forbidden),
)
def read_policy_changes(shop_id: int, version: str, tx: InTransaction) -> Done:
    """What a version changes for the shop was read by whoever calls for it; again changes nothing."""
    mark_read(tx, shop_id, version)
    return Done()


@router.get(
    "/policies/{version}/readers",
    dependencies=[allow("policies.read", "operator")],
    responses=problems(PolicyUnknown),
)
def policy_readers(
    version: str,
    query: PageQuery,
    tx: InTransaction,
    read: Annotated[
        bool | None, Query(description="Only shops of which somebody, or nobody, has read it")
    ] = None,
) -> Page[PolicyReadersOut]:
    """The shops that a version was announced to, by number, and who of each has read what it changes for it."""
    tx.policies.named(version)
    rows = readers_of(tx, version, read=read, after=query.after[0] if query.after else 0, limit=query.fetch)
    return page_of(rows, query, lambda row: [row.shop_id], _readers)


@router.get("/policies/{version}/changes", responses=problems(PolicyUnknown))
def policy_differences(
    version: str,
    request: Request,
    follows: Annotated[str, Query(description="The version that it is compared with")],
) -> PolicyDifferencesOut:
    """In what a version differs from another one, in sentences."""
    policies = request.app.state.edge.policies
    before, after = policies.named(follows), policies.named(version)
    items = [
        PolicyDifferenceOut(**_difference(change, before, after)) for change in changes_between(before, after)
    ]
    return PolicyDifferencesOut(version=after.version, follows=before.version, items=items)


def _difference(change: Change, before: Policy, after: Policy) -> dict[str, Any]:
    return {
        "part": change.part,
        "code": change.code,
        "title": dict(change.title),
        "name": change.name,
        "text": told(change, called_by(before, after)),
        "before": figure_on_wire(change.before),
        "after": figure_on_wire(change.after),
    }


def _readers(row: Any) -> PolicyReadersOut:
    readers = [ReaderOut.model_validate(reader) for reader in row.readers or ()]
    return PolicyReadersOut(
        shop_id=row.shop_id, announced_at=row.announced_at, changes=row.changes, readers=readers
    )
