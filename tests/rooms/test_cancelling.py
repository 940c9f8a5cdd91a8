"""Cancelling in flight: at once, or asked of the supplier; units come back once, and repeats change nothing."""

from datetime import timedelta

import pytest

from andon.orders.cancelling.service import (
    Cancellation,
    CancellationAnswer,
    Wish,
    answer_cancellations,
    cancel_orders,
)
from andon.orders.order.rules import Flag, FulfilmentState
from andon.orders.order.service import Move, move_fulfilments
from andon.orders.order.views import order_of
from andon.orders.shipping.service import label_parcels
from andon.partners.shops.service import close_jit_intake
from andon.partners.suppliers.service import set_endpoint
from tests.worlds import NOON, transaction
from tests.worlds_orders import (
    accept,
    bring_to,
    events_of,
    incoming,
    part_of,
    parts_of,
    run_together,
    states_of,
    stock_of,
)
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import a_label, a_scan, labelled, orders_for, scanned, taken
from tests.worlds_trouble import LATE, flag_all, movements_of, notices_of, pushes_of

pytestmark = pytest.mark.demo_shop(local=10)

S = FulfilmentState
LATER = NOON + timedelta(hours=2)


def an_order(tx, shop: DemoShop, state: S = S.PUSHED, number: str = "1", *skus: str) -> int:
    [order] = accept(tx, shop.shop_id, incoming(number, *(skus or ("S-1",))))
    bring_to(tx, shop.shop_id, part_of(tx, shop.shop_id, order).fulfilment_id, state)
    return order


def cancel(tx, shop: DemoShop, order: int, at=LATER) -> Cancellation:
    [done] = cancel_orders(tx, [Wish(shop.shop_id, order, at, "buyer")])
    return done


def answer(tx, shop: DemoShop, order: int, *accepted: bool) -> list[tuple[str, str | None]]:
    number = part_of(tx, shop.shop_id, order).fulfilment_id
    outcomes = answer_cancellations(
        tx, [CancellationAnswer(shop.shop_id, number, LATER, each) for each in accepted]
    )
    return [(each.status, each.code) for each in outcomes]


def reserved(tx, shop: DemoShop) -> int:
    return sum(units for _, units in stock_of(tx, shop.shop_id).values())


def test_what_nobody_has_accepted_is_cancelled_at_once_and_its_units_come_back(database, shop):
    with transaction(database) as tx:
        order = an_order(tx, shop)
        part = part_of(tx, shop.shop_id, order)
        assert cancel(tx, shop, order) == Cancellation(shop.shop_id, order, cancelled=[part.fulfilment_id])
        now = part_of(tx, shop.shop_id, order)
        assert (now.state, now.reason, now.ended_at, now.due_at) == (91, "buyer", LATER, None)
        assert reserved(tx, shop) == 0
        assert events_of(tx, shop.shop_id, order)[-1] == "fulfilment.cancelled"


def test_what_is_in_a_suppliers_hands_is_asked_for_once(database, shop):
    with transaction(database) as tx:
        for number, state in enumerate((S.ACCEPTED, S.PICKED, S.LABELLED)):
            order = an_order(tx, shop, state, str(number))
            part = part_of(tx, shop.shop_id, order)
            assert cancel(tx, shop, order).asked == [part.fulfilment_id]
            again = cancel(tx, shop, order, LATER + timedelta(hours=1))
            assert (again.asked, again.unchanged) == ([], [part.fulfilment_id])
            now = part_of(tx, shop.shop_id, order)
            assert (now.state, now.cancel_requested_at, now.cancel_reason) == (state, LATER, "buyer")
            assert events_of(tx, shop.shop_id, order).count("fulfilment.cancel_requested") == 1


def test_what_has_left_stays(database, shop):
    with transaction(database) as tx:
        for number, state in enumerate((S.SHIPPED, S.DELIVERED, S.COMPLETED)):
            order = an_order(tx, shop, state, str(number))
            done = cancel(tx, shop, order)
            assert done.too_late == [part_of(tx, shop.shop_id, order).fulfilment_id]
            assert done.cancelled == done.asked == []
            assert part_of(tx, shop.shop_id, order).state == state


def test_a_cancelled_order_is_cancelled_once(database, shop):
    with transaction(database) as tx:
        order = an_order(tx, shop)
        cancel(tx, shop, order)
        again = cancel(tx, shop, order)
        assert again.unchanged == [part_of(tx, shop.shop_id, order).fulfilment_id]
        assert events_of(tx, shop.shop_id, order).count("fulfilment.cancelled") == 1
        assert reserved(tx, shop) == 0


