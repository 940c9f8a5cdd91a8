"""An order is taken in while its shop starts to leave, unbinds and throws the switch: real threads, a hundred rounds.

Whichever is first, the order was taken before the exit began and is JIT, and then the switch is not thrown; or it came
after, and is standard.
"""

import random
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from andon.kernel.db import Database
from andon.membership.exits.rules import Blocked, ExitState
from andon.membership.exits.service import start_exit, throw_switch, withdraw_exit
from andon.membership.exits.tables import Exit
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.order.rules import Mode
from andon.orders.order.views import open_jit_of
from andon.partners.bindings.service import begin_ending, end_binding
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, incoming, part_of, run_together
from tests.worlds_partners import DemoShop, bind, open_demo_shop

ROUNDS = 100


@dataclass
class Round:
    """One race over a shop that is in JIT and bound."""

    database: Database
    shop: DemoShop
    number: int
    binding_id: int
    orders: list[int] = field(default_factory=list)
    exits: list[int] = field(default_factory=list)

    def take(self) -> None:
        with transaction(self.database) as tx:
            self.orders += accept(tx, self.shop.shop_id, incoming(f"A-{self.number}", "S-1"))

    def leave(self) -> None:
        """Start, end the binding unless something is open there, throw the switch unless anything is."""
        with transaction(self.database) as tx:
            self.exits.append(start_exit(tx, self.shop.shop_id, "strategy").exit_id)
        with transaction(self.database) as tx:
            tx.close_head(self.shop.shop_id)
            if not open_jit_of(tx, self.shop.shop_id):
                begin_ending(tx, self.shop.shop_id, self.binding_id, letter_id=1)
                end_binding(tx, self.shop.shop_id, self.binding_id)
        with suppress(Blocked), transaction(self.database) as tx:
            throw_switch(tx, self.shop.shop_id, self.exits[0])

    def run(self) -> Mode:
        """Race, see that what must hold holds, and put all back as it was; the mode that the order got."""
        jobs = [self.take, self.leave]
        random.Random(self.number).shuffle(jobs)
        run_together(*jobs)
        with transaction(self.database) as tx:
            [order], [exit_id] = self.orders, self.exits
            mode = Mode(part_of(tx, self.shop.shop_id, order).mode)
            leaving = tx.get(Exit, self.shop.shop_id, exit_id)
            jit = mode is Mode.JIT
            assert (leaving.thrown_at is None) == jit
            assert leaving.state == (ExitState.DRAINING if jit else ExitState.SWITCHING_OFF)
            [row] = tx.rows(
                "select (select min(event_id) from events where order_id = :order) "
                "> (select min(event_id) from events where subject = :leaving) as after",
                order=order,
                leaving=f"exit:{exit_id}",
            )
            assert row.after != jit, "a JIT order was recorded before the exit, a standard one after"
            cancel_orders(tx, [Wish(self.shop.shop_id, order, NOON, "buyer")])
        with transaction(self.database) as tx:
            withdraw_exit(tx, self.shop.shop_id, exit_id)
        return mode


@pytest.mark.clause("EXIT-1", "EXIT-4")
def test_no_order_slips_in_beside_the_start_or_the_switch(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=["S-1"], suppliers=1, stock=ROUNDS, local=ROUNDS)
    modes = []
    for number in range(ROUNDS):
        with transaction(database) as tx:
            [binding_id] = bind(tx, shop.shop_id, shop.supplier_ids)
        modes.append(Round(database, shop, number, binding_id).run())
    assert min(modes.count(Mode.JIT), modes.count(Mode.STANDARD)) >= ROUNDS // 20, "both came first at times"
