"""A command that is sent again under its Idempotency-Key is answered as the first time, and done once."""

import http.client
import threading
from urllib.parse import urlsplit

import pytest

from tests.clients import Answer
from tests.journeys.blackbox import Served, good, problem, serial
from tests.journeys.blackbox_market import Market, a_market

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
