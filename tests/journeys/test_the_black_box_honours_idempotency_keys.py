"""A command that is sent again under its Idempotency-Key is answered as the first time, and done once."""

import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest

from tests.clients import Answer
from tests.journeys.blackbox import Served, good, problem, serial
from tests.journeys.blackbox_market import Market, a_market
from tests.places import real_data

pytest_plugins = ["tests.journeys.blackbox_fixtures"]


def deposit(market: Market, token: str, amount: str = "10.00") -> Answer:
    """Money is put in under that key."""
    body = {"amount": {"amount": amount, "currency": "CNY"}}
    return market.shop.post(f"{market.here}/funds/deposits", body, Idempotency_Key=token)


def deposited(market: Market) -> str:
    """How much was put in since the shop's first 1,000.00."""
    amount = good(market.shop.get(f"{market.here}/funds"))["deposited"]["amount"]
    return f"{float(amount) - 1000:.2f}"


def test_a_repeat_is_answered_as_the_first_and_done_once(served: Served, market: Market) -> None:
    token = serial()
    first = deposit(market, token)
    assert first.status == 201
    assert "Idempotent-Replayed" not in first.headers
    with served.unchanged():
        again = deposit(market, token)
    assert (again.status, again.raw) == (first.status, first.raw)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert deposited(market) == "10.00"


def test_an_order_call_is_answered_created_again_and_not_existing(market: Market) -> None:
    body = {"orders": [market.order()]}
    path = f"{market.here}/orders/bulk"
    token = serial()
    first, again = (market.shop.post(path, body, Idempotency_Key=token) for _ in range(2))
    assert first.raw == again.raw
    assert good(again)["results"][0]["status"] == "created"
    assert good(market.shop.post(path, body))["results"][0]["status"] == "existing"


def test_another_body_another_call_or_another_query_under_the_key_is_refused(
    served: Served, market: Market
) -> None:
    token = serial()
    good(deposit(market, token), 201)
    with served.unchanged():
        problem(deposit(market, token, "11.00"), 422, "idempotency.other_body")
        other = market.shop.post(f"{market.here}/enrolment/join", Idempotency_Key=token)
        problem(other, 422, "idempotency.other_body")


def test_the_key_is_its_holders_own(served: Served, market: Market) -> None:
    other = a_market(served, suppliers=1)
    token = serial()
    good(deposit(market, token), 201)
    good(deposit(other, token, "12.00"), 201)
    assert (deposited(market), deposited(other)) == ("10.00", "12.00")


def test_a_quoted_string_and_the_bare_token_are_one_key(market: Market) -> None:
    token = serial()
    answers = [deposit(market, each) for each in (token, f'"{token}"', f' "{token}" ')]
    assert {answer.raw for answer in answers} == {answers[0].raw}
    assert deposited(market) == "10.00"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("", "empty"),
        ('""', "empty and quoted"),
        ("k" * 256, "256 characters"),
        (f'"{"k" * 256}"', "256 characters and quoted"),
        ("two words", "a space"),
        ("tab\tin", "a tab"),
        ("schlüssel", "not ASCII"),
    ],
)
def test_what_is_no_key_is_refused(served: Served, market: Market, token: str, why: str) -> None:
    with served.unchanged():
        problem(deposit(market, token), 400, "idempotency.malformed")


def test_255_visible_characters_are_a_key_in_either_form(market: Market) -> None:
    longest = serial().ljust(255, "k")
    assert deposit(market, longest).raw == deposit(market, f'"{longest}"').raw
    assert deposited(market) == "10.00"


