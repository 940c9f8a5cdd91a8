"""An API process that is killed before, in or after the commit: the caller's repeat meets one act, and its answer."""

from collections.abc import Callable

import pytest

from andon.app.demo.world import World
from andon.kernel.db import Database
from tests.faults.nursery import KILLED
from tests.faults.outside import Outside, quietly
from tests.faults.running import Town
from tests.journeys.blackbox_market import SPAIN
from tests.worlds_audit import assert_all_well


@pytest.mark.parametrize(
    ("place", "token"),
    [
        ("edge.claimed", "once"),  # without a key nothing is claimed
        ("edge.done", ""),
        ("edge.done", "once"),
        ("edge.committed", ""),
        ("edge.committed", "once"),
    ],
)
def test_an_act_whose_answer_never_came_is_done_once(
    place: str,
    token: str,
    demonstration: tuple[str, World],
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
    chance,
) -> None:
    name, world = demonstration
    town = town_of(copies(name))
    outside = Outside([], world, chance)
    order = {
        "channel": "plaza",
        "channel_order_no": "1",
        "placed_at": "2026-03-02T04:00:00Z",
        "ship_to": SPAIN,
        "lines": [
            {"sku": "TEE-WHITE-M", "quantity": 1, "unit_price": {"amount": "89.00", "currency": "CNY"}}
        ],
    }
    calls = [(f"{outside.here}/orders/bulk", {"orders": [order]}, 200)]
    if token:  # without a key a deposit is a deposit
        calls.append(
            (f"{outside.here}/funds/deposits", {"amount": {"amount": "10.00", "currency": "CNY"}}, 201)
        )
    for path, body, _ in calls:
        process, client = town.serve(f"{place}=kill")
        headers = {"Idempotency_Key": token + path} if token else {}
        quietly(lambda c=client, p=path, b=body, h=headers: c.of(world.shops[0]["key"]).post(p, b, **h))
        assert process.wait() == KILLED, "it did not get there"
    town.leases_run_out()
    process, client = town.serve()
    outside.urls = [client.url]
    before = outside.funds()["deposited"]
    committed = place == "edge.committed"
    answers = [
        outside.sure(world.shops[0]["key"], "POST", path, body, token + path if token else "")
        for path, body, _ in calls
    ]
    assert [answer.status for answer in answers] == [status for *_, status in calls]
    replayed = [answer.headers.get("Idempotent-Replayed") == "true" for answer in answers]
    assert replayed == [committed and bool(token)] * len(calls)
    [result] = answers[0].body["results"]
    assert result["status"] == ("existing" if committed and not token else "created")
    assert outside.funds()["deposited"] - before == (1000 if token and not committed else 0)
    [shown] = outside.pages(world.shops[0]["key"], f"{outside.here}/orders")
    assert shown["id"] == result["order_id"]
    process.stop()
    assert_all_well(town.database)
    assert not town.errors()
