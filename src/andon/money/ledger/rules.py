"""The ledger's words: accounts, and a posting from one to another."""

from dataclasses import dataclass, replace

from andon.kernel.money import Money

SHOP_FUNDS = "shop_funds"
"""What the shop has with the platform: credited by deposits, debited by settlements."""

EXTERNAL = "external"
"""The world outside, where deposits come from and withdrawals go."""

PLATFORM_REVENUE = "platform_revenue"


KINDS = {SHOP_FUNDS: "liability", EXTERNAL: "asset", PLATFORM_REVENUE: "income", "payable": "liability"}
"""What kind of account each is to the platform, whose books they are, by the first word of its name."""


def kind_of(account: str) -> str:
    """Asset, liability or income; every account has one."""
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

    `cause` is a code that says why; `charge_id` names the charge that it settles or gives back.
    """

    debit: str
    credit: str
    amount: Money
    cause: str
    charge_id: int | None = None

    def __post_init__(self) -> None:
        assert self.amount.minor > 0, "a posting is of a positive amount"
        assert self.debit != self.credit, "a posting has two accounts"

    def reversed(self, cause: str) -> "Posting":
        """The posting that takes this one back."""
        return replace(self, debit=self.credit, credit=self.debit, cause=cause)
