"""How many units of a product to have for some days, from what it sold: facts and a level in, a quantity out.

On how many of the coming days it sells is a count whose rate is known from the past as far as that goes: a gamma's
share of a Poisson, which is a negative binomial. On each of those days it sells as much as it did on one of its selling
days. The sum of so many such days is a compound distribution, and the quantity is its quantile, worked out exactly:
nothing is drawn, and the same past gives the same plan. Source: MOVE-3.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DAYS = 180
"""How far back demand goes."""
HALF_LIFE_DAYS = 28
"""A day counts for half of one that is so much later."""
PRIOR_SALES = 0.5
"""What is known of a product before it sells: as much as so many selling days at the shop's usual pace would tell."""
LOTS = 256
"""Where the days ahead sell more units than this, they are counted in so many lots."""
TINY = 1e-9
"""What floating sums may be off by."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What of one product was sold: units, by how many whole days ago, from 1; on at least one day."""

    units: Mapping[int, int]

    @property
    def first(self) -> int:
        """How many days ago it was first sold: since then it is known to be on sale."""
        return max(self.units)

    @property
    def later(self) -> list[int]:
        """The other days on which it sold. That it was on sale at all is why the first is known: it tells no pace."""
        return [ago for ago in self.units if ago < self.first]


@dataclass(frozen=True, slots=True)
class Pace:
    """On how many of how many days a product sells, as far as is known: `sales` of `days`, both weighed by age."""

    sales: float
    days: float

    @property
    def a_day(self) -> float:
        """The share of days on which it sells."""
        return self.sales / self.days


def usual_pace(products: Iterable[Sold]) -> Pace:
    """On how many days a shop's products sell one with another; weakly known where it has sold next to nothing."""
    sales, days = PRIOR_SALES, float(HALF_LIFE_DAYS)
    for sold in products:
        sales += len(sold.later)
        days += sold.first - 1
    return Pace(sales, days)


def pace_of(sold: Sold, usual: Pace) -> Pace:
    """A product's own pace, late days before early ones, on top of what the shop's usual one tells of it."""
    keep = 0.5 ** (1 / HALF_LIFE_DAYS)
    sales = sum(keep ** (ago - 1) for ago in sold.later)
    days = (1 - keep ** (sold.first - 1)) / (1 - keep)
    return Pace(PRIOR_SALES + sales, PRIOR_SALES / usual.a_day + days)


def units_a_day(sold: Sold, usual: Pace) -> float:
    """How many units of it are asked for on a day, by expectation."""
    return pace_of(sold, usual).a_day * sum(sold.units.values()) / len(sold.units)


def quantity_for(sold: Sold, usual: Pace, horizon_days: int, service_level: float) -> int:
    """The least units that suffice for all of the coming days with that probability, none coming in meanwhile.

    `service_level` lies between 0 and 1, both excluded. Source: MOVE-3.
    """
    expected = units_a_day(sold, usual) * horizon_days
    lot = max(1, round(expected) // LOTS)
    return lot * _quantile(pace_of(sold, usual), _sizes(sold, lot), horizon_days, service_level)


def _sizes(sold: Sold, lot: int) -> dict[int, float]:
    """How often a selling day sells so many lots; what lies between two counts is shared so that its mean stays."""
    shares: dict[int, float] = defaultdict(float)
    for units, days in Counter(sold.units.values()).items():
        lots, rest = divmod(units, lot)
        shares[lots] += days / len(sold.units) * (1 - rest / lot)
        if rest:
            shares[lots + 1] += days / len(sold.units) * rest / lot
    return shares


def _quantile(pace: Pace, shares: Mapping[int, float], horizon_days: int, level: float) -> int:
    """The quantile of a sum of so many sizes, as many as days on which the product sells (Panjer's recursion).

    The chance of n days is that of one less times `a + b / n`: so the sum's follow from one another, size by size.
    """
    p = pace.days / (pace.days + horizon_days)
    a, b = 1 - p, (pace.sales - 1) * (1 - p)
    none = 1 - a * shares.get(0, 0.0)
    chances = [(p / none) ** pace.sales]
    reached = chances[0]
    sizes = sorted((size, share / none) for size, share in shares.items() if size)
    while reached < level - TINY:
        n = len(chances)
        chances.append(
            sum((a + b * size / n) * share * chances[n - size] for size, share in sizes if size <= n)
        )
        reached += chances[n]
    return len(chances) - 1
