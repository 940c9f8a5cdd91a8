"""How a forecast, and what would go unsold, are shown."""

from typing import Literal

from andon.kernel.http.models import Instant, Out
from andon.partners.tracks.rules import Choice


class ForecastPart(Out):
    """A part of a forecast: what is waited for, how many there are, and by when the last is over.

    `basis` is what it was drawn from, the nearest to the case first: the shop's own past fulfilments by that line to that
    country, all of the shop's, the supplier's of all its shops, or the policy's figures; `sample` is how many there were.
    """

    what: Literal["fulfilments", "settlement", "switch"]
    count: int
    p50: Instant
    p90: Instant
    basis: Literal["shop_line_country", "shop", "supplier", "policy"]
    sample: int
    line: str | None
    country: str | None
    stage: Literal["unshipped", "shipped"] | None


class ForecastOut(Out):
    """By when an exit is done, as likely as not (`p50`) and nine times in ten (`p90`), if what it needs of people is done at once."""

    p50: Instant
    p90: Instant
    parts: list[ForecastPart]


class UnsoldOut(Out):
    """A product in JIT mode without local stock: so many orders a day of it would be refused, what can be done, and what is (MOVE-1)."""

    sku: str
    title: str
    orders_a_day: float
    choices: list[Choice]
    chosen: Choice | None
