"""What a rehearsal compares: how a shop stands before and after."""

from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.money import Money
from andon.membership.rehearsal.rules import Purse, changed

some = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3))


def test_what_goes_what_comes_and_what_changes_is_told() -> None:
    assert changed({"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5}) == {
        "a": (1, None),
        "c": (3, 4),
        "d": (None, 5),
    }


@given(some, some)
def test_the_changes_lead_from_the_one_to_the_other(before: dict[str, int], after: dict[str, int]) -> None:
    walked = before | {key: becomes for key, (_, becomes) in changed(before, after).items()}
    assert {key: value for key, value in walked.items() if value is not None} == after
    assert changed(before, before) == {}


def test_what_is_left_of_funds_may_be_less_than_nothing() -> None:
    purse = Purse(Money.of("1.00", "CNY"), Money.of("1.30", "CNY"))
    assert purse.after == Money.of("-0.30", "CNY")
