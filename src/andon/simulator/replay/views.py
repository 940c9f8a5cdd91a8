"""What became of a replayed past, read from Andon's own tables and from nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Any

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.charges.rules import ChargeKind, ChargeState
from andon.money.charges.views import unsettled_reasons
from andon.orders.order.rules import OPEN_BELOW, Flag, FulfilmentState, Mode, group_of
from andon.platform.policies.rules import Policy

QUANTILES = (0.5, 0.9, 0.95, 0.99)
SUPPLIERS_NAMED = 50
"""How many suppliers a report names, those who delivered most first."""

_UNCHARGED = f"({ChargeState.WAIVED.value}, {ChargeState.REVERSED.value})"
_OUT = f"({FulfilmentState.REJECTED.value}, {FulfilmentState.CANCELLED.value})"

# An order is delivered when every part of it that was not rejected or cancelled is, at its last part's instant.
_DELIVERED = (
    "delivered as materialized (select order_id, max(delivered_at) as at from fulfilments "
    f"where shop_id = :shop and state not in {_OUT} "
    "group by order_id having count(*) = count(delivered_at)) "
)


def outcome_of(tx: Tx[Policy], shop_id: int, currency: str) -> dict[str, Any]:
    """The figures of a replay, in the words of docs/howto/replay.md; amounts are texts with the currency's places."""
    read = _Reader(tx, shop_id, currency)
    return {
        **read.orders(),
        **read.ways(),
        **read.delivery(),
        **read.contradictions(),
        **read.money(),
        **read.leftovers(),
    }


