"""The station that lets go of scans whose label never came."""

from andon.kernel.line import Station
from andon.orders.tracking.service import forget_early_scans

FORGET = Station("forget", due="select min(forget_at) from early_scans", step=forget_early_scans, batch=1000)
