"""The stations of charging: what was shipped, what has ended, what was measured otherwise, what waited for a rate, and stock-outs."""

from andon.kernel.line import Claim, Station
from andon.kernel.tx import Tx
from andon.money.charges.service import (
    accrue_charges,
    convert_charges,
    correct_charges,
    fix_charges,
    penalise_stock_outs,
)
from andon.money.rates.service import CONVERT as CONVERT_NAME
from andon.money.settlement.service import subsidise_first_orders
from andon.platform.policies.rules import Policy

COLUMNS = ("order_id", "mode", "line", "shipped_at")

SHIPPED = Claim(
    "fulfilments",
    "fulfilment_id",
    "accrued_at is null and shipped_at is not null",
    "shipped_at",
    COLUMNS[:-1],
)
ENDED = Claim(
    "fulfilments",
    "fulfilment_id",
    "charged_at is null and ended_at is not null",
    "ended_at",
    (*COLUMNS, "state", "policy"),
)
MEASURED = Claim("fulfilments", "fulfilment_id", "recharge_at is not null", "recharge_at", COLUMNS)
STOCK_OUTS = Claim(
    "stock_outs",
    "stock_out_id",
    "charge_at is not null",
    "charge_at",
    ("cause", "order_id", "fulfilment_id", "at", "placed_at", "policy"),
)


def accrue_shipped(tx: Tx[Policy], batch: int) -> int:
    """Charge shipped fulfilments provisionally. Source: FEE-4."""
    claimed = SHIPPED.take(tx, batch)
    if claimed:
        accrue_charges(tx, claimed)
    return len(claimed)


def charge_ended(tx: Tx[Policy], batch: int) -> int:
    """Fix or waive the charges of fulfilments that have ended, and subsidise first ones by smart lines. Source: FEE-4, MOVE-2."""
    claimed = ENDED.take(tx, batch)
    if claimed:
        fix_charges(tx, claimed)
        subsidise_first_orders(tx, claimed)
    return len(claimed)


def charge_measured(tx: Tx[Policy], batch: int) -> int:
    """Charge anew what went by other measures than the carrier's newest. Source: FEE-3, FEE-4."""
    claimed = MEASURED.take(tx, batch)
    if claimed:
        correct_charges(tx, claimed)
    return len(claimed)


def charge_stock_outs(tx: Tx[Policy], batch: int) -> int:
    """Charge the penalties of stock-outs. Source: STOCK-2."""
    claimed = STOCK_OUTS.take(tx, batch)
    if claimed:
        penalise_stock_outs(tx, claimed)
    return len(claimed)


ACCRUE = Station("accrue", due=SHIPPED.earliest_sql, step=accrue_shipped, batch=2000)
CHARGE = Station("charge", due=ENDED.earliest_sql, step=charge_ended, batch=2000)
RECHARGE = Station("recharge", due=MEASURED.earliest_sql, step=charge_measured, batch=500)
CONVERT = Station(
    CONVERT_NAME,
    due="select due_at from missing_rates order by due_at limit 1",
    step=convert_charges,
    batch=2000,
)
PENALISE = Station("penalise", due=STOCK_OUTS.earliest_sql, step=charge_stock_outs, batch=500)
