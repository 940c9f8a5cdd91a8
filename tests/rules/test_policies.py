"""Policies: every clause's figure, and which version is in force when."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.money import Money
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import (
    CODES,
    InvalidOverride,
    NoneInForce,
    PolicyUnknown,
    UnknownOverride,
    overridden,
)
from andon.platform.policies.wire import figure_on_wire

HOURS = timedelta(hours=1)
DAYS = timedelta(days=1)
COUNTRIES = [
    "US",
    "ES",
    "FR",
    "PL",
    "BR",
    "KR",
    "DE",
    "IT",
    "NL",
    "GB",
    "BE",
    "PT",
    "CZ",
    "HU",
    "AU",
    "CA",
    "MX",
    "CL",
    "IL",
    "SA",
    "AE",
    "JP",
]
POLICY = load_policies().named("jit-3.2")
REPLAY = load_policies("replay")


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


# --- figures -----------------------------------------------------------------------------------------------------

FIGURES = [
    ("MODE-2", "push_p99", timedelta(seconds=1)),
    ("MODE-2", "push_rate", 500),
    ("MODE-3", "answer_within", 24 * HOURS),
    ("MODE-3", "reroute_on_silence", False),
    ("MODE-4", "stuck_after", 72 * HOURS),
    ("MODE-4", "stuck_from", "push"),
    ("MODE-5", "stale_after", 10 * DAYS),
    ("MODE-6", "complete_after", 15 * DAYS),
    ("EXIT-1", "closed_states", {"delivered", "completed", "cancelled", "returned", "lost"}),
    ("EXIT-4", "switch_delay", 24 * HOURS),
    ("EXIT-5", "appeal_within", 48 * HOURS),
    ("EXIT-7", "freeze", "whole_account"),
    ("PART-1", "batch_limit", 1000),
    ("PART-2", "calibration_within", 24 * HOURS),
    ("PART-3", "calibration_guard", "hold"),
    ("FEE-1", "handling", cny("0.30")),
    ("FEE-4", "settle_after_days", 3),
    ("FEE-4", "waived_when", {"lost", "returned", "cancelled"}),
    ("DISP-2", "supplier_causes", {"quality", "wrong_item", "short", "badly_packed", "stock_out"}),
    ("DISP-2", "supplier_limit", "order_value"),
    ("DISP-3", "delay_limit", Money.of("5", "USD")),
    ("DISP-4", "handled_within", 48 * HOURS),
    ("DISP-5", "seller_causes", {"wrong_listing", "uncounted_stock"}),
    ("DISP-6", "lost_limit", "order_value"),
    ("STOCK-2", "penalty", cny("0")),
    ("STOCK-3", "allotment", "equal"),
    ("QUAL-2", "review_within", 72 * HOURS),
    ("BACK-1", "cooling_off", timedelta(0)),
    ("BACK-2", "rating_at_least", Decimal("4.7")),
    ("BACK-2", "rating_window", 30 * DAYS),
    ("BACK-2", "rating_axes", ("described", "communication", "shipping")),
    ("BACK-3", "violation_window", 90 * DAYS),
    ("BACK-3", "violation_kinds", {"false_shipment", "wrong_address"}),
    ("MOVE-1", "horizon", 7 * DAYS),
    ("MOVE-2", "countries", tuple(COUNTRIES)),
    ("MOVE-2", "promise_days", 7),
    ("MOVE-2", "subsidy", cny("3")),
    ("MOVE-3", "service_level", Decimal("0.95")),
]


@pytest.mark.parametrize(("code", "name", "figure"), FIGURES)
def test_the_policy_in_force_has_the_figure_of_each_clause(code, name, figure):
    assert POLICY.clauses[code].values[name] == figure


def test_a_figure_reads_the_same_in_its_section_and_in_its_clause():
    sections = {
        "MODE": POLICY.mode, "EXIT": POLICY.exit, "PART": POLICY.part, "FEE": POLICY.fee, "DISP": POLICY.dispute,
        "STOCK": POLICY.stock, "QUAL": POLICY.qualification, "BACK": POLICY.back, "MOVE": POLICY.move,
    }  # fmt: skip
    for code, clause in POLICY.clauses.items():
        for name, figure in clause.values.items():
            assert getattr(sections[code.split("-")[0]], name) == figure
    assert POLICY.push.retry_delays == tuple(
        timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 36000)
    )


def test_every_version_says_every_clause_in_both_languages_and_where_it_comes_from():
    for policy in (*load_policies().versions, *REPLAY.versions):
        assert tuple(policy.clauses) == CODES
        assert len(CODES) == 41
        for clause in (*policy.clauses.values(), *policy.settings.values()):
            assert clause.title["zh-CN"]
            assert clause.title["en"]
            assert clause.text["zh-CN"]
            assert clause.text["en"]
            assert clause.source.kind in {"guide", "ours"}
            assert set(clause.sources) == set(clause.values)


def test_the_newest_version_cites_the_rulebook_that_the_guide_names():
    assert POLICY.clauses["EXIT-4"].source.rulebook == "《JIT商家运营规范V3.2》"
    assert POLICY.clauses["EXIT-5"].sources["appeal_within"].kind == "ours"
    assert (
        POLICY.clauses["EXIT-5"].values["notice"]["zh-CN"].format(hours=24) == "JIT服务将于24小时后正式停用"
    )


def test_apparel_is_open_to_jit_and_food_is_not():
    assert "apparel" in POLICY.mode.categories
    assert "food" in POLICY.categories
    assert "food" not in POLICY.mode.categories


@pytest.mark.clause("FEE-2")
@pytest.mark.parametrize(
    ("volume_ml", "fee"),
    [
        (0, "0.80"),
        (1, "0.80"),
        (1_000, "0.80"),
        (1_001, "1.10"),
        (3_000, "1.10"),
        (3_001, "1.50"),
        (8_000, "1.50"),
        (8_001, "2.00"),
        (20_000, "2.00"),
        (20_001, "2.50"),
        (10**9, "2.50"),
    ],
)
def test_a_tier_takes_its_upper_bound(volume_ml, fee):
    assert POLICY.fee.tier_of(volume_ml).fee == cny(fee)


@given(st.integers(min_value=0, max_value=10**12))
def test_every_volume_falls_into_exactly_one_tier(volume_ml):
    bounds = [0 if n == 0 else POLICY.fee.volume_tiers[n - 1].up_to_ml + 1 for n in range(5)]
    holding = [
        tier
        for lowest, tier in zip(bounds, POLICY.fee.volume_tiers, strict=True)
        if volume_ml >= lowest and (tier.up_to_ml is None or volume_ml <= tier.up_to_ml)
    ]
    assert holding == [POLICY.fee.tier_of(volume_ml)]


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=10**6))
def test_a_bigger_parcel_never_costs_less(one, other):
    small, big = sorted((one, other))
    assert POLICY.fee.tier_of(small).fee <= POLICY.fee.tier_of(big).fee


@pytest.mark.parametrize(
    ("code", "name", "written"),
    [
        ("MODE-5", "stale_after", "P10D"),
        ("FEE-1", "handling", {"amount": "0.30", "currency": "CNY"}),
        ("FEE-4", "waived_when", ["cancelled", "lost", "returned"]),
        ("BACK-2", "rating_at_least", "4.7"),
        ("MODE-3", "reroute_on_silence", False),
        ("DISP-3", "delay_limit", {"amount": "5.00", "currency": "USD"}),
    ],
)
def test_a_figure_goes_over_the_wire_exactly(code, name, written):
    assert figure_on_wire(POLICY.clauses[code].values[name]) == written


def test_every_figure_is_json():
    for clause in (*POLICY.clauses.values(), *POLICY.settings.values()):
        orjson.dumps(figure_on_wire(clause.values))


# --- lines -------------------------------------------------------------------------------------------------------


def test_the_smart_line_keeps_the_clauses_promise_in_all_its_countries():
    smart = [line for line in POLICY.lines.values() if line.kind == "smart"]
    assert smart
    for line in smart:
        assert line.promise_days == POLICY.move.promise_days
        assert line.countries == set(POLICY.move.countries)


def test_the_first_carriers_jit_line_has_a_rate_for_every_country():
    assert next(iter(POLICY.carriers)) == "cainiao"
    line = POLICY.lines["cainiao_jit"]
    assert (line.carrier, line.kind) == ("cainiao", "jit")
    assert line.countries == set(COUNTRIES)
    rate = line.rates["ES"]
    assert rate.first_fee == cny("15.20")
    assert rate.step_fee == cny("4.90")
    assert (rate.first_weight_grams, rate.step_weight_grams, rate.volumetric_divisor) == (100, 100, 8000)


# --- dating ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "version"),
    [
        (datetime(2019, 12, 31, 16, tzinfo=UTC), "jit-3.0"),
        (datetime(2023, 12, 31, 15, 59, 59, tzinfo=UTC), "jit-3.0"),
        (datetime(2023, 12, 31, 16, tzinfo=UTC), "jit-3.1"),
        (datetime(2024, 4, 30, 15, 59, 59, 999999, tzinfo=UTC), "jit-3.1"),
        (datetime(2024, 4, 30, 16, tzinfo=UTC), "jit-3.2"),
        (datetime(9999, 12, 31, tzinfo=UTC), "jit-3.2"),
    ],
)
def test_a_version_is_in_force_from_midnight_in_the_platforms_zone(instant, version):
    assert load_policies().at(instant).version == version


@pytest.mark.parametrize(("version", "hours"), [("jit-3.0", 48), ("jit-3.1", 72), ("jit-3.2", 72)])
def test_the_review_of_a_supplier_got_a_day_longer_with_3_1(version, hours):
    assert load_policies().named(version).qualification.review_within == hours * HOURS


def test_before_the_first_version_nothing_is_in_force():
    with pytest.raises(NoneInForce) as refusal:
        load_policies().at(datetime(2019, 12, 31, 15, 59, 59, tzinfo=UTC))
    assert refusal.value.code == "policy.none_in_force"


@pytest.mark.parametrize("version", ["", "jit-9", "replay-brl", "../jit-3.2"])
def test_a_name_that_no_version_of_the_set_has_is_refused(version):
    with pytest.raises(PolicyUnknown):
        load_policies().named(version)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_exactly_one_version_is_in_force_at_any_instant(instant):
    policies = load_policies()
    in_force = [
        policy
        for policy in policies.versions
        if policy.in_force_from <= instant < (policies.until(policy) or datetime.max.replace(tzinfo=UTC))
    ]
    assert in_force == [policies.at(instant)]


def test_the_replay_has_the_same_figures_in_reais_and_governs_nothing_else():
    (replay,) = REPLAY.versions
    assert (replay.currency, replay.zone, replay.version) == ("BRL", "America/Sao_Paulo", "replay-brl")
    assert replay.in_force_from == datetime(2000, 1, 1, 2, tzinfo=UTC)
    assert replay.fee.handling == Money.of("0.30", "BRL")
    assert [tier.fee.amount for tier in replay.fee.volume_tiers] == [
        t.fee.amount for t in POLICY.fee.volume_tiers
    ]
    assert replay.lines["cainiao_jit"].rates["BR"].first_fee.currency == "BRL"
    assert replay.dispute.delay_limit == Money.of("5", "USD")
    assert replay.mode == POLICY.mode
    assert all(policy.set_name == "jit" for policy in load_policies().versions)


def test_the_replay_in_dollars_has_the_same_figures_and_lines_for_pallets_beside_them():
    (replay,) = load_policies("replay-usd").versions
    assert (replay.currency, replay.zone, replay.version) == ("USD", "America/New_York", "replay-usd")
    assert replay.fee.handling == Money.of("0.30", "USD")
    assert (replay.mode, replay.tracking, replay.move.countries) == (
        POLICY.mode,
        POLICY.tracking,
        POLICY.move.countries,
    )
    jit, standard = replay.lines["pallet_jit"], replay.lines["pallet_standard"]
    assert (jit.kind, standard.kind) == ("jit", "standard")
    assert jit.countries == standard.countries
    assert not jit.countries & replay.lines["cainiao_jit"].countries


def test_a_policy_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        POLICY.version = "other"
    with pytest.raises(pydantic.ValidationError):
        POLICY.mode.answer_within = HOURS


# --- overrides ---------------------------------------------------------------------------------------------------


def test_a_shops_own_values_stand_in_place_of_the_policys_and_leave_it_as_it_was():
    own = overridden(POLICY, {"freeze": "exposure", "reroute_on_silence": True, "stock_out_penalty": "2.00"})
    assert own.exit.freeze == "exposure"
    assert own.mode.reroute_on_silence is True
    assert own.stock.penalty == cny("2.00")
    assert own.exit.switch_delay == POLICY.exit.switch_delay
    assert own.fee == POLICY.fee
    assert own.version == POLICY.version
    assert (POLICY.exit.freeze, POLICY.mode.reroute_on_silence) == ("whole_account", False)


def test_a_value_given_back_is_the_policys_own():
    assert overridden(POLICY, {"freeze": None}) is POLICY


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("freeze", "half"),
        ("freeze", True),
        ("freeze", ["exposure"]),
        ("reroute_on_silence", "yes"),
        ("reroute_on_silence", 1),
        ("calibration_guard", ""),
        ("stock_out_penalty", "-1.00"),
        ("stock_out_penalty", "0.001"),
        ("stock_out_penalty", 1.5),
        ("stock_out_penalty", {"amount": "1.00", "currency": "USD"}),
        ("stock_out_penalty", {"amount": "1.00", "currency": 7}),
        ("stock_out_penalty", "9" * 30),
    ],
)
def test_a_value_that_the_rule_cannot_have_is_refused(key, value):
    with pytest.raises(InvalidOverride) as refusal:
        overridden(POLICY, {key: value})
    assert refusal.value.code == "policy.invalid_override"


@pytest.mark.parametrize("key", ["handling", "switch_delay", "", "exit.freeze"])
def test_what_does_not_differ_from_shop_to_shop_is_refused(key):
    with pytest.raises(UnknownOverride):
        overridden(POLICY, {key: "exposure"})


# --- files -------------------------------------------------------------------------------------------------------
