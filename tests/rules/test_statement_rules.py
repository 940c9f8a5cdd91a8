"""What a statement's line is of, its months and days, and what lines come to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid, NotFound
from andon.money.charges.rules import ChargeKind
from andon.money.ledger.rules import (
    COMPENSATION,
    EXTERNAL,
    PENALTIES,
    PLATFORM_REVENUE,
    SHOP_FUNDS,
    SHOP_HOLDS,
    SUBSIDIES,
    SUSPENSE,
    carrier_account,
    supplier_account,
)
from andon.money.ledger.rules import KINDS as ACCOUNTS
from andon.money.statements.rules import (
    KIND_WORDS,
    KINDS,
    TYPES,
    Kind,
    Month,
    check_begun,
    closing_of,
    day_starts,
    days_of_period,
    kind_of_line,
    statement_number,
    subtotals_of,
)

SHANGHAI = "Asia/Shanghai"
MONTHS = st.builds(Month, st.integers(2000, 2099), st.integers(1, 12))
MOVES = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(1, 9),
        st.integers(-(10**6), 10**6),
        st.sampled_from(("CNY", "USD")),
    )
)


@pytest.mark.parametrize(
    ("account", "charge", "incoming", "kind"),
    [
        (PLATFORM_REVENUE, ChargeKind.HANDLING, False, "handling"),
        (PLATFORM_REVENUE, ChargeKind.WAREHOUSE, False, "warehouse"),
        (carrier_account("cainiao"), ChargeKind.FREIGHT, False, "freight"),
        (carrier_account("cainiao"), ChargeKind.FREIGHT, True, "freight"),
        (supplier_account(7), ChargeKind.GOODS, False, "goods"),
        (PENALTIES, ChargeKind.PENALTY, False, "penalty"),
        (PENALTIES, None, False, "penalty"),
        (EXTERNAL, None, True, "deposit"),
        (EXTERNAL, None, False, "withdrawal"),
        (SUBSIDIES, None, True, "subsidy"),
        (COMPENSATION, None, True, "compensation"),
        (SUSPENSE, None, False, "compensation"),
        (SHOP_HOLDS, ChargeKind.FREIGHT, False, "hold"),
        (SHOP_HOLDS, ChargeKind.FREIGHT, True, "hold"),
        (supplier_account(7), None, True, "other"),
    ],
)
def test_a_line_is_of_the_kind_that_its_other_side_or_its_charge_says(
    account: str, charge: ChargeKind | None, incoming: bool, kind: Kind
) -> None:
    assert kind_of_line(account, charge, incoming=incoming) == kind


def test_every_account_and_every_kind_of_charge_makes_a_kind_that_is_known_and_has_words() -> None:
    for account in ACCOUNTS.keys() - {SHOP_FUNDS}:
        for charge in (None, *ChargeKind):
            for incoming in (True, False):
                assert kind_of_line(account, charge, incoming=incoming) in KINDS
    assert set(KIND_WORDS) == set(KINDS)
    assert {charge.word for charge in ChargeKind} <= set(KINDS)


def test_every_kind_is_a_type_and_the_service_fee_is_three_of_them() -> None:
    assert set(TYPES) == {*KINDS, "service_fee"}
    assert TYPES["service_fee"] == {"handling", "warehouse", "freight"}


@given(MOVES)
def test_subtotals_of_the_kinds_come_to_what_moved_and_a_type_keeps_its_own(
    moves: list[tuple[Kind, int, int, str]],
) -> None:
    totals = subtotals_of(moves, None)
    closing = closing_of({"CNY": 7}, ((currency, minor) for _, _, minor, currency in moves))
    for currency in {currency for *_, currency in moves}:
        moved = sum(each.amount.minor for each in totals if each.amount.currency == currency)
        assert closing[currency] == moved + (7 if currency == "CNY" else 0)
    assert [(each.kind, each.amount.currency) for each in totals] == sorted(
        {(kind, currency) for kind, *_, currency in moves}, key=lambda each: (KINDS.index(each[0]), each[1])
    )
    for wanted, kinds in TYPES.items():
        assert subtotals_of(moves, wanted) == [each for each in totals if each.kind in kinds]


@given(MONTHS)
def test_months_follow_one_another_without_gap_or_overlap(month: Month) -> None:
    assert month.following.before == month == month.before.following
    assert month.before < month < month.following
    assert Month.numbered(month.number) == month == Month.of(str(month))
    assert month.ends_at(SHANGHAI) == month.following.begins_at(SHANGHAI)
    assert Month.at(month.begins_at(SHANGHAI), SHANGHAI) == month
    assert Month.at(month.ends_at(SHANGHAI) - timedelta(microseconds=1), SHANGHAI) == month


def test_a_month_is_the_zones_and_a_day_begins_where_a_change_of_clocks_lets_it() -> None:
    last_second = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    assert (str(Month.at(last_second, SHANGHAI)), str(Month.at(last_second + timedelta(seconds=1), SHANGHAI))) == (
        "2026-03", "2026-04",
    )  # fmt: skip
    # Santiago's midnight of 6 September 2026 is skipped.
    assert day_starts(date(2026, 9, 6), "America/Santiago") == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert statement_number(17, Month(2026, 11)) == "JIT-ST-202611-000017"


@pytest.mark.parametrize(
    ("month", "found"), [((2026, 2), False), ((2026, 3), True), ((2026, 5), True), ((2026, 6), False)]
)
def test_only_months_from_the_shops_first_to_the_present_have_statements(
    month: tuple[int, int], found: bool
) -> None:
    created, now = datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2026, 5, 31, 15, tzinfo=UTC)
    if found:
        check_begun(Month(*month), created, now, SHANGHAI)
    else:
        with pytest.raises(NotFound):
            check_begun(Month(*month), created, now, SHANGHAI)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (None, None, (date(2026, 4, 1), date(2026, 4, 2))),
        (date(2026, 3, 5), None, (date(2026, 3, 5), date(2026, 4, 2))),
        (None, date(2026, 3, 1), (date(2026, 2, 1), date(2026, 3, 1))),
        (date(2026, 3, 5), date(2026, 3, 6), (date(2026, 3, 5), date(2026, 3, 6))),
        (date(2026, 3, 5), date(2026, 3, 5), None),
        (date(2026, 4, 2), None, None),
    ],
)
def test_a_period_without_days_is_this_month_so_far(
    since: date | None, until: date | None, days: tuple[date, date] | None
) -> None:
    now = datetime(2026, 3, 31, 16, tzinfo=UTC)  # the 1st of April in Shanghai
    if days is None:
        with pytest.raises(Invalid):
            days_of_period(since, until, now, SHANGHAI)
    else:
        assert days_of_period(since, until, now, SHANGHAI) == days
