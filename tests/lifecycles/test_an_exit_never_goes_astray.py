"""A shop that leaves, under whatever its buyers, suppliers, carriers and people do meanwhile, in any order.

A machine over the whole line, with a small model of its own: what must hold of an exit holds after every step, and at the
end of each run every invariant of the audit does.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from andon.app.line import LINE
from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database
from andon.kernel.errors import Refused
from andon.kernel.line import Line
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import EnrolmentState
from andon.membership.enrolment.service import join_jit
from andon.membership.exits.rules import ExitState
from andon.membership.exits.service import start_exit, throw_switch, withdraw_exit
from andon.membership.unbinding.service import Signature, draw_up_end, sign_letter, stay
from andon.money.settlement.service import deposit_funds
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.intake.service import accept_orders
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.remedies.rules import Action
from andon.orders.remedies.service import remedy_fulfilment
from andon.orders.shipping.service import Answer, answer_fulfilments, label_parcels
from andon.orders.tracking.service import record_scans
from andon.partners.catalog.service import MappingKey, edit_products, remove_mappings
from andon.partners.stock.service import calibrate, count_consigned
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import PROVE
from tests.worlds_orders import incoming
from tests.worlds_partners import item_of, open_demo_shop
from tests.worlds_standing import make_ready
from tests.worlds_supply import CARRIER, a_label, a_scan

S = FulfilmentState
T = TypeVar("T")
SKUS = ("S-1", "S-2")
WHICH = st.integers(0, 20)
LONG = (1, 5, 30, 80)
"""Hours, and a few days: what runs out, runs out between them."""


class Leaving(RuleBasedStateMachine):
    """One shop with two products at two suppliers. Each act is a transaction, after which the line does all that is due."""

    def __init__(self, database: Database, line: Line) -> None:
        super().__init__()
        self.database, self.line = database, line
        self.placed = 0
        self.exit_id: int | None = None
        self.closed_from: int | None = None
        self.as_found: dict[str, int] = {}

    # --- acting and reading -----------------------------------------------------------------------------------

    def act(self, act: Callable[[Tx[Policy]], T]) -> T | None:
        """Do it, or be refused; None where it was."""
        try:
            with transaction(self.database, self.line.now()) as tx:
                done = act(tx)
        except Refused:
            return None
        finally:
            self.line.run_due()
        return done

    def rows(self, sql: str, **params: Any) -> list[Any]:
        with transaction(self.database, self.line.now()) as tx:
            return list(tx.rows(sql, shop=self.shop.shop_id, **params))

    def one_of(self, which: int, sql: str) -> Any:
        found = self.rows(sql)
        return found[which % len(found)] if found else None

    def part(self, which: int, *states: S) -> Any:
        wanted = ", ".join(str(state.value) for state in states)
        return self.one_of(
            which,
            "select * from fulfilments where shop_id = :shop and supplier_id is not null "
            f"and state in ({wanted}) order by fulfilment_id",
        )

    def modes(self) -> dict[str, int]:
        return {
            row.sku: row.mode for row in self.rows("select sku, mode from products where shop_id = :shop")
        }

    def newest_part(self) -> int:
        return int(
            self.rows("select coalesce(max(fulfilment_id), 0) as n from fulfilments where shop_id = :shop")[
                0
            ].n
        )

    # --- what happens -----------------------------------------------------------------------------------------

    @initialize(stock=st.integers(0, 6), local=st.integers(0, 3), consigned=st.integers(0, 4))
    def open_a_shop(self, stock: int, local: int, consigned: int) -> None:
        with transaction(self.database, self.line.now()) as tx:
            self.shop = open_demo_shop(tx, skus=SKUS, stock=stock, local=local)
            if consigned:
                count_consigned(tx, self.shop.shop_id, self.shop.supplier_ids[0], item_of("S-1"), consigned)

    @rule(lines=st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 2)), min_size=1, max_size=2))
    def a_buyer_orders(self, lines: list[tuple[str, int]]) -> None:
        self.placed += 1
        order = incoming(f"{self.shop.shop_id}-{self.placed}", *lines, placed_at=self.line.now())
        self.act(lambda tx: accept_orders(tx, self.shop.shop_id, [order]))

    @rule(which=WHICH, reason=st.sampled_from((None, None, "out_of_stock", "other")))
    def a_supplier_answers(self, which: int, reason: str | None) -> None:
        if part := self.part(which, S.PUSHED):
            answer = Answer(part.fulfilment_id, self.line.now(), accept=reason is None, code=reason)
            self.act(lambda tx: answer_fulfilments(tx, [answer]))

    @rule(which=WHICH)
    def a_parcel_is_collected(self, which: int) -> None:
        if part := self.part(which, S.ACCEPTED):
            label = a_label(part.fulfilment_id, at=self.line.now())
            self.act(lambda tx: label_parcels(tx, [label]))
            self.scan(part, "collected")

    @rule(which=WHICH, status=st.sampled_from(("delivered", "delivered", "lost", "returned")))
    def a_parcel_arrives_or_does_not(self, which: int, status: str) -> None:
        if part := self.part(which, S.SHIPPED):
            self.scan(part, status)

    def scan(self, part: Any, status: str) -> None:
        scan = a_scan(f"W{part.fulfilment_id}", status, occurred_at=self.line.now())
        self.act(lambda tx: record_scans(tx, CARRIER, [scan]))

    @rule(which=WHICH)
    def a_buyer_cancels(self, which: int) -> None:
        if part := self.part(which, S.RESERVED, S.WAITING, S.PUSHED, S.ACCEPTED):
            wish = Wish(self.shop.shop_id, part.order_id, self.line.now(), "buyer")
            self.act(lambda tx: cancel_orders(tx, [wish]))

    @rule(which=WHICH, action=st.sampled_from(("reroute", "take_over", "cancel")))
    def a_remedy_is_chosen(self, which: int, action: str) -> None:
        if part := self.one_of(
            which,
            "select * from fulfilments where shop_id = :shop and state < 60 and mode = 2 order by fulfilment_id",
        ):
            self.act(lambda tx: remedy_fulfilment(tx, self.shop.shop_id, part.fulfilment_id, Action(action)))

    @rule()
    def funds_come(self) -> None:
        self.act(lambda tx: deposit_funds(tx, self.shop.shop_id, Money.of("500.00", "CNY")))

    @rule(hours=st.sampled_from(LONG))
    def time_passes(self, hours: int) -> None:
        self.line.advance_by(timedelta(hours=hours))

    # --- leaving ----------------------------------------------------------------------------------------------

    @rule()
    def the_shop_leaves(self) -> None:
        found, newest = self.modes(), self.newest_part()
        leaving = self.act(lambda tx: start_exit(tx, self.shop.shop_id, "strategy").exit_id)
        if leaving is not None:
            self.exit_id, self.closed_from, self.as_found = leaving, newest, found

    @rule()
    def the_switch_is_thrown(self) -> None:
        if (exit_id := self.exit_id) is not None:
            self.act(lambda tx: throw_switch(tx, self.shop.shop_id, exit_id).exit_id)

    @rule()
    def the_exit_is_withdrawn(self) -> None:
        if (exit_id := self.exit_id) is None:
            return
        before = self.modes()
        if (
            self.act(lambda tx: withdraw_exit(tx, self.shop.shop_id, exit_id).exit_id)
            and self.closed_from is not None
        ):
            were_jit = {sku: mode for sku, mode in self.as_found.items() if mode == Mode.JIT}
            assert self.modes() == before | were_jit
            [shop] = self.rows("select jit_intake_open from shops where shop_id = :shop")
            assert shop.jit_intake_open
            self.closed_from = None

    @rule(which=WHICH)
    def a_binding_is_to_end(self, which: int) -> None:
        if found := self.one_of(
            which, "select * from bindings where shop_id = :shop and state = 20 order by 2"
        ):
            self.act(lambda tx: draw_up_end(tx, self.shop.shop_id, found.binding_id))

    @rule(which=WHICH)
    def a_letter_is_signed(self, which: int) -> None:
        if found := self.one_of(
            which, "select * from bindings where shop_id = :shop and state = 30 order by 2"
        ):
            signature = Signature("李雷", f"shop:{self.shop.shop_id}", "key")
            self.act(lambda tx: sign_letter(tx, self.shop.shop_id, found.letter_id, signature))

    @rule(which=WHICH)
    def a_letter_is_taken_back(self, which: int) -> None:
        if found := self.one_of(
            which, "select * from bindings where shop_id = :shop and state = 30 order by 2"
        ):
            self.act(lambda tx: stay(tx, self.shop.shop_id, found.binding_id))

    @rule(sku=st.sampled_from(SKUS), mode=st.sampled_from((Mode.STANDARD, Mode.JIT)))
    def a_mode_is_set(self, sku: str, mode: Mode) -> None:
        self.act(lambda tx: edit_products(tx, self.shop.shop_id, [sku], mode))

    @rule(sku=st.sampled_from(SKUS), first=st.booleans())
    def a_mapping_is_removed(self, sku: str, first: bool) -> None:
        key = MappingKey(sku, self.shop.supplier_ids[0 if first else 1])
        self.act(lambda tx: remove_mappings(tx, self.shop.shop_id, [key]))

    @rule(which=WHICH, counted=st.integers(0, 5))
    def released_stock_is_counted(self, which: int, counted: int) -> None:
        if found := self.one_of(
            which, "select * from calibrations where shop_id = :shop and counted_at is null order by 2"
        ):
            self.act(lambda tx: calibrate(tx, self.shop.shop_id, found.calibration_id, counted))

    @rule()
    def the_shop_joins_again(self) -> None:
        [last] = self.rows("select state from enrolments where shop_id = :shop order by number desc limit 1")
        if last.state == EnrolmentState.OFF and self.rows(
            "select 1 from orders where shop_id = :shop limit 1"
        ):
            self.act(lambda tx: make_ready(tx, self.shop.shop_id, self.shop.supplier_ids))
        joined = self.act(
            lambda tx: join_jit(tx, self.shop.shop_id, signed_by=f"shop:{self.shop.shop_id}").number
        )
        [shop] = self.rows("select jit_intake_open from shops where shop_id = :shop")
        if joined is not None and shop.jit_intake_open:
            self.closed_from = None

    # --- what must hold ---------------------------------------------------------------------------------------

    @invariant()
    def no_part_is_just_in_time_that_came_after_the_intake_closed(self) -> None:
        if self.closed_from is None:
            return
        late = self.rows(
            "select fulfilment_id, replaces, order_id from fulfilments where shop_id = :shop and mode = 2 "
            "and fulfilment_id > :after",
            after=self.closed_from,
        )
        assert all(row.replaces is not None for row in late), "none but a reroute's successor"

    @invariant()
    def what_is_done_leaves_nothing_open(self) -> None:
        done = self.rows(
            "select * from exits where shop_id = :shop and state = 80 order by exit_id desc limit 1"
        )
        [shop] = self.rows("select jit_intake_open, jit_offered from shops where shop_id = :shop")
        if not done or shop.jit_offered:
            return
        [open_] = self.rows(
            "select (select count(*) from fulfilments where shop_id = :shop and state < 80 and mode = 2) as orders, "
            "(select count(*) from charges where shop_id = :shop and state < 80) as fees, "
            "(select count(*) from grants where shop_id = :shop and ended_at is null) as grants, "
            "(select count(*) from products where shop_id = :shop and mode = 2) as products"
        )
        assert tuple(open_) == (0, 0, 0, 0)
        assert not shop.jit_intake_open

    @invariant()
    def nothing_is_sellable_that_was_not_counted(self) -> None:
        for row in self.rows(
            "select s.item, s.on_hand, s.reserved, s.held, coalesce(c.units, 0) as uncounted from stock s "
            "left join (select sku, sum(held) as units from calibrations where shop_id = :shop "
            "and counted_at is null group by sku) c on c.sku = s.item where s.shop_id = :shop and s.location = 0"
        ):
            assert row.held == row.uncounted, row
            assert row.held <= row.on_hand, row

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            assert_all_well(self.database)


def run(database: Database, examples: int, steps: int) -> None:
    with closing(Line(database, VirtualClock(NOON), (*LINE, PROVE), load_policies(), seed=7)) as line:
        run_state_machine_as_test(
            lambda: Leaving(database, line),
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    with transaction(database) as tx:
        ends = {ExitState(row.state).word for row in tx.rows("select distinct state from exits")}
    assert {"done", "withdrawn"} <= ends or examples < MANY, "some ended either way"


MANY = 50


@pytest.mark.timeout(600)
@pytest.mark.clause("EXIT-1", "EXIT-2", "EXIT-3", "PART-3")
def test_an_exit_never_goes_astray(database: Database) -> None:
    run(database, examples=12, steps=30)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_an_exit_never_goes_astray_in_many_runs(database: Database) -> None:
    run(database, examples=300, steps=60)
