"""Settling what is due, holding what is disputed, and money that comes and goes beside them."""

from andon.money.settlement.service.disputing import Outcome, dispute_charges, release_charges
from andon.money.settlement.service.early import Early, settle_early
from andon.money.settlement.service.funding import (
    Deposit,
    check_amount,
    deposit_funds,
    lock_funds,
    look_now,
    schedule_settlements,
)
from andon.money.settlement.service.giving import post_subsidy, subsidise_first_orders
from andon.money.settlement.service.overdue import note_overdue
from andon.money.settlement.service.settling import LOOK_AGAIN, settle_shops

__all__ = [
    "LOOK_AGAIN",
    "Deposit",
    "Early",
    "Outcome",
    "check_amount",
    "deposit_funds",
    "dispute_charges",
    "lock_funds",
    "look_now",
    "note_overdue",
    "post_subsidy",
    "release_charges",
    "schedule_settlements",
    "settle_early",
    "settle_shops",
    "subsidise_first_orders",
]
