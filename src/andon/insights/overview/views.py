"""The whole line at a glance: how many stand where, the newest orders, what was charged and settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeKind, ChargeState
from andon.orders.order.rules import FulfilmentState, flag_words


@dataclass(frozen=True)
class Glimpse:
    """One fulfilment on its way: its order's number at the channel, where it stands, since when, what is charged."""

    channel_order_no: str
    shop: str
    supplier: str
    state: FulfilmentState
    flags: list[str]
    placed_at: datetime
    since: datetime
    charged: Money | None
    settled: bool


@dataclass(frozen=True)
class Overview:
    """The line at `at`. Fees are sums by kind and state; funds are by shop."""

    at: datetime
    states: dict[FulfilmentState, int]
    fees: dict[tuple[ChargeKind, ChargeState], tuple[int, Money]]
    funds: dict[str, Money]
    glimpses: Sequence[Glimpse]


def overview_of_line(tx: Tx[Any], each: int) -> Overview:
    """The line as it stands, with the newest `each` fulfilments in every state. Reads every shop: for the operator."""
    states = tx.rows("select state, count(*) as n from fulfilments group by state")
    fees = tx.rows(
        "select kind, state, currency, count(*) as n, sum(amount_minor)::bigint as minor from charges "
        "group by kind, state, currency"
    )
    funds = tx.rows(
        "select s.name, b.currency, b.credited_minor - b.debited_minor as minor "
        "from balances b join shops s using (shop_id) where b.account = 'shop_funds' order by b.shop_id"
    )
    return Overview(
        at=tx.now,
        states={FulfilmentState(row.state): row.n for row in states},
        fees={
            (ChargeKind(row.kind), ChargeState(row.state)): (row.n, Money.from_minor(row.minor, row.currency))
            for row in fees
        },
        funds={row.name: Money.from_minor(row.minor, row.currency) for row in funds},
        glimpses=_glimpses(tx, each),
    )


def _glimpses(tx: Tx[Any], each: int) -> list[Glimpse]:
    rows = tx.rows(
        "with newest as (select g.* from unnest(cast(:states as smallint[])) s(state) cross join lateral "
        "(select * from fulfilments where state = s.state order by fulfilment_id desc limit :each) g) "
        "select f.*, o.channel_order_no, o.placed_at, s.name as shop, coalesce(p.name, '本地仓') as supplier, "
        "c.minor, c.currency, c.settled from newest f "
        "join orders o on o.shop_id = f.shop_id and o.order_id = f.order_id "
        "join shops s on s.shop_id = f.shop_id left join suppliers p on p.supplier_id = f.supplier_id "
        "left join lateral (select sum(amount_minor)::bigint as minor, min(currency) as currency, "
        "bool_and(state = 80) as settled from charges c where c.shop_id = f.shop_id and c.order_id = f.order_id "
        "and c.fulfilment_id = f.fulfilment_id) c on true order by f.state, f.fulfilment_id desc",
        states=[state.value for state in FulfilmentState],
        each=each,
    )
    return [
        Glimpse(
            channel_order_no=row.channel_order_no,
            shop=row.shop,
            supplier=row.supplier,
            state=FulfilmentState(row.state),
            flags=flag_words(row.flags),
            placed_at=row.placed_at,
            since=_since(row),
            charged=Money.from_minor(row.minor, row.currency) if row.minor is not None else None,
            settled=bool(row.settled),
        )
        for row in rows
    ]


def _since(row: Any) -> datetime:
    stamps = (
        row.reserved_at, row.pushed_at, row.accepted_at, row.picked_at, row.labelled_at,
        row.shipped_at, row.delivered_at, row.completed_at, row.ended_at,
    )  # fmt: skip
    latest: datetime = max(stamp for stamp in stamps if stamp is not None)
    return latest
