"""The ledger's words: accounts, and a posting from one to another."""

from dataclasses import dataclass, replace
from decimal import Decimal

from andon.kernel.money import Money

SHOP_FUNDS = "shop_funds"
"""What the shop has with the platform: credited by deposits, debited by settlements."""

EXTERNAL = "external"
"""The world outside, where deposits come from and withdrawals go."""

SHOP_HOLDS = "shop_holds"
"""What of a shop's money is held for its disputed charges: neither spent nor withdrawn. Source: EXIT-2."""

PLATFORM_REVENUE = "platform_revenue"
"""Fees that the platform has earned."""

SUBSIDIES = "subsidies"
"""What the platform gives to shops. Source: MOVE-2."""

PENALTIES = "penalties"
"""What shops were fined. Source: STOCK-2."""

COMPENSATION = "dispute_compensation"
"""What claimants are owed by decided disputes, until it is paid to the shop's funds or outside. Source: DISP-2..6."""

SUSPENSE = "suspense"
"""What is owed to the platform and cannot be taken yet, as where a shop's funds do not cover what it is to pay."""

ROUNDING = "rounding"
"""What is left over where an amount is divided or converted."""

REVERSED = "charge.reversed"
"""Why what was settled of a charge comes back: the charge stands no more."""

KINDS = {
    SHOP_FUNDS: "liability",
    SHOP_HOLDS: "liability",
    EXTERNAL: "asset",
    SUSPENSE: "asset",
    COMPENSATION: "liability",
    "payable": "liability",
    PLATFORM_REVENUE: "income",
    PENALTIES: "income",
    ROUNDING: "income",
    SUBSIDIES: "expense",
}
"""What kind of account each is to the platform, whose books they are, by the first word of its name."""


def kind_of(account: str) -> str:
    """Asset, liability, income or expense; every account has one."""
    return KINDS[account.partition(":")[0]]


def supplier_account(supplier_id: int) -> str:
    """The account of what is owed to a supplier."""
    return f"payable:supplier:{supplier_id}"


def carrier_account(carrier: str) -> str:
    """The account of what is owed to a carrier."""
    return f"payable:carrier:{carrier}"


@dataclass(frozen=True, slots=True)
class Posting:
    """A positive amount that goes from the account debited to the account credited.

    `cause` is a code that says why; `charge_id` names the charge that it settles or gives back, which was converted from
    `base` at `rate`, if it was.
    """

    debit: str
    credit: str
    amount: Money
    cause: str
    charge_id: int | None = None
    base: Money | None = None
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        assert self.amount.minor > 0, "a posting is of a positive amount"
        assert self.debit != self.credit, "a posting has two accounts"

    def reversed(self, cause: str) -> "Posting":
        """The posting that takes this one back."""
        return replace(self, debit=self.credit, credit=self.debit, cause=cause)


def subsidy_posting(amount: Money) -> Posting:
    """What the platform gives to the shop, into its funds. Source: MOVE-2."""
    return Posting(SUBSIDIES, SHOP_FUNDS, amount, "subsidy.paid")


def compensation_postings(
    payer_account: str, beneficiary_account: str, amount: Money
) -> tuple[Posting, Posting]:
    """What a decided dispute moves: from whoever pays to what claimants are owed, and from there to the claimant.

    The second one is posted with the first, or later, when it is paid out. Source: DISP-2..6.
    """
    return (
        Posting(payer_account, COMPENSATION, amount, "dispute.decided"),
        Posting(COMPENSATION, beneficiary_account, amount, "dispute.paid"),
    )
