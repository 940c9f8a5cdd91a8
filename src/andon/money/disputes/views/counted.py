"""What other rooms ask about disputes: how much of a shop is in dispute, and how often a supplier is."""

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy

EXPOSING = "d.state < 80 and d.beneficiary = 'buyer'"
"""Disputes that the shop may have to pay: a buyer's, until it is over. Literals, for the partial index.

A decision for another party may be appealed against; what the shop claims for itself it never pays.
"""


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute that may still cost the shop, and what is claimed."""

    dispute_id: int
    order_id: int
    amount: Money
    since: datetime


@dataclass(frozen=True, slots=True)
class DisputeCount:
    """How many disputes named a supplier, and in how many of them it was to pay."""

    opened: int
    lost: int


def open_disputes(tx: Tx[Policy], shop_id: int) -> list[OpenDispute]:
    """The open disputes that a shop may have to pay, by number. Source: EXIT-7."""
    return [
        OpenDispute(row.dispute_id, row.order_id, Money.from_minor(row.minor, row.currency), row.opened_at)
        for row in tx.rows(
            f"select d.dispute_id, d.order_id, d.claim_minor as minor, d.currency, d.opened_at "
            f"from disputes d where d.shop_id = :shop and {EXPOSING} order by d.dispute_id",
            shop=shop_id,
        )
    ]


def disputes_of_supplier(
    tx: Tx[Policy], supplier_id: int, opened_from: datetime, opened_until: datetime
) -> DisputeCount:
    """How many disputes of JIT orders named a supplier, of all shops, opened from one instant until another.

    One that was withdrawn counts for nothing.
    """
    with tx.as_platform(), tx.reaching(shops_naming(tx, "supplier", str(supplier_id))):
        row = tx.one(
            "select count(*) as opened, count(*) filter (where d.payer = 'supplier') as lost "
            "from dispute_parties p join disputes d on d.shop_id = p.shop_id and d.dispute_id = p.dispute_id "
            "where p.party = 'supplier' and p.party_id = cast(:supplier as text) and d.supplier_id = :supplier "
            "and d.jit and d.state <> 81 and d.opened_at >= :from and d.opened_at < :until",
            **{"supplier": supplier_id, "from": opened_from, "until": opened_until},
        )
    assert row is not None, "a count is one row"
    return DisputeCount(row.opened, row.lost)


def shops_naming(tx: Tx[Policy], party: str, party_id: str) -> list[int]:
    """The shops in which a dispute names that supplier or carrier, also of those that it no longer works for."""
    rows = tx.rows(
        "select distinct shop_id from dispute_parties where party = :party and party_id = :number order by 1",
        party=party,
        number=party_id,
    )
    return [row.shop_id for row in rows]
