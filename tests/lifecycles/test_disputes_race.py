"""Two decide at once, and a party appeals while the line pays: one comes first, and the books hear of one alone."""

from contextlib import suppress
from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid
from andon.money.disputes.service import appeal_dispute
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import HANDLED, PRICE, balance, cny, decided, look, opened, photo, sold
from tests.worlds_orders import run_together

ROUNDS = 12


@pytest.mark.clause("DISP-2")
def test_of_two_deciders_one_is_refused_and_one_journal_stands(database: Database) -> None:
    order = sold(database)
    refused: list[str] = []
    for _ in range(ROUNDS):
        number = opened(database, order.claim(amount="1.00"), [photo()])

        def decide(outcome: str, amount: str | None, number: int = number) -> None:
            try:
                decided(database, number, outcome=outcome, amount=amount and cny(amount))
            except Conflict as no:
                refused.append(no.code)

        run_together(lambda: decide("upheld", None), lambda: decide("partial", "0.50"))
    assert refused == ["dispute.state"] * ROUNDS
    assert_all_well(database)


@pytest.mark.clause("DISP-2")
def test_disputes_of_one_order_that_are_decided_at_once_are_awarded_no_more_than_it_is_worth(
    database: Database,
) -> None:
    order = sold(database)
    numbers = [opened(database, order.claim(amount="30.00"), [photo()]) for _ in range(4)]

    def decide(number: int) -> None:
        with suppress(Invalid):
            decided(database, number)

    run_together(*(lambda number=number: decide(number) for number in numbers))
    account = f"payable:supplier:{order.shop.supplier_ids[0]}"
    assert balance(database, order.shop.shop_id, account) == f"-{PRICE.amount}"
    assert_all_well(database)


def test_an_appeal_in_the_second_of_the_payment_comes_before_it_or_not_at_all(database: Database) -> None:
    order = sold(database)
    shop, late = order.shop.shop_id, NOON + HANDLED
    appealed: list[bool] = []
    for _ in range(ROUNDS):
        number = opened(database, order.claim(amount="1.00"), [photo()])
        decided(database, number)

        def appeal(number: int = number) -> None:
            try:
                with transaction(database, late, actor=order.seller) as tx:
                    appeal_dispute(tx, shop, number, "有误")
            except Conflict:
                appealed.append(False)
            else:
                appealed.append(True)

        run_together(appeal, lambda: look(database, late))
        look(database, late)
    with transaction(database) as tx:
        rows = tx.rows("select state from disputes order by dispute_id")
        assert [row.state for row in rows] == [20 if won else 80 for won in appealed]
    assert balance(database, shop, "shop_funds") == f"{appealed.count(False)}.00"
    look(database, late + HANDLED + timedelta(days=1))
    assert_all_well(database)
