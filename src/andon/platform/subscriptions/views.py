"""A party's subscriptions, and what was delivered to each."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, cast

from pydantic import Field

from andon.kernel.errors import NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.platform.calling.rules import BreakerState
from andon.platform.calling.views import TryOut, add_tries
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.rules import DeliveryState

StateWord = Literal["waiting", "delivered", "given_up", "withdrawn"]


class WebhookOut(Out):
    """A subscription and how it fares.

    `breaker` says whether it is called: `closed` as ever, `open` not before `open_until` (machine time), `half_open`
    by a single delivery. While a secret rotates, the old one signs beside the new until `old_secret_until`.
    """

    id: int
    url: str
    events: list[str]
    enabled: bool
    ordered: bool
    created_at: Instant
    old_secret_until: Instant | None
    breaker: Literal["closed", "half_open", "open"]
    open_until: Instant | None


class DeliveryOut(Out):
    """An event as it is told to a subscription. `due_at` is its next try, null once it is over."""

    id: int
    shop_id: int
    event_id: int | None
    type: str
    message_id: str
    state: StateWord
    created_at: Instant
    due_at: Instant | None
    delivered_at: Instant | None
    tries: list[TryOut] = Field(default_factory=list)


def reaching_own(tx: Tx[Policy]) -> AbstractContextManager[None]:
    """Reach a supplier's pings, too, which belong to no shop."""
    return tx.reaching([PLATFORM]) if tx.actor.kind == "supplier" else nullcontext()


def list_webhooks(tx: Tx[Policy], *, after: int = 0, limit: int) -> list[WebhookOut]:
    """The caller's subscriptions by number, from the one after `after`."""
    return [
        WebhookOut.model_validate(row._asdict() | {"breaker": BreakerState(row.breaker).word})
        for row in tx.rows(
            "select webhook_id as id, url, events, enabled, ordered, created_at, old_secret_until, breaker, open_until "
            "from webhooks where party = :party and party_id = :id and webhook_id > :after "
            "order by webhook_id limit :limit",
            party=tx.actor.kind,
            id=tx.actor.id,
            after=after,
            limit=limit,
        )
    ]


def webhook_of(tx: Tx[Policy], webhook_id: int) -> WebhookOut:
    """One of the caller's subscriptions; NotFound `webhook.not_found`."""
    found = list_webhooks(tx, after=webhook_id - 1, limit=1)
    if not found or found[0].id != webhook_id:
        raise NotFound("webhook.not_found")
    return found[0]


def list_deliveries(
    tx: Tx[Policy],
    webhook_id: int,
    *,
    state: DeliveryState | None = None,
    before: int | None = None,
    limit: int,
) -> Sequence[DeliveryOut]:
    """A subscription's deliveries, the newest first, from the one before `before`, each with its tries.

    A supplier sees those of shops where it has a grant.
    """
    with reaching_own(tx):
        found = [
            DeliveryOut(
                id=row.delivery_id,
                shop_id=row.shop_id,
                event_id=row.event_id,
                type=row.kind,
                message_id=row.message_id,
                state=cast("StateWord", DeliveryState(row.state).word),
                created_at=row.created_at,
                due_at=row.due_at,
                delivered_at=row.delivered_at,
            )
            for row in tx.rows(
                "select * from deliveries where webhook_id = :webhook "
                "and (cast(:before as bigint) is null or delivery_id < :before) "
                "and (cast(:state as smallint) is null or state = :state) order by delivery_id desc limit :limit",
                webhook=webhook_id,
                before=before,
                state=state and state.value,
                limit=limit,
            )
        ]
        add_tries(tx, "delivery_tries", "delivery_id", found)
    return found
