"""Labels: an address as its country writes it, and codes that printers and papers make alike."""

import base64
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.orders.order.rules import FulfilmentState as S
from andon.orders.papers.papers import _code128
from andon.orders.papers.rules import (
    Layout,
    Sheet,
    bars_of,
    escaped,
    grouped,
    print_verdict,
    printed,
    recipient_of,
    spoken,
    svg_of,
)
from andon.orders.papers.rules.zpl import graphic_of
from andon.orders.papers.views.labels import _ANYWHERE, _country, _layout

ANA = {"name": "Ana Sol", "line1": "Calle Mayor 1", "city": "Madrid", "postcode": "28001", "country": "ES"}


def lines(**changes: str) -> list[str]:
    ship_to = ANA | changes
    return [line.text for line in recipient_of(ship_to, _layout(ship_to["country"]))]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ["Ana Sol", "Calle Mayor 1", "28001 MADRID"]),
        ({"region": "Madrid", "line2": "3º izq"}, ["Ana Sol", "Calle Mayor 1", "3º izq", "28001 MADRID"]),
        (
            {"country": "US", "city": "Austin", "region": "TX", "postcode": "78701"},
            ["Ana Sol", "Calle Mayor 1", "AUSTIN, TX 78701"],
        ),
        (
            {"country": "CN", "name": "李雷", "line1": "世纪大道100号", "city": "上海市", "postcode": "200120"},
            ["200120", "上海市", "世纪大道100号", "李雷"],
        ),
        (
            {"country": "CN", "name": "Li Lei", "line1": "100 Century Ave", "city": "Shanghai", "postcode": "200120"},
            ["Li Lei", "100 Century Ave", "Shanghai", "200120"],
        ),
        (
            {"country": "JP", "name": "山田太郎", "line1": "芝公園1-1", "city": "港区", "region": "東京都", "postcode": "105"},
            ["〒105", "東京都", "芝公園1-1", "港区", "山田太郎"],
        ),
        (
            {"country": "SA", "name": "محمد", "line1": "شارع", "city": "الرياض", "postcode": "12211", "region": "نجد"},
            ["محمد", "شارع", "نجد", "الرياض 12211"],
        ),
        ({"country": "ZZ"}, ["Ana Sol", "Calle Mayor 1", "Madrid", "28001"]),
    ],
    ids=["ES", "one region named twice", "US", "CN", "CN in Latin", "JP", "SA", "nowhere"],
)  # fmt: skip
def test_an_address_is_written_as_its_country_writes_it(changes: dict[str, str], told: list[str]) -> None:
    assert lines(**changes) == told


WORD = st.text(st.sampled_from("abcdefghijklmnñłß李雷東京"), min_size=1, max_size=40)


@given(
    country=st.sampled_from(
        [
            "US",
            "ES",
            "FR",
            "PL",
            "BR",
            "KR",
            "DE",
            "IT",
            "NL",
            "GB",
            "BE",
            "PT",
            "CZ",
            "HU",
            "AU",
            "CA",
            "MX",
            "CL",
            "IL",
            "SA",
            "AE",
            "JP",
            "CN",
            "HK",
            "SG",
            "ZZ",
        ]
    ),
    said=st.fixed_dictionaries(
        {"name": WORD, "line1": WORD, "city": WORD},
        optional={"line2": WORD, "region": WORD, "postcode": WORD},
    ),
)
def test_nothing_of_an_address_is_lost_whatever_the_country(country: str, said: dict[str, str]) -> None:
    told = "\n".join(line.text for line in recipient_of(said, _layout(country)))
    bare = told.replace("\u200b", "").upper()
    assert all(each.upper() in bare for each in said.values())


def test_the_name_stands_out_wherever_it_stands() -> None:
    strong = [line.strong for line in recipient_of(ANA | {"name": "李雷", "line1": "路"}, _layout("CN"))]
    assert strong == [False, False, False, True]
    assert _layout("ZZ") == _ANYWHERE
    assert recipient_of(ANA, Layout("%A", "%A", ""))[0].text == "Ana Sol", "a form without a name"


