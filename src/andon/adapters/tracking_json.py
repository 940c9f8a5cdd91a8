"""Tracking answers in JSON, read by a description: where the parcels stand, where their scans, what the codes mean.

A path is names with dots between them; a name that ends in `[]` stands for each item of its list, `[]` alone for
each item of this one, and the empty path for the thing itself.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import structlog

from andon.ports.tracking import TrackedScan, TrackingUnreadable

log = structlog.get_logger("tracking")

Told = Mapping[str, Any]
"""An event as it is told."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one kind of event of a parcel is read.

    `instant` answers the instant of an event, or raises ValueError, LookupError, OverflowError or OSError; of the
    texts at `place` those that are there are its place. An event that says `no_scan`, a path and a text, is the
    service's own word and no carrier's scan.
    """

    events: str
    code: str
    instant: Callable[[Told], datetime]
    place: tuple[str, ...] = ()
    no_scan: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """How one party tells of parcels. `statuses` has the neutral status of each of its codes."""

    party: str
    parcels: tuple[str, ...]
    waybill: str
    readings: tuple[Reading, ...]
    statuses: Mapping[str, str]

    def scans_of(self, answer: bytes) -> list[TrackedScan]:
        """The scans in an answer. Raises TrackingUnreadable."""
        if b"\\u0000" in answer:
            raise TrackingUnreadable(detail="it holds the character NUL", party=self.party)
        try:
            told = orjson.loads(answer)
        except ValueError as why:
            raise TrackingUnreadable(detail=f"no JSON: {why}", party=self.party) from why
        if not isinstance(told, dict | list):
            raise TrackingUnreadable(detail="neither an object nor a list", party=self.party)
        return [
            scan
            for path in self.parcels
            for parcel in all_at(told, path)
            for reading in self.readings
            for scan in self._scans(parcel, reading)
        ]

    def _scans(self, parcel: Any, reading: Reading) -> Iterator[TrackedScan]:
        waybill = text_at(parcel, self.waybill)
        for event in all_at(parcel, reading.events):
            if reading.no_scan and text_at(event, reading.no_scan[0]) == reading.no_scan[1]:
                continue
            code = text_at(event, reading.code)
            status = self.statuses.get(code)
            if not waybill or status is None:
                log.warning("tracking.unknown_code", party=self.party, waybill=waybill, code=code)
                continue
            try:
                occurred_at = reading.instant(event)
            except (ValueError, LookupError, OverflowError, OSError) as why:
                log.warning("tracking.no_instant", party=self.party, waybill=waybill, code=code, why=str(why))
                continue
            places = [found for path in reading.place if (found := text_at(event, path))]
            raw = orjson.dumps(event).decode()
            yield TrackedScan(waybill, status, code, occurred_at, ", ".join(places), raw)


def all_at(thing: Any, path: str) -> Iterator[Any]:
    """Everything that stands at a path; nothing where it does not lead."""
    name, _, rest = path.partition(".")
    if not path:
        yield thing
        return
    inner = thing
    if name != "[]":
        inner = thing.get(name.removesuffix("[]")) if isinstance(thing, dict) else None
    if not name.endswith("[]"):
        found = [inner] if inner is not None else []
    else:
        found = inner if isinstance(inner, list) else []
    for each in found:
        yield from all_at(each, rest)


def text_at(thing: Any, path: str) -> str:
    """The text or number at a path, as text without white space around it; empty where there is none."""
    found = next(all_at(thing, path), None)
    return str(found).strip() if isinstance(found, str | int | float) else ""


def local(home: str, *paths: str, zone: str = "") -> Callable[[Told], datetime]:
    """The instant in a text, or in a date, a time and maybe an offset that stand apart.

    A text that tells no offset is on the clock of the zone that is named at `zone`, else of the carrier's `home`.
    """

    def read(event: Told) -> datetime:
        date, *rest = (text_at(event, path) for path in paths)
        instant = datetime.fromisoformat(f"{date}T{''.join(rest)}" if rest else date)
        if instant.tzinfo is None:
            named = text_at(event, zone) if zone else ""
            instant = instant.replace(tzinfo=ZoneInfo(named or home))
        return instant.astimezone(UTC)

    return read


def epoch(path: str, per_second: int = 1) -> Callable[[Told], datetime]:
    """The instant in a count of seconds since 1970, or of parts of one."""

    def read(event: Told) -> datetime:
        return _EPOCH + timedelta(seconds=int(text_at(event, path)) / per_second)

    return read
