"""What an operator decides about a supplier, with the scorecard that lay before them. Source: QUAL-1, QUAL-2."""

from andon.kernel.events import PLATFORM
from andon.kernel.tx import Tx
from andon.membership.qualification.tables import DECISION_IDS, SupplierDecision
from andon.membership.qualification.views import open_work_of, scorecard_of
from andon.partners.bindings.views import shops_granting
from andon.partners.suppliers.service import decide_suppliers
from andon.partners.suppliers.tables import Supplier
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

_TOLD = {
    "qualify": "supplier.qualified",
    "decline": "supplier.declined",
    "suspend": "supplier.suspended",
    "restore": "supplier.restored",
}
"""What the supplier is told."""
_TOLD_SHOPS = frozenset(("suspend", "restore"))
"""What the shops that are bound to it are told, too."""


def decide_supplier(tx: Tx[Policy], supplier_id: int, decision: str, note: str = "") -> Supplier:
    """Move a supplier by an operator's decision, keep the scorecard that they saw, and tell whom it concerns.

    Suspended, it is given nothing new from the commit on; what it has, and the grants for that, stay. Each shop is told
    how many of its fulfilments are open there. Refuses as `decide_suppliers` does. Source: QUAL-1, QUAL-2.
    """
    [supplier] = decide_suppliers(tx, [supplier_id], decision, note)
    tx.add(
        SupplierDecision(
            supplier_id=supplier_id,
            decision_id=tx.take_ids(DECISION_IDS.name, 1)[0],
            decision=decision,
            note=note,
            decided_at=tx.now,
            decided_by=str(tx.actor),
            scorecard=scorecard_of(tx, supplier_id).model_dump(mode="json"),
            policy=tx.policy.version,
        )
    )
    if kind := _TOLD.get(decision):
        shops = shops_granting(tx, [supplier_id]) if decision in _TOLD_SHOPS else []
        open_at = {work.shop_id: work.open for work in open_work_of(tx, supplier_id)} if shops else {}
        facts = {"supplier_id": supplier_id}
        tell(
            tx,
            [
                Notice(PLATFORM, "supplier", kind, supplier_id=supplier_id, facts=facts),
                *(
                    Notice(shop, "seller", kind, facts=facts | {"open": open_at.get(shop, 0)})
                    for shop in shops
                ),
            ],
        )
    return supplier
