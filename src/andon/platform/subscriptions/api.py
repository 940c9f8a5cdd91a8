"""Subscriptions over HTTP: what a shop or a supplier hears of, what was delivered, and sending it again."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Instant, Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.outside import LONGEST_URL
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.subscriptions.rules import MOST_PATTERNS, MOST_REPLAYED, DeliveryState
from andon.platform.subscriptions.service import (
    Changes,
    change_webhook,
    ping,
    remove_webhook,
    replay_deliveries,
    rotate_secret,
    subscribe,
)
from andon.platform.subscriptions.views import (
    DeliveryOut,
    StateWord,
    WebhookOut,
    list_deliveries,
    list_webhooks,
    webhook_of,
)

router = Router(tags=["webhooks"])

Number = Annotated[int, Path(ge=1, lt=2**63)]
Url = Annotated[str, Field(max_length=LONGEST_URL, examples=["https://erp.example/andon"])]
Patterns = Annotated[
    list[Annotated[str, Field(max_length=100)]],
    Field(min_length=1, max_length=MOST_PATTERNS, examples=[["fulfilment.*", "charge.settled"]]),
]


class WebhookIn(Strict):
    """Where to tell of which events: kinds (`charge.settled`), families (`charge.*`), or `*`."""

    url: Url
    events: Patterns
    ordered: bool = False


class WebhookChangesIn(Strict):
    """What is to be another; what is left out stays."""

    url: Url | None = None
    events: Patterns | None = None
    enabled: bool | None = None
    ordered: bool | None = None


class WebhookSetOut(WebhookOut):
    """A subscription with its secret, which is shown this once."""

    secret: str


class ReplayIn(Strict):
    """Which deliveries to send again: by their numbers, or all that were made since an instant."""

    deliveries: (
        Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(min_length=1, max_length=MOST_REPLAYED)]
        | None
    ) = None
    since: Instant | None = None


class DeliveriesReplayedOut(Out):
    """How many deliveries are sent again."""

    replayed: int


class PingOut(Out):
    """The delivery that a ping is."""

    delivery_id: int


@router.post(
    "/webhooks",
    status_code=201,
    dependencies=[allow("webhooks.write", "shop", "supplier")],
    responses=problems(Invalid, Conflict),
)
def create(body: WebhookIn, tx: InTransaction, caller: Caller) -> WebhookSetOut:
    """Hear of events at this address from now on. The secret that signs them is answered once.

    A shop hears of its own; a supplier of what names it, at shops where it has a grant. At least once, each under one id;
    where it is `ordered`, one after another.
    """
    edge = caller.edge
    number, secret = subscribe(
        tx, body.url, body.events, edge.secret, ordered=body.ordered, allowed=edge.allowed
    )
    return WebhookSetOut(**webhook_of(tx, number).model_dump(), secret=secret)


@router.get("/webhooks", dependencies=[allow("webhooks.read", "shop", "supplier")])
def webhooks(query: PageQuery, tx: InTransaction) -> Page[WebhookOut]:
    """The caller's subscriptions."""
    rows = list_webhooks(tx, after=query.after[0] if query.after else 0, limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.id])


@router.get(
    "/webhooks/{webhook_id}",
    dependencies=[allow("webhooks.read", "shop", "supplier")],
    responses=problems(NotFound),
)
def webhook(webhook_id: Number, tx: InTransaction) -> WebhookOut:
    """A subscription of the caller's, and how it fares."""
    return webhook_of(tx, webhook_id)


@router.patch(
    "/webhooks/{webhook_id}",
    dependencies=[allow("webhooks.write", "shop", "supplier")],
    responses=problems(NotFound, Invalid),
)
def change(webhook_id: Number, body: WebhookChangesIn, tx: InTransaction, caller: Caller) -> WebhookOut:
    """Change a subscription, or enable one that is disabled; what waits goes where it points now."""
    changes = Changes(body.url, body.events, body.enabled, body.ordered)
    change_webhook(tx, webhook_id, changes, allowed=caller.edge.allowed)
    return webhook_of(tx, webhook_id)


@router.delete(
    "/webhooks/{webhook_id}",
    status_code=204,
    dependencies=[allow("webhooks.write", "shop", "supplier")],
    responses=problems(NotFound),
)
def delete(webhook_id: Number, tx: InTransaction) -> None:
    """End a subscription."""
    remove_webhook(tx, webhook_id)


@router.post(
    "/webhooks/{webhook_id}/rotate",
    dependencies=[allow("webhooks.write", "shop", "supplier")],
    responses=problems(NotFound),
)
def rotate(webhook_id: Number, tx: InTransaction, caller: Caller) -> WebhookSetOut:
    """A new secret, answered once; the old one signs beside it for 24 hours."""
    secret = rotate_secret(tx, webhook_id, caller.edge.secret)
    return WebhookSetOut(**webhook_of(tx, webhook_id).model_dump(), secret=secret)


@router.post(
    "/webhooks/{webhook_id}/ping",
    dependencies=[allow("webhooks.write", "shop", "supplier")],
    responses=problems(NotFound, Conflict),
)
def send_ping(webhook_id: Number, tx: InTransaction) -> PingOut:
    """Send a `webhook.ping`, which tells of nothing; its delivery says what came of it."""
    return PingOut(delivery_id=ping(tx, webhook_id))


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    dependencies=[allow("webhooks.read", "shop", "supplier")],
    responses=problems(NotFound),
)
def deliveries(
    webhook_id: Number,
    query: PageQuery,
    tx: InTransaction,
    state: Annotated[StateWord | None, Query(description="Only those in this state")] = None,
) -> Page[DeliveryOut]:
    """What was, or will be, delivered, the newest first, each with its tries."""
    webhook_of(tx, webhook_id)
    rows = list_deliveries(
        tx,
        webhook_id,
        state=_state(state),
        before=query.after[0] if query.after else None,
        limit=query.fetch,
    )
    return page_of(rows, query, key=lambda row: [row.id])


@router.post(
    "/webhooks/{webhook_id}/replay",
    dependencies=[allow("webhooks.write", "shop", "supplier")],
    responses=problems(NotFound, Invalid, Conflict),
)
def replay(webhook_id: Number, body: ReplayIn, tx: InTransaction) -> DeliveriesReplayedOut:
    """Send again what was taken or given up, each under its id: for one that lost what it was sent."""
    replayed = replay_deliveries(tx, webhook_id, deliveries=body.deliveries, since=body.since)
    return DeliveriesReplayedOut(replayed=replayed)


def _state(word: StateWord | None) -> DeliveryState | None:
    return None if word is None else DeliveryState[word.upper()]
