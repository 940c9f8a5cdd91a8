"""Use cases of routing: opening fulfilments, rerouting what a party will not fulfil, taking counts."""

from andon.orders.routing.service.counting import (
    SupplierCount,
    take_calibration,
    take_each_count,
    take_local_count,
    take_local_counts,
    take_supplier_counts,
)
from andon.orders.routing.service.opening import (
    Fresh,
    Lacking,
    Opening,
    fresh_numbers,
    open_fulfilments,
    promise_parts,
    tell_lacking,
)
from andon.orders.routing.service.rerouting import reroute
from andon.orders.routing.service.taking_back import take_back
from andon.orders.routing.service.taking_over import take_over

__all__ = [
    "Fresh",
    "Lacking",
    "Opening",
    "SupplierCount",
    "fresh_numbers",
    "open_fulfilments",
    "promise_parts",
    "reroute",
    "take_back",
    "take_calibration",
    "take_each_count",
    "take_local_count",
    "take_local_counts",
    "take_over",
    "take_supplier_counts",
    "tell_lacking",
]
