"""What a shipped fulfilment costs, and when: FEE-1 to FEE-5 by examples, and what holds for every figure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.money import Money
from andon.money.charges.rules import (
    ChargeKind,
    ChargeState,
    End,
    Parcel,
    Standing,
    Unsettled,
    Way,
    billed_weight_g,
    costs_of,
    freight_fee,
    handling_fee,
    handling_verdict,
    reason_unsettled,
    settle_due_at,
    to_book,
    verdict_of,
    volume_ml,
    warehouse_fee,
)
from andon.orders.order.rules import FulfilmentState
from andon.platform.policies.figures import Rate
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import Policy

POLICY = load_policies().named("jit-3.2")
ES = POLICY.lines["cainiao_jit"].rates["ES"]
NOON = datetime(2026, 3, 7, 4, 0, tzinfo=UTC)
NOWHERE = Way(None, None)
S = FulfilmentState

RATES = [rate for line in POLICY.lines.values() for rate in line.rates.values()]
rates = st.sampled_from(RATES)
grams = st.integers(1, 100_000)
lengths = st.integers(1, 3_000)
instants = st.datetimes(datetime(2016, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["Asia/Shanghai", "America/Sao_Paulo", "Pacific/Apia", "Europe/Madrid", "UTC"])


def parcel(weight_g: int = 350, *sides: int, number: int = 1) -> Parcel:
    length, width, height = sides or (200, 150, 40)
    return Parcel(number, "cainiao", weight_g, length, width, height)


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


# --- handling and warehouse work -------------------------------------------------------------------------------


@pytest.mark.clause("FEE-1")
def test_handling_costs_thirty_fen() -> None:
    assert handling_fee(POLICY.fee) == cny("0.30")


@pytest.mark.clause("FEE-2")
@pytest.mark.parametrize(
    ("millilitres", "fee"),
    [
        (0, "0.80"), (1, "0.80"), (1_000, "0.80"), (1_001, "1.10"), (3_000, "1.10"), (3_001, "1.50"), (8_000, "1.50"),
        (8_001, "2.00"), (20_000, "2.00"), (20_001, "2.50"), (10**9, "2.50"),
    ],
)  # fmt: skip
def test_a_tiers_upper_bound_belongs_to_the_tier(millilitres: int, fee: str) -> None:
    assert warehouse_fee(millilitres, POLICY.fee) == cny(fee)


@pytest.mark.clause("FEE-2")
@given(st.integers(0, 10**12), st.integers(0, 10**6))
def test_every_volume_has_a_fee_and_more_volume_never_costs_less(millilitres: int, more: int) -> None:
    assert warehouse_fee(millilitres, POLICY.fee) <= warehouse_fee(millilitres + more, POLICY.fee)


@pytest.mark.parametrize(
    ("sides", "millilitres"), [((100, 100, 100), 1_000), ((1, 1, 1), 1), ((101, 100, 100), 1_010)]
)
def test_a_part_of_a_millilitre_counts_as_one(sides: tuple[int, int, int], millilitres: int) -> None:
    assert volume_ml([parcel(1, *sides)]) == millilitres


def test_volumes_are_added_before_they_are_rounded() -> None:
    assert volume_ml([parcel(1, 1, 1, 500)] * 2) == 1


# --- freight -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("FEE-3")
@pytest.mark.parametrize(
    ("billed_g", "fee"),
    [(1, "15.20"), (100, "15.20"), (101, "20.10"), (200, "20.10"), (201, "25.00"), (350, "29.90")],
)
def test_a_step_that_was_begun_is_paid_whole(billed_g: int, fee: str) -> None:
    assert freight_fee(billed_g, ES) == cny(fee)


@pytest.mark.clause("FEE-3")
def test_a_light_parcel_that_is_large_is_billed_by_its_volume() -> None:
    # 200 x 200 x 100 mm are 4,000 cubic centimetres: half a kilogram at 8,000 to the kilogram.
    assert billed_weight_g(100, 200 * 200 * 100, ES) == 500
    assert billed_weight_g(100, 200 * 200 * 100 + 1, ES) == 501
    assert billed_weight_g(700, 200 * 200 * 100, ES) == 700


@given(rates, grams, lengths, lengths, lengths, st.integers(0, 5_000), st.integers(0, 500))
def test_freight_never_falls_with_weight_or_volume(
    rate: Rate, weight: int, length: int, width: int, height: int, heavier: int, longer: int
) -> None:
    volume = length * width * height
    fee = freight_fee(billed_weight_g(weight, volume, rate), rate)
    assert rate.first_fee <= fee
    assert fee <= freight_fee(billed_weight_g(weight + heavier, volume, rate), rate)
    assert fee <= freight_fee(billed_weight_g(weight, (length + longer) * width * height, rate), rate)


@given(rates, grams)
def test_what_is_billed_lies_within_the_last_step_that_is_paid(rate: Rate, weight: int) -> None:
    steps = (freight_fee(weight, rate) - rate.first_fee).minor // rate.step_fee.minor
    paid_up_to = rate.first_weight_grams + steps * rate.step_weight_grams
    assert paid_up_to >= weight
    assert steps == 0 or paid_up_to - rate.step_weight_grams < weight


# --- when it is due ----------------------------------------------------------------------------------------------


@pytest.mark.clause("FEE-4")
@pytest.mark.parametrize(
    ("delivered", "due"),
    [
        ("2026-03-07T04:00:00+00:00", "2026-03-10T00:00:00+08:00"),
        ("2026-03-07T15:59:59+00:00", "2026-03-10T00:00:00+08:00"),
        ("2026-03-07T16:00:00+00:00", "2026-03-11T00:00:00+08:00"),
        ("2028-02-27T23:59:59+08:00", "2028-03-01T00:00:00+08:00"),
    ],
)
def test_a_fee_is_due_at_the_midnight_that_begins_the_third_day_after_the_delivery(
    delivered: str, due: str
) -> None:
    due_at = settle_due_at(datetime.fromisoformat(delivered), "Asia/Shanghai", 3)
    assert due_at == datetime.fromisoformat(due)
    assert due_at.utcoffset() == timedelta(0)


def test_a_midnight_that_a_change_of_clocks_skips_is_the_first_instant_of_its_day() -> None:
    due_at = settle_due_at(datetime(2017, 10, 12, 15, tzinfo=UTC), "America/Sao_Paulo", 3)
    assert due_at == datetime(2017, 10, 15, 3, tzinfo=UTC)
    assert due_at.astimezone(ZoneInfo("America/Sao_Paulo")).hour == 1


@pytest.mark.clause("FEE-4")
@given(instants, zones, st.integers(0, 30))
def test_the_due_date_is_the_deliverys_date_and_so_many_days(
    delivered: datetime, zone: str, days: int
) -> None:
    place = ZoneInfo(zone)
    due_at = settle_due_at(delivered, zone, days)
    assert (due_at.astimezone(place).date() - delivered.astimezone(place).date()).days == days
    assert (due_at - timedelta(microseconds=1)).astimezone(place).date() < due_at.astimezone(place).date()


@given(instants, zones, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_what_was_delivered_later_is_not_due_earlier(
    delivered: datetime, zone: str, later: timedelta
) -> None:
    assert settle_due_at(delivered, zone, 3) <= settle_due_at(delivered + later, zone, 3)


# --- what is charged -----------------------------------------------------------------------------------------------


@pytest.mark.clause("FEE-1", "FEE-2", "FEE-3")
def test_a_fulfilment_of_two_parcels_costs_handling_warehouse_work_and_two_freights() -> None:
    costs = costs_of(7, 8, [parcel(number=1), parcel(number=2)], Way("cainiao_jit", "ES"), POLICY)
    assert [(cost.kind, cost.subject, cost.amount) for cost in costs] == [
        (ChargeKind.HANDLING, 7, cny("0.30")),
        (ChargeKind.WAREHOUSE, 8, cny("1.10")),
        (ChargeKind.FREIGHT, 1, cny("29.90")),
        (ChargeKind.FREIGHT, 2, cny("29.90")),
    ]
    assert [cost.payee for cost in costs] == ["platform_revenue"] * 2 + ["payable:carrier:cainiao"] * 2


@pytest.mark.parametrize(
    ("line", "country"), [(None, "ES"), ("cainiao_jit", "AQ"), ("nobody", "ES"), ("cainiao_jit", None)]
)
def test_no_rate_means_no_freight(line: str | None, country: str | None) -> None:
    kinds = [cost.kind for cost in costs_of(7, 8, [parcel()], Way(line, country), POLICY)]
    assert kinds == [ChargeKind.HANDLING, ChargeKind.WAREHOUSE]


def standing(state: ChargeState, amount: str = "0.80", turn: int = 0) -> Standing:
    return Standing(turn + 1, ChargeKind.WAREHOUSE, 8, turn, state, cny(amount), 8)


@pytest.mark.parametrize(
    ("charges", "rounds", "replaced"),
    [
        ([], [0], 0),
        ([standing(ChargeState.PROVISIONAL, "1.10")], [], 0),
        ([standing(ChargeState.PROVISIONAL)], [1], 1),
        ([standing(ChargeState.REVERSED), standing(ChargeState.PROVISIONAL, "1.10", 1)], [], 0),
        ([standing(ChargeState.REVERSED)], [1], 0),
        ([standing(ChargeState.DUE)], [], 0),
        ([standing(ChargeState.SETTLED)], [], 0),
        ([standing(ChargeState.WAIVED)], [], 0),
    ],
)
def test_what_stands_is_left_alone_and_a_provisional_figure_that_changed_is_charged_anew(
    charges: list[Standing], rounds: list[int], replaced: int
) -> None:
    cost = costs_of(7, 8, [parcel()], NOWHERE, POLICY)[1]
    wanted, stale = to_book([cost], charges)
    assert [booking.round for booking in wanted] == rounds
    assert len(stale) == replaced


def test_the_provisional_freight_of_a_parcel_that_is_no_more_is_reversed_and_nobody_elses() -> None:
    def freight(subject: int, state: ChargeState, fulfilment_id: int) -> Standing:
        return Standing(subject, ChargeKind.FREIGHT, subject, 0, state, cny("5.00"), fulfilment_id)

    gone = freight(31, ChargeState.PROVISIONAL, 8)
    others = [freight(32, ChargeState.DUE, 8), freight(33, ChargeState.PROVISIONAL, 9)]
    costs = costs_of(7, 8, [], NOWHERE, POLICY)[:1]
    _, stale = to_book(costs, [gone, *others], 8)
    assert stale == [gone]


# --- how it ends ---------------------------------------------------------------------------------------------------

DELIVERED = End(S.DELIVERED, shipped=True, ended_at=NOON)
LATER = End(S.DELIVERED, shipped=True, ended_at=NOON + timedelta(days=2))
LOST = End(S.LOST, shipped=True, ended_at=NOON)
OPEN = End(S.SHIPPED, shipped=True, ended_at=None)
CANCELLED = End(S.CANCELLED, shipped=False, ended_at=NOON)


def state_of(end: End, policy: Policy = POLICY) -> ChargeState | None:
    verdict = verdict_of(end, policy)
    return verdict.state if verdict else None


@pytest.mark.clause("FEE-4")
def test_delivery_is_owed_and_what_was_lost_or_returned_is_waived() -> None:
    assert state_of(DELIVERED) is ChargeState.DUE
    assert state_of(End(S.COMPLETED, shipped=True, ended_at=NOON)) is ChargeState.DUE
    assert state_of(LOST) is ChargeState.WAIVED
    assert state_of(End(S.RETURNED, shipped=True, ended_at=NOON)) is ChargeState.WAIVED
    assert state_of(OPEN) is None
    assert state_of(CANCELLED) is None


@pytest.mark.clause("FEE-4")
def test_a_policy_may_have_lost_parcels_owed() -> None:
    owing = replace(POLICY, fee=POLICY.fee.model_copy(update={"waived_when": frozenset({"returned"})}))
    verdict = verdict_of(LOST, owing)
    assert verdict is not None
    assert verdict.state is ChargeState.DUE
    assert verdict.due_at == settle_due_at(NOON, "Asia/Shanghai", 3)


@pytest.mark.clause("FEE-1")
@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ([DELIVERED], ChargeState.DUE),
        ([OPEN, DELIVERED], ChargeState.DUE),
        ([LOST, DELIVERED], ChargeState.DUE),
        ([OPEN, LOST], None),
        ([LOST, CANCELLED], ChargeState.WAIVED),
        ([OPEN], None),
        ([], None),
    ],
)
def test_handling_goes_with_the_first_delivery_and_is_waived_when_none_can_come(
    ends: list[End], state: ChargeState | None
) -> None:
    verdict = handling_verdict(ends, POLICY)
    assert (verdict.state if verdict else None) is state


def test_handling_is_due_by_the_earliest_delivery() -> None:
    verdict = handling_verdict([LATER, DELIVERED], POLICY)
    assert verdict is not None
    assert verdict.at == NOON


# --- why it is unsettled ---------------------------------------------------------------------------------------------


@pytest.mark.clause("FEE-5")
def test_a_charge_that_waits_for_its_rate_is_no_matter_of_funds() -> None:
    due, late = NOON - timedelta(days=1), ChargeState.DUE
    assert reason_unsettled(late, due, None, NOON, rate_wanted=True) == (Unsettled.NO_RATE, None)
    not_yet = reason_unsettled(late, NOON + timedelta(days=1), None, NOON, rate_wanted=True)
    assert not_yet is not None
    assert not_yet[0] is Unsettled.NOT_YET_DUE


@pytest.mark.clause("FEE-5")
@pytest.mark.parametrize(
    ("state", "due_in", "settle_in", "reason"),
    [
        (ChargeState.PROVISIONAL, None, None, Unsettled.NO_DELIVERY_EVIDENCE),
        (ChargeState.DISPUTED, -1, None, Unsettled.IN_DISPUTE),
        (ChargeState.DUE, 1, 1, Unsettled.NOT_YET_DUE),
        (ChargeState.DUE, 0, 0, Unsettled.NOT_YET_DUE),
        (ChargeState.DUE, -1, None, Unsettled.NOT_ENOUGH_FUNDS),
        (ChargeState.DUE, -1, 1, Unsettled.NOT_ENOUGH_FUNDS),
        (ChargeState.SETTLED, -1, None, None),
        (ChargeState.WAIVED, None, None, None),
        (ChargeState.REVERSED, None, None, None),
    ],
)
def test_an_unsettled_charge_says_why(
    state: ChargeState, due_in: int | None, settle_in: int | None, reason: Unsettled | None
) -> None:
    due_at = None if due_in is None else NOON + timedelta(days=due_in)
    settle_at = None if settle_in is None else NOON + timedelta(days=settle_in)
    known = reason_unsettled(state, due_at, settle_at, NOON)
    assert (known[0] if known else None) is reason
