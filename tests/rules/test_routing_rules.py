"""Who fulfils what, decided from facts alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.routing.rules import (
    LOCAL,
    NO_GRANT,
    NO_UNITS,
    NOT_QUALIFIED,
    TRIED,
    Facts,
    Part,
    PlanLine,
    Product,
    Promise,
    Refusal,
    Shelf,
    Shortage,
    Source,
    Want,
    choose,
    choose_again,
    promises_to_break,
    serving,
    tried_suppliers,
)
from andon.partners.stock import tables
from andon.partners.stock.rules import Owner

ES = frozenset({"ES", "FR"})
PLAN = (
    PlanLine("jit_far", True, frozenset({"BR"})),
    PlanLine("jit", True, ES),
    PlanLine("smart", False, frozenset({"ES"})),
    PlanLine("standard", False, ES),
)


def source(supplier: int, priority: int = 1, item: str = "I", units: int = 1, **changes: bool) -> Source:
    return Source(supplier, item, units, priority, **changes)


def facts(*products: Product, intake_open: bool = True) -> Facts:
    return Facts(intake_open, {product.sku: product for product in products}, PLAN)


def jit(sku: str, *sources: Source) -> Product:
    return Product(sku, Mode.JIT, sources)


def shelf(**units: int) -> Shelf:
    """`s1_I=3`: three units of item I at supplier 1; `c1_I` the shop's consigned ones; `l_S` local ones of SKU S."""
    rows = {}
    for name, count in units.items():
        place, item = name.split("_")
        location = int(place[1:] or LOCAL)
        rows[location, item, Owner.SUPPLIER.value if place[0] == "s" else Owner.SHOP.value] = count
    return Shelf(rows)


def parts(decision: list[Part] | Refusal) -> list[tuple[str, int | None, str, list[int]]]:
    assert isinstance(decision, list), decision
    return [
        (part.mode.word, part.supplier_id, part.line, [each.want.line_no for each in part.assigned])
        for part in decision
    ]


def refused(decision: list[Part] | Refusal) -> str:
    assert isinstance(decision, Refusal)
    return decision.code


def test_the_sellers_own_location_is_the_one_that_stock_knows():
    assert LOCAL == tables.LOCAL


@pytest.mark.clause("MODE-2")
def test_a_jit_line_goes_to_the_supplier_of_the_lowest_priority_that_has_the_units():
    known = facts(jit("S", source(7, 2), source(9, 1)))
    assert parts(choose([Want(1, "S", 1)], "ES", known, shelf(s7_I=1, s9_I=1))) == [("jit", 9, "jit", [1])]


def test_of_equal_priorities_the_supplier_already_used_in_the_order_goes_first_and_then_the_lowest_number():
    known = facts(jit("A", source(5, item="A")), jit("B", source(3, item="B"), source(5, item="B")))
    stock = shelf(s5_A=9, s3_B=9, s5_B=9)
    assert parts(choose([Want(1, "A", 1), Want(2, "B", 1)], "ES", known, stock)) == [
        ("jit", 5, "jit", [1, 2])
    ]
    assert parts(choose([Want(1, "B", 1)], "ES", known, stock)) == [("jit", 3, "jit", [1])]


def test_who_was_passed_over_is_told_with_the_reason():
    known = facts(
        jit("S", source(1, 1, granted=False), source(2, 2, qualified=False), source(3, 3), source(4, 4))
    )
    [part] = choose([Want(1, "S", 2)], "ES", known, shelf(s1_I=9, s2_I=9, s3_I=1, s4_I=9))
    assert isinstance(part, Part)
    assert part.supplier_id == 4
    assert [(each.supplier_id, each.reason) for each in part.passed_over] == [
        (1, NO_GRANT),
        (2, NOT_QUALIFIED),
        (3, NO_UNITS),
    ]


