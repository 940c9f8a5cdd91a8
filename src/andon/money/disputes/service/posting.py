"""What decisions move in the books: one journal each, taken back by its opposite."""

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.disputes.rules import Party
from andon.money.disputes.tables import Dispute, DisputeDecision
from andon.money.ledger.rules import (
    EXTERNAL,
    SHOP_FUNDS,
    SUSPENSE,
    Posting,
    carrier_account,
    compensation_postings,
    supplier_account,
)
from andon.money.ledger.service import post
from andon.money.settlement.service import lock_funds
from andon.money.settlement.service.funding import look_now
from andon.platform.policies.rules import Policy

SELLER = "payable:seller"
"""What is owed to a seller, and so what it is to pay: its funds are touched when the decision can be appealed no more."""


def payer_account(dispute: Dispute, payer: Party) -> str:
    """The account that a decision debits."""
    if payer == "supplier":
        assert dispute.supplier_id is not None, "who pays is named"
        return supplier_account(dispute.supplier_id)
    if payer == "carrier":
        assert dispute.carrier is not None, "who pays is named"
        return carrier_account(dispute.carrier)
    return SELLER


def post_decision(tx: Tx[Policy], dispute: Dispute, payer: Party, award: Money) -> int:
    """Owe the claimant what is awarded, from whoever pays; answers the journal."""
    owed, _ = compensation_postings(payer_account(dispute, payer), SHOP_FUNDS, award)
    return post(tx, dispute.shop_id, [owed])


def take_back(tx: Tx[Policy], dispute: Dispute, decision: DisputeDecision) -> None:
    """Post the opposite of what a decision posted, where it did and that is in force."""
    if decision.journal_id is None or decision.reversed_by is not None:
        return
    award = Money.from_minor(decision.awarded_minor, dispute.currency)
    account = payer_account(dispute, decision.payer)  # type: ignore[arg-type]
    owed, _ = compensation_postings(account, SHOP_FUNDS, award)
    decision.reversed_by = post(tx, dispute.shop_id, [owed.reversed("dispute.reversed")])
    tx.session.flush()


def post_payment(tx: Tx[Policy], dispute: Dispute, decision: DisputeDecision) -> int:
    """Pay the claimant, and have a seller that is to pay owe it to its own funds account; answers the journal."""
    award = Money.from_minor(decision.awarded_minor, dispute.currency)
    account = payer_account(dispute, decision.payer)  # type: ignore[arg-type]
    _, paid = compensation_postings(account, SHOP_FUNDS if dispute.beneficiary == "shop" else EXTERNAL, award)
    lock_funds(tx, dispute.shop_id)
    postings = [paid]
    if account == SELLER:
        postings.append(Posting(SUSPENSE, SELLER, award, "dispute.owed"))
    journal = post(tx, dispute.shop_id, postings)
    look_now(tx, dispute.shop_id)
    return journal
