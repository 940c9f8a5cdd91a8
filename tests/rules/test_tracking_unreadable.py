"""What is no tracking answer is refused, and a code or an instant that nobody knows changes nothing."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from andon.adapters.cainiao import CAINIAO
from andon.adapters.carriers import CARRIERS
from andon.adapters.easypost import EASYPOST
from andon.adapters.status_words import AFTERSHIP, KARRIO, SEVENTEENTRACK, of_17track
from andon.adapters.status_words import EASYPOST as EASYPOST_WORDS
from andon.adapters.tracking_json import JsonFormat
from andon.orders.tracking.rules import STATUSES
from andon.ports.tracking import TrackingUnreadable
from tests.rules.test_tracking_formats import at, cainiao

FORMATS: dict[str, JsonFormat] = {**CARRIERS, "easypost": EASYPOST, "cainiao": CAINIAO}


@pytest.mark.parametrize("party", FORMATS)
@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"\xff", b"7", b'"x"', b"NaN", b"[" * 100_000, b'{"a": "\\u0000"}']
)
def test_what_is_no_answer_is_refused_by_name(party: str, answer: bytes) -> None:
    with pytest.raises(TrackingUnreadable) as refused:
        FORMATS[party].scans_of(answer)
    assert refused.value.facts["party"] == party


@pytest.mark.parametrize("party", FORMATS)
@pytest.mark.parametrize("answer", [b"{}", b"[]", b'{"module": 7}', b"[null, [], 7]", b'{"parcels": [[7]]}'])
def test_an_answer_without_parcels_has_no_scans(party: str, answer: bytes) -> None:
    assert FORMATS[party].scans_of(answer) == []


def test_an_unknown_code_is_logged_and_changes_nothing() -> None:
    answer = cainiao("real_delivered.json")["response"]
    known = CAINIAO.scans_of(json.dumps(answer).encode())
    answer["module"][0]["detailList"].insert(0, {"time": 1770362718000, "actionCode": "GTMS_TELEPORTED"})
    with capture_logs() as logs:
        assert CAINIAO.scans_of(json.dumps(answer).encode()) == known
    [line] = logs
    assert (line["event"], line["code"]) == ("tracking.unknown_code", "GTMS_TELEPORTED")
    assert line["waybill"] == "RC000000001EE"


@pytest.mark.parametrize("when", [None, "", "soon", "9" * 400, -(10**18), 1e300, [], {}, True])
def test_a_scan_without_an_instant_is_logged_and_left_out(when: Any) -> None:
    parcel = {"mailNo": "CN1", "detailList": [{"time": when, "actionCode": "GTMS_SIGNED"}]}
    with capture_logs() as logs:
        assert CAINIAO.scans_of(json.dumps({"module": [parcel]}).encode()) == []
    assert [line["event"] for line in logs] == ["tracking.no_instant"]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "America", "/", "x" * 5000])
def test_a_zone_that_is_none_is_logged_and_its_scan_left_out(zone: str) -> None:
    event = {"pieceReference": "P1", "eventType": "DEP", "eventDate": "2024-03-15T10:30:00"}
    answer = json.dumps([event | {"location": {"timezone": zone}}]).encode()
    with capture_logs() as logs:
        assert CARRIERS["smartkargo"].scans_of(answer) == []
    assert [line["event"] for line in logs] == ["tracking.no_instant"]
    [scan] = CARRIERS["smartkargo"].scans_of(
        json.dumps([event | {"location": {"timezone": "America/New_York"}}]).encode()
    )
    assert scan.occurred_at == at("2024-03-15T10:30:00-04:00")


# --- the words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [SEVENTEENTRACK, AFTERSHIP, EASYPOST_WORDS, KARRIO])
def test_every_word_of_a_service_is_one_of_our_statuses(words: dict[str, str]) -> None:
    assert set(words.values()) <= STATUSES.keys()
    assert {"unknown", "info_received", "in_transit", "delivered", "exception"} <= set(words.values())


@pytest.mark.parametrize("known", FORMATS.values(), ids=FORMATS)
def test_every_code_of_a_format_is_one_of_our_statuses(known: JsonFormat) -> None:
    assert set(known.statuses.values()) <= STATUSES.keys()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("NotFound_Other", "unknown"),
        ("InTransit_PickedUp", "collected"),
        ("InTransit_Departure", "in_transit"),
        ("InTransit_CustomsReleased", "customs"),
        ("Delivered_Other", "delivered"),
        ("DeliveryFailure_NoBody", "delivery_failed"),
        ("Exception_Returning", "returning"),
        ("Exception_Returned", "returned"),
        ("Exception_Damage", "exception"),
        ("Expired", None),
        ("", None),
    ],
)
def test_17tracks_sub_statuses_are_read_by_name_or_by_their_status(code: str, status: str | None) -> None:
    assert of_17track(code) == status
