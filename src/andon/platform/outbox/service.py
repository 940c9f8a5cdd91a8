"""Setting contacts, writing messages for what was told, and noting what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row

from andon.kernel.events import PLATFORM
from andon.kernel.outside import Ranges
from andon.kernel.rows import as_columns
from andon.kernel.secrets import seal
from andon.kernel.tx import Tx
from andon.platform.notices.rules import Audience
from andon.platform.outbox.rules import (
    ESCALATED,
    Contact,
    MessageState,
    Quiet,
    check_contacts,
    next_digest,
    readers_of,
    retry_at,
    send_at,
)
from andon.platform.outbox.tables import CONTACT_IDS, MESSAGE_IDS
from andon.platform.policies.rules import Policy

_CONTACT_COLUMNS = (
    "n",
    "robot",
    "address",
    "sealed",
    "role",
    "kinds",
    "locale",
    "zone",
    "qf",
    "qu",
    "da",
    "dd",
)


NO_CONTACT = 0
"""The contact of a letter that goes to a person themselves, about their own account: nobody can take it back."""


@dataclass(frozen=True, slots=True)
class PersonReader:
    """A person who is written to about their own account, wherever they belong."""

    address: str
    locale: str
    shop_id: int = PLATFORM
    contact_id: int = NO_CONTACT
    audience: str = "operator"
    supplier_id: int | None = None
    zone: str = "Asia/Shanghai"
    quiet_from: str | None = None
    quiet_until: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be written: to whom (a row of contacts, or a person), of what, and of which notice, if of one."""

    to: Row[Any] | PersonReader
    kind: str
    facts: Mapping[str, Any]
    at: datetime
    notice_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try of a message that was leased: its state, or, where it failed, what was `said`."""

    shop_id: int
    message_id: int
    lease: datetime
    state: MessageState
    said: str | None = None


def set_contacts(
    tx: Tx[Policy],
    audience: Audience,
    contacts: Sequence[Contact],
    key: bytes,
    *,
    shop_id: int = PLATFORM,
    supplier_id: int | None = None,
    allowed: Ranges = (),
) -> None:
    """These are the contacts of an audience from now on; whoever was one and is none gets nothing more.

    `key` seals what a robot's address gives away; `allowed` are the operator's ranges. Invalid `contact.*` for one that nothing can be sent to.
    """
    check_contacts(contacts, allowed)
    with tx.reaching({PLATFORM}) if shop_id == PLATFORM else nullcontext():
        # A party's contacts are set by one at a time: two lists would else be mixed.
        tx.put("lock table contacts in share row exclusive mode")
        kept = _let_go(tx, audience, shop_id, supplier_id)
        if not contacts:
            return
        rows = [
            # What waits for an e-mail address goes on waiting for it.
            _contact_row(tx, kept.get(each.shown, number), each, key)
            for number, each in zip(tx.take_ids(CONTACT_IDS.name, len(contacts)), contacts, strict=True)
        ]
        tx.put(
            "insert into contacts (shop_id, contact_id, audience, supplier_id, robot, address, sealed, role, kinds, "
            "locale, zone, quiet_from, quiet_until, digest_at, digest_due_at) "
            "select :shop, r.n, :audience, cast(:supplier as bigint), r.robot, r.address, decode(r.sealed, 'hex'), "
            "r.role, cast(r.kinds as jsonb), r.locale, r.zone, r.qf, r.qu, r.da, r.dd from unnest("
            "cast(:n as bigint[]), cast(:robot as text[]), cast(:address as text[]), cast(:sealed as text[]), "
            "cast(:role as text[]), cast(:kinds as text[]), cast(:locale as text[]), cast(:zone as text[]), "
            "cast(:qf as text[]), cast(:qu as text[]), cast(:da as text[]), cast(:dd as timestamptz[])) "
            f"as r({', '.join(_CONTACT_COLUMNS)})",
            audience=audience,
            shop=shop_id,
            supplier=supplier_id,
            **as_columns(_CONTACT_COLUMNS, rows),
        )


def _let_go(tx: Tx[Policy], audience: Audience, shop_id: int, supplier_id: int | None) -> dict[str, int]:
    """Delete an audience's contacts; the numbers that its e-mail addresses had."""
    gone = tx.rows(
        "delete from contacts where audience = :audience and shop_id = :shop "
        "and supplier_id is not distinct from cast(:supplier as bigint) returning address, contact_id, robot",
        audience=audience,
        shop=shop_id,
        supplier=supplier_id,
    )
    return {row.address: row.contact_id for row in gone if row.robot is None}


