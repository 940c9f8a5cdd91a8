"""The machine of a shop that leaves, with a second product that leaves alone: its own stock comes back, is counted, or is not."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from andon.app.line import LINE
from andon.insights.audit.views import CHECKS, audit
from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Forbidden
from andon.kernel.line import Line
from andon.membership.product_exit.service import part_product
from andon.orders.intake.service import accept_orders
from andon.orders.routing.service import take_calibration, take_local_count
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import MappingKey, edit_products, put_products, remove_mappings
from andon.partners.stock.service import count_consigned
from andon.partners.stock.tables import LOCAL
from tests.lifecycles.test_exit_machine import Leaving
from tests.worlds import NOON
from tests.worlds_audit import assert_all_well
from tests.worlds_line import line_of
from tests.worlds_orders import incoming
from tests.worlds_partners import item_of, map_to, product

OTHER = "S-2"
REFUSED = {"order.out_of_stock", "order.unmapped", "order.product_delisted"}
HOLDING = [
    check
    for check in CHECKS
    if check.name
    in {
        "held_until_counted",
        "transfers_conserve",
        "uncounted_off_sale",
        "product_exits_sound",
        "never_oversold",
        "units_moved",
        "units_reserved",
    }
]


class LeavingByPieces(Leaving):
    """The shop of the machine has ten units of its own of a second product at its first supplier, and three at home."""

    @initialize(sold=st.integers(0, 2), delivered=st.booleans())
    def open_shop(self, sold: int, delivered: bool) -> None:
        super().open_shop(sold, delivered)
        with self.line.transaction() as tx:
            put_products(tx, self.at, [product(OTHER)])
            map_to(tx, self.at, OTHER, self.shop.supplier_ids[0])
            count_consigned(tx, self.at, self.shop.supplier_ids[0], item_of(OTHER), 10)
            take_local_count(tx, self.at, LOCAL, OTHER, 3)

    def uncounted(self) -> list[Any]:
        with self.line.transaction() as tx:
            return list(
                tx.rows(
                    "select calibration_id, units from calibrations where shop_id = :shop and counted_at is null "
                    "order by 1",
                    shop=self.at,
                )
            )

    # --- what they do -----------------------------------------------------------------------------------------

    @rule(quantity=st.integers(1, 4))
    def sell_the_other(self, quantity: int) -> None:
        self.sold += 1
        with self.line.transaction() as tx:
            [outcome] = accept_orders(
                tx, self.at, [incoming(f"{self.at}-{self.sold}", (OTHER, quantity), placed_at=tx.now)]
            )
        assert outcome.status == "created" or outcome.code in REFUSED

    @rule()
    def let_it_leave(self) -> None:
        taking = self.stands().taking
        with suppress(Conflict), self.line.transaction() as tx:
            part_product(tx, self.at, OTHER)
            assert taking or tx.rows("select from product_exits where shop_id = :s and state = 80", s=self.at)
        self.line.run_due()

    @rule(mode=st.sampled_from(Mode))
    def set_its_mode(self, mode: Mode) -> None:
        with suppress(Forbidden), self.line.transaction() as tx:
            edit_products(tx, self.at, [OTHER], mode)

    @rule()
    def unmap_it(self) -> None:
        with self.line.transaction() as tx:
            remove_mappings(tx, self.at, [MappingKey(OTHER, self.shop.supplier_ids[0])])
        self.line.run_due()

    @rule()
    def map_it(self) -> None:
        with suppress(Conflict), self.line.transaction() as tx:
            map_to(tx, self.at, OTHER, self.shop.supplier_ids[0])

    @precondition(lambda self: self.uncounted())
    @rule(data=st.data(), found=st.integers(0, 10))
    def count_what_came_back(self, data: Any, found: int) -> None:
        chosen = data.draw(st.sampled_from(self.uncounted()))
        with self.line.transaction() as tx:
            take_calibration(tx, self.at, chosen.calibration_id, min(found, chosen.units))

    @rule(found=st.integers(0, 12))
    def count_all_of_it(self, found: int) -> None:
        with self.line.transaction() as tx:
            take_local_count(tx, self.at, LOCAL, OTHER, found)
        self.line.run_due()

    # --- what must be so --------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_sellable_that_was_not_counted_and_no_unit_is_lost(self) -> None:
        with self.database.line.connect() as connection:
            broken = [finding for finding in audit(connection, HOLDING) if not finding.ok]
        assert not broken, broken


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    with line_of(database, VirtualClock(NOON), *LINE) as running:
        yield running


@pytest.mark.clause("PART-1", "PART-2", "PART-3")
def test_whatever_leaves_first_nothing_is_sold_that_nobody_counted(database: Database, line: Line) -> None:
    run_state_machine_as_test(
        lambda: LeavingByPieces(database, line),
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            # What was found is shown as it was found: to make it smaller takes longer than a test may.
            phases=(Phase.reuse, Phase.generate),
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
    assert_all_well(database)
