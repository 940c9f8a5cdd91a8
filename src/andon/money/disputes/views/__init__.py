"""Disputes as they are read."""

from andon.money.disputes.views.counted import (
    OPEN,
    DisputeCount,
    OpenDispute,
    disputes_of_supplier,
    open_disputes,
    shops_naming,
)

__all__ = [
    "OPEN",
    "DisputeCount",
    "OpenDispute",
    "disputes_of_supplier",
    "open_disputes",
    "shops_naming",
]
