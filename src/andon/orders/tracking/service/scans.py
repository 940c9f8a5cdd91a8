"""Scans as a carrier tells them, a batch at a time, each with an answer of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from andon.kernel.tx import Tx
from andon.orders.tracking.rules import scan_fault
from andon.orders.tracking.service.early import keep_early
from andon.orders.tracking.service.places import Place, Places, places_of
from andon.orders.tracking.service.story import Told, take_scans
from andon.platform.policies.rules import Policy

log = structlog.get_logger("tracking")


@dataclass(frozen=True, slots=True)
class IncomingScan:
    """One scan as a carrier tells it; `occurred_at` is the carrier's own instant of it."""

    carrier: str
    waybill: str
    status: str
    sub_status: str | None
    occurred_at: datetime
    place: str | None = None
    raw: str | None = None


class Taken(StrEnum):
    """What became of a scan: new, known already, kept until its label comes, or refused."""

    RECORDED = "recorded"
    KNOWN = "known"
    PENDING = "pending"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """The answer to the scan at `index`; a refusal has its code."""

    index: int
    status: Taken
    code: str | None = None


def record_scans(tx: Tx[Policy], carrier: str, scans: Sequence[IncomingScan]) -> list[ScanOutcome]:
    """Record what a carrier saw of its parcels, in any order, any number of times; an answer for each.

    A fulfilment ships at the first scan of any of its parcels and is delivered at the last delivery of all; what
    waits for its label is kept. A refused scan changes nothing.
    """
    outcomes: dict[int, ScanOutcome] = {}
    ahead = tx.policy.tracking.scan_ahead
    for index, scan in enumerate(scans):
        assert scan.carrier == carrier, "a carrier tells of its own parcels"
        if fault := scan_fault(scan.status, scan.occurred_at, tx.now, ahead):
            outcomes[index] = _refused(index, carrier, scan, fault)
    places = places_of(tx, carrier, {s.waybill for i, s in enumerate(scans) if i not in outcomes})
    for index, scan in enumerate(scans):
        if index not in outcomes and scan.waybill in places.others:
            outcomes[index] = _refused(index, carrier, scan, "scan.other_carrier")

    _enter(tx, places)
    unlabelled = [i for i, s in enumerate(scans) if i not in outcomes and s.waybill not in places.own]
    if unlabelled:
        numbers = [scans[i].waybill for i in unlabelled]
        named = keep_early(tx, carrier, [_told(scans[i], _NOWHERE) for i in unlabelled], numbers)
        places.own.update(named)
        if named:
            _enter(tx, places)
        outcomes.update(
            {i: ScanOutcome(i, Taken.PENDING) for i in unlabelled if scans[i].waybill not in named}
        )
    outcomes.update(_record(tx, carrier, scans, places.own, outcomes.keys()))
    return [outcomes[index] for index in range(len(scans))]


def _record(
    tx: Tx[Policy],
    carrier: str,
    scans: Sequence[IncomingScan],
    places: Mapping[str, Place],
    answered: Collection[int],
) -> dict[int, ScanOutcome]:
    """Take what is not answered yet, shop by shop."""
    by_shop: dict[int, list[int]] = {}
    for index, scan in enumerate(scans):
        if index not in answered:
            by_shop.setdefault(places[scan.waybill].shop_id, []).append(index)
    outcomes = {}
    for shop_id, indexes in sorted(by_shop.items()):
        told = [_told(scans[index], places[scans[index].waybill]) for index in indexes]
        for index, answer in zip(indexes, take_scans(tx, shop_id, told), strict=True):
            if answer in (Taken.RECORDED, Taken.KNOWN):
                outcomes[index] = ScanOutcome(index, Taken(answer))
            else:
                outcomes[index] = _refused(index, carrier, scans[index], answer)
    return outcomes


def _enter(tx: Tx[Policy], places: Places) -> None:
    """See the shops of these parcels, and share their heads."""
    shops = {place.shop_id for place in places.own.values()}
    if shops:
        tx.see_shops(shops)
        tx.hold(shops)


def _told(scan: IncomingScan, place: Place) -> Told:
    return Told(
        place.fulfilment_id,
        place.parcel_id,
        scan.status,
        scan.sub_status or "",
        scan.occurred_at,
        scan.place or "",
        scan.raw,
    )


_NOWHERE = Place(0, 0, 0)


def _refused(index: int, carrier: str, scan: IncomingScan, code: str) -> ScanOutcome:
    log.info("scan.refused", code=code, carrier=carrier, waybill=scan.waybill, status=scan.status)
    return ScanOutcome(index, Taken.REFUSED, code)
