"""Any order of arrival gives one story: of a parcel by the fold, of a fulfilment in the database."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.adapters.cainiao import CAINIAO
from andon.kernel.db import Database
from andon.orders.order.rules import FulfilmentState
from andon.orders.shipping.service import label_parcels
from andon.orders.tracking.rules import STATUSES, UNMOVED, Fact, progress_of, track_of
from andon.orders.tracking.service import IncomingScan
from tests.places import real_data
from tests.worlds import NOON, transaction
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import a_label, a_scan, orders_for, scanned, taken

facts = st.lists(
    st.builds(
        Fact,
        st.sampled_from(sorted(STATUSES)),
        st.integers(0, 50).map(lambda hours: NOON + timedelta(hours=hours)),
    ),
    max_size=12,
)


@given(facts, st.randoms(use_true_random=False))
def test_a_parcels_story_is_one_whatever_the_order_and_the_repeats(
    known: list[Fact], chance: random.Random
) -> None:
    shuffled = known + chance.sample(known, len(known) // 2)
    chance.shuffle(shuffled)
    assert track_of(shuffled) == track_of(known)


@given(facts, facts)
def test_a_delivery_stays_whatever_is_told_after(known: list[Fact], more: list[Fact]) -> None:
    before, after = track_of(known), track_of(known + more)
    if before.delivered_at is not None:
        assert after.status == "delivered"
        assert after.delivered_at is not None
        assert after.delivered_at <= before.delivered_at
    if before.ended_at is not None:
        assert after.ended_at is not None
    if before.first_scan_at is not None:
        assert after.first_scan_at is not None
        assert after.first_scan_at <= before.first_scan_at


@given(st.lists(facts, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_a_fulfilments_progress_is_one_whatever_the_order_of_its_parcels(
    parcels: list[list[Fact]], chance: random.Random
) -> None:
    tracks = [track_of(known) for known in parcels]
    shuffled = tracks[:]
    chance.shuffle(shuffled)
    progress = progress_of(tracks)
    assert progress_of(shuffled) == progress
    if progress.end is not None:
        assert progress.ended_at is not None
        assert progress.shipped_at is not None
        assert progress.shipped_at <= progress.ended_at
    moved = any(fact.status not in UNMOVED for known in parcels for fact in known)
    assert (progress.shipped_at is not None) == moved


WAY = (
    "info_received",
    "collected",
    "in_transit",
    "customs",
    "out_for_delivery",
    "delivery_failed",
    "unknown",
)


@st.composite
def stories(draw: st.DrawFn) -> list[list[tuple[str, float]]]:
    """One to three parcels' true stories: some scans on the way, and for most an end, the same for all."""
    end = draw(st.sampled_from(("delivered", "delivered", "returned", "lost", None)))
    parcels = []
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.lists(st.tuples(st.sampled_from(WAY), st.integers(0, 100)), max_size=5))
        parcels.append([*way, (end, draw(st.integers(101, 200)))] if end else way)
    return parcels


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=stories(), chance=st.randoms(use_true_random=False), labelled_after=st.integers(0, 6))
def test_a_fulfilments_story_is_one_whatever_the_order_of_arrival(
    database: Database, told: list[list[tuple[str, float]]], chance: random.Random, labelled_after: int
) -> None:
    """Told in order and in one call to one fulfilment; shuffled, repeated, one by one, in part before the label to another."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        first, second = orders_for(tx, shop.shop_id, 2)
        taken(tx, [first, second])
    in_order = tell(database, first, told, scans_of(first, told), at_once=True)
    shuffled = scans_of(second, told)
    shuffled += chance.sample(shuffled, len(shuffled) // 3)
    chance.shuffle(shuffled)
    early, late = shuffled[:labelled_after], shuffled[labelled_after:]
    with transaction(database, NOON + timedelta(days=30)) as tx:
        for scan in early:
            assert scanned(tx, scan) == ["pending"]
    assert tell(database, second, told, late, at_once=False) == in_order
    assert_whole(database, shop, in_order)


def scans_of(fulfilment_id: int, told: Sequence[Sequence[tuple[str, float]]]) -> list[IncomingScan]:
    return [
        a_scan(f"F{fulfilment_id}P{parcel}", status, hours)
        for parcel, story in enumerate(told)
        for status, hours in story
    ]


def tell(
    database: Database,
    fulfilment_id: int,
    told: Sequence[Sequence[tuple[str, float]]],
    scans: Sequence[IncomingScan],
    *,
    at_once: bool,
) -> tuple[object, ...]:
    """Label the parcels, tell these scans; how the fulfilment and its parcels stand then."""
    with transaction(database, NOON + timedelta(days=30)) as tx:
        label_parcels(
            tx, [a_label(fulfilment_id, f"F{fulfilment_id}P{parcel}") for parcel in range(len(told))]
        )
    for batch in [scans] if at_once else [[scan] for scan in scans]:
        with transaction(database, NOON + timedelta(days=30)) as tx:
            scanned(tx, *batch)
    with transaction(database) as tx:
        [row] = tx.rows(
            "select state, flags, shipped_at, delivered_at, ended_at, due_at, stale_at from fulfilments "
            "where fulfilment_id = :f",
            f=fulfilment_id,
        )
        parcels = tx.rows(
            "select status, collected_at, first_scan_at, last_scan_at, delivered_at, ended_at from parcels "
            "where fulfilment_id = :f order by waybill",
            f=fulfilment_id,
        )
        return (tuple(row), *(tuple(parcel) for parcel in parcels))


def assert_whole(database: Database, shop: DemoShop, story: tuple[object, ...]) -> None:
    """Units left with both fulfilments or with neither, came back if they were returned, and nothing waits for a label."""
    gone = 2 if story[0][0] >= 60 else 0
    back = 2 if story[0][0] == FulfilmentState.RETURNED else 0
    with transaction(database) as tx:
        row = tx.one("select on_hand, reserved from stock where shop_id = :shop", shop=shop.shop_id)
        assert row is not None
        assert tuple(row) == (100 - gone + back, 2 - gone)
        assert tx.rows("select from early_scans") == []


def test_a_real_trace_delivers_a_fulfilment_in_whatever_order_it_comes(database: Database) -> None:
    """Cainiao's own record of a parcel to Belgium, moved from its winter to the days after the order."""
    answer = json.loads((real_data("cainiao") / "real_delivered.json").read_text())["response"]
    told = CAINIAO.scans_of(json.dumps(answer).encode())
    moved_by = NOON + timedelta(hours=1) - min(scan.occurred_at for scan in told)
    stories = []
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        fulfilments = orders_for(tx, shop.shop_id, 3)
        taken(tx, fulfilments)
        label_parcels(tx, [a_label(each, f"RC{each}", carrier="cainiao") for each in fulfilments])
    for seed, each in enumerate(fulfilments):
        scans = [
            IncomingScan(
                "cainiao",
                f"RC{each}",
                scan.status,
                scan.sub_status,
                scan.occurred_at + moved_by,
                None,
                scan.raw,
            )
            for scan in [*told, *told]
        ]
        random.Random(seed).shuffle(scans)
        for scan in scans:
            with transaction(database, NOON + timedelta(days=90)) as tx:
                assert scanned(tx, scan)[0] in ("recorded", "known")
        with transaction(database) as tx:
            [row] = tx.rows(
                "select state, shipped_at, delivered_at from fulfilments where fulfilment_id = :f", f=each
            )
            stories.append(tuple(row))
    delivered_at = max(scan.occurred_at for scan in told) + moved_by
    assert stories == [(FulfilmentState.DELIVERED, NOON + timedelta(hours=1), delivered_at)] * 3
