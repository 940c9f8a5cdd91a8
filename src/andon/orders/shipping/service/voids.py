"""Labels made void before the carrier has the parcel: the old number is kept, and counts for nothing.

Heads, parcels, pools, stock, fulfilments are taken in that order: of a void and a first scan that come at once the
second sees what the first did.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.shipping.events import LabelVoided
from andon.orders.shipping.rules import DONE, Verdict, Voiding, refused, void_verdict
from andon.orders.shipping.service.standing import (
    Outcome,
    Standings,
    Turn,
    barred,
    outcomes_of,
    standings,
)
from andon.orders.tracking.service import leave_out_void, lock_parcels
from andon.platform.policies.rules import Policy

_S = FulfilmentState
Number = tuple[int, str, str]
"""A fulfilment with the carrier and the waybill of one of its parcels."""


@dataclass(frozen=True, slots=True)
class Void:
    """A parcel's label is void at `at`; `reason` is a Voiding."""

    fulfilment_id: int
    at: datetime
    carrier: str
    waybill: str
    reason: str = Voiding.OTHER.value

    @property
    def number(self) -> Number:
        """What the label is known by."""
        return self.fulfilment_id, self.carrier, self.waybill


def void_labels(tx: Tx[Policy], voids: Sequence[Void], *, own_of: int | None = None) -> list[Outcome]:
    """Void labels before their first scan, each with an outcome of its own; again changes nothing.

    The fulfilment stays labelled: its goods are packed, and its clocks go on. Where the others of its parcels have
    all ended it ends as they show. `own_of` is the shop that ships from its own location.
    """
    return outcomes_of(voids, lambda turn: _void(tx, turn, own_of), lambda void: void.number)


def _void(tx: Tx[Policy], turn: Turn[Void], own_of: int | None) -> dict[int, Verdict]:
    known = standings(tx, {void.fulfilment_id for _, void in turn})
    tx.hold({row.shop_id for row in known.values()})
    verdicts = {
        index: verdict
        for index, void in turn
        if (verdict := barred(tx, known.get(void.fulfilment_id), own_of)) is not None
    }
    said = [(index, void) for index, void in turn if index not in verdicts]
    for shop_id in sorted({known[void.fulfilment_id].shop_id for _, void in said}):
        own = [(index, void) for index, void in said if known[void.fulfilment_id].shop_id == shop_id]
        verdicts.update(_void_in(tx, shop_id, own))
    return verdicts


def _void_in(tx: Tx[Policy], shop_id: int, turn: Turn[Void]) -> dict[int, Verdict]:
    """Void labels of one shop."""
    numbers = {void.fulfilment_id for _, void in turn}
    lock_parcels(tx, shop_id, numbers)
    # Read anew: while its parcels are held a fulfilment is not shipped by them.
    now = standings(tx, numbers)
    parcels = {
        (row.fulfilment_id, row.carrier, row.waybill): row
        for row in tx.rows(
            "select fulfilment_id, parcel_id, carrier, waybill, first_scan_at, voided_at from parcels "
            "where shop_id = :shop and fulfilment_id = any(:fulfilments)",
            shop=shop_id,
            fulfilments=sorted(numbers),
        )
    }
    verdicts = {}
    due: dict[int, Void] = {}
    for index, void in turn:
        parcel, state = parcels.get(void.number), _S(now[void.fulfilment_id].state)
        if parcel is None:
            verdicts[index] = refused("label.not_found", state)
            continue
        verdicts[index] = void_verdict(state, parcel.first_scan_at is not None, parcel.voided_at is not None)
        if verdicts[index] is DONE:
            due[parcel.parcel_id] = void
    _write(tx, shop_id, due, now)
    under_way = {void.fulfilment_id for void in due.values() if now[void.fulfilment_id].state == _S.SHIPPED}
    if under_way:
        with tx.as_platform():
            leave_out_void(tx, shop_id, under_way)
    return verdicts


def _write(tx: Tx[Policy], shop_id: int, due: dict[int, Void], now: Standings) -> None:
    if not due:
        return
    tx.put(
        "update parcels p set voided_at = r.t, void_reason = r.n from json_to_recordset(cast(:rows as json)) "
        "as r(p bigint, t timestamptz, n text) where p.shop_id = :shop and p.parcel_id = r.p",
        shop=shop_id,
        rows=as_json(
            {"p": parcel_id, "t": void.at, "n": void.reason} for parcel_id, void in sorted(due.items())
        ),
    )
    tx.emit(
        *(
            LabelVoided(
                shop_id=shop_id,
                order_id=now[void.fulfilment_id].order_id,
                at=void.at,
                fulfilment_id=void.fulfilment_id,
                parcel_id=parcel_id,
                carrier=void.carrier,
                waybill=void.waybill,
                reason=void.reason,
            )
            for parcel_id, void in sorted(due.items())
        )
    )


def void_all(tx: Tx[Policy], known: Standings, fulfilment_ids: Collection[int], at: datetime) -> None:
    """Void every label that these fulfilments still have, because they cannot be fulfilled.

    Their parcels are locked by the caller, and none was scanned while its label stood.
    """
    for shop_id in sorted({known[number].shop_id for number in fulfilment_ids}):
        rows = tx.rows(
            "select parcel_id, fulfilment_id, carrier, waybill from parcels where shop_id = :shop "
            "and fulfilment_id = any(:fulfilments) and voided_at is null order by parcel_id",
            shop=shop_id,
            fulfilments=[number for number in sorted(fulfilment_ids) if known[number].shop_id == shop_id],
        )
        reason = Voiding.CANNOT_FULFIL.value
        due = {row.parcel_id: Void(row.fulfilment_id, at, row.carrier, row.waybill, reason) for row in rows}
        _write(tx, shop_id, due, known)
