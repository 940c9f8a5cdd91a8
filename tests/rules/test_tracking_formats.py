"""Real and published tracking answers fold to the right neutral status, in whatever order they come, and how often.

What is expected of each sample stands beside it, with why. The samples are not ours, and lie outside the checkout.
"""

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from structlog.testing import capture_logs

from andon.adapters.cainiao import CAINIAO
from andon.adapters.carriers import CARRIERS
from andon.adapters.easypost import EASYPOST
from andon.adapters.status_words import EASYPOST as EASYPOST_WORDS
from andon.orders.tracking.rules import UNMOVED, Fact, Track, track_of
from andon.ports.tracking import TrackedScan
from tests.places import real_data


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@dataclass(frozen=True)
class Expected:
    """What a sample tells of one of its parcels, and why that is so."""

    file: str
    party: str
    waybill: str
    status: str
    why: str
    collected_at: str | None = None
    ended_at: str | None = None


CARRIERS_EXPECTED = (
    Expected(
        "australiapost",
        "australiapost",
        "7XX1000634011427",
        "delivered",
        "its last event is `Delivered`, on Sydney's winter time",
        ended_at="2014-05-30T14:43:09+10:00",
    ),
    Expected(
        "australiapost",
        "australiapost",
        "ET123456789AU",
        "in_transit",
        "received by the post, cleared for export, then with an air carrier; its own summary says `Unknown`",
        collected_at="2021-01-27T11:06:59+11:00",
    ),
    Expected(
        "gls",
        "gls",
        "12345678901234567890",
        "in_transit",
        "handed over on the 7th; on the 11th GLS itself says INTRANSIT",
        collected_at="2024-10-07T10:46:14+02:00",
    ),
    Expected(
        "laposte",
        "laposte",
        "EW112720413FR",
        "delivered",
        "DI1, delivered to the addressee, after MD2, out for delivery",
        collected_at="2023-02-17T14:43:00+01:00",
        ended_at="2023-03-09T09:38:00+01:00",
    ),
    Expected(
        "mydhl",
        "mydhl",
        "1234567890",
        "delivered",
        "OK is the delivery; the pick-up is told in Prague's offset, the rest in UTC",
        collected_at="2024-11-05T10:00:00+01:00",
        ended_at="2024-11-07T18:00:00+00:00",
    ),
    Expected(
        "parcelone",
        "parcelone",
        "123456789012",
        "delivered",
        "its words are plain; Munich's winter time, as the carrier tells no offset",
        ended_at="2024-01-15T14:30:00+01:00",
    ),
    Expected(
        "smartkargo_",
        "smartkargo",
        "yogi045-001",
        "info_received",
        "this piece of the air waybill is booked (BKD) and no more; the other one's delivery is not its own",
    ),
    Expected(
        "smartkargo_",
        "smartkargo",
        "yogi045-002",
        "delivered",
        "DDL, delivered to the door; no zone is told, so UTC",
        ended_at="2021-01-26T14:30:00+00:00",
    ),
    Expected(
        "smartkargo__partner",
        "smartkargo",
        "TEST-PCE-001",
        "in_transit",
        "DEP: its flight has left",
    ),
    Expected(
        "spring",
        "spring",
        "LX210720682NL",
        "delivered",
        "100 after 9301; the count of seconds tells the instant, the text beside it is Toronto's",
        ended_at="2024-01-07T10:19:48-05:00",
    ),
    Expected(
        "ups",
        "ups",
        "1Z1442YY7229014688",
        "delivered",
        "activity of type D after the label's M; its `currentStatus` carries the label's code, and is not used",
        ended_at="2022-01-26T16:30:00-05:00",
    ),
    Expected(
        "usps",
        "usps",
        "9400109104250532908587",
        "delivered",
        "01 in a parcel locker, after nine facilities; 03 is the collection, GX only the label",
        collected_at="2024-11-18T16:10:31+00:00",
        ended_at="2024-11-22T18:58:40+00:00",
    ),
    Expected(
        "usps_international",
        "usps",
        "9400109104250532908587",
        "delivered",
        "the same answer as the domestic one, from the same interface",
        collected_at="2024-11-18T16:10:31+00:00",
        ended_at="2024-11-22T18:58:40+00:00",
    ),
    Expected(
        "dhl_parcel_de",
        "dhl",
        "7777777770",
        "info_received",
        "the published example calls one event `pre-transit` and DELIVERED at once: the code counts, not the text",
    ),
    Expected(
        "dhl_universal",
        "dhl",
        "7777777770",
        "info_received",
        "the same example, from the same interface",
    ),
)
FILES = {
    "australiapost": "australiapost__tracking_response.json",
    "gls": "gls__tracking_response.json",
    "laposte": "laposte__tracking_response.json",
    "mydhl": "mydhl__tracking_response.json",
    "parcelone": "parcelone__tracking_response.json",
    "smartkargo_": "smartkargo__tracking_response.json",
    "smartkargo__partner": "smartkargo__partner_tracking_response.json",
    "spring": "spring__tracking_response.json",
    "ups": "ups__tracking_response.json",
    "usps": "usps__tracking_responses.json",
    "usps_international": "usps_international__tracking_responses.json",
    "dhl_parcel_de": "dhl_parcel_de__tracking_response.json",
    "dhl_universal": "dhl_universal__tracking.json",
}
NOT_ANSWERS = {
    "australiapost__tracking_request.json": "what is asked of the carrier",
    "mydhl__tracking_request.json": "what is asked of the carrier",
    "spring__tracking_request.json": "what is asked of the carrier",
    "tracking_numbers.json": "numbers alone, no scans",
}
TEMPLATES = {
    ("usps", "string"): "a form whose every value is the word `string`",
    ("australiapost", "7XX1000"): "an invalid number, told with an error",
}
"""Parcels in the samples of which nothing is told."""