def test_two_keys_in_one_call_are_refused(served: Served, market: Market) -> None:
    address = urlsplit(served.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    connection.putrequest("POST", f"/v1{market.here}/enrolment/join")
    connection.putheader("Authorization", f"Bearer {market.shop.key}")
    connection.putheader("Idempotency-Key", "one")
    connection.putheader("Idempotency-Key", "two")
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()


def test_a_refusal_is_kept_like_any_answer(served: Served, market: Market) -> None:
    token = serial()
    first = deposit(market, token, "0.00")
    problem(first, 422, "funds.amount")
    assert deposit(market, token, "0.00").raw == first.raw


def test_while_the_first_is_under_way_its_repeat_is_told_so(market: Market) -> None:
    order = market.order(("S-2", 1))
    body = {"orders": [order | {"channel_order_no": serial()} for _ in range(1000)]}
    path = f"{market.here}/orders/bulk"
    token = serial()
    answers: list[Answer] = []

    def send() -> None:
        answers.append(market.shop.post(path, body, Idempotency_Key=token))

    callers = [threading.Thread(target=send) for _ in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    taken = [answer for answer in answers if answer.status == 200]
    waiting = [answer for answer in answers if answer.status != 200]
    assert waiting, "six calls at once overlap"
    for answer in waiting:
        problem(answer, 409, "idempotency.in_flight")
        assert int(answer.headers["Retry-After"]) >= 1
    assert len({answer.raw for answer in taken}) == 1
    send()
    assert answers[-1].raw == taken[0].raw
    statuses = [result["status"] for result in good(taken[0])["results"]]
    assert statuses.count("created") == 200, "both suppliers' hundred"
    assert market.stock("I-2")[1] + market.stock("I-2", at=1)[1] == 200


def test_no_call_is_documented_as_needing_a_key_and_each_is_done_without_one(
    served: Served, market: Market
) -> None:
    """So the draft's 400 for a missing key has no case here: what is the same twice is known by its own numbers."""
    document = good(served.client().get("/openapi.json"))
    assert document["components"]["parameters"]["Idempotency-Key"]["required"] is False
    takes = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if {"$ref": "#/components/parameters/Idempotency-Key"} in operation.get("parameters", [])
    }
    keyed = {
        f"POST {path}"
        for path, operations in document["paths"].items()
        if "post" in operations and operations["post"].get("security", document["security"])
    }
    assert takes == keyed
    body = {"amount": {"amount": "10.00", "currency": "CNY"}}
    for _ in range(2):
        good(market.shop.post(f"{market.here}/funds/deposits", body), 201)
    assert deposited(market) == "20.00"


RULES = {
    ("key missing where documented as required", 400): (
        test_no_call_is_documented_as_needing_a_key_and_each_is_done_without_one
    ),
    (
        "same key, other payload",
        422,
    ): test_another_body_another_call_or_another_query_under_the_key_is_refused,
    ("same key, first request still running", 409): (test_while_the_first_is_under_way_its_repeat_is_told_so),
    (
        "same key and payload after the first ended: the first result again, success or error",
        "same as first",
    ): (test_a_repeat_is_answered_as_the_first_and_done_once, test_a_refusal_is_kept_like_any_answer),
    # The one that we keep in part, on purpose: a bare token names the same key as the quoted one.
    ("key is an RFC 8941 String: quoted; a bare token is malformed", 400): (
        test_a_quoted_string_and_the_bare_token_are_one_key,
        test_what_is_no_key_is_refused,
        test_255_visible_characters_are_a_key_in_either_form,
    ),
}
"""Where each rule of the draft is shown."""


def test_every_rule_of_the_draft_is_shown_here() -> None:
    draft = json.loads((real_data("http") / "idempotency_key_rules.json").read_text())
    assert {(rule["case"], rule["status"]) for rule in draft["rules"]} == RULES.keys()


def test_the_drafts_own_example_is_a_key(market: Market) -> None:
    draft = json.loads((real_data("http") / "idempotency_key_rules.json").read_text())
    name, _, value = draft["example"].partition(": ")
    assert name == "Idempotency-Key"
    first, again = (deposit(market, value) for _ in range(2))
    assert (first.status, again.raw) == (201, first.raw)
    assert deposited(market) == "10.00"
