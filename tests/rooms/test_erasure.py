"""Erasing a buyer: nothing of it is left anywhere in the database, the record stays whole, and what is open stays."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from andon.app.schema import metadata
from andon.insights.audit.views import audit
from andon.insights.audit.views.erasure import ERASURE
from andon.insights.audit.views.record import RECORD
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, NotFound
from andon.kernel.money import Money
from andon.kernel.outside import LOOPBACK
from andon.kernel.tx import Actor
from andon.membership.standing.rules import Draft
from andon.membership.standing.service import appeal_violation, decide_violation, record_violation
from andon.money.charges.station import ACCRUE
from andon.money.disputes.service import Claim, Exhibit, answer_dispute, appeal_dispute
from andon.money.disputes.tables import Dispute
from andon.money.enquiries.service import Answered, answer_enquiry, ask_carrier
from andon.orders.addresses.rules import Fault
from andon.orders.addresses.service import correct_ship_to
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.erasure.rules import KEPT
from andon.orders.erasure.service import ask_erasure
from andon.orders.erasure.station import DUE, ERASE
from andon.orders.erasure.views import erasure_of
from andon.orders.holds.rules import Reason
from andon.orders.holds.service import hold_order, release_order
from andon.orders.order.views import order_of
from andon.orders.push.rules import REMINDED
from andon.orders.push.service import queue_pushes
from andon.orders.shipping.service import Answer, Shortage, answer_fulfilments, report_shortages
from andon.orders.shipping.views import supplied
from andon.partners.suppliers.service import set_endpoint
from andon.platform.record.service import Settled, seal_events
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_disputes import HANDLED, decided, look, opened, photo, sold
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import a_scan, labelled, scanned, taken

DELIVERED = NOON + timedelta(days=5)
KEPT_FOR = timedelta(days=180)
MARK = "Zqx"
"""Stands in everything that a buyer, or somebody who wrote of one, has said in this world; and in nothing else."""


def ship_to(order: str) -> dict[str, Any]:
    """An address of marks; its country is no mark."""
    parts = ("name", "line1", "line2", "city", "region", "phone", "email")
    return {part: f"{MARK}-{order}-{part}" for part in parts} | {"postcode": "28013", "country": "ES"}


@dataclass(frozen=True)
class Told:
    """A shop, and its order of which everybody has written something."""

    shop: DemoShop
    order_id: int


def an_order_much_told_of(database: Database, name: str = "O") -> Told:
    """Corrected, held, rejected, taken back, wished away, pushed, scanned and delivered, with words at each."""
    words = f"{MARK}-{name}"
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=3)
        [order_id] = accept(tx, shop.shop_id, incoming(name, "S-1", ship_to=ship_to(name)))
        correct_ship_to(tx, shop.shop_id, order_id, ship_to(f"{name}2"), Fault.BUYER, f"{words}-corrected")
        hold_order(tx, shop.shop_id, order_id, Reason.OTHER, f"{words}-held")
        release_order(tx, shop.shop_id, order_id)
    with transaction(database) as tx:
        first = part_of(tx, shop.shop_id, order_id).fulfilment_id
        answer_fulfilments(tx, [Answer(first, NOON, accept=False, code="other", note=f"{words}-rejected")])
        second = newest(tx, order_id)
        taken(tx, [second])
        report_shortages(tx, [Shortage(second, NOON, "damaged", f"{words}-short")])
        third = newest(tx, order_id)
        taken(tx, [third])
        cancel_orders(tx, [Wish(shop.shop_id, order_id, NOON, "buyer", note=f"{words}-wish")])
        labelled(tx, [third])
        [supplier] = tx.rows(
            "select supplier_id as id from fulfilments where fulfilment_id = :third", third=third
        )
        set_endpoint(tx, supplier.id, "http://127.0.0.1:9/nobody", bytes(32), allowed=LOOPBACK)
        queue_pushes(tx, [(shop.shop_id, third, supplier.id)], REMINDED)
        tx.run(
            "insert into push_tries (shop_id, try_id, push_id, supplier_id, at, status, latency_ms, excerpt, forget_at) "
            "select shop_id, nextval('try_ids'), push_id, supplier_id, created_at, 500, 1, :words, null from pushes",
            words=f"{words}-excerpt",
        )
        tx.run("update pushes set tries = 1")
        wrote = {"place": f"{words}-place", "raw": f'"{words}-raw"'}
        assert scanned(tx, a_scan(f"W{third}", **wrote)) == ["recorded"]
        assert ACCRUE.step(tx, 10) == 1
        [charge, *_] = tx.rows("select charge_id as id from charges where order_id = :order", order=order_id)
        number = ask_carrier(tx, shop.shop_id, charge.id, f"{words}-asked").number
        answer_enquiry(
            tx, "cainiao", number, Answered("unknown", note=f"{words}-note", proof=f"{words}-proof")
        )
    a_dispute_much_told_of(database, shop.shop_id, order_id, words)
    a_violation_much_told_of(database, shop.shop_id, order_id, words)
    with transaction(database, DELIVERED) as tx:
        assert scanned(tx, a_scan(f"W{third}", "delivered", occurred_at=DELIVERED, **wrote)) == ["recorded"]
    return Told(shop, order_id)


def a_violation_much_told_of(database: Database, shop_id: int, order_id: int, words: str) -> None:
    """Recorded, appealed against and decided, with words at each."""
    with transaction(database) as tx:
        draft = Draft(shop_id, "wrong_address", "shop", "operator", NOON, order_id, note=f"{words}-recorded")
        number = record_violation(tx, draft).violation_id
        appeal_violation(tx, shop_id, number, f"{words}-plea")
        decide_violation(tx, shop_id, number, "rejected", f"{words}-ruled")


def a_dispute_much_told_of(database: Database, shop_id: int, order_id: int, words: str) -> int:
    """Opened, shown, answered, decided, appealed against and decided anew, with words at each; it is over."""
    claim = Claim(shop_id, order_id, "other", Money.of("1.00", "CNY"), text=f"{words}-claim")
    number = opened(database, claim, [Exhibit("message", f"{words}-message".encode())])
    with transaction(database) as tx:
        supplier = Actor("supplier", tx.get(Dispute, shop_id, number).supplier_id)
    with transaction(database, actor=supplier) as tx:
        answer_dispute(tx, number, "contest", f"{words}-answer")
    decided(database, number, outcome="rejected", note=f"{words}-note")
    with transaction(database, actor=Actor("shop", shop_id)) as tx:
        appeal_dispute(tx, shop_id, number, f"{words}-appeal")
    decided(database, number, outcome="rejected", note=f"{words}-note again")
    assert look(database, NOON + HANDLED) == 1
    return number


def newest(tx: Any, order_id: int) -> int:
    [row] = tx.rows(
        "select max(fulfilment_id) as number from fulfilments where order_id = :order", order=order_id
    )
    return int(row.number)


def erase(database: Database, now: datetime) -> int:
    with transaction(database, now) as tx:
        return ERASE.step(tx, ERASE.batch)


def due(database: Database) -> datetime | None:
    with database.line.connect() as connection:
        found: datetime | None = connection.scalar(text(DUE.earliest_sql))
        return found


def left(database: Database, mark: str = MARK) -> set[str]:
    """The tables whose rows, as text, hold that mark, plainly or as bytes."""
    forms = (mark, mark.encode().hex())
    with database.owner.connect() as owner:
        return {
            table.name
            for table in metadata.sorted_tables
            if any(
                form in row
                for row in owner.scalars(text(f"select cast(t as text) from {table.name} t"))
                for form in forms
            )
        }


HOLDERS = {
    "recipients", "address_corrections", "holds", "cancellation_notes", "rejection_notes", "shortages", "push_tries",
    "scans", "enquiries",
    "disputes", "dispute_decisions", "dispute_answers", "files", "violations",
}  # fmt: skip


def test_nothing_of_a_buyer_is_left_once_its_time_is_over_and_the_record_is_whole(database: Database) -> None:
    told = an_order_much_told_of(database)
    assert left(database) == HOLDERS, "the world has something everywhere"
    settled = Settled()
    with transaction(database, DELIVERED + timedelta(hours=1)) as tx:
        assert seal_events(tx, 20, bytes(32), settled)
    assert erase(database, NOON + KEPT_FOR - timedelta(seconds=1)) == 0
    assert erase(database, NOON + KEPT_FOR) == 1, "looked at, and not due: it ended later"
    assert left(database) == HOLDERS
    assert due(database) == DELIVERED + KEPT_FOR
    assert erase(database, DELIVERED + KEPT_FOR) == 1
    assert left(database) == set()
    assert_all_well(database)
    with database.line.connect() as connection:
        [finding] = audit(connection, RECORD)
    assert finding.ok
    with transaction(database, DELIVERED + KEPT_FOR) as tx:
        shown = order_of(tx, told.shop.shop_id, told.order_id)
        assert (shown.ship_to, shown.erased_at) == (None, DELIVERED + KEPT_FOR)
        part = shown.fulfilments[-1]
        assert part.supplier_id is not None
        assert supplied(tx, part.supplier_id, part.id).ship_to is None
        kinds = tx.rows("select body from events where kind = 'order.buyer_erased'")
        assert [row.body for row in kinds] == ['{"cause":"kept_for"}']


def test_a_buyer_is_erased_at_the_shops_wish_once_the_order_has_ended(database: Database) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, suppliers=1)
        [open_id] = accept(tx, shop.shop_id, incoming("open", "S-1", ship_to=ship_to("open")))
        with pytest.raises(Conflict) as refused:
            ask_erasure(tx, shop.shop_id, open_id)
        assert refused.value.code == "order.open"
        with pytest.raises(NotFound):
            ask_erasure(tx, shop.shop_id, 4711)
    told = an_order_much_told_of(database, "ended")
    with transaction(database, DELIVERED, Actor("shop", told.shop.shop_id)) as tx:
        ask_erasure(tx, told.shop.shop_id, told.order_id)
        ask_erasure(tx, told.shop.shop_id, told.order_id)
        asked = erasure_of(tx, told.shop.shop_id, told.order_id)
        assert (asked.asked_at, asked.erased_at) == (DELIVERED, None)
    assert erase(database, DELIVERED) == 1
    assert left(database, f"{MARK}-ended") == set()
    assert left(database) == {"recipients"}, "the other order's buyer is still there"
    assert_all_well(database)
    with transaction(database, DELIVERED) as tx:
        kinds = tx.rows("select kind from events where kind like 'order.%eras%' order by event_id")
        assert [row.kind for row in kinds] == ["order.erasure_asked", "order.buyer_erased"]


def test_what_would_be_left_of_a_buyer_is_found_wherever_it_is(database: Database) -> None:
    an_order_much_told_of(database)
    erase(database, NOON + KEPT_FOR)
    before = {
        kept.table: one_row(database, f"select * from {kept.table} x where {kept.there} limit 1")
        for kept in KEPT
    }
    assert erase(database, DELIVERED + KEPT_FOR) == 1
    for kept in KEPT:
        column = next(iter(kept.erased))
        with database.owner.connect() as owner:
            owner.execute(
                text(f"update {kept.table} set {column} = :was"), {"was": before[kept.table][column]}
            )
            [finding] = audit(owner, ERASURE)
            assert finding.count, kept.table


def one_row(database: Database, sql: str) -> Any:
    with database.owner.connect() as owner:
        return owner.execute(text(sql)).mappings().first()


def test_what_comes_late_is_erased_too_and_then_it_is_looked_no_more(database: Database) -> None:
    told = an_order_much_told_of(database)
    erased_at = DELIVERED + KEPT_FOR
    erase(database, NOON + KEPT_FOR)
    assert erase(database, erased_at) == 1
    with transaction(database, erased_at + timedelta(days=1)) as tx:
        waybill = order_of(tx, told.shop.shop_id, told.order_id).fulfilments[-1].parcels[0].waybill
        late = a_scan(waybill, "exception", occurred_at=DELIVERED, place=f"{MARK}-late", raw=None)
        assert scanned(tx, late) == ["recorded"]
    assert left(database) == {"scans"}
    assert_all_well(database)
    assert erase(database, erased_at + KEPT_FOR) == 1
    assert left(database) == set()
    assert erase(database, erased_at + 2 * KEPT_FOR) == 1
    assert due(database) is None
    with transaction(database) as tx:
        rows = tx.rows("select from events where kind = 'order.buyer_erased'")
        assert len(rows) == 1, "it is told once"


def test_an_erased_order_that_its_channel_tells_again_is_the_same_order(database: Database) -> None:
    told = an_order_much_told_of(database)
    with transaction(database, DELIVERED) as tx:
        ask_erasure(tx, told.shop.shop_id, told.order_id)
    assert erase(database, DELIVERED) == 1
    with transaction(database, DELIVERED) as tx:
        again = accept(tx, told.shop.shop_id, incoming("O", "S-1", ship_to=ship_to("other")))
    assert again == [told.order_id]
    assert left(database) == set()


def test_what_a_dispute_is_judged_by_stays_until_it_is_over_and_goes_in_its_time(database: Database) -> None:
    order = sold(database)
    erased_at = NOON + KEPT_FOR
    assert erase(database, erased_at) == 1
    assert erase(database, erased_at + KEPT_FOR) == 1
    assert due(database) is None, "nothing came, so that it is looked at no more"
    late = erased_at + 2 * KEPT_FOR
    claim = order.claim("quality", text=f"{MARK}-claim")
    number = opened(database, claim, [photo(), Exhibit("message", MARK.encode())], at=late)
    with transaction(database, late) as tx:
        ask_erasure(tx, order.shop.shop_id, order.order_id)
    assert erase(database, late) == 1
    assert left(database) == {"disputes", "files"}, "it is open"
    assert_all_well(database)
    decided(database, number, at=late, outcome="rejected")
    assert look(database, late + HANDLED) == 1
    assert due(database) == late + HANDLED + KEPT_FOR
    assert erase(database, late + HANDLED + KEPT_FOR) == 1
    assert left(database) == set()
    assert_all_well(database)


def test_only_the_line_may_empty_what_is_written_once(database: Database) -> None:
    an_order_much_told_of(database)
    for table, change in (
        ("scans", "place = ''"),
        ("push_tries", "excerpt = ''"),
        ("shortages", "note = null"),
        ("dispute_answers", "text = null"),
        ("files", "body = ''"),
    ):
        with database.app.connect() as app, pytest.raises(ProgrammingError, match="permission denied"):
            app.execute(text(f"update {table} set {change}"))
    with database.line.connect() as line, pytest.raises(ProgrammingError, match="permission denied"):
        line.execute(text("update scans set status = 'lost'"))
