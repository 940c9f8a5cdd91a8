"""Consigned stock comes back with its mapping's end, is held until it is counted, and delists what nobody counts."""

from datetime import datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Actor
from andon.orders.reporting.service import connect_channel, report_stock
from andon.partners.catalog.rules import MappingDraft, Mode
from andon.partners.catalog.service import (
    MappingKey,
    edit_products,
    place_mappings,
    remove_mapping,
    remove_mappings,
    remove_mappings_to,
)
from andon.partners.stock.service import (
    Take,
    Units,
    calibrate,
    count_consigned,
    count_local,
    release,
    release_consigned,
    release_freed,
    reserve,
    ship,
    take_back,
)
from andon.partners.stock.station import CALIBRATE, RELEASE
from andon.partners.stock.tables import LOCAL
from andon.platform.outbox.rules import words_of
from andon.platform.outbox.service import set_contacts
from andon.platform.outbox.station import POST
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import NOON, transaction
from tests.worlds_parting import a_consigning_shop, calibrations, consigned, local
from tests.worlds_partners import DemoShop, bind, item_of, map_to, qualified_suppliers
from tests.worlds_post import KEY, person
from tests.worlds_stock import movements_equal_rows, units

DAY = timedelta(hours=24)


def unmap(tx, world: DemoShop, sku: str = "S-1") -> None:
    remove_mapping(tx, world.shop_id, sku, world.supplier_ids[0])


def events_of(tx, world: DemoShop) -> list[str]:
    tx.flush()
    found = tx.rows("select kind from events where shop_id = :s order by event_id", s=world.shop_id)
    return [row.kind for row in found]


