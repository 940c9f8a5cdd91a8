"""What of an address its country's format does not have, whose fault a wrong one was, and how it is committed to."""

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from andon.kernel.errors import codes

CODES = codes(
    {
        "order.labelled": ("Labelled already", "订单已打印面单"),
        "order.closed": ("Nothing of it is open any more", "订单已无进行中的履约单"),
    }
)

POSTCODE_MISSING = "postcode.missing"
POSTCODE_FORMAT = "postcode.format"
REGION_MISSING = "region.missing"


class Fault(StrEnum):
    """Whose fault it was that an address was wrong."""

    BUYER = "buyer"
    SELLER = "seller"
    CHANNEL = "channel"
    SUPPLIER = "supplier"
    CARRIER = "carrier"
    UNKNOWN = "unknown"


class Format(NamedTuple):
    """What a country's addresses must have: by the data of Google's address service, as the library carries it."""

    postcode: re.Pattern[str] | None
    needs_postcode: bool
    needs_region: bool


def faults_of(ship_to: Mapping[str, Any], known: Format | None) -> tuple[str, ...]:
    """The codes of what is wrong with an address for its country's format; none where nothing is known of it.

    Postcode and region alone: a fault is for a person to look at, and no reason to refuse.
    """
    if known is None:
        return ()
    postcode = (ship_to.get("postcode") or "").strip()
    found = []
    if not postcode:
        if known.needs_postcode:
            found.append(POSTCODE_MISSING)
    elif known.postcode is not None and not known.postcode.fullmatch(postcode):
        found.append(POSTCODE_FORMAT)
    if known.needs_region and not (ship_to.get("region") or "").strip():
        found.append(REGION_MISSING)
    return tuple(found)


class Sealed(NamedTuple):
    """Where an order goes, as JSON, a fresh salt, and the commitment to both; the latter two in hexadecimal."""

    ship_to: str
    salt: str
    commitment: str


def seal(ship_to: Mapping[str, Any], salt: bytes) -> Sealed:
    """An address with the commitment that events name in its place."""
    said = orjson.dumps(
        {name: value for name, value in ship_to.items() if value is not None}, option=orjson.OPT_SORT_KEYS
    )
    return Sealed(said.decode(), salt.hex(), hashlib.sha256(salt + said).hexdigest())
