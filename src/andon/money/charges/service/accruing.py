"""Charging what was shipped, provisionally; and anew where its parcels, or their measures, have changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeAccrued, ChargeFixed, ChargeReversed
from andon.money.charges.rules import Booking, ChargeState, Standing, to_book
from andon.money.charges.service.converting import (
    Charged,
    Wanted,
    charged_in_currency,
    missing_of,
)
from andon.money.charges.service.shipments import Shipment, marks_of, read_shipments
from andon.money.charges.service.telling import told_of
from andon.money.rates.service import miss_rates
from andon.orders.order.rules import Mode
from andon.platform.policies.rules import Policy

MARK = """
update fulfilments f set accrued_at = coalesce(f.accrued_at, :now)
from json_to_recordset(cast(cast(:marks as text) as json)) as m(s bigint, f bigint)
where f.shop_id = m.s and f.fulfilment_id = m.f
"""

BOOK = f"""
with marked as ({MARK})
insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, parcel_id,
                     amount_minor, currency, payee, basis, policy, accrued_at, base_minor, base_currency, rate,
                     rate_wanted_on, fixed_at, due_at)
select r.s, nextval('charge_ids'), r.k, case when r.fx is null then 10 else 20 end, r.u, r.n, r.o, r.f, r.p, r.m, r.y,
       r.a, r.b, r.v, r.t, r.bm, r.bc, r.rt, r.wo, r.fx, r.du
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, k smallint, u bigint, n bigint, o bigint,
    f bigint, p bigint, m bigint, y text, a text, b text, v text, t timestamptz, bm bigint, bc text, rt numeric,
    wo date, fx timestamptz, du timestamptz)
on conflict (shop_id, order_id, kind, subject, round) do nothing
returning shop_id, charge_id, kind, order_id, fulfilment_id, amount_minor, currency, basis, accrued_at, fixed_at, due_at
"""

REVERSE = """
update charges c set state = 82, rate_wanted_on = null
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, c bigint, k smallint)
where c.shop_id = r.s and c.charge_id = r.c and c.state = r.k
returning c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id, c.amount_minor, c.currency
"""

Booked = tuple[Shipment, Booking]
Priced = tuple[Booked, Charged]
"""What is charged of a fulfilment, and what that comes to in its shop's currency."""
PARCELS_CHANGED = "parcels_changed"
"""Why a charge is reversed whose parcels, or whose parcels' measures, are others than it went by."""


def accrue_charges(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Charge what was shipped, provisionally; a standard fulfilment costs nothing.

    `claimed` are fulfilments locked by this transaction, their shops' heads held. Asked again for one that is
    charged already, it adds what a parcel labelled since then costs. Source: FEE-1..4.
    """
    shipments = read_shipments(tx, [row for row in claimed if row.mode == Mode.JIT])
    if not book_costs(tx, shipments, marks_of(claimed)):
        tx.put(MARK, marks=marks_of(claimed), now=tx.now)


def book_costs(tx: Tx[Policy], shipments: Iterable[Shipment], marks: str) -> bool:
    """Write the charges that are missing, provisionally; answers whether any were.

    The fulfilments in `marks` are marked as accrued with them; where nothing is missing nothing is written.
    """
    wanted: list[Booked] = []
    replaced: list[tuple[Shipment, Standing]] = []
    for one in shipments:
        missing, stale = to_book(one.costs, one.standing, one.fulfilment_id)
        wanted += ((one, booking) for booking in missing)
        replaced += ((one, charge) for charge in stale)
    priced = price_bookings(tx, wanted)
    went = reverse_charges(tx, replaced)
    return bool(write_bookings(tx, [each for each in priced if _may_book(each, went)], marks))


def _may_book(priced: Priced, went: set[tuple[int, int]]) -> bool:
    """Whether the round before has made way; it has not where somebody contests it at this moment."""
    (one, (_, _, after)), _ = priced
    return after is None or after.state is ChargeState.REVERSED or (one.shop_id, after.charge_id) in went


def price_bookings(tx: Tx[Policy], bookings: Sequence[Booked]) -> list[Priced]:
    """What each of these comes to in its shop's currency; that a rate is missing is noted before any charge is touched."""
    wanted = [
        Wanted(booking, one.currency, one.policy.day_of(_accrued_at(tx, one))) for one, booking in bookings
    ]
    charged = charged_in_currency(tx, wanted)
    miss_rates(tx, missing_of(wanted, charged))
    return list(zip(bookings, charged, strict=True))


def reverse_charges(
    tx: Tx[Policy], stale: Iterable[tuple[Shipment, Standing]], cause: str = PARCELS_CHANGED
) -> set[tuple[int, int]]:
    """Take back these charges that stand as they were seen; the numbers, with their shops, of those that did."""
    rows = [{"s": one.shop_id, "c": charge.charge_id, "k": int(charge.state)} for one, charge in stale]
    if not rows:
        return set()
    went = tx.rows(REVERSE, rows=as_json(rows))
    tx.emit(*(ChargeReversed(**told_of(row), cause=cause) for row in went))
    return {(row.shop_id, row.charge_id) for row in went}


def write_bookings(tx: Tx[Policy], priced: Sequence[Priced], marks: str) -> Sequence[Row[Any]]:
    """Charge these, each as its round before stood: provisional, or due when that one was; those that were written."""
    if not priced:
        return []
    rows = [_row(one, booking, as_, _accrued_at(tx, one)) for (one, booking), as_ in priced]
    # One order for all writers: two that charge one order's handling at once wait in line, not in a ring.
    rows.sort(key=lambda row: (row["s"], row["k"], row["u"], row["f"]))
    booked = tx.rows(BOOK, rows=as_json(rows), marks=marks, now=tx.now)
    for row in booked:
        tx.emit(ChargeAccrued(**told_of(row), at=row.accrued_at, basis=row.basis))
        if row.due_at is not None:
            tx.emit(ChargeFixed(**told_of(row), at=row.fixed_at, due_at=row.due_at))
    return booked


def _accrued_at(tx: Tx[Policy], one: Shipment) -> datetime:
    """The shipping; or now, where the fulfilment has been charged before."""
    known = any(charge.fulfilment_id == one.fulfilment_id for charge in one.standing)
    return tx.now if known or one.shipped_at is None else one.shipped_at


def _row(one: Shipment, booking: Booking, charged: Charged, at: datetime) -> dict[str, Any]:
    cost, turn, after = booking
    return {
        "s": one.shop_id,
        "k": int(cost.kind),
        "u": cost.subject,
        "n": turn,
        "o": one.order_id,
        "f": one.fulfilment_id,
        "p": cost.parcel_id,
        "m": charged.amount.minor,
        "y": charged.amount.currency,
        "a": cost.payee,
        "b": cost.basis,
        "v": one.policy.version,
        "t": at,
        "bm": charged.base and charged.base.minor,
        "bc": charged.base and charged.base.currency,
        "rt": charged.rate,
        "wo": charged.rate_wanted_on,
        "fx": after and after.fixed_at,
        "du": after and after.due_at,
    }
