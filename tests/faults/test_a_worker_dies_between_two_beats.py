"""A worker that is killed between any two beats of any station: the next one finishes, and all is there once."""

from collections.abc import Callable
from typing import Any

import pytest

from andon.app.line import whole_line
from andon.kernel.db import Database
from andon.kernel.line import AnyStation, Station
from tests.faults.nursery import KILLED
from tests.faults.running import Town, opened_to
from tests.worlds_audit import assert_all_well
from tests.worlds_due import EACH, what_stands
from tests.worlds_supply import Sink, a_sink

STATIONS = {station.name: station for station in whole_line(bytes(32))}


def places_of(station: AnyStation) -> list[str]:
    """Between which beats of a station a process may die: each way it can be left, in the order it gets there."""
    beats = ["step"] if isinstance(station, Station) else ["claim", "call", "record"]
    moments = {"call": ["done"]}
    return [
        f"{station.name}.{beat}.{moment}"
        for beat in beats
        for moment in moments.get(beat, ["begun", "done", "committed"])
    ]


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    """What stands when nobody died, once it is known."""
    return {}


def finish(town: Town) -> None:
    """Let a worker that nothing befalls do what is left."""
    town.leases_run_out()
    worker = town.work()
    town.until_nothing_is_due()
    worker.stop()


def messages(sink: Sink) -> dict[str, set[bytes]]:
    """What arrived, by message id: of each what its bodies were."""
    found: dict[str, set[bytes]] = {}
    for headers, body in sink.heard:
        found.setdefault(headers["webhook-id"], set()).add(body)
    return found


@pytest.mark.parametrize("name", STATIONS)
def test_a_worker_killed_between_any_two_beats_loses_nothing_and_does_nothing_twice(
    name: str,
    all_due: str,
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
    undisturbed: dict[str, Any],
) -> None:
    if not undisturbed:
        town = town_of(copies(all_due))
        with a_sink() as sink:
            opened_to(sink.url, town.database)
            finish(town)
        undisturbed |= what_stands(town.database)
        undisturbed["messages"] = messages(sink)
        assert len(undisturbed["messages"]) == EACH
        assert_all_well(town.database)
    town = town_of(copies(all_due))
    with a_sink() as sink:
        opened_to(sink.url, town.database)
        for place in places_of(STATIONS[name]):
            worker = town.work(f"{place}=kill")
            assert worker.wait() == KILLED, f"it did not get to {place}: let the world have work for it"
            town.leases_run_out()
        finish(town)
    heard = undisturbed["messages"]
    assert messages(sink) == heard, "every message, each with one body under one id"
    assert {**what_stands(town.database), "messages": heard} == undisturbed
    assert_all_well(town.database)
    assert not town.errors()
