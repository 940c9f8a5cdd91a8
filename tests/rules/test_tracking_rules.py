"""What scans tell: the fold of one parcel, and what the parcels of a fulfilment show together."""

from datetime import UTC, datetime, timedelta

import pytest

from andon.orders.order.rules import FulfilmentState
from andon.orders.tracking.rules import (
    ENDS,
    STATUSES,
    UNMOVED,
    Fact,
    ParcelStatus,
    Progress,
    Track,
    progress_of,
    scan_fault,
    stale_from,
    track_of,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def told(*facts: tuple[str, float]) -> Track:
    return track_of(Fact(status, at(hours)) for status, hours in facts)


def test_the_statuses_are_those_of_the_lifecycle() -> None:
    assert set(STATUSES) == {
        "unknown", "info_received", "collected", "in_transit", "customs", "out_for_delivery", "available_for_pickup",
        "delivery_failed", "delivered", "exception", "returning", "returned", "lost", "cancelled",
    }  # fmt: skip
    assert set(ENDS) == {"delivered", "returned", "lost", "cancelled"}
    assert all(status in STATUSES for status in (*ENDS, *UNMOVED))


def test_no_scan_tells_nothing() -> None:
    assert told() == Track()


def test_the_first_scan_is_the_first_that_shows_the_parcel_in_the_carriers_hands() -> None:
    track = told(("info_received", 0), ("in_transit", 5), ("collected", 4), ("unknown", 9))
    assert track == Track("in_transit", at(4), at(4), at(5))
    assert told(("info_received", 0)) == Track("info_received")


@pytest.mark.parametrize("after", sorted(STATUSES))
def test_nothing_un_delivers_a_parcel(after: str) -> None:
    track = told(("delivered", 10), (after, 20))
    assert (track.status, track.delivered_at, track.ended_at) == ("delivered", at(10), at(10))
    assert told((after, 5), ("delivered", 10)).status == "delivered"


def test_a_thing_told_twice_happened_the_first_time() -> None:
    assert told(("delivered", 12), ("delivered", 10), ("collected", 4), ("collected", 2)) == Track(
        "delivered", at(2), at(2), at(12), at(10), at(10)
    )


def test_what_came_back_was_not_lost() -> None:
    track = told(("collected", 1), ("lost", 5), ("returned", 9))
    assert (track.status, track.ended_at) == ("returned", at(9))


def test_of_two_scans_at_one_instant_the_one_further_on_counts() -> None:
    assert told(("in_transit", 1), ("collected", 1)).status == "in_transit"


def parcel(*facts: tuple[str, float]) -> Track:
    return told(*facts)


@pytest.mark.parametrize(
    ("tracks", "progress"),
    [
        ([parcel()], Progress()),
        ([parcel(), parcel(("collected", 3))], Progress(at(3), moving_since=at(3))),
        ([parcel(("delivered", 3)), parcel()], Progress(at(3), moving_since=at(3))),
        (
            [parcel(("collected", 1), ("in_transit", 9)), parcel(("collected", 2))],
            Progress(at(1), moving_since=at(2)),
        ),
        (
            [parcel(("delivered", 8)), parcel(("collected", 1), ("delivered", 7))],
            Progress(at(1), FulfilmentState.DELIVERED, at(8)),
        ),
        (
            [parcel(("delivered", 8)), parcel(("lost", 9))],
            Progress(at(8), FulfilmentState.DELIVERED, at(8)),
        ),
        ([parcel(("returned", 8)), parcel(("lost", 9))], Progress(at(8), FulfilmentState.LOST, at(9))),
        ([parcel(("collected", 1), ("returned", 8))], Progress(at(1), FulfilmentState.RETURNED, at(8))),
        (
            [parcel(("cancelled", 1)), parcel(("delivered", 8))],
            Progress(at(8), FulfilmentState.DELIVERED, at(8)),
        ),
        ([parcel(("cancelled", 1))], Progress()),
    ],
)
def test_the_parcels_of_a_fulfilment_show_together_where_it_is(
    tracks: list[Track], progress: Progress
) -> None:
    assert progress_of(tracks) == progress
    assert progress_of(tracks[::-1]) == progress


@pytest.mark.clause("MODE-5")
def test_silence_counts_from_the_last_scan_of_a_parcel_under_way() -> None:
    days = timedelta(days=10)
    assert stale_from(progress_of([parcel(("collected", 2))]), days) == at(2) + days
    assert stale_from(progress_of([parcel(("delivered", 2))]), days) is None
    assert stale_from(progress_of([parcel()]), days) is None


@pytest.mark.parametrize(
    ("status", "hours", "code"),
    [
        ("collected", 0, None),
        ("collected", 1 / 6, None),
        ("collected", 0.17, "scan.in_future"),
        ("COLLECTED", 0, "scan.status"),
        ("picked_up", -5, "scan.status"),
        ("", 0, "scan.status"),
    ],
)
def test_a_scan_that_cannot_be_has_a_code(status: str, hours: float, code: str | None) -> None:
    assert scan_fault(status, at(hours), NOON, timedelta(minutes=10)) == code


def test_every_status_has_a_word_of_its_own() -> None:
    assert [status.value for status in ParcelStatus] == list(STATUSES)
