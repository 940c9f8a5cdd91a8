"""What a shop's past is that a what-if replays, from what lies in the tables."""

import json
from datetime import date, timedelta

import pytest

from andon.app.cli import main
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.errors import NotFound
from andon.kernel.settings import Settings
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.partners.catalog.service import put_products
from andon.platform.policies.rules import Policy
from andon.simulator.what_if.rules import Basis, Leg, Outcome, Way, replay_ways
from andon.simulator.what_if.views import Replayed, past_of, what_if_shown
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, bring_to, incoming, parts_of
from tests.worlds_partners import DemoShop, open_demo_shop, product

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)


def delivered(tx: Tx[Policy], shop: DemoShop, count: int, *, ship_days: int, days: int) -> None:
    """So many orders of ten days ago, shipped by their supplier after some days and delivered after more."""
    placed_at = NOON - 20 * DAY
    orders = accept(tx, shop.shop_id, *(incoming(f"d{n}", "S-1", placed_at=placed_at) for n in range(count)))
    for order in orders:
        [part] = parts_of(tx, shop.shop_id, order)
        bring_to(tx, shop.shop_id, part.fulfilment_id, FulfilmentState.DELIVERED, placed_at)
        tx.run(
            "update fulfilments set shipped_at = :shipped, delivered_at = :delivered "
            "where shop_id = :shop and fulfilment_id = :number",
            shipped=placed_at + ship_days * DAY,
            delivered=placed_at + days * DAY,
            shop=shop.shop_id,
            number=part.fulfilment_id,
        )


def replayed(past: Replayed, seed: int = 1) -> dict[Way, Outcome]:
    found = replay_ways(past.past, seed=seed, repeats=5)
    return {each.way: each for each in found}


def test_orders_are_those_of_the_last_whole_days_with_what_each_way_would_cost(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(
            tx,
            shop.shop_id,
            incoming("today", "S-1"),
            incoming("es", ("S-1", 2), "S-2", placed_at=NOON - DAY),
            incoming("first", "S-1", placed_at=NOON - 10 * DAY),
            incoming("before", "S-1", placed_at=NOON - 11 * DAY),
        )
        found = past_of(tx, shop.shop_id, 10, 100)
        assert (found.since, found.until, found.currency) == (TODAY - 10 * DAY, TODAY, "CNY")
        first, late = found.past.orders
        assert (first.day, first.units) == (0, (("S-1", 1),))
        assert (late.day, late.units) == (9, (("S-1", 2), ("S-2", 1)))
        # 350 g by cards of 100 g steps, begun ones whole: FEE-3; under JIT 0.30 and, of 1.2 l, 1.10 besides.
        assert first.jit == Leg("cainiao_jit", "ES", 1520 + 3 * 490 + 30 + 110, 10)
        assert first.smart == Leg("cainiao_smart", "ES", 1750 + 3 * 540, 7)
        assert first.standard == Leg("cainiao_standard", "ES", 1290 + 3 * 440, 15)
        # 1,050 g and 3.6 l in one parcel.
        assert late.jit == Leg("cainiao_jit", "ES", 1520 + 10 * 490 + 30 + 150, 10)
        assert found.past.before == {"S-1": {-1: 1}}


def test_of_a_busy_shop_it_is_the_latest_orders_and_the_past_begins_with_them(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(tx, shop.shop_id, *(incoming(str(n), "S-1", placed_at=NOON - n * DAY) for n in range(1, 8)))
        found = past_of(tx, shop.shop_id, 30, 3)
        assert [order.day for order in found.past.orders] == [0, 1, 2]
        assert found.since == TODAY - 3 * DAY
        assert found.past.before == {"S-1": {-1: 1, -2: 1, -3: 1, -4: 1}}


def test_an_order_goes_by_the_first_line_of_a_kind_that_takes_it_also_by_one_that_the_shop_has_not_chosen(
    database: Database,
):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(tx, shop.shop_id, incoming("heavy", "S-1", placed_at=NOON - DAY))
        put_products(tx, shop.shop_id, [product("S-1", weight_g=31_000)])
        [order] = past_of(tx, shop.shop_id, 10, 100).past.orders
        legs = (order.jit, order.smart, order.standard)
        assert [leg and leg.line for leg in legs] == ["yunexpress_jit", None, "yanwen_standard"]


@pytest.mark.clause("MOVE-2")
def test_how_long_things_took_is_the_shops_own_where_it_has_enough_else_the_guides_and_the_promise(
    database: Database,
):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        delivered(tx, shop, 40, ship_days=2, days=8)
        accept(tx, shop.shop_id, *(incoming(f"open {n}", "S-1", placed_at=NOON - DAY) for n in range(20)))
        found = past_of(tx, shop.shop_id, 30, 100)
        past = found.past
        assert (past.ship[True].basis, past.ship[True].sample, past.ship[True].mean) == (Basis.SHOP, 40, 2)
        assert (past.ship[False].basis, round(past.ship[False].mean, 6)) == (Basis.GUIDE, 5)
        assert {line: each.basis for (line, _), each in past.transit.items()} == {
            "cainiao_jit": Basis.SHOP,
            "cainiao_smart": Basis.PROMISE,
            "cainiao_standard": Basis.PROMISE,
        }
        jit = replayed(found)[Way.JIT]
        assert jit.deliver
        assert (jit.deliver.mean.value, jit.deliver.p90.high) == (8, 8)
        assert jit.promise_kept
        assert jit.promise_kept.value == 1


def test_a_shop_without_orders_has_nothing_to_replay_and_one_that_is_not_there_is_not_found(
    database: Database,
):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        found = past_of(tx, shop.shop_id, 30, 100)
        outcomes = replayed(found)
        assert {each.shipped.value for each in outcomes.values()} == {0}
        shown = what_if_shown(found, list(outcomes.values()), seed=1, repeats=5)
        assert [(each.way, each.cost, each.days_to_ship) for each in shown.ways] == [
            (way.value, None, None) for way in Way
        ]
        assert found.since == TODAY - 30 * DAY
        assert found.past.before == {}
        with pytest.raises(NotFound):
            past_of(tx, shop.shop_id + 1, 30, 100)


def test_the_command_tells_the_same_as_the_api_does_as_json_and_as_a_table(
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ANDON_HOME", str(settings.home))
    monkeypatch.setenv("COLUMNS", "150")
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(tx, shop.shop_id, *(incoming(str(n), "S-1", placed_at=NOON - n * DAY) for n in range(1, 20)))
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 1, NOON)
    with transaction(database) as tx:
        past = past_of(tx, shop.shop_id, 10, 100)
    expected = what_if_shown(past, replay_ways(past.past, seed=3, repeats=4), seed=3, repeats=4)

    def run(*arguments: str, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(("what-if", *arguments, "--database", database.name))
        assert ended.value.code == status
        return capsys.readouterr().out

    chosen = (str(shop.shop_id), "--days", "10", "--seed", "3", "--repeats", "4")
    assert json.loads(run(*chosen, "--json")) == expected.model_dump(mode="json")
    table = run(*chosen)
    assert "10 orders from 2026-02-20 until 2026-03-02" in table
    assert "days to deliver, p90" in table
    assert "ship by supplier: 3.2 days, from the guide" in table
    run("4711", status=1)
