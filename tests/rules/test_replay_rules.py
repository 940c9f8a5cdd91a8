"""Which steps of a past go over, in which hour, in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.money import Money
from andon.orders.tracking.rules import STATUSES
from andon.platform.policies.files import load_policies
from andon.ports.history import (
    OWN,
    HistoricFact,
    HistoricLine,
    HistoricOrder,
    HistoricProduct,
    HistoricRow,
    History,
    Remark,
)
from andon.simulator.replay.rules import (
    HOUR,
    Beat,
    Fate,
    Measure,
    fates_of,
    hour_end,
    hours_of,
    last_instant,
    measure_of,
    plan_for,
    prices_of,
    rows_of,
    sku_of,
    steps_of,
    units_sold,
    waybill_of,
)

TEN = datetime(2017, 5, 2, 10, 0, tzinfo=UTC)


def brl(text: str) -> Money:
    return Money.of(text, "BRL")


def line(product: str = "p1", supplier: str = "s1", quantity: int = 1, price: str = "10.00") -> HistoricLine:
    return HistoricLine(product, supplier, quantity, brl(price), brl("2.00"), None)


def order(*facts: HistoricFact, lines: tuple[HistoricLine, ...] = (line(),), no: str = "o1") -> HistoricOrder:
    return HistoricOrder(no, TEN, {"country": "BR"}, lines, facts)


def told(past: HistoricOrder) -> list[tuple[str, str | None, timedelta]]:
    return sorted(
        ((step.kind, step.supplier, step.at - TEN) for step in steps_of(past)), key=lambda each: each[2]
    )


AN_HOUR, A_DAY, A_SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def test_a_supplier_answers_a_second_after_the_placing_where_nothing_else_is_recorded() -> None:
    assert told(order()) == [("placed", None, timedelta()), ("accepted", "s1", A_SECOND)]


def test_a_recorded_answer_stands_for_the_assumed_one() -> None:
    past = order(HistoricFact("rejected", TEN + AN_HOUR, code="out_of_stock"))
    assert told(past) == [("placed", None, timedelta()), ("rejected", "s1", AN_HOUR)]


def test_goods_are_picked_and_labelled_at_the_earlier_of_handing_over_and_delivery() -> None:
    past = order(HistoricFact("collected", TEN + A_DAY), HistoricFact("delivered", TEN + AN_HOUR))
    ways = {step.kind: step.at for step in steps_of(past)}
    assert ways["picked"] == ways["labelled"] == ways["delivered"] == TEN + AN_HOUR
    assert ways["collected"] == TEN + A_DAY


def test_the_shop_is_not_asked_for_its_own_part() -> None:
    past = order(HistoricFact("delivered", TEN + A_DAY), lines=(line(supplier=OWN), line("p2")))
    own = [step.kind for step in steps_of(past) if step.supplier == OWN]
    assert own == ["delivered", "labelled", "picked"]
    assert [step.supplier for step in steps_of(past) if step.beat is Beat.ANSWER] == ["s1"]
    assert sku_of("p1", OWN) == "p1"


def test_what_is_recorded_from_before_the_placing_goes_over_with_it_at_its_own_instant() -> None:
    [hour] = hours_of([order(HistoricFact("delivered", TEN - A_DAY))])
    assert hour.until == TEN + HOUR
    assert {step.kind: step.at - TEN for _, steps in hour.batches for step in steps} == {
        "placed": timedelta(),
        "accepted": A_SECOND,
        "picked": timedelta(),
        "labelled": timedelta(),
        "delivered": -A_DAY,
    }


def test_a_recorded_label_is_kept_and_goods_are_picked_with_it() -> None:
    past = order(HistoricFact("labelled", TEN + AN_HOUR), HistoricFact("collected", TEN + A_DAY))
    ways = {step.kind: step.at for step in steps_of(past)}
    assert ways["picked"] == ways["labelled"] == TEN + AN_HOUR


def test_an_order_without_lines_is_placed_and_that_is_all() -> None:
    past = order(HistoricFact("cancelled", TEN + A_DAY), lines=())
    assert told(past) == [("placed", None, timedelta())]


def test_a_fact_of_the_whole_order_is_one_of_each_of_its_parts() -> None:
    past = order(
        HistoricFact("collected", TEN + A_DAY), lines=(line(supplier="s2"), line(supplier="s1"), line("p2"))
    )
    assert [step.supplier for step in steps_of(past) if step.beat is Beat.SCAN] == ["s1", "s2"]


def test_a_fact_of_one_supplier_is_nobody_elses() -> None:
    past = order(
        HistoricFact("collected", TEN + A_DAY, "s2"), lines=(line(supplier="s2"), line(supplier="s1"))
    )
    assert {step.supplier for step in steps_of(past) if step.beat > Beat.ANSWER} == {"s2"}


def test_a_cancellation_is_the_whole_orders() -> None:
    past = order(HistoricFact("cancelled", TEN + A_DAY), lines=(line(supplier="s2"), line(supplier="s1")))
    assert [step.supplier for step in steps_of(past) if step.beat is Beat.CANCEL] == [None]


def test_facts_of_one_hour_go_over_at_its_end_in_the_order_of_the_way() -> None:
    late = TEN + timedelta(minutes=59)
    [hour] = hours_of([order(HistoricFact("collected", late), HistoricFact("delivered", TEN))])
    assert hour.until == TEN + HOUR
    assert [beat for beat, _ in hour.batches] == [Beat.ORDER, Beat.ANSWER, Beat.PICK, Beat.LABEL, Beat.SCAN]
    assert [step.kind for step in dict(hour.batches)[Beat.SCAN]] == ["delivered", "collected"]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (TEN, TEN + HOUR),
        (TEN + timedelta(microseconds=1), TEN + HOUR),
        (TEN + timedelta(minutes=59, seconds=59), TEN + HOUR),
        (TEN + HOUR, TEN + 2 * HOUR),
    ],
)
def test_a_full_hour_belongs_to_the_one_that_it_begins(at: datetime, until: datetime) -> None:
    assert hour_end(at) == until


INSTANTS = st.integers(0, 10_000).map(lambda minutes: TEN + timedelta(minutes=minutes))
FACTS = st.builds(
    HistoricFact,
    st.sampled_from(("accepted", "picked", "labelled", "collected", "delivered", "lost")),
    INSTANTS,
)


@given(st.lists(st.lists(FACTS, max_size=4), max_size=8))
def test_every_fact_goes_over_once_and_never_before_it_happened(facts: list[list[HistoricFact]]) -> None:
    past = [order(*some, no=str(place)) for place, some in enumerate(facts)]
    hours = hours_of(past)
    handed = [
        (step.order.channel_order_no, step.kind, step.at) for h in hours for _, s in h.batches for step in s
    ]
    for place, some in enumerate(facts):
        for fact in some:
            assert handed.count((str(place), fact.kind, fact.at)) == some.count(fact)
    assert all(earlier.until < later.until for earlier, later in pairwise(hours))
    assert all(
        hour.until - HOUR <= step.at < hour.until
        for hour in hours
        for _, steps in hour.batches
        for step in steps
    )
    if hours:
        assert last_instant(hours) == max(at for *_, at in handed)


def test_each_part_of_an_order_has_a_waybill_of_its_own_that_is_the_same_in_every_run() -> None:
    past = order(lines=(line(supplier="s2"), line(supplier="s1")))
    numbers = [waybill_of(past, supplier) for supplier in ("s1", "s2")]
    assert numbers == ["RP07682359716129388254", "RP02776984002520832897"]
    assert waybill_of(order(no="名字 o1"), "s1").isascii()


def test_the_opening_stock_is_what_the_past_sells() -> None:
    past = History(
        "history",
        "BRL",
        (),
        {},
        (
            order(lines=(line(quantity=2), line(supplier="s2"))),
            order(lines=(line(quantity=3, price="9.00"),)),
        ),
    )
    assert units_sold(past) == {("s1", "p1"): 5, ("s2", "p1"): 1}
    assert prices_of(past) == {("s1", "p1"): brl("10.00"), ("s2", "p1"): brl("10.00")}
    assert sku_of("p1", "s1") == "p1.s1"


PRODUCTS = {
    "flat": HistoricProduct("flat", "", 300, 400, 200, 10),
    "cube": HistoricProduct("cube", "", 500, 100, 100, 100),
    "unknown": HistoricProduct("unknown", "", None, None, None, None),
    "unweighed": HistoricProduct("unweighed", "", None, 100, 100, 100),
}


@pytest.mark.parametrize(
    ("sold", "measure"),
    [
        ([("flat", 1)], Measure(300, 400, 200, 10, False)),
        ([("flat", 3)], Measure(900, 400, 200, 30, False)),
        ([("flat", 1), ("cube", 2)], Measure(1300, 400, 200, 210, False)),
        ([("unknown", 2)], Measure(2, 1, 1, 2, True)),
        ([("unweighed", 1)], Measure(1, 1, 1, 1, True)),
        ([("cube", 1), ("unknown", 1)], Measure(501, 100, 100, 101, True)),
    ],
)
def test_units_lie_one_upon_the_other_and_unknown_measures_count_as_1(
    sold: list[tuple[str, int]], measure: Measure
) -> None:
    assert measure_of([line(product, quantity=n) for product, n in sold], PRODUCTS) == measure


@pytest.mark.parametrize(
    ("grams", "counts"),
    [
        ((5_000, None), 5_300),
        ((5_000, 0), 5_000),
        ((0, 0), 1),
        ((999_999, 1), 1_000_000),
        ((999_999, 2), 1_000_000),
        ((10**15, 10**15), 1_000_000),
    ],
)
def test_a_lines_own_weight_counts_first_and_a_parcel_weighs_no_more_than_a_parcel_may(
    grams: tuple[int | None, ...], counts: int
) -> None:
    lines = [replace(line("flat"), weight_g=each) for each in grams]
    measure = measure_of(lines, PRODUCTS)
    assert measure.weight_g == counts
    known = sum(300 if each is None else each for each in grams)
    assert measure.no_measure is (known != counts)


def test_units_that_would_lie_higher_than_a_parcel_may_count_as_the_highest() -> None:
    assert measure_of([line("flat", quantity=1_001)], PRODUCTS) == Measure(300_300, 400, 200, 10_000, True)


def test_each_remark_says_what_became_of_its_row() -> None:
    rows = [HistoricRow(n, f"{n}") for n in range(2, 6)]
    said = [
        Remark(rows[0], "Weight", "?", "scms.unreadable", rejects=False),
        Remark(rows[1], "Price", "?", "scms.unreadable", rejects=True),
        Remark(rows[1], "Weight", "", "scms.empty", rejects=False),
        Remark(rows[3], "Weight", "", "scms.empty", rejects=False),
    ]
    taken = order(lines=(replace(line(), row=rows[0]),), no="o1")
    turned = order(lines=(replace(line(), row=rows[2]), replace(line(), row=rows[3])), no="o2")
    past = History("scms", "BRL", (), {}, (taken, turned), rows=4, remarks=tuple(said))
    fates = fates_of(past, {"o2": "order.out_of_stock"})
    assert [(each.row.line_no, each.column, fate) for each, fate in fates] == [
        (2, "Weight", Fate.WENT_ON),
        (3, "Price", Fate.REJECTED),
        (3, "Weight", Fate.REJECTED_OTHERWISE),
        (4, "", Fate.REJECTED),
        (5, "Weight", Fate.REJECTED_OTHERWISE),
        (5, "", Fate.REJECTED),
    ]
    assert rows_of(past, fates) == {
        "rows": {"total": 4, "accepted": 1, "rejected": 3},
        "remarks": {
            "": {"order.out_of_stock": {"rejected": 2}},
            "Price": {"scms.unreadable": {"rejected": 1}},
            "Weight": {
                "scms.empty": {"rejected_otherwise": 2},
                "scms.unreadable": {"went_on": 1},
            },
        },
    }


def test_the_plan_is_the_lines_that_reach_most_orders() -> None:
    policy = load_policies("replay").at(TEN)
    jit, standard = plan_for(policy, ["BR", "BR", "XX"])
    assert (jit.kind, standard.kind) == ("jit", "standard")
    assert "BR" in jit.countries & standard.countries
    assert plan_for(policy, ["XX"]) == []


def test_every_parcel_status_is_a_scan_but_cancelled_which_is_the_orders_own() -> None:
    for status in STATUSES:
        beats = {step.kind: step.beat for step in steps_of(order(HistoricFact(status, TEN + AN_HOUR)))}
        assert beats[status] is (Beat.CANCEL if status == "cancelled" else Beat.SCAN)
