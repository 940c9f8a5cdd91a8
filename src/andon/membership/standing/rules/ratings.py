"""Ratings and their mean: exact, in hundredths of a star. Source: BACK-2.

The mean is that of the three axes' means. Each rating has all three, so it is the sum of all stars by three times their
number. It is compared as a fraction and never rounded; what is shown is rounded down to 2 places.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from andon.kernel.errors import codes

CODES = codes(
    {
        "rating.order": ("No such order of this channel", "该渠道没有此订单"),
        "rating.stars": ("Stars outside of what the rule allows", "评分超出允许范围"),
        "rating.rated_at": ("A rating that is still to be made", "评分时间晚于现在"),
    }
)

HUNDREDTHS = 100
AXES = 3


class Stars(NamedTuple):
    """What one rating gives on each axis, in hundredths of a star."""

    described: int
    communication: int
    shipping: int


@dataclass(frozen=True, slots=True)
class Told:
    """A rating of an order as it is told, or as it is known."""

    order_id: int
    stars: Stars
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """How many ratings there are, and the sum of each axis, in hundredths."""

    ratings: int = 0
    described: int = 0
    communication: int = 0
    shipping: int = 0

    def plus(self, stars: Stars, by: int = 1) -> "Totals":
        """These with that rating more, or, `by` -1, without it."""
        return Totals(
            self.ratings + by,
            self.described + by * stars.described,
            self.communication + by * stars.communication,
            self.shipping + by * stars.shipping,
        )

    def mean(self) -> Fraction | None:
        """The mean of the three axes' means in stars, exact; None without a rating."""
        if not self.ratings:
            return None
        total = self.described + self.communication + self.shipping
        return Fraction(total, AXES * self.ratings * HUNDREDTHS)

    def axis_means(self) -> tuple[Fraction, ...]:
        """The mean of each axis in stars, exact; none without a rating."""
        if not self.ratings:
            return ()
        sums = (self.described, self.communication, self.shipping)
        return tuple(Fraction(each, self.ratings * HUNDREDTHS) for each in sums)


def reaches(totals: Totals, at_least: Decimal) -> bool:
    """Whether the mean, unrounded, is at least that; without a rating it is not. Source: BACK-2."""
    mean = totals.mean()
    return mean is not None and mean >= Fraction(at_least)


def shown(mean: Fraction) -> str:
    """A mean to 2 places, rounded down: 4.6999 is 4.69."""
    whole, part = divmod(mean.numerator * HUNDREDTHS // mean.denominator, HUNDREDTHS)
    return f"{whole}.{part:02d}"


def day_of(instant: datetime, zone: str) -> date:
    """The day in whose totals a rating is counted. It decides nothing: the window goes by instants."""
    return instant.astimezone(ZoneInfo(zone)).date()


def news_in(known: Told | None, told: Told) -> bool:
    """Whether a rating says something that is not known: one that was made later, or at once and otherwise.

    Ratings may be told late, twice and out of order; the one that was made last stands.
    """
    if known is None or told.rated_at > known.rated_at:
        return told != known
    return told.rated_at == known.rated_at and told.stars != known.stars
