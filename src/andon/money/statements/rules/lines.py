"""What a line of a statement is of, and what lines come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

from andon.kernel.money import Money
from andon.money.charges.rules import ChargeKind
from andon.money.ledger.rules import COMPENSATION, EXTERNAL, PENALTIES, SHOP_HOLDS, SUBSIDIES, SUSPENSE

Kind = Literal[
    "handling",
    "warehouse",
    "freight",
    "goods",
    "penalty",
    "compensation",
    "subsidy",
    "deposit",
    "withdrawal",
    "hold",
    "other",
]
"""What a line is of. A charge's line is of its kind, and so is what gives it back; a hold's are those that set it and lift it."""

KINDS: tuple[Kind, ...] = get_args(Kind)
SERVICE_FEE = "service_fee"
"""JIT服务费: handling, warehouse work and freight together."""

TypeWord = Literal[
    "service_fee",
    "handling",
    "warehouse",
    "freight",
    "goods",
    "penalty",
    "compensation",
    "subsidy",
    "deposit",
    "withdrawal",
    "hold",
    "other",
]
TYPES: Mapping[str, frozenset[Kind]] = {
    SERVICE_FEE: frozenset({"handling", "warehouse", "freight"}),
    **{kind: frozenset({kind}) for kind in KINDS},
}
"""What a statement may be filtered by, and the kinds that it keeps."""

_OF_ACCOUNT: Mapping[str, Kind] = {
    SHOP_HOLDS: "hold",
    SUBSIDIES: "subsidy",
    PENALTIES: "penalty",
    COMPENSATION: "compensation",
    SUSPENSE: "compensation",
}
CLAUSES: Mapping[str, str] = {
    "handling": "FEE-1",
    "warehouse": "FEE-2",
    "freight": "FEE-3",
    "penalty": "STOCK-2",
    "subsidy": "MOVE-2",
    "hold": "EXIT-2",
}
"""The clause that a line goes by, where one clause says it."""

KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "handling": ("Order handling", "订单处理费"),
    "warehouse": ("Warehouse work", "仓内操作费"),
    "freight": ("Trunk freight", "跨境干线运费"),
    "goods": ("Goods", "供货货款"),
    "penalty": ("Stock-out penalty", "缺货处罚"),
    "compensation": ("Dispute compensation", "纠纷赔付"),
    "subsidy": ("Subsidy", "补贴"),
    "deposit": ("Deposit", "充值"),
    "withdrawal": ("Withdrawal", "提现"),
    "hold": ("Held for a dispute, or freed", "争议冻结与解冻"),
    "other": ("Other", "其他"),
}
"""What each kind is called, in English and Chinese."""


@dataclass(slots=True)
class Line:
    """One transfer of the shop's funds; `minor` is positive where money came in, `balance` is what is left after it.

    Both are minor units of `currency`. `basis`, `policy` and the parcel are the charge's; `delivered_at` is the evidence
    that fixed it. Where that was converted, `base_minor` of `base_currency` at `rate` is the amount.
    """

    transfer_id: int
    journal_id: int
    on: date
    at: datetime
    kind: Kind
    clause: str | None
    cause: str
    minor: int
    balance: int
    currency: str
    base_minor: int | None
    base_currency: str | None
    rate: Decimal | None
    charge_id: int | None
    order_id: int | None
    channel: str | None
    channel_order_no: str | None
    fulfilment_id: int | None
    parcel_id: int | None
    carrier: str | None
    waybill: str | None
    policy: str | None
    basis: str | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Subtotal:
    """How many lines of one kind there are in one currency, and what they come to."""

    kind: Kind
    lines: int
    amount: Money


def kind_of_line(counterpart: str, charge: ChargeKind | None, *, incoming: bool) -> Kind:
    """What a transfer of the shop's funds is of: by the account on its other side, else by the charge that it settles."""
    account = counterpart.partition(":")[0]
    if account == EXTERNAL:
        return "deposit" if incoming else "withdrawal"
    if account in _OF_ACCOUNT:
        return _OF_ACCOUNT[account]
    word = charge.word if charge is not None else "other"
    return next((kind for kind in KINDS if kind == word), "other")


def subtotals_of(found: Iterable[tuple[Kind, int, int, str]], wanted: str | None) -> list[Subtotal]:
    """Subtotals of (kind, lines, minor units, currency), in the order of kinds, of the `wanted` type or of all."""
    kept = TYPES[wanted] if wanted else frozenset(KINDS)
    totals: dict[tuple[Kind, str], tuple[int, int]] = {}
    for kind, lines, minor, currency in found:
        if kind in kept:
            known = totals.get((kind, currency), (0, 0))
            totals[kind, currency] = known[0] + lines, known[1] + minor
    return [
        Subtotal(kind, lines, Money.from_minor(minor, currency))
        for (kind, currency), (lines, minor) in sorted(
            totals.items(), key=lambda item: (KINDS.index(item[0][0]), item[0][1])
        )
    ]


def closing_of(opening: Mapping[str, int], moved: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The balances by currency after these movements, in minor units."""
    closing = dict(opening)
    for currency, minor in moved:
        closing[currency] = closing.get(currency, 0) + minor
    return closing
