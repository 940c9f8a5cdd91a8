"""Asking the carrier from a charge, and what its answer does. Source: FEE-5."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.tx import Actor
from andon.money.charges.views import list_charges
from andon.money.enquiries.rules import EnquiryState
from andon.money.enquiries.service import Answered, answer_enquiry, ask_carrier
from andon.money.enquiries.views import enquiries_of_carrier, enquiries_of_shop
from andon.orders.order.rules import FulfilmentState
from tests.worlds import NOON, transaction
from tests.worlds_money import (
    CARRIER,
    DELIVERED,
    DUE,
    Sent,
    a_settled_world,
    a_shop,
    an_order,
    due_charges,
    end,
    run_money,
)

ASKED = NOON + timedelta(days=6)
SELLER = Actor("shop", 1)


def charge_of(database: Database, shop_id: int, order_id: int, kind: str = "freight") -> int:
    with transaction(database, ASKED) as tx:
        found = [each for each in list_charges(tx, shop_id, limit=200) if each.order_id == order_id]
    return next(each.charge_id for each in found if each.kind == kind)


def ask(
    database: Database, shop_id: int, charge_id: int, text: str | None = None, at: datetime = ASKED
) -> str:
    with transaction(database, at, actor=SELLER) as tx:
        return ask_carrier(tx, shop_id, charge_id, text).number


@pytest.mark.clause("FEE-5")
def test_an_unsettled_charge_is_asked_about_by_a_number_and_asking_again_answers_the_same(
    database: Database,
) -> None:
    world = a_settled_world(database)
    charge = charge_of(database, world.shop_id, world.orders["shipped"])
    assert ask(database, world.shop_id, charge, "何时签收？") == "CJ-LOG-2026-00001"
    assert ask(database, world.shop_id, charge, "还没签收") == "CJ-LOG-2026-00001"
    other = charge_of(database, world.shop_id, world.orders["shipped"], "warehouse")
    assert ask(database, world.shop_id, other) == "CJ-LOG-2026-00002"
    with transaction(database, ASKED) as tx:
        newest, first = enquiries_of_shop(tx, world.shop_id, limit=10)
        assert (newest.waybill, first.waybill, first.text) == ("W-shipped", "W-shipped", "何时签收？")
        [row] = tx.rows(
            "select kind, actor, body from events where kind = 'enquiry.opened' order by event_id limit 1"
        )
        assert row.actor == "shop:1"
        assert "何时" not in row.body
        seen = {each.charge_id: each.evidence.enquiry for each in list_charges(tx, world.shop_id, limit=200)}
        assert (seen[charge], seen[other]) == ("CJ-LOG-2026-00001", "CJ-LOG-2026-00002")


def test_a_settled_charge_is_not_asked_about_nor_another_shops_nor_one_that_is_not_there(
    database: Database,
) -> None:
    world = a_settled_world(database)
    paid = charge_of(database, world.shop_id, world.orders["paid"])
    with pytest.raises(Conflict) as refused:
        ask(database, world.shop_id, paid)
    assert refused.value.code == "enquiry.settled"
    with transaction(database) as tx:
        stranger = a_shop(tx)
        due_charges(tx, stranger, [100], DUE)
    unshipped = charge_of(database, stranger, enquired_order(database, stranger), "handling")
    with pytest.raises(Conflict) as refused:
        ask(database, stranger, unshipped)
    assert refused.value.code == "enquiry.no_parcel"
    for shop_id, charge in ((stranger, paid), (world.shop_id, 4711)):
        with pytest.raises(NotFound) as missing:
            ask(database, shop_id, charge)
        assert missing.value.code == "charge.not_found"
    with transaction(database) as tx:
        assert tx.rows("select * from enquiry_years") == []


def enquired_order(database: Database, shop_id: int) -> int:
    with transaction(database) as tx:
        return int(tx.rows("select order_id from charges where shop_id = :shop", shop=shop_id)[0][0])


@pytest.mark.clause("FEE-5")
def test_numbers_begin_anew_with_the_platforms_year_and_a_refused_one_leaves_no_gap(
    database: Database,
) -> None:
    world = a_settled_world(database)
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)  # 00:00 in Shanghai
    charges = [
        charge_of(database, world.shop_id, world.orders["shipped"], kind)
        for kind in ("handling", "warehouse", "freight")
    ]
    assert ask(database, world.shop_id, charges[0], at=new_year - timedelta(seconds=1)) == "CJ-LOG-2026-00001"
    paid = charge_of(database, world.shop_id, world.orders["paid"])
    with pytest.raises(Conflict), transaction(database, new_year) as tx:
        [ask_carrier(tx, world.shop_id, each, None) for each in (charges[1], paid)]
    assert ask(database, world.shop_id, charges[1], at=new_year) == "CJ-LOG-2027-00001"
    assert ask(database, world.shop_id, charges[2], at=new_year) == "CJ-LOG-2027-00002"


def test_many_that_ask_at_once_have_a_number_each_without_a_gap(database: Database) -> None:
    with transaction(database) as tx:
        shops = [a_shop(tx) for _ in range(4)]
        sent = {shop: an_order(tx, shop, *(Sent() for _ in range(3))) for shop in shops}
    run_money(database, NOON)
    wanted: list[tuple[int, int]] = []
    for shop in shops:
        with transaction(database) as tx:
            wanted += [(shop, each.charge_id) for each in list_charges(tx, shop, limit=200)]
    assert len(wanted) == 4 * 7
    assert all(sent.values())
    numbers: list[str] = []

    def asking(some: list[tuple[int, int]]) -> Callable[[], None]:
        return lambda: numbers.extend(ask(database, shop, charge) for shop, charge in some)

    # Every charge is asked about by two at once.
    threads = [threading.Thread(target=asking(wanted[part::2])) for part in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 2 * len(wanted)
    assert sorted(set(numbers)) == [f"CJ-LOG-2026-{n:05d}" for n in range(1, len(wanted) + 1)]


@pytest.mark.clause("FEE-5", "FEE-4")
def test_an_answer_with_an_instant_is_a_scan_that_fixes_the_charge(database: Database) -> None:
    world = a_settled_world(database)
    charge = charge_of(database, world.shop_id, world.orders["shipped"])
    number = ask(database, world.shop_id, charge)
    said = Answered("delivered", DELIVERED, "放在门卫", "https://proof.test/1")
    with transaction(database, ASKED, actor=Actor("carrier", CARRIER)) as tx:
        assert answer_enquiry(tx, CARRIER, number, said).state == EnquiryState.ANSWERED
    run_money(database, ASKED)
    with transaction(database, ASKED) as tx:
        [seen] = [each for each in list_charges(tx, world.shop_id, limit=200) if each.charge_id == charge]
        assert (seen.state, seen.reason, seen.due_at) == ("due", "not_yet_due", DUE)
        assert (seen.evidence.delivered_at, seen.evidence.enquiry) == (DELIVERED, None)
        scans = tx.rows("select s.status, s.occurred_at from scans s join parcels p using (shop_id, parcel_id) "
                        "where p.waybill = 'W-shipped' order by scan_id")  # fmt: skip
        assert [tuple(row) for row in scans] == [("collected", NOON), ("delivered", DELIVERED)]
        [notice] = tx.rows("select audience, facts from notices where kind = 'enquiry.answered'")
        assert (notice.audience, notice.facts["enquiry"], notice.facts["answer"]) == (
            "seller",
            number,
            "delivered",
        )
        bodies = "".join(row.body for row in tx.rows("select body from events where kind like 'enquiry.%'"))
        assert "放在门卫" not in bodies
        assert "proof.test" not in bodies
    # Told twice it changes nothing; told otherwise it is refused.
    with transaction(database, ASKED, actor=Actor("carrier", CARRIER)) as tx:
        assert answer_enquiry(tx, CARRIER, number, said).answer == "delivered"
    with pytest.raises(Conflict) as refused, transaction(database, ASKED) as tx:
        answer_enquiry(tx, CARRIER, number, Answered("lost"))
    assert refused.value.code == "enquiry.answered"
    with transaction(database) as tx:
        assert len(tx.rows("select 1 from events where kind = 'enquiry.answered'")) == 1


def test_an_answer_without_an_instant_or_of_nothing_known_is_no_scan(database: Database) -> None:
    world = a_settled_world(database)
    charge = charge_of(database, world.shop_id, world.orders["shipped"])
    for answer in (Answered("delivered"), Answered("unknown", DELIVERED)):
        number = ask(database, world.shop_id, charge)
        with transaction(database, ASKED) as tx:
            answer_enquiry(tx, CARRIER, number, answer)
    with transaction(database, ASKED) as tx:
        [seen] = [each for each in list_charges(tx, world.shop_id, limit=200) if each.charge_id == charge]
        assert (seen.reason, seen.evidence.status) == ("no_delivery_evidence", "collected")


def test_an_answer_that_is_no_possible_scan_is_refused_and_the_enquiry_stays_open(database: Database) -> None:
    world = a_settled_world(database)
    charge = charge_of(database, world.shop_id, world.orders["shipped"])
    number = ask(database, world.shop_id, charge)
    ahead = Answered("delivered", ASKED + timedelta(days=1))
    with pytest.raises(Invalid) as refused, transaction(database, ASKED) as tx:
        answer_enquiry(tx, CARRIER, number, ahead)
    assert refused.value.code == "enquiry.scan"
    assert refused.value.facts["scan"] == "scan.in_future"
    assert ask(database, world.shop_id, charge) == number


def test_a_carrier_finds_its_own_enquiries_alone_and_nothing_of_the_buyer(database: Database) -> None:
    world = a_settled_world(database)
    number = ask(database, world.shop_id, charge_of(database, world.shop_id, world.orders["shipped"]))
    with pytest.raises(NotFound), transaction(database, ASKED) as tx:
        answer_enquiry(tx, "dhl", number, Answered("lost"))
    with transaction(database, ASKED) as tx:
        assert enquiries_of_carrier(tx, "dhl", limit=10) == []
        [seen] = enquiries_of_carrier(tx, CARRIER, state=EnquiryState.OPENED, limit=10)
        assert (seen.number, seen.waybill, seen.status, seen.last_scan_at) == (
            number, "W-shipped", "collected", NOON,
        )  # fmt: skip
        assert enquiries_of_carrier(tx, CARRIER, state=EnquiryState.ANSWERED, limit=10) == []


def test_of_several_parcels_the_one_that_is_not_delivered_is_asked_about(database: Database) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
        (sent,) = an_order(tx, shop, Sent(boxes=((350, 200, 150, 40), (350, 200, 150, 40))))
    run_money(database, NOON)
    first, second = sent.parcel_ids
    with transaction(database) as tx:
        tx.run("update parcels set delivered_at = :at where parcel_id = :first", at=DELIVERED, first=first)
    charge = charge_of(database, shop, sent.order_id, "warehouse")
    assert ask(database, shop, charge) == "CJ-LOG-2026-00001"
    with transaction(database) as tx:
        [asked] = enquiries_of_shop(tx, shop, limit=10)
        assert asked.parcel_id == second
        end(tx, shop, sent, FulfilmentState.DELIVERED, DELIVERED)
