"""Orders as their shop sees them: one, a page of them, and what of them stands open."""

from andon.orders.order.views.gate import OpenJit, open_jit_of
from andon.orders.order.views.lists import OrderFilter, list_orders
from andon.orders.order.views.shapes import CancellationOut, FulfilmentOut, OrderOut, ParcelOut
from andon.orders.order.views.shown import check_order, fulfilments_of, order_of, order_of_fulfilment

__all__ = [
    "CancellationOut",
    "FulfilmentOut",
    "OpenJit",
    "OrderFilter",
    "OrderOut",
    "ParcelOut",
    "check_order",
    "fulfilments_of",
    "list_orders",
    "open_jit_of",
    "order_of",
    "order_of_fulfilment",
]
