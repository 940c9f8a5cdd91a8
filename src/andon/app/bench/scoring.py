"""What a supplier's scorecard takes once it has had a million fulfilments, and how fast the record is counted."""

from contextlib import closing
from datetime import timedelta

from sqlalchemy import text

from andon.app.bench.load import BLOCK, FULFILMENTS, Past
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Stopwatch, Target
from andon.app.bench.world import furnish
from andon.kernel.clock import RealClock, wall
from andon.kernel.events import PLATFORM
from andon.kernel.line import Line
from andon.kernel.tx import Actor
from andon.membership.qualification.station import SCORE
from andon.membership.qualification.views import scorecard_of
from andon.platform.record.service import MOST_EVENTS

SPACING = timedelta(seconds=8)
"""From one fulfilment to the next: a million of them take three months, which is what a scorecard looks at."""
ROUNDS = 200

EVENTS = """
insert into events (shop_id, event_id, kind, subject, order_id, at, recorded_at, actor, policy, body)
select shop_id, nextval('event_ids'), kind, 'fulfilment:' || fulfilment_id, order_id, pushed_at, pushed_at, 'line',
  policy, case when kind = 'fulfilment.flagged' then '{"flag":"stuck"}' else '{}' end
from fulfilments, unnest(array['fulfilment.pushed', 'fulfilment.shipped', 'fulfilment.flagged']) as kind
where fulfilment_id between :first and :until and pushed_at is not null
  and (kind = 'fulfilment.pushed' or kind = 'fulfilment.shipped' and shipped_at is not null
    or kind = 'fulfilment.flagged' and fulfilment_id % 20 = 0)
order by fulfilment_id, kind = 'fulfilment.flagged'
"""
SEALS = """
insert into seals (shop_id, seal_no, first_event, last_event, events, content, previous, sealed_at, jws)
select shop_id, block + 1, min(event_id), max(event_id), count(*), '', '', :now, ''
from (select shop_id, event_id, (row_number() over (order by event_id) - 1) / :most as block from events
  where shop_id = :shop) e group by shop_id, block
"""


def take_scoring(bench: Bench) -> Figures:
    """Milliseconds of a scorecard, and events counted a second."""
    fulfilments = bench.size(1_000_000, 1_000)
    market = furnish(bench, 1)
    past = Past(market, fulfilments, fulfilments, fulfilments, wall())
    events = _write(bench, past)
    watch = Stopwatch()
    counting = closing(Line(bench.database, RealClock(), (SCORE,), bench.policies))
    with counting as line, bench.profiled("score"), watch.round():
        line.run_due()
    with bench.database.owner.connect() as connection:
        counted = connection.scalar(text("select count(*) from tallies"))
        summed = connection.scalar(text("select sum(fulfilments) from supplier_days"))
    assert counted == summed, f"{counted} are counted, the days have {summed}"
    asked = Stopwatch()
    for _ in range(ROUNDS):
        with asked.round(), bench.acting(Actor("operator"), [PLATFORM]) as tx:
            scorecard_of(tx, market.suppliers[0])
    return {"score_ms": asked.median * 1000, "score_counted_per_second": events / watch.median}


def _write(bench: Bench, past: Past) -> int:
    """Write the fulfilments, their events and the seals over these; answers how many events there are."""
    market = past.market
    values = {
        "shop": market.shop_id,
        "supplier": market.suppliers[0],
        "policy": bench.policies.versions[-1].version,
        "now": past.now,
        "newest": past.newest,
        "over": past.over,
        "fresh": past.fresh,
        "spacing": SPACING,
    }
    for first in range(1, past.newest + 1, BLOCK):
        block = {"first": first, "until": min(first + BLOCK - 1, past.newest)}
        with bench.database.owner.begin() as connection:
            connection.execute(text(FULFILMENTS), values | block)
            connection.execute(text(EVENTS), block)
    with bench.database.owner.begin() as connection:
        connection.execute(text(SEALS), {"shop": market.shop_id, "now": past.now, "most": MOST_EVENTS})
        events = connection.scalar(text("select sum(events) from seals"))
    bench.analyze()
    return int(events or 0)


SCORING = Measure("score", {"score_ms": Target(at_most=20), "score_counted_per_second": TOLD}, take_scoring)