def _contact_row(tx: Tx[Policy], number: int, contact: Contact, key: bytes) -> tuple[Any, ...]:
    secret = orjson.dumps({"url": contact.url, "secret": contact.secret})
    return (
        number,
        contact.robot,
        contact.shown,
        None if contact.robot is None else seal(secret, key).hex(),
        contact.role,
        None if contact.kinds is None else orjson.dumps(contact.kinds).decode(),
        contact.locale,
        contact.zone,
        contact.quiet.since if contact.quiet else None,
        contact.quiet.until if contact.quiet else None,
        contact.digest_at,
        next_digest(tx.now, contact.zone, contact.digest_at) if contact.digest_at else None,
    )


def write_messages(tx: Tx[Policy], drafts: Sequence[Draft]) -> None:
    """Put these messages into the outbox, each due when its reader's quiet hours allow; a digest has its own hour."""
    if not drafts:
        return
    columns = ("s", "n", "c", "a", "u", "i", "k", "f", "t", "ad", "l", "z", "d")
    rows = [
        (
            draft.to.shop_id,
            number,
            draft.to.contact_id,
            draft.to.audience,
            draft.to.supplier_id,
            draft.notice_id,
            draft.kind,
            orjson.dumps(dict(draft.facts), default=str).decode(),
            draft.at,
            draft.to.address,
            draft.to.locale,
            draft.to.zone,
            send_at(draft.kind, tx.now, draft.to.zone, quiet_of(draft.to)),
        )
        for number, draft in zip(tx.take_ids(MESSAGE_IDS.name, len(drafts)), drafts, strict=True)
    ]
    tx.put(
        "insert into outbox (shop_id, message_id, contact_id, audience, supplier_id, notice_id, kind, facts, at, "
        "first_at, address, locale, zone, state, due_at, tries) select r.s, r.n, r.c, r.a, r.u, r.i, r.k, "
        "cast(r.f as jsonb), r.t, r.d, r.ad, r.l, r.z, :waiting, r.d, 0 from unnest(cast(:s as bigint[]), "
        "cast(:n as bigint[]), cast(:c as bigint[]), cast(:a as text[]), cast(:u as bigint[]), "
        "cast(:i as bigint[]), cast(:k as text[]), cast(:f as text[]), cast(:t as timestamptz[]), "
        "cast(:ad as text[]), cast(:l as text[]), cast(:z as text[]), cast(:d as timestamptz[])) "
        f"as r({', '.join(columns)})",
        waiting=MessageState.WAITING.value,
        **as_columns(columns, rows),
    )
    tx.wake("mail")


def quiet_of(to: Row[Any] | PersonReader) -> Quiet | None:
    """The quiet hours of a contact."""
    return Quiet(to.quiet_from, to.quiet_until) if to.quiet_from and to.quiet_until else None


