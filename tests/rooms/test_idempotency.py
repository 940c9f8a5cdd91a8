"""Kept answers on real PostgreSQL: one claims, the others wait, replay or are refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from andon.kernel.clock import wall
from andon.kernel.db import Database
from andon.kernel.http.idempotency import (
    FORGET_ANSWERS,
    KEPT_FOR,
    Claim,
    ClaimLost,
    InFlight,
    KeptAnswer,
    OtherBody,
    claim_answer,
    keep_answer,
    release_claim,
)
from andon.kernel.statements import Statements

NOW = wall()
LEASE = timedelta(seconds=60)
ANSWER = KeptAnswer(201, "application/json", b"{}")


def claim(
    database: Database, *, at: datetime = NOW, body: bytes = b"x", party: str = "key:1"
) -> Claim | KeptAnswer:
    with database.app.begin() as connection:
        return claim_answer(Statements(connection), party, "k", body, now=at, lease=LEASE)


def keep(database: Database, held: Claim | KeptAnswer) -> None:
    assert isinstance(held, Claim)
    with database.app.begin() as connection:
        keep_answer(Statements(connection), held, ANSWER)


def test_a_claim_is_one_callers_until_it_is_answered(database: Database) -> None:
    held = claim(database)
    with pytest.raises(InFlight):
        claim(database)
    with pytest.raises(OtherBody):
        claim(database, body=b"y")
    keep(database, held)
    assert claim(database) == ANSWER
    with pytest.raises(OtherBody):
        claim(database, body=b"y")
    assert isinstance(claim(database, party="key:2"), Claim)


def test_a_claim_given_up_is_free_at_once(database: Database) -> None:
    held = claim(database)
    assert isinstance(held, Claim)
    with database.app.begin() as connection:
        release_claim(Statements(connection), held)
    assert isinstance(claim(database, body=b"y"), Claim)


def test_an_answer_is_not_given_up(database: Database) -> None:
    held = claim(database)
    keep(database, held)
    assert isinstance(held, Claim)
    with database.app.begin() as connection:
        release_claim(Statements(connection), held)
    assert claim(database) == ANSWER


def test_a_lease_from_before_the_machines_clock_was_put_back_holds_nobody_up(database: Database) -> None:
    ahead = claim(database, at=NOW + timedelta(hours=5))
    second = claim(database)
    assert isinstance(second, Claim)
    with pytest.raises(ClaimLost):
        keep(database, ahead)
    keep(database, second)
    assert claim(database) == ANSWER


def test_a_lease_that_ran_out_passes_to_the_next_and_the_first_cannot_answer(database: Database) -> None:
    first = claim(database)
    later = NOW + LEASE
    second = claim(database, at=later)
    with pytest.raises(ClaimLost):
        keep(database, first)
    with pytest.raises(InFlight):
        claim(database, at=later)
    keep(database, second)
    with pytest.raises(ClaimLost):
        keep(database, first)


def test_an_answer_is_kept_for_24_hours_of_machine_time(database: Database) -> None:
    keep(database, claim(database))
    assert claim(database, at=NOW + KEPT_FOR - timedelta(seconds=1)) == ANSWER
    assert isinstance(claim(database, at=NOW + KEPT_FOR, body=b"y"), Claim)


def test_of_many_who_claim_at_once_one_does(database: Database) -> None:
    def try_it(_: int) -> str:
        try:
            return type(claim(database)).__name__
        except InFlight:
            return "in flight"

    with ThreadPoolExecutor(5) as callers:
        outcomes = list(callers.map(try_it, range(20)))
    assert outcomes.count("Claim") == 1
    assert outcomes.count("in flight") == 19


def test_what_is_over_is_forgotten_by_a_chore(database: Database) -> None:
    for party, age in (("key:1", KEPT_FOR), ("key:2", KEPT_FOR - timedelta(minutes=5))):
        keep(database, claim(database, at=wall() - age, party=party))
    assert FORGET_ANSWERS.do(database) == 1
    assert FORGET_ANSWERS.do(database) == 0
    assert claim(database, party="key:2") == ANSWER
