"""From a waybill to its parcel: the only way from what a carrier tells to a shop."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


class Place(NamedTuple):
    """Whose parcel a waybill names."""

    shop_id: int
    fulfilment_id: int
    parcel_id: int


@dataclass(frozen=True, slots=True)
class Places:
    """What is known of some numbers: the carrier's own parcels, and the numbers that are other carriers' alone."""

    own: dict[str, Place] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)


def places_of(tx: Tx[Policy], carrier: str, waybills: Collection[str]) -> Places:
    """Where these waybills lead; one that is in neither part of the answer has no label yet."""
    found = Places()
    if not waybills:
        return found
    for row in tx.rows(
        "select carrier, waybill, shop_id, fulfilment_id, parcel_id from waybills "
        "where waybill = any(:numbers) and parcel_id is not null",
        numbers=sorted(waybills),
    ):
        if row.carrier == carrier:
            found.own[row.waybill] = Place(row.shop_id, row.fulfilment_id, row.parcel_id)
        else:
            found.others.add(row.waybill)
    found.others.difference_update(found.own)
    return found
