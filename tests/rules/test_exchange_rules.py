"""What an amount comes to in another currency, by examples, and what holds for every amount and rate."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.money import Money, minor_digits
from andon.money.rates.rules import RateDraft, check_rate, converted_at, residue_of

DAY = date(2026, 3, 2)
CURRENCIES = st.sampled_from(["CNY", "EUR", "USD", "JPY", "KWD", "BRL"])
amounts = st.integers(0, 10**6)
rates = st.decimals("0.000001", "10000", allow_nan=False, places=6)


@pytest.mark.parametrize(
    ("base", "currency", "rate", "amount"),
    [
        ("0.30 CNY", "EUR", "0.1268", "0.04"),
        ("20.10 CNY", "EUR", "0.1268", "2.55"),
        # A half goes to the even neighbour.
        ("1.00 CNY", "EUR", "0.125", "0.12"),
        ("3.00 CNY", "EUR", "0.125", "0.38"),
        ("5.00 USD", "JPY", "149.5", "748"),
        ("7.00 USD", "JPY", "149.5", "1046"),
        ("1.00 CNY", "KWD", "0.0425", "0.042"),
        ("0.00 CNY", "EUR", "0.1268", "0.00"),
    ],
)
def test_an_amount_is_converted_half_even_to_the_minor_unit(
    base: str, currency: str, rate: str, amount: str
) -> None:
    money = Money.of(*base.split())
    conversion = converted_at(money, currency, Decimal(rate))
    assert conversion.amount == Money.of(amount, currency)
    assert (conversion.base, conversion.rate) == (money, Decimal(rate))


@given(amounts, CURRENCIES, CURRENCIES, rates)
def test_a_conversion_is_within_half_a_minor_unit_of_the_exact_one(
    minor: int, base: str, quote: str, rate: Decimal
) -> None:
    exact = Fraction(minor, 10 ** minor_digits(base)) * Fraction(rate) * 10 ** minor_digits(quote)
    got = converted_at(Money.from_minor(minor, base), quote, rate).amount.minor
    assert abs(got - exact) <= Fraction(1, 2)
    assert abs(got - exact) < Fraction(1, 2) or got % 2 == 0


@given(amounts, amounts, CURRENCIES, CURRENCIES, rates)
def test_more_never_comes_to_less(less: int, more: int, base: str, quote: str, rate: Decimal) -> None:
    low, high = sorted((less, more))
    first, second = (converted_at(Money.from_minor(minor, base), quote, rate) for minor in (low, high))
    assert first.amount <= second.amount


def test_a_conversion_beyond_what_is_kept_is_refused() -> None:
    with pytest.raises(Invalid, match=r"money\.out_of_range"):
        converted_at(Money.from_minor(10**14, "CNY"), "JPY", Decimal(1000))


def test_ten_parts_rounded_down_leave_a_residue() -> None:
    parts = [converted_at(Money.of("0.30", "CNY"), "EUR", Decimal("0.1268"))] * 10
    # Ten times 0.04, where 3.00 at once comes to 0.38.
    assert residue_of(parts) == Money.of("0.02", "EUR")


@given(st.lists(amounts, min_size=1, max_size=30), CURRENCIES, CURRENCIES, rates)
def test_parts_less_their_residue_are_the_sum_converted_once(
    minors: list[int], base: str, quote: str, rate: Decimal
) -> None:
    parts = [converted_at(Money.from_minor(minor, base), quote, rate) for minor in minors]
    whole = converted_at(Money.from_minor(sum(minors), base), quote, rate).amount
    residue = residue_of(parts)
    assert sum(part.amount.minor for part in parts) - residue.minor == whole.minor
    assert 2 * abs(residue.minor) <= len(parts) + 1


@pytest.mark.parametrize(
    ("base", "quote", "rate", "code"),
    [
        ("XTS", "EUR", "1", "rates.currency"),
        ("CNY", "ZZZ", "1", "rates.currency"),
        ("CNY", "CNY", "1", "rates.one_currency"),
        ("CNY", "EUR", "0", "rates.rate"),
        ("CNY", "EUR", "-1", "rates.rate"),
    ],
)
def test_what_is_no_rate_is_refused(base: str, quote: str, rate: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        check_rate(RateDraft(base, quote, DAY, Decimal(rate)))
