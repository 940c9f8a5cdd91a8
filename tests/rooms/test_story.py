"""The story of an order: what happened in words of both languages, and what is due next."""

import importlib
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from andon.app.cli import main
from andon.insights.story.rules import LANGUAGES, TEXTS, told
from andon.insights.story.views import find_orders, refusals_of, story_of_order
from andon.kernel.db import Database, names_of_databases
from andon.kernel.errors import NotFound
from andon.kernel.events import Event
from andon.kernel.settings import Settings
from andon.orders.intake.service import accept_orders
from tests.worlds import NOON, transaction
from tests.worlds_disputes import HANDLED, decided, opened, photo, sold
from tests.worlds_money import DELIVERED, DUE, Settled, a_settled_world, ship
from tests.worlds_orders import incoming

EVENTS = (
    "andon.orders.customs.events",
    "andon.orders.order.events",
    "andon.orders.shipping.events",
    "andon.orders.tracking.events",
    "andon.money.charges.events",
    "andon.money.disputes.events",
)


def kinds() -> Iterator[str]:
    for name in EVENTS:
        for thing in vars(importlib.import_module(name)).values():
            if isinstance(thing, type) and issubclass(thing, Event) and "kind" in vars(thing):
                yield thing.kind


def test_everything_that_happens_to_an_order_has_its_words() -> None:
    assert set(kinds()) <= set(TEXTS)


@pytest.mark.parametrize("kind", TEXTS)
def test_a_line_is_told_in_both_languages_also_where_facts_are_missing(kind: str) -> None:
    texts = told(kind, {}, {}, "Asia/Shanghai")
    assert set(texts) == set(LANGUAGES)
    assert all(texts.values())
    assert texts["en"] != texts["zh-CN"]


def test_a_kind_that_nobody_put_in_words_stands_for_itself() -> None:
    assert told("moon.rose", {"fulfilment_id": 1}, {}, "UTC") == {"en": "moon.rose", "zh-CN": "moon.rose"}


def told_of(database: Database, world: Settled, name: str) -> list[tuple[str, str]]:
    with transaction(database, DUE) as tx:
        story = story_of_order(tx, world.shop_id, world.orders[name])
        return [(moment.kind, moment.text["en"]) for moment in story.moments]


def test_an_order_that_was_paid_is_told_from_the_channel_to_the_settled_fee(database: Database) -> None:
    world = a_settled_world(database)
    lines = told_of(database, world, "paid")
    assert [kind for kind, _ in lines] == [
        "order.accepted",
        "fulfilment.reserved",
        "fulfilment.pushed",
        "fulfilment.accepted",
        "fulfilment.picked",
        "fulfilment.labelled",
        "parcel.labelled",
        "fulfilment.shipped",
        *["charge.accrued"] * 3,
        "fulfilment.delivered",
        *["charge.fixed"] * 3,
        *["charge.settled"] * 3,
    ]
    texts = [text for _, text in lines]
    assert texts[0] == "Order paid of demo taken: 2 line(s), goods CNY 149.70, freight CNY 0.00"
    assert texts[1] == "Units reserved with 仓1 (JIT, cainiao_jit)"
    assert "Order handling CNY 0.30 is owed, due 2026-03-10 00:00" in texts
    assert texts[-1].startswith("Trunk freight CNY 29.90 is settled, journal ")
    with transaction(database, DUE) as tx:
        story = story_of_order(tx, world.shop_id, world.orders["paid"])
        assert [(ahead.station, ahead.at) for ahead in story.ahead] == [
            ("complete", DELIVERED + timedelta(days=15))
        ]
        assert (story.group, story.zone) == ("delivered", "Asia/Shanghai")


def test_a_reroute_says_whom_it_replaces_and_what_is_due_next(database: Database) -> None:
    world = a_settled_world(database)
    lines = dict(told_of(database, world, "rejected"))
    assert lines["fulfilment.rejected"] == "仓1 will not fulfil it: out of stock"
    assert lines["fulfilment.reserved"].startswith("Units reserved with 仓2 (JIT, cainiao_jit, in place of ")
    with transaction(database) as tx:
        story = story_of_order(tx, world.shop_id, world.orders["rejected"])
        assert {ahead.station for ahead in story.ahead} == {"answer", "stuck"}