def test_the_sellers_own_part_is_cancelled_by_the_seller_until_it_ships(database, shop):
    with transaction(database) as tx:
        close_jit_intake(tx, shop.shop_id)
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        part = part_of(tx, shop.shop_id, order)
        move_fulfilments(tx, [Move(shop.shop_id, part.fulfilment_id, NOON)], S.PICKED)
        assert cancel(tx, shop, order).cancelled == [part.fulfilment_id]
        assert reserved(tx, shop) == 0


def test_many_orders_are_cancelled_together_and_one_that_is_not_there_is_told(database, shop):
    with transaction(database) as tx:
        orders = [
            an_order(tx, shop, state, str(number))
            for number, state in enumerate((S.PUSHED, S.ACCEPTED, S.SHIPPED))
        ]
        wishes = [Wish(shop.shop_id, order, LATER, "buyer") for order in (*reversed(orders), 999)]
        done = cancel_orders(tx, wishes)
        assert [each.order_id for each in done] == [*reversed(orders), 999]
        assert [(len(each.cancelled), len(each.asked), len(each.too_late)) for each in done] == [
            (0, 0, 1),
            (0, 1, 0),
            (1, 0, 0),
            (0, 0, 0),
        ]
        assert [each.found for each in done] == [True, True, True, False]


def test_each_part_of_an_order_is_cancelled_by_where_it_stands(database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        tx.run(
            "update mappings set priority = 0 where sku = 'S-2' and supplier_id = :s", s=shop.supplier_ids[1]
        )
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1", "S-2"))
        first, second = parts_of(tx, shop.shop_id, order)
        bring_to(tx, shop.shop_id, first.fulfilment_id, S.SHIPPED)
        done = cancel(tx, shop, order)
        assert (done.too_late, done.cancelled) == ([first.fulfilment_id], [second.fulfilment_id])


def test_an_endpoint_that_has_it_is_told_and_one_that_never_got_it_is_not(database, shop):
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        orders = accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(3)))
        parts = [part_of(tx, shop.shop_id, order).fulfilment_id for order in orders]
        for part in parts[1:]:
            move_fulfilments(tx, [Move(shop.shop_id, part, NOON)], S.PUSHED)
        bring_to(tx, shop.shop_id, parts[2], S.ACCEPTED)
        cancel_orders(tx, [Wish(shop.shop_id, order, LATER, "buyer") for order in orders])
        told = tx.rows(
            "select fulfilment_id from pushes where kind = 'fulfilment.cancel_requested' order by 1"
        )
        assert [row.fulfilment_id for row in told] == parts[1:]


def test_a_supplier_that_agrees_gives_the_units_back_and_one_that_refuses_goes_on(database, shop):
    with transaction(database) as tx:
        agreed, refused = (an_order(tx, shop, S.PICKED, number) for number in "12")
        cancel(tx, shop, agreed)
        cancel(tx, shop, refused)
        assert answer(tx, shop, agreed, True) == [("done", None)]
        assert answer(tx, shop, refused, False) == [("done", None)]
        assert states_of(tx, shop.shop_id, agreed) == ["cancelled"]
        assert states_of(tx, shop.shop_id, refused) == ["picked"]
        assert reserved(tx, shop) == 1
        assert part_of(tx, shop.shop_id, refused).cancel_answered_at == LATER
        assert events_of(tx, shop.shop_id, agreed)[-2:] == [
            "fulfilment.cancel_answered",
            "fulfilment.cancelled",
        ]


def test_an_answer_counts_once_and_another_one_after_it_is_refused(database, shop):
    with transaction(database) as tx:
        agreed, refused, shipped, never = (an_order(tx, shop, S.LABELLED, number) for number in "1234")
        for order in (agreed, refused, shipped):
            cancel(tx, shop, order)
        assert answer(tx, shop, agreed, True, True, False) == [
            ("done", None),
            ("already", None),
            ("refused", "cancellation.answered"),
        ]
        assert answer(tx, shop, refused, False, False, True) == [
            ("done", None),
            ("already", None),
            ("refused", "cancellation.answered"),
        ]
        part = part_of(tx, shop.shop_id, shipped)
        move_fulfilments(tx, [Move(shop.shop_id, part.fulfilment_id, LATER)], S.SHIPPED)
        assert answer(tx, shop, shipped, True) == [("refused", "order.already_shipped")]
        assert answer(tx, shop, never, True) == [("refused", "cancellation.not_requested")]
        nothing = answer_cancellations(tx, [CancellationAnswer(shop.shop_id, 999, LATER, accepted=True)])
        assert nothing[0].code == "fulfilment.not_found"


