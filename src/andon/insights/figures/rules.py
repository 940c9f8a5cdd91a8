"""How insights are worked out of counts: shares, means, and the hours within which so many were done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from andon.kernel.errors import Invalid, codes

CODES = codes({"insights.window": ("No such span of days", "时间范围无效")})

DAYS = 30
"""So many days are looked at if none are said, today the last."""
MOST_DAYS = 400
"""At most so many are looked at, a year and what one compares it with."""
EARLIEST, LATEST = date(2001, 1, 1), date(2100, 1, 1)
"""No day before or after these is looked at: what they are compared with must be days of ours, too."""
HOURS = Decimal("0.01")
SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the platform's zone: `until` is the day after the last."""

    since: date
    until: date

    @property
    def days(self) -> list[date]:
        """Each of them, the first one first."""
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days)]


def window_of(today: date, since: date | None, until: date | None) -> Window:
    """The days that are looked at: up to today, and thirty of them, if nothing is said.

    Refuses with Invalid `insights.window` what ends before it begins, is longer than MOST_DAYS, or lies beyond EARLIEST
    and LATEST.
    """
    if not all(EARLIEST <= day <= LATEST for day in (since, until) if day):
        raise Invalid("insights.window", f"days from {EARLIEST} until {LATEST}")
    until = until or max(today, since or today) + timedelta(days=1)
    since = since or until - timedelta(days=DAYS)
    if not since < until <= since + timedelta(days=MOST_DAYS):
        raise Invalid("insights.window", f"from a day until a later one, {MOST_DAYS} days at most")
    return Window(since, until)


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took: `hours` are how many took so many hours, begun ones whole; `seconds` all of it exactly."""

    hours: Mapping[int, int]
    seconds: int

    @property
    def number(self) -> int:
        """How many there were."""
        return sum(self.hours.values())

    @property
    def mean_hours(self) -> Decimal | None:
        """The mean in hours, to two places; None where there was none."""
        if not self.number:
            return None
        return (Decimal(self.seconds) / (SECONDS_AN_HOUR * self.number)).quantize(HOURS, ROUND_HALF_UP)

    def within(self, share: Fraction) -> int | None:
        """The fewest whole hours within which at least that share of them was done; None where there was none."""
        wanted, done = share * self.number, 0
        for hours, number in sorted(self.hours.items()):
            done += number
            if done and done >= wanted:
                return hours
        return None


HALF, NINE_TENTHS = Fraction(1, 2), Fraction(9, 10)

Words = tuple[str, str]
"""What something is called in English and in Chinese."""

FIGURE_WORDS: Mapping[str, Words] = {
    "placed": ("orders placed", "下单"),
    "shipped": ("orders shipped", "发货"),
    "delivered": ("orders delivered", "签收"),
    "logistics_score": ("logistics score, 30 days", "物流评分（近30天）"),
    "return_rate": ("return rate, 7 days", "7天退货率"),
    "stale_rate": ("silent on the way", "物流停滞率"),
    "to_ship": ("placed to shipped, hours", "下单至发货（小时）"),
    "in_transit": ("shipped to delivered, hours", "发货至签收（小时）"),
    "to_deliver": ("placed to delivered, hours", "下单至签收（小时）"),
    "acceptance_on_time": ("answered by the deadline", "按时接单率"),
    "collection_on_time": ("collected in time", "按时揽收率"),
    "stuck_rate": ("stuck", "异常滞留率"),
    "rejection_rate": ("rejected", "拒单率"),
    "dispute_rate": ("disputed", "纠纷率"),
}
GROUP_WORDS: Mapping[str, Words] = {
    "awaiting_shipment": ("awaiting shipment", "待发货"),
    "in_transit": ("in transit", "运输中"),
    "delivered": ("delivered", "已签收"),
}
WAY_WORDS: Mapping[str, Words] = {
    "jit": ("JIT", "JIT发货"),
    "standard": ("standard", "标准物流"),
    "mixed": ("both", "混合"),
}
OUTCOME_WORDS: Mapping[str, Words] = {
    "done": ("done", "已退出"),
    "withdrawn": ("withdrawn", "已撤回"),
    "running": ("running", "进行中"),
}
REASON_WORDS: Mapping[str, Words] = {
    "mistake": ("by mistake", "误操作"),
    "strategy": ("strategy", "经营策略"),
    "cost": ("cost", "成本"),
    "service": ("service", "服务"),
    "other": ("other", "其他"),
}