def sample(name: str) -> bytes:
    """A carrier's answer as it would come over the wire; DHL's samples wrap it in the exchange."""
    told = json.loads((real_data("carriers") / FILES[name]).read_text())["sample"]
    return json.dumps(told.get("trackingResponse", told) if isinstance(told, dict) else told).encode()


def story(scans: Sequence[TrackedScan]) -> Track:
    """What the scans of one parcel tell; the same in whatever order, and however often each is told."""
    facts = [Fact(scan.status, scan.occurred_at) for scan in scans]
    track = track_of(facts)
    chance = random.Random(7)  # any seed will do
    orders: Iterator[Sequence[Fact]] = (
        itertools.permutations(facts)
        if len(facts) <= 5
        else (chance.sample(facts, len(facts)) for _ in range(100))
    )
    for order in orders:
        assert track_of(order) == track
        assert track_of([*order, *reversed(order)]) == track
    return track


def of(scans: Sequence[TrackedScan], waybill: str) -> list[TrackedScan]:
    return [scan for scan in scans if scan.waybill == waybill]


@pytest.mark.parametrize("expected", CARRIERS_EXPECTED, ids=lambda each: f"{each.file}-{each.waybill}")
def test_a_carriers_sample_folds_to_its_status(expected: Expected) -> None:
    track = story(of(CARRIERS[expected.party].scans_of(sample(expected.file)), expected.waybill))
    assert track.status == expected.status, expected.why
    if expected.collected_at:
        assert track.collected_at == at(expected.collected_at), expected.why
    if expected.ended_at:
        assert track.ended_at == at(expected.ended_at), expected.why
    assert (track.first_scan_at is None) == (expected.status in UNMOVED), (
        "what shows it in the carrier's hands"
    )


def test_no_sample_and_no_parcel_is_left_out() -> None:
    there = {path.name for path in real_data("carriers").glob("*track*.json")}
    assert there == {*FILES.values(), *NOT_ANSWERS}
    for name in FILES:
        [party] = {each.party for each in CARRIERS_EXPECTED if each.file == name}
        with capture_logs() as logs:
            waybills = {scan.waybill for scan in CARRIERS[party].scans_of(sample(name))}
        assert waybills == {each.waybill for each in CARRIERS_EXPECTED if each.file == name}
        assert [line for line in logs if (party, line["waybill"]) not in TEMPLATES] == []


def test_a_parcel_that_a_sample_does_not_know_has_no_scans() -> None:
    for (name, waybill), why in TEMPLATES.items():
        assert waybill.encode() in sample(name)
        assert of(CARRIERS[name].scans_of(sample(name)), waybill) == [], why


def test_the_place_and_the_carriers_own_record_come_along() -> None:
    [out, delivered] = CARRIERS["spring"].scans_of(sample("spring"))
    assert (out.sub_status, delivered.sub_status) == ("9301", "100")
    assert delivered.place == "TORONTO, CA"
    assert json.loads(delivered.raw)["CarrierCode"] == "CC203"


# --- EasyPost -------------------------------------------------------------------------------------------------


def conversations(pattern: str) -> Iterator[tuple[str, Any]]:
    """Every answer in EasyPost's recorded conversations."""
    for path in sorted(real_data("easypost").glob(pattern)):
        for exchange in json.loads(path.read_text())["interactions"]:
            yield path.name, exchange["response"]


def trackers(answer: Any) -> Iterator[dict[str, Any]]:
    """Every tracker in an answer, however deep."""
    if isinstance(answer, dict):
        if answer.get("object") == "Tracker":
            yield answer
        answer = list(answer.values())
    if isinstance(answer, list):
        for each in answer:
            yield from trackers(each)