def test_a_cancellation_and_an_acceptance_that_race_leave_it_cancelled_or_asked_for(database, shop):
    for number in map(str, range(8)):
        with transaction(database) as tx:
            [order] = accept(tx, shop.shop_id, incoming(number, "S-1"))
            part = part_of(tx, shop.shop_id, order)

        def accepting(part=part) -> None:
            with transaction(database) as tx:
                move_fulfilments(tx, [Move(shop.shop_id, part.fulfilment_id, NOON)], S.ACCEPTED)

        def cancelling(order: int = order) -> None:
            with transaction(database) as tx:
                done = cancel(tx, shop, order)
                assert done.cancelled or done.asked

        run_together(accepting, cancelling)
        with transaction(database) as tx:
            now = part_of(tx, shop.shop_id, order)
            assert now.state == S.CANCELLED or (now.state, now.cancel_requested_at) == (S.ACCEPTED, LATER)
    with transaction(database) as tx:
        open_parts = tx.rows("select count(*) as n from fulfilments where state < 80")[0].n
        assert reserved(tx, shop) == open_parts


# --- at whose wish, until when, and by force ---------------------------------------------------------------------


def asked(tx, shop: DemoShop, order: int, **wish) -> Cancellation:
    [done] = cancel_orders(tx, [Wish(shop.shop_id, order, tx.now, **({"reason": "buyer"} | wish))])
    return done


def test_who_wished_it_and_why_is_kept_and_only_the_first_counts(database, shop):
    with transaction(database) as tx:
        order = an_order(tx, shop, S.ACCEPTED)
        asked(tx, shop, order, reason="wrong_size", by="seller", note="请取消，谢谢")
        asked(tx, shop, order, reason="changed_mind", by="buyer", note="another word")
        shown = order_of(tx, shop.shop_id, order).fulfilments[0].cancellation
        assert shown is not None
        assert (shown.by, shown.reason, shown.note) == ("seller", "wrong_size", "请取消，谢谢")
        assert (shown.asked_at, shown.answered_at, shown.answer) == (NOON, None, None)
        tx.flush()
        assert "谢谢" not in "".join(row.body for row in tx.rows("select body from events"))
        at_once = an_order(tx, shop, S.PUSHED, "2")
        asked(tx, shop, at_once, by="seller", note="x")
        shown = order_of(tx, shop.shop_id, at_once).fulfilments[0].cancellation
        assert shown is not None
        assert (shown.by, shown.answer, shown.answered_at) == ("seller", "at_once", NOON)


@pytest.mark.clause("MODE-3")
def test_a_supplier_that_does_not_answer_is_flagged_and_all_three_are_told(database, shop):
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
        move_fulfilments(tx, [Move(shop.shop_id, number, NOON)], S.PUSHED)
        bring_to(tx, shop.shop_id, number, S.PICKED)
        asked(tx, shop, order)
    with transaction(database, NOON + timedelta(hours=23, minutes=59)) as tx:
        flag_all(tx)
        assert part_of(tx, shop.shop_id, order).flags == 0
    with transaction(database, LATE) as tx:
        flag_all(tx)
        flag_all(tx)
        assert part_of(tx, shop.shop_id, order).flags == Flag.LATE_ANSWER
        assert notices_of(tx, "cancellation.unanswered") == ["seller", "supplier", "operator"]
        assert pushes_of(tx, "fulfilment.late_answer") == [number]
        assert answer(tx, shop, order, False) == [("done", None)]
        now = part_of(tx, shop.shop_id, order)
        assert (now.flags, now.cancel_answer, now.cancel_due_at) == (0, "refused", None)
        assert notices_of(tx, "cancellation.refused") == ["seller"]


def test_what_ships_in_spite_of_the_question_is_flagged_no_more(database, shop):
    with transaction(database) as tx:
        early, late = (an_order(tx, shop, S.LABELLED, number) for number in "12")
        for order in (early, late):
            asked(tx, shop, order)
        bring = part_of(tx, shop.shop_id, early).fulfilment_id
        move_fulfilments(tx, [Move(shop.shop_id, bring, NOON)], S.SHIPPED)
    with transaction(database, LATE) as tx:
        flag_all(tx)
        assert part_of(tx, shop.shop_id, early).flags == 0
        assert part_of(tx, shop.shop_id, late).flags == Flag.LATE_ANSWER
        number = part_of(tx, shop.shop_id, late).fulfilment_id
        move_fulfilments(tx, [Move(shop.shop_id, number, LATE)], S.SHIPPED)
        assert part_of(tx, shop.shop_id, late).flags == 0


