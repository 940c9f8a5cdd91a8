"""What is posted for what: from whose account to whose, and why."""

import pytest

from andon.kernel.errors import Invalid
from andon.kernel.money import Money
from andon.money.ledger.rules import (
    COMPENSATION,
    KINDS,
    PENALTIES,
    SHOP_FUNDS,
    SUBSIDIES,
    Posting,
    compensation_postings,
    kind_of,
    subsidy_posting,
    supplier_account,
)
from andon.money.payables.rules import account_of

THREE = Money.of("3.00", "CNY")


def test_a_subsidy_is_an_expense_that_the_shop_has_in_its_funds():
    assert subsidy_posting(THREE) == Posting(SUBSIDIES, SHOP_FUNDS, THREE, "subsidy.paid")
    assert kind_of(SUBSIDIES) == "expense"


def test_a_penalty_is_an_income():
    assert kind_of(PENALTIES) == "income"


def test_a_compensation_goes_from_who_pays_to_who_is_owed_and_leaves_nothing_between():
    decided, paid = compensation_postings(supplier_account(7), SHOP_FUNDS, THREE)
    assert (decided.debit, decided.credit) == ("payable:supplier:7", COMPENSATION)
    assert (paid.debit, paid.credit) == (COMPENSATION, SHOP_FUNDS)
    assert decided.amount == paid.amount == THREE


def test_every_account_is_of_a_kind_that_accounting_programs_know():
    assert set(KINDS.values()) == {"asset", "liability", "income", "expense"}
    assert kind_of("payable:carrier:dhl") == kind_of("payable:supplier:7") == "liability"


def test_a_payable_is_a_parties_account_and_a_supplier_is_known_by_a_number():
    assert account_of("supplier", "7") == account_of("supplier", 7) == "payable:supplier:7"
    assert account_of("carrier", "cainiao") == "payable:carrier:cainiao"
    for none in ("nsn", "0", "07", "-1"):
        with pytest.raises(Invalid) as refused:
            account_of("supplier", none)
        assert refused.value.code == "key.party"
