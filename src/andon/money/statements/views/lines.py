"""The lines of a statement, some thousands at a time, each in a transaction of its own: a long one holds no snapshot open.

They cannot change between two of these: the ledger is only added to, and which transfers stand on it is said.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeKind
from andon.money.ledger.rules import SHOP_FUNDS
from andon.money.statements.rules import (
    CLAUSES,
    KINDS,
    TYPES,
    Line,
    Subtotal,
    kind_of_line,
    subtotals_of,
)
from andon.money.statements.views.scopes import Scope
from andon.platform.policies.rules import Policy

T = TypeVar("T")
Ask = Callable[[Callable[[Tx[Policy]], T]], T]
"""Asks in a transaction of its own."""

AT_ONCE = 5_000
"""As many lines are in memory."""

LINES = """
select t.transfer_id, t.journal_id, t.at, t.debit, t.credit, t.amount_minor, t.currency, t.cause, t.charge_id,
       t.base_minor, t.base_currency, t.rate,
       c.kind, c.order_id, c.fulfilment_id, c.parcel_id, c.policy, c.basis, o.channel, o.channel_order_no,
       p.carrier, p.waybill, f.delivered_at
from (select * from transfers where shop_id = :shop and transfer_id > :after and transfer_id <= :last
        and 'shop_funds' in (debit, credit) order by transfer_id limit :limit) t
left join charges c on c.shop_id = t.shop_id and c.charge_id = t.charge_id
left join orders o on o.shop_id = t.shop_id and o.order_id = c.order_id
left join fulfilments f on f.shop_id = t.shop_id and f.fulfilment_id = c.fulfilment_id
left join parcels p on p.shop_id = t.shop_id and p.parcel_id = c.parcel_id
order by t.transfer_id
"""

TOTALS = """
select t.incoming, t.counterpart, c.kind, t.currency, count(*) as lines, cast(sum(t.minor) as bigint) as minor
from (select charge_id, credit = 'shop_funds' as incoming, currency,
             split_part(case when credit = 'shop_funds' then debit else credit end, ':', 1) as counterpart,
             case when credit = 'shop_funds' then amount_minor else -amount_minor end as minor
      from transfers where shop_id = :shop and transfer_id > :after and transfer_id <= :last
        and 'shop_funds' in (debit, credit)) t
left join charges c on c.shop_id = :shop and c.charge_id = t.charge_id
group by t.incoming, t.counterpart, c.kind, t.currency
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the lines of a statement come to by kind, and how many there are."""

    subtotals: list[Subtotal]
    lines: int


def summary_of(tx: Tx[Policy], scope: Scope, wanted: str | None = None) -> Summary:
    """What the lines of a statement come to, of the `wanted` type alone if one is."""
    rows = tx.rows(TOTALS, shop=scope.shop_id, after=scope.after, last=scope.last)
    found = [
        (_kind(row.counterpart, row.kind, row.incoming), row.lines, row.minor, row.currency) for row in rows
    ]
    subtotals = subtotals_of(found, wanted)
    return Summary(subtotals, sum(each.lines for each in subtotals))


def lines_of(
    ask: Ask[Any], scope: Scope, wanted: str | None = None, most: int = AT_ONCE
) -> Iterator[list[Line]]:
    """The lines of a statement, oldest first, up to `most` at a time, of the `wanted` type alone if one is.

    Balances are those after all lines, also those that are left out.
    """
    kept = TYPES[wanted] if wanted else frozenset(KINDS)
    balances, after = dict(scope.opening), scope.after
    zone: ZoneInfo | None = None
    while True:
        name, rows = ask(partial(_next, scope=scope, after=after, limit=most))
        zone = zone or ZoneInfo(name)
        lines = [_line(row, balances, zone) for row in rows]
        if not lines:
            return
        yield [line for line in lines if line.kind in kept]
        if len(lines) < most:
            return
        after = lines[-1].transfer_id


def _next(tx: Tx[Policy], scope: Scope, after: int, limit: int) -> tuple[str, Any]:
    return tx.policy.zone, tx.rows(LINES, shop=scope.shop_id, after=after, last=scope.last, limit=limit)


def _kind(counterpart: str, charge: int | None, incoming: bool) -> Any:
    return kind_of_line(counterpart, None if charge is None else ChargeKind(charge), incoming=incoming)


def _line(row: Row[Any], balances: dict[str, int], zone: ZoneInfo) -> Line:
    """One line; `balances` are those before it, and then those after it."""
    incoming = row.credit == SHOP_FUNDS
    kind = _kind(row.debit if incoming else row.credit, row.kind, incoming)
    minor = row.amount_minor if incoming else -row.amount_minor
    balances[row.currency] = balance = balances.get(row.currency, 0) + minor
    return Line(
        transfer_id=row.transfer_id,
        journal_id=row.journal_id,
        on=row.at.astimezone(zone).date(),
        at=row.at,
        kind=kind,
        clause=CLAUSES.get(kind),
        cause=row.cause,
        minor=minor,
        balance=balance,
        currency=row.currency,
        base_minor=row.base_minor,
        base_currency=row.base_currency,
        rate=row.rate,
        charge_id=row.charge_id,
        order_id=row.order_id,
        channel=row.channel,
        channel_order_no=row.channel_order_no,
        fulfilment_id=row.fulfilment_id,
        parcel_id=row.parcel_id,
        carrier=row.carrier,
        waybill=row.waybill,
        policy=row.policy,
        basis=row.basis,
        delivered_at=row.delivered_at,
    )
