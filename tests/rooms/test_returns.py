"""Returns on a real database: told in any order, any number of times, and never of more than was shipped."""

import threading
from datetime import datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import NotFound
from andon.orders.returns.rules import Condition, Reason, Told
from andon.orders.returns.service import Outcome, record_returns
from andon.orders.returns.views import list_returns, returns_of_supplier
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_orders import accept, incoming, parts_of
from tests.worlds_partners import DemoShop
from tests.worlds_supply import a_scan, labelled, scanned

LATER = NOON + timedelta(days=3)


def shipped(database: Database, shop: DemoShop, number: str, *skus: str | tuple[str, int]) -> int:
    """An order whose parcel was collected."""
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming(number, *skus))
        parts = [part.fulfilment_id for part in parts_of(tx, shop.shop_id, order)]
        labelled(tx, parts)
        assert scanned(tx, *(a_scan(f"W{part}") for part in parts)) == ["recorded"] * len(parts)
    return order


def back(order_id: int, at: datetime = LATER, received: datetime | None = None, **units: int) -> Told:
    named = {name.replace("_", "-"): count for name, count in units.items()}
    return Told(order_id, named, Reason.UNWANTED, at, received, Condition.SELLABLE if received else None)


def became(outcomes: list[Outcome]) -> list[str]:
    return [each.code or each.status for each in outcomes]


@pytest.mark.clause("DISP-7")
def test_a_return_is_told_in_two_calls_and_again_and_stands_once(database: Database, shop: DemoShop):
    order = shipped(database, shop, "1", ("S-1", 3))
    with transaction(database, LATER + timedelta(days=2)) as tx:
        assert became(record_returns(tx, shop.shop_id, [back(order, S_1=2), back(order, S_1=2)])) == [
            "created",
            "existing",
        ]
    with transaction(database, LATER + timedelta(days=2)) as tx:
        here = LATER + timedelta(days=1)
        assert became(
            record_returns(
                tx,
                shop.shop_id,
                [
                    back(order, received=here, S_1=2),
                    back(order, S_1=2),
                    back(order, S_1=1),
                    back(order, LATER + timedelta(hours=1), S_1=2),
                    back(order, LATER + timedelta(hours=1), S_1=1),
                    back(order + 4711, S_1=1),
                ],
            )
        ) == [
            "changed",
            "existing",
            "return.differs",
            "return.quantity",
            "created",
            "return.order_unknown",
        ]
        tx.flush()
        newest, first = list_returns(tx, shop.shop_id, limit=9)
        assert (first.lines, first.received_at, first.condition) == ({"S-1": 2}, here, "sellable")
        assert (newest.lines, newest.received_at) == ({"S-1": 1}, None)
        kinds = tx.rows("select kind from events where kind like 'return.%' order by kind")
        assert [row.kind for row in kinds] == ["return.received", "return.requested", "return.requested"]
    assert_all_well(database)


def test_what_was_not_shipped_does_not_come_back(database: Database, shop: DemoShop):
    with transaction(database) as tx:
        [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        assert became(record_returns(tx, shop.shop_id, [back(order, NOON, S_1=1)])) == ["return.not_shipped"]


@pytest.mark.clause("DISP-7")
def test_a_supplier_tells_of_what_it_shipped_itself(database: Database, shop: DemoShop):
    order = shipped(database, shop, "1", "S-1")
    first, second, *_ = shop.supplier_ids
    with transaction(database, LATER) as tx:
        assert became(record_returns(tx, shop.shop_id, [back(order, S_1=1)], first)) == ["created"]
        with pytest.raises(NotFound):
            record_returns(tx, shop.shop_id, [back(order, S_1=1)], second)
        [part] = [part.fulfilment_id for part in parts_of(tx, shop.shop_id, order)]
        tx.flush()
        [told] = returns_of_supplier(tx, first, order_id=order, limit=9)
        assert (told.lines, told.fulfilments, told.shop_id) == ({"S-1": 1}, [part], shop.shop_id)
        assert returns_of_supplier(tx, second, limit=9) == []
        tx.put("update grants set ended_at = :now where supplier_id = :supplier", now=LATER, supplier=first)
        assert returns_of_supplier(tx, first, limit=9) == []


def test_a_supplier_reads_its_own_part_of_what_came_back_the_newest_first(database: Database, shop: DemoShop):
    orders = [shipped(database, shop, number, "S-1") for number in "123"]
    with transaction(database, LATER) as tx:
        record_returns(tx, shop.shop_id, [back(order, S_1=1) for order in orders])
        tx.flush()
        pages = [returns_of_supplier(tx, shop.supplier_ids[0], limit=2)]
        pages.append(returns_of_supplier(tx, shop.supplier_ids[0], before=pages[0][-1].return_id, limit=2))
        assert [[row.order_id for row in page] for page in pages] == [orders[:0:-1], orders[:1]]


def test_two_calls_at_once_take_back_no_more_than_was_shipped(database: Database, shop: DemoShop):
    order = shipped(database, shop, "1", ("S-1", 3))
    told: list[str] = []

    def tell(hour: int) -> None:
        with transaction(database, LATER + timedelta(hours=9)) as tx:
            told.extend(
                became(record_returns(tx, shop.shop_id, [back(order, LATER + timedelta(hours=hour), S_1=2)]))
            )

    threads = [threading.Thread(target=tell, args=(hour,)) for hour in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["created", *["return.quantity"] * 3]