def test_an_operator_decides_once_the_answer_is_overdue_and_not_before(database, shop):
    with transaction(database) as tx:
        order, refused = (an_order(tx, shop, S.LABELLED, number) for number in "12")
        for each in (order, refused):
            asked(tx, shop, each)
        answer(tx, shop, refused, False)
        number = part_of(tx, shop.shop_id, order).fulfilment_id
        assert asked(tx, shop, order, by="operator", force=True).unchanged == [number]
        assert states_of(tx, shop.shop_id, order) == ["labelled"]
    with transaction(database, LATE) as tx:
        assert asked(tx, shop, order, by="operator", reason="operator", force=True).cancelled == [number]
        now = part_of(tx, shop.shop_id, order)
        assert (now.state, now.cancel_by, now.cancel_answer, now.flags) == (91, "buyer", "forced", 0)
        assert notices_of(tx, "cancellation.forced") == ["seller", "supplier"]
        assert asked(tx, shop, order, force=True).unchanged == [number]
        assert asked(tx, shop, refused, force=True).cancelled == [], "it has been answered"
        assert reserved(tx, shop) == 1
        assert answer(tx, shop, order, True, False) == [
            ("already", None),
            ("refused", "cancellation.answered"),
        ]


def test_a_thousand_wishes_of_all_parties_at_once_are_one_request_one_push_one_event(database, shop):
    with transaction(database) as tx:
        set_endpoint(tx, shop.supplier_ids[0], "https://wms.example/andon", b"k" * 32)
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        number = part_of(tx, shop.shop_id, order).fulfilment_id
        move_fulfilments(tx, [Move(shop.shop_id, number, NOON)], S.PUSHED)
        bring_to(tx, shop.shop_id, number, S.LABELLED)

    def wishing(by: str) -> None:
        for _ in range(25):
            with transaction(database) as tx:
                cancel_orders(tx, [Wish(shop.shop_id, order, NOON, by, by, by)] * 10)

    run_together(*(lambda by=by: wishing(by) for by in ("buyer", "seller", "operator", "buyer")))
    with transaction(database) as tx:
        assert pushes_of(tx, "fulfilment.cancel_requested") == [number]
        assert events_of(tx, shop.shop_id, order).count("fulfilment.cancel_requested") == 1
        assert tx.rows("select count(*) as n from cancellation_notes")[0].n == 1
        first = part_of(tx, shop.shop_id, order)
        assert first.cancel_by == first.cancel_reason
        assert answer(tx, shop, order, *[True] * 50)[1:] == [("already", None)] * 49
        assert reserved(tx, shop) == 0
        assert [kind for kind, _, _ in movements_of(tx, number)] == [3, 4]


@pytest.mark.parametrize("what", ["label", "first_scan", "answer"])
def test_a_cancellation_that_races_what_the_supplier_does_takes_or_gives_each_unit_once(database, shop, what):
    for place in range(4):
        with transaction(database) as tx:
            [number] = orders_for(tx, shop.shop_id, 1, prefix=f"{what}{place}")
            order = tx.rows("select order_id from fulfilments where fulfilment_id = :f", f=number)[0].order_id
            taken(tx, [number])
            if what != "label":
                labelled(tx, [number])
            if what == "answer":
                asked(tx, shop, order)

        def other(number: int = number, order: int = order) -> None:
            with transaction(database, LATE) as tx:
                if what == "label":
                    label_parcels(tx, [a_label(number)])
                elif what == "first_scan":
                    scanned(tx, a_scan(f"W{number}"))
                else:
                    answer(tx, shop, order, True)

        def cancelling(order: int = order) -> None:
            with transaction(database, LATE) as tx:
                asked(tx, shop, order, force=True)

        run_together(other, cancelling)
        with transaction(database) as tx:
            now = part_of(tx, shop.shop_id, order)
            assert (
                now.state
                in {
                    "label": (S.LABELLED,),
                    "first_scan": (S.SHIPPED, S.LABELLED),
                    "answer": (S.CANCELLED,),
                }[what]
            )
            assert sum(change for _, _, change in movements_of(tx, number)) == (now.state < S.SHIPPED)
