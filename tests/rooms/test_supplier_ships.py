"""What a supplier ships as a standard order while a shop moves: it answers for it as for any other, and it costs no JIT fee."""

from datetime import timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.membership.exits.views import facts_of
from andon.membership.moves.rules import ProductDraft
from andon.money.charges.station import ACCRUE, CHARGE
from andon.money.funds.views import funds_of
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.order.rules import Flag, FulfilmentState, Mode
from andon.orders.order.station import STUCK
from andon.orders.remedies.rules import Action
from andon.orders.remedies.service import remedy_fulfilment
from andon.orders.routing.service import SupplierCount, take_local_count, take_supplier_counts
from andon.orders.shipping.service import Answer, answer_fulfilments
from andon.partners.stock.tables import LOCAL
from andon.partners.tracks.rules import Choice
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_moves import moving_shop
from tests.worlds_orders import accept, events_of, incoming, part_of, parts_of
from tests.worlds_partners import DemoShop, item_of, open_demo_shop
from tests.worlds_supply import a_scan, labelled, scanned, taken

S = FulfilmentState
STANDARD = Mode.STANDARD.value


@pytest.fixture
def shop(database: Database) -> DemoShop:
    """A shop whose product SHIPS has no local stock, and two suppliers; one order of PLAIN drains."""
    chosen = [ProductDraft("SHIPS", Choice.SUPPLIER_SHIPS)]
    return moving_shop(database, chosen, skus=("PLAIN", "SHIPS"), suppliers=2)[0]


def sell(tx: Tx[Policy], shop: DemoShop, number: str = "1") -> tuple[int, int]:
    """An order of SHIPS, and its fulfilment."""
    [order] = accept(tx, shop.shop_id, incoming(number, "SHIPS"))
    return order, part_of(tx, shop.shop_id, order).fulfilment_id


def stands(tx: Tx[Policy], shop: DemoShop, order: int) -> list[tuple[str, int | None, int]]:
    return [(S(part.state).word, part.supplier_id, part.mode) for part in parts_of(tx, shop.shop_id, order)]


