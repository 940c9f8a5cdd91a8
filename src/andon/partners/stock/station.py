"""The daily evening out of pools that several shops sell from. Source: STOCK-3."""

from andon.kernel.line import Station
from andon.partners.stock.service import even_out_pools

EVEN_OUT = Station(
    "even_out",
    due="select min(even_at) from pools where even_at is not null",
    step=even_out_pools,
    batch=500,
)
