"""Who fulfils what, and by which line, while a shop moves off JIT."""

from dataclasses import replace

import pytest

from andon.orders.order.rules import Mode
from andon.orders.routing.rules import Facts, PlanLine, Product, Want, choose, choose_again
from andon.partners.tracks.rules import leaves
from tests.rules.test_routing_rules import jit, parts, refused, shelf, source

ES = frozenset({"ES", "FR"})
JIT = PlanLine("jit", True, ES)
STANDARD = PlanLine("standard", False, ES)
SMART = PlanLine("smart", False, frozenset({"ES"}))
STAYS = next(str(number) for number in range(100) if not leaves(str(number), 50))
LEAVES = next(str(number) for number in range(100) if leaves(str(number), 50))


def moving(*products: Product, intake_open: bool = True, smart_first: bool = True) -> Facts:
    """The plan has no smart line of its own."""
    known = {product.sku: product for product in products}
    return Facts(intake_open, known, (JIT, STANDARD), (SMART,), smart_first)


def product(leaving: int = 100, *, ships: bool = False, mode: Mode = Mode.JIT) -> Product:
    return replace(jit("S", source(1), source(2, 2)), leaving=leaving, supplier_ships=ships, mode=mode)


@pytest.mark.clause("MOVE-1", "MOVE-2")
def test_the_smart_line_goes_first_where_it_reaches_then_the_plans_own():
    known = moving(product())
    assert parts(choose([Want(1, "S", 1)], "ES", known, shelf(l_S=1))) == [("standard", None, "smart", [1])]
    assert parts(choose([Want(1, "S", 1)], "FR", known, shelf(l_S=1))) == [
        ("standard", None, "standard", [1])
    ]
    assert refused(choose([Want(1, "S", 1)], "BR", known, shelf(l_S=1))) == "order.no_line_serves"


@pytest.mark.clause("MOVE-1")
def test_after_the_horizon_the_plans_own_precedence_holds():
    known = moving(product(), smart_first=False)
    assert parts(choose([Want(1, "S", 1)], "ES", known, shelf(l_S=1))) == [
        ("standard", None, "standard", [1])
    ]


@pytest.mark.clause("MOVE-1")
def test_by_its_number_an_order_stays_just_in_time_or_leaves():
    known, stock = moving(product(50)), shelf(s1_I=9, l_S=9)
    assert parts(choose([Want(1, "S", 1)], "ES", known, stock, STAYS)) == [("jit", 1, "jit", [1])]
    assert parts(choose([Want(1, "S", 1)], "ES", known, stock, LEAVES)) == [("standard", None, "smart", [1])]


@pytest.mark.clause("MOVE-1")
def test_without_local_stock_it_is_refused_and_that_is_no_fault_of_the_sellers():
    refusal = choose([Want(1, "S", 1)], "ES", moving(product()), shelf(s1_I=9))
    assert refused(refusal) == "order.out_of_stock"
    assert refusal.sellers_sku is None


@pytest.mark.clause("MOVE-1")
def test_a_supplier_ships_as_a_standard_order_by_the_smart_line_what_the_seller_has_not():
    for known in (
        moving(product(ships=True)),
        moving(product(0, ships=True), intake_open=False),
        moving(product(0, ships=True, mode=Mode.STANDARD), smart_first=False),
    ):
        assert parts(choose([Want(1, "S", 2)], "ES", known, shelf(s1_I=9))) == [("standard", 1, "smart", [1])]
        first, second = (choose([Want(1, "S", 2)], "FR", known, shelf(s2_I=9, l_S=each)) for each in (1, 2))
        assert parts(first) == [("standard", 2, "standard", [1])]
        assert parts(second) == [("standard", None, "standard", [1])], "the seller's own units go first"
        lacking = choose([Want(1, "S", 2)], "ES", known, shelf(s1_I=1))
        assert (refused(lacking), lacking.sellers_sku) == ("order.out_of_stock", None)


@pytest.mark.clause("MOVE-1")
def test_until_the_binding_ends():
    ended = replace(product(ships=True), sources=(source(1, granted=False),))
    assert refused(choose([Want(1, "S", 1)], "ES", moving(ended), shelf(s1_I=9))) == "order.unmapped"


def test_where_only_the_smart_line_reaches_the_supplier_ships_although_the_seller_has_units():
    known = Facts(False, {"S": product(ships=True)}, (PlanLine("far", False, frozenset({"BR"})),), (SMART,))
    assert parts(choose([Want(1, "S", 1)], "ES", known, shelf(s1_I=9, l_S=9))) == [
        ("standard", 1, "smart", [1])
    ]


def test_what_one_supplier_will_not_ship_the_next_ships_as_a_standard_order():
    known, wants = moving(product(ships=True)), [Want(1, "S", 1)]
    made, left, _ = choose_again(wants, "ES", known, shelf(s1_I=9, s2_I=9), {1}, Mode.STANDARD)
    assert (parts(made), left) == ([("standard", 2, "smart", [1])], [])
    made, left, _ = choose_again(wants, "ES", known, shelf(s1_I=9, s2_I=9), {1, 2}, Mode.STANDARD)
    assert (made, left) == ([], wants)


def test_what_the_seller_takes_over_no_supplier_ships():
    known = moving(product(ships=True)).sellers_own()
    assert refused(choose([Want(1, "S", 1)], "ES", known, shelf(s1_I=9))) == "order.out_of_stock"
    assert parts(choose([Want(1, "S", 1)], "ES", known, shelf(s1_I=9, l_S=1))) == [
        ("standard", None, "smart", [1])
    ]
