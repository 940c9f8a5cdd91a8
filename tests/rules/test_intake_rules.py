"""What an incoming order must satisfy, and what becomes of a call of many."""

import itertools
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.money import Money
from andon.orders.intake.rules import (
    MAX_LINES,
    MAX_QUANTITY,
    PLACED_AHEAD,
    Accepted,
    Existing,
    IncomingLine,
    Known,
    Turned,
    code_of,
    decide,
    fault_of,
    fingerprint,
)
from andon.orders.order.rules import Mode
from andon.orders.routing.rules import Facts, PlanLine, Product, Shelf, Source
from tests.worlds import NOON
from tests.worlds_orders import MADRID, incoming


def line(**changes):
    return replace(IncomingLine("S", 1, Money.of("9.90", "CNY")), **changes)


def fault(order) -> str | None:
    found = fault_of(order, "CNY", NOON)
    return found.code if found else None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": ()}, "order.no_lines"),
        ({"lines": (line(),) * (MAX_LINES + 1)}, "order.too_many_lines"),
        ({"lines": (line(quantity=0),)}, "order.quantity"),
        ({"lines": (line(quantity=-1),)}, "order.quantity"),
        ({"lines": (line(quantity=MAX_QUANTITY + 1),)}, "order.quantity"),
        ({"lines": (line(unit_price=Money.of("-1", "CNY")),)}, "order.price"),
        ({"lines": (line(freight=Money.of("-1", "CNY")),)}, "order.price"),
        ({"lines": (line(unit_price=Money.of("1", "USD")),)}, "order.currency"),
        ({"lines": (line(freight=Money.of("1", "USD")),)}, "order.currency"),
        (
            {"lines": (line(quantity=MAX_QUANTITY, unit_price=Money.of("9999999", "CNY")),) * 2},
            "order.price",
        ),
        ({"placed_at": NOON + PLACED_AHEAD + timedelta(seconds=1)}, "order.placed_at"),
        ({"ship_to": MADRID | {"country": "Spain"}}, "order.ship_to"),
        ({"ship_to": MADRID | {"country": "es"}}, "order.ship_to"),
        ({"ship_to": {"name": "Ana"}}, "order.ship_to"),
        ({"ship_to": MADRID | {"planet": "Earth"}}, "order.ship_to"),
        ({"ship_to": MADRID | {"line2": "x" * 501}}, "order.ship_to"),
    ],
)
def test_what_is_wrong_with_an_order_by_itself_has_its_code(changes, code):
    assert fault(incoming("1", "S", **changes)) == code


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"placed_at": NOON + PLACED_AHEAD},
        {"lines": (line(quantity=MAX_QUANTITY, unit_price=Money.of("0", "CNY")),)},
        {"lines": (line(),) * MAX_LINES},
        {"ship_to": MADRID | {"line2": None}},
    ],
)
def test_the_bounds_themselves_are_well(changes):
    assert fault(incoming("1", "S", **changes)) is None


def test_an_order_of_the_past_is_measured_against_the_instant_at_which_it_came():
    assert fault_of(incoming("1", "S", placed_at=NOON), "CNY", NOON - timedelta(days=1)) is not None


def test_how_an_order_is_written_does_not_count_and_all_that_it_says_does():
    order = incoming("1", "S")
    shanghai = timezone(timedelta(hours=8))
    assert fingerprint(order) == fingerprint(replace(order, placed_at=NOON.astimezone(shanghai)))
    assert fingerprint(order) == fingerprint(replace(order, ship_to=MADRID | {"phone": None}))
    assert fingerprint(order) == fingerprint(replace(order, at=NOON + timedelta(days=1)))
    others = (
        replace(order, channel="other"),
        replace(order, channel_order_no="2"),
        replace(order, placed_at=NOON + timedelta(seconds=1)),
        replace(order, ship_by=NOON),
        replace(order, paid_at=NOON),
        replace(order, source_status="paid"),
        replace(order, ship_to=MADRID | {"line2": "3º"}),
        replace(order, lines=(*order.lines, line())),
        replace(order, lines=(line(quantity=2),)),
        replace(order, lines=(line(unit_price=Money.of("9.91", "CNY")),)),
        replace(order, lines=(line(freight=Money.of("0", "CNY")),)),
        replace(order, lines=(line(ship_by=NOON),)),
    )
    assert len({fingerprint(each) for each in (order, *others)}) == 1 + len(others)


