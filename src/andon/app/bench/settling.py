"""Settling due charges by the station, beside bare SQL of the same shape on the same database."""

from datetime import timedelta

from sqlalchemy import text

from andon.app.bench.bare import settle_charges
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Stopwatch, Target
from andon.app.bench.world import OPERATOR
from andon.kernel.clock import RealClock, wall
from andon.kernel.line import Line
from andon.kernel.money import Money
from andon.money.settlement.service import deposit_funds
from andon.money.settlement.station import SETTLE
from andon.partners.shops.service import open_shop

SHOPS = 40

CHARGES = """
insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, amount_minor,
  currency, payee, basis, policy, accrued_at, fixed_at, due_at)
select s, nextval('charge_ids'), 1, 20, n, 0, n, n, 100 + n % 900, :currency,
  case n % 3 when 0 then 'platform_revenue' else 'payable:carrier:cainiao' end, 'order', :policy, :at, :at,
  :at + make_interval(secs => n)
from unnest(cast(:shops as bigint[])) s cross join generate_series(1, :each) n
"""


def take_settling(bench: Bench) -> Figures:
    """Seconds from the first due charge to the last settled one, with transfers, balances and events; and the share of bare SQL's."""
    few = _settled(bench, bench.size(200_000, 200), "settle")
    many = bench.size(1_000_000, 1_000)
    seconds, bare = _settled(bench, many, "settle_million"), settle_charges(bench, SHOPS, many // SHOPS)
    return {
        "settle_200k_seconds": few,
        "settle_million_seconds": seconds,
        "settle_bare_seconds": bare,
        "settle_ratio": seconds / bare,
    }


def _settled(bench: Bench, charges: int, name: str) -> float:
    """The seconds in which so many charges of 40 shops are settled that fell due meanwhile."""
    shops = []
    policy = bench.policies.versions[-1]
    currency = policy.currency
    for _ in range(SHOPS):
        with bench.as_line(OPERATOR) as tx:
            shop_id = open_shop(
                tx, name="bench", category="apparel", locale="en", currency=currency, zone=policy.zone
            ).shop_id
            deposit_funds(tx, shop_id, Money.of("10000000.00", currency))
        shops.append(shop_id)
    at = wall() - timedelta(days=3)
    with bench.database.line.begin() as connection:
        values = {"currency": currency, "policy": policy.version, "at": at, "shops": shops}
        connection.execute(text(CHARGES), values | {"each": charges // SHOPS})
        connection.execute(
            text("update fundings set settle_at = :at where shop_id = any(:shops)"),
            {"at": at, "shops": shops},
        )
    bench.analyze()
    line = Line(bench.database, RealClock(), (SETTLE,), bench.policies)
    watch = Stopwatch()
    with bench.profiled(name), watch.round():
        line.run_due()
    line.close()
    with bench.database.line.connect() as connection:
        left = connection.scalar(text("select count(*) from charges where state = 20"))
    assert left == 0, f"{left} charges are left"
    return watch.median


SETTLING = Measure(
    "settle",
    {
        "settle_200k_seconds": Target(at_most=10),
        "settle_million_seconds": TOLD,
        "settle_bare_seconds": TOLD,
        "settle_ratio": Target(at_most=2),
    },
    take_settling,
)
