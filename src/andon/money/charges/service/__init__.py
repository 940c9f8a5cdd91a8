"""Charging what was shipped: provisional from the first scan, fixed by the end, by the order's own policy.

All use cases are set-based: one read of what the claimed fulfilments carried and cost so far, pure rules, one write
for each table.
"""

from andon.money.charges.service.accruing import accrue_charges
from andon.money.charges.service.fixing import fix_charges
from andon.money.charges.service.transits import work_out_transits

__all__ = ["accrue_charges", "fix_charges", "work_out_transits"]
