"""What of a shop's charges may be settled before its day. Source: FEE-4, FEE-5."""

from andon.kernel.errors import codes
from andon.money.charges.rules import ChargeState

CODES = codes(
    {
        "funds.amount": ("An amount is more than nothing", "金额须大于零"),
        "funds.currency": ("Not a currency of this funds account", "资金账户不支持该币种"),
        "charges.which": ("Say which charges, or all", "请指定费用或选择全部"),
        "charge.not_found": ("No such charge", "费用不存在"),
        "charge.not_fixed": ("Delivery has not fixed the charge yet", "费用待签收后确定"),
        "charge.disputed": ("The charge is in dispute", "费用处于争议中"),
        "charge.over": ("The charge is not owed any more", "费用已减免或冲销"),
        "charge.not_covered": ("The funds do not cover the charge", "资金账户余额不足以结算该费用"),
    }
)

MOST_NAMED = 1_000
"""As many charges may be named in a call."""
MOST_AT_ONCE = 10_000
"""As many are settled in one call that names none."""


def refusal_of(state: ChargeState | None) -> str | None:
    """Why a charge that was named has not been settled early, None where it has; None for a state: there is no such charge.

    One that is due still was not covered by what the funds have beside the ones before it.
    """
    match state:
        case None:
            return "charge.not_found"
        case ChargeState.SETTLED:
            return None
        case ChargeState.PROVISIONAL:
            return "charge.not_fixed"
        case ChargeState.DISPUTED:
            return "charge.disputed"
        case ChargeState.DUE:
            return "charge.not_covered"
        case _:
            return "charge.over"
