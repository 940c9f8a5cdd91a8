"""Whatever two shops, a supplier and the line do to one item, in any order: no unit is sold twice or lost."""

from collections.abc import Iterator
from contextlib import contextmanager
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
    PoolCount,
    StockKey,
    Take,
    count_pools,
    empty_item,
    even_out_pools,
    release,
    reserve,
    ship,
    take_back,
)
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy
from tests.worlds import NOON
from tests.worlds_partners import DemoShop, item_of, map_to, open_demo_shop

SKU, PACK = "A", "A-PACK"
PACK_UNITS = 3
SHOPS = st.sampled_from((0, 1))


class StockMachine(RuleBasedStateMachine):
    """One item of one supplier, sold by two shops under two listings each; a run is one transaction, undone."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.session = Session(database.line)
        self.tx: Tx[Policy] = Tx(self.session, now=NOON, actor=LINE, policies=load_policies())
        self.open: list[Take] = []
        self.short: set[int] = set()
        self.away: list[Take] = []
        self.fulfilments = 0

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @initialize(stock=st.integers(4, 12))
    def open_shops(self, stock: int) -> None:
        first = open_demo_shop(self.tx, skus=(SKU, PACK), suppliers=1, stock=stock)
        self.supplier_id = first.supplier_ids[0]
        second = open_demo_shop(self.tx, skus=(SKU, PACK), suppliers=first.supplier_ids)
        self.shops: tuple[DemoShop, DemoShop] = (first, second)
        for shop in self.shops:
            map_to(self.tx, shop.shop_id, PACK, self.supplier_id, item=item_of(SKU), units=PACK_UNITS)
        # What the second listing was mapped to before is of no interest.
        self.tx.run("delete from pools where item = :i", i=item_of(PACK))
        self.tx.run("delete from stock where item = :i", i=item_of(PACK))

    # --- what they do -----------------------------------------------------------------------------------------

    @rule(wanted=st.lists(st.tuples(SHOPS, st.integers(1, 4), st.booleans()), min_size=1, max_size=4))
    def reserve(self, wanted: list[tuple[int, int, bool]]) -> None:
        rows, counted = self.rows(), self.counted()
        takes = [self.take(shop, pieces * (PACK_UNITS if pack else 1)) for shop, pieces, pack in wanted]
        refused = reserve(self.tx, takes)
        left = {shop: max(on_hand - reserved, 0) for shop, (on_hand, reserved) in rows.items()}
        for place, take in enumerate(takes):
            fits = take.units <= left.get(take.shop_id, 0)
            assert fits == (place not in refused), "served in order, as far as it goes"
            if fits:
                left[take.shop_id] -= take.units
                self.open.append(take)
        assert (self.on_hand(), self.counted()) == ({shop: units[0] for shop, units in rows.items()}, counted)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def release(self, data: Any) -> None:
        on_hand, counted = self.on_hand(), self.counted()
        release(self.tx, self.pick(data))
        assert (self.on_hand(), self.counted()) == (on_hand, counted)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def ship(self, data: Any) -> None:
        on_hand, counted = self.on_hand(), self.counted()
        shipped = self.pick(data)
        ship(self.tx, shipped)
        for take in shipped:
            there = min(take.units, on_hand[take.shop_id])
            on_hand[take.shop_id] -= there
            counted -= there
        assert (self.on_hand(), self.counted()) == (on_hand, counted)
        self.away += shipped

    @precondition(lambda self: self.away)
    @rule(data=st.data())
    def come_back(self, data: Any) -> None:
        on_hand, counted = self.on_hand(), self.counted()
        take = self.away.pop(data.draw(st.integers(0, len(self.away) - 1)))
        take_back(self.tx, [take])
        on_hand[take.shop_id] += take.units
        assert (self.on_hand(), self.counted()) == (on_hand, counted + take.units)

    @rule(counted=st.integers(0, 15), sees=st.booleans())
    def count(self, counted: int, sees: bool) -> None:
        expected = self.counted() if sees else None
        missing = count_pools(self.tx, [PoolCount(self.supplier_id, item_of(SKU), counted, expected)])
        assert self.counted() == counted
        told = {each.shop_id: each.missing for each in missing}
        fell = {shop: reserved - on_hand for shop, (on_hand, reserved) in self.rows().items()}
        assert told == {shop: units for shop, units in fell.items() if units > 0}
        self.short = set(told)
        if not self.is_shared_out():
            assert sum(self.on_hand().values()) == counted, "what there is, is with those who promised it"

    @rule()
    def find_none_left(self) -> None:
        kept = {shop: min(units) for shop, units in self.rows().items()}
        empty_item(self.tx, self.shops[0].shop_id, self.supplier_id, item_of(SKU))
        assert (self.on_hand(), self.counted()) == (kept, sum(kept.values()))

    @rule(shop=SHOPS, sku=st.sampled_from((SKU, PACK)))
    def unmap(self, shop: int, sku: str) -> None:
        shop_id = self.shops[shop].shop_id
        if (shop_id, sku) not in self.mapped():
            return
        with self.sharing():
            remove_mapping(self.tx, shop_id, sku, self.supplier_id)
        if all(mapped != shop_id for mapped, _ in self.mapped()):
            on_hand, reserved = self.rows()[shop_id]
            assert on_hand <= reserved, "it keeps what it has promised, and no more"

    @rule(shop=SHOPS)
    def map_again(self, shop: int) -> None:
        with self.sharing():
            map_to(self.tx, self.shops[shop].shop_id, SKU, self.supplier_id)

    @rule()
    def even_out(self) -> None:
        self.tx.run("update pools set even_at = :now", now=NOON)
        with self.sharing():
            even_out_pools(self.tx, 10)
        assert self.is_shared_out() or self.short

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Sharing out anew changes no count, and takes from nobody what it has promised."""
        rows, counted = self.rows(), self.counted()
        yield
        assert self.counted() == counted
        on_hand = self.on_hand()
        assert all(on_hand[shop] >= min(units) for shop, units in rows.items())

    def is_shared_out(self) -> bool:
        """Whether there was enough; then everyone has what it promised, and no unit is with nobody."""
        rows, counted = self.rows(), self.counted()
        if sum(reserved for _, reserved in rows.values()) > counted:
            return False
        assert all(on_hand >= reserved for on_hand, reserved in rows.values())
        if self.mapped():
            assert sum(on_hand for on_hand, _ in rows.values()) == counted
        return True

    # --- what always holds ------------------------------------------------------------------------------------

    @invariant()
    def allotments_are_the_sum_of_their_movements_and_never_exceed_the_count(self) -> None:
        if not hasattr(self, "shops"):
            return
        rows = self.rows()
        assert all(on_hand >= 0 and reserved >= 0 for on_hand, reserved in rows.values())
        assert sum(on_hand for on_hand, _ in rows.values()) <= self.counted()

        held = dict.fromkeys(rows, 0)
        for take in self.open:
            held[take.shop_id] += take.units
        assert {shop: reserved for shop, (_, reserved) in rows.items()} == held

        summed = self.tx.rows(
            "select shop_id, sum(on_hand_change) as on_hand, sum(reserved_change) as reserved from movements "
            "where item = :i group by shop_id",
            i=item_of(SKU),
        )
        assert {row.shop_id: (int(row.on_hand), int(row.reserved)) for row in summed if any(row[1:])} == {
            shop: units for shop, units in rows.items() if any(units)
        }

        short = {shop for shop, (on_hand, reserved) in rows.items() if reserved > on_hand}
        assert short <= self.short, "more is reserved than there is only after a count that fell"
        self.short = short

    # --- looking ----------------------------------------------------------------------------------------------

    def rows(self) -> dict[int, tuple[int, int]]:
        found = self.tx.rows("select shop_id, on_hand, reserved from stock where item = :i", i=item_of(SKU))
        return {row.shop_id: (row.on_hand, row.reserved) for row in found}

    def on_hand(self) -> dict[int, int]:
        return {shop: on_hand for shop, (on_hand, _) in self.rows().items()}

    def mapped(self) -> set[tuple[int, str]]:
        found = self.tx.rows("select shop_id, sku from mappings where item = :i", i=item_of(SKU))
        return {(row.shop_id, row.sku) for row in found}

    def counted(self) -> int:
        row = self.tx.one("select counted from pools where item = :i", i=item_of(SKU))
        return int(row.counted) if row else 0

    def take(self, shop: int, units: int) -> Take:
        self.fulfilments += 1
        key = StockKey(self.shops[shop].shop_id, self.supplier_id, item_of(SKU), 1)
        return Take(*key, units, self.fulfilments)

    def pick(self, data: Any) -> list[Take]:
        places = data.draw(st.sets(st.integers(0, len(self.open) - 1), min_size=1, max_size=3))
        picked = [self.open[place] for place in sorted(places)]
        self.open = [take for place, take in enumerate(self.open) if place not in places]
        return picked


def run(database: Database, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: StockMachine(database),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.clause("STOCK-3")
def test_no_unit_is_sold_twice_or_lost(database: Database):
    run(database, examples=25, steps=25)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_no_unit_is_sold_twice_or_lost_in_a_long_run(database: Database):
    run(database, examples=500, steps=60)
