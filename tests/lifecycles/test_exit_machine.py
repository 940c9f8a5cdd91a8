"""A shop sells, its suppliers work, it leaves, thinks better of it and comes back, in any order, while time goes by.

Beside the database stands what must be so, asked in statements of the test's own.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from andon.app.line import LINE
from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.line import Line
from andon.kernel.money import Money
from andon.membership.enrolment.service import join_jit
from andon.membership.exits.rules import Blocked, ExitState
from andon.membership.exits.service import start_exit, throw_switch, withdraw_exit
from andon.membership.exits.views import exit_of
from andon.membership.moves.rules import MoveDraft, ProductDraft
from andon.membership.unbinding.service import (
    Proof,
    Signature,
    claim_cases,
    draw_up_end,
    record_tries,
    sign_letter,
)
from andon.money.settlement.service import deposit_funds
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.intake.service import accept_orders
from andon.orders.order.rules import FulfilmentState
from andon.orders.shipping.service import Answer, answer_fulfilments
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import edit_products
from andon.partners.plans.service import put_plan
from andon.partners.plans.views import plan_of
from andon.partners.tracks.rules import Choice
from tests.worlds import NOON
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import PROVE
from tests.worlds_line import line_of
from tests.worlds_orders import incoming
from tests.worlds_partners import PLAN, map_to, open_demo_shop
from tests.worlds_standing import rate_well, sign_anew
from tests.worlds_supply import CARRIER, IncomingScan, labelled, scanned

SKU = "S-1"
S, F = ExitState, FulfilmentState
UNDER_WAY = (F.PUSHED, F.LABELLED, F.SHIPPED)
STANDS = """
select (select count(*) from fulfilments where shop_id = :shop and mode = 2 and state < 80) as open,
  (select count(*) from charges where shop_id = :shop and state < 80) as charges,
  (select count(*) from fulfilments where shop_id = :shop and mode = 2 and shipped_at is not null
     and ended_at is not null and charged_at is null) as uncharged,
  (select count(*) from grants where shop_id = :shop and ended_at is null) as grants,
  (select state from enrolments where shop_id = :shop order by number desc limit 1) as enrolment,
  (select max(mode) from products where shop_id = :shop) as mode, jit_intake_open as taking, jit_offered as offered