def test_consigned_units_go_first_where_they_cover_the_line_and_are_not_mixed_with_the_suppliers():
    known = facts(jit("S", source(1, units=2)))
    for consigned, own, owner in ((4, 9, Owner.SHOP), (3, 9, Owner.SUPPLIER)):
        [part] = choose([Want(1, "S", 2)], "ES", known, shelf(c1_I=consigned, s1_I=own))
        assert isinstance(part, Part)
        place = part.assigned[0].place
        assert (place.owner, place.units) == (owner, 4)
    assert refused(choose([Want(1, "S", 2)], "ES", known, shelf(c1_I=3, s1_I=3))) == "order.out_of_stock"


def test_a_mapping_says_how_many_units_one_sale_takes():
    known = facts(jit("PACK", source(1, units=3)))
    assert refused(choose([Want(1, "PACK", 2)], "ES", known, shelf(s1_I=5))) == "order.out_of_stock"
    assert parts(choose([Want(1, "PACK", 2)], "ES", known, shelf(s1_I=6))) == [("jit", 1, "jit", [1])]


@pytest.mark.parametrize(("mode", "intake_open"), [(Mode.STANDARD, True), (Mode.JIT, False)])
def test_a_standard_product_and_a_closed_intake_go_the_standard_way(mode, intake_open):
    known = facts(Product("S", mode, (source(1),)), intake_open=intake_open)
    assert parts(choose([Want(1, "S", 1)], "ES", known, shelf(s1_I=9, l_S=1))) == [
        ("standard", None, "smart", [1])
    ]
    assert refused(choose([Want(1, "S", 1)], "ES", known, shelf(s1_I=9))) == "order.out_of_stock"


def test_a_mixed_order_splits_into_the_sellers_part_and_one_for_each_supplier():
    known = facts(
        jit("A", source(1, item="A")), jit("B", source(2, item="B")), Product("C", Mode.STANDARD, ())
    )
    wants = [Want(1, "A", 1), Want(2, "C", 1), Want(3, "B", 1), Want(4, "A", 1)]
    assert parts(choose(wants, "ES", known, shelf(s1_A=2, s2_B=1, l_C=1))) == [
        ("jit", 1, "jit", [1, 4]),
        ("standard", None, "smart", [2]),
        ("jit", 2, "jit", [3]),
    ]


@pytest.mark.clause("STOCK-1")
@pytest.mark.parametrize(
    ("wants", "country", "code"),
    [
        ([Want(1, "A", 1), Want(2, "?", 1)], "ES", "order.unknown_sku"),
        ([Want(1, "A", 1), Want(2, "LONE", 1)], "ES", "order.unmapped"),
        ([Want(1, "A", 1), Want(2, "UNBOUND", 1)], "ES", "order.unmapped"),
        ([Want(1, "A", 1), Want(2, "A", 2)], "ES", "order.out_of_stock"),
        ([Want(1, "A", 1)], "NZ", "order.no_line_serves"),
    ],
)
def test_a_line_that_nobody_can_take_refuses_the_whole_order_and_leaves_the_shelf_as_it_was(
    wants, country, code
):
    known = facts(jit("A", source(1, item="A")), jit("LONE"), jit("UNBOUND", source(1, granted=False)))
    stock = shelf(s1_A=2)
    assert refused(choose(wants, country, known, stock)) == code
    assert parts(choose([Want(1, "A", 2)], "ES", known, stock)) == [("jit", 1, "jit", [1])]


@pytest.mark.parametrize(
    ("mode", "country", "codes"),
    [
        (Mode.JIT, "BR", ["jit_far"]),
        (Mode.STANDARD, "ES", ["smart", "standard"]),
        (Mode.STANDARD, "FR", ["standard"]),
        (Mode.STANDARD, "BR", []),
    ],
)
def test_lines_of_the_plan_serve_by_mode_country_and_precedence(mode, country, codes):
    assert [line.code for line in serving(mode, country, PLAN)] == codes


def test_a_rejected_line_goes_to_the_next_supplier_that_has_not_tried():
    known = facts(jit("S", source(1), source(2), source(3)), intake_open=False)
    made, left, _ = choose_again([Want(1, "S", 1)], "ES", known, shelf(s1_I=9, s2_I=9, s3_I=9), {1, 2})
    assert (parts(made), left) == ([("jit", 3, "jit", [1])], [])
    assert [(each.supplier_id, each.reason) for each in made[0].passed_over] == [(1, TRIED), (2, TRIED)]


