"""What JSON allows and nobody keeps; and what is said twice, or too often."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import from_json

from andon.kernel.errors import Invalid, Refused
from andon.kernel.http.bodies import LARGEST_BIGINT, LONGEST_STEP, MOST_ERRORS, Malformed, read_body

ANYTHING = TypeAdapter(dict[str, object])
NUMBERS = TypeAdapter(list[int])


def codes(body: bytes, adapter: TypeAdapter[object] = ANYTHING) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read_body(adapter, body)
    return [(error["pointer"], error["code"]) for error in refused.value.facts["errors"]]


@pytest.mark.parametrize(
    "number",
    ["1e309", "-1E309", "1e+400000", "1.5e1000", "0.1e310", "9" * 400 + ".0", "1" + "0" * 18 + "e400"],
)
def test_a_number_beyond_a_double_is_refused_and_not_kept_as_nothing(number: str) -> None:
    assert codes(b'{"a": [%b]}' % number.encode()) == [("/a/0", "field.range")]


@pytest.mark.parametrize("number", ["1e308", "1e-400000", "0e999", "1e22", str(LARGEST_BIGINT)])
def test_a_number_that_can_be_kept_is(number: str) -> None:
    assert read_body(ANYTHING, b'{"a": %b}' % number.encode()) == {"a": json.loads(number)}


@given(st.integers(-(2**80), 2**80))
def test_a_whole_number_is_kept_whole_or_refused(number: int) -> None:
    body = orjson.dumps([0, 0])[:-2] + f"{number}]".encode()
    if abs(number) <= LARGEST_BIGINT:
        assert read_body(NUMBERS, body) == [0, number]
    else:
        assert codes(body, NUMBERS) == [("/1", "integer.out_of_range")]


def test_text_that_looks_like_a_large_number_is_text() -> None:
    assert read_body(ANYTHING, b'{"a": "1e999", "b": "9999999999999999999999"}') == {
        "a": "1e999",
        "b": "9" * 22,
    }


def test_a_body_is_so_deep_at_most() -> None:
    assert read_body(ANYTHING, b'{"a":' + b"[" * 150 + b"]" * 150 + b"}")
    with pytest.raises(Malformed):
        read_body(ANYTHING, b'{"a":' + b"[" * 250 + b"]" * 250 + b"}")


def test_of_a_name_that_stands_twice_the_last_counts_for_every_reader() -> None:
    twice = '{"a": 1, "a": 2}'
    for reader in (json.loads, orjson.loads, from_json, lambda text: read_body(ANYTHING, text.encode())):
        assert reader(twice) == {"a": 2}


def test_of_many_errors_a_hundred_are_told_and_all_counted() -> None:
    with pytest.raises(Refused) as refused:
        read_body(NUMBERS, orjson.dumps(["x"] * 1_000))
    assert len(refused.value.facts["errors"]) == MOST_ERRORS
    assert refused.value.detail == "1000 errors"


def test_a_long_name_comes_back_short() -> None:
    [(pointer, _)] = codes(b'{"%b": 1e999}' % (b"n" * 1_000_000))
    assert pointer == "/" + "n" * LONGEST_STEP
