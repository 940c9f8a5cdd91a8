"""How a fulfilment moves and closes, what falls due by time alone, and how orders are listed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from andon.kernel.clock import VirtualClock
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.line import Line
from andon.kernel.tx import Actor
from andon.orders.order.rules import FULFILMENT, Flag, FulfilmentState, Group
from andon.orders.order.service import Close, Move, close_fulfilments, confirm_order, move_fulfilments
from andon.orders.order.station import ANSWER, COMPLETE, STALE, STUCK, UNPUSHED
from andon.orders.order.views import OrderFilter, list_orders, order_of
from andon.partners.suppliers.service import set_endpoint
from andon.platform.policies.files import load_policies
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import NOON, transaction
from tests.worlds_orders import (
    MADRID,
    accept,
    bring_to,
    events_of,
    incoming,
    part_of,
    parts_of,
    states_of,
    stock_of,
)
from tests.worlds_partners import DemoShop, open_demo_shop

pytestmark = pytest.mark.demo_shop(local=10)

S = FulfilmentState
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def a_part(tx, shop: DemoShop, number: str = "1", *skus: str):
    [order] = accept(tx, shop.shop_id, incoming(number, *(skus or ("S-1",))))
    return part_of(tx, shop.shop_id, order)


def move(tx, shop: DemoShop, part, state: S, at=NOON):
    return move_fulfilments(tx, [Move(shop.shop_id, part.fulfilment_id, at)], state)


def again(tx, shop: DemoShop, part):
    return next(
        row for row in parts_of(tx, shop.shop_id, part.order_id) if row.fulfilment_id == part.fulfilment_id
    )


@pytest.mark.clause("MODE-4", "MODE-5", "MODE-6")
def test_each_step_is_stamped_with_its_own_instant_and_sets_what_is_due_next(database, shop):
    with transaction(database) as tx:
        part = a_part(tx, shop)
        due = {
            S.ACCEPTED: (None, NOON + 72 * HOUR, None),
            S.PICKED: (None, NOON + 72 * HOUR, None),
            S.LABELLED: (None, NOON + 72 * HOUR, None),
            S.SHIPPED: (None, None, 10 * DAY),
            S.DELIVERED: (15 * DAY, None, None),
            S.COMPLETED: (None, None, None),
        }
        for hours, (state, (wait, stuck_at, stale)) in enumerate(due.items(), 1):
            at = NOON + hours * HOUR
            [row] = move(tx, shop, part, state, at)
            assert (row.fulfilment_id, row.order_id, row.supplier_id, row.mode, row.at) == (
                part.fulfilment_id,
                part.order_id,
                part.supplier_id,
                2,
                at,
            )
            now = again(tx, shop, part)
            assert (now.state, getattr(now, f"{state.word}_at")) == (state, at)
            assert now.due_at == (wait and at + wait)
            assert now.stuck_at == stuck_at
            assert now.stale_at == (stale and at + stale)
        assert now.ended_at == now.delivered_at
        assert events_of(tx, shop.shop_id, part.order_id)[3:] == [f"fulfilment.{state.word}" for state in due]


@pytest.mark.parametrize("target", [state for state in S if state not in (S.WAITING, S.RESERVED)])
def test_a_move_that_the_lifecycle_does_not_know_changes_nothing(database, shop, target):
    with transaction(database) as tx:
        part = a_part(tx, shop)
        before = events_of(tx, shop.shop_id)
        if FULFILMENT.allows(S.PUSHED, target):
            return
        assert move(tx, shop, part, target) == []
        assert again(tx, shop, part).state == S.PUSHED
        assert events_of(tx, shop.shop_id) == before


def test_a_repeated_move_and_one_of_nothing_answer_no_row(database, shop):
    with transaction(database) as tx:
        part = a_part(tx, shop)
        moves = [Move(shop.shop_id, part.fulfilment_id, NOON)] * 2 + [Move(shop.shop_id, 999, NOON)]
        assert len(move_fulfilments(tx, moves, S.ACCEPTED)) == 1
        assert move_fulfilments(tx, moves, S.ACCEPTED) == []


def test_many_of_several_shops_move_together(database, shop):
    with transaction(database) as tx:
        other = open_demo_shop(tx, skus=("T-1",), suppliers=shop.supplier_ids)
        tx.run("update stock set on_hand = 5 where shop_id = :s", s=other.shop_id)
        parts = [(shop, a_part(tx, shop, str(n))) for n in range(3)]
        [order] = accept(tx, other.shop_id, incoming("1", "T-1"))
        parts.append((other, part_of(tx, other.shop_id, order)))
        moves = [Move(each.shop_id, part.fulfilment_id, NOON) for each, part in reversed(parts)]
        moved = move_fulfilments(tx, moves, S.ACCEPTED)
        assert [(row.shop_id, row.fulfilment_id) for row in moved] == sorted(
            (each.shop_id, part.fulfilment_id) for each, part in parts
        )


def test_a_jit_fulfilment_is_not_picked_before_its_supplier_answered_and_a_standard_one_is_never_pushed(
    database, shop
):
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        jit = a_part(tx, shop)
        assert jit.state == S.RESERVED
        assert move(tx, shop, jit, S.PICKED) == move(tx, shop, jit, S.LABELLED) == []
        tx.run("update products set mode = 1 where sku = 'S-2'")
        standard = a_part(tx, shop, "2", "S-2")
        assert move(tx, shop, standard, S.PUSHED) == []
        assert len(move(tx, shop, standard, S.PICKED)) == 1


def test_deadlines_go_by_the_policy_that_the_order_was_placed_under(database, shop):
    policies = load_policies()
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", placed_at=NOON - 2000 * DAY))
        part = part_of(tx, shop.shop_id, order)
        assert part.policy == "jit-3.0"
        assert part.due_at == NOON + policies.named("jit-3.0").mode.answer_within


@pytest.mark.parametrize("target", [S.REJECTED, S.CANCELLED])
def test_closing_gives_the_units_back_and_says_why(database, shop, target):
    with transaction(database) as tx:
        part = a_part(tx, shop, "1", "S-1", "S-2")
        move(tx, shop, part, S.ACCEPTED)
        close = Close(shop.shop_id, part.fulfilment_id, NOON + HOUR, "other")
        [row] = close_fulfilments(tx, [close], target)
        assert (row.left, row.reason) == (S.ACCEPTED, "other")
        assert close_fulfilments(tx, [close], target) == []
        now = again(tx, shop, part)
        assert (now.state, now.reason, now.ended_at) == (target, "other", NOON + HOUR)
        assert (now.due_at, now.stuck_at, now.flags) == (None, None, 0)
        assert {reserved for _, reserved in stock_of(tx, shop.shop_id).values()} == {0}


def test_closing_only_from_some_states_leaves_the_others(database, shop):
    with transaction(database) as tx:
        part = a_part(tx, shop)
        move(tx, shop, part, S.ACCEPTED)
        close = Close(shop.shop_id, part.fulfilment_id, NOON, "other")
        assert close_fulfilments(tx, [close], S.REJECTED, sources=(S.PUSHED,)) == []
        assert again(tx, shop, part).state == S.ACCEPTED


@pytest.mark.clause("MODE-6")
def test_a_buyer_confirms_what_was_delivered_once(database, shop):
    with transaction(database) as tx:
        part = a_part(tx, shop)
        with pytest.raises(Conflict, match=r"order\.not_delivered"):
            confirm_order(tx, shop.shop_id, part.order_id)
        bring_to(tx, shop.shop_id, part.fulfilment_id, S.DELIVERED)
        confirm_order(tx, shop.shop_id, part.order_id)
        confirm_order(tx, shop.shop_id, part.order_id)
        assert again(tx, shop, part).state == S.COMPLETED
        assert events_of(tx, shop.shop_id, part.order_id).count("fulfilment.completed") == 1


# --- what falls due by time alone ---------------------------------------------------------------------------------


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    stations = (UNPUSHED, ANSWER, STUCK, STALE, COMPLETE)
    line = Line(database, VirtualClock(NOON), stations, load_policies(), seed=1)
    yield line
    line.close()


def flags_at(database: Database, line: Line, shop: DemoShop, part, at) -> Flag:
    line.advance(at)
    with transaction(database) as tx:
        return Flag(again(tx, shop, part).flags)


def want_reroutes(database: Database, shop: DemoShop) -> None:
    """The shop sets that silence reroutes."""
    with transaction(database, actor=Actor("shop", shop.shop_id)) as tx:
        set_policy_overrides(tx, shop.shop_id, {"reroute_on_silence": True})


@pytest.mark.clause("MODE-6")
def test_a_delivered_order_completes_by_itself_after_fifteen_days(database, shop, line):
    with transaction(database) as tx:
        parts = [a_part(tx, shop, str(n)) for n in range(3)]
        for hours, part in enumerate(parts):
            bring_to(tx, shop.shop_id, part.fulfilment_id, S.DELIVERED, NOON + hours * HOUR)
    line.advance(NOON + 15 * DAY + HOUR)
    with transaction(database) as tx:
        rows = [again(tx, shop, part) for part in parts]
        assert [row.state for row in rows] == [S.COMPLETED, S.COMPLETED, S.DELIVERED]
        assert [row.completed_at for row in rows] == [NOON + 15 * DAY, NOON + 15 * DAY + HOUR, None]
        assert events_of(tx, shop.shop_id, parts[0].order_id)[-1] == "fulfilment.completed"


@pytest.mark.clause("MODE-2")
def test_what_an_endpoint_has_not_taken_in_a_day_is_flagged_unpushed_until_it_does(database, shop, line):
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        part = a_part(tx, shop)
    assert flags_at(database, line, shop, part, NOON + DAY - HOUR) == Flag(0)
    assert flags_at(database, line, shop, part, NOON + DAY) == Flag.UNPUSHED
    with transaction(database) as tx:
        move(tx, shop, part, S.PUSHED, NOON + 2 * DAY)
        now = again(tx, shop, part)
        assert (now.flags, now.due_at, now.stuck_at) == (0, NOON + 3 * DAY, NOON + 5 * DAY)


@pytest.mark.clause("MODE-3")
def test_silence_flags_a_fulfilment_once_and_a_late_answer_is_an_answer(database, shop, line):
    with transaction(database) as tx:
        part = a_part(tx, shop)
    assert flags_at(database, line, shop, part, NOON + DAY) == Flag.LATE_ANSWER
    assert flags_at(database, line, shop, part, NOON + 2 * DAY) == Flag.LATE_ANSWER
    with transaction(database) as tx:
        assert events_of(tx, shop.shop_id, part.order_id).count("fulfilment.flagged") == 1
        move(tx, shop, part, S.ACCEPTED, NOON + 2 * DAY)
        assert again(tx, shop, part).flags == 0


@pytest.mark.clause("MODE-3")
def test_silence_reroutes_where_the_shop_has_set_that(database, shop, line):
    want_reroutes(database, shop)
    with transaction(database) as tx:
        other = open_demo_shop(tx, skus=("T-1",))
        part, kept = a_part(tx, shop), a_part(tx, other, "1", "T-1")
    line.advance(NOON + DAY)
    with transaction(database) as tx:
        assert states_of(tx, shop.shop_id, part.order_id) == ["rejected", "pushed"]
        closed, new = parts_of(tx, shop.shop_id, part.order_id)
        assert (closed.reason, new.supplier_id, new.pushed_at) == (
            "silence",
            shop.supplier_ids[1],
            NOON + DAY,
        )
        assert again(tx, other, kept).flags == Flag.LATE_ANSWER
        assert stock_of(tx, shop.shop_id)[shop.allotment("S-1")[1:]] == (100, 0)
        assert "fulfilment.flagged" in events_of(tx, shop.shop_id, part.order_id)


@pytest.mark.clause("MODE-4")
def test_a_parcel_is_stuck_seventy_two_hours_after_the_push_until_a_carrier_has_it(database, shop, line):
    with transaction(database) as tx:
        part = a_part(tx, shop)
        bring_to(tx, shop.shop_id, part.fulfilment_id, S.LABELLED)
    assert flags_at(database, line, shop, part, NOON + 72 * HOUR - HOUR) == Flag(0)
    assert flags_at(database, line, shop, part, NOON + 72 * HOUR) == Flag.STUCK
    with transaction(database) as tx:
        move(tx, shop, part, S.SHIPPED, NOON + 4 * DAY)
        assert again(tx, shop, part).flags == 0


@pytest.mark.clause("MODE-4")
def test_a_reroute_starts_the_clock_anew_and_the_order_shows_both(database, shop, line):
    want_reroutes(database, shop)
    with transaction(database) as tx:
        part = a_part(tx, shop)
    line.advance(NOON + 72 * HOUR)
    with transaction(database) as tx:
        shown = order_of(tx, shop.shop_id, part.order_id)
        assert [each.pushed_at for each in shown.fulfilments[:2]] == [NOON, NOON + DAY]
        assert shown.fulfilments[-1].state == "waiting"
        assert not [each for each in shown.fulfilments if "stuck" in each.flags]


@pytest.mark.clause("MODE-5")
def test_a_parcel_is_stale_ten_days_after_its_carrier_last_spoke(database, shop, line):
    with transaction(database) as tx:
        part = a_part(tx, shop)
        bring_to(tx, shop.shop_id, part.fulfilment_id, S.SHIPPED)
    assert flags_at(database, line, shop, part, NOON + 10 * DAY - HOUR) == Flag(0)
    assert flags_at(database, line, shop, part, NOON + 10 * DAY) == Flag.STALE
    with transaction(database) as tx:
        assert again(tx, shop, part).state == S.SHIPPED
        move(tx, shop, part, S.DELIVERED, NOON + 11 * DAY)
        assert again(tx, shop, part).flags == 0


@pytest.mark.clause("MODE-4")
def test_a_standard_fulfilment_waits_for_no_answer_and_is_never_stuck(database, line):
    with transaction(database) as tx:
        shop = open_demo_shop(tx, local=1, intake_open=False)
        part = a_part(tx, shop)
    assert flags_at(database, line, shop, part, NOON + 30 * DAY) == Flag(0)


# --- how orders are listed ----------------------------------------------------------------------------------------


def listed(tx, shop: DemoShop, **wanted) -> list[str]:
    return [
        order.channel_order_no for order in list_orders(tx, shop.shop_id, OrderFilter(**wanted), limit=50)
    ]


def test_orders_are_listed_latest_first_by_group_flag_supplier_number_and_time(database, shop):
    with transaction(database) as tx:
        for days, state in enumerate((S.PUSHED, S.SHIPPED, S.DELIVERED, S.COMPLETED)):
            order = incoming(state.word, "S-1", placed_at=NOON - days * DAY)
            part = part_of(tx, shop.shop_id, accept(tx, shop.shop_id, order)[0])
            bring_to(tx, shop.shop_id, part.fulfilment_id, state)
        part = a_part(tx, shop, "gone")
        close_fulfilments(tx, [Close(shop.shop_id, part.fulfilment_id, NOON, "buyer")], S.CANCELLED)
        assert listed(tx, shop) == ["gone", "pushed", "shipped", "delivered", "completed"]
        assert listed(tx, shop, group=Group.AWAITING) == ["pushed"]
        assert listed(tx, shop, group=Group.IN_TRANSIT) == ["shipped"]
        assert listed(tx, shop, group=Group.DELIVERED) == ["delivered"]
        assert listed(tx, shop, group=Group.COMPLETED) == ["completed"]
        assert listed(tx, shop, group=Group.CANCELLED) == ["gone"]
        assert listed(tx, shop, group=Group.LOST) == []
        assert listed(tx, shop, flag=Flag.STUCK) == []
        assert listed(tx, shop, supplier_id=shop.supplier_ids[1]) == []
        assert listed(tx, shop, channel_order_no="shipped") == ["shipped"]
        assert listed(tx, shop, placed_from=NOON - 2 * DAY, placed_until=NOON) == ["shipped", "delivered"]


def test_the_list_goes_on_after_the_last_one_shown(database, shop):
    with transaction(database) as tx:
        accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(5)))
        first = list_orders(tx, shop.shop_id, OrderFilter(), limit=3)
        rest = list_orders(
            tx, shop.shop_id, OrderFilter(), after=(first[-1].placed_at, first[-1].id), limit=3
        )
        assert [order.channel_order_no for order in (*first, *rest)] == ["4", "3", "2", "1", "0"]


def test_an_order_shows_its_lines_its_address_and_what_became_of_each_part(database, shop):
    with transaction(database) as tx:
        [order_id] = accept(tx, shop.shop_id, incoming("1", ("S-1", 2), "S-2"))
        order = order_of(tx, shop.shop_id, order_id)
        assert (order.id, order.group, order.flags, order.ship_to) == (
            order_id,
            "awaiting_shipment",
            [],
            MADRID,
        )
        assert (order.goods.amount, order.goods.currency) == ("149.70", "CNY")
        assert [(line.sku, line.quantity, line.unit_price.amount) for line in order.lines] == [
            ("S-1", 2, "49.90"),
            ("S-2", 1, "49.90"),
        ]
        [part] = order.fulfilments
        assert (part.state, part.mode, part.supplier_id, part.parcels) == (
            "pushed",
            "jit",
            shop.supplier_ids[0],
            [],
        )
        assert [(line.item, line.units) for line in part.lines] == [("I-S-1", 2), ("I-S-2", 1)]
        with pytest.raises(NotFound, match=r"order\.not_found"):
            order_of(tx, shop.shop_id, 999)
