"""An order's fulfilments under whatever its parties do, in any order: a machine with a small model of its own."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.tx import LINE, Tx
from andon.orders.cancelling.service import (
    CancellationAnswer,
    Wish,
    answer_cancellations,
    cancel_orders,
)
from andon.orders.intake.service import accept_orders
from andon.orders.order.rules import FULFILMENT, FulfilmentState, Mode
from andon.orders.order.service import Close, Move, close_fulfilments, move_fulfilments
from andon.orders.routing.service import SupplierCount, reroute, take_supplier_counts
from andon.partners.shops.service import close_jit_intake, open_jit_intake
from andon.partners.stock.service import Take, ship
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy
from tests.worlds import NOON
from tests.worlds_orders import incoming
from tests.worlds_partners import open_demo_shop

S = FulfilmentState
STEPS = [S.ACCEPTED, S.PICKED, S.LABELLED, S.SHIPPED, S.DELIVERED, S.COMPLETED, S.RETURNED, S.LOST]
SKUS = ("S-1", "S-2")


class Fulfilments(RuleBasedStateMachine):
    """Orders come, suppliers answer, carriers scan, buyers cancel, warehouses count; a run is one transaction, undone."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.session = Session(database.line)
        self.tx: Tx[Policy] = Tx(self.session, now=NOON, actor=LINE, policies=load_policies())
        self.placed = 0

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @initialize(units=st.integers(0, 6), local=st.integers(0, 3))
    def open_a_shop(self, units: int, local: int) -> None:
        self.shop = open_demo_shop(self.tx, skus=SKUS, stock=units, local=local)

    def later(self) -> Tx[Policy]:
        self.tx.now += timedelta(hours=1)
        return self.tx

    def parts(self) -> list[Any]:
        return list(
            self.tx.rows(
                "select * from fulfilments where shop_id = :s order by fulfilment_id", s=self.shop.shop_id
            )
        )

    def pick(self, which: int) -> Any:
        parts = self.parts()
        return parts[which % len(parts)] if parts else None

    @rule(lines=st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 3)), min_size=1, max_size=2))
    def a_buyer_orders(self, lines: list[tuple[str, int]]) -> None:
        self.placed += 1
        accept_orders(self.later(), self.shop.shop_id, [incoming(str(self.placed), *lines)])

    @rule(open_now=st.booleans())
    def the_intake_opens_or_closes(self, open_now: bool) -> None:
        (open_jit_intake if open_now else close_jit_intake)(self.later(), self.shop.shop_id)

    @rule(which=st.integers(0, 50), state=st.sampled_from(STEPS))
    def a_step_is_told(self, which: int, state: S) -> None:
        part = self.pick(which)
        if part is None:
            return
        tx = self.later()
        moved = move_fulfilments(tx, [Move(self.shop.shop_id, part.fulfilment_id, tx.now)], state)
        asked = part.mode == Mode.JIT and part.state <= S.RESERVED
        assert bool(moved) == (FULFILMENT.allows(S(part.state), state) and not asked)
        if moved and state is S.SHIPPED:
            lines = tx.rows("select * from fulfilment_lines where fulfilment_id = :f", f=part.fulfilment_id)
            ship(
                tx,
                [
                    Take(
                        self.shop.shop_id,
                        each.location,
                        each.item,
                        each.owner,
                        each.units,
                        part.fulfilment_id,
                    )
                    for each in lines
                ],
            )

    @rule(which=st.integers(0, 50), reason=st.sampled_from(["out_of_stock", "other"]))
    def a_supplier_rejects(self, which: int, reason: str) -> None:
        part = self.pick(which)
        if part is None:
            return
        tx = self.later()
        close = Close(self.shop.shop_id, part.fulfilment_id, tx.now, reason)
        closed = close_fulfilments(tx, [close], S.REJECTED)
        assert bool(closed) == FULFILMENT.allows(S(part.state), S.REJECTED)
        assert bool(reroute(tx, closed)) == bool(closed)

    @rule(which=st.integers(0, 50))
    def a_buyer_cancels(self, which: int) -> None:
        part = self.pick(which)
        if part is not None:
            tx = self.later()
            cancel_orders(tx, [Wish(self.shop.shop_id, part.order_id, tx.now, "buyer")])

    @rule(which=st.integers(0, 50), accepted=st.booleans())
    def a_supplier_answers_a_cancellation(self, which: int, accepted: bool) -> None:
        part = self.pick(which)
        if part is None:
            return
        tx = self.later()
        answer = CancellationAnswer(self.shop.shop_id, part.fulfilment_id, tx.now, accepted)
        [outcome] = answer_cancellations(tx, [answer])
        waited = part.cancel_requested_at is not None and part.cancel_answered_at is None
        assert (outcome.status == "done") == (waited and S.ACCEPTED <= part.state < S.SHIPPED)

    @rule(supplier=st.integers(0, 1), sku=st.sampled_from(SKUS), counted=st.integers(0, 6))
    def a_warehouse_counts(self, supplier: int, sku: str, counted: int) -> None:
        count = SupplierCount(self.shop.item(sku), counted)
        take_supplier_counts(self.later(), self.shop.supplier_ids[supplier], [count])

    @invariant()
    def units_are_promised_to_those_who_hold_them_and_to_nobody_else(self) -> None:
        assert not self.tx.rows(
            "with promised as (select l.location, l.item, l.owner, sum(l.units) as units from fulfilments f "
            "join fulfilment_lines l using (shop_id, fulfilment_id) where f.state < 60 group by 1, 2, 3) "
            "select * from stock s left join promised p using (location, item, owner) "
            "where s.reserved <> coalesce(p.units, 0)"
        )

    @invariant()
    def where_more_is_promised_than_is_there_somebody_has_accepted_it(self) -> None:
        assert not self.tx.rows(
            "select s.location, s.item from stock s join fulfilment_lines l using (shop_id, location, item, owner) "
            "join fulfilments f using (shop_id, fulfilment_id) "
            "where s.reserved > s.on_hand and l.units > 0 and f.state in (10, 20)"
        )

    @invariant()
    def every_line_of_an_order_is_in_one_part_that_counts(self) -> None:
        assert not self.tx.rows(
            "select o.order_id, o.line_no from order_lines o left join (fulfilment_lines l "
            "join fulfilments f using (shop_id, fulfilment_id)) on f.order_id = o.order_id "
            "and l.line_no = o.line_no and f.state <> 90 group by 1, 2 having count(f.order_id) <> 1"
        )

    @invariant()
    def every_state_is_backed_by_its_event_and_what_ended_says_when(self) -> None:
        self.tx.flush()
        told = {(row.subject, row.kind) for row in self.tx.rows("select subject, kind from events")}
        for part in self.parts() if self.placed else []:
            assert (f"fulfilment:{part.fulfilment_id}", f"fulfilment.{S(part.state).word}") in told
            assert (part.ended_at is None) == (part.state < 80)


@pytest.mark.clause("STOCK-1", "STOCK-3")
@pytest.mark.timeout(300)
def test_whatever_its_parties_do_an_order_stays_whole_and_its_units_stay_counted(database):
    run_state_machine_as_test(
        lambda: Fulfilments(database),
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
