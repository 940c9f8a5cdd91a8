"""Whatever a shop, its supplier and the line do to consigned stock, in any order: nothing is sold that nobody counted."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.tx import LINE, Tx
from andon.partners.catalog.service import remove_mapping
from andon.partners.stock.service import (
    Take,
    Units,
    calibrate,
    count_consigned,
    count_local,
    release,
    release_freed,
    reserve,
    ship,
    take_back,
)
from andon.partners.stock.station import CALIBRATE
from andon.partners.stock.tables import LOCAL
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy
from tests.worlds import NOON
from tests.worlds_parting import a_consigning_shop, consigned, local
from tests.worlds_partners import DemoShop, item_of, map_to
from tests.worlds_stock import movements_equal_rows, units

SKU = "S-1"
DAY = timedelta(days=1)
FEW = st.integers(1, 4)


class ReleasedStock(RuleBasedStateMachine):
    """One item of one shop at one supplier; beside the database a model of it, worked out anew. Undone at the end."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.session = Session(database.line)
        self.tx = self.at(0)
        self.there = Units(0, 0)
        self.here = Units(0, 0)
        self.mapped = 1
        self.follows = False
        self.uncounted: dict[int, int] = {}
        self.late: set[int] = set()
        self.open: list[Take] = []
        self.away: list[Take] = []
        self.days = 0

    def at(self, days: int) -> Tx[Policy]:
        return Tx(self.session, now=NOON + days * DAY, actor=LINE, policies=load_policies())

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @initialize(stock=st.integers(0, 12), own=st.integers(0, 5))
    def open_shop(self, stock: int, own: int) -> None:
        self.world: DemoShop = a_consigning_shop(self.tx, SKU, units=stock)
        self.there = Units(stock, 0)
        count_local(self.tx, self.world.shop_id, LOCAL, SKU, own)
        self.here = Units(own, 0)

    # --- what they do -----------------------------------------------------------------------------------------

    @precondition(lambda self: self.mapped)
    @rule(wanted=FEW)
    def sell_from_there(self, wanted: int) -> None:
        take = Take(*consigned(self.world), wanted, len(self.open) + 1)
        fits = wanted <= self.there.on_hand - self.there.reserved
        assert (reserve(self.tx, [take]) == set()) == fits
        if fits:
            self.there = self.there._replace(reserved=self.there.reserved + wanted)
            self.open.append(take)

    @rule(wanted=FEW)
    def sell_from_here(self, wanted: int) -> None:
        take = Take(*local(self.world), wanted, len(self.open) + 1)
        fits = wanted <= self.here.on_hand - self.here.reserved - sum(self.uncounted.values())
        assert (reserve(self.tx, [take]) == set()) == fits, "what nobody counted is sold to nobody"
        if fits:
            self.here = self.here._replace(reserved=self.here.reserved + wanted)
            self.open.append(take)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        take = self.picked(data, self.open)
        release(self.tx, [take])
        self.move(take, 0, -take.units)
        self.follows |= bool(take.location) and not self.mapped

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def send(self, data: Any) -> None:
        take = self.picked(data, self.open)
        ship(self.tx, [take])
        stands = self.there if take.location else self.here
        self.move(take, -min(take.units, stands.on_hand - stands.held), -take.units)
        self.away.append(take)

    @precondition(lambda self: self.away)
    @rule(data=st.data())
    def come_back(self, data: Any) -> None:
        take = self.picked(data, self.away)
        take_back(self.tx, [take])
        self.move(take, take.units, 0)
        self.follows |= bool(take.location) and not self.mapped

    @rule(counted=st.integers(0, 12))
    def count_there(self, counted: int) -> None:
        count_consigned(self.tx, self.world.shop_id, self.world.supplier_ids[0], item_of(SKU), counted)
        if not self.mapped:
            counted = min(counted, self.there.reserved)
        self.there = self.there._replace(on_hand=counted)

    @rule(counted=st.integers(0, 12))
    def count_here(self, counted: int) -> None:
        count_local(self.tx, self.world.shop_id, LOCAL, SKU, counted)
        self.here = Units(counted, self.here.reserved)
        self.uncounted.clear()
        self.late.clear()

    @precondition(lambda self: self.mapped)
    @rule()
    def unmap(self) -> None:
        remove_mapping(self.tx, self.world.shop_id, SKU, self.world.supplier_ids[0])
        self.a_sale, self.mapped = self.mapped, 0
        self.follow()

    @precondition(lambda self: not self.mapped)
    @rule(a_sale=st.sampled_from((1, 3)))
    def map_again(self, a_sale: int) -> None:
        map_to(self.tx, self.world.shop_id, SKU, self.world.supplier_ids[0], units=a_sale)
        self.mapped, self.follows = a_sale, False

    @rule()
    def let_the_line_look(self) -> None:
        assert release_freed(self.tx, 10) == self.follows
        if self.follows:
            self.follow()
        self.follows = False

    @precondition(lambda self: self.uncounted)
    @rule(data=st.data(), counted=st.integers(0, 12))
    def calibrate(self, data: Any, counted: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.uncounted)))
        short = calibrate(self.tx, self.world.shop_id, number, counted)
        released = self.uncounted.pop(number)
        self.late.discard(number)
        self.here = Units(
            self.here.on_hand + counted - released, self.here.reserved, self.here.held - released
        )
        assert sum(each.missing for each in short) == max(self.here.reserved - self.here.on_hand, 0)

    @rule()
    def let_a_day_pass(self) -> None:
        self.days += 1
        self.tx = self.at(self.days)
        CALIBRATE.step(self.tx, 100)
        self.late |= set(self.uncounted)

    # --- what always holds ------------------------------------------------------------------------------------

    @invariant()
    def the_books_are_as_the_model(self) -> None:
        if not hasattr(self, "world"):
            return
        assert units(self.tx, consigned(self.world), local(self.world)) == [self.there, self.here]
        assert self.here.held == sum(self.uncounted.values())
        assert movements_equal_rows(self.tx)

    @invariant()
    def the_product_is_off_sale_just_while_something_late_is_uncounted(self) -> None:
        if not hasattr(self, "world"):
            return
        row = self.tx.one("select delisted_at from products where shop_id = :s", s=self.world.shop_id)
        assert row is not None
        assert (row.delisted_at is not None) == bool(self.late)

    # --- looking ----------------------------------------------------------------------------------------------

    def move(self, take: Take, on_hand: int, reserved: int) -> None:
        """Change the model's row that was taken from."""
        name = "there" if take.location else "here"
        stands: Units = getattr(self, name)
        setattr(self, name, Units(stands.on_hand + on_hand, stands.reserved + reserved, stands.held))

    def follow(self) -> None:
        """What is free there has come here, uncounted."""
        free = max(self.there.on_hand - self.there.reserved, 0)
        if not free:
            return
        pieces = free // self.a_sale
        self.there = self.there._replace(on_hand=self.there.on_hand - free)
        self.here = Units(self.here.on_hand + pieces, self.here.reserved, self.here.held + pieces)
        row = self.tx.one(
            "select max(calibration_id) from calibrations where shop_id = :s", s=self.world.shop_id
        )
        assert row is not None
        self.uncounted[row[0]] = pieces

    def picked(self, data: Any, takes: list[Take]) -> Take:
        return takes.pop(data.draw(st.integers(0, len(takes) - 1)))


def run(database: Database, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: ReleasedStock(database),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.clause("PART-2", "PART-3")
def test_nothing_is_sold_that_nobody_counted(database: Database):
    run(database, examples=25, steps=25)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_nothing_is_sold_that_nobody_counted_in_a_long_run(database: Database):
    run(database, examples=500, steps=60)
