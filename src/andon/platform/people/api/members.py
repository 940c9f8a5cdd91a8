"""The people of a shop, of a supplier and of the operator: who they are, who is invited, and their roles."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.people.api.passing import Email
from andon.platform.people.rules import check_email
from andon.platform.people.service.joining import (
    Party,
    change_role,
    invite,
    remove_member,
    withdraw_invitation,
)
from andon.platform.people.views import InvitationOut, MemberOut, invitations_of, members_of
from andon.platform.policies.rules import Policy

router = Router(tags=["people"])

OPERATOR = Party("operator", "")
_REFUSALS = problems(Invalid, NotFound, Conflict)


class InvitationIn(Strict):
    """Who is invited, as what, and in which language they are written to."""

    email: Email
    role: Annotated[str, Field(max_length=20, examples=["clerk"])]
    locale: Literal["zh-CN", "en"] = "zh-CN"


class RoleIn(Strict):
    """The role from now on."""

    role: Annotated[str, Field(max_length=20, examples=["finance"])]


class RoleOut(Out):
    """A person's role."""

    id: int
    role: str


def _members(tx: Tx[Policy], query: PageQuery, party: Party) -> Page[MemberOut]:
    after = query.after[0] if query.after else 0
    rows = members_of(tx, party.kind, party.number, after=after, limit=query.fetch)
    return page_of(rows, query, lambda member: [member.id])


def _invitations(tx: Tx[Policy], query: PageQuery, party: Party) -> Page[InvitationOut]:
    after = query.after[0] if query.after else 0
    rows = invitations_of(tx, party.kind, party.number, after=after, limit=query.fetch)
    return page_of(rows, query, lambda invitation: [invitation.id])


def _invited(tx: Tx[Policy], caller: Caller, party: Party, body: InvitationIn) -> InvitationOut:
    edge, email = caller.edge, check_email(body.email.strip())
    row, _ = invite(tx, party, body.role, email, body.locale, edge.public_url, edge.secret)
    return InvitationOut.model_validate(row)


def _given(tx: Tx[Policy], party: Party, user_id: int, role: str) -> RoleOut:
    change_role(tx, party, user_id, role)
    return RoleOut(id=user_id, role=role)


