"""How a shop fares, read from the counts of its days: as quick with a million orders as with a hundred."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from andon.insights.figures.rules import HALF, NINE_TENTHS, Times, Window
from andon.insights.figures.views.exits import exits_of
from andon.insights.figures.views.shapes import (
    DayOut,
    InsightsOut,
    LeagueOut,
    RatedOut,
    ShareOut,
    TimesOut,
)
from andon.insights.figures.views.spans import instants_of
from andon.kernel.tx import Tx
from andon.membership.qualification.rules import FIGURES, scorecard, shown
from andon.membership.standing.rules import shown as stars_shown
from andon.membership.standing.views import totals_of
from andon.orders.days.rules import GROUPS, RETURN_WITHIN, TIMES, Figure, Way
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Policy

_COUNTED = """
select figure, way, hours, day, cast(sum(orders) as bigint) as orders, cast(sum(seconds) as bigint) as seconds
from order_days where shop_id = :shop and figure = any(:figures) and day >= :since and day < :until
group by grouping sets ((figure, way, hours), (figure, day))
"""
_STOOD = """
select figure, cast(sum(orders) as bigint) as orders from order_days
where shop_id = :shop and figure = any(:groups) and day < :since group by figure
"""
_LEAGUE = """
select d.supplier_id, s.name, d.facts, cast(sum(d.fulfilments) as bigint) as fulfilments
from shop_supplier_days d join suppliers s on s.supplier_id = d.supplier_id
where d.shop_id = :shop and d.day >= :since and d.day < :until group by 1, 2, 3 having sum(d.fulfilments) > 0
"""
_UNTIL = """
select s.sealed_at from day_reaches r join seals s on s.shop_id = r.shop_id and s.seal_no = r.seal_no
where r.shop_id = :shop
"""


def insights_of(tx: Tx[Policy], shop_id: int, window: Window) -> InsightsOut:
    """How the shop fares in these days; NotFound `shop.not_found`."""
    shop_of(tx, shop_id)
    counts = _Counts(tx, shop_id, window)
    league = _league(tx, shop_id, window)
    reach = tx.one(_UNTIL, shop=shop_id)
    of_all: Counter[int] = Counter()
    for _, facts in league.values():
        of_all.update(facts)
    return InsightsOut(
        shop_id=shop_id,
        since=window.since,
        until=window.until,
        counted_until=reach and reach.sealed_at,
        maturing=counts.maturing(tx.policy.day_of(tx.now)),
        logistics_score=_logistics_score(tx, shop_id, window),
        shares=[*counts.shares(), *_shares_of(of_all)],
        times=counts.times(),
        days=counts.days(),
        suppliers=_ranked(tx, league),
        exits=exits_of(tx, window, shop_id),
    )


class _Counts:
    """What the days of a window add up to, by figure."""

    def __init__(self, tx: Tx[Policy], shop_id: int, window: Window) -> None:
        """Read them, and who stood in each group before."""
        self._window = window
        self._hours: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        self._seconds: Counter[tuple[int, int]] = Counter()
        self._by_day: Counter[tuple[int, date]] = Counter()
        for row in tx.rows(
            _COUNTED,
            shop=shop_id,
            figures=[figure.value for figure in Figure],
            since=window.since,
            until=window.until,
        ):
            if row.day is not None:
                self._by_day[row.figure, row.day] = row.orders
            elif row.orders:
                self._hours[row.figure, row.way][row.hours] = row.orders
                self._seconds[row.figure, row.way] += row.seconds
        self._stood = {
            row.figure: row.orders
            for row in tx.rows(
                _STOOD, shop=shop_id, groups=[figure.value for figure in GROUPS], since=window.since
            )
        }

    def times(self) -> list[TimesOut]:
        """How long each way took, and all together."""
        return [
            TimesOut(
                name=figure.name.lower(),
                way=None if way is None else way.word,
                orders=times.number,
                mean_hours=None if (mean := times.mean_hours) is None else str(mean),
                p50_hours=times.within(HALF),
                p90_hours=times.within(NINE_TENTHS),
            )
            for figure in TIMES
            for way in (None, *Way)
            if (times := self._times(figure, way)).number or way is None
        ]

    def shares(self) -> list[ShareOut]:
        """The return rate of each way and of all, and the stale rate."""
        return [
            _share(name, self._number(figure, way), self._number(of, way), way)
            for name, figure, of in (
                ("return_rate", Figure.RETURN_ASKED, Figure.TO_DELIVER),
                ("stale_rate", Figure.STALE, Figure.TO_SHIP),
            )
            for way in (None, *Way)
            if self._number(of, way) or way is None
        ]

    def days(self) -> list[DayOut]:
        """Each day, and who stood in each group at its end."""
        found, standing = [], Counter(self._stood)
        for day in self._window.days:
            for figure in GROUPS:
                standing[figure] += self._by_day[figure, day]
            found.append(
                DayOut(
                    day=day,
                    placed=self._by_day[Figure.PLACED, day],
                    shipped=self._by_day[Figure.TO_SHIP, day],
                    delivered=self._by_day[Figure.TO_DELIVER, day],
                    groups={group.word: standing[figure] for figure, group in GROUPS.items()},
                )
            )
        return found

    def maturing(self, today: date) -> int:
        """Of what was delivered, how much so lately that its buyers may still ask to send it back."""
        return sum(
            self._by_day[Figure.TO_DELIVER, day] for day in self._window.days if day > today - RETURN_WITHIN
        )

    def _times(self, figure: Figure, way: Way | None) -> Times:
        hours: Counter[int] = Counter()
        seconds = 0
        for each in Way if way is None else (way,):
            hours.update(self._hours[figure, each])
            seconds += self._seconds[figure, each]
        return Times(hours, seconds)

    def _number(self, figure: Figure, way: Way | None) -> int:
        return self._times(figure, way).number


def _logistics_score(tx: Tx[Policy], shop_id: int, window: Window) -> RatedOut:
    """The shipping axis alone, over the rating window that ends with these days, or now. Source: BACK-2."""
    until = min(tx.now, instants_of(window, tx.policy.zone)[1])
    since = until - tx.policy.back.rating_window
    totals = totals_of(tx, shop_id, since, until)
    means = totals.axis_means()
    return RatedOut(
        since=since, until=until, ratings=totals.ratings, mean=stars_shown(means[-1]) if means else None
    )


def _league(tx: Tx[Policy], shop_id: int, window: Window) -> dict[int, tuple[str, Counter[int]]]:
    """What each supplier's fulfilments of this shop count for, by the day of their push."""
    found: dict[int, tuple[str, Counter[int]]] = {}
    for row in tx.rows(_LEAGUE, shop=shop_id, since=window.since, until=window.until):
        found.setdefault(row.supplier_id, (row.name, Counter()))[1][row.facts] = row.fulfilments
    return found