def test_an_order_of_another_shop_is_not_there(database: Database) -> None:
    world = a_settled_world(database)
    with transaction(database) as tx, pytest.raises(NotFound):
        story_of_order(tx, world.shop_id + 1, world.orders["paid"])


def test_an_order_is_found_by_our_number_and_by_the_channels(database: Database) -> None:
    world = a_settled_world(database)
    with transaction(database) as tx:
        number = world.orders["paid"]
        assert [one.order_id for one in find_orders(tx, "paid")] == [number]
        assert [one.channel_order_no for one in find_orders(tx, str(number))] == ["paid"]
        assert find_orders(tx, "9" * 30) == []
        assert find_orders(tx, "nobody's") == []


@pytest.fixture
def told_world(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settled:
    """A world, and the environment in which the command line finds it."""
    monkeypatch.setenv("ANDON_HOME", str(settings.home))
    world = a_settled_world(database)
    with transaction(database) as tx:
        accept_orders(tx, world.shop_id, [incoming("refused", "NO-SUCH-SKU")])
    ship(database, world, "waiting", at=NOON + timedelta(days=9))
    return world


def test_explain_tells_an_order(
    database: Database, told_world: Settled, capsys: pytest.CaptureFixture[str]
) -> None:
    main_of("explain", "paid", "--database", database.name, "--json")
    story = json.loads(capsys.readouterr().out)
    assert story["order"]["order_id"] == told_world.orders["paid"]
    assert story["moments"][0]["text"]["zh-CN"].startswith("受理demo渠道订单paid")
    main_of("explain", str(told_world.orders["waiting"]), "--database", database.name, "--zh")
    shown = capsys.readouterr().out
    assert "已揽收" in shown
    assert "物流停滞" in shown


def test_explain_tells_why_an_order_was_refused(
    database: Database, told_world: Settled, capsys: pytest.CaptureFixture[str]
) -> None:
    main_of("explain", "refused", "--database", database.name)
    assert "No such product in this shop" in " ".join(capsys.readouterr().out.split())
    with transaction(database) as tx:
        assert len(refusals_of(tx, "refused")) == 1


def test_explain_knows_no_order_of_that_number(
    database: Database, told_world: Settled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_of("explain", "nobody's", "--database", database.name) == 1
    assert "explain.unknown" in capsys.readouterr().err


def test_check_says_that_all_is_well_and_where_it_is_not(
    database: Database, told_world: Settled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_of("check", "--database", database.name, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is True
    assert {check["count"] for check in answer["checks"]} == {0}
    with transaction(database) as tx:
        tx.run("update order_lines set quantity = quantity + 1")
    assert main_of("check", "--database", database.name, "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert [check["name"] for check in answer["checks"] if not check["ok"]] == [
        "orders_covered",
        "orders_add_up",
    ]
    assert main_of("check", "--database", database.name) == 1
    assert "orders_covered" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [("check",), ("explain", "1"), ("export", "--format", "hledger", "--output", "books")]
)
def test_of_a_database_that_is_not_there_it_is_said_so_and_none_is_made(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert database.name in names_of_databases(settings)
    assert main_of(*command, "--database", "nowhere_yet") != 0
    assert "there is no database 'nowhere_yet'" in capsys.readouterr().err
    assert "nowhere_yet" not in names_of_databases(settings)


def main_of(*arguments: str) -> int:
    """Run the command line; its exit status."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_a_dispute_is_told_with_its_order_and_what_is_due_of_it(database: Database) -> None:
    order = sold(database)
    number = opened(database, order.claim("short"), [photo()])
    decided(database, number)
    with transaction(database) as tx:
        story = story_of_order(tx, order.shop.shop_id, order.order_id)
    lines = [(each.kind, each.text) for each in story.moments if each.kind.startswith("dispute.")]
    assert [kind for kind, _ in lines] == ["dispute.opened", "dispute.evidence_given", "dispute.decided"]
    assert lines[0][1] == {
        "en": "Dispute opened: short, CNY 20.00 claimed",
        "zh-CN": "发起纠纷：少件，索赔CNY 20.00",
    }
    assert "the supplier to pay CNY 20.00 (DISP-2)" in lines[2][1]["en"]
    ahead = [(each.at, each.subject) for each in story.ahead if each.station == "dispute"]
    assert ahead == [(NOON + HANDLED, f"dispute:{number}")]
