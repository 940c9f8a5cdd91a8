"""What shops, suppliers, products, mappings and plans may say of themselves."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Conflict, Refused
from andon.kernel.money import Money
from andon.partners.bindings.rules import BINDING, BindingState
from andon.partners.catalog.rules import (
    MappingDraft,
    check_batch,
    check_mapping,
    check_product,
    first_twice,
)
from andon.partners.plans.rules import check_plan
from andon.partners.shops.rules import check_shop, is_code, is_text
from andon.partners.suppliers.rules import (
    DECISIONS,
    SUPPLIER,
    Application,
    SupplierState,
    check_application,
    path_of_decision,
)
from andon.platform.policies.files import load_policies
from tests.worlds import NOON
from tests.worlds_partners import product

S = SupplierState


def code_of(check, *arguments) -> str:
    with pytest.raises(Refused) as refusal:
        check(*arguments)
    return refusal.value.code


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("a", True),
        ("红色 M/42 & more?#%", True),
        (" a ", True),
        ("x" * 128, True),
        ("", False),
        ("   ", False),
        ("x" * 129, False),
        ("a\nb", False),
        ("a\0b", False),
        ("a\u2028b", False),
        ("a\x7fb", False),
        ("\ud800", False),
        ("👩‍🚀", True),
        ("می‌خواهم", True),
        ("a\u202eb", False),
        ("\u2066a\u2069", False),
    ],
)
def test_a_name_is_any_text_on_one_line_that_is_read_as_it_is_written(text, sound):
    assert is_text(text, 128) is sound


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a\nb",
        "a\u202eb",
        "a\u200bb",
        "a\u200db",
        "\ufeffa",
        "a\u00adb",
        "e\u0301",
        "\u1100\u1161",
        "\u212b",
    ],
)
def test_what_looks_like_another_code_is_no_code(text):
    assert not is_code(text, 128)


@given(
    st.text(
        min_size=1,
        max_size=64,
        alphabet=st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")),
    )
)
def test_any_text_that_is_seen_is_a_sku_once_it_is_composed(text):
    composed = unicodedata.normalize("NFC", text)
    check_product(product(composed), "CNY")
    for other in (unicodedata.normalize("NFD", text), text):
        assert is_code(other, 256) is (other == composed)


SHOP = {"name": "衣见", "category": "apparel", "locale": "zh-CN", "currency": "CNY"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "shop.name"),
        ({"name": "x" * 201}, "shop.name"),
        ({"category": "a\tb"}, "shop.category"),
        ({"locale": "chinese"}, "shop.locale"),
        ({"locale": "zh_CN"}, "shop.locale"),
        ({"locale": ""}, "shop.locale"),
        ({"currency": "cny"}, "shop.currency"),
        ({"currency": "CNYY"}, "shop.currency"),
    ],
)
def test_a_shop_that_cannot_be_is_refused(change, code):
    assert code_of(lambda: check_shop(**(SHOP | change))) == code


@pytest.mark.parametrize("locale", ["en", "zh-CN", "zh-Hant-TW", "pt-BR", "es-419"])
def test_a_shop_speaks_any_language(locale):
    check_shop(**(SHOP | {"locale": locale}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sku": ""}, "product.sku"),
        ({"sku": "x" * 129}, "product.sku"),
        ({"title": "\n"}, "product.title"),
        ({"length_mm": 0}, "product.size"),
        ({"width_mm": -1}, "product.size"),
        ({"height_mm": 10_001}, "product.size"),
        ({"weight_g": 0}, "product.weight"),
        ({"weight_g": 1_000_001}, "product.weight"),
        ({"price": Money.of("1.00", "USD")}, "product.currency"),
        ({"price": Money.of("-0.01", "CNY")}, "product.price"),
    ],
)
def test_a_product_that_cannot_be_is_refused(change, code):
    assert code_of(check_product, dataclasses.replace(product("S"), **change), "CNY") == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"item": ""}, "mapping.item"),
        ({"units": 0}, "mapping.units"),
        ({"units": -3}, "mapping.units"),
        ({"units": 100_001}, "mapping.units"),
        ({"priority": -1}, "mapping.priority"),
        ({"priority": 10_000}, "mapping.priority"),
        ({"supply_price": Money.of("1.00", "USD")}, "mapping.supply_price"),
        ({"supply_price": Money.of("-1.00", "CNY")}, "mapping.supply_price"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(change, code):
    sound = MappingDraft("S", 1, "I", 1, 1)
    check_mapping(sound, "CNY")
    assert code_of(check_mapping, dataclasses.replace(sound, **change), "CNY") == code


@pytest.mark.clause("PART-1")
def test_a_batch_names_one_sku_to_as_many_as_the_policy_allows():
    limit = load_policies().at(NOON).part.batch_limit
    assert limit == 1_000
    check_batch(["S"] * limit, limit)
    assert code_of(check_batch, ["S"] * (limit + 1), limit) == "product.batch_limit"
    assert code_of(check_batch, [], limit) == "product.no_skus"


def test_the_first_that_comes_twice_is_named():
    assert first_twice([3, 1, 2, 1, 3]) == 1
    assert first_twice([3, 1, 2]) is None


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ([], "plan.no_standard"),
        (["cainiao_jit"], "plan.no_standard"),
        (["cainiao_smart"], "plan.no_standard"),
        (["cainiao_standard", "cainiao_standard"], "plan.twice"),
        (["cainiao_standard", "slow_boat"], "plan.unknown_line"),
    ],
)
def test_a_plan_that_cannot_ship_is_refused(chosen, code):
    assert code_of(check_plan, chosen, load_policies().at(NOON).lines) == code


def test_a_plan_may_go_without_a_jit_line():
    check_plan(["cainiao_standard"], load_policies().at(NOON).lines)
    check_plan(["cainiao_jit", "cainiao_standard"], load_policies().at(NOON).lines)


# --- suppliers ------------------------------------------------------------------------------------------------


@pytest.mark.clause("QUAL-1")
@pytest.mark.parametrize(
    ("state", "decision", "path"),
    [
        (S.APPLIED, "qualify", (S.UNDER_REVIEW, S.QUALIFIED)),
        (S.APPLIED, "decline", (S.UNDER_REVIEW, S.DECLINED)),
        (S.UNDER_REVIEW, "qualify", (S.QUALIFIED,)),
        (S.UNDER_REVIEW, "decline", (S.DECLINED,)),
        (S.QUALIFIED, "suspend", (S.SUSPENDED,)),
        (S.SUSPENDED, "restore", (S.QUALIFIED,)),
        (S.QUALIFIED, "retire", (S.RETIRED,)),
        (S.SUSPENDED, "retire", (S.RETIRED,)),
    ],
)
def test_a_decision_moves_a_supplier(state, decision, path):
    assert path_of_decision(state, decision) == path


def test_no_other_decision_moves_a_supplier():
    open_to = {
        (state, word)
        for state in S
        for word, decision in DECISIONS.items()
        if state in decision.sources or (state is S.APPLIED and word in {"qualify", "decline"})
    }
    for state in S:
        for word in DECISIONS:
            if (state, word) not in open_to:
                with pytest.raises(Conflict) as refusal:
                    path_of_decision(state, word)
                assert (refusal.value.code, refusal.value.facts["state"]) == ("supplier.state", state.word)


def test_a_decision_is_one_of_five_words():
    assert code_of(path_of_decision, S.APPLIED, "bless") == "supplier.decision"


def test_no_move_leads_out_of_an_end():
    for lifecycle, ends in ((SUPPLIER, (S.DECLINED, S.RETIRED)), (BINDING, (BindingState.ENDED,))):
        assert lifecycle.unreachable() == []
        assert not any(lifecycle.allows(end, state) for end in ends for state in lifecycle.states)
        assert all((state >= 80) == (state in ends) for state in lifecycle.states)


@pytest.mark.parametrize(
    ("application", "code"),
    [
        (Application(""), "supplier.name"),
        (Application("x" * 201), "supplier.name"),
        (Application("仓", kind="friend"), "supplier.kind"),
        (Application("仓", documents=[{}] * 51), "supplier.documents"),
    ],
)
def test_an_application_that_cannot_be_is_refused(application, code):
    assert code_of(check_application, application) == code
