"""Contacts over HTTP, and the outbox for whoever looks after the platform."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from andon.kernel.errors import Invalid
from andon.kernel.http.models import Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.outbox.rules import MOST_CONTACTS, Contact, MessageState, Quiet, Role
from andon.platform.outbox.service import set_contacts
from andon.platform.outbox.views import ContactOut, MessageOut, contacts_of, list_messages, shops_tongue
from andon.platform.policies.rules import Policy
from andon.ports.mailing import Robot

router = Router(tags=["notices"])

OWN_TONGUE = ("zh-CN", "Asia/Shanghai")
"""The language and zone of those who have no shop to say theirs."""

TimeOfDay = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
Kind = Annotated[str, Field(min_length=1, max_length=100, pattern="^[a-z0-9_.]+$")]


class QuietIn(Strict):
    """Hours in which nothing is sent but what holds up everything; they may pass midnight."""

    since: Annotated[TimeOfDay, Field(alias="from")]
    until: TimeOfDay


class ContactIn(Strict):
    """Somebody to write to: an e-mail address, or a chat's robot at its address.

    `kinds` are the notices that it is told of instead of those of its role. A `digest` comes once a day at `digest_at`
    of its zone, where there is something to say. Language and zone are the shop's unless said.
    """

    email: Annotated[str | None, Field(max_length=254)] = None
    robot: Robot | None = None
    url: Annotated[str | None, Field(max_length=2_000)] = None
    secret: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    role: Role = "clerk"
    kinds: Annotated[list[Kind] | None, Field(max_length=100)] = None
    digest: bool = False
    digest_at: TimeOfDay = "09:00"
    quiet: QuietIn | None = None
    zone: Annotated[str | None, Field(max_length=64)] = None
    locale: Literal["zh-CN", "en"] | None = None

    def contact(self, locale: str, zone: str) -> Contact:
        """The contact, in that language and zone where it names none of its own."""
        return Contact(
            self.email,
            self.robot,
            self.url,
            self.secret,
            self.role,
            None if self.kinds is None else tuple(self.kinds),
            self.digest_at if self.digest else None,
            self.zone or zone,
            self.locale or locale,
            Quiet(self.quiet.since, self.quiet.until) if self.quiet else None,
        )


Contacts = Annotated[list[ContactIn], Field(max_length=MOST_CONTACTS)]
"""All contacts of a party, instead of those that it had."""


@router.get("/shops/{shop_id}/contacts", dependencies=[allow("notices.read", "shop")])
def shops_contacts(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[ContactOut]:
    """Who is written to for the shop."""
    return _page(contacts_of(tx, "seller", shop_id=shop_id), query)


@router.put(
    "/shops/{shop_id}/contacts",
    dependencies=[allow("notices.write", "shop")],
    responses=problems(Invalid),
)
def put_shops_contacts(
    shop_id: int, body: Contacts, query: PageQuery, tx: InTransaction, caller: Caller
) -> Page[ContactOut]:
    """Write to these for the shop from now on."""
    tongue = shops_tongue(tx, shop_id)
    wanted = [each.contact(*tongue) for each in body]
    set_contacts(tx, "seller", wanted, caller.edge.secret, allowed=caller.edge.allowed, shop_id=shop_id)
    return _page(contacts_of(tx, "seller", shop_id=shop_id), query)


@router.get("/supplier/contacts", dependencies=[allow("notices.read", "supplier")])
def suppliers_contacts(query: PageQuery, tx: InTransaction) -> Page[ContactOut]:
    """Who is written to for the caller."""
    return _page(contacts_of(tx, "supplier", supplier_id=_supplier(tx)), query)


@router.put(
    "/supplier/contacts",
    dependencies=[allow("notices.write", "supplier")],
    responses=problems(Invalid),
)
def put_suppliers_contacts(
    body: Contacts, query: PageQuery, tx: InTransaction, caller: Caller
) -> Page[ContactOut]:
    """Write to these for the caller from now on."""
    wanted = [each.contact(*OWN_TONGUE) for each in body]
    set_contacts(
        tx, "supplier", wanted, caller.edge.secret, allowed=caller.edge.allowed, supplier_id=_supplier(tx)
    )
    return _page(contacts_of(tx, "supplier", supplier_id=_supplier(tx)), query)


@router.get("/contacts", dependencies=[allow("notices.read", "operator")])
def operators_contacts(query: PageQuery, tx: InTransaction) -> Page[ContactOut]:
    """Who of the platform's own people is written to."""
    return _page(contacts_of(tx, "operator"), query)


@router.put(
    "/contacts",
    dependencies=[allow("notices.write", "operator")],
    responses=problems(Invalid),
)
def put_operators_contacts(
    body: Contacts, query: PageQuery, tx: InTransaction, caller: Caller
) -> Page[ContactOut]:
    """Write to these of the platform's own people from now on."""
    set_contacts(
        tx,
        "operator",
        [each.contact(*OWN_TONGUE) for each in body],
        caller.edge.secret,
        allowed=caller.edge.allowed,
    )
    return _page(contacts_of(tx, "operator"), query)


@router.get("/outbox", dependencies=[allow("notices.read", "operator")])
def outbox(
    query: PageQuery,
    tx: InTransaction,
    caller: Caller,
    state: Annotated[
        Literal["waiting", "sent", "kept", "given_up", "withdrawn"] | None,
        Query(description="Only messages of which that became"),
    ] = None,
) -> Page[MessageOut]:
    """Every message, the newest first, as it was sent or, where no post is set up (`kept`), would have been.

    The link in a letter about an account is shown to whoever may invite people, and only where it was kept.
    """
    before = query.after[0] if query.after else None
    wanted = MessageState[state.upper()] if state else None
    key = caller.edge.secret if "people.write" in caller.holder.scopes else None
    rows = list_messages(tx, state=wanted, before=before, limit=query.fetch, key=key)
    return page_of(rows, query, lambda message: [message.id])


def _page(contacts: list[ContactOut], query: PageQuery) -> Page[ContactOut]:
    after = query.after[0] if query.after else 0
    left = [each for each in contacts if each.id > after]
    return page_of(left[: query.fetch], query, lambda contact: [contact.id])


def _supplier(tx: Tx[Policy]) -> int:
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return tx.actor.id
