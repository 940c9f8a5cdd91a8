"""When the database is away, slow or busy the caller is told to come back; a bug says nothing of the inside."""

import io
import json
import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
import structlog

from andon.app.serve import serving
from andon.kernel.admin import connect
from andon.kernel.db import Database
from andon.kernel.log import configure_log
from andon.kernel.postgres import Server
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.blackbox import soon
from tests.journeys.conftest import Running, notes_of
from tests.journeys.probe import router
from tests.worlds import transaction
from tests.worlds_partners import a_shop, qualified_suppliers


@pytest.fixture
def admin(server: Server):
    with connect(server.url("postgres", "postgres")) as connection:
        yield connection


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What is logged, as it is outside of tests; a request's line comes a moment after its answer."""
    out = io.StringIO()
    handlers = logging.getLogger().handlers[:]
    configure_log("info", out)
    try:
        yield out
        time.sleep(0.2)
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers


def hang_up(admin: psycopg.Connection, name: str) -> None:
    admin.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [name])


def allow(admin: psycopg.Connection, name: str, *, connections: bool) -> None:
    admin.execute(f'alter database "{name}" allow_connections {connections}')


def test_connections_that_the_server_closed_are_not_the_callers_concern(
    andon: Running, operator: Client, admin, probe
) -> None:
    assert operator.post("/probe/notes", {"text": "a"}).status == 201
    hang_up(admin, andon.database.name)
    assert operator.post("/probe/notes", {"text": "b"}, Idempotency_Key="k").status == 201
    hang_up(admin, andon.database.name)
    assert operator.get("/probe/notes").status == 200


def test_while_the_database_is_away_callers_are_told_to_come_back(
    andon: Running, operator: Client, anyone: Client, admin, probe
) -> None:
    allow(admin, andon.database.name, connections=False)
    hang_up(admin, andon.database.name)
    for answer in (operator.post("/probe/notes", {"text": "a"}, Idempotency_Key="k"), operator.get("/keys")):
        assert (answer.status, answer.code) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    ready = anyone.get("/readyz")
    assert (ready.status, ready.code, ready.body["checks"]["database"]) == (503, "not_ready", "unavailable")
    assert anyone.get("/healthz").status == 200
    assert anyone.get("/metrics").status == 200
    assert anyone.get("/clock").status == 503
    allow(admin, andon.database.name, connections=True)
    assert operator.post("/probe/notes", {"text": "a"}, Idempotency_Key="k").status == 201
    assert anyone.get("/readyz").status == 200


def test_a_command_that_the_databases_end_cut_off_may_be_sent_again_at_once(
    andon: Running, operator: Client, admin, probe
) -> None:
    slow = {"text": "a", "then": "sleep 1"}
    with ThreadPoolExecutor(1) as callers:
        call = callers.submit(operator.post, "/probe/notes", slow, Idempotency_Key="k")
        while not probe:
            time.sleep(0.01)
        allow(admin, andon.database.name, connections=False)
        hang_up(admin, andon.database.name)
        assert call.result().status == 503
    allow(admin, andon.database.name, connections=True)
    assert operator.post("/probe/notes", slow, Idempotency_Key="k").status == 201
    andon.database.owner.dispose()
    assert notes_of(andon.database) == ["a"]


def test_a_statement_that_takes_too_long_is_weather(andon: Running, operator: Client, probe) -> None:
    answer = operator.post("/probe/notes", {"text": "x", "then": "too long"}, Idempotency_Key="k")
    assert (answer.status, answer.code) == (503, "unavailable")
    assert operator.post("/probe/notes", {"text": "x", "then": "too long"}, Idempotency_Key="k").status == 503
    assert notes_of(andon.database) == []


def test_a_value_that_the_database_cannot_keep_is_the_callers_mistake(operator: Client, probe) -> None:
    answer = operator.post("/probe/notes", {"text": "x", "then": "too large"})
    assert (answer.status, answer.code) == (422, "request.unstorable")


def test_a_bug_is_logged_with_the_requests_id_and_tells_the_caller_nothing(operator: Client, probe) -> None:
    with logged() as out:
        answer = operator.post("/probe/notes", {"text": "buyer", "then": "break"}, X_Request_Id="trace-me")
    assert (answer.status, answer.code) == (500, "bug")
    assert b"ZeroDivision" not in answer.raw
    assert b"secret" not in answer.raw
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    mine = [line for line in lines if line.get("request_id") == "trace-me"]
    assert [line["event"] for line in mine] == ["bug", "request"]
    assert "ZeroDivisionError" in json.dumps(mine[0]["exception"])
    assert {"method": "POST", "route": "/v1/probe/notes", "status": 500, "party": "operator"}.items() <= mine[
        1
    ].items()
    assert str(operator.key) not in out.getvalue()
    assert "buyer" not in out.getvalue()


