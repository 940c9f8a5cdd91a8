"""Which numbers can be a carrier's: the published ones with their check digits."""

import json

import pytest

from andon.membership.standing.rules import validity
from andon.membership.standing.rules.numbers import FORMS
from tests.places import real_data


def published() -> list[dict[str, str]]:
    cases: list[dict[str, str]] = json.loads((real_data("carriers") / "tracking_numbers.json").read_text())[
        "cases"
    ]
    return cases


def test_the_published_numbers_are_told_apart():
    judged = [case for case in published() if case["courier"] in FORMS]
    assert len(judged) > 70
    wrong = [case for case in judged if validity(case["courier"], case["number"]) != case["expect"]]
    assert wrong == []


def test_numbers_by_the_posts_standard_are_judged_where_a_post_is_the_carrier():
    cases = [case for case in published() if case["courier"] == "s10"]
    assert len(cases) == 4
    for case in cases:
        assert validity("correos", case["number"]) == case["expect"]


@pytest.mark.parametrize(
    ("carrier", "number", "judged"),
    [
        ("ups", "1Z5R89390357567127", "valid"),
        ("ups", "1z5r89390357567127", "valid"),
        ("ups", "1Z5R89390357567128", "invalid"),
        ("ups", "W1", "invalid"),
        ("cainiao", "W1", "unknown"),
        ("yanwen", "RB123456786US", "unknown"),
        ("correios", "RB123456786US", "invalid"),
        ("correios", "PQ4F6P0704104480181750W", "unknown"),
        ("usps", "RB123456785US", "valid"),
        ("fedex", "", "invalid"),
        ("dhl", "٣٣١٨٨١٠٠٢٥", "invalid"),
    ],
)
def test_a_carrier_whose_forms_are_not_known_is_not_judged(carrier: str, number: str, judged: str):
    assert validity(carrier, number) == judged
