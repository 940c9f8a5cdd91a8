"""The station that ends freezes."""

from andon.kernel.line import Station
from andon.money.funds.service import WAITING, free_cleared

FREE = Station("free", due=f"select h.set_at {WAITING} 1", step=free_cleared, batch=200)
