"""Money is exact, of one currency, and never more precise than its currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.money import MAX_MINOR, Money, minor_digits

minors = st.integers(min_value=-(10**14), max_value=10**14)
currencies = st.sampled_from(["CNY", "BRL", "JPY", "KWD"])


@given(minors, currencies)
def test_minor_units_and_back_is_the_same_money(minor: int, currency: str) -> None:
    assert Money.from_minor(minor, currency).minor == minor


@given(minors, minors, currencies)
def test_a_sum_taken_back_leaves_what_was_there(a: int, b: int, currency: str) -> None:
    first, second = Money.from_minor(a, currency), Money.from_minor(b, currency)
    assert first + second - second == first


@given(minors, minors)
def test_the_order_of_amounts_is_that_of_their_minor_units(a: int, b: int) -> None:
    assert (Money.from_minor(a, "CNY") < Money.from_minor(b, "CNY")) == (a < b)


@pytest.mark.parametrize(("currency", "digits"), [("CNY", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_its_own_number_of_places(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits
    smallest = Decimal(1).scaleb(-digits)
    assert Money(smallest, currency).minor == 1
    with pytest.raises(Invalid) as refusal:
        Money(smallest / 10, currency)
    assert refusal.value.code == "money.too_precise"


@pytest.mark.parametrize("text", ["", "x", "1,00", "NaN", "Infinity", "-Infinity", "1e"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Money.of(text, "CNY")
    assert refusal.value.code == "money.malformed"


@pytest.mark.parametrize("text", ["1e40", "-1e40", str(MAX_MINOR), "1e999999"])
def test_an_absurd_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Money.of(text, "CNY")
    assert refusal.value.code == "money.out_of_range"


def test_trailing_zeros_are_no_precision() -> None:
    assert Money.of("0.300", "CNY") == Money.of("0.3", "CNY")
    assert str(Money.of("0.3", "CNY")) == "CNY 0.30"


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(AssertionError):
        Money.of("1", "CNY") + Money.of("1", "BRL")