class _Reader:
    """One shop's figures."""

    def __init__(self, tx: Tx[Policy], shop_id: int, currency: str) -> None:
        self.tx = tx
        self.shop_id = shop_id
        self.currency = currency
        self.zone = tx.policy.zone

    def rows(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.tx.rows(sql, shop=self.shop_id, **params)]

    def count(self, sql: str, **params: Any) -> int:
        return int(self.rows(sql, **params)[0][0])

    def counts(self, sql: str, **params: Any) -> dict[str, int]:
        """A table of names and numbers."""
        return {str(row[0]): int(row[1]) for row in self.rows(sql, **params)}

    def amount(self, minor: int | None) -> str:
        return str(Money.from_minor(int(minor or 0), self.currency).amount)

    def orders(self) -> dict[str, Any]:
        """What was placed, and what intake made of it."""
        placed = (
            "with placed as (select source_status, placed_at, '' as code from orders where shop_id = :shop "
            "union all select body::json ->> 'source_status', at, body::json ->> 'code' from events "
            "where shop_id = :shop and kind = 'order.refused') "
        )
        total = self.rows(
            "select count(*), sum(goods_minor), sum(freight_minor), sum(goods_minor + freight_minor), "
            "(select sum(quantity) from order_lines where shop_id = :shop) from orders where shop_id = :shop"
        )[0]
        return {
            "orders": self.count(placed + "select count(*) from placed"),
            "by_source_status": self.counts(
                placed
                + "select coalesce(source_status, ''), count(*) from placed group by 1 order by 2 desc, 1"
            ),
            "placed_by_date": self.counts(
                placed
                + "select (placed_at at time zone :zone)::date, count(*) from placed group by 1 order by 1",
                zone=self.zone,
            ),
            "accepted": total[0],
            "refused": self.counts(
                placed + "select code, count(*) from placed where code <> '' group by 1 order by 1"
            ),
            "units": int(total[4] or 0),
            "goods": self.amount(total[1]),
            "freight": self.amount(total[2]),
            "goods_and_freight": self.amount(total[3]),
            "fulfilments": self.count("select count(*) from fulfilments where shop_id = :shop"),
            "split_orders": self.count(
                "select count(*) from (select from fulfilments where shop_id = :shop and replaces is null "
                "group by order_id having count(*) > 1) s"
            ),
        }

    def ways(self) -> dict[str, Any]:
        """Where orders went, and which way their parts went there."""
        modes = self.rows(
            "select f.mode, count(distinct f.fulfilment_id), count(*), sum(l.quantity), "
            "sum(l.quantity * o.unit_price_minor) from fulfilments f "
            "join fulfilment_lines l on l.shop_id = :shop and l.fulfilment_id = f.fulfilment_id "
            "join order_lines o on o.shop_id = :shop and o.order_id = f.order_id and o.line_no = l.line_no "
            "where f.shop_id = :shop and f.replaces is null group by 1 order by 1"
        )
        return {
            "by_country": self.counts(
                "select country, count(*) from recipients where shop_id = :shop group by 1 order by 2 desc, 1"
            ),
            "by_mode": {
                Mode(mode).word: {
                    "fulfilments": fulfilments,
                    "lines": lines,
                    "units": int(units),
                    "goods": self.amount(goods),
                }
                for mode, fulfilments, lines, units, goods in modes
            },
        }

    def delivery(self) -> dict[str, Any]:
        """What reached its buyer, and when."""
        by_date = self.rows(
            f"with {_DELIVERED} select (d.at at time zone :zone)::date as day, count(*), "
            "sum(o.goods_minor + o.freight_minor) from delivered d join orders o "
            "on o.shop_id = :shop and o.order_id = d.order_id group by 1 order by 1",
            zone=self.zone,
        )
        hours = self.rows(
            f"with {_DELIVERED} select percentile_cont(cast(:quantiles as float8[])) within group "
            "(order by extract(epoch from (d.at at time zone :zone) - (o.placed_at at time zone :zone))::float8 / 3600) "
            "from delivered d "
            "join orders o on o.shop_id = :shop and o.order_id = d.order_id",
            quantiles=list(QUANTILES),
            zone=self.zone,
        )[0][0]
        sold = self.rows(
            f"with {_DELIVERED} select s.name, sum(l.quantity * o.unit_price_minor) from delivered d "
            "join fulfilments f on f.shop_id = :shop and f.order_id = d.order_id and f.delivered_at is not null "
            "join fulfilment_lines l on l.shop_id = :shop and l.fulfilment_id = f.fulfilment_id "
            "join order_lines o on o.shop_id = :shop and o.order_id = f.order_id and o.line_no = l.line_no "
            "join suppliers s on s.supplier_id = f.supplier_id group by 1 order by 2 desc, 1 limit :named",
            named=SUPPLIERS_NAMED,
        )
        return {
            "delivered": sum(row[1] for row in by_date),
            "delivered_by_date": {
                str(row[0]): {"orders": row[1], "goods_and_freight": self.amount(row[2])} for row in by_date
            },
            "hours_to_delivery": {
                str(q): round(h, 3) for q, h in zip(QUANTILES, hours or (), strict=bool(hours))
            },
            "delivered_goods_by_supplier": {row[0]: self.amount(row[1]) for row in sold},
        }

    def contradictions(self) -> dict[str, Any]:
        """Where the past is late, or does not agree with itself."""
        handed_over = (
            "with handed_over as materialized (select f.order_id, min(s.occurred_at) as first, "
            "max(s.occurred_at) as last from scans s "
            "join parcels p on p.shop_id = :shop and p.parcel_id = s.parcel_id "
            "join fulfilments f on f.shop_id = :shop and f.fulfilment_id = p.fulfilment_id "
            "where s.shop_id = :shop and s.status = 'collected' group by f.order_id) "
        )
        differ = self.rows(
            "select count(*), count(*) filter (where (body::json -> 'paid' ->> 'amount')::numeric = 0) "
            "from events where shop_id = :shop and kind = 'replay.payment_differs'"
        )[0]
        return {
            "handed_over_after_limit": self.count(
                handed_over
                + "select count(*) from handed_over h join (select order_id, min(ship_by) as ship_by "
                "from order_lines where shop_id = :shop group by order_id) l using (order_id) where h.last > l.ship_by"
            ),
            "carrier_before_approved": self.count(
                handed_over + "select count(*) from handed_over h join orders o on o.shop_id = :shop "
                "and o.order_id = h.order_id where h.first < o.paid_at"
            ),
            "delivered_before_carrier": self.count(
                handed_over + f", {_DELIVERED} select count(*) from handed_over h "
                "join delivered d using (order_id) where d.at < h.last"
            ),
            "payments_differ": differ[0],
            "payments_missing": differ[1],
            "no_measure": self.count(
                "select count(*) from fulfilments where shop_id = :shop and flags & :flag <> 0",
                flag=Flag.NO_MEASURE.value,
            ),
        }

    def money(self) -> dict[str, Any]:
        """What the delivered orders cost, and when it was settled."""
        kinds = self.rows(
            f"with {_DELIVERED} select c.kind, count(*), sum(c.amount_minor) from charges c "
            "join delivered d using (order_id) "
            f"where c.shop_id = :shop and c.state not in {_UNCHARGED} group by 1 order by 1"
        )
        settled = self.rows(
            "select settled_on, count(*), sum(amount_minor) from charges where shop_id = :shop "
            f"and state = {ChargeState.SETTLED.value} group by 1 order by 1"
        )
        return {
            "charges": {
                ChargeKind(row[0]).word: {"count": row[1], "total": self.amount(row[2])} for row in kinds
            },
            "settled_by_date": {
                str(row[0]): {"charges": row[1], "total": self.amount(row[2])} for row in settled
            },
            "unsettled": {
                reason: tally.count for reason, tally in unsettled_reasons(self.tx, self.shop_id).items()
            },
        }

    def leftovers(self) -> dict[str, Any]:
        """What is not over, what ended otherwise, and what of the past was not taken."""
        groups: dict[str, dict[str, int]] = {}
        for status, states, orders in self.rows(
            "select coalesce(o.source_status, ''), f.states, count(*) from orders o join (select order_id, "
            "array_agg(distinct state::int order by state::int) as states from fulfilments where shop_id = :shop "
            "group by order_id) f using (order_id) where o.shop_id = :shop group by 1, 2 order by 1"
        ):
            word = group_of([FulfilmentState(state) for state in states]).word
            counted = groups.setdefault(status, {})
            counted[word] = counted.get(word, 0) + orders
        flags = self.rows("select " + ", ".join(f"count(*) filter (where flags & {flag.value} <> 0)" for flag in Flag)
                          + " from fulfilments where shop_id = :shop")[0]  # fmt: skip
        return {
            "groups_by_source_status": groups,
            "cancelled": sum(each.get("cancelled", 0) for each in groups.values()),
            "open_at_end": _worded(
                self.counts(
                    f"select state, count(*) from fulfilments where shop_id = :shop and state < {OPEN_BELOW} "
                    "group by 1 order by 1"
                )
            ),
            "flags": {(flag.name or "").lower(): n for flag, n in zip(Flag, flags, strict=True) if n},
            "ever_flagged": self.counts(
                "select body::json ->> 'flag', count(distinct subject) from events "
                "where shop_id = :shop and kind = 'fulfilment.flagged' group by 1 order by 1"
            ),
            "steps_refused": _nested(
                self.rows(
                    "select body::json ->> 'step', body::json ->> 'code', count(*) from events "
                    "where shop_id = :shop and kind = 'replay.step_refused' group by 1, 2 order by 1, 2"
                )
            ),
        }


def _worded(states: Mapping[str, int]) -> dict[str, int]:
    return {FulfilmentState(int(state)).word: n for state, n in states.items()}


def _nested(rows: Sequence[tuple[Any, ...]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for outer, inner, n in rows:
        found.setdefault(outer, {})[inner] = n
    return found
