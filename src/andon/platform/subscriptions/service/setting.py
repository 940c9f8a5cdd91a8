"""A party sets its subscriptions, changes and ends them. Of another's it finds none."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.events import PLATFORM, known_kinds
from andon.kernel.outside import Ranges, check_url
from andon.kernel.secrets import new_signing_secret, seal
from andon.kernel.tx import Tx
from andon.platform.calling.rules import OLD_SECRET_VALID
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.events import WebhookEvent, WebhookRemoved, WebhookSet
from andon.platform.subscriptions.rules import MOST_WEBHOOKS, check_patterns
from andon.platform.subscriptions.tables import WEBHOOK_IDS


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a subscription is to be another; None stays."""

    url: str | None = None
    events: Sequence[str] | None = None
    enabled: bool | None = None
    ordered: bool | None = None


def subscribe(
    tx: Tx[Policy],
    url: str,
    events: Sequence[str],
    key: bytes,
    *,
    ordered: bool = False,
    allowed: Ranges = (),
) -> tuple[int, str]:
    """Tell the caller of such events at `url` from now on; the subscription's number, and its secret, this once.

    It hears of what is written from then on, by transactions that begin later. `key` seals the secret. Refuses with Invalid (`endpoint.*`,
    `webhook.events`), or Conflict (`webhook.too_many`).
    """
    party, party_id = _caller(tx)
    check_url(url, allowed)
    patterns = check_patterns(party, events, known_kinds())
    has = tx.one(
        "select count(*) from webhooks where party = :party and party_id = :id", party=party, id=party_id
    )
    if has is not None and has[0] >= MOST_WEBHOOKS:
        raise Conflict("webhook.too_many", f"at most {MOST_WEBHOOKS}")
    [number] = tx.take_ids(WEBHOOK_IDS.name, 1)
    secret = new_signing_secret()
    _emit(tx, WebhookSet, number)
    tx.put(
        "insert into webhooks (webhook_id, party, party_id, url, events, secret, enabled, created_at, ordered) "
        "values (:number, :party, :id, :url, cast(:events as text[]), :secret, true, :now, :ordered)",
        number=number,
        party=party,
        id=party_id,
        url=url,
        events=patterns,
        secret=seal(secret.encode(), key),
        now=tx.now,
        ordered=ordered,
    )
    tx.put(
        # All that the caller sees: a shop itself, a supplier those where it has a grant. Those that are listened to already,
        # too: whoever finds just now that nobody does waits for this commit, and looks again.
        f"update heads h set listened = true from (select shop_id from heads where shop_id <> {PLATFORM} "
        "order by shop_id for no key update) l where h.shop_id = l.shop_id"
    )
    return number, secret


def change_webhook(tx: Tx[Policy], webhook_id: int, changes: Changes, *, allowed: Ranges = ()) -> None:
    """Change a subscription of the caller's. What waits goes where it points now; its breaker begins anew.

    Refuses with NotFound (`webhook.not_found`), or as `subscribe` does.
    """
    party, _ = _caller(tx)
    _own(tx, webhook_id)
    if changes.url is not None:
        check_url(changes.url, allowed)
    events = None if changes.events is None else check_patterns(party, changes.events, known_kinds())
    _emit(tx, WebhookSet, webhook_id)
    tx.put(
        "update webhooks set url = coalesce(:url, url), events = coalesce(cast(:events as text[]), events), "
        "enabled = coalesce(cast(:enabled as boolean), enabled), ordered = coalesce(cast(:ordered as boolean), ordered), "
        # Whoever still calls the old address loses the lease: its answers say nothing about the new one.
        "leased_until = null, next_at = :now, breaker = 0, counted_from = null, tries = 0, failed = 0, "
        "open_until = null, trips = 0, share = null where webhook_id = :number",
        url=changes.url,
        events=events,
        enabled=changes.enabled,
        ordered=changes.ordered,
        now=tx.now,
        number=webhook_id,
    )
    tx.wake("deliver")


def rotate_secret(tx: Tx[Policy], webhook_id: int, key: bytes) -> str:
    """A new secret, this once; the old one signs beside it for 24 hours of machine time. NotFound `webhook.not_found`."""
    _own(tx, webhook_id)
    secret = new_signing_secret()
    _emit(tx, WebhookSet, webhook_id)
    tx.put(
        "update webhooks set old_secret = secret, old_secret_until = :until, secret = :secret where webhook_id = :number",
        until=tx.wall() + OLD_SECRET_VALID,
        secret=seal(secret.encode(), key),
        number=webhook_id,
    )
    return secret


def remove_webhook(tx: Tx[Policy], webhook_id: int) -> None:
    """End a subscription of the caller's; what waits is not sent any more. NotFound `webhook.not_found`."""
    _own(tx, webhook_id)
    _emit(tx, WebhookRemoved, webhook_id)
    tx.put("delete from webhooks where webhook_id = :number", number=webhook_id)


def _own(tx: Tx[Policy], webhook_id: int) -> Row[Any]:
    """The caller's subscription, its row locked until the commit."""
    party, party_id = _caller(tx)
    row = tx.one(
        "select * from webhooks where webhook_id = :number and party = :party and party_id = :id for no key update",
        number=webhook_id,
        party=party,
        id=party_id,
    )
    if row is None:
        raise NotFound("webhook.not_found")
    return row


def _emit(tx: Tx[Policy], event: type[WebhookEvent], webhook_id: int) -> None:
    party, party_id = _caller(tx)
    shop_id, supplier_id = (party_id, None) if party == "shop" else (PLATFORM, party_id)
    with nullcontext() if party == "shop" else tx.reaching([PLATFORM]):
        tx.hold(shop_id)
        tx.emit(event(shop_id=shop_id, webhook_id=webhook_id, supplier_id=supplier_id))


def _caller(tx: Tx[Policy]) -> tuple[str, int]:
    assert isinstance(tx.actor.id, int), "a shop and a supplier are known by their numbers"
    return tx.actor.kind, tx.actor.id
