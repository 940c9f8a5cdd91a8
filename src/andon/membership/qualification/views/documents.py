"""The documents that a supplier shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.qualification.tables import SupplierDocument
from andon.partners.suppliers.tables import Supplier
from andon.platform.policies.rules import Policy


def documents_of(tx: Tx[Policy], supplier_id: int) -> Sequence[SupplierDocument]:
    """The files that a supplier has shown, in their order."""
    return tx.session.scalars(
        select(SupplierDocument)
        .where(SupplierDocument.supplier_id == supplier_id)
        .order_by(SupplierDocument.document_id)
    ).all()


def document_of(tx: Tx[Policy], supplier_id: int, document_id: int) -> SupplierDocument:
    """The supplier's document of that number; NotFound `supplier.no_document`."""
    found = tx.session.get(SupplierDocument, (supplier_id, document_id))
    if found is None:
        raise NotFound("supplier.no_document")
    return found


def said_documents(tx: Tx[Policy], supplier: Supplier) -> list[Mapping[str, Any]]:
    """What a supplier says of its documents: in its application, and with each file."""
    filed = documents_of(tx, supplier.supplier_id)
    return [*supplier.documents, *({"kind": each.kind, "valid_until": each.valid_until} for each in filed)]
