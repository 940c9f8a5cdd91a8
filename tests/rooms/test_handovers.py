"""Hand-over notes on a real database: one note a parcel, scanned, signed, answered, and evidence on one side."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Actor
from andon.orders.handovers.rules import Role
from andon.orders.handovers.service import Signature, answer_note, make_note, scan_note, sign_note
from andon.orders.handovers.views import NoteOut, handovers_of, note_row, punctuality_of, shown_note
from andon.orders.shipping.service import label_parcels
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import run_together
from tests.worlds_partners import DemoShop, open_demo_shop, request
from tests.worlds_supply import a_label, a_scan, labelled, orders_for, scanned, taken
from tests.worlds_trouble import STUCK, flag_all

EVENING = NOON + timedelta(hours=6)
WHOLE_DAY = (NOON, EVENING)
DRIVER = Signature("王师傅", Role.DRIVER, "sha256:7f", NOON)


@pytest.fixture
def shops(database: Database) -> tuple[DemoShop, DemoShop]:
    """Two shops of one pair of suppliers."""
    with transaction(database) as tx:
        first = open_demo_shop(tx)
        return first, open_demo_shop(tx, suppliers=first.supplier_ids)


def parcels_of(database: Database, shop: DemoShop, count: int = 1, prefix: str = "O") -> list[int]:
    """So many labelled fulfilments at the first supplier, each a parcel `W<number>`."""
    with transaction(database) as tx:
        numbers = orders_for(tx, shop.shop_id, count, prefix=prefix)
        labelled(tx, numbers)
    return numbers


def by_supplier(database: Database, *shops: DemoShop, place: int = 0, now: datetime = NOON) -> Any:
    supplier = shops[0].supplier_ids[place]
    return request(database, Actor("supplier", supplier), [shop.shop_id for shop in shops], now=now)


def made(
    database: Database, *shops: DemoShop, waybills: list[str] | None = None, window: Any = WHOLE_DAY
) -> int:
    with by_supplier(database, *shops) as tx:
        return make_note(tx, shops[0].supplier_ids[0], "cainiao", waybills, window)


def scan(database: Database, shop: DemoShop, note: int, *waybills: str) -> Any:
    with by_supplier(database, shop) as tx:
        return scan_note(tx, shop.supplier_ids[0], note, waybills)


def sign(database: Database, shop: DemoShop, note: int, signed: Signature = DRIVER) -> None:
    with by_supplier(database, shop) as tx:
        sign_note(tx, shop.supplier_ids[0], note, signed)


def seen(database: Database, note: int, now: datetime = NOON) -> NoteOut:
    with transaction(database, now) as tx:
        return shown_note(tx, note_row(tx, note))


def evidence(database: Database, shop: DemoShop, number: int, now: datetime = STUCK) -> str:
    with transaction(database, now) as tx:
        return handovers_of(tx, [shop.shop_id], [number])[number].evidence


def faults(refused: Any) -> dict[str, str]:
    assert refused.value.code == "handover.parcels"
    return {each["waybill"]: each["code"] for each in refused.value.facts["waybills"]}


def test_a_note_lists_the_parcels_of_several_shops_and_each_stands_on_one_alone(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    first, second = shops
    numbers = parcels_of(database, first, 2) + parcels_of(database, second)
    note = seen(database, made(database, first, second))
    assert [each.waybill for each in note.listed] == sorted(f"W{number}" for number in numbers)
    assert (note.number, note.parcels, note.weight_g) == ("HO-20260302-0001", 3, 1050)
    assert {each.shop_id for each in note.listed} == {first.shop_id, second.shop_id}
    with pytest.raises(Invalid) as refused:
        made(database, first, second)
    assert refused.value.code == "handover.empty"
    late = parcels_of(database, second, prefix="L")
    again = seen(database, made(database, first, second))
    assert ([each.fulfilment_id for each in again.listed], again.number) == (late, "HO-20260302-0002")
    assert_all_well(database)


def test_what_cannot_stand_on_a_note_is_named_and_nothing_is_listed(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    shop, hidden = shops
    listed, collected, free, cancelled = parcels_of(database, shop, 4)
    [unseen] = parcels_of(database, hidden, prefix="H")
    made(database, shop, waybills=[f"W{listed}"])
    with transaction(database) as tx:
        [other] = orders_for(tx, shop.shop_id, prefix="X")
        taken(tx, [other])
        label_parcels(tx, [a_label(other, "Y1", carrier="yanwen")])
        scanned(tx, a_scan(f"W{collected}"))
        tx.put("update fulfilments set state = 91 where fulfilment_id = :f", f=cancelled)
    wanted = [f"W{n}" for n in (listed, collected, free, cancelled, unseen)] + ["Y1", "NONE"]
    with pytest.raises(Invalid) as refused:
        made(database, shop, waybills=wanted)
    assert faults(refused) == {
        f"W{listed}": "handover.listed",
        f"W{collected}": "handover.collected",
        f"W{cancelled}": "handover.ended",
        f"W{unseen}": "handover.waybill_unknown",
        "Y1": "handover.other_carrier",
        "NONE": "handover.waybill_unknown",
    }, "another shop's, not granted, is as unknown as none"
    with (
        pytest.raises(Invalid) as refused,
        by_supplier(database, shop, place=1) as tx,
    ):
        make_note(tx, shop.supplier_ids[1], "cainiao", [f"W{free}"], WHOLE_DAY)
    assert faults(refused) == {f"W{free}": "handover.waybill_unknown"}
    for carrier, waybills, code in (
        ("nobody", None, "carrier.unknown"),
        ("cainiao", [], "handover.empty"),
        ("cainiao", [f"A{n}" for n in range(2001)], "handover.too_many"),
    ):
        with pytest.raises(Invalid) as told, by_supplier(database, shop) as tx:
            make_note(tx, shop.supplier_ids[0], carrier, waybills, WHOLE_DAY)
        assert told.value.code == code
    assert [each.fulfilment_id for each in seen(database, made(database, shop)).listed] == [free]


def test_two_notes_made_at_once_share_no_parcel(database: Database, shops: tuple[DemoShop, DemoShop]) -> None:
    shop, _ = shops
    numbers = parcels_of(database, shop, 3)
    refused = []

    def make() -> None:
        try:
            made(database, shop)
        except Invalid as told:
            refused.append(told.code)

    run_together(make, make, make)
    with transaction(database) as tx:
        rows = tx.rows("select note_id, fulfilment_id from handover_parcels")
    assert sorted(row.fulfilment_id for row in rows) == numbers
    assert (len({row.note_id for row in rows}), refused) == (1, ["handover.empty"] * 2)


@pytest.mark.clause("MODE-4")
def test_what_the_driver_signed_for_is_the_carriers_and_what_was_missing_the_suppliers(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    shop, other = shops
    out, missing = parcels_of(database, shop, 2)
    [never] = parcels_of(database, other, prefix="N")
    note = made(database, shop)
    found = scan(database, shop, note, f"W{out}", "STRANGE")
    assert (found.fresh, found.missing, found.surplus) == ([f"W{out}"], [f"W{missing}"], ["STRANGE"])
    assert scan(database, shop, note, f"W{out}").fresh == [], "scanned once"
    for _ in range(2):
        sign(database, shop, note)
    closed = seen(database, note)
    assert closed.sha256
    assert [each.missing for each in closed.listed] == [False, True]
    with pytest.raises(Conflict) as refused:
        scan(database, shop, note, f"W{missing}")
    assert refused.value.code == "handover.closed"
    with pytest.raises(Conflict) as refused:
        sign(database, shop, note, Signature("别人", Role.DRIVER, None, NOON))
    assert refused.value.code == "handover.signed_otherwise"
    sign(database, shop, note, Signature("仓管", Role.WAREHOUSE, None, NOON))
    assert seen(database, note).sha256 == closed.sha256

    assert [evidence(database, *each) for each in ((shop, out), (shop, missing), (other, never))] == [
        "carrier", "supplier", "supplier",
    ]  # fmt: skip
    with transaction(database) as tx:
        rows = {row.fulfilment_id: row for row in tx.rows("select * from fulfilments")}
        assert (rows[out].handed_over_at, rows[missing].handed_over_at) == (NOON, None)
        assert rows[out].state == rows[missing].state, "the state moves with the first scan"
        told = tx.rows("select body from events where kind = 'handover.signed' order by event_id")
        assert closed.sha256 in told[0].body
        assert "王" not in "".join(row.body for row in told), "no person's name stands in an event"
    with transaction(database, STUCK) as tx:
        flag_all(tx)
        notices = tx.rows("select fulfilment_id, facts from notices where kind = 'fulfilment.stuck'")
        assert {row.fulfilment_id: row.facts["evidence"] for row in notices} == {
            out: "carrier", missing: "supplier", never: "supplier",
        }  # fmt: skip
    assert len(seen(database, made(database, shop, waybills=[f"W{missing}"])).listed) == 1, "on the next one"
    assert_all_well(database)


@pytest.mark.clause("MODE-4")
def test_a_carrier_that_does_not_come_in_time_is_late_and_its_first_scan_ends_the_question(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    shop, _ = shops
    first, second = parcels_of(database, shop, 2)
    note = made(database, shop)
    scan(database, shop, note, f"W{first}")
    assert not seen(database, note).carrier_late
    assert seen(database, note, EVENING + timedelta(seconds=1)).carrier_late
    assert [evidence(database, shop, number) for number in (first, second)] == ["carrier", "none"]
    assert evidence(database, shop, first, NOON) == "none"
    sign(database, shop, note)
    with transaction(database, NOON + timedelta(hours=30)) as tx:
        scanned(tx, a_scan(f"W{first}", hours=30))
    assert evidence(database, shop, first) == "none"
    with transaction(database, STUCK) as tx:
        kept = punctuality_of(tx, "cainiao", NOON, STUCK)
    assert (kept.notes, kept.parcels, kept.waiting, kept.late_parcels, kept.hours) == (1, 1, 0, 1, 30.0)


def test_a_carrier_answers_once_for_its_own_notes(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    shop, _ = shops
    [number] = parcels_of(database, shop)
    note = made(database, shop)
    for carrier, collected, counted, refusal in (
        ("yanwen", True, 1, NotFound),
        ("cainiao", False, 1, Invalid),
        ("cainiao", True, 1, None),
        ("cainiao", True, 1, None),
        ("cainiao", False, None, Conflict),
    ):
        with request(database, Actor("carrier", carrier), now=EVENING) as tx:
            if refusal is None:
                answer_note(tx, carrier, note, collected, counted)
                continue
            with pytest.raises(refusal):
                answer_note(tx, carrier, note, collected, counted)
    told = seen(database, note, STUCK)
    assert (told.collected, told.counted, told.answered_at, told.carrier_late) == (True, 1, EVENING, False)
    assert evidence(database, shop, number) == "carrier", "it says itself that it has it"
    with transaction(database) as tx:
        assert tx.rows("select count(*) as n from events where kind = 'handover.answered'")[0].n == 1


def test_a_signature_lies_between_the_note_and_now_and_covers_all_where_none_was_scanned(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    shop, _ = shops
    parcels_of(database, shop, 2)
    note = made(database, shop)
    for hours, code in ((-1, "handover.signed_too_early"), (1, "handover.signed_in_future")):
        at = NOON + timedelta(hours=hours)
        with pytest.raises(Invalid) as refused:
            sign(database, shop, note, Signature("王师傅", Role.DRIVER, None, at))
        assert refused.value.code == code
    with pytest.raises(NotFound), by_supplier(database, shop, place=1) as tx:
        sign_note(tx, shop.supplier_ids[1], note, DRIVER)
    sign(database, shop, note)
    assert {each.signed_at for each in seen(database, note).listed} == {NOON}


def test_a_note_outlives_a_grant_and_lists_nothing_more_of_that_shop(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    kept, gone = shops
    numbers = parcels_of(database, kept) + parcels_of(database, gone, prefix="G")
    note = made(database, kept, gone)
    parcels_of(database, gone, prefix="L")
    with pytest.raises(Invalid) as refused:
        made(database, kept)
    assert refused.value.code == "handover.empty", "what came after the grant is not seen"
    sign(database, kept, note)
    with transaction(database) as tx:
        claimed = tx.rows("select fulfilment_id from fulfilments where handed_over_at is not null order by 1")
    assert [row.fulfilment_id for row in claimed] == sorted(numbers)
    assert_all_well(database)


def test_signing_scanning_and_making_at_once_leave_each_parcel_decided(
    database: Database, shops: tuple[DemoShop, DemoShop]
) -> None:
    shop, _ = shops
    numbers = parcels_of(database, shop, 4)
    note = made(database, shop)
    refused = []

    def tries(job: Any) -> Any:
        def run() -> None:
            try:
                job()
            except (Conflict, Invalid) as told:
                refused.append(told.code)

        return run

    def pass_scans() -> None:
        with transaction(database) as tx:
            scanned(tx, *(a_scan(f"W{number}") for number in numbers))

    run_together(
        tries(lambda: sign(database, shop, note)),
        tries(lambda: sign(database, shop, note)),
        tries(lambda: scan(database, shop, note, f"W{numbers[0]}")),
        tries(lambda: made(database, shop)),
        pass_scans,
    )
    assert set(refused) <= {"handover.empty"}
    closed = seen(database, note)
    assert closed.signed_at == NOON
    assert all(each.missing is (each.signed_at is None) for each in closed.listed)
    assert_all_well(database)
