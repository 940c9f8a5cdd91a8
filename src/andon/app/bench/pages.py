"""What open pages of the console cost: each asks again for what may have changed, every few seconds while it is seen."""

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from andon.app.bench.calls import CONNECTIONS, Connection, asking, call_at_once
from andon.app.bench.measures import TOLD, Bench, Figures, Measure, Target
from andon.app.bench.processes import served
from andon.app.bench.single import pushed_fulfilments
from andon.app.bench.world import furnish, more_keys

PAGES = 1_000
CALLERS = 16
CLOCK = ("/v1/clock", 15)


def take_pages(bench: Bench) -> Figures:
    """The share of one server process that a thousand open pages take: a seller's homes, lists of orders, suppliers' lists.

    Each call is made as fast as the server answers; what the pages ask for in a second, by its own cost, is the share.
    """
    market = furnish(bench, bench.size(200, 20))
    pushed_fulfilments(bench, market, bench.size(5_000, 40))
    seller = more_keys(bench, "shop", market.shop_id, CALLERS)
    supplier = more_keys(bench, "supplier", market.suppliers[0], CALLERS)
    asked: Mapping[str, tuple[str, Sequence[str], int]] = {
        "home": ("/v1/today?limit=100", seller, 15),
        "orders": (f"/v1/shops/{market.shop_id}/orders?group=awaiting_shipment", seller, 15),
        "supplier": ("/v1/supplier/fulfilments?state=pushed", supplier, 10),
        "clock": (CLOCK[0], seller, CLOCK[1]),
    }
    calls, rounds = bench.size(400, 16), bench.size(5, 1)
    speeds: dict[str, list[float]] = {name: [] for name in asked}
    with ExitStack() as stack:
        url = stack.enter_context(served(bench, "pages"))
        lines = [stack.enter_context(Connection(url)) for _ in range(CONNECTIONS)]
        for turn in range(rounds + 1):
            for name, (path, keys, _) in asked.items():
                done = call_at_once(lines, [asking(path, keys[n % CALLERS]) for n in range(calls)])
                if turn:
                    speeds[name].append(done.per_second)
    cost = {name: 1 / statistics.median(each) for name, each in speeds.items()}
    kinds = [name for name in asked if name != "clock"]
    a_page = {name: cost[name] / asked[name][2] + cost["clock"] / CLOCK[1] for name in kinds}
    return {f"pages_{name}_ms": 1_000 * cost[name] for name in asked} | {
        "pages_share": PAGES * statistics.mean(a_page.values())
    }


PAGES_OPEN = Measure(
    "pages",
    {
        "pages_home_ms": TOLD,
        "pages_orders_ms": TOLD,
        "pages_supplier_ms": TOLD,
        "pages_clock_ms": TOLD,
        "pages_share": Target(at_most=0.5),
    },
    take_pages,
)
