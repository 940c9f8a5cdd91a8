"""When a shop can be done with JIT, and what it would not sell then."""

from andon.membership.forecast.views.pasts import ORDERS, WINDOW, forecast_of
from andon.membership.forecast.views.products import Unsold, products_without_local_stock
from andon.membership.forecast.views.shapes import ForecastOut, UnsoldOut

__all__ = [
    "ORDERS",
    "WINDOW",
    "ForecastOut",
    "Unsold",
    "UnsoldOut",
    "forecast_of",
    "products_without_local_stock",
]
