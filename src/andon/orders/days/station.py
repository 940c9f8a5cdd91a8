"""The station of days: orders are counted as soon as what happened to them is sealed."""

from andon.kernel.line import Station
from andon.orders.days.service import UNCOUNTED, count_orders

COUNT_ORDERS = Station("days", due=f"select min(s.sealed_at) from {UNCOUNTED}", step=count_orders, batch=10)
