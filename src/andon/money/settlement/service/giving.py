"""What the platform gives to a shop, and what decided disputes move, beside fees."""

from typing import Any

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import SHOP_FUNDS, SUSPENSE, Posting, compensation_postings, subsidy_posting
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


def post_compensation(tx: Tx[Any], shop_id: int, payer_account: str, amount: Money) -> int:
    """Take what a decided dispute costs from whoever pays; it is owed to the claimant from then on. Answers the journal.

    The shop's head is held. What a shop is to pay and its funds do not cover stands in suspense, and is taken when money
    comes. Source: DISP-2..6.
    """
    if payer_account != SHOP_FUNDS:
        return post(tx, shop_id, [_taken(payer_account, amount)])
    lock_funds(tx, shop_id)
    covered = Money.from_minor(min(_available(tx, shop_id, amount.currency), amount.minor), amount.currency)
    parts = ((SHOP_FUNDS, covered), (SUSPENSE, amount - covered))
    return post(tx, shop_id, [_taken(account, part) for account, part in parts if part.minor])


def pay_compensation(tx: Tx[Any], shop_id: int, beneficiary_account: str, amount: Money) -> int:
    """Pay a claimant what a decided dispute owes it: into the shop's funds, or outside. Answers the journal.

    The shop's head is held. Source: DISP-2..6.
    """
    if beneficiary_account == SHOP_FUNDS:
        lock_funds(tx, shop_id)
    _, paid = compensation_postings(SUSPENSE, beneficiary_account, amount)
    journal = post(tx, shop_id, [paid])
    if beneficiary_account == SHOP_FUNDS:
        look_now(tx, shop_id)
    return journal


def _taken(payer_account: str, amount: Money) -> Posting:
    taken, _ = compensation_postings(payer_account, SHOP_FUNDS, amount)
    return taken


def _available(tx: Tx[Any], shop_id: int, currency: str) -> int:
    row = tx.one(
        "select credited_minor - debited_minor as minor from balances "
        "where shop_id = :shop and account = 'shop_funds' and currency = :currency",
        shop=shop_id,
        currency=currency,
    )
    return max(int(row.minor), 0) if row else 0
