"""Problem documents validate against the RFC's own schema: one of every code, and whatever a call is answered with.

The client of all journeys checks each problem that it meets (`tests.problems`); here are those that no journey meets,
and what could spoil one: addresses that are no plain text.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from andon.app.codes import import_everything
from andon.kernel.errors import Refused, refusals
from andon.kernel.http.problems import problem, refusal
from tests.clients import Client
from tests.journeys.blackbox import Served
from tests.places import real_data
from tests.problems import check_problem, validator

pytest_plugins = ["tests.journeys.blackbox_fixtures"]

ERRORS = Path(__file__).parents[2] / "docs" / "errors.md"
ROW = re.compile(r"\| `(?P<code>[a-z0-9_.]+)` \| (?P<statuses>[^|]+) \|")


def documented() -> list[tuple[str, int]]:
    """Every code that docs/errors.md has for a problem, with each of its statuses."""
    rows = [match for line in ERRORS.read_text().splitlines() if (match := ROW.match(line))]
    return [
        (row["code"], int(status))
        for row in rows
        for status in row["statuses"].split(", ")
        if status.strip().isdigit()
    ]


def a_request(language: str) -> Request:
    """A request as the application sees it."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/shops/1/products/白 T恤",
        "raw_path": b"/v1/shops/1/products/%E7%99%BD%20T%E6%81%A4",
        "query_string": b"",
        "headers": [(b"accept-language", language.encode()), (b"host", b"andon")],
        "state": {"request_id": "r-1"},
    }
    return Request(scope)


def test_the_published_examples_are_problems() -> None:
    schema = validator()
    examples = json.loads((real_data("http") / "problem_examples.json").read_text())["valid"]
    assert schema is not None
    assert len(examples) == 2
    for example in examples:
        schema.validate(example["body"])


@pytest.mark.parametrize("spoilt", [{"status": 99}, {"status": "409"}, {"type": "a b"}, {"instance": "/ä b"}])
def test_the_schema_is_not_asleep(spoilt: dict[str, Any]) -> None:
    real_data("http")
    body = {"type": "about:blank", "title": "t", "status": 409} | spoilt
    with pytest.raises(AssertionError):
        check_problem(body, body["status"])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_problem_of_every_documented_code_is_by_the_book(language: str) -> None:
    real_data("http")
    import_everything()
    classes = {each.status: each for each in (Refused, *refusals())}
    codes = documented()
    assert len(codes) > 90
    for code, status in codes:
        request = a_request(language)
        if status not in classes or status >= 500:  # what the edge says below the rooms
            answer = problem(request, status=status, code=code)
        else:
            facts: dict[str, Any] = {"type": "x", "status": 1, "lines": [{"sku": "白 T恤"}], "amount": None}
            answer = refusal(request, classes[status](code, "a detail", clause="STOCK-1", **facts))
        body = json.loads(bytes(answer.body))
        check_problem(body, status)
        assert answer.media_type == "application/problem+json"
        assert (body["code"], body["title"] == code) == (code, False)
        assert body["type"] == f"urn:andon:problem:{code}", "a fact never takes a member's place"


@pytest.mark.parametrize(
    "path",
    [
        "/白",
        "/a b",
        "/%E7%99%BD%20T",
        "/a%2Fb",
        "/%25zz",
        "/%7B%7D",
        "/%22%3C%3E%5C%5E%60%7C",
        "//",
        "/a:b@c",
        "/%23%3F",
    ],
)
def test_an_address_of_any_letters_comes_back_as_one(served: Served, path: str) -> None:
    answer = Client(served.url).get(path)
    assert (answer.status, answer.code) == (404, "not_found")
    sent = re.sub(r"[^!-~]", lambda each: "".join(f"%{byte:02X}" for byte in each[0].encode()), path)
    assert answer.body["instance"] == f"/v1{sent}"
