"""Bad input gets a clear coded answer and changes nothing."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.clients import Client
from tests.journeys.conftest import Running, notes_of


def errors_of(answer):
    assert answer.status == 422, answer
    assert answer.code == "request.invalid"
    return [(error["part"], error["pointer"], error["code"]) for error in answer.body["errors"]]


def test_a_good_note_is_written(andon: Running, operator: Client, probe) -> None:
    answer = operator.post(
        "/probe/notes",
        {"text": "x", "at": "2026-03-02T12:00:00+08:00", "price": {"amount": "1.50", "currency": "CNY"}},
    )
    assert answer.status == 201
    assert answer.body == {
        "note_id": 1,
        "text": "x",
        "at": "2026-03-02T04:00:00Z",
        "price": {"amount": "1.50", "currency": "CNY"},
    }
    assert notes_of(andon.database) == ["x"]


BAD_BODIES = [
    ({}, ("body", "/text", "field.missing")),
    ({"text": 1}, ("body", "/text", "field.type")),
    ({"text": None}, ("body", "/text", "field.type")),
    ({"text": "x" * 51}, ("body", "/text", "field.length")),
    ({"text": "x", "odd": 1}, ("body", "/odd", "field.unknown")),
    ({"text": "x", "count": "3"}, ("body", "/count", "field.type")),
    ({"text": "x", "count": 1.5}, ("body", "/count", "field.type")),
    ({"text": "x", "count": True}, ("body", "/count", "field.type")),
    ({"text": "x", "count": 2**63}, ("body", "/count", "integer.out_of_range")),
    ({"text": "x", "count": -(2**64)}, ("body", "/count", "integer.out_of_range")),
    (
        {"text": "x", "more": {"deep": [1, {"n": 10**30}]}},
        ("body", "/more/deep/1/n", "integer.out_of_range"),
    ),
    ({"text": "a\0b"}, ("body", "/text", "text.nul")),
    ({"text": "x", "more": {"a/b": "\0"}}, ("body", "/more/a~1b", "text.nul")),
    ({"text": "x", "more": {"\0": 1}}, ("body", "/more", "text.nul")),
    ({"text": "x", "at": "2026-03-02T12:00:00"}, ("body", "/at", "instant.naive")),
    ({"text": "x", "at": "0001-01-01T00:00:00Z"}, ("body", "/at", "instant.out_of_range")),
    ({"text": "x", "at": "0001-01-01T00:00:00+08:00"}, ("body", "/at", "instant.out_of_range")),
    ({"text": "x", "at": "9999-12-31T23:59:59Z"}, ("body", "/at", "instant.out_of_range")),
    ({"text": "x", "at": "9999-12-31T23:59:59-08:00"}, ("body", "/at", "instant.out_of_range")),
    ({"text": "x", "at": "yesterday"}, ("body", "/at", "field.type")),
    ({"text": "x", "at": 1772424000}, ("body", "/at", "field.type")),
    ({"text": "x", "price": {"amount": 1.5, "currency": "CNY"}}, ("body", "/price/amount", "field.type")),
    (
        {"text": "x", "price": {"amount": "1e3", "currency": "CNY"}},
        ("body", "/price/amount", "field.pattern"),
    ),
    (
        {"text": "x", "price": {"amount": "NaN", "currency": "CNY"}},
        ("body", "/price/amount", "field.pattern"),
    ),
    (
        {"text": "x", "price": {"amount": "1", "currency": "cny"}},
        ("body", "/price/currency", "field.pattern"),
    ),
    ([], ("body", "", "field.type")),
    ("text", ("body", "", "field.type")),
]


def test_a_body_that_is_not_as_it_should_be_is_refused_with_a_pointer(operator: Client, probe) -> None:
    for body, error in BAD_BODIES:
        assert error in errors_of(operator.post("/probe/notes", body)), body
    assert probe == []


def test_a_number_of_thousands_of_digits_is_out_of_range(operator: Client, probe) -> None:
    for digits in (20, 41, 5000):
        raw = b'{"text": "x", "more": {"n": %s}}' % (b"9" * digits)
        answer = operator.call("POST", "/probe/notes", raw=raw)
        assert errors_of(answer) == [("body", "/more/n", "integer.out_of_range")]


def test_the_text_backslash_u0000_is_no_nul(operator: Client, probe) -> None:
    assert operator.post("/probe/notes", {"text": "\\u0000"}).body["text"] == "\\u0000"


def test_more_decimal_places_than_the_currency_has_are_refused(
    andon: Running, operator: Client, probe
) -> None:
    for amount, currency, code in (
        ("0.305", "CNY", "money.too_precise"),
        ("1.5", "JPY", "money.too_precise"),
        ("999999999999999", "CNY", "money.out_of_range"),
    ):
        answer = operator.post(
            "/probe/notes", {"text": "x", "price": {"amount": amount, "currency": currency}}
        )
        assert (answer.status, answer.code) == (422, code)
    assert notes_of(andon.database) == []


NO_JSON = [
    (b"{", 400, "request.malformed"),
    (b'{"text": "x",}', 400, "request.malformed"),
    (b'{"text": "x"} trailing', 400, "request.malformed"),
    (b'{"text": NaN}', 422, "request.invalid"),
    (b'{"text": "\x00"}', 400, "request.malformed"),
    (b'{"text": "\\ud800"}', 400, "request.malformed"),
    (b"[" * 100_000, 400, "request.malformed"),
    (b'{"text": "\xff"}', 400, "request.not_utf8"),
    (b"\xff\xfe{\x00}\x00", 400, "request.not_utf8"),
    (b"", 422, "request.invalid"),
]


def test_what_is_no_json_is_refused(operator: Client, probe) -> None:
    for raw, status, code in NO_JSON:
        answer = operator.call("POST", "/probe/notes", raw=raw)
        assert (answer.status, answer.code) == (status, code), raw[:40]
    assert probe == []


def test_a_body_of_another_type_is_refused(operator: Client, probe) -> None:
    for given in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = operator.call("POST", "/probe/notes", raw=b'{"text":"x"}', Content_Type=given)
        assert (answer.status, answer.code) == (415, "request.not_json")
    packed = operator.call("POST", "/probe/notes", raw=b"\x1f\x8b", Content_Encoding="gzip")
    assert packed.status == 415
    assert (
        operator.call(
            "POST", "/probe/notes", raw=b'{"text":"x"}', Content_Type="application/json; charset=utf-8"
        ).status
        == 201
    )


def test_a_call_without_a_body_takes_none(operator: Client, probe) -> None:
    assert operator.post("/probe/nothing").status == 204
    assert operator.post("/probe/nothing", {}).status == 204
    assert operator.post("/probe/nothing", {"odd": 1}).code == "request.invalid"


def test_a_list_of_items_is_pointed_into(operator: Client, probe) -> None:
    answer = operator.post("/probe/batch", [{"text": "a"}, {"text": "b", "odd": 1}])
    assert errors_of(answer) == [("body", "/1/odd", "field.unknown")]
    assert errors_of(operator.post("/probe/batch", [])) == [("body", "", "field.length")]
    assert errors_of(operator.post("/probe/batch", [{"text": "a"}] * 4)) == [("body", "", "field.length")]


def test_query_parameters_are_known_single_and_storable(operator: Client, probe) -> None:
    assert operator.get("/probe/notes?odd=1").code == "request.unknown_parameter"
    assert operator.get("/probe/notes?limit=1&limit=2").code == "request.repeated_parameter"
    assert errors_of(operator.get("/probe/notes?limit=0")) == [("query", "/limit", "field.range")]
    assert errors_of(operator.get("/probe/notes?limit=201")) == [("query", "/limit", "field.range")]
    assert errors_of(operator.get("/probe/notes?limit=x")) == [("query", "/limit", "field.type")]
    assert errors_of(operator.get(f"/probe/notes?count={2**63}")) == [
        ("query", "/count", "integer.out_of_range")
    ]
    assert errors_of(operator.get("/probe/notes?starting=%00")) == [("query", "/starting", "text.nul")]
    assert operator.get("/probe/notes?starting=%ff").code == "request.not_utf8"
    assert operator.get(f"/probe/notes?starting={'9' * 40}").status == 200


def test_path_parameters_are_texts_and_may_hold_an_encoded_slash(operator: Client, probe) -> None:
    assert operator.get("/probe/texts/a%2Fb%2fc").body == "a/b/c"
    assert operator.get("/probe/texts/%E8%A1%A3%20x%25").body == "衣 x%"
    assert operator.get("/probe/texts/a/b").status == 404
    assert operator.get("/nowhere/a%2Fb").body["instance"] == "/v1/nowhere/a%2Fb"
    assert operator.get("/probe/texts/a%00b").status == 422
    assert operator.get("/probe/texts/%ff").code == "request.not_utf8"
    assert operator.get(f"/shops/{2**63}/probe/name").status == 422
    assert operator.get("/shops/x/probe/name").status == 422


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_20_mb_is_refused_and_the_connection_lives(
    andon: Running, operator: Client, probe, chunked
) -> None:
    address = urlsplit(andon.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    megabyte = b" " * 1_000_000
    headers = {"Authorization": f"Bearer {operator.key}", "Content-Type": "application/json"}
    if not chunked:
        headers["Content-Length"] = str(20 * len(megabyte))
    connection.request(
        "POST", "/v1/probe/notes", (megabyte for _ in range(20)), headers, encode_chunked=chunked
    )
    response = connection.getresponse()
    assert response.status == 413
    assert json.loads(response.read())["code"] == "request.too_large"
    connection.request("GET", "/v1/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_body_just_under_the_limit_is_read(operator: Client, probe) -> None:
    body = b'{"text": "x"}' + b" " * (8 * 1024 * 1024 - 13)
    assert operator.call("POST", "/probe/notes", raw=body).status == 201
    assert operator.call("POST", "/probe/notes", raw=body + b" ").status == 413


def test_where_there_is_no_call_a_problem_says_so(anyone: Client, probe) -> None:
    assert anyone.get("/nowhere").code == "not_found"
    assert anyone.get("/healthz/").code == "not_found"
    answer = anyone.call("PATCH", "/probe/notes")
    assert (answer.status, answer.code) == (405, "method.not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


def test_problems_are_problem_documents_in_the_callers_language(operator: Client, probe) -> None:
    answer = operator.post(
        "/probe/notes", {"text": "x", "then": "refuse"}, Accept_Language="zh-CN,zh;q=0.9,en;q=0.8"
    )
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] == "zh-CN"
    request_id = answer.headers["X-Request-Id"]
    assert answer.body == {
        "type": "urn:andon:problem:stock.changed",
        "title": answer.body["title"],
        "status": 409,
        "code": "stock.changed",
        "detail": "as asked",
        "clause": "STOCK-1",
        "count": 3,
        "instance": "/v1/probe/notes",
        "request_id": request_id,
    }
    for language, title in (
        ("zh", "未找到"),
        ("en;q=0.5, zh-TW", "未找到"),
        ("de, en;q=0.1", "Not found"),
        ("*", "Not found"),
        ("zh;q=x", "Not found"),
    ):
        assert operator.get("/nowhere", Accept_Language=language).body["title"] == title


def test_a_sane_request_id_is_kept_and_another_replaced(anyone: Client) -> None:
    assert anyone.get("/healthz", X_Request_Id="abc-123").headers["X-Request-Id"] == "abc-123"
    assert anyone.get("/healthz", X_Request_Id="a b").headers["X-Request-Id"] != "a b"
    assert anyone.get("/healthz").headers["X-Request-Id"]
