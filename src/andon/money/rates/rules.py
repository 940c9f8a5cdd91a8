"""Rates of exchange, decided: which may be, and what an amount comes to in another currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from andon.kernel.currencies import currencies
from andon.kernel.errors import Invalid, codes
from andon.kernel.money import Money, minor_digits

CODES = codes(
    {
        "rates.unknown": ("No rate is known for that day or any before it", "该日期及之前无可用汇率"),
        "rates.currency": ("Not a currency of ISO 4217", "币种无效"),
        "rates.one_currency": ("A rate is between two currencies", "汇率须为两种不同币种之间"),
        "rates.rate": ("A rate is more than nothing", "汇率须大于零"),
        "rates.twice": ("A call says one day's rate once", "同一请求中同一日期的汇率重复"),
    }
)

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Room for the largest amount at the longest rate: nothing is rounded but to the minor unit."""


class RateKey(NamedTuple):
    """What a rate is of: one unit of `base` in `quote`, from that day on until the next one that is known."""

    base: str
    quote: str
    valid_on: date


@dataclass(frozen=True, slots=True)
class RateDraft:
    """A rate as it is said: one unit of the base is `rate` units of the quote."""

    base: str
    quote: str
    valid_on: date
    rate: Decimal

    @property
    def key(self) -> RateKey:
        """What it is of."""
        return RateKey(self.base, self.quote, self.valid_on)


@dataclass(frozen=True, slots=True)
class Conversion:
    """`base` at `rate` is `amount`: half-even to the minor unit of its currency."""

    amount: Money
    rate: Decimal
    base: Money


def check_rate(draft: RateDraft) -> None:
    """Refuse with Invalid (`rates.currency`, `rates.one_currency`, `rates.rate`) what is no rate."""
    for code in (draft.base, draft.quote):
        if code not in currencies():
            raise Invalid("rates.currency", code)
    if draft.base == draft.quote:
        raise Invalid("rates.one_currency", draft.base)
    if draft.rate <= 0:
        raise Invalid("rates.rate", str(draft.rate))


def converted_at(base: Money, currency: str, rate: Decimal) -> Conversion:
    """An amount in another currency at a rate. Invalid `money.out_of_range` where it grows beyond what is kept."""
    minor = _EXACT.multiply(base.amount, rate).scaleb(minor_digits(currency), _EXACT)
    whole = int(minor.quantize(Decimal(1), context=_EXACT))
    return Conversion(Money.from_minor(whole, currency), rate, base)


def residue_of(conversions: Iterable[Conversion]) -> Money:
    """What parts converted one by one come to beyond their sum converted once; all at one rate, at least one.

    It is what the rounding of the parts has made of nothing, or lost: less than half a minor unit a part, and a half.
    """
    parts = list(conversions)
    first = parts[0]
    assert {part.rate for part in parts} == {first.rate}, "a sum is converted at one rate"
    zero = Money.from_minor(0, first.amount.currency)
    whole = converted_at(
        sum((part.base for part in parts), Money.from_minor(0, first.base.currency)),
        first.amount.currency,
        first.rate,
    )
    return sum((part.amount for part in parts), zero) - whole.amount
