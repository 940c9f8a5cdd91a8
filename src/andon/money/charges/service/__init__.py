"""Charging what was shipped: provisional from the first scan, fixed by the end, by the order's own policy.

All use cases are set-based: one read of what the claimed fulfilments carried and cost so far, pure rules, one write
for each table. Where the tariff is in another currency than the shop's, amounts are converted as they are written.
"""

from andon.money.charges.service.accruing import accrue_charges
from andon.money.charges.service.converting import convert_charges
from andon.money.charges.service.correcting import correct_charges
from andon.money.charges.service.fixing import fix_charges
from andon.money.charges.service.penalising import give_penalty_back, penalise_stock_outs

__all__ = [
    "accrue_charges",
    "convert_charges",
    "correct_charges",
    "fix_charges",
    "give_penalty_back",
    "penalise_stock_outs",
]
