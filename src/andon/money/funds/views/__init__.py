"""The funds account as it is read: what is there, what a freeze holds of it, and what that waits for."""

from andon.money.funds.views.account import (
    CLEARED,
    Fund,
    exposure_of,
    freeze_of,
    fund_in,
    funds_holds_of,
    funds_of,
    hold_of_exit,
    list_parts,
)
from andon.money.funds.views.shapes import ExposedOut, HoldOut, PartOut

__all__ = [
    "CLEARED",
    "ExposedOut",
    "Fund",
    "HoldOut",
    "PartOut",
    "exposure_of",
    "freeze_of",
    "fund_in",
    "funds_holds_of",
    "funds_of",
    "hold_of_exit",
    "list_parts",
]