def test_lines_that_nobody_else_has_stay_behind_and_the_others_go():
    known = facts(jit("A", source(1), source(2, item="A")), jit("B", source(1), source(2, item="B")))
    wants = [Want(1, "A", 1), Want(2, "B", 1)]
    made, left, passed = choose_again(wants, "ES", known, shelf(s2_A=1), {1})
    assert parts(made) == [("jit", 2, "jit", [1])]
    assert left == [Want(2, "B", 1)]
    assert {(each.line_no, each.supplier_id, each.reason) for each in passed} == {
        (2, 1, TRIED),
        (2, 2, NO_UNITS),
    }


def test_where_no_line_of_the_plan_goes_nothing_is_rerouted():
    known = facts(jit("A", source(1), source(2)))
    assert choose_again([Want(1, "A", 1)], "NZ", known, shelf(s2_I=9), {1})[:2] == ([], [Want(1, "A", 1)])


def test_whoever_rejected_the_chain_before_is_not_asked_again():
    before = {1: (7, None), 2: (8, 1), 3: (None, 2), 4: (9, None)}
    assert tried_suppliers(3, before) == {7, 8}
    assert tried_suppliers(4, before) == {9}


orders = st.lists(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 4)), min_size=1, max_size=4), max_size=12
)


@given(
    wanted=orders,
    units=st.dictionaries(
        st.tuples(st.sampled_from([1, 2]), st.sampled_from("ABC"), st.sampled_from([1, 2])), st.integers(0, 9)
    ),
)
def test_however_orders_come_no_unit_is_promised_twice_and_no_order_is_split_in_half(wanted, units):
    known = facts(*(jit(sku, source(1, item=sku), source(2, item=sku)) for sku in "ABC"))
    stock, promised = Shelf(units), dict.fromkeys(units, 0)
    for lines in wanted:
        wants = [Want(number, sku, quantity) for number, (sku, quantity) in enumerate(lines, 1)]
        decision = choose(wants, "ES", known, stock)
        if isinstance(decision, Refusal):
            continue
        given_lines = [each.want for part in decision for each in part.assigned]
        assert sorted(given_lines, key=lambda want: want.line_no) == wants
        for part in decision:
            for each in part.assigned:
                assert each.place.location == part.supplier_id
                promised[each.place.location, each.place.item, each.place.owner] += each.place.units
    assert all(promised[key] <= units[key] for key in units)


R, P, A, L = (
    FulfilmentState.RESERVED,
    FulfilmentState.PUSHED,
    FulfilmentState.ACCEPTED,
    FulfilmentState.LABELLED,
)


def shortage(missing: int, *newest_first: tuple[int, FulfilmentState, int]) -> Shortage:
    return Shortage(
        missing, tuple(Promise((1, number), state, units) for number, state, units in newest_first)
    )


@pytest.mark.parametrize(
    ("short", "lost", "flagged"),
    [
        (shortage(1, (3, P, 1), (2, P, 1), (1, P, 1)), [3], []),
        (shortage(3, (3, P, 2), (2, R, 2), (1, P, 2)), [3, 2], []),
        # Accepted ones stay, and nobody else's unit goes before it must.
        (shortage(1, (3, A, 1), (2, P, 1), (1, P, 1)), [2], []),
        (shortage(3, (3, A, 1), (2, P, 1), (1, L, 1)), [2], [3, 1]),
        (shortage(0, (1, P, 1)), [], []),
    ],
)
def test_the_newest_promises_that_nobody_accepted_are_broken_first(short, lost, flagged):
    broken = promises_to_break([short])
    assert broken.lost == [(1, number) for number in lost]
    assert broken.short == [(1, number) for number in flagged]


def test_a_promise_that_is_broken_for_one_row_gives_back_all_it_holds():
    broken = promises_to_break([shortage(1, (2, P, 1), (1, P, 1)), shortage(2, (3, P, 1), (2, P, 1))])
    assert broken.lost == [(1, 2), (1, 3)]
