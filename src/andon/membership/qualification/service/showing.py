"""A supplier shows its documents, for whoever reviews it. Source: QUAL-1."""

from dataclasses import dataclass
from datetime import date

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.events import PLATFORM
from andon.kernel.tx import Tx
from andon.membership.qualification.events import SupplierDocumentAdded
from andon.membership.qualification.tables import DOCUMENT_IDS, SupplierDocument
from andon.membership.qualification.views import documents_of
from andon.partners.suppliers.rules import MOST_DOCUMENTS, SUPPLIER, SupplierState
from andon.partners.suppliers.tables import Supplier
from andon.partners.suppliers.views import supplier_of
from andon.platform.files.service import keep_file
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it is handed in: `body` is the file, `valid_until` its last day."""

    kind: str
    body: bytes
    number: str | None = None
    valid_until: date | None = None


def add_document(tx: Tx[Policy], supplier_id: int, document: Shown) -> SupplierDocument:
    """Keep a document of a supplier that is, or may come to be, qualified.

    NotFound `supplier.not_found`; Conflict `supplier.state` where it was declined or has retired; Invalid
    `supplier.documents` beyond the most, and as `keep_file` says. Source: QUAL-1.
    """
    supplier_of(tx, supplier_id)
    supplier = tx.lock(Supplier, supplier_id)
    state = SupplierState(supplier.state)
    if state in SUPPLIER.ends():
        raise Conflict("supplier.state", f"it is {state.word}", state=state.word)
    if len(documents_of(tx, supplier_id)) >= MOST_DOCUMENTS:
        raise Invalid("supplier.documents")
    file = keep_file(tx, PLATFORM, "supplier", supplier_id, document.body)
    added = tx.add(
        SupplierDocument(
            supplier_id=supplier_id,
            document_id=tx.take_ids(DOCUMENT_IDS.name, 1)[0],
            kind=document.kind,
            number=document.number,
            valid_until=document.valid_until,
            file_id=file.file_id,
            sha256=file.sha256,
            added_at=tx.now,
            added_by=str(tx.actor),
        )
    )
    with tx.reaching([PLATFORM]):
        tx.hold(PLATFORM)
        tx.emit(
            SupplierDocumentAdded(
                shop_id=PLATFORM,
                supplier_id=supplier_id,
                document_id=added.document_id,
                document=added.kind,
                sha256=added.sha256,
            )
        )
    return added
