"""What a parcel gives away, and how a violation goes. Source: BACK-3."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from andon.membership.standing.rules import (
    VIOLATION,
    Addresses,
    Parcel,
    ViolationState,
    country_of,
    draft_of,
    midnight_after,
    next_look,
)

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
COUNTRIES = ("ES", "FR", "CN")
SOUND = Parcel(1, 2, 3, 4, 5, "cainiao", "W1", NOON, NOON + 5 * DAY, False, "ES")
ZONE = "Asia/Shanghai"
S = ViolationState


def cause(now: datetime = NOON + 6 * DAY, **changes: object) -> str | None:
    draft = draft_of(replace(SOUND, **changes), now, COUNTRIES)  # type: ignore[arg-type]
    return draft and draft.cause


@pytest.mark.clause("BACK-3")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, None),
        ({"awaited": True}, "no_first_scan"),
        ({"awaited": True, "scan_due_at": NOON + 6 * DAY}, "no_first_scan"),
        ({"awaited": True, "scan_due_at": NOON + 6 * DAY + timedelta(microseconds=1)}, None),
        ({"carrier": "ups"}, "invalid_number"),
        ({"carrier": "ups", "waybill": "1Z5R89390357567127"}, None),
        ({"reused": ["yanwen"]}, "reused_number"),
        ({"places": ["Lyon, FR"]}, "other_country"),
        ({"places": ["Madrid, ES"]}, None),
        ({"places": ["Lyon, FR", "Madrid, ES"]}, None),
        ({"places": ["Madrid"]}, None),
        ({"places": ["XX"]}, None),
    ],
)
def test_a_label_that_was_no_shipment_is_its_suppliers_false_shipment(
    changes: dict[str, object], found: str | None
):
    assert cause(**changes) == found


def test_a_draft_names_the_label_and_whose_it_was_and_no_place():
    draft = draft_of(replace(SOUND, places=["Calle Mayor 1, Lyon, FR"]), NOON, COUNTRIES)
    assert draft is not None
    assert (draft.kind, draft.fault, draft.supplier_id) == ("false_shipment", "supplier", 5)
    assert draft.evidence == {
        "carrier": "cainiao",
        "waybill": "W1",
        "parcel_id": 4,
        "labelled_at": NOON.isoformat(),
        "country": "ES",
        "delivered_in": ["FR"],
    }


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("Madrid, ES", "ES"),
        ("ES", "ES"),
        ("Madrid (ES)", "ES"),
        ("Madrid/ES ", "ES"),
        ("杭州 CN", "CN"),
        ("LES", None),
        ("Paris, France", None),
        ("ES Madrid", None),
        ("", None),
    ],
)
def test_a_place_names_its_country_at_its_end_or_none(place: str, country: str | None):
    assert country_of(place, COUNTRIES) == country


@pytest.mark.parametrize(
    ("orders", "wrong", "many"),
    [
        (100, 5, False),
        (100, 6, True),
        (10, 4, False),
        (10, 5, True),
        (0, 0, False),
        (119, 6, True),
        (120, 6, False),
    ],
)
def test_more_than_the_share_and_at_least_so_many_are_too_many(orders: int, wrong: int, many: bool):
    assert Addresses(orders, wrong).too_many(Decimal("0.05"), 5) is many


def test_parcels_of_a_day_are_looked_at_together_at_the_platforms_midnight():
    assert midnight_after(NOON, ZONE) == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    at_midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert midnight_after(at_midnight, ZONE) == at_midnight + DAY
    assert next_look(NOON, NOON + 5 * DAY, ZONE) == at_midnight + 5 * DAY
    assert next_look(NOON, NOON + 90 * DAY, ZONE) is None


def test_a_violation_is_appealed_against_once_and_may_be_withdrawn_at_any_time():
    assert VIOLATION.ends() == {S.WITHDRAWN}
    assert VIOLATION.sources(S.APPEALED) == (S.RECORDED,)
    assert VIOLATION.sources(S.WITHDRAWN) == (S.RECORDED, S.APPEALED, S.CONFIRMED)
    assert VIOLATION.sources(S.CONFIRMED) == (S.APPEALED,)
