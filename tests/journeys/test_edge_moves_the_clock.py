"""An operator moves a clock that stands; on any other there is no such call."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from andon.app.clock_api import LAST
from andon.app.serve import serving
from andon.app.start import settle_clock
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import NOON


def test_the_clock_stands_until_it_is_moved(operator: Client, anyone: Client) -> None:
    assert anyone.get("/clock").body == {"now": "2026-03-02T04:00:00Z", "kind": "manual", "rate": 0.0}
    moved = operator.post("/clock/advance", {"by": "PT24H"})
    assert (moved.status, moved.body["now"]) == (200, "2026-03-03T04:00:00Z")
    assert anyone.get("/clock").body == moved.body
    assert operator.post("/clock/advance", {"by": "P1DT30M"}).body["now"] == "2026-03-04T04:30:00Z"
    assert operator.post("/clock/advance", {"by": "P2W"}).body["now"] == "2026-03-18T04:30:00Z"
    assert operator.post("/clock/advance", {"by": "PT0.5S"}).body["now"] == "2026-03-18T04:30:00.500000Z"


def test_it_is_moved_by_a_duration_and_nothing_else(operator: Client, anyone: Client) -> None:
    for by in (
        "",
        "P",
        "PT",
        "P1Y",
        "P1M",
        "24H",
        "PT-1H",
        "-PT1H",
        "1 day",
        "PT1H30",
        "P1W2D",
        "pt1h",
        "PT１H",
    ):
        answer = operator.post("/clock/advance", {"by": by})
        assert (answer.status, answer.code) == (422, "duration.malformed"), by
    for by in ("PT0S", "P0D", "P99999D", "P9999W", "PT999999H99999999M"):
        answer = operator.post("/clock/advance", {"by": by})
        assert (answer.status, answer.code) == (422, "duration.out_of_range"), by
    for body in ({}, {"by": 24}, {"by": None}, {"by": "PT1H", "to": "x"}):
        assert operator.post("/clock/advance", body).code == "request.invalid"
    assert anyone.get("/clock").body["now"] == "2026-03-02T04:00:00Z"


def test_the_clock_stops_before_instants_that_cannot_be_kept(database: Database, settings: Settings) -> None:
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, LAST - timedelta(days=1))
    with serving(database, settings) as running:
        operator = Client(running.url, key_for(database, "operator"))
        answers = [
            operator.post("/clock/advance", {"by": by}) for by in ("P1DT0.000001S", "P1D", "PT0.000001S")
        ]
    assert [answer.code or answer.status for answer in answers] == [
        "duration.out_of_range", 200, "duration.out_of_range",
    ]  # fmt: skip


def test_only_an_operator_moves_it(andon: Running, anyone: Client) -> None:
    assert anyone.post("/clock/advance", {"by": "PT1H"}).status == 401
    channel = anyone.of(key_for(andon.database, "channel", "market"))
    assert channel.post("/clock/advance", {"by": "PT1H"}).status == 403


def test_two_who_move_it_at_once_move_it_twice(operator: Client, anyone: Client) -> None:
    with ThreadPoolExecutor(4) as callers:
        moves = [callers.submit(operator.post, "/clock/advance", {"by": "PT1H"}) for _ in range(4)]
        stands = sorted(move.result().body["now"] for move in moves)
    assert stands == [f"2026-03-02T0{hour}:00:00Z" for hour in (5, 6, 7, 8)]
    assert anyone.get("/clock").body["now"] == stands[-1]


def test_a_repeated_move_is_made_once(operator: Client, anyone: Client) -> None:
    for _ in range(2):
        operator.post("/clock/advance", {"by": "PT1H"}, Idempotency_Key="k")
    assert anyone.get("/clock").body["now"] == "2026-03-02T05:00:00Z"


def test_a_clock_that_runs_is_not_moved(database: Database, settings: Settings) -> None:
    for kind, rate in (("real", 1.0), ("scaled", 3600.0)):
        settle_clock(database, kind, rate)
        with serving(database, settings) as running:
            operator = Client(running.url, key_for(database, "operator"))
            first = operator.get("/clock").body
            assert (first["kind"], first["rate"]) == (kind, rate)
            answer = operator.post("/clock/advance", {"by": "PT1H"})
            assert (answer.status, answer.code) == (404, "not_found")
            assert operator.get("/clock").body["now"] > first["now"]


def test_the_clock_stands_where_it_stood_after_a_restart(
    andon: Running, operator: Client, settings: Settings
) -> None:
    operator.post("/clock/advance", {"by": "PT1H"})
    assert settle_clock(andon.database, "manual", 0).kind == "manual"
    with serving(andon.database, settings) as again:
        assert Client(again.url).get("/clock").body["now"] == "2026-03-02T05:00:00Z"
        assert again.line.now() == NOON + timedelta(hours=1)
