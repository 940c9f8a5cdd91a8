"""A key is shown once, noted when it is used, rotated without a gap, and ended; one for tests opens no real Andon."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from andon.app.serve import serving
from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.blackbox import good, problem
from tests.journeys.conftest import Running

ASKED = {"party": "channel", "party_id": "plaza", "scopes": ["orders.read"], "label": "feed"}


def test_a_key_is_rotated_without_a_gap_and_its_use_is_seen(andon: Running, operator: Client) -> None:
    made = good(operator.post("/keys", ASKED), 201)
    assert made["used_at"] is None
    old = Client(andon.url, made["secret"])
    good(old.get("/clock"))
    problem(old.get("/keys"), 403, "credentials.party")
    problem(operator.post(f"/keys/{made['key_id']}/rotate", {"overlap": "P31D"}), 422, "key.overlap")
    problem(operator.post("/keys/4711/rotate"), 404, "key.not_found")
    fresh = good(operator.post(f"/keys/{made['key_id']}/rotate", {"overlap": "PT1H"}), 201)
    assert fresh["secret"] != made["secret"]
    known = {key["key_id"]: key for key in good(operator.get("/keys"))["items"]}
    assert all("secret" not in key for key in known.values())
    ends = datetime.fromisoformat(known[made["key_id"]]["expires_at"])
    assert timedelta(minutes=59) < ends - wall() <= timedelta(hours=1)
    assert known[fresh["key_id"]]["expires_at"] is None

    new = Client(andon.url, fresh["secret"])
    for client in (old, new):
        problem(client.get("/suppliers"), 403, "credentials.party")
    good(operator.post(f"/keys/{fresh['key_id']}/rotate", {"overlap": "PT0S"}), 201)
    problem(new.get("/suppliers"), 401, "credentials.unknown")
    problem(operator.post(f"/keys/{fresh['key_id']}/rotate"), 409, "key.ended")
    mine = [key for key in good(operator.get("/keys"))["items"] if key["party"] == "operator"]
    assert mine[0]["used_at"] is not None


def test_a_key_that_ends_says_when_and_none_ends_before_it_begins(operator: Client) -> None:
    until = (wall() + timedelta(days=90)).isoformat()
    made = good(operator.post("/keys", ASKED | {"expires_at": until}), 201)
    assert datetime.fromisoformat(made["expires_at"]) == datetime.fromisoformat(until)
    problem(operator.post("/keys", ASKED | {"expires_at": "2020-01-01T00:00:00Z"}), 422, "key.expiry")
    problem(operator.post("/keys", ASKED | {"expires_at": "2030-01-01T00:00:00"}), 422, "request.invalid")


@pytest.fixture
def real(database: Database, settings: Settings) -> Iterator[Client]:
    """The operator of an Andon whose clock is the world's."""
    with serving(database, settings) as running:
        yield Client(running.url, key_for(database, "operator"))


def test_a_test_key_opens_an_andon_of_tests_and_no_real_one(andon: Running, operator: Client) -> None:
    secret = good(operator.post("/keys", {"party": "operator", "scopes": [], "kind": "test"}), 201)["secret"]
    assert secret.startswith("andon_test_")
    good(operator.of(secret).get("/keys"))


def test_where_time_is_real_it_opens_nothing(real: Client) -> None:
    secret = good(real.post("/keys", {"party": "operator", "scopes": [], "kind": "test"}), 201)["secret"]
    problem(real.of(secret).get("/keys"), 401, "credentials.test")
