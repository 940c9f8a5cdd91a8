"""What a freeze holds of the funds, and what may be withdrawn beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.money import Money, totals_of
from andon.money.funds.rules import EXPOSURE, WHOLE_ACCOUNT, Account, held_of
from andon.platform.policies.values import Freeze

FEN = st.integers(0, 10**9)


def cny(fen: int) -> Money:
    return Money.from_minor(fen, "CNY")


def of(**amounts: int) -> dict[str, Money]:
    return {currency: Money.from_minor(minor, currency) for currency, minor in amounts.items()}


@pytest.mark.clause("EXIT-7")
@pytest.mark.parametrize(
    ("freeze", "exposure", "available", "held"),
    [
        (None, of(CNY=500), of(CNY=1000), of(CNY=0)),
        (WHOLE_ACCOUNT, of(CNY=500), of(CNY=1000), of(CNY=1000)),
        (WHOLE_ACCOUNT, of(CNY=5000), of(CNY=1000, EUR=20), of(CNY=1000, EUR=20)),
        (EXPOSURE, of(CNY=500), of(CNY=1000), of(CNY=500)),
        (EXPOSURE, of(CNY=1000), of(CNY=1000), of(CNY=1000)),
        (EXPOSURE, of(CNY=500), of(CNY=1000, EUR=20), of(CNY=500, EUR=0)),
        (EXPOSURE, of(CNY=500, EUR=5), of(CNY=1000, EUR=20), of(CNY=500, EUR=5)),
        # What its own currency does not cover nothing else is measured against: all of it is held.
        (EXPOSURE, of(CNY=1001), of(CNY=1000, EUR=20), of(CNY=1000, EUR=20)),
        (EXPOSURE, of(EUR=5), of(CNY=1000), of(CNY=1000)),
        (EXPOSURE, of(EUR=0), of(CNY=1000), of(CNY=0)),
    ],
)
def test_a_freeze_holds_the_whole_account_or_the_exposure(
    freeze: Freeze | None, exposure: dict[str, Money], available: dict[str, Money], held: dict[str, Money]
) -> None:
    assert held_of(freeze, exposure, available) == held


@given(available=FEN, due=FEN, held=FEN, asked=FEN)
def test_what_may_be_withdrawn_leaves_what_is_due_and_what_is_held(
    available: int, due: int, held: int, asked: int
) -> None:
    account = Account(cny(available), cny(due), cny(min(held, available)))
    left = available - account.withdrawable.minor
    assert left == min(available, max(due, account.held.minor))
    if account.holds_back(cny(asked)):
        assert account.withdrawable.minor < asked <= available - due


@given(parts=st.lists(st.tuples(FEN, st.sampled_from(["CNY", "EUR", "JPY"]))), gone=st.data())
@pytest.mark.clause("EXIT-7")
def test_the_exposure_is_the_sum_of_its_parts_and_shrinks_by_each_that_goes(
    parts: list[tuple[int, str]], gone: st.DataObject
) -> None:
    amounts = [Money.from_minor(minor, currency) for minor, currency in parts]
    while amounts:
        before = totals_of(amounts)
        assert all(
            total.minor == sum(each.minor for each in amounts if each.currency == currency)
            for currency, total in before.items()
        )
        part = amounts.pop(gone.draw(st.integers(0, len(amounts) - 1)))
        after = totals_of(amounts)
        for currency, total in before.items():
            left = after[currency].minor if currency in after else 0
            assert total.minor - left == (part.minor if currency == part.currency else 0)
    assert totals_of(amounts) == {}
