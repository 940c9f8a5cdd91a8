"""Charging anew what a carrier measured otherwise: also what is due, or settled already."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.rules import Booking, ChargeState, Standing, is_disputed, to_book
from andon.money.charges.service.accruing import price_bookings, reverse_charges, write_bookings
from andon.money.charges.service.shipments import Shipment, marks_of, read_shipments
from andon.money.ledger.rules import REVERSED, SHOP_FUNDS, Posting
from andon.money.ledger.service import post_in_shops
from andon.money.settlement.service import lock_funds, schedule_settlements
from andon.orders.order.rules import Mode
from andon.platform.policies.rules import Policy

LOOK_AGAIN = timedelta(days=1)
"""What is in dispute is put right once that is decided."""

MARK = """
update fulfilments f set recharge_at = m.t
from json_to_recordset(cast(cast(:marks as text) as json)) as m(s bigint, f bigint, t timestamptz)
where f.shop_id = m.s and f.fulfilment_id = m.f
"""

Change = tuple[Shipment, Booking, Standing]
"""A fulfilment, what is charged anew of it, and what that takes the place of."""


def correct_charges(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Charge anew what of these fulfilments' fees goes by measures that are no more, at the rates of exchange it had.

    A provisional or due charge is reversed, and stands anew as it stood. A settled one comes back to the shop's funds by
    the opposite transfer, and what takes its place is due when it was: it is settled next. One that is in dispute waits
    for the decision, what was waived stays so. Source: FEE-3, FEE-4.
    """
    shipments = read_shipments(tx, [row for row in claimed if row.mode == Mode.JIT])
    changes: list[Change] = []
    again: dict[tuple[int, int], datetime] = {}
    for one in shipments:
        if one.shipped_at is None:
            continue  # what it costs is worked out once it is shipped, from what is known then
        wanted, _ = to_book(one.costs, one.standing, one.fulfilment_id, late=True)
        # What is missing altogether is the accrual's to charge.
        changes += (
            (one, booking, after)
            for booking in wanted
            if (after := booking.after) and after.state is not ChargeState.REVERSED
        )
        if is_disputed(one.costs, one.standing):
            again[one.shop_id, one.fulfilment_id] = tx.now + LOOK_AGAIN
    # What was settled or contested while this looked at it is looked at once more.
    again |= dict.fromkeys(_replace(tx, changes), tx.now)
    marks = [
        {"s": row.shop_id, "f": row.fulfilment_id, "t": again.get((row.shop_id, row.fulfilment_id))}
        for row in claimed
    ]
    tx.put(MARK, marks=as_json(marks))


def _replace(tx: Tx[Policy], changes: Sequence[Change]) -> set[tuple[int, int]]:
    """Reverse and charge anew; the fulfilments, with their shops, of which something stands otherwise than it was seen."""
    priced = price_bookings(tx, [(one, booking) for one, booking, _ in changes])
    late = [(one, charge) for one, _, charge in changes if charge.state is not ChargeState.PROVISIONAL]
    # Before any charge that is due: who settles takes them in this order.
    lock_funds(tx, *sorted({one.shop_id for one, _ in late}))
    went = reverse_charges(tx, [(one, charge) for one, _, charge in changes])
    _give_back(tx, [(one, charge) for one, charge in late if (one.shop_id, charge.charge_id) in went])
    anew = [
        each
        for each, (one, _, charge) in zip(priced, changes, strict=True)
        if (one.shop_id, charge.charge_id) in went
    ]
    due: dict[int, datetime] = {}
    for row in write_bookings(tx, anew, marks_of([])):
        if row.due_at is not None:
            due[row.shop_id] = min(due.get(row.shop_id, row.due_at), row.due_at)
    schedule_settlements(tx, due)
    return {
        (one.shop_id, one.fulfilment_id)
        for one, _, charge in changes
        if (one.shop_id, charge.charge_id) not in went
    }


def _give_back(tx: Tx[Policy], late: Sequence[tuple[Shipment, Standing]]) -> None:
    """Return what was settled to its shop's funds."""
    returned: dict[int, list[Posting]] = defaultdict(list)
    for one, charge in late:
        if charge.state is ChargeState.SETTLED and charge.amount.minor > 0:
            returned[one.shop_id].append(
                Posting(
                    charge.payee,
                    SHOP_FUNDS,
                    charge.amount,
                    REVERSED,
                    charge.charge_id,
                    charge.base,
                    charge.rate,
                )
            )
    if returned:
        post_in_shops(tx, returned)
