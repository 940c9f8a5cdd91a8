"""The stations of standing: parcels are looked at again, wrong addresses counted, stock-outs recorded, appeals that nobody answers escalated."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.membership.standing.service import count_addresses, escalate, judge_stock_outs, vet_parcels
from andon.platform.policies.rules import Policy

LABELS = Claim("parcels", "parcel_id", "vet_at is not null", "vet_at")
SHOPS = Claim("standings", "shop_id", "look_at is not null", "look_at")
STOCK_OUTS = Claim(
    "stock_outs",
    "stock_out_id",
    "judge_at is not null",
    "judge_at",
    ("order_id", "fulfilment_id", "channel", "channel_order_no", "sku", "at"),
)
APPEALED = Claim("violations", "violation_id", "due_at is not null", "due_at")


def vet(tx: Tx[Policy], batch: int) -> int:
    """Look at parcels whose labels are old enough: whether they were shipments. Source: BACK-3."""
    claimed = LABELS.take(tx, batch)
    if claimed:
        vet_parcels(tx, claimed)
    return len(claimed)


def count(tx: Tx[Policy], batch: int) -> int:
    """Count the wrong addresses of shops in JIT, once a day. Source: BACK-3."""
    claimed = SHOPS.take(tx, batch)
    if claimed:
        count_addresses(tx, claimed)
    return len(claimed)


def judge(tx: Tx[Policy], batch: int) -> int:
    """Record stock-outs that shops caused as their violations. Source: STOCK-1."""
    claimed = STOCK_OUTS.take(tx, batch)
    if claimed:
        judge_stock_outs(tx, claimed)
    return len(claimed)


def look_after(tx: Tx[Policy], batch: int) -> int:
    """Escalate appeals against violations that were not answered in time. Source: BACK-3."""
    claimed = APPEALED.take(tx, batch)
    if claimed:
        escalate(tx, claimed)
    return len(claimed)


VET = Station("vet", due=LABELS.earliest_sql, step=vet, batch=500)
ADDRESSES = Station("addresses", due=SHOPS.earliest_sql, step=count, batch=20)
JUDGE = Station("judge", due=STOCK_OUTS.earliest_sql, step=judge, batch=200)
VIOLATIONS = Station("violations", due=APPEALED.earliest_sql, step=look_after, batch=200)
