"""Suppliers as they are listed, and an endpoint as its owner reads it."""

from collections.abc import Sequence

from sqlalchemy import select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.partners.suppliers.rules import SupplierState
from andon.partners.suppliers.tables import Endpoint, Supplier
from andon.platform.policies.rules import Policy


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