@pytest.mark.parametrize(
    ("line", "rtl"),
    [
        ("محمد 12", True),
        ("12 يعل", True),
        ("יעל Cohen", True),
        ("Ana", False),
        ("12-3", False),
        ("李", False),
    ],
)
def test_a_line_is_read_from_where_its_first_letter_says(line: str, *, rtl: bool) -> None:
    assert printed(line).rtl is rtl


def test_an_endless_word_may_be_broken_and_a_usual_one_is_not() -> None:
    assert printed("W" * 41).text.count("\u200b") == 40
    assert printed("W" * 40 + " 1").text == "W" * 40 + " 1"


def test_of_a_phone_its_last_digits_are_printed() -> None:
    assert lines(phone="+34 600 123 456")[-1] == "Tel *** 3456"
    assert lines(phone="none")[-1] == "28001 MADRID"


def test_countries_have_their_own_name_beside_the_english_one() -> None:
    assert [_country(code) for code in ("SA", "US", "ZZ")] == [
        "Saudi Arabia · المملكة العربية السعودية",
        "United States",
        "ZZ",
    ]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, None),
        ({"state": S.SHIPPED}, None),
        ({"voided": True, "held": True}, "label.voided"),
        ({"state": S.CANCELLED}, "fulfilment.state"),
        ({"state": S.DELIVERED, "scanned": True}, "fulfilment.state"),
        ({"scanned": True}, "label.scanned"),
        ({"ended": True}, "label.scanned"),
        ({"held": True}, "fulfilment.held"),
        ({"checked": False}, "label.not_checked"),
    ],
)
def test_a_label_is_printed_until_the_carrier_has_its_parcel(
    facts: dict[str, bool], code: str | None
) -> None:
    usual = {"state": S.LABELLED, "held": False, "voided": False, "scanned": False, "ended": False}
    assert print_verdict(**(usual | {"checked": True} | facts)).code == code  # type: ignore[arg-type]


WAYBILL = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)


def read(said: str) -> str:
    """What a printer reads in the data of ^BC: subsets by invocation."""
    text, at, digits = "", 0, False
    while at < len(said):
        pair = said[at : at + 2]
        if pair in (">:", ">6", ">;", ">5"):
            digits = pair in (">;", ">5")
            at += 2
        elif pair == ">0":
            text, at = text + ">", at + 2
        elif digits:
            text, at = text + pair, at + 2
        else:
            text, at = text + said[at], at + 1
    return text


@given(WAYBILL)
def test_a_printer_is_told_the_bars_that_stand_on_paper(waybill: str) -> None:
    assert read(spoken(_code128(waybill)[0])) == waybill


@given(WAYBILL)
def test_no_command_can_hide_in_a_field(waybill: str) -> None:
    text = escaped(waybill)
    assert not set("^~") & set(text)
    assert re.sub(r"_([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text) == waybill


def test_a_graphic_is_its_bits_deflated_with_a_sum() -> None:
    said = graphic_of(Sheet(16, 2, b"\x80\x01\xff\x00"))
    found = re.fullmatch(r"\^GFA,4,4,2,:Z64:(.*):([0-9A-F]{4})", said)
    assert found is not None
    assert zlib.decompress(base64.b64decode(found[1])) == b"\x80\x01\xff\x00"
    crc = 0
    for byte in found[1].encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    assert found[2] == f"{crc:04X}"


def test_bars_are_left_out_where_no_scanner_could_tell_them_apart() -> None:
    # 376 modules of a quarter millimetre fill the label; twenty of them are quiet.
    wide, narrow, none = (bars_of("1" * length, 8) for length in (100, 356, 357))
    assert wide is not None
    assert narrow is not None
    assert (wide.dots, narrow.dots, none) == (4, 2, None)


def test_modules_are_drawn_run_by_run() -> None:
    assert 'd="M0 0h2v1h-2zM3 0h1v1h-1zM1 1h3v1h-3z"' in svg_of(["1101", "0111"])


def test_a_waybill_is_grouped_for_the_eye() -> None:
    assert grouped("LP00123456789012CN") == "LP00 1234 5678 9012 CN"