def test_the_log_tells_which_events_a_request_wrote(operator: Client) -> None:
    with logged() as out:
        operator.post("/keys", {"party": "operator", "scopes": []}, X_Request_Id="makes-a-key")
    (line,) = [json.loads(each) for each in out.getvalue().splitlines() if "makes-a-key" in each]
    assert line["events"] == [2, 2]
    assert line["status"] == 201


def test_more_callers_than_connections_all_get_their_answer(andon: Running, operator: Client, probe) -> None:
    with ThreadPoolExecutor(40) as callers:
        calls = [
            callers.submit(
                operator.post, "/probe/notes", {"text": "x", "then": "sleep 0.02"}, Idempotency_Key=f"k{n}"
            )
            for n in range(80)
        ]
        assert {call.result().status for call in calls} == {201}
    assert len(notes_of(andon.database)) == 80


def test_a_request_that_waits_hears_of_a_commit_at_once(andon: Running, anyone: Client, probe) -> None:
    with transaction(andon.database) as tx:
        a_shop(tx)
        (supplier_id,) = qualified_suppliers(tx, 1)
    supplier = anyone.of(key_for(andon.database, "supplier", supplier_id))
    assert supplier.get("/probe/wait").body == []
    began = time.monotonic()
    assert supplier.get("/probe/wait?seconds=0.3").body == []
    assert 0.25 < time.monotonic() - began < 2
    with ThreadPoolExecutor(20) as callers:
        waiting = [callers.submit(supplier.get, "/probe/wait?seconds=20") for _ in range(20)]
        time.sleep(0.5)
        # More wait than there are threads and connections, and others are answered meanwhile.
        assert anyone.get("/readyz").status == 200
        began = time.monotonic()
        with andon.database.app.begin() as connection:
            connection.exec_driver_sql("insert into notes (text) values ('news')")
            connection.exec_driver_sql("select pg_notify('andon_supplier', '1')")
        assert [call.result().body for call in waiting] == [["news"]] * 20
        assert time.monotonic() - began < 3


def test_a_request_that_waits_does_not_hold_up_the_end(
    database: Database, settings: Settings, probe_table: None
) -> None:
    with transaction(database) as tx:
        (supplier_id,) = qualified_suppliers(tx, 1)
    with ThreadPoolExecutor(1) as callers:
        with serving(database, settings) as running:
            running.app.router.routes.extend(router.routes)
            supplier = Client(running.url, key_for(database, "supplier", supplier_id))
            waiting = callers.submit(supplier.get, "/probe/wait?seconds=30")
            time.sleep(0.5)
            began = time.monotonic()
        assert time.monotonic() - began < 3
        assert waiting.result().body == []


def test_a_caller_who_hangs_up_is_no_bug(andon: Running, operator: Client, anyone: Client, probe) -> None:
    address = urlsplit(andon.url)
    with logged() as out, socket.create_connection((address.hostname, address.port)) as caller:
        caller.sendall(
            b"POST /v1/probe/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + f"Authorization: Bearer {operator.key}\r\n".encode()
            + b'Content-Length: 1000\r\n\r\n{"text":'
        )
        time.sleep(0.2)
        caller.close()
    assert [(line["event"], line["status"]) for line in map(json.loads, out.getvalue().splitlines())] == [
        ("request", 499)
    ]
    assert probe == []


def test_figures_count_requests_by_route_and_show_how_late_each_station_is(
    andon: Running, operator: Client, anyone: Client, probe
) -> None:
    operator.post("/probe/notes", {"text": "x"})
    anyone.get("/nowhere")
    late = [
        f'andon_line_oldest_due_seconds{{station="{station.name}"}}'
        for station in andon.serving.line.stations
    ]
    # The line has looked once it has begun.
    text = soon(lambda: (said := anyone.get("/metrics").raw.decode()) * all(each in said for each in late))
    assert 'andon_requests_total{method="POST",route="/v1/probe/notes",status="201"} 1.0' in text
    assert 'andon_requests_total{method="GET",route="none",status="404"} 1.0' in text
    assert 'andon_request_seconds_count{method="POST",route="/v1/probe/notes"} 1.0' in text
    assert "nowhere" not in text
