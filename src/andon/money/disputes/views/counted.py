"""What other rooms ask about disputes: how much of a shop is in dispute, and how often a supplier is."""

from dataclasses import dataclass
from datetime import datetime

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy

OPEN = "state < 80"
"""Disputes that are open; a literal, for the partial index."""


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute that may still cost: what is claimed, or what was awarded once it is decided."""

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
    """A shop's disputes that are open, by number: undecided, or decided and not paid yet. Source: EXIT-7."""
    return [
        OpenDispute(row.dispute_id, row.order_id, Money.from_minor(row.minor, row.currency), row.opened_at)
        for row in tx.rows(
            "select dispute_id, order_id, coalesce(awarded_minor, claim_minor) as minor, currency, opened_at "
            f"from disputes where shop_id = :shop and {OPEN} order by dispute_id",
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
