"""Settling due charges in one pass of the station."""

from datetime import timedelta

from sqlalchemy import text

from andon.app.bench.measures import Bench, Figures, Measure, Stopwatch, Target
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
    """Seconds from the first due charge to the last settled one, with transfers, balances and events."""
    shops = []
    policy = bench.policies.versions[-1]
    currency = policy.currency
    for _ in range(bench.size(SHOPS, 2)):
        with bench.as_line(OPERATOR) as tx:
            shop_id = open_shop(
                tx, name="bench", category="apparel", locale="en", currency=currency, zone=policy.zone
            ).shop_id
            deposit_funds(tx, shop_id, Money.of("10000000.00", currency))
        shops.append(shop_id)
    each = bench.size(200_000, 100) // len(shops)
    at = wall() - timedelta(days=3)
    with bench.database.line.begin() as connection:
        values = {"currency": currency, "policy": policy.version, "at": at, "shops": shops, "each": each}
        connection.execute(text(CHARGES), values)
        connection.execute(text("update fundings set settle_at = :at"), {"at": at})
    bench.analyze()
    line = Line(bench.database, RealClock(), (SETTLE,), bench.policies)
    watch = Stopwatch()
    with bench.profiled("settle"), watch.round():
        line.run_due()
    line.close()
    with bench.database.line.connect() as connection:
        left = connection.scalar(text("select count(*) from charges where state = 20"))
    assert left == 0, f"{left} charges are left"
    return {"settle_200k_seconds": watch.median}


SETTLING = Measure("settle", {"settle_200k_seconds": Target(at_most=10)}, take_settling)
