"""Suppliers as they are listed, and an endpoint as its owner reads it."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import select

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.tx import Tx
from andon.partners.suppliers.rules import SupplierState, is_late
from andon.partners.suppliers.tables import Endpoint, Supplier
from andon.platform.policies.rules import Policy

Kind = Literal["preferred", "third_party"]
StateWord = Literal["applied", "under_review", "qualified", "suspended", "declined", "retired"]


class SupplierOut(Out):
    """A supplier as shops see it.

    `review_due_at` is null once its review has ended; `review_late` says that it did not in time. QUAL-2.
    """

    id: int
    name: str
    kind: Kind
    state: StateWord
    applied_at: Instant
    decided_at: Instant | None
    review_due_at: Instant | None
    review_late: bool


class SupplierFileOut(SupplierOut):
    """A supplier with what it applied with and what was decided."""

    documents: list[dict[str, Any]]
    note: str | None
    policy: str
    place: str | None


def list_suppliers(
    tx: Tx[Policy], *, state: SupplierState | None = None, after: int = 0, limit: int
) -> Sequence[Supplier]:
    """Suppliers by number, from the one after `after`; only those in `state`, if one is named."""
    query = select(Supplier).where(Supplier.supplier_id > after).order_by(Supplier.supplier_id).limit(limit)
    if state is not None:
        query = query.where(Supplier.state == state.value)
    return tx.session.scalars(query).all()


def supplier_of(tx: Tx[Policy], supplier_id: int) -> Supplier:
    """The supplier of that number; NotFound `supplier.not_found`."""
    found = tx.session.get(Supplier, supplier_id)
    if found is None:
        raise NotFound("supplier.not_found")
    return found


def endpoint_of(tx: Tx[Policy], supplier_id: int) -> Endpoint:
    """The endpoint that the supplier has set; NotFound `endpoint.not_found`, also once it was removed."""
    found = tx.session.get(Endpoint, supplier_id)
    if found is None or not found.enabled:
        raise NotFound("endpoint.not_found")
    return found


def shown_supplier(tx: Tx[Policy], supplier: Supplier) -> SupplierOut:
    """A supplier as shops see it."""
    return SupplierOut.model_validate(_shown(tx, supplier))


def supplier_file(tx: Tx[Policy], supplier: Supplier) -> SupplierFileOut:
    """A supplier with its file."""
    return SupplierFileOut.model_validate(
        _shown(tx, supplier)
        | {
            "documents": supplier.documents,
            "note": supplier.decision_note,
            "policy": supplier.policy,
            "place": supplier.place,
        }
    )


def _shown(tx: Tx[Policy], supplier: Supplier) -> dict[str, Any]:
    return {
        "id": supplier.supplier_id,
        "name": supplier.name,
        "kind": supplier.kind,
        "state": SupplierState(supplier.state).word,
        "applied_at": supplier.applied_at,
        "decided_at": supplier.decided_at,
        "review_due_at": None if supplier.reviewed_at else supplier.review_due_at,
        "review_late": is_late(supplier.review_due_at, supplier.reviewed_at, tx.now),
    }