@pytest.mark.clause("MOVE-1", "MODE-3")
def test_its_supplier_has_it_to_answer_and_it_is_no_blocker(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        order, part = sell(tx, shop)
        row = part_of(tx, shop.shop_id, order)
        assert (row.state, row.pushed_at, row.due_at) == (S.PUSHED, NOON, NOON + timedelta(hours=24))
        assert row.stuck_at == NOON + timedelta(hours=72)
        assert len(facts_of(tx, shop.shop_id).parts) == 1, "only what drains"
    with transaction(database) as tx:
        labelled(tx, [part])
        scanned(tx, a_scan(f"W{part}"))
    with transaction(database, NOON + timedelta(hours=50)) as tx:
        assert scanned(tx, a_scan(f"W{part}", "delivered", 50)) == ["recorded"]
        assert ACCRUE.step(tx, 9) == 1
        assert CHARGE.step(tx, 9) == 1
        assert not tx.rows("select from charges"), "a standard order costs no JIT fee"
    assert_all_well(database)


@pytest.mark.clause("MOVE-1")
def test_what_it_rejects_goes_to_the_next_and_then_waits_without_being_the_sellers_stock_out(
    database: Database, shop: DemoShop
):
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        order, part = sell(tx, shop)
        answer_fulfilments(tx, [Answer(part, NOON, accept=False, code="out_of_stock")])
        successor = parts_of(tx, shop.shop_id, order)[-1].fulfilment_id
        assert stands(tx, shop, order) == [("rejected", first, STANDARD), ("pushed", second, STANDARD)]
        answer_fulfilments(tx, [Answer(successor, NOON, accept=False, code="out_of_stock")])
        assert stands(tx, shop, order)[-1] == ("waiting", None, STANDARD)
        assert not parts_of(tx, shop.shop_id, order)[-1].flags & Flag.SHORT
    with transaction(database) as tx:
        cancel_orders(tx, [Wish(shop.shop_id, order, NOON, "seller", "seller")])
        assert not tx.rows("select from stock_outs")
    assert_all_well(database)


@pytest.mark.clause("MOVE-1")
def test_what_waits_is_taken_over_by_the_seller_who_has_units_now(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        order, part = sell(tx, shop)
        take_supplier_counts(tx, shop.supplier_ids[1], [SupplierCount(item_of("SHIPS"), 0)])
        answer_fulfilments(tx, [Answer(part, NOON, accept=False, code="other")])
        waiting = parts_of(tx, shop.shop_id, order)[-1]
        assert waiting.state == S.WAITING
        take_local_count(tx, shop.shop_id, LOCAL, "SHIPS", 5)
    with transaction(database) as tx:
        remedy_fulfilment(tx, shop.shop_id, waiting.fulfilment_id, Action.TAKE_OVER)
        assert stands(tx, shop, order)[-1] == ("reserved", None, STANDARD)
    assert_all_well(database)


def test_a_cancellation_is_asked_of_it_once_it_has_accepted(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        order, part = sell(tx, shop)
        taken(tx, [part])
        [told] = cancel_orders(tx, [Wish(shop.shop_id, order, NOON, "buyer")])
        assert (told.asked, told.cancelled) == ([part], [])
        assert "fulfilment.cancel_requested" in events_of(tx, shop.shop_id, order)
    assert_all_well(database)


@pytest.mark.clause("MODE-4")
def test_it_is_stuck_like_any_other_and_rerouted(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        order, part = sell(tx, shop)
        taken(tx, [part])
    with transaction(database, NOON + timedelta(hours=72)) as tx:
        assert STUCK.step(tx, 9) == 2, "as what drains is"
        remedy_fulfilment(tx, shop.shop_id, part, Action.REROUTE)
        assert stands(tx, shop, order)[-1] == ("pushed", shop.supplier_ids[1], STANDARD)
    assert_all_well(database)


def delivered(database: Database, shop: DemoShop, number: str, hours: int) -> int:
    """An order of SHIPS that was delivered so many hours after noon; its number."""
    with transaction(database) as tx:
        order, part = sell(tx, shop, number)
        labelled(tx, [part])
        scanned(tx, a_scan(f"W{part}"))
    with transaction(database, NOON + timedelta(hours=hours)) as tx:
        scanned(tx, a_scan(f"W{part}", "delivered", hours))
    return order


@pytest.mark.clause("MOVE-2")
def test_a_shops_first_order_by_the_smart_line_is_subsidised_once_when_it_is_delivered(
    database: Database, shop: DemoShop
):
    later, sooner = delivered(database, shop, "later", 60), delivered(database, shop, "sooner", 40)
    with transaction(database, NOON + timedelta(hours=60)) as tx:
        assert CHARGE.step(tx, 9) == 2
        [subsidy] = tx.rows("select order_id, amount_minor, currency from subsidies")
        assert tuple(subsidy) == (sooner, 300, "CNY")
        assert sooner > later, "by delivery, not by number"
        assert funds_of(tx, shop.shop_id)[0].received == Money.of("3.00", "CNY")
    third = delivered(database, shop, "third", 61)
    with transaction(database, NOON + timedelta(hours=61)) as tx:
        assert CHARGE.step(tx, 9) == 1
        assert [row.order_id for row in tx.rows("select order_id from subsidies")] == [sooner]
        assert third
    assert_all_well(database)


@pytest.mark.clause("MOVE-2")
def test_what_is_lost_or_goes_by_another_line_is_not_subsidised(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        other = open_demo_shop(
            tx, skus=("SHIPS",), suppliers=0, mode=Mode.STANDARD, local=5, intake_open=False
        )
    delivered(database, other, "standard", 20)
    with transaction(database) as tx:
        _, part = sell(tx, shop, "lost")
        labelled(tx, [part])
        scanned(tx, a_scan(f"W{part}"))
    with transaction(database, NOON + timedelta(hours=60)) as tx:
        assert scanned(tx, a_scan(f"W{part}", "lost", 10)) == ["recorded"]
        assert CHARGE.step(tx, 9) == 2
        assert not tx.rows("select from subsidies")
    assert_all_well(database)
