"""Channels are connected; what shipped and what is left is reported to them; they take it, or say that they have it."""

from andon.orders.reporting.service.connecting import (
    acknowledge,
    connect_channel,
    remove_endpoint,
    set_endpoint,
)
from andon.orders.reporting.service.making import report_shipments, report_stock
from andon.orders.reporting.service.telling import Due, Told, line_up, record_told

__all__ = [
    "Due",
    "Told",
    "acknowledge",
    "connect_channel",
    "line_up",
    "record_told",
    "remove_endpoint",
    "report_shipments",
    "report_stock",
    "set_endpoint",
]