from shops where shop_id = :shop
"""


class Leaving(RuleBasedStateMachine):
    """One shop with two suppliers. `closed` are the orders taken while it was leaving or out."""

    def __init__(self, database: Database, line: Line) -> None:
        super().__init__()
        self.database = database
        self.line = line
        self.exit_id: int | None = None
        self.reached = S.DRAINING
        self.closed: set[int] = set()
        self.unlisted = False
        self.sold = 0

    @initialize(sold=st.integers(0, 2), delivered=st.booleans())
    def open_shop(self, sold: int, delivered: bool) -> None:
        with self.line.transaction() as tx:
            self.shop = open_demo_shop(tx, skus=[SKU], stock=50, local=50)
            deposit_funds(tx, self.shop.shop_id, Money.of("1000.00", "CNY"))
        for _ in range(sold):
            self.sell()
        if delivered:
            self.work_off(0)

    @property
    def at(self) -> int:
        return self.shop.shop_id

    def stands(self) -> Any:
        with self.line.transaction() as tx:
            return tx.one(STANDS, shop=self.at)

    def state(self) -> ExitState | None:
        """Where the exit that was started last stands."""
        if self.exit_id is None:
            return None
        with self.line.transaction() as tx:
            row = tx.one(
                "select state from exits where shop_id = :shop and exit_id = :exit",
                shop=self.at,
                exit=self.exit_id,
            )
            assert row is not None
            return ExitState(row.state)

    def fulfilments(self, *states: FulfilmentState) -> list[Any]:
        with self.line.transaction() as tx:
            found = tx.rows(
                "select fulfilment_id, order_id, state from fulfilments where shop_id = :shop and mode = 2 "
                "and state = any(:states) order by 1",
                shop=self.at,
                states=[state.value for state in states],
            )
        return list(found)

    # --- what they do -----------------------------------------------------------------------------------------

    @rule()
    def sell(self) -> None:
        self.sold += 1
        stood = self.stands()
        with self.line.transaction() as tx:
            order = incoming(f"{self.at}-{self.sold}", SKU, placed_at=tx.now)
            [outcome] = accept_orders(tx, self.at, [order])
        if outcome.code == "order.product_delisted":
            assert self.unlisted
            assert not stood.taking
        elif outcome.order_id is None:
            assert (outcome.code, stood.taking, stood.grants) == ("order.unmapped", True, 0)
        elif not stood.taking:
            self.closed.add(outcome.order_id)

    @rule(goes_well=st.integers(0, 3), data=st.data())
    def work(self, goes_well: int, data: Any) -> None:
        """A supplier accepts or rejects, labels; a carrier collects and delivers."""
        if waiting := self.fulfilments(*UNDER_WAY):
            self.work_on(data.draw(st.sampled_from(waiting)), goes_well=bool(goes_well))

    def work_on(self, one: Any, *, goes_well: bool) -> None:
        number = one.fulfilment_id
        with self.line.transaction() as tx:
            if one.state == F.PUSHED and not goes_well:
                answer_fulfilments(tx, [Answer(number, tx.now, accept=False, code="other")])
            elif one.state == F.PUSHED:
                labelled(tx, [number], tx.now)
            else:
                status = "collected" if one.state == F.LABELLED else "delivered"
                scanned(tx, IncomingScan(CARRIER, f"W{number}", status, None, tx.now))
        self.line.run_due()

    @rule(hours=st.sampled_from([0, 100]))
    def work_off(self, hours: int) -> None:
        """All that suppliers have is delivered; four days later it is paid for."""
        while waiting := self.fulfilments(*UNDER_WAY):
            self.work_on(waiting[0], goes_well=True)
        self.wait(hours)

    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        unaccepted = self.fulfilments(F.WAITING, F.PUSHED)
        if unaccepted:
            order = data.draw(st.sampled_from(unaccepted)).order_id
            with self.line.transaction() as tx:
                cancel_orders(tx, [Wish(self.at, order, tx.now, "buyer")])
            self.line.run_due()

    @rule(hours=st.sampled_from([1, 23, 24]))
    def let_time_go_by(self, hours: int) -> None:
        self.wait(hours)

    def wait(self, hours: int) -> None:
        self.line.advance_by(timedelta(hours=hours))

    @rule(gently=st.sampled_from([None, (), (None,), (Choice.UNLIST,), (Choice.SUPPLIER_SHIPS,)]))
    def start(self, gently: tuple[Choice | None, ...] | None) -> None:
        """With a move, or without; in a move something may be wanted of the product."""
        if self.stands().enrolment != 20:
            code = r"exit\.running" if self.stands().enrolment == 30 else r"exit\.not_joined"
            with pytest.raises(Conflict, match=code), self.line.transaction() as tx:
                start_exit(tx, self.at, "strategy")
            return
        move = None if gently is None else MoveDraft(products=[ProductDraft(SKU, each) for each in gently])
        with self.line.transaction() as tx:
            self.exit_id = start_exit(tx, self.at, "strategy", move=move).exit_id
        self.unlisted = gently == (Choice.UNLIST,)
        self.reached = S.DRAINING
        self.line.run_due()

    @rule()
    def unbind(self) -> None:
        """End whichever binding can be ended."""
        with self.line.transaction() as tx:
            bound = tx.rows(
                "select binding_id, supplier_id, (select count(*) from fulfilments f where f.shop_id = b.shop_id "
                "and f.supplier_id = b.supplier_id and f.state < 80) as open from bindings b "
                "where shop_id = :shop and state in (20, 30) order by 1",
                shop=self.at,
            )
        for row in bound:
            if row.open:
                with pytest.raises(Conflict, match=r"binding\.blocked"), self.line.transaction() as tx:
                    draw_up_end(tx, self.at, row.binding_id)
                continue
            with self.line.transaction() as tx:
                letter = draw_up_end(tx, self.at, row.binding_id).letter_id
            assert letter is not None
            with self.line.transaction() as tx:
                sign_letter(tx, self.at, letter, Signature("李雷", "key:1", "key"))
            with self.line.transaction() as tx:
                # There is no application here to try by: what it would answer is that nothing opens.
                record_tries(tx, [Proof(case, calls=(), tables={}) for case in claim_cases(tx, 100)])
        self.line.run_due()

    @precondition(lambda self: self.reached is S.SWITCHING_OFF)
    @rule()
    def throw_and_wait(self) -> None:
        self.throw()
        self.wait(24)

    @precondition(lambda self: self.exit_id is not None)
    @rule()
    def throw(self) -> None:
        assert self.exit_id is not None
        before, stood = self.state(), self.stands()
        gates = stood.open + stood.charges + stood.uncharged + stood.grants
        with self.line.transaction() as tx:
            thrown_at = exit_of(tx, self.at, self.exit_id).thrown_at
        try:
            with self.line.transaction() as tx:
                throw_switch(tx, self.at, self.exit_id)
        except Blocked:
            assert gates
            assert thrown_at is None
        except Conflict:
            assert before is S.WITHDRAWN
        else:
            assert not gates or thrown_at is not None

    @precondition(lambda self: self.exit_id is not None)
    @rule()
    def withdraw(self) -> None:
        assert self.exit_id is not None
        before = self.state()
        try:
            with self.line.transaction() as tx:
                withdraw_exit(tx, self.at, self.exit_id)
        except Conflict:
            assert before in {S.VERIFYING, S.DONE}
            return
        assert before not in {S.VERIFYING, S.DONE}
        self.reached = S.WITHDRAWN
        if before is not S.WITHDRAWN:
            with self.line.transaction() as tx:
                assert plan_of(tx, self.at) == list(PLAN)
            stood = self.stands()
            assert (stood.taking, stood.enrolment, stood.mode) == (True, 20, Mode.JIT)

    @precondition(lambda self: self.reached in {S.WITHDRAWN, S.DONE})
    @rule()
    def come_back(self) -> None:
        """Bind anew, join where it is out, and sell just in time as before."""
        with self.line.transaction() as tx:
            sign_anew(tx, self.at, self.shop.supplier_ids)
            for supplier_id in self.shop.supplier_ids:
                map_to(tx, self.at, SKU, supplier_id)
        with self.line.transaction() as tx:
            rate_well(tx, self.at)
        with self.line.transaction() as tx:
            join_jit(tx, self.at, "key:1")
        with self.line.transaction() as tx:
            put_plan(tx, self.at, PLAN)
            edit_products(tx, self.at, [SKU], Mode.JIT)
        self.exit_id, self.reached = None, S.DRAINING
        self.line.run_due()

    # --- what must be so --------------------------------------------------------------------------------------

    @invariant()
    def an_exit_stands_at_its_first_unfinished_step_and_only_moves_forward(self) -> None:
        state = self.state() if self.exit_id is not None else None
        if state is None:
            return
        stood = self.stands()
        assert state >= self.reached
        self.reached = state
        if state is S.DRAINING:
            assert stood.open
        if state is S.UNBINDING:
            assert stood.grants
        if state < S.DONE:
            assert (stood.enrolment, stood.taking) == (30, False)
        if state < S.VERIFYING:
            assert (stood.mode, stood.offered) == (Mode.JIT, True)
        if state in {S.VERIFYING, S.DONE}:
            assert (stood.mode, stood.offered, stood.taking) == (Mode.STANDARD, False, False)
        if state is S.DONE:
            assert (stood.open, stood.charges, stood.uncharged, stood.grants) == (0, 0, 0, 0)
            assert stood.enrolment == 80

    @invariant()
    def no_order_that_came_after_the_start_is_just_in_time(self) -> None:
        if not self.closed:
            return
        with self.line.transaction() as tx:
            jit = tx.rows(
                "select order_id from fulfilments where shop_id = :shop and mode = 2 and order_id = any(:orders)",
                shop=self.at,
                orders=sorted(self.closed),
            )
        assert not jit


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    with line_of(database, VirtualClock(NOON), *LINE, PROVE) as running:
        yield running


@pytest.mark.clause("EXIT-1", "EXIT-2", "EXIT-3", "EXIT-4", "EXIT-6")
def test_whatever_happens_nothing_is_lost_on_the_way_out(database: Database, line: Line) -> None:
    run_state_machine_as_test(
        lambda: Leaving(database, line),
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            # What was found is shown as it was found: to make it smaller takes longer than a test may.
            phases=(Phase.reuse, Phase.generate),
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
    assert_all_well(database)
