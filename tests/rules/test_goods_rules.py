"""What goods may go by which line, and what they are declared as."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.kernel.money import Money
from andon.orders.customs.rules import tax_number_for
from andon.orders.order.rules import Mode
from andon.orders.routing.rules import (
    NO_CAPACITY,
    PAPERS_MISSING,
    Facts,
    PassedOver,
    PlanLine,
    Product,
    Refusal,
    Shelf,
    Source,
    Want,
    choose,
    choose_again,
)
from andon.partners.goods.rules import MARKS, PAPERS, Battery, Cell, Goods, check_goods
from andon.platform.policies.files import load_policies

ES = frozenset({"ES"})
POLICY = load_policies().versions[-1]
ALONE = Goods(Battery.ALONE, Cell.LITHIUM_ION)
INSIDE = Goods(Battery.IN_EQUIPMENT, Cell.LITHIUM_METAL)
LIQUID = Goods(liquid=True)
PAPERED = Goods(Battery.ALONE, Cell.LITHIUM_ION, hs_code="850760", customs_name="Power bank")


def line(code: str, *refuses: str, papers: tuple[str, ...] = ()) -> PlanLine:
    return PlanLine(code, jit=True, countries=ES, refuses=frozenset(refuses), papers=frozenset(papers))


def facts(*plan: PlanLine, suppliers: int = 1, **goods: Goods | None) -> Facts:
    """Each SKU is the item of its name at every supplier, the first one first."""
    products = {
        sku: Product(
            sku, Mode.JIT, tuple(Source(number, sku, 1, number) for number in range(1, suppliers + 1)), said
        )
        for sku, said in goods.items()
    }
    return Facts(True, products, plan)


def wants(known: Facts, *skus: str) -> list[Want]:
    return [Want(number, sku, 1, known.goods_of(sku)) for number, sku in enumerate(skus, 1)]


def shelf(*skus: str, suppliers: int = 1, units: int = 9, places: dict[int, int] | None = None) -> Shelf:
    return Shelf({(s, sku, 1): units for s in range(1, suppliers + 1) for sku in skus}, places)


def ways(decision: object) -> list[tuple[int | None, str, list[int]]]:
    assert isinstance(decision, list), decision
    return [(part.supplier_id, part.line, [each.want.line_no for each in part.assigned]) for part in decision]


# --- lines -------------------------------------------------------------------------------------------------------


def test_goods_avoid_a_line_that_refuses_them_and_it_is_said_why():
    known = facts(line("air", "battery_alone"), line("sea"), A=ALONE, B=None)
    [part] = choose(wants(known, "A"), "ES", known, shelf("A", "B"))
    assert (part.line, part.lacks) == ("sea", False)
    assert [(each.by, each.supplier_id, each.reason) for each in part.passed_over] == [
        ("air", None, "battery_alone")
    ]
    [plain] = choose(wants(known, "B"), "ES", known, shelf("A", "B"))
    assert (plain.line, plain.passed_over) == ("air", ())


def test_a_part_goes_by_one_line_that_takes_all_of_it():
    known = facts(line("air", "battery_alone"), line("sea"), A=ALONE, B=None)
    assert ways(choose(wants(known, "B", "A"), "ES", known, shelf("A", "B"))) == [(1, "sea", [1, 2])]


def test_where_no_line_takes_all_of_a_part_it_is_as_many_as_it_needs_lines():
    known = facts(line("air", "battery_alone"), line("wet", "liquid"), A=ALONE, L=LIQUID, B=None)
    stock = shelf("A", "L", "B", places={1: 1})
    decision = choose(wants(known, "A", "B", "L"), "ES", known, stock)
    assert ways(decision) == [(1, "wet", [1]), (1, "air", [2, 3])]
    assert stock.is_full(1), "both of them take a place of the day"


def test_an_order_that_no_line_takes_is_refused_and_nothing_is_taken():
    known = facts(line("air", "battery_alone"), line("wet", "battery_alone", "liquid"), A=ALONE, B=None)
    stock = shelf("A", "B", units=1, places={1: 1})
    refusal = choose(wants(known, "B", "A"), "ES", known, stock)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "order.no_line_flies"
    assert "air refuses battery_alone; wet refuses battery_alone" in refusal.detail
    assert not stock.is_full(1)
    assert ways(choose(wants(known, "B"), "ES", known, stock)) == [(1, "air", [1])]


def test_a_line_that_needs_papers_waits_behind_one_that_does_not():
    needing = line("fast", papers=("hs_code", "customs_name"))
    known = facts(needing, line("slow"), A=ALONE, P=PAPERED, B=None)
    for sku, way in (("A", "slow"), ("P", "fast"), ("B", "slow")):
        [part] = choose(wants(known, sku), "ES", known, shelf("A", "P", "B"))
        assert (part.line, part.lacks) == (way, False)
    [part] = choose(wants(known, "A"), "ES", known, shelf("A"))
    assert [(each.by, each.reason) for each in part.passed_over] == [("fast", PAPERS_MISSING)]


def test_missing_papers_never_refuse_an_order():
    known = facts(line("fast", papers=("hs_code",)), line("air", "battery_alone"), A=ALONE, B=None)
    [part] = choose(wants(known, "A"), "ES", known, shelf("A", "B"))
    assert (part.line, part.lacks) == ("fast", True)


def test_what_nobody_can_move_any_more_stays_behind_on_a_reroute_and_says_why():
    known = facts(line("air", "battery_alone"), suppliers=2, A=ALONE, B=None)
    made, left, passed = choose_again(
        wants(known, "A", "B"), "ES", known, shelf("A", "B", suppliers=2), tried={1}
    )
    assert ways(made) == [(2, "air", [2])]
    assert [want.sku for want in left] == ["A"]
    assert [(each.by, each.reason) for each in passed] == [("air", "battery_alone")]


goods = st.builds(
    lambda battery, liquid, magnetic, papers: Goods(
        battery, battery and Cell.LITHIUM_ION, liquid, magnetic, **dict.fromkeys(papers, "850760")
    ),
    st.sampled_from([None, *Battery]),
    st.booleans(),
    st.booleans(),
    st.sets(st.sampled_from(["hs_code", "customs_name", "origin"])),
)
plans = st.lists(
    st.tuples(st.sets(st.sampled_from(MARKS)), st.sets(st.sampled_from(PAPERS)), st.booleans()), max_size=4
).map(
    lambda lines: [
        PlanLine(f"line{n}", True, ES if near else frozenset({"BR"}), frozenset(refuses), frozenset(papers))
        for n, (refuses, papers, near) in enumerate(lines)
    ]
)


@given(
    plan=plans,
    said=st.lists(st.none() | goods, min_size=1, max_size=4),
    units=st.integers(0, 2),
    places=st.none() | st.integers(0, 2),
    orders=st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4), max_size=5),
)
def test_nothing_goes_by_a_line_that_refuses_it_and_a_refusal_takes_nothing(
    plan, said, units, places, orders
):
    by_sku = {f"S{n}": each for n, each in enumerate(said)}
    known = facts(*plan, suppliers=2, **by_sku)
    stock = shelf(*by_sku, suppliers=2, units=units, places=None if places is None else {1: places})
    taken = dict.fromkeys(((s, sku, 1) for s in (1, 2) for sku in by_sku), 0)
    given_to_1 = 0
    for skus in orders:
        asked = wants(known, *(f"S{n % len(said)}" for n in skus))
        decision = choose(asked, "ES", known, stock)
        if isinstance(decision, Refusal):
            continue
        assert sorted(each.want.line_no for part in decision for each in part.assigned) == [
            want.line_no for want in asked
        ]
        for part in decision:
            [by] = [each for each in plan if each.code == part.line]
            assert "ES" in by.countries
            assert all(by.takes(each.want) for each in part.assigned)
            assert part.lacks is any(by.lacks(each.want) for each in part.assigned)
            given_to_1 += part.supplier_id == 1
            for each in part.assigned:
                taken[each.place[:3]] += each.place.units
    left = {key: units - count for key, count in taken.items()}
    assert all(stock.take(*key, left[key]) and not stock.take(*key, 1) for key in left)
    assert stock.is_full(1) is (places is not None and places - given_to_1 < 1)


def test_a_piece_that_is_too_heavy_goes_by_the_next_line_and_the_limit_belongs_to_the_line():
    near = PlanLine("near", True, ES, heaviest_grams=2_000)
    far = PlanLine("far", True, ES, heaviest_grams=30_000)

    def went(grams: int | None, quantity: int = 1) -> list[PassedOver] | str:
        known = Facts(True, {"S": Product("S", Mode.JIT, (Source(1, "S", 1, 1),), grams=grams)}, (near, far))
        decision = choose([known.want(1, "S", quantity)], "ES", known, shelf("S"))
        if isinstance(decision, Refusal):
            return decision.code
        return [PassedOver(0, None, part.line) for part in decision] + [
            each for part in decision for each in part.passed_over
        ]

    assert went(2_000, quantity=5) == [PassedOver(0, None, "near")], "pieces travel in parcels of their own"
    assert went(2_001) == [PassedOver(0, None, "far"), PassedOver(1, None, "too_heavy", "near")]
    assert went(None) == [PassedOver(0, None, "near")], "what nobody has weighed is not refused"
    assert went(30_001) == "order.no_line_flies"


# --- capacity ----------------------------------------------------------------------------------------------------


def test_a_supplier_whose_day_is_full_is_passed_over_for_the_next_that_can():
    known = facts(line("air"), suppliers=2, B=None)
    stock = shelf("B", suppliers=2, places={1: 1})
    first, second = (choose(wants(known, "B"), "ES", known, stock) for _ in range(2))
    assert (ways(first), ways(second)) == ([(1, "air", [1])], [(2, "air", [1])])
    assert isinstance(second, list)
    assert [(each.supplier_id, each.reason) for each in second[0].passed_over] == [(1, NO_CAPACITY)]
    assert not second[0].beyond


def test_no_sale_is_lost_for_a_full_day():
    known = facts(line("air"), suppliers=2, B=None)
    stock = shelf("B", suppliers=2, units=1, places={1: 0, 2: 0})
    for supplier in (1, 2):
        [part] = choose(wants(known, "B"), "ES", known, stock)
        assert (part.supplier_id, part.beyond) == (supplier, True)
    assert isinstance(choose(wants(known, "B"), "ES", known, stock), Refusal)


def test_a_part_is_one_place_however_many_lines_it_has():
    known = facts(line("air"), suppliers=2, A=None, B=None)
    stock = shelf("A", "B", suppliers=2, places={1: 1})
    assert ways(choose(wants(known, "A", "B"), "ES", known, stock)) == [(1, "air", [1, 2])]


# --- what is said of goods ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (ALONE, "UN3480"),
        (INSIDE, "UN3091"),
        (Goods(Battery.WITH_EQUIPMENT, Cell.LITHIUM_ION), "UN3481"),
        (Goods(Battery.ALONE, Cell.LITHIUM_METAL), "UN3090"),
        (Goods(Battery.IN_EQUIPMENT, Cell.SODIUM_ION), "UN3552"),
        (LIQUID, None),
    ],
)
def test_a_battery_bears_its_un_number(said, number):
    assert said.un_number == number


@given(goods)
def test_goods_are_kept_as_they_are_said(said):
    assert Goods.kept(said.facts()) == (None if said == Goods() else said)
    valued = replace(said, declared_value=Money.of("3", "JPY"))
    assert Goods.kept(valued.facts()) == valued


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Goods(Battery.ALONE), "goods.cell"),
        (Goods(cell=Cell.LITHIUM_ION), "goods.cell"),
        (Goods(hs_code="12345"), "goods.hs_code"),
        (Goods(hs_code="12345678901"), "goods.hs_code"),
        (Goods(hs_code="１２３４５６"), "goods.hs_code"),
        (Goods(customs_name=""), "goods.customs_name"),
        (Goods(customs_name="123"), "goods.customs_name"),
        (Goods(customs_name=" Lamp"), "goods.customs_name"),
        (Goods(customs_name="Lamp\n"), "goods.customs_name"),
        (Goods(customs_name="x" * 101), "goods.customs_name"),
        (Goods(origin="EU"), "goods.origin"),
        (Goods(declared_value=Money.of("0", "CNY")), "goods.declared_value"),
        (Goods(declared_value=Money.of("-1", "CNY")), "goods.declared_value"),
        (Goods(declared_value=Money.of("1", "EUR")), "goods.declared_value"),
    ],
)
def test_goods_that_cannot_be_are_refused(said, code):
    with pytest.raises(Invalid) as refused:
        check_goods(said, "CNY", "S")
    assert refused.value.code == code


def test_papers_are_completed_and_nothing_that_was_said_changes():
    first = Goods(liquid=True, hs_code="330300")
    later = Goods(Battery.ALONE, Cell.LITHIUM_ION, hs_code="850760", customs_name="Scent", origin="FR")
    assert first.completed(later) == Goods(liquid=True, hs_code="330300", customs_name="Scent", origin="FR")


NUMBERS = {"ioss": "IM3720000224", "eu_vat": "DE136695976", "uk_vat": "GB980780684"}


@pytest.mark.parametrize(
    ("country", "value", "kind"),
    [
        ("ES", Money.of("150.00", "EUR"), "ioss"),
        ("ES", Money.of("150.01", "EUR"), "eu_vat"),
        ("ES", Money.of("1100.00", "CNY"), "ioss"),
        ("ES", Money.of("1100.01", "CNY"), "eu_vat"),
        # No rate is known: a number whose limit cannot be compared is not printed.
        ("ES", Money.of("1", "BRL"), "eu_vat"),
        ("GB", Money.of("135.00", "GBP"), "uk_vat"),
        ("GB", Money.of("135.01", "GBP"), None),
        ("NO", Money.of("9", "NOK"), None),
        ("US", Money.of("9", "USD"), None),
    ],
)
def test_a_parcel_bears_the_first_number_that_fits_its_destination_and_worth(country, value, kind):
    found = tax_number_for(country, value, POLICY.customs.tax_numbers, NUMBERS)
    assert found == (None if kind is None else (kind, NUMBERS[kind]))


def test_the_union_has_27_countries_and_no_other_bears_its_number():
    [ioss] = [scheme for scheme in POLICY.customs.tax_numbers if scheme.kind == "ioss"]
    assert len(ioss.countries) == 27
    assert not ioss.countries & {"GB", "CH", "NO", "US", "XI"}
