"""Carriers' scans in bulk: 1,000 a call, the whole way of a parcel."""

from collections.abc import Sequence
from datetime import timedelta

from andon.app.bench.measures import Bench, Figures, Measure, Stopwatch, Target
from andon.app.bench.single import pushed_fulfilments
from andon.app.bench.world import CARRIER, Market, furnish
from andon.kernel.clock import wall
from andon.kernel.tx import Actor
from andon.orders.shipping.service import Answer, Label, answer_fulfilments, label_parcels
from andon.orders.tracking.service import IncomingScan, record_scans

A_CALL = 1_000
WAY = ("collected", *["in_transit"] * 6, "out_for_delivery", "delivered")
"""What a parcel's scans say, as a cross-border carrier's do: most of them only that it is on its way."""


def take_scans(bench: Bench) -> Figures:
    """Scans recorded in a second."""
    market = furnish(bench, bench.size(200, 20))
    parcels, before = bench.size(3_000, 20), bench.size(500, 10)
    numbers = pushed_fulfilments(bench, market, before + parcels)
    _label(bench, market, numbers)
    _go_all_the_way(bench, numbers[:before])  # statements are prepared, and the tables have statistics
    bench.analyze()
    watch = Stopwatch()
    with bench.profiled("scans"), watch.round():
        _go_all_the_way(bench, numbers[before:])
    return {"scans_per_second": parcels * len(WAY) / watch.median}


def _label(bench: Bench, market: Market, numbers: Sequence[int]) -> None:
    now = wall()
    for start in range(0, len(numbers), A_CALL):
        some = numbers[start : start + A_CALL]
        with bench.acting(Actor("supplier", market.suppliers[0]), [market.shop_id]) as tx:
            answer_fulfilments(tx, [Answer(number, now, accept=True) for number in some])
            labels = [Label(number, now, CARRIER, f"B{number:010}", 350, 200, 150, 40) for number in some]
            outcomes = label_parcels(tx, labels)
        assert {each.status for each in outcomes} == {"done"}, outcomes[:3]


def _go_all_the_way(bench: Bench, numbers: Sequence[int]) -> None:
    begun = wall()
    for step, status in enumerate(WAY):
        at = begun + timedelta(seconds=step)
        for start in range(0, len(numbers), A_CALL):
            some = numbers[start : start + A_CALL]
            scans = [IncomingScan(CARRIER, f"B{n:010}", status, None, at, "Madrid", None) for n in some]
            with bench.acting(Actor("carrier", CARRIER)) as tx:
                outcomes = record_scans(tx, CARRIER, scans)
            assert all(each.status == "recorded" for each in outcomes), "every scan is new"


SCANS = Measure("scans", {"scans_per_second": Target(at_least=10_000)}, take_scans)
