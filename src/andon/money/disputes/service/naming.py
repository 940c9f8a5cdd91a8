"""Naming the parties that a dispute is about, and telling people of it."""

from collections.abc import Collection

from andon.kernel.tx import Tx
from andon.money.disputes.rules import Case, Party
from andon.money.disputes.tables import Dispute, NamedParty
from andon.platform.notices.rules import Audience
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy


def name_parties(tx: Tx[Policy], dispute: Dispute, case: Case, parties: Collection[Party]) -> None:
    """Have the dispute name these parties, as far as they are known: from here on they read and answer it.

    A supplier is told. Who is named stays named. Source: DISP-7.
    """
    if "supplier" in parties and dispute.supplier_id is None and case.supplier_id is not None:
        dispute.supplier_id = case.supplier_id
        _name(tx, dispute, "supplier", str(case.supplier_id))
        tell(tx, [_notice(dispute, "dispute.opened", "supplier")])
    if "carrier" in parties and dispute.carrier is None and case.carrier is not None:
        dispute.carrier = case.carrier
        _name(tx, dispute, "carrier", case.carrier)
    tx.session.flush()


def tell_of(tx: Tx[Policy], dispute: Dispute, kind: str, *, supplier: bool = True) -> None:
    """Tell the seller, the operator, and the supplier that is named, of what happened."""
    audiences: list[Audience] = ["seller", "operator"]
    if supplier and dispute.supplier_id is not None:
        audiences.append("supplier")
    tell(tx, [_notice(dispute, kind, audience) for audience in audiences])


def _name(tx: Tx[Policy], dispute: Dispute, party: str, party_id: str) -> None:
    tx.add(NamedParty(party=party, party_id=party_id, dispute_id=dispute.dispute_id, shop_id=dispute.shop_id))


def _notice(dispute: Dispute, kind: str, audience: Audience) -> Notice:
    due_at = None if dispute.due_at is None else dispute.due_at.isoformat()
    return Notice(
        dispute.shop_id,
        audience,
        kind,
        dispute.order_id,
        supplier_id=dispute.supplier_id if audience == "supplier" else None,
        facts={"dispute_id": dispute.dispute_id, "order_id": dispute.order_id, "due_at": due_at},
    )
