"""A shop's funds as it sees them."""

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import SHOP_FUNDS
from andon.money.ledger.views import balances_of
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Fund:
    """The funds account in one currency: what came in, what went out, and what is there."""

    deposited: Money
    spent: Money

    @property
    def available(self) -> Money:
        """What settlement may take."""
        return self.deposited - self.spent


def funds_of(tx: Tx[Policy], shop_id: int) -> list[Fund]:
    """The funds account by currency; that of the fees is always there, and first."""
    funds = {
        total.credited.currency: Fund(total.credited, total.debited)
        for total in balances_of(tx, shop_id, SHOP_FUNDS)
    }
    fees = tx.policy.currency
    nothing = Money.from_minor(0, fees)
    first = funds.pop(fees, Fund(nothing, nothing))
    return [first, *(funds[currency] for currency in sorted(funds))]


def next_settlement_at(tx: Tx[Policy], shop_id: int) -> datetime | None:
    """When the shop's due charges are settled next; None while none waits, or while they wait for a deposit."""
    row = tx.one("select settle_at from fundings where shop_id = :shop", shop=shop_id)
    at: datetime | None = row.settle_at if row else None
    return at