@router.get("/shops/{shop_id}/members", dependencies=[allow("people.read", "shop")])
def shops_members(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[MemberOut]:
    """The people of the shop."""
    return _members(tx, query, Party("shop", str(shop_id)))


@router.put(
    "/shops/{shop_id}/members/{user_id}", dependencies=[allow("people.write", "shop")], responses=_REFUSALS
)
def put_shops_member(shop_id: int, user_id: int, body: RoleIn, tx: InTransaction) -> RoleOut:
    """Another role for a person of the shop, from their next call on."""
    return _given(tx, Party("shop", str(shop_id)), user_id, body.role)


@router.delete(
    "/shops/{shop_id}/members/{user_id}",
    status_code=204,
    dependencies=[allow("people.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def remove_shops_member(shop_id: int, user_id: int, tx: InTransaction) -> None:
    """A person is of the shop no more, from this instant on."""
    remove_member(tx, Party("shop", str(shop_id)), user_id)


@router.get("/shops/{shop_id}/invitations", dependencies=[allow("people.read", "shop")])
def shops_invitations(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[InvitationOut]:
    """Who is invited to the shop and has not come yet."""
    return _invitations(tx, query, Party("shop", str(shop_id)))


@router.post(
    "/shops/{shop_id}/invitations",
    status_code=201,
    dependencies=[allow("people.write", "shop")],
    responses=_REFUSALS,
)
def invite_to_shop(shop_id: int, body: InvitationIn, tx: InTransaction, caller: Caller) -> InvitationOut:
    """Invite somebody to the shop: a letter brings them a link that works once."""
    return _invited(tx, caller, Party("shop", str(shop_id)), body)


@router.delete(
    "/shops/{shop_id}/invitations/{invitation_id}",
    status_code=204,
    dependencies=[allow("people.write", "shop")],
    responses=problems(NotFound),
)
def withdraw_from_shop(shop_id: int, invitation_id: int, tx: InTransaction) -> None:
    """Take an invitation back."""
    withdraw_invitation(tx, Party("shop", str(shop_id)), invitation_id)


@router.get("/suppliers/{supplier_id}/members", dependencies=[allow("people.read", "supplier", "operator")])
def suppliers_members(supplier_id: int, query: PageQuery, tx: InTransaction) -> Page[MemberOut]:
    """The people of the supplier."""
    return _members(tx, query, Party("supplier", str(supplier_id)))


@router.put(
    "/suppliers/{supplier_id}/members/{user_id}",
    dependencies=[allow("people.write", "supplier", "operator")],
    responses=_REFUSALS,
)
def put_suppliers_member(supplier_id: int, user_id: int, body: RoleIn, tx: InTransaction) -> RoleOut:
    """Another role for a person of the supplier, from their next call on."""
    return _given(tx, Party("supplier", str(supplier_id)), user_id, body.role)


@router.delete(
    "/suppliers/{supplier_id}/members/{user_id}",
    status_code=204,
    dependencies=[allow("people.write", "supplier", "operator")],
    responses=problems(NotFound, Conflict),
)
def remove_suppliers_member(supplier_id: int, user_id: int, tx: InTransaction) -> None:
    """A person is of the supplier no more, from this instant on."""
    remove_member(tx, Party("supplier", str(supplier_id)), user_id)


@router.get(
    "/suppliers/{supplier_id}/invitations", dependencies=[allow("people.read", "supplier", "operator")]
)
def suppliers_invitations(supplier_id: int, query: PageQuery, tx: InTransaction) -> Page[InvitationOut]:
    """Who is invited to the supplier and has not come yet."""
    return _invitations(tx, query, Party("supplier", str(supplier_id)))


@router.post(
    "/suppliers/{supplier_id}/invitations",
    status_code=201,
    dependencies=[allow("people.write", "supplier", "operator")],
    responses=_REFUSALS,
)
def invite_to_supplier(
    supplier_id: int, body: InvitationIn, tx: InTransaction, caller: Caller
) -> InvitationOut:
    """Invite somebody to the supplier: a letter brings them a link that works once."""
    return _invited(tx, caller, Party("supplier", str(supplier_id)), body)


@router.delete(
    "/suppliers/{supplier_id}/invitations/{invitation_id}",
    status_code=204,
    dependencies=[allow("people.write", "supplier", "operator")],
    responses=problems(NotFound),
)
def withdraw_from_supplier(supplier_id: int, invitation_id: int, tx: InTransaction) -> None:
    """Take an invitation back."""
    withdraw_invitation(tx, Party("supplier", str(supplier_id)), invitation_id)


@router.get("/operator/members", dependencies=[allow("people.read", "operator")])
def operators_members(query: PageQuery, tx: InTransaction) -> Page[MemberOut]:
    """The people of the platform."""
    return _members(tx, query, OPERATOR)


@router.put(
    "/operator/members/{user_id}", dependencies=[allow("people.write", "operator")], responses=_REFUSALS
)
def put_operators_member(user_id: int, body: RoleIn, tx: InTransaction) -> RoleOut:
    """Another role for a person of the platform, from their next call on."""
    return _given(tx, OPERATOR, user_id, body.role)


@router.delete(
    "/operator/members/{user_id}",
    status_code=204,
    dependencies=[allow("people.write", "operator")],
    responses=problems(NotFound, Conflict),
)
def remove_operators_member(user_id: int, tx: InTransaction) -> None:
    """A person is of the platform no more, from this instant on."""
    remove_member(tx, OPERATOR, user_id)


@router.get("/operator/invitations", dependencies=[allow("people.read", "operator")])
def operators_invitations(query: PageQuery, tx: InTransaction) -> Page[InvitationOut]:
    """Who is invited to the platform and has not come yet."""
    return _invitations(tx, query, OPERATOR)


@router.post(
    "/operator/invitations",
    status_code=201,
    dependencies=[allow("people.write", "operator")],
    responses=_REFUSALS,
)
def invite_to_operator(body: InvitationIn, tx: InTransaction, caller: Caller) -> InvitationOut:
    """Invite somebody to the platform: a letter brings them a link that works once."""
    return _invited(tx, caller, OPERATOR, body)


@router.delete(
    "/operator/invitations/{invitation_id}",
    status_code=204,
    dependencies=[allow("people.write", "operator")],
    responses=problems(NotFound),
)
def withdraw_from_operator(invitation_id: int, tx: InTransaction) -> None:
    """Take an invitation back."""
    withdraw_invitation(tx, OPERATOR, invitation_id)
