"""What differs between two versions, whom it touches, how it is told, when it is announced, and what fees come to."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import NotFound
from andon.kernel.money import Money
from andon.membership.policy_changes.rules import (
    AUDIENCE,
    Change,
    Membership,
    Part,
    Reason,
    Shipment,
    ShopFacts,
    announceable,
    called_by,
    changes_between,
    changes_fees,
    check_news,
    counted_between,
    fee_effects,
    news_for,
    next_look,
    reason_for,
    told,
)
from andon.membership.policy_changes.rules.names import PARTS, VALUES
from andon.money.charges.rules import ChargeKind, Parcel, Way, costs_of
from andon.platform.policies.files import all_policies, load_policies
from andon.platform.policies.rules import FAMILIES, OVERRIDES, SETTINGS, Policy
from andon.platform.policies.wire import figure_on_wire
from tests.worlds_policies import IN_FORCE, policies_with

V30, V31, V32 = load_policies().versions
DAY = timedelta(days=1)
INSTANTS = st.integers(0, 8 * 365 * 24 * 60).map(
    lambda m: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=m)
)
"""Some minute from 2019 to the end of 2026."""
IN = ShopFacts("apparel", Membership.IN, {"cainiao_jit": "jit", "cainiao_standard": "standard"})
NEVER = replace(IN, membership=Membership.NEVER, lines={"cainiao_standard": "standard"})
LEFT = replace(NEVER, membership=Membership.LEFT)
LEAVING = replace(IN, membership=Membership.LEAVING)

UNTRANSLATED = re.compile(r"(?<![A-Za-z{:-])[a-z]{2,}(?:_[a-z]+)*(?![A-Za-z}])")
"""What looks like a code in a Chinese sentence; units are of one letter."""

HEAD = 'version = "jit-3.3"\nset = "jit"\nextends = "jit-3.2"\nin_force_from = 2026-03-20\n'


def version(folder: Path, text: str) -> Policy:
    """Version 3.3, which changes what `text` says."""
    return policies_with(folder, HEAD + text).named("jit-3.3")


def said(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.code, change.name) for change in changes]


# --- what differs ---------------------------------------------------------------------------------------------------


def test_the_shipped_versions_differ_in_one_deadline_and_in_nothing() -> None:
    [change] = changes_between(V30, V31)
    assert (change.part, change.code, change.name) == ("clause", "QUAL-2", "review_within")
    assert (change.before, change.after) == (timedelta(hours=48), timedelta(hours=72))
    assert changes_between(V31, V32) == []


@pytest.mark.parametrize("policy", all_policies(), ids=lambda policy: policy.version)
def test_a_version_differs_from_itself_in_nothing(policy: Policy) -> None:
    assert changes_between(policy, policy) == []


@pytest.mark.parametrize("policy", all_policies(), ids=lambda policy: policy.version)
def test_differences_mirror_each_other(policy: Policy) -> None:
    there, back = changes_between(V30, policy), changes_between(policy, V30)

    def key(change: Change, before: Any, after: Any) -> tuple[str, ...]:
        code = "" if change.part == "version" else change.code
        return change.part, code, change.name, repr(figure_on_wire(before)), repr(figure_on_wire(after))

    assert sorted(key(each, each.before, each.after) for each in there) == sorted(
        key(each, each.after, each.before) for each in back
    )


NEW_LINE = """
[lines.andon_jit]
carrier = "cainiao"
kind = "jit"
names = { zh-CN = "安灯专线", en = "Andon line" }
promise_days = 5
[lines.andon_jit.card]
first_weight_grams = 100
step_weight_grams = 100
volumetric_divisor = 8_000
[lines.andon_jit.rates]
ES = { first_fee = "10.00", step_fee = "1.00" }
"""
TEXT = '[clauses.EXIT-4]\ntext.zh-CN = "总开关改为立即停用。"\ntext.en = "The switch goes off at once."\n'
CARD = "[lines.cainiao_jit.card]\nvolumetric_divisor = 6_000\n"
SPAIN = '[lines.cainiao_jit.rates]\nES = { first_fee = "16.20" }\n'
BRAZIL = """
[lines.cainiao_jit.rates]
BR = { first_fee = "20.00", surcharges = [{ code = "remote", fee = "9.00", postcodes = ["69"] }] }
"""
FOOD = '[categories]\nfood = { zh-CN = "食品饮料", en = "Food and drink" }\n'


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ('[clauses.FEE-1]\nvalues.handling = "0.50"', [("FEE-1", "handling")]),
        (TEXT, [("EXIT-4", "text")]),
        ('[settings.push]\nvalues.jitter_share = "0.20"', [("push", "jitter_share")]),
        ("[lines.cainiao_smart]\npromise_days = 6", [("cainiao_smart", "promise_days")]),
        (NEW_LINE, [("andon_jit", "whole")]),
        (FOOD, [("food", "whole")]),
        ('currency = "CNY"', []),
        ('rulebook = "《JIT商家运营规范V3.3》"', []),
    ],
)
def test_each_thing_that_differs_is_named(text: str, differs: list[tuple[str, str]], tmp_path: Path) -> None:
    assert said(changes_between(V32, version(tmp_path, text))) == differs


def test_of_rates_those_of_the_countries_that_differ_are_told(tmp_path: Path) -> None:
    [change] = changes_between(V32, version(tmp_path / "spain", SPAIN))
    assert (list(change.before), list(change.after)) == (["ES"], ["ES"])
    [change] = changes_between(V32, version(tmp_path / "card", CARD))
    assert set(change.after) == set(V32.lines["cainiao_jit"].rates)


# --- whom it touches ------------------------------------------------------------------------------------------------


def test_every_family_and_every_setting_has_its_audience() -> None:
    assert set(AUDIENCE) == set(FAMILIES) | set(SETTINGS)


def clause(code: str, name: str = "x", before: Any = 1, after: Any = 2) -> Change:
    part: Part = "clause" if "-" in code else "setting"
    return Change(part, code, {"zh-CN": "", "en": ""}, name, before, after)


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("MODE-3", {"in": "jit", "leaving": "jit", "left": "coming_back"}),
        ("EXIT-5", {"in": "jit", "leaving": "jit"}),
        ("FEE-1", {"in": "jit", "leaving": "jit"}),
        ("DISP-3", {"in": "jit", "leaving": "jit", "left": "past_orders"}),
        ("BACK-2", {"leaving": "coming_back", "left": "coming_back"}),
        ("QUAL-2", {"in": "jit", "leaving": "jit", "left": "coming_back"}),
        ("privacy", dict.fromkeys(("never", "in", "leaving", "left"), "everyone")),
        ("push", {}),
    ],
)
def test_a_clause_touches_shops_by_where_they_stand_with_jit(code: str, reasons: Mapping[str, str]) -> None:
    found = {
        each.value: reason
        for each in Membership
        if (reason := reason_for(clause(code), replace(IN, membership=each)))
    }
    assert found == reasons


def test_a_list_of_categories_touches_shops_of_those_that_come_or_go_alone() -> None:
    change = clause("MODE-1", "categories", frozenset({"apparel", "shoes"}), frozenset({"shoes", "food"}))
    found = {name: reason_for(change, replace(NEVER, category=name)) for name in ("apparel", "shoes", "food")}
    assert found == {"apparel": "category", "shoes": None, "food": "category"}


@pytest.mark.parametrize("key", OVERRIDES)
def test_a_value_that_the_shop_has_of_its_own_touches_it_not(key: str) -> None:
    override = OVERRIDES[key]
    [code] = [
        code
        for code in V32.clauses
        if FAMILIES[code.partition("-")[0]][0] == override.section
        and override.figure in V32.clauses[code].values
    ]
    change = clause(code, override.figure)
    assert reason_for(change, IN) == "jit"
    assert reason_for(change, replace(IN, own=frozenset({key}))) is None


@pytest.mark.parametrize(
    ("shop", "reason"),
    [(IN, "line"), (LEAVING, "line"), (NEVER, None), (LEFT, None), (replace(NEVER, lines=IN.lines), "line")],
)
def test_a_line_touches_who_ships_by_it(shop: ShopFacts, reason: Reason | None, tmp_path: Path) -> None:
    [change] = changes_between(V32, version(tmp_path, SPAIN))
    assert reason_for(change, shop) == reason


def test_a_new_line_touches_who_may_ship_by_it(tmp_path: Path) -> None:
    later = version(tmp_path, NEW_LINE)
    [new], [gone] = changes_between(V32, later), changes_between(later, V32)
    assert [reason_for(new, shop) for shop in (IN, LEAVING, NEVER, LEFT)] == ["line", "line", None, None]
    assert reason_for(gone, IN) is None
    assert reason_for(gone, replace(IN, lines={"andon_jit": "jit"})) == "line"


def test_the_smart_lines_promise_touches_who_ships_by_it_also_outside_jit() -> None:
    change = clause("MOVE-2", "promise_days")
    assert reason_for(change, NEVER) is None
    assert reason_for(change, replace(NEVER, lines={"cainiao_smart": "smart"})) == "line"


def test_the_name_of_a_category_touches_its_shops_and_the_currency_all(tmp_path: Path) -> None:
    [change] = changes_between(V32, version(tmp_path, FOOD))
    assert [reason_for(change, replace(NEVER, category=each)) for each in ("food", "toys")] == [
        "category",
        None,
    ]
    currency = replace(change, part="version", name="currency", before="CNY", after="USD")
    assert {reason_for(currency, replace(IN, membership=each)) for each in Membership} == {"everyone"}


# --- how it is told -------------------------------------------------------------------------------------------------


def test_every_value_and_every_part_has_a_name_in_both_languages() -> None:
    values = {
        (code, name)
        for policy in all_policies()
        for code, each in {**policy.clauses, **policy.settings}.items()
        for name in each.values
    }
    assert set(VALUES) == values
    for names in (*VALUES.values(), *PARTS.values()):
        assert all(names)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in names[1])


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ('[clauses.FEE-1]\nvalues.handling = "0.50"', "每笔订单：CNY 0.30 → CNY 0.50", "fee an order: CNY 0.30 → CNY 0.50"),
        ('[clauses.MODE-5]\nvalues.stale_after = "12d"', "物流停滞时限：10天 → 12天", "stale after: 10 days → 12 days"),
        ("[clauses.MODE-3]\nvalues.reroute_on_silence = true", "逾期自动改派：否 → 是", "reroute on silence: no → yes"),
        ("[lines.cainiao_smart]\npromise_days = 6", "时效承诺（天）：7 → 6", "promise, in days: 7 → 6"),
        (FOOD, "整体：食品 → 食品饮料", "as a whole: Food → Food and drink"),
        (TEXT, f"条文：{V32.clauses['EXIT-4'].text['zh-CN']} → 总开关改为立即停用。",
         f"text: {V32.clauses['EXIT-4'].text['en']} → The switch goes off at once."),
        (NEW_LINE, "整体：无 → 安灯专线", "as a whole: none → Andon line"),
        (SPAIN, "价卡：西班牙 首重 CNY 15.20 / 100 g → CNY 16.20 / 100 g", "rates: Spain first weight CNY 15.20 / 100 g → CNY 16.20 / 100 g"),
        (BRAZIL, "价卡：巴西 首重 CNY 19.60 / 100 g → CNY 20.00 / 100 g，偏远地区 无 → CNY 9.00 (69)",
         "rates: Brazil first weight CNY 19.60 / 100 g → CNY 20.00 / 100 g, remote areas none → CNY 9.00 (69)"),
        ('[clauses.EXIT-7]\nvalues.freeze = "exposure"', "冻结范围：整个资金账户 → 未了结的金额",
         "what is frozen: the whole account → what is still open"),
        ('[clauses.FEE-4]\nvalues.waived_when = ["lost"]', "减免情形：移除取消、退回", "waived when: taken away cancelled, returned"),
        (('[clauses.MODE-1]\nvalues.categories = ["apparel", "shoes", "bags", "jewellery", "beauty", "home", "kitchen", "toys", "sports", '
         '"electronics", "automotive", "pets", "food"]'), "开放类目：新增食品；移除综合", "categories: added Food; taken away General merchandise"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_both_languages(text: str, zh: str, en: str, tmp_path: Path) -> None:
    later = version(tmp_path, text)
    [change] = changes_between(V32, later)
    assert told(change, called_by(V32, later)) == {"zh-CN": zh, "en": en}


@pytest.mark.parametrize("policy", all_policies(), ids=lambda policy: policy.version)
def test_every_figure_of_every_version_has_words_and_a_form_on_the_wire(policy: Policy) -> None:
    called = called_by(policy)
    changes = [
        Change("clause", code, each.title, name, None, figure)
        for code, each in {**policy.clauses, **policy.settings}.items()
        for name, figure in each.values.items()
    ]
    changes += [Change("line", line.code, line.names, "whole", line, None) for line in policy.lines.values()]
    changes += [
        Change("line", line.code, line.names, "rates", {}, line.rates) for line in policy.lines.values()
    ]
    for change in changes:
        told_of = told(change, called)
        assert all(told_of.values())
        assert not UNTRANSLATED.search(told_of["zh-CN"]), "a code without a word"
        figure_on_wire(change.after)


# --- when it is announced -------------------------------------------------------------------------------------------


@given(INSTANTS, st.integers(1, 60))
def test_a_version_is_announced_for_as_long_before_as_after_it_comes_into_force(
    now: datetime, days: int
) -> None:
    within = timedelta(days=days)
    found = announceable((V30, V31, V32), now, within)
    assert [after for _, after in found] == [
        each for each in (V31, V32) if -within <= now - each.in_force_from < within
    ]
    assert all(before.in_force_from < after.in_force_from for before, after in found)


@given(INSTANTS)
def test_what_is_news_to_a_shop_came_after_it(created_at: datetime) -> None:
    news = [after.version for _, after in news_for((V30, V31, V32), created_at)]
    assert news == [each.version for each in (V32, V31) if each.in_force_from > created_at]
    for each in (V30, V31, V32):
        if each.version in news:
            check_news((V30, V31, V32), created_at, each.version)
        else:
            with pytest.raises(NotFound, match=r"policy_change\.not_found"):
                check_news((V30, V31, V32), created_at, each.version)


@given(INSTANTS, st.times())
def test_the_next_look_is_within_a_day_and_later_than_now(now: datetime, at: time) -> None:
    found = next_look(now, at.replace(microsecond=0), "Asia/Shanghai")
    assert now < found <= now + DAY


def test_orders_are_counted_over_the_last_thirty_days_before_it_comes_into_force() -> None:
    assert counted_between(IN_FORCE - DAY, IN_FORCE) == (IN_FORCE - 31 * DAY, IN_FORCE - DAY)
    assert counted_between(IN_FORCE + DAY, IN_FORCE) == (IN_FORCE - 30 * DAY, IN_FORCE)


# --- what fees come to ----------------------------------------------------------------------------------------------

COUNTRIES = st.sampled_from(sorted(V32.lines["cainiao_jit"].rates))


@st.composite
def shipments(draw: st.DrawFn) -> list[Shipment]:
    return [
        Shipment(
            draw(st.integers(1, 4)),
            number,
            Way("cainiao_jit", draw(COUNTRIES), draw(st.sampled_from(["28001", "35001", "99501"]))),
            tuple(
                Parcel(
                    number * 10 + place,
                    "cainiao",
                    draw(st.integers(1, 5000)),
                    200,
                    150,
                    draw(st.integers(10, 400)),
                )
                for place in range(draw(st.integers(1, 3)))
            ),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@given(shipments())
def test_fees_add_up_to_what_charging_works_out(shipped: list[Shipment]) -> None:
    effects = fee_effects(shipped, V30, V32, IN_FORCE - DAY, IN_FORCE)
    assert effects.shipments == len(shipped)
    costs = [
        cost
        for each in shipped
        for cost in costs_of(each.order_id, each.fulfilment_id, each.parcels, each.way, V32)
    ]
    for each in effects.by_kind:
        assert each.before == each.after, "the shipped versions have the same fees"
        own = {
            (cost.subject, cost.amount) for cost in costs if cost.kind is each.kind
        }  # once an order, a fulfilment, a waybill
        assert each.after == sum((amount for _, amount in own), Money.from_minor(0, "CNY"))


def test_only_what_changes_a_shipments_cost_asks_for_its_fees(tmp_path: Path) -> None:
    changing = {"fee": '[clauses.FEE-1]\nvalues.handling = "0.50"', "card": CARD, "line": NEW_LINE}
    leaving = {
        "promise": "[lines.cainiao_jit]\npromise_days = 9",
        "exit": TEXT,
        "due": "[clauses.FEE-4]\nvalues.settle_after_days = 4",
    }
    found = {
        name: changes_fees(changes_between(V32, version(tmp_path / name, text)))
        for name, text in (changing | leaving).items()
    }
    assert found == dict.fromkeys(changing, True) | dict.fromkeys(leaving, False)


def test_a_dearer_card_shows_in_freight_alone(tmp_path: Path) -> None:
    box = Parcel(1, "cainiao", 350, 200, 150, 40)
    shipped = [Shipment(1, 1, Way("cainiao_jit", "ES", "28001"), (box,))]
    effects = fee_effects(shipped, V32, version(tmp_path, SPAIN), IN_FORCE - DAY, IN_FORCE)
    assert {each.kind: (each.after - each.before).minor for each in effects.by_kind} == {
        ChargeKind.HANDLING: 0,
        ChargeKind.WAREHOUSE: 0,
        ChargeKind.FREIGHT: 100,
    }
