"""The case of the guide: a shop that does not count its released stock sells 37 units that are not there, or none."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.tx import Actor
from andon.membership.product_exit.service import part_product
from andon.orders.intake.service import accept_orders
from andon.orders.routing.service import take_local_count
from andon.partners.stock.service import count_local
from andon.partners.stock.station import CALIBRATE
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import incoming
from tests.worlds_parting import a_consigning_shop, calibrations

CASE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("uncounted.toml").read_text())
DAY = timedelta(hours=24)


@pytest.mark.clause("PART-3")
@pytest.mark.parametrize("guard", ["hold", "trust"])
def test_units_sold_that_are_not_there(database: Database, guard: str) -> None:
    with transaction(database, actor=Actor("operator", 1)) as tx:
        shop = a_consigning_shop(tx, units=CASE["consigned"])
        count_local(tx, shop.shop_id, LOCAL, "S-1", CASE["own"])
        set_policy_overrides(tx, shop.shop_id, {"calibration_guard": guard})
        part_product(tx, shop.shop_id, "S-1")

    sold = 0
    for hour in CASE["orders_at"]:
        at = NOON + timedelta(hours=hour)
        with transaction(database, at) as tx:
            orders = [
                incoming(f"{hour}-{number}", "S-1", placed_at=at) for number in range(CASE["orders_each"])
            ]
            outcomes = accept_orders(tx, shop.shop_id, orders)
            sold += sum(outcome.status == "created" for outcome in outcomes)
            assert {outcome.code for outcome in outcomes} <= {None, "order.out_of_stock"}
    with transaction(database, NOON + DAY) as tx:
        assert CALIBRATE.step(tx, 10) == 1
        [late] = accept_orders(tx, shop.shop_id, [incoming("late", "S-1", placed_at=NOON + DAY)])
        assert late.code == "order.product_delisted"

    # Somebody looks at last, and says what is there: promises above it are broken, the newest first.
    there = CASE["own"] + CASE["there"]
    with transaction(database, NOON + DAY) as tx:
        take_local_count(tx, shop.shop_id, LOCAL, "S-1", there)
        [row] = tx.rows(
            "select count(*) as units from fulfilments where shop_id = :s and state = 5 and flags & 64 <> 0",
            s=shop.shop_id,
        )
        assert row.units == max(sold - there, 0) == CASE["oversold"][guard]
        assert all(each.counted_at for each in calibrations(tx, shop))
    assert_all_well(database)
