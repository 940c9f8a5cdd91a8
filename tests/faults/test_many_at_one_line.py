"""Several workers on one line, several API processes, and callers who want the same things at once."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database
from tests.clients import Answer
from tests.faults.outside import HOT, PRICE, Outside, open_endpoint
from tests.faults.running import Town, opened_to, soon
from tests.journeys.blackbox_market import SPAIN
from tests.worlds_audit import assert_all_well
from tests.worlds_due import EACH, what_stands
from tests.worlds_orders import run_together
from tests.worlds_supply import a_sink


@pytest.mark.parametrize("workers", [2, pytest.param(4, marks=pytest.mark.long)])
def test_workers_on_one_line_share_its_work_and_do_each_thing_once(
    workers: int, all_due: str, copies: Callable[[str], Database], town_of: Callable[[Database], Town]
) -> None:
    stand: list[Any] = []
    for number in (1, workers):
        town = town_of(copies(all_due))
        with a_sink() as sink:
            opened_to(sink.url, town.database)
            running = [town.work() for _ in range(number)]
            town.until_nothing_is_due()
            for worker in running:
                worker.stop()
        ids = Counter(headers["webhook-id"] for headers, _ in sink.heard)
        assert len(ids) == EACH
        assert set(ids.values()) == {1}
        stands = what_stands(town.database)
        # While one worker pushes what is late, another may flag that it is; both are true.
        # The nightly audit is beside the line: whether it has come to it is nobody's matter here.
        apart = ("(1, 'fulfilment.flagged'", "(0, 'audit.")
        stands["events"] = [each for each in stands["events"] if not any(word in each for word in apart)]
        stand.append(stands)
        assert_all_well(town.database)
        assert not town.errors()
    assert stand[0] == stand[1]


@pytest.mark.parametrize("workers", [2, pytest.param(4, marks=pytest.mark.long)])
def test_workers_and_api_processes_under_load_keep_one_set_of_books(
    workers: int,
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
    chance: random.Random,
) -> None:
    name, world = demonstration
    town = town_of(copies(name))
    running = [town.work() for _ in range(workers)]
    apis = [town.serve() for _ in range(2)]
    outside = Outside([client.url for _, client in apis], world, chance)
    with a_sink() as sink:
        open_endpoint(outside, world.suppliers[0], sink)
        before = outside.funds()
        with outside.busy():
            soon(lambda: len(outside.taken) > 60 * workers, 60)
        town.until_nothing_is_due()
        outside.settle_books()
        outside.compare_books(before)
        outside.compare_pushes(sink, world.suppliers[0])
        assert len(sink.heard) == len({headers["webhook-id"] for headers, _ in sink.heard})
    assert not outside.met, "nobody was turned away"
    for child in (*running, *(api for api, _ in apis)):
        child.stop()
    assert_all_well(town.database)
    assert not town.errors()


def test_calls_with_the_same_orders_and_hot_goods_in_opposite_order_all_end_with_each_order_once(
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
    chance: random.Random,
) -> None:
    name, world = demonstration
    town = town_of(copies(name))
    apis = [town.serve() for _ in range(4)]
    outside = Outside([], world, chance)
    now = apis[0][1].get("/clock").body["now"]
    there = [an_order(f"H{n}", now, HOT) for n in range(100)]
    back = [an_order(f"H{n}", now, HOT[::-1]) for n in range(100, 200)]
    same = [an_order(f"S{n}", now, HOT[:2]) for n in range(100)]
    calls = [there, back[::-1], same, same, same[::-1], [*there[:50], *back[:50]]]
    answers: list[Answer] = []

    def call(place: int) -> None:
        client = apis[place % len(apis)][1].of(world.shops[0]["key"])
        answers.append(client.post(f"{outside.here}/orders/bulk", {"orders": calls[place]}))

    run_together(*(lambda place=place: call(place) for place in range(len(calls))))
    assert [answer.status for answer in answers] == [200] * len(calls)
    results = [result for answer in answers for result in answer.body["results"]]
    made = Counter(result["status"] for result in results)
    assert made == {"created": 300, "existing": 300}
    assert len({result["order_id"] for result in results}) == 300
    outside.urls = [apis[0][1].url]
    shown = Counter(
        order["channel_order_no"] for order in outside.pages(world.shops[0]["key"], f"{outside.here}/orders")
    )
    assert shown == Counter(dict.fromkeys([order["channel_order_no"] for order in (*there, *back, *same)], 1))
    for api, _ in apis:
        api.stop()
    assert_all_well(town.database)
    assert not town.errors()


def an_order(number: str, now: str, skus: tuple[str, ...]) -> dict[str, Any]:
    """An order of one of each."""
    return {
        "channel": "plaza",
        "channel_order_no": number,
        "placed_at": now,
        "ship_to": SPAIN,
        "lines": [{"sku": sku, "quantity": 1, "unit_price": PRICE} for sku in skus],
    }
