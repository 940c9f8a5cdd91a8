"""How much may be awarded, and who pays it. Source: DISP-2..6."""

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.money import Money
from andon.money.disputes.rules.liability import Case, Liability, payer_of
from andon.money.disputes.rules.states import Beneficiary, Outcome, Party
from andon.platform.policies.figures import Dispute


def check_claim(claim: Money, currency: str, *, contests: bool) -> None:
    """Refuse a claim in another currency than the order's, and one of nothing that contests no charge either."""
    if claim.currency != currency or claim.minor < 0 or (claim.minor == 0 and not contests):
        raise Invalid("dispute.claim", f"{claim}; the order is in {currency}")


def most_owed(cap: Money, value: Money, under_clause: Money, in_all: Money) -> Money:
    """What may still be awarded: up to the clause's cap an order, and up to the order's value over all clauses.

    `under_clause` and `in_all` are what other disputes of the order are awarded, by that clause and by any.
    """
    left = min(min(cap.minor, value.minor) - under_clause.minor, value.minor - in_all.minor)
    return Money.from_minor(max(left, 0), value.currency)


def award_of(outcome: Outcome, claim: Money, amount: Money | None, most: Money) -> Money:
    """What a decision awards, at most `most`.

    A claim that is upheld is awarded as far as the cap goes, unless an amount is said; a partial award says one, more
    than nothing and less than the claim; a rejected claim is awarded nothing. Invalid `dispute.amount`, or
    `dispute.above_cap` with what may be awarded.
    """
    nothing = Money.from_minor(0, claim.currency)
    if amount is not None and (amount.currency != claim.currency or not 0 <= amount.minor <= claim.minor):
        raise Invalid("dispute.amount", f"{amount} of {claim}")
    if outcome == "rejected":
        if amount is not None and amount.minor > 0:
            raise Invalid("dispute.amount", "a rejected claim is awarded nothing")
        return nothing
    if outcome == "partial" and (amount is None or not 0 < amount.minor < claim.minor):
        raise Invalid("dispute.amount", "a partial award is more than nothing and less than the claim")
    award = amount if amount is not None else min(claim, most)
    if most < award or (claim.minor > 0 and award.minor == 0):
        raise Invalid(
            "dispute.above_cap",
            f"at most {most}",
            most={"amount": str(most.amount), "currency": most.currency},
        )
    return award


def payer_decided(
    asked: Party | None, case: Case, liability: Liability, beneficiary: Beneficiary, figures: Dispute
) -> Party:
    """Who pays an award: whom the operator says, else whom liability names.

    Conflict `dispute.payer_needed` where neither does, `dispute.no_fault_shown` for a seller of whom no fault is shown:
    never by default. Invalid `dispute.payer` for a party that had nothing of it in hand, or that would pay itself.
    Source: DISP-5.
    """
    payer = asked or liability.payer
    if payer is None:
        raise Conflict("dispute.payer_needed", clause="DISP-5", missing=list(liability.missing))
    if payer == "seller" and not any(payer_of(fault, figures) == "seller" for fault in liability.shown):
        raise Conflict("dispute.no_fault_shown", clause="DISP-5", missing=list(liability.missing))
    unknown = {"supplier": case.supplier_id is None, "carrier": case.carrier is None}
    if unknown.get(payer) or (payer == "seller" and beneficiary == "shop"):
        raise Invalid("dispute.payer", payer)
    return payer