@pytest.mark.clause("PART-2")
def test_consigned_units_move_to_the_sellers_warehouse_in_the_instant_their_mapping_goes(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        unmap(tx, world)
        assert units(tx, consigned(world), local(world)) == [Units(0, 0), Units(10, 0, held=10)]
        [row] = calibrations(tx, world)
        assert (row.sku, row.supplier_id, row.item) == ("S-1", world.supplier_ids[0], "I-S-1")
        assert (row.item_units, row.units, row.held, row.counted_at) == (10, 10, 10, None)
        assert row.transfer_note.startswith("JIT-TN-2026-")
        assert (row.released_at, row.due_at) == (NOON, NOON + DAY)
        assert "stock.released" in events_of(tx, world)
        assert movements_equal_rows(tx)
        told = tx.rows("select * from notices where shop_id = :s order by notice_id", s=world.shop_id)
        note = {"transfer_note": row.transfer_note, "due_at": "2026-03-03T04:00:00+00:00"}
        assert [(each.audience, each.kind, each.facts) for each in told] == [
            ("seller", "stock.released", note | {"supplier_id": row.supplier_id}),
            ("supplier", "stock.called_back", note | {"shop_id": world.shop_id, "list": ["I-S-1: 10"]}),
        ]


@pytest.mark.clause("PART-2")
def test_the_suppliers_own_units_just_leave(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx, units=0, stock=50)
        unmap(tx, world)
        assert calibrations(tx, world) == []
        assert units(tx, world.allotment("S-1")) == [Units(0, 0)]


@pytest.mark.clause("PART-2")
def test_what_open_fulfilments_have_stays_until_it_is_shipped(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        taken = Take(*consigned(world), 4, 1)
        assert not reserve(tx, [taken])
        unmap(tx, world)
        assert units(tx, consigned(world), local(world)) == [Units(4, 4), Units(6, 0, held=6)]
        ship(tx, [taken])
        assert units(tx, consigned(world), local(world)) == [Units(0, 0), Units(6, 0, held=6)]
        assert release_freed(tx, 10) == 0


@pytest.mark.clause("PART-2")
@pytest.mark.parametrize("back", ["cancelled", "returned"])
def test_what_comes_free_later_follows_under_a_note_of_its_own(database: Database, back: str):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        taken = Take(*consigned(world), 4, 1)
        reserve(tx, [taken])
        unmap(tx, world)
        if back == "cancelled":
            release(tx, [taken])
        else:
            ship(tx, [taken])
            take_back(tx, [taken])
        assert tx.one(RELEASE.due)[0] == NOON
        assert release_freed(tx, 10) == 1
        assert units(tx, consigned(world), local(world)) == [Units(0, 0), Units(10, 0, held=10)]
        first, second = calibrations(tx, world)
        assert (first.units, second.units) == (6, 4)
        assert first.transfer_note != second.transfer_note
        assert tx.one(RELEASE.due)[0] is None
        assert movements_equal_rows(tx)


def test_an_item_that_is_mapped_again_keeps_what_comes_free(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        taken = Take(*consigned(world), 4, 1)
        reserve(tx, [taken])
        unmap(tx, world)
        map_to(tx, world.shop_id, "S-1", world.supplier_ids[0])
        release(tx, [taken])
        assert release_freed(tx, 10) == 0
        assert units(tx, consigned(world)) == [Units(4, 0)]


def test_the_item_stays_while_another_sku_is_mapped_to_it(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx, "S-1", "PACK")
        map_to(tx, world.shop_id, "PACK", world.supplier_ids[0], item=item_of("S-1"), units=3)
        unmap(tx, world, "S-1")
        assert units(tx, consigned(world)) == [Units(10, 0)]
        [other] = calibrations(tx, world)
        assert other.item == item_of("PACK"), "the item that the pack was before is nobody's"


@pytest.mark.clause("PART-2")
def test_units_become_whole_pieces_of_the_sku_and_the_rest_stands_on_the_note(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        map_to(tx, world.shop_id, "S-1", world.supplier_ids[0], units=3)
        unmap(tx, world)
        assert units(tx, consigned(world), local(world)) == [Units(0, 0), Units(3, 0, held=3)]
        [row] = calibrations(tx, world)
        assert (row.item_units, row.a_sale, row.units) == (10, 3, 3)


def test_of_two_skus_of_an_item_that_go_at_once_the_finer_one_gets_its_units(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx, "A-PACK", "B")
        map_to(tx, world.shop_id, "A-PACK", world.supplier_ids[0], item=item_of("B"), units=4)
        before = len(calibrations(tx, world))
        remove_mappings(tx, world.shop_id, [MappingKey(sku, world.supplier_ids[0]) for sku in world.skus])
        [row] = calibrations(tx, world)[before:]
        assert (row.sku, row.units) == ("B", 10)


def test_a_listing_that_takes_anothers_place_in_one_call_moves_nothing(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx, "S-1", "S-2")
        supplier = world.supplier_ids[0]
        told = place_mappings(
            tx,
            world.shop_id,
            [MappingKey("S-1", supplier), MappingDraft("S-2", supplier, item_of("S-1"), 1, 1)],
        )
        assert told == [None, None]
        assert units(tx, consigned(world, "S-1"), consigned(world, "S-2")) == [Units(10, 0), Units(0, 0)]
        [row] = calibrations(tx, world)
        assert (row.sku, row.item) == ("S-2", item_of("S-2")), "what S-2 was before is released to it"


def test_all_that_goes_at_once_stands_on_one_note_for_each_supplier(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx, "S-1", "S-2")
        [other] = qualified_suppliers(tx, 1)
        bind(tx, world.shop_id, [other])
        map_to(tx, world.shop_id, "S-1", other)
        count_consigned(tx, world.shop_id, other, item_of("S-1"), 5)
        assert len(remove_mappings_to(tx, world.shop_id, world.supplier_ids[0])) == 2
        assert [row.units for row in calibrations(tx, world)] == [10, 10]
        assert len({row.transfer_note for row in calibrations(tx, world)}) == 1
        unmap_there = remove_mappings_to(tx, world.shop_id, other)
        assert unmap_there == {MappingKey("S-1", other)}
        assert len({row.transfer_note for row in calibrations(tx, world)}) == 2


def test_all_consigned_stock_is_released_by_name_and_once(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx, "S-1", "S-2")
        supplier = world.supplier_ids[0]
        [one] = release_consigned(tx, world.shop_id, supplier, [item_of("S-2")])
        [two] = release_consigned(tx, world.shop_id, supplier)
        assert [row.calibration_id for row in calibrations(tx, world)] == [one, two]
        assert release_consigned(tx, world.shop_id, supplier) == []
        assert units(tx, local(world, "S-1"), local(world, "S-2")) == [Units(10, 0, held=10)] * 2
        assert movements_equal_rows(tx)


def test_a_suppliers_later_count_brings_nothing_back_that_is_on_a_note(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        reserve(tx, [Take(*consigned(world), 4, 1)])
        unmap(tx, world)
        assert count_consigned(tx, world.shop_id, world.supplier_ids[0], "I-S-1", 10) == []
        assert units(tx, consigned(world)) == [Units(4, 4)]
        [short] = count_consigned(tx, world.shop_id, world.supplier_ids[0], "I-S-1", 1)
        assert short.missing == 3


@pytest.mark.clause("PART-3")
def test_what_is_held_is_promised_to_nobody(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        count_local(tx, world.shop_id, LOCAL, "S-1", 3)
        unmap(tx, world)
        takes = [Take(*local(world), 3, 1), Take(*local(world), 1, 2)]
        assert reserve(tx, takes) == {1}
        assert units(tx, local(world)) == [Units(13, 3, held=10)]


@pytest.mark.clause("PART-3")
@pytest.mark.parametrize("counted", [0, 7, 10, 12])
def test_counted_units_may_be_sold_and_what_differs_is_a_movement(database: Database, counted: int):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        count_local(tx, world.shop_id, LOCAL, "S-1", 3)
        unmap(tx, world)
        [row] = calibrations(tx, world)
        assert calibrate(tx, world.shop_id, row.calibration_id, counted) == []
        assert units(tx, local(world)) == [Units(3 + counted, 0)]
        [row] = calibrations(tx, world)
        assert (row.counted, row.counted_at) == (counted, NOON)
        [moved] = tx.rows("select * from movements where shop_id = :s and kind = 9", s=world.shop_id)
        assert (moved.on_hand_change, moved.held_change) == (counted - 10, -10)
        assert "stock.calibrated" in events_of(tx, world)


def test_a_count_said_twice_changes_nothing_and_another_is_refused(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        unmap(tx, world)
        [row] = calibrations(tx, world)
        calibrate(tx, world.shop_id, row.calibration_id, 9)
        calibrate(tx, world.shop_id, row.calibration_id, 9)
        with pytest.raises(Conflict, match=r"calibration\.counted"):
            calibrate(tx, world.shop_id, row.calibration_id, 8)
        with pytest.raises(Invalid, match=r"stock\.count"):
            calibrate(tx, world.shop_id, row.calibration_id, -1)
        with pytest.raises(NotFound, match=r"calibration\.not_found"):
            calibrate(tx, world.shop_id, row.calibration_id + 1000, 8)
        assert units(tx, local(world)) == [Units(9, 0)]


@pytest.mark.clause("PART-3")
def test_a_count_of_the_whole_sku_counts_what_was_released_of_it(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx, "S-1", "S-2")
        count_local(tx, world.shop_id, LOCAL, "S-1", 3)
        remove_mappings_to(tx, world.shop_id, world.supplier_ids[0])
        count_local(tx, world.shop_id, LOCAL, "S-1", 11)
        assert units(tx, local(world, "S-1"), local(world, "S-2")) == [Units(11, 0), Units(10, 0, held=10)]
        assert [(row.sku, row.counted, row.counted_at) for row in calibrations(tx, world)] == [
            ("S-1", None, NOON),
            ("S-2", None, None),
        ]
        assert movements_equal_rows(tx)


@pytest.mark.clause("PART-3")
def test_what_nobody_counted_by_the_deadline_is_delisted_and_a_count_relists_it(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        unmap(tx, world)
        [row] = calibrations(tx, world)
    with transaction(database, NOON + DAY - timedelta(seconds=1)) as tx:
        assert tx.one(CALIBRATE.due)[0] == NOON + DAY
        assert CALIBRATE.step(tx, 10) == 0
    with transaction(database, NOON + DAY) as tx:
        assert CALIBRATE.step(tx, 10) == 1
        [product] = tx.rows("select delisted_at from products where shop_id = :s", s=world.shop_id)
        assert product.delisted_at == NOON + DAY
        [told] = tx.rows(
            "select facts from notices where shop_id = :s and kind = 'product.delisted'", s=world.shop_id
        )
        assert told.facts == {"sku": "S-1", "transfer_note": row.transfer_note}
        assert tx.one(CALIBRATE.due) is None
    with transaction(database, NOON + 2 * DAY) as tx:
        calibrate(tx, world.shop_id, row.calibration_id, 8)
        [product] = tx.rows("select delisted_at from products where shop_id = :s", s=world.shop_id)
        assert product.delisted_at is None
        assert [kind for kind in events_of(tx, world) if "listed" in kind] == [
            "product.delisted",
            "product.relisted",
        ]


def test_a_product_is_back_only_when_all_that_is_late_was_counted(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        taken = Take(*consigned(world), 4, 1)
        reserve(tx, [taken])
        unmap(tx, world)
        release(tx, [taken])
        release_freed(tx, 10)
    with transaction(database, NOON + DAY) as tx:
        assert CALIBRATE.step(tx, 10) == 2
        first, second = calibrations(tx, world)
        calibrate(tx, world.shop_id, first.calibration_id, 6)
        assert "product.relisted" not in events_of(tx, world)
        calibrate(tx, world.shop_id, second.calibration_id, 4)
        assert "product.relisted" in events_of(tx, world)


@pytest.mark.clause("PART-3")
def test_where_the_books_are_trusted_released_units_are_sold_at_once(database: Database):
    with transaction(database, actor=Actor("operator", 1)) as tx:
        world = a_consigning_shop(tx)
        set_policy_overrides(tx, world.shop_id, {"calibration_guard": "trust"})
        unmap(tx, world)
        assert units(tx, local(world)) == [Units(10, 0)]
        assert not reserve(tx, [Take(*local(world), 10, 1)])
        [row] = calibrations(tx, world)
        [short] = calibrate(tx, world.shop_id, row.calibration_id, 2)
        assert short.missing == 8
        assert units(tx, local(world)) == [Units(2, 10)]


@pytest.mark.clause("PART-3")
def test_a_channel_is_told_of_what_may_be_sold_and_of_nothing_that_is_held_or_off_sale(database: Database):
    def told(at: datetime) -> int:
        with transaction(database, at) as tx:
            report_stock(tx, ["demo"])
            [newest] = tx.rows(
                "select facts from reports where kind = 'stock' order by report_id desc limit 1"
            )
            return int(newest.facts["sellable"])

    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        count_local(tx, world.shop_id, LOCAL, "S-1", 3)
        connect_channel(tx, "demo")
        tx.run("insert into outlets (channel, shop_id) values ('demo', :s)", s=world.shop_id)
        edit_products(tx, world.shop_id, ["S-1"], Mode.STANDARD)
        unmap(tx, world)
    assert told(NOON) == 3
    with transaction(database, NOON + DAY) as tx:
        CALIBRATE.step(tx, 10)
    assert told(NOON + DAY) == 0
    with transaction(database, NOON + DAY) as tx:
        calibrate(tx, world.shop_id, calibrations(tx, world)[0].calibration_id, 6)
    assert told(NOON + DAY) == 9


@pytest.mark.clause("PART-3")
def test_the_seller_is_written_to_when_the_product_goes_off_sale(database: Database):
    with transaction(database) as tx:
        world = a_consigning_shop(tx)
        set_contacts(tx, "seller", [person("li@shop.test")], KEY, shop_id=world.shop_id)
        unmap(tx, world)
    with transaction(database, NOON + DAY) as tx:
        CALIBRATE.step(tx, 10)
        POST.step(tx, 10)
        written = tx.rows(
            "select kind, facts from outbox where shop_id = :s order by message_id", s=world.shop_id
        )
        assert [row.kind for row in written] == ["stock.released", "product.delisted"]
        words = words_of(written[1].kind, written[1].facts, tx.now, "zh-CN", "Asia/Shanghai")
        assert "已下架" in words.subject
        assert "商品SKU: S-1" in words.lines
