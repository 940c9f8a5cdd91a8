"""A shop's own values: who sets them, from when they hold, and what is kept of it."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy.orm import Session

from andon.kernel.db import Database
from andon.kernel.errors import NotFound
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.partners.shops.service import open_shop
from andon.platform.policies.files import load_policies
from andon.platform.policies.rules import InvalidOverride, NoneInForce, OverrideForbidden, UnknownOverride
from andon.platform.policies.service import set_policy_overrides
from andon.platform.policies.views import policies_for, policy_for
from tests.worlds import NOON, transaction

OPERATOR = Actor("operator")
HOUR = timedelta(hours=1)


@pytest.fixture
def shops(database: Database) -> tuple[int, int]:
    """Two shops, opened at noon."""
    with transaction(database, actor=OPERATOR) as tx:
        return tuple(
            open_shop(
                tx, name=name, category="apparel", locale="zh-CN", currency="CNY", zone="Asia/Shanghai"
            ).shop_id
            for name in ("One", "Two")
        )


def recorded(database: Database, shop_id: int) -> list[dict]:
    with transaction(database) as tx:
        rows = tx.rows(
            "select body, actor, at from events where shop_id = :shop and kind = 'policy.overridden' order by event_id",
            shop=shop_id,
        )
    return [{**orjson.loads(row.body), "actor": row.actor, "at": row.at} for row in rows]


def test_without_values_of_its_own_a_shop_stands_under_the_version_in_force(database, shops):
    with transaction(database) as tx:
        assert policy_for(tx, shops[0]) is load_policies().named("jit-3.2")
        assert policy_for(tx, shops[0], at=NOON.replace(year=2022)).version == "jit-3.0"
        with pytest.raises(NoneInForce):
            policy_for(tx, shops[0], at=NOON.replace(year=2012))


@pytest.mark.parametrize(
    ("changes", "figure"),
    [
        ({"freeze": "exposure"}, lambda policy: policy.exit.freeze == "exposure"),
        ({"reroute_on_silence": True}, lambda policy: policy.mode.reroute_on_silence),
        ({"calibration_guard": "trust"}, lambda policy: policy.part.calibration_guard == "trust"),
        ({"stock_out_penalty": "5.00"}, lambda policy: policy.stock.penalty == Money.of("5", "CNY")),
        (
            {"stock_out_penalty": {"amount": "5.00", "currency": "CNY"}},
            lambda policy: policy.stock.penalty == Money.of("5", "CNY"),
        ),
    ],
)
def test_an_operator_gives_one_shop_a_value_and_no_other(database, shops, changes, figure):
    with transaction(database, actor=OPERATOR) as tx:
        answered = set_policy_overrides(tx, shops[0], changes)
    with transaction(database) as tx:
        policies = policies_for(tx, shops)
    assert figure(answered)
    assert policies[shops[0]] == answered
    assert not figure(policies[shops[1]])


def test_a_value_holds_from_the_instant_at_which_it_was_set_until_the_next(database, shops):
    for hours, freeze in ((1, "exposure"), (2, "whole_account"), (3, "exposure"), (4, None)):
        with transaction(database, now=NOON + hours * HOUR, actor=OPERATOR) as tx:
            set_policy_overrides(tx, shops[0], {"freeze": freeze})
    with transaction(database, now=NOON + 9 * HOUR) as tx:
        held = [policy_for(tx, shops[0], at=NOON + n * HOUR / 2).exit.freeze for n in range(1, 10)]
    whole, part = "whole_account", "exposure"
    assert held == [whole, part, part, whole, whole, part, part, whole, whole]


def test_an_orders_policy_is_the_one_of_its_own_instant(database, shops):
    with transaction(database, now=NOON + HOUR, actor=OPERATOR) as tx:
        set_policy_overrides(tx, shops[0], {"stock_out_penalty": "5.00"})
    with transaction(database, now=NOON + 2 * HOUR) as tx:
        assert policy_for(tx, shops[0], at=NOON).stock.penalty == Money.of("0", "CNY")
        assert policy_for(tx, shops[0]).stock.penalty == Money.of("5", "CNY")


def test_each_setting_is_an_event_with_who_and_when(database, shops):
    with transaction(database, now=NOON + HOUR, actor=OPERATOR) as tx:
        set_policy_overrides(tx, shops[0], {"freeze": "exposure", "reroute_on_silence": True})
    with transaction(database, now=NOON + 2 * HOUR, actor=Actor("shop", shops[0])) as tx:
        set_policy_overrides(tx, shops[0], {"reroute_on_silence": None})
    events = recorded(database, shops[0])
    assert [(event["key"], event.get("value"), event["actor"]) for event in events] == [
        ("freeze", "exposure", "operator"),
        ("reroute_on_silence", True, "operator"),
        ("reroute_on_silence", None, f"shop:{shops[0]}"),
    ]
    assert [event["at"] for event in events] == [NOON + HOUR, NOON + HOUR, NOON + 2 * HOUR]
    assert recorded(database, shops[1]) == []


def test_what_holds_already_changes_nothing(database, shops):
    for hours in (1, 2):
        with transaction(database, now=NOON + hours * HOUR, actor=OPERATOR) as tx:
            set_policy_overrides(tx, shops[0], {"freeze": "exposure", "calibration_guard": None})
    assert len(recorded(database, shops[0])) == 1


@pytest.mark.clause("MODE-3")
def test_a_shop_itself_says_whether_silence_reroutes(database, shops):
    with transaction(database, actor=Actor("shop", shops[0])) as tx:
        assert set_policy_overrides(tx, shops[0], {"reroute_on_silence": True}).mode.reroute_on_silence


@pytest.mark.parametrize("key", ["freeze", "calibration_guard", "stock_out_penalty"])
def test_a_shop_does_not_set_what_is_the_operators(database, shops, key):
    with transaction(database, actor=Actor("shop", shops[0])) as tx:
        with pytest.raises(OverrideForbidden):
            set_policy_overrides(tx, shops[0], {"reroute_on_silence": True, key: None})
        assert policy_for(tx, shops[0]).overrides == {}


@pytest.mark.parametrize("kind", ["shop", "supplier", "channel", "carrier", "line"])
def test_nobody_else_sets_a_shops_values(database, shops, kind):
    with (
        transaction(database, actor=Actor(kind, shops[1])) as tx,
        pytest.raises(OverrideForbidden),
    ):
        set_policy_overrides(tx, shops[0], {"reroute_on_silence": True})


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reroute_on_silence": True, "freeze": "half"}, InvalidOverride),
        ({"reroute_on_silence": True, "handling": "0.10"}, UnknownOverride),
    ],
)
def test_one_bad_value_among_good_ones_changes_nothing(database, shops, changes, refusal):
    with transaction(database, actor=OPERATOR) as tx:
        with pytest.raises(refusal):
            set_policy_overrides(tx, shops[0], changes)
        assert policy_for(tx, shops[0]).overrides == {}
    assert recorded(database, shops[0]) == []


def test_a_shop_that_is_not_there_has_no_values(database, shops):
    with transaction(database, actor=OPERATOR) as tx, pytest.raises(NotFound):
        set_policy_overrides(tx, 10**9, {"freeze": "exposure"})


def test_a_suppliers_act_is_decided_by_the_shops_own_values(database, shops):
    with transaction(database, actor=OPERATOR) as tx:
        set_policy_overrides(tx, shops[0], {"reroute_on_silence": True})
    with Session(database.app) as session:
        tx = Tx(session, now=NOON, actor=Actor("supplier", 7), policies=load_policies())
        tx.run(f"set local andon.shops = '{shops[0]}'")
        tx.run("set local andon.supplier = '7'")
        assert policy_for(tx, shops[0]).mode.reroute_on_silence


def test_a_shops_values_are_hidden_from_other_shops(database, shops):
    with transaction(database, actor=OPERATOR) as tx:
        set_policy_overrides(tx, shops[0], {"reroute_on_silence": True})
    with Session(database.app) as session:
        tx = Tx(session, now=NOON, actor=Actor("shop", shops[1]), policies=load_policies())
        tx.run(f"set local andon.shops = '{shops[1]}'")
        assert tx.rows("select * from policy_overrides") == []
