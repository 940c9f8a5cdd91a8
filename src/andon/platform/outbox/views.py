"""Contacts as their party sees them, and the outbox as the operator does."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from andon.kernel.events import PLATFORM
from andon.kernel.http.models import Instant, Out
from andon.kernel.secrets import unseal
from andon.kernel.tx import Tx
from andon.platform.notices.rules import Audience
from andon.platform.outbox.rules import MessageState, html_of, words_of
from andon.platform.policies.rules import Policy


class QuietOut(Out):
    """Hours in which nothing is sent, of the contact's zone."""

    since: str
    until: str


class ContactOut(Out):
    """Somebody who is written to; of a robot's address the host alone is shown. `kinds` null: what the role is told of."""

    id: int
    email: str | None
    robot: str | None
    address: str
    role: str
    kinds: list[str] | None
    locale: str
    zone: str
    quiet: QuietOut | None
    digest: bool
    digest_at: str | None


class MessageOut(Out):
    """A message as its reader has it, or would have it: `kept` is one that no post was set up for."""

    id: int
    shop_id: int | None
    audience: str
    supplier_id: int | None
    notice_id: int | None
    kind: str
    to: str
    state: str
    at: Instant
    due_at: Instant | None
    done_at: Instant | None
    tries: int
    said: str | None
    subject: str
    text: str
    html: str


def contacts_of(
    tx: Tx[Policy], audience: Audience, *, shop_id: int = PLATFORM, supplier_id: int | None = None
) -> list[ContactOut]:
    """The contacts of an audience, in the order in which they were given."""
    with tx.reaching({PLATFORM}) if shop_id == PLATFORM else nullcontext():
        rows = tx.rows(
            "select * from contacts where audience = :audience and shop_id = :shop "
            "and supplier_id is not distinct from cast(:supplier as bigint) order by contact_id",
            audience=audience,
            shop=shop_id,
            supplier=supplier_id,
        )
    return [
        ContactOut(
            id=row.contact_id,
            email=None if row.robot else row.address,
            robot=row.robot,
            address=row.address,
            role=row.role,
            kinds=row.kinds,
            locale=row.locale,
            zone=row.zone,
            quiet=QuietOut(since=row.quiet_from, until=row.quiet_until) if row.quiet_from else None,
            digest=row.digest_at is not None,
            digest_at=row.digest_at,
        )
        for row in rows
    ]


def shops_tongue(tx: Tx[Policy], shop_id: int) -> tuple[str, str]:
    """A shop's locale and zone."""
    row = tx.one("select locale, zone from shops where shop_id = :shop", shop=shop_id)
    assert row is not None, "the walls let nobody in for a shop that is not there"
    return row.locale, row.zone


def opened(facts: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """A message's facts with the link that lies sealed in them. Raises SecretUnreadable."""
    said = dict(facts)
    if sealed := said.pop("sealed", None):
        said["link"] = unseal(bytes.fromhex(sealed), key).decode()
    return said


def list_messages(
    tx: Tx[Policy],
    *,
    state: MessageState | None = None,
    before: int | None = None,
    limit: int,
    key: bytes | None = None,
) -> list[MessageOut]:
    """The outbox of all shops and of the platform, the newest first, from the one before `before`.

    A letter's link is a credential: it is shown, opened with `key`, where one is given and the letter was kept.
    """
    conditions, params = ["true"], dict[str, Any]()
    if before is not None:
        conditions.append("message_id < :before")
        params["before"] = before
    if state is not None:
        conditions.append("state = :state")
        params["state"] = state.value
    with tx.reaching({PLATFORM}):
        rows = tx.rows(
            f"select * from outbox where {' and '.join(conditions)} order by message_id desc limit :limit",
            limit=limit,
            **params,
        )
    return [_message_out(row, key) for row in rows]


def _message_out(row: Any, key: bytes | None) -> MessageOut:
    shown = key is not None and row.state == MessageState.KEPT.value
    facts = opened(row.facts, key) if key is not None and shown else row.facts
    words = words_of(row.kind, facts, row.at, row.locale, row.zone)
    return MessageOut(
        id=row.message_id,
        shop_id=row.shop_id or None,
        audience=row.audience,
        supplier_id=row.supplier_id,
        notice_id=row.notice_id,
        kind=row.kind,
        to=row.address,
        state=MessageState(row.state).word,
        at=row.at,
        due_at=row.due_at,
        done_at=row.done_at,
        tries=row.tries,
        said=row.said,
        subject=words.subject,
        text=words.text,
        html=html_of(words, row.locale),
    )