def _ranked(tx: Tx[Policy], league: Mapping[int, tuple[str, Counter[int]]]) -> list[LeagueOut]:
    """The league by score, without documents: they say nothing of what was done. Source: QUAL-2."""
    figures = tx.policy.qualification
    scores = {
        number: scorecard(facts, (0, 0), figures.weights, figures.pass_mark).score
        for number, (_, facts) in league.items()
    }
    return [
        LeagueOut(
            supplier_id=number,
            name=league[number][0],
            fulfilments=league[number][1].total(),
            score=_text(scores[number]),
            shares=_shares_of(league[number][1]),
        )
        for number in sorted(league, key=lambda number: (-(scores[number] or Fraction(0)), number))
    ]


def _shares_of(facts: Mapping[int, int]) -> list[ShareOut]:
    shares = []
    for figure in FIGURES.values():
        of, against = figure.counted(facts)
        shares.append(_share(figure.name, of - against if figure.kept else against, of))
    return shares


def _share(name: str, numerator: int, denominator: int, way: Way | None = None) -> ShareOut:
    return ShareOut(
        name=name,
        way=None if way is None else way.word,
        numerator=numerator,
        denominator=denominator,
        share=_text(Fraction(numerator, denominator) if denominator else None),
    )


def _text(share: Fraction | None) -> str | None:
    found = shown(share)
    return None if found is None else str(found)