def test_easyposts_tracker_samples_have_their_labels_data_and_no_more() -> None:
    """All of them are test trackers before their parcel moves; a deletion's answer tells of none."""
    told = 0
    for name, answer in conversations("tracker_*.json"):
        scans = EASYPOST.scans_of(json.dumps(answer).encode())
        assert {scan.waybill for scan in scans} == {each["tracking_code"] for each in trackers(answer)}, name
        for waybill in {scan.waybill for scan in scans}:
            track = story(of(scans, waybill))
            assert (track.status, track.first_scan_at) == ("info_received", None), name
            told += 1
    assert told == 11


def test_easyposts_recorded_events_carry_no_tracker() -> None:
    """They are headings: none was recorded with its result, and some tell of batches."""
    assert len(list(conversations("event_*.json"))) > 5
    for name, answer in conversations("event_*.json"):
        assert EASYPOST.scans_of(json.dumps(answer).encode()) == [], name


def test_an_event_that_carries_a_tracker_tells_what_the_tracker_tells() -> None:
    [answer] = [answer for _, answer in conversations("tracker_create.json")]
    event = {"object": "Event", "description": "tracker.updated", "status": "completed", "result": answer}
    alone = EASYPOST.scans_of(json.dumps(answer).encode())
    assert alone
    assert EASYPOST.scans_of(json.dumps(event).encode()) == alone


def test_a_tracker_folds_to_what_easypost_says_of_it_wherever_it_stands() -> None:
    """In claims, insurances, orders and pick-ups; `error` is EasyPost's own there, and no carrier's word."""
    met: dict[str, int] = {}
    for name, answer in conversations("*.json"):
        for tracker in trackers(answer):
            track = story(EASYPOST.scans_of(json.dumps(tracker).encode()))
            said = tracker["status"]
            met[said] = met.get(said, 0) + 1
            assert track.status == ("unknown" if said == "error" else EASYPOST_WORDS[said]), name
            if said == "delivered":
                assert track.delivered_at == at("2025-01-24T08:24:53Z")
                assert track.first_scan_at == at("2025-01-22T17:15:53Z"), "a facility's, not the label's"
    assert met.keys() == {"unknown", "pre_transit", "delivered", "error"}


# --- Cainiao --------------------------------------------------------------------------------------------------


def cainiao(name: str) -> Any:
    return json.loads((real_data("cainiao") / name).read_text())


def test_the_real_trace_folds_to_delivered() -> None:
    answer = cainiao("real_delivered.json")["response"]
    scans = CAINIAO.scans_of(json.dumps(answer).encode())
    assert [scan.status for scan in scans] == [
        "delivered",
        "out_for_delivery",
        "customs",
        "in_transit",
        "in_transit",
        "in_transit",
        "collected",
    ]
    track = story(scans)
    assert track.status == "delivered"
    assert track.collected_at == at("2025-12-08T22:29:00+08:00")
    assert track.ended_at == at("2026-02-06T15:25:17+08:00")


def test_cainiaos_count_of_milliseconds_and_its_text_are_one_instant() -> None:
    """So that the text's several offsets need no reading."""
    [parcel] = cainiao("real_delivered.json")["response"]["module"]
    scans = CAINIAO.scans_of(json.dumps({"module": [parcel]}).encode())
    for event, scan in zip(parcel["detailList"], scans, strict=True):
        offset = timedelta(hours=int(event["timeZone"].removeprefix("GMT").partition(":")[0]))
        told = datetime.fromisoformat(event["timeStr"]).replace(tzinfo=timezone(offset))
        assert scan.occurred_at == told


def test_an_unknown_number_has_no_scans() -> None:
    answer = cainiao("unknown_number.json")["response"]
    assert CAINIAO.scans_of(json.dumps(answer).encode()) == []


def test_every_published_action_has_a_status() -> None:
    published = cainiao("action_codes.json")["codes"]
    stages = {
        "order": {"info_received"},
        "warehouse": {"info_received"},
        "pickup": {"collected"},
        "sorting": {"in_transit"},
        "export_customs": {"customs"},
        "line_haul": {"in_transit"},
        "import_customs": {"customs", "exception"},
        "last_mile": {
            "in_transit",
            "out_for_delivery",
            "available_for_pickup",
            "delivery_failed",
            "delivered",
        },
    }
    assert {
        stage: {CAINIAO.statuses[code] for code in actions} for stage, actions in published.items()
    } == stages


def test_a_stations_receipt_is_no_delivery() -> None:
    delivering = [code for code, status in CAINIAO.statuses.items() if status == "delivered"]
    assert delivering == ["GTMS_SIGNED"]
    assert CAINIAO.statuses["GTMS_STA_SIGNED"] == "available_for_pickup"
