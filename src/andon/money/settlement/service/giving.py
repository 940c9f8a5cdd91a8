"""What the platform gives to a shop."""

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import subsidy_posting
from andon.money.ledger.service import post
from andon.money.ledger.tables import Subsidy
from andon.money.settlement.events import SubsidyPaid
from andon.money.settlement.service.funding import lock_funds, look_now
from andon.platform.policies.rules import Policy


def post_subsidy(tx: Tx[Policy], shop_id: int, order_id: int, amount: Money) -> int:
    """Give the shop a subsidy for an order, once: asked again it changes nothing. Answers the journal.

    The shop's head is held. Source: MOVE-2.
    """
    lock_funds(tx, shop_id)
    if known := tx.session.get(Subsidy, (shop_id, order_id)):
        return known.journal_id
    journal = post(tx, shop_id, [subsidy_posting(amount)])
    tx.add(
        Subsidy(
            shop_id=shop_id,
            order_id=order_id,
            journal_id=journal,
            amount_minor=amount.minor,
            currency=amount.currency,
            paid_at=tx.now,
        )
    )
    look_now(tx, shop_id)
    tx.emit(SubsidyPaid(shop_id=shop_id, order_id=order_id, journal_id=journal, amount=amount))
    return journal
