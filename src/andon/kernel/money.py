"""Money: a Decimal in its currency's minor unit, never a float."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "money.malformed": ("Not an amount of money", "金额格式错误"),
        "money.too_precise": ("More decimal places than the currency has", "金额小数位过多"),
        "money.out_of_range": ("An amount beyond what is kept", "金额超出范围"),
    }
)

# ISO 4217: currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_UNITS = {places: Decimal(1).scaleb(-places) for places in (0, 2, 3)}
MAX_MINOR = 10**15
"""No single amount reaches this many minor units; sums of a thousand such fit a bigint."""


def minor_digits(currency: str) -> int:
    """How many decimal places the currency has: 2 for CNY, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


def minor_digits_in_sql(column: str) -> str:
    """The same of the currency that a column says, in SQL."""
    by_places: dict[int, list[str]] = {}
    for currency, places in _EXPONENTS.items():
        by_places.setdefault(places, []).append(f"'{currency}'")
    cases = " ".join(
        f"when {column} in ({', '.join(names)}) then {places}" for places, names in by_places.items()
    )
    return f"(case {cases} else 2 end)"


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency, exact to the minor unit.

    Sums and differences of two currencies are a bug (`AssertionError`); an amount with more places than the
    currency has is refused with `money.too_precise`.
    """

    amount: Decimal
    currency: str
    minor: int = field(init=False, repr=False, compare=False)
    """The amount as a count of minor units, as it is stored."""

    def __post_init__(self) -> None:
        places = minor_digits(self.currency)
        try:
            exact = self.amount.quantize(_UNITS[places])
        except InvalidOperation as cause:
            raise Invalid("money.out_of_range", f"{self.amount} {self.currency}") from cause
        if exact != self.amount:
            raise Invalid("money.too_precise", f"{self.currency} has {places} decimal places: {self.amount}")
        minor = int(exact.scaleb(places))
        if abs(minor) >= MAX_MINOR:
            raise Invalid("money.out_of_range", f"{self.amount} {self.currency}")
        object.__setattr__(self, "amount", exact)
        object.__setattr__(self, "minor", minor)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> "Money":
        """Money from its text, for example `Money.of("0.30", "CNY")`."""
        try:
            value = Decimal(amount)
        except InvalidOperation as cause:
            raise Invalid("money.malformed", f"not an amount: {amount!r}") from cause
        if not value.is_finite():
            raise Invalid("money.malformed", f"not an amount: {amount!r}")
        return cls(value, currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        """Money from a count of minor units: 30 CNY fen is CNY 0.30."""
        if abs(minor) >= MAX_MINOR:
            raise Invalid("money.out_of_range", f"{minor} minor units of {currency}")
        made = object.__new__(cls)  # it is exact as it stands
        object.__setattr__(made, "amount", Decimal(minor).scaleb(-minor_digits(currency)))
        object.__setattr__(made, "currency", currency)
        object.__setattr__(made, "minor", minor)
        return made

    def __add__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, "sums are of one currency"
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, "differences are of one currency"
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        assert self.currency == other.currency, "comparisons are of one currency"
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        return self == other or self < other

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


def totals_of(amounts: Iterable[Money]) -> dict[str, Money]:
    """What the amounts come to, by currency."""
    totals: dict[str, Money] = {}
    for amount in amounts:
        currency = amount.currency
        totals[currency] = totals[currency] + amount if currency in totals else amount
    return totals
