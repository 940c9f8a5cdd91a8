"""How long a thing takes: days, each as likely as the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt
from statistics import NormalDist, fmean

LEAST = 30
"""So many of a shop's own make a spread; with fewer a wider one is taken."""
STEPS = 1_000
SHIP_VARIATION, TRANSIT_VARIATION = 0.5, 0.3
"""The standard deviation of what is not known from a past, as a share of its mean. Ours: the guide names means alone."""
PROMISED_SHARE = 0.9
"""What of a line's parcels is taken to come in the promised days, where no past tells."""
GUIDE_SHIP_DAYS = {True: 3.2, False: 5.0}
"""Mean days from the order to its first scan under JIT, and from a seller's own warehouse. Source: the seller guide."""


class Basis(StrEnum):
    """What a spread was made from: the shop's own past, the seller guide's mean, or the line's promise."""

    SHOP = "shop"
    GUIDE = "guide"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Spread:
    """Days in ascending order, each as likely; `sample` counts the shop's own that they were drawn from."""

    days: tuple[float, ...]
    basis: Basis
    sample: int = 0

    @property
    def mean(self) -> float:
        """The mean in days."""
        return fmean(self.days)


def own_spread(days: Iterable[float]) -> Spread | None:
    """What the shop's own took; None where they are fewer than LEAST."""
    known = tuple(sorted(days))
    return Spread(known, Basis.SHOP, len(known)) if len(known) >= LEAST else None


def spread_about(mean: float, variation: float = SHIP_VARIATION) -> Spread:
    """Days about that mean, log-normal: some take much longer, none less than nothing."""
    shape = _log_normal(variation)
    unit = mean / fmean(shape)
    return Spread(tuple(unit * each for each in shape), Basis.GUIDE)


def promised_spread(promise_days: int) -> Spread:
    """A line's days from its first scan where no past tells: PROMISED_SHARE of all come by its promise."""
    shape = _log_normal(TRANSIT_VARIATION)
    in_time = int(PROMISED_SHARE * STEPS)
    unit = promise_days / fmean(shape[in_time - 1 : in_time + 1])
    return Spread(tuple(unit * each for each in shape), Basis.PROMISE)


def _log_normal(variation: float) -> list[float]:
    """A log-normal's quantiles at the middle of each of STEPS equal shares; its median is 1."""
    width = sqrt(log(1 + variation**2))
    bell = NormalDist()
    return [exp(width * bell.inv_cdf((step + 0.5) / STEPS)) for step in range(STEPS)]