def facts() -> Facts:
    source = Source(1, "I", 1, 1)
    return Facts(True, {"S": Product("S", Mode.JIT, (source,))}, (PlanLine("jit", True, frozenset({"ES"})),))


def decided(orders, known=None, available=10):
    shelf = Shelf({(1, "I", 1): available})
    return decide(list(enumerate(orders)), known or {}, facts(), shelf, itertools.count(100))


def test_a_repeat_in_one_call_is_the_order_itself_and_another_body_under_its_number_is_refused():
    order = incoming("1", "S")
    first, again, other = decided([order, order, incoming("1", ("S", 2))])
    assert isinstance(first, Accepted)
    assert again == Existing(1, first.order_id)
    assert isinstance(other, Turned)
    assert other.refusal.code == "order.body_differs"


def test_an_order_that_is_ours_already_takes_nothing():
    order = incoming("1", "S")
    known = {order.number: Known(7, fingerprint(order))}
    assert decided([order], known, available=0) == [Existing(0, 7)]
    [other] = decided([incoming("1", ("S", 2))], known)
    assert isinstance(other, Turned)


@pytest.mark.clause("STOCK-1")
def test_whoever_is_first_in_the_call_gets_the_last_unit():
    decisions = decided([incoming("1", ("S", 2)), incoming("2", ("S", 2)), incoming("3", "S")], available=3)
    assert [type(each) for each in decisions] == [Accepted, Turned, Accepted]


def test_a_number_whose_order_was_refused_is_still_free():
    decisions = decided([incoming("1", ("S", 9)), incoming("1", "S")], available=3)
    assert [type(each) for each in decisions] == [Turned, Accepted]


@given(st.lists(st.tuples(st.sampled_from("1234"), st.integers(1, 4)), max_size=20), st.integers(0, 12))
def test_however_a_call_is_mixed_each_number_is_one_order_and_no_unit_is_sold_twice(calls, available):
    orders = [incoming(number, ("S", quantity)) for number, quantity in calls]
    decisions = decided(orders, available=available)
    accepted = [each for each in decisions if isinstance(each, Accepted)]
    assert [each.index for each in decisions] == list(range(len(orders)))
    assert len({orders[each.index].number for each in accepted}) == len(accepted)
    assert sum(calls[each.index][1] for each in accepted) <= available


@pytest.mark.parametrize(
    ("where", "kind", "code"),
    [
        (("placed_at",), "instant.naive", "instant.naive"),
        (("placed_at",), "datetime_parsing", "order.placed_at"),
        (("nonsense",), "extra_forbidden", "order.unknown_field"),
        (("lines", 0, "nonsense"), "extra_forbidden", "order.unknown_field"),
        (("ship_to", "planet"), "extra_forbidden", "order.ship_to"),
        (("ship_to", "city"), "missing", "order.ship_to"),
        (("lines",), "missing", "order.no_lines"),
        (("lines", 0, "quantity"), "int_type", "order.quantity"),
        (("lines", 0, "unit_price", "amount"), "string_pattern_mismatch", "order.price"),
        (("lines", 0, "unit_price", "currency"), "string_pattern_mismatch", "order.currency"),
        (("lines", 0, "sku"), "missing", "order.unknown_sku"),
        ((), "model_type", "order.malformed"),
        (("paid_at",), "datetime_type", "order.malformed"),
    ],
)
def test_a_fault_of_shape_has_the_code_of_the_field_it_is_in(where, kind, code):
    assert code_of(where, kind) == code