def post_notices(tx: Tx[Policy], batch: int) -> int:
    """Write a message to each contact whose matter a notice is; to the owners where nobody read it in time."""
    # No heads: nothing is emitted here, and the platform's own notices have none.
    rows = tx.rows(
        "select * from notices where post_at is not null and post_at <= :now order by post_at, notice_id "
        "limit :batch for no key update skip locked",
        now=tx.now,
        batch=batch,
    )
    if not rows:
        return 0
    people = _people(tx, {row.shop_id for row in rows} | {PLATFORM})
    drafts: list[Draft] = []
    looked: list[tuple[Any, ...]] = []
    for row in rows:
        own = people[_whose(row)]
        at_once = readers_of(row.kind, [(each.contact_id, each.role, each.kinds) for each in own])
        owners = {each.contact_id for each in own if each.role == "owner"} - at_once
        first = row.posted_at is None
        wanted = at_once if first else (owners if row.read_at is None else set())
        facts = _facts(row, escalated=not first)
        drafts += [Draft(to, row.kind, facts, row.at, row.notice_id) for to in own if to.contact_id in wanted]
        again = (
            first and row.audience == "seller" and row.kind in ESCALATED and row.read_at is None and owners
        )
        looked.append(
            (row.shop_id, row.notice_id, row.at + tx.policy.post.escalated_after if again else None)
        )
    write_messages(tx, drafts)
    tx.put(
        "update notices n set post_at = r.p, posted_at = :now from unnest(cast(:s as bigint[]), "
        "cast(:n as bigint[]), cast(:p as timestamptz[])) as r(s, n, p) "
        "where n.shop_id = r.s and n.notice_id = r.n",
        now=tx.now,
        **as_columns(("s", "n", "p"), looked),
    )
    return len(rows)


def _whose(row: Row[Any]) -> tuple[str, int]:
    number = {"seller": row.shop_id, "supplier": row.supplier_id}.get(row.audience, PLATFORM)
    return row.audience, number


def _people(tx: Tx[Policy], shop_ids: Iterable[int]) -> Mapping[tuple[str, int], list[Row[Any]]]:
    found: defaultdict[tuple[str, int], list[Row[Any]]] = defaultdict(list)
    for row in tx.rows(
        "select * from contacts where shop_id = any(:shops) order by shop_id, contact_id",
        shops=sorted(shop_ids),
    ):
        found[_whose(row)].append(row)
    return found


def _facts(row: Row[Any], *, escalated: bool) -> dict[str, Any]:
    facts = dict(row.facts) | {"order_id": row.order_id, "fulfilment_id": row.fulfilment_id}
    if row.audience != "seller" and row.shop_id != PLATFORM:
        facts["shop_id"] = row.shop_id
    if escalated:
        facts["escalated"] = True
    return {name: value for name, value in facts.items() if value is not None}


def record_outcomes(tx: Tx[Policy], outcomes: Sequence[Outcome]) -> None:
    """Note what came of messages, as long as their lease is the one under which they were sent.

    What failed is tried again on the schedule of pushes, for three days.
    """
    held = {
        (row.shop_id, row.message_id): row
        for row in tx.rows(
            "select shop_id, message_id, tries, first_at, leased_until from outbox "
            "where shop_id = any(:shops) and message_id = any(:numbers) and due_at is not null "
            "order by shop_id, message_id for no key update",
            shops=sorted({each.shop_id for each in outcomes}),
            numbers=[each.message_id for each in outcomes],
        )
    }
    rows: list[tuple[Any, ...]] = []
    for each in outcomes:
        row = held.get((each.shop_id, each.message_id))
        if row is None or row.leased_until != each.lease:
            continue
        state, due = each.state, None
        if state is MessageState.WAITING:
            push = tx.policy.push
            chance = tx.random.random()
            due = retry_at(
                tx.now,
                row.first_at + tx.policy.post.tried_for,
                row.tries + 1,
                push.retry_delays,
                push.jitter_share,
                chance,
            )
            state = MessageState.GIVEN_UP if due is None else state
        done = None if due else tx.now
        rows.append((each.shop_id, each.message_id, state.value, due, done, (each.said or "")[:500] or None))
    if rows:
        tx.put(
            "update outbox o set state = r.st, due_at = r.d, done_at = r.e, said = r.w, leased_until = null, "
            "tries = o.tries + 1 from unnest(cast(:s as bigint[]), cast(:n as bigint[]), cast(:st as smallint[]), "
            "cast(:d as timestamptz[]), cast(:e as timestamptz[]), cast(:w as text[])) as r(s, n, st, d, e, w) "
            "where o.shop_id = r.s and o.message_id = r.n",
            **as_columns(("s", "n", "st", "d", "e", "w"), rows),
        )
