"""What a carrier tells: scans, by their waybills, and measures."""

from andon.orders.tracking.service.early import adopt_scans, forget_early_scans
from andon.orders.tracking.service.measures import IncomingMeasure, MeasureOutcome, record_measures
from andon.orders.tracking.service.places import Place
from andon.orders.tracking.service.scans import IncomingScan, ScanOutcome, Taken, record_scans
from andon.orders.tracking.service.story import leave_out_void, lock_parcels, units_of

__all__ = [
    "IncomingMeasure",
    "IncomingScan",
    "MeasureOutcome",
    "Place",
    "ScanOutcome",
    "Taken",
    "adopt_scans",
    "forget_early_scans",
    "leave_out_void",
    "lock_parcels",
    "record_measures",
    "record_scans",
    "units_of",
]
