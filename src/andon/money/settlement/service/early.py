"""Settling what is owed before its day, because the seller asks for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from andon.kernel.money import Money, totals_of
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeState
from andon.money.settlement.events import SettledEarly
from andon.money.settlement.rules import MOST_AT_ONCE, refusal_of
from andon.money.settlement.service.funding import lock_funds
from andon.money.settlement.service.settling import SETTLE_EARLY, look_again, numbered_journals, settle_by
from andon.platform.policies.rules import Policy


@dataclass(frozen=True, slots=True)
class Early:
    """What was settled before its day, by which journal; and of the charges that were named why each was not, if it was not."""

    journal_id: int | None
    settled: Mapping[int, Money]
    answers: Mapping[int, str | None]

    @property
    def totals(self) -> Sequence[Money]:
        """What was settled comes to, by currency."""
        return list(totals_of(self.settled.values()).values())


def settle_early(tx: Tx[Policy], shop_id: int, chosen: Collection[int] | None) -> Early:
    """Settle due charges before their day: those chosen, or, where none are named, as many as there are.

    Only what delivery has fixed, the earliest due first, as far as the funds go beside what is due already. What is
    settled already stays so. Source: FEE-4, EXIT-2.
    """
    tx.hold(shop_id)
    lock_funds(tx, shop_id)
    journals = numbered_journals(tx, [shop_id])
    named = None if chosen is None else sorted(chosen)
    rows = settle_by(
        tx, SETTLE_EARLY, [shop_id], journals, limit=MOST_AT_ONCE, each=MOST_AT_ONCE, chosen=named
    )
    look_again(tx, journals)
    settled = {row.charge_id: Money.from_minor(row.amount_minor, row.currency) for row in rows}
    journal = rows[0].journal_id if rows else None
    if journal is not None:
        tx.emit(SettledEarly(shop_id=shop_id, journal_id=journal, charges=len(rows)))
    return Early(journal, settled, _answers(tx, shop_id, named or ()))


def _answers(tx: Tx[Policy], shop_id: int, named: Collection[int]) -> Mapping[int, str | None]:
    states = {
        row.charge_id: ChargeState(row.state)
        for row in tx.rows(
            "select charge_id, state from charges where shop_id = :shop and charge_id = any(:charges)",
            shop=shop_id,
            charges=list(named),
        )
    }
    return {charge: refusal_of(states.get(charge)) for charge in named}
