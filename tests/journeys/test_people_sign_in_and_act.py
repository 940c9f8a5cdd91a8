"""People sign in with a password, act for the party whose place they have, and do no more than their role may."""

from collections.abc import Callable

import pytest

from tests.journeys.blackbox import good, problem
from tests.journeys.browser import Browser, a_person
from tests.journeys.conftest import Running
from tests.journeys.market import World

DEPOSIT = {"amount": {"amount": "10.00", "currency": "CNY"}}


@pytest.fixture
def browser(andon: Running) -> Callable[[], Browser]:
    return lambda: Browser(andon.url)


def test_a_clerk_does_not_do_what_finance_may(
    andon: Running, world: World, browser: Callable[[], Browser]
) -> None:
    shop = world.shop.shop_id
    a_person(andon.database, "clerk@shop.test", ("shop", shop, "clerk"))
    a_person(andon.database, "finance@shop.test", ("shop", shop, "finance"))
    clerk, finance = browser(), browser()
    good(clerk.sign_in("clerk@shop.test"))
    good(finance.sign_in("finance@shop.test"))
    problem(clerk.post(f"/shops/{shop}/funds/deposits", DEPOSIT), 403, "credentials.role")
    good(finance.post(f"/shops/{shop}/funds/deposits", DEPOSIT), 201)
    good(clerk.get(f"/shops/{shop}/orders"))
    problem(
        finance.put(f"/shops/{shop}/stock/S-1", {"location": "local", "counted": 1}), 403, "credentials.role"
    )
    with andon.database.owner.connect() as connection:
        actors = connection.exec_driver_sql(
            "select actor from events where kind = 'funds.deposited'"
        ).scalars()
        assert f"shop:{shop}/user:2" in set(actors)
