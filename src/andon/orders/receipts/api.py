"""Delivery receipts over HTTP: signed facts about pushes, and the key that verifies them."""

from fastapi import Request

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Out, PublicKeysOut
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.jws import sign
from andon.orders.receipts.views import FactsOut, facts_of_fulfilment, facts_of_push
from andon.partners.suppliers.views import supplier_of
from andon.platform.accounts.edge import Caller, InTransaction, Router, Visit, allow
from andon.platform.keyring.views import published

router = Router(tags=["receipts"])

PURPOSE = "receipts"


class ReceiptOut(Out):
    """What is known of a push; `jws` says the same, signed: a compact JWS whose payload is `facts`."""

    facts: FactsOut
    jws: str


@router.get("/receipts/keys")
def keys(request: Request) -> PublicKeysOut:
    """The public keys under which receipts are and were signed, as a JWK set, the newest first; no key of ours is needed."""
    edge = request.app.state.edge
    return published(edge.database, edge.secret, PURPOSE)


@router.get(
    "/supplier/pushes/{push_id}/receipt",
    dependencies=[allow("fulfilments.read", "supplier")],
    responses=problems(NotFound),
)
def receipt(push_id: int, tx: InTransaction, caller: Caller) -> ReceiptOut:
    """The receipt of one of the caller's pushes."""
    assert isinstance(tx.actor.id, int), "a supplier is known by its number"
    return _signed(facts_of_push(tx, tx.actor.id, push_id), caller)


@router.get(
    "/suppliers/{supplier_id}/pushes/{push_id}/receipt",
    dependencies=[allow("suppliers.read", "operator")],
    responses=problems(NotFound),
)
def receipt_of_supplier(supplier_id: int, push_id: int, tx: InTransaction, caller: Caller) -> ReceiptOut:
    """The receipt of a supplier's push."""
    supplier_of(tx, supplier_id)
    return _signed(facts_of_push(tx, supplier_id, push_id), caller)


@router.get(
    "/shops/{shop_id}/fulfilments/{fulfilment_id}/receipts",
    dependencies=[allow("fulfilments.read", "shop")],
    responses=problems(NotFound),
)
def receipts_of_fulfilment(
    shop_id: int, fulfilment_id: int, query: PageQuery, tx: InTransaction, caller: Caller
) -> Page[ReceiptOut]:
    """What a fulfilment's suppliers were told, and when: a receipt for each push of it, the first one first."""
    after = query.after[0] if query.after else 0
    found = facts_of_fulfilment(tx, shop_id, fulfilment_id, after=after, limit=query.fetch)
    return page_of(found, query, lambda facts: [facts.push_id], shape=lambda facts: _signed(facts, caller))


def _signed(facts: FactsOut, caller: Visit) -> ReceiptOut:
    payload = facts.model_dump_json().encode()
    return ReceiptOut(facts=facts, jws=sign(payload, caller.edge.secret, PURPOSE))
