"""Rates of exchange on a real database: dated, corrected by a further round, and missed aloud."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Invalid, Refused
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.money.rates.rules import RateDraft, RateKey
from andon.money.rates.service import converted, miss_rates, set_rates
from andon.money.rates.views import list_missing_rates, list_rates
from tests.worlds import NOON, transaction
from tests.worlds_orders import run_together

MONDAY = date(2026, 3, 2)
OPERATOR = Actor("operator", 1)
TEN = Money.of("10.00", "CNY")


def rate(number: str, on: date = MONDAY, base: str = "CNY", quote: str = "EUR") -> RateDraft:
    return RateDraft(base, quote, on, Decimal(number))


def set_by_operator(database: Database, *drafts: RateDraft) -> list[Refused | bool]:
    with transaction(database, actor=OPERATOR) as tx:
        return set_rates(tx, drafts)


def said(tx: Tx[Any], kind: str) -> list[Any]:
    rows = tx.rows("select body from events where kind = :kind order by event_id", kind=kind)
    return [orjson.loads(row.body) for row in rows]


def test_the_newest_rate_of_the_day_or_before_counts(database: Database) -> None:
    set_by_operator(database, rate("0.12"), rate("0.13", MONDAY + timedelta(days=3)))
    with transaction(database) as tx:
        for days, amount in ((0, "1.20"), (2, "1.20"), (3, "1.30"), (400, "1.30")):
            found = converted(tx, TEN, "EUR", MONDAY + timedelta(days=days))
            assert found.amount == Money.of(amount, "EUR")
        assert found.base == TEN
        assert found.rate == Decimal("0.13")


def test_an_amount_in_its_own_currency_needs_no_rate(database: Database) -> None:
    with transaction(database) as tx:
        assert converted(tx, TEN, "CNY", MONDAY).amount == TEN


@pytest.mark.parametrize(("currency", "on"), [("EUR", MONDAY - timedelta(days=1)), ("USD", MONDAY)])
def test_without_a_rate_an_amount_is_refused(database: Database, currency: str, on: date) -> None:
    set_by_operator(database, rate("0.12"))
    with transaction(database) as tx, pytest.raises(Invalid, match=r"rates\.unknown"):
        converted(tx, TEN, currency, on)


def test_the_rate_of_the_other_direction_is_not_guessed(database: Database) -> None:
    set_by_operator(database, rate("7.9", base="EUR", quote="CNY"))
    with transaction(database) as tx, pytest.raises(Invalid, match=r"rates\.unknown"):
        converted(tx, TEN, "EUR", MONDAY)


def test_the_same_again_changes_nothing_and_another_corrects_it_from_now_on(database: Database) -> None:
    assert set_by_operator(database, rate("0.12")) == [True]
    assert set_by_operator(database, rate("0.120")) == [False]
    assert set_by_operator(database, rate("0.14")) == [True]
    with transaction(database) as tx:
        (row,) = list_rates(tx, limit=10)
        assert (row.rate, row.round) == (Decimal("0.14"), 1)
        kept = tx.rows("select round, rate, set_by from rates order by round")
        assert [tuple(each) for each in kept] == [
            (0, Decimal("0.12"), "operator:1"),
            (1, Decimal("0.14"), "operator:1"),
        ]
        first, second = said(tx, "rate.set")
        assert (first["rate"], first.get("instead")) == ("0.12", None)
        assert (second["rate"], second["instead"]) == ("0.14", "0.12")


def test_each_rate_of_a_call_is_judged_by_itself(database: Database) -> None:
    answers = set_by_operator(database, rate("0.12"), rate("0"), rate("0.13"), rate("7", quote="CNY"))
    assert [answer.code if isinstance(answer, Refused) else answer for answer in answers] == [
        True,
        "rates.rate",
        "rates.twice",
        "rates.one_currency",
    ]


def test_two_that_correct_one_day_at_once_leave_two_rounds(database: Database) -> None:
    set_by_operator(database, rate("0.12"))
    run_together(
        lambda: set_by_operator(database, rate("0.13")), lambda: set_by_operator(database, rate("0.14"))
    )
    with transaction(database) as tx:
        rounds = tx.rows("select round, rate from rates order by round")
        assert [row.round for row in rounds] == [0, 1, 2]
        assert {row.rate for row in rounds[1:]} == {Decimal("0.13"), Decimal("0.14")}


def test_a_missing_rate_is_told_once_and_looked_for_again(database: Database) -> None:
    wanted = RateKey("CNY", "EUR", MONDAY)
    for later in range(2):
        with transaction(database, NOON + timedelta(minutes=later)) as tx:
            miss_rates(tx, {wanted})
    with transaction(database) as tx:
        (row,) = list_missing_rates(tx)
        assert (row.base, row.quote, row.wanted_on, row.since) == ("CNY", "EUR", MONDAY, NOON)
        told = tx.rows("select audience, facts from notices where kind = 'rates.missing'")
        assert [tuple(each) for each in told] == [
            ("operator", {"base": "CNY", "quote": "EUR", "on": "2026-03-02"})
        ]
        assert tx.rows("select due_at from missing_rates")[0].due_at == NOON + timedelta(hours=1)


@pytest.mark.parametrize(("on", "is_due"), [(MONDAY, True), (MONDAY + timedelta(days=1), False)])
def test_a_rate_that_is_set_has_those_looked_for_at_once_that_it_is_of(
    database: Database, on: date, is_due: bool
) -> None:
    with transaction(database) as tx:
        miss_rates(tx, {RateKey("CNY", "EUR", MONDAY)})
    set_by_operator(database, rate("0.12", on))
    with transaction(database) as tx:
        assert (tx.rows("select due_at from missing_rates")[0].due_at == NOON) is is_due
