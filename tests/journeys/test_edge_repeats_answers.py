"""A repeated command gets the first answer; nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from andon.kernel.clock import wall
from andon.kernel.http.idempotency import forget_answers
from tests.clients import Client, key_for
from tests.journeys.conftest import Running, notes_of


def kept(database) -> int:
    with database.owner.connect() as connection:
        return connection.exec_driver_sql("select count(*) from idempotent_answers").scalar_one()


def age_answers(database, by: timedelta) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "update idempotent_answers set leased_until = leased_until - %s, expires_at = expires_at - %s",
            (by, by),
        )


def test_the_same_key_and_body_replay_the_first_answer(andon: Running, operator: Client, probe) -> None:
    first = operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k-1")
    again = operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.raw == first.raw
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert notes_of(andon.database) == ["x"]


def test_an_empty_answer_is_replayed_too(operator: Client, probe) -> None:
    answers = [operator.post("/probe/nothing", Idempotency_Key="k") for _ in range(2)]
    assert [(answer.status, answer.raw) for answer in answers] == [(204, b"")] * 2
    assert probe == ["nothing"]


def test_another_body_or_path_under_the_same_key_is_refused(andon: Running, operator: Client, probe) -> None:
    operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k")
    other = operator.post("/probe/notes", {"text": "y"}, Idempotency_Key="k")
    assert (other.status, other.code) == (422, "idempotency.other_body")
    elsewhere = operator.post("/probe/nothing", Idempotency_Key="k")
    assert elsewhere.code == "idempotency.other_body"
    assert notes_of(andon.database) == ["x"]


def test_quoted_and_bare_tokens_are_one(andon: Running, operator: Client, probe) -> None:
    for token in ('"a-b"', "a-b", ' "a-b" '):
        operator.post("/probe/notes", {"text": "x"}, Idempotency_Key=token)
    operator.post("/probe/notes", {"text": "y"}, Idempotency_Key='"a\\"b"')
    assert operator.post("/probe/notes", {"text": "y"}, Idempotency_Key='a"b').headers["Idempotent-Replayed"]
    assert notes_of(andon.database) == ["x", "y"]


def test_a_key_that_is_none_is_refused(operator: Client, probe) -> None:
    for token in ("", " ", '""', "x" * 256, '"' + "x" * 256 + '"', "a b", "a\tb", "clé"):
        answer = operator.post("/probe/notes", {"text": "x"}, Idempotency_Key=token)
        assert (answer.status, answer.code) == (400, "idempotency.malformed"), token
    assert operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="x" * 255).status == 201
    assert probe == ["x"]


def test_two_callers_may_use_the_same_key(andon: Running, operator: Client, probe) -> None:
    another = operator.of(key_for(andon.database, "operator"))
    operator.post("/probe/notes", {"text": "mine"}, Idempotency_Key="k")
    assert another.post("/probe/notes", {"text": "theirs"}, Idempotency_Key="k").status == 201
    assert notes_of(andon.database) == ["mine", "theirs"]


def test_a_refusal_is_kept_and_undoes_what_came_before_it(andon: Running, operator: Client, probe) -> None:
    body = {"text": "x", "then": "refuse"}
    answers = [operator.post("/probe/notes", body, Idempotency_Key="k") for _ in range(2)]
    assert [(answer.status, answer.code) for answer in answers] == [(409, "stock.changed")] * 2
    assert answers[0].raw == answers[1].raw
    assert answers[1].headers["Content-Type"] == "application/problem+json"
    assert probe == ["x"]
    assert notes_of(andon.database) == []


def test_a_refusal_that_says_nothing_of_the_command_is_not_kept(
    andon: Running, operator: Client, probe
) -> None:
    shopless = operator.of(key_for(andon.database, "operator", scopes=[]))
    assert shopless.post("/probe/notes", {"odd": 1}, Idempotency_Key="k").status == 422
    assert shopless.post("/probe/notes", {"text": "x"}, Idempotency_Key="k").status == 201
    assert operator.of("andon_live_x").post("/probe/notes", {"text": "x"}, Idempotency_Key="k").status == 401
    assert kept(andon.database) == 1


def test_a_bug_gives_the_key_back(andon: Running, operator: Client, probe) -> None:
    body = {"text": "x", "then": "break"}
    answers = [operator.post("/probe/notes", body, Idempotency_Key="k") for _ in range(2)]
    assert [(answer.status, answer.code) for answer in answers] == [(500, "bug")] * 2
    assert b"secret detail" not in answers[0].raw
    assert len(probe) == 2
    assert kept(andon.database) == 0


def test_one_in_flight_answers_409_and_says_when_to_come_back(
    andon: Running, operator: Client, probe
) -> None:
    body = {"text": "x", "then": "sleep 0.6"}
    with ThreadPoolExecutor(8) as callers:
        calls = [callers.submit(operator.post, "/probe/notes", body, Idempotency_Key="k") for _ in range(4)]
        answers = [call.result() for call in calls]
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [201, 409, 409, 409]
    for answer in answers:
        if answer.status == 409:
            assert answer.code == "idempotency.in_flight"
            assert answer.headers["Retry-After"] == "1"
    assert operator.post("/probe/notes", body, Idempotency_Key="k").headers["Idempotent-Replayed"] == "true"
    assert notes_of(andon.database) == ["x"]


def test_a_claim_that_a_crash_left_is_free_when_its_lease_runs_out(
    andon: Running, operator: Client, probe
) -> None:
    operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k")
    with andon.database.owner.begin() as connection:
        connection.exec_driver_sql("delete from notes")
        connection.exec_driver_sql("update idempotent_answers set status = null, body = null")
    assert operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k").status == 409
    age_answers(andon.database, timedelta(seconds=61))
    assert operator.post("/probe/notes", {"text": "y"}, Idempotency_Key="k").code == "idempotency.other_body"
    assert operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k").status == 201
    assert notes_of(andon.database) == ["x"]


def test_whoever_lost_the_claim_while_working_leaves_nothing_behind(
    andon: Running, operator: Client, probe
) -> None:
    body = {"text": "x", "then": "sleep 1"}
    with ThreadPoolExecutor(2) as callers:
        slow = callers.submit(operator.post, "/probe/notes", body, Idempotency_Key="k")
        while not probe:
            pass
        age_answers(andon.database, timedelta(seconds=61))
        second = operator.post("/probe/notes", body, Idempotency_Key="k")
        first = slow.result()
    assert second.status == 201
    assert (first.status, first.code) == (409, "idempotency.in_flight")
    assert notes_of(andon.database) == ["x"]


def test_after_24_hours_of_the_wall_clock_the_key_is_new(andon: Running, operator: Client, probe) -> None:
    operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k")
    operator.post("/clock/advance", {"by": "P3D"})
    assert operator.post("/probe/notes", {"text": "x"}, Idempotency_Key="k").headers["Idempotent-Replayed"]
    age_answers(andon.database, timedelta(hours=24))
    assert operator.post("/probe/notes", {"text": "y"}, Idempotency_Key="k").status == 201
    age_answers(andon.database, timedelta(hours=24))
    with andon.database.line.begin() as connection:
        assert forget_answers(connection, wall()) == 1
        assert forget_answers(connection, wall()) == 0


def test_what_is_kept_gives_no_secret_away(andon: Running, operator: Client) -> None:
    asked = {"party": "operator", "scopes": ["keys.write"]}
    first = operator.post("/keys", asked, Idempotency_Key="k")
    secret = first.body["secret"]
    with andon.database.owner.connect() as connection:
        stored = connection.exec_driver_sql("select body from idempotent_answers").scalar_one()
    assert secret.encode() not in bytes(stored)
    assert operator.post("/keys", asked, Idempotency_Key="k").body["secret"] == secret
    assert operator.of(secret).get("/keys").status == 200


def test_a_command_without_a_transaction_is_not_done_twice_either(operator: Client, probe) -> None:
    for _ in range(2):
        assert operator.post("/probe/outside", {"text": "x"}, Idempotency_Key="k").body == "x"
    assert probe == ["x"]


def test_the_key_means_nothing_on_a_put_or_get(operator: Client, probe) -> None:
    assert operator.get("/probe/notes", Idempotency_Key="").status == 200


@pytest.mark.parametrize("then", ["deadlock"])
def test_a_deadlock_is_tried_again_and_answered_once(andon: Running, operator: Client, probe, then) -> None:
    answer = operator.post("/probe/notes", {"text": "x", "then": then}, Idempotency_Key="k")
    assert answer.status == 201
    assert len(probe) == 2
    assert notes_of(andon.database) == ["x"]
