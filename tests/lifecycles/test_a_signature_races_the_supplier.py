"""A letter is signed while an order comes in and its supplier acts: real threads, whichever is first, nothing slips past."""

import random
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.tx import Actor
from andon.membership.unbinding.service import Signature, draw_up_end, sign_letter
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.partners.bindings.rules import BindingState
from andon.partners.bindings.views import binding_of, granted_shops
from andon.partners.stock.service import count_consigned
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, part_of, run_together
from tests.worlds_partners import DemoShop, bind, item_of, map_to, open_demo_shop, request

ROUNDS = 60


@dataclass
class Round:
    """One race over a shop that parts from the first of its two suppliers."""

    database: Database
    shop: DemoShop
    binding_id: int
    number: int
    orders: list[int] = field(default_factory=list)
    acted: list[int] = field(default_factory=list)

    def take(self) -> None:
        with transaction(self.database) as tx:
            self.orders += accept(tx, self.shop.shop_id, incoming(f"A-{self.number}", "S-1"))

    def part(self) -> None:
        """Draw up the letter and sign it, as far as nothing is open."""
        with suppress(Conflict):
            with transaction(self.database) as tx:
                letter = draw_up_end(tx, self.shop.shop_id, self.binding_id).letter_id
            assert letter is not None
            with transaction(self.database) as tx:
                sign_letter(tx, self.shop.shop_id, letter, Signature("李雷", "key:1", "key"))

    def act(self) -> None:
        """The supplier counts, again and again, what lies there, behind its walls, as long as it has its grant."""
        supplier = self.shop.supplier_ids[0]
        for _ in range(3):
            with request(self.database, Actor("supplier", supplier)) as tx:
                seen = granted_shops(tx, supplier)
                if seen:
                    tx.see_shops(seen)
                    tx.hold(self.shop.shop_id)
                    count_consigned(tx, self.shop.shop_id, supplier, item_of("S-2"), self.number)

    def run(self) -> bool:
        """Race, see that what must hold holds, put all back as it was; whether the binding ended."""
        jobs = [self.take, self.part, self.act]
        random.Random(self.number).shuffle(jobs)
        run_together(*jobs)
        first, second = self.shop.supplier_ids
        with transaction(self.database) as tx:
            [order] = self.orders
            ended = binding_of(tx, self.shop.shop_id, self.binding_id).state == BindingState.ENDED
            assert part_of(tx, self.shop.shop_id, order).supplier_id == (second if ended else first)
            assert granted_shops(tx, first) == ([] if ended else [self.shop.shop_id])
            late = tx.rows(
                "select kind from events where actor = :supplier and event_id > "
                "(select event_id from events where kind = 'binding.ended' and subject = :binding)",
                supplier=f"supplier:{first}",
                binding=f"binding:{self.binding_id}",
            )
            assert not late, "whoever acts under the grant is waited for, and nobody acts after"
            cancel_orders(tx, [Wish(self.shop.shop_id, order, NOON, "buyer")])
        return ended


@pytest.mark.clause("EXIT-3")
def test_nothing_slips_past_a_signature(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=2, stock=ROUNDS * 2)
    ended = []
    for number in range(ROUNDS):
        with transaction(database) as tx:
            # Bound anew where the round before ended it.
            [binding_id] = bind(tx, shop.shop_id, shop.supplier_ids[:1])
            for sku in shop.skus:
                map_to(tx, shop.shop_id, sku, shop.supplier_ids[0])
        ended.append(Round(database, shop, binding_id, number).run())
    assert min(ended.count(True), ended.count(False)) >= 3, "both came first at times"
    assert_all_well(database)
