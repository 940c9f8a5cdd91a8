"""Charging what was shipped, provisionally."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.events import ChargeAccrued, ChargeReversed
from andon.money.charges.rules import ChargeKind, Cost, costs_of, to_book
from andon.money.charges.service.shipments import Shipment, marks_of, read_shipments
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
                     amount_minor, currency, payee, basis, policy, accrued_at)
select r.s, nextval('charge_ids'), r.k, 10, r.u, r.n, r.o, r.f, r.p, r.m, r.y, r.a, r.b, r.v, r.t
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, k smallint, u bigint, n bigint, o bigint,
    f bigint, p bigint, m bigint, y text, a text, b text, v text, t timestamptz)
on conflict (shop_id, kind, subject, round) do nothing
returning shop_id, charge_id, kind, order_id, fulfilment_id, amount_minor, currency, basis, accrued_at
"""

REVERSE = """
update charges c set state = 82
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, c bigint)
where c.shop_id = r.s and c.charge_id = r.c and c.state = 10
returning c.shop_id, c.charge_id, c.kind, c.order_id, c.fulfilment_id, c.amount_minor, c.currency
"""


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
    wanted: list[dict[str, Any]] = []
    replaced: list[dict[str, Any]] = []
    for one in shipments:
        costs = costs_of(one.order_id, one.fulfilment_id, one.parcels, one.line, one.country, one.policy)
        missing, stale = to_book(costs, one.standing, one.fulfilment_id)
        replaced += ({"s": one.shop_id, "c": charge.charge_id} for charge in stale)
        known = any(charge.fulfilment_id == one.fulfilment_id for charge in one.standing)
        at = tx.now if known else one.shipped_at
        wanted += (_row(one, cost, turn, at) for cost, turn in missing)
    if replaced:
        _reverse(tx, replaced)
    if not wanted:
        return False
    # One order for all writers: two that charge one order's handling at once wait in line, not in a ring.
    wanted.sort(key=lambda row: (row["s"], row["k"], row["u"], row["f"]))
    booked = tx.rows(BOOK, rows=as_json(wanted), marks=marks, now=tx.now)
    tx.emit(*(ChargeAccrued(**told_of(row), at=row.accrued_at, basis=row.basis) for row in booked))
    return True


def told_of(row: Row[Any]) -> dict[str, Any]:
    """What every event says of the charge in a row."""
    return {
        "shop_id": row.shop_id,
        "order_id": row.order_id,
        "charge_id": row.charge_id,
        "fulfilment_id": row.fulfilment_id,
        "fee": ChargeKind(row.kind).word,
        "amount": Money.from_minor(row.amount_minor, row.currency),
    }


def _reverse(tx: Tx[Policy], rows: list[dict[str, Any]]) -> None:
    reversed_ = tx.rows(REVERSE, rows=as_json(rows))
    tx.emit(*(ChargeReversed(**told_of(row), cause="parcels_changed") for row in reversed_))


def _row(one: Shipment, cost: Cost, turn: int, at: datetime | None) -> dict[str, Any]:
    return {
        "s": one.shop_id,
        "k": int(cost.kind),
        "u": cost.subject,
        "n": turn,
        "o": one.order_id,
        "f": one.fulfilment_id,
        "p": cost.parcel_id,
        "m": cost.amount.minor,
        "y": cost.amount.currency,
        "a": cost.payee,
        "b": cost.basis,
        "v": one.policy.version,
        "t": at,
    }
