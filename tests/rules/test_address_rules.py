"""Addresses against their country's format: what fails is named by codes, and nothing is ever refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.orders.addresses.rules import seal
from andon.orders.addresses.service import address_faults, format_of

TEXT = st.text(max_size=40)


@pytest.mark.parametrize(
    ("country", "postcode", "region", "faults"),
    [
        ("ES", "28001", None, ()),
        ("ES", "2800", None, ("postcode.format",)),
        ("ES", None, None, ("postcode.missing",)),
        ("BR", "01310-100", None, ()),
        ("BR", "28001", None, ("postcode.format",)),
        ("GB", "sw1a 1aa", None, ()),
        ("AE", None, None, ("region.missing",)),
        ("AE", None, "Dubai", ()),
        ("IE", None, None, ()),
        ("XX", "anything", None, ()),
        ("ZZ", None, None, ()),
    ],
)
def test_postcode_and_region_are_held_to_the_country(
    country: str, postcode: str | None, region: str | None, faults: tuple[str, ...]
) -> None:
    assert address_faults({"country": country, "postcode": postcode, "region": region}) == faults


@given(
    st.fixed_dictionaries(
        {"country": st.from_regex(r"[A-Z]{2}", fullmatch=True)}, optional={"postcode": TEXT, "region": TEXT}
    )
)
def test_every_address_of_the_schema_has_an_answer_that_holds_no_value_of_it(ship_to: dict[str, str]) -> None:
    assert set(address_faults(ship_to)) <= {"postcode.missing", "postcode.format", "region.missing"}


def test_the_same_address_is_committed_to_anew_by_a_new_salt() -> None:
    one, other = (seal({"name": "Ana", "line2": None}, bytes([n]) * 16) for n in (1, 2))
    assert one.ship_to == other.ship_to == '{"name":"Ana"}'
    assert one.commitment != other.commitment


def test_a_countrys_format_is_read_once() -> None:
    assert format_of("ES") is format_of("ES")
