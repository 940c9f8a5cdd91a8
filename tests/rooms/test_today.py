"""What needs someone today: read from the rows, the urgent first, and written to whoever asked for a digest."""

from datetime import timedelta

from andon.adapters.connections import Connections
from andon.adapters.robots import Robots
from andon.adapters.smtp import SmtpPost
from andon.kernel.db import Database
from andon.kernel.events import PLATFORM
from andon.kernel.outside import LOOPBACK
from andon.kernel.tx import Actor
from andon.orders.today.rules import Desk
from andon.orders.today.station import DIGESTS
from andon.orders.today.views import today_of
from andon.platform.outbox.service import set_contacts
from andon.platform.outbox.station import POST, mail_station
from andon.platform.outbox.views import list_messages
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_partners import DemoShop, request
from tests.worlds_post import KEY, mail_server, person
from tests.worlds_supply import a_line, labelled, orders_for
from tests.worlds_trouble import LATE, STUCK, flag_all


def kinds(tx, desk: Desk) -> list[tuple[str, str]]:
    return [(task.kind, task.urgency) for task, _ in today_of(tx, desk, limit=99).tasks]


def test_what_is_overdue_stands_before_what_is_due_soon(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        old, young = orders_for(tx, shop.shop_id, 2)
        labelled(tx, [old])
    seller, supplier = Desk("seller", shop.shop_id), Desk("supplier", supplier_id=shop.supplier_ids[0])
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx:
        assert kinds(tx, seller) == [("unanswered", "due_soon")], "collection is due in three days"
    late = STUCK - timedelta(hours=5)
    with transaction(database, late) as tx:
        flag_all(tx)
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id], now=late) as tx:
        assert kinds(tx, seller) == [("unanswered", "overdue"), ("uncollected", "due_soon")]
        found = today_of(tx, seller, limit=1)
        [(first, place)] = found.tasks
        assert first.fulfilment_id == young
        assert first.call == f"POST /v1/shops/{shop.shop_id}/fulfilments/{young}/remedy"
        assert [(each.kind, each.overdue, each.due_soon) for each in found.counts] == [
            ("unanswered", 1, 0),
            ("uncollected", 0, 1),
        ]
        [(second, _)] = today_of(tx, seller, after=place, limit=9).tasks
        assert second.fulfilment_id == old
        assert kinds(tx, Desk("seller", shop.shop_id, role="finance")) == []
    with request(database, Actor("supplier", supplier.supplier_id), [shop.shop_id], now=late) as tx:
        assert kinds(tx, supplier) == [("unanswered", "overdue"), ("uncollected", "due_soon")]
    with request(database, Actor("shop", 99), [99], now=late) as tx:
        assert kinds(tx, Desk("seller", 99)) == []
    assert_all_well(database)


def test_an_endpoint_that_does_not_answer_and_a_failed_audit_need_someone(
    database: Database, shop: DemoShop
) -> None:
    first = shop.supplier_ids[0]
    with transaction(database) as tx:
        tx.put(
            "insert into endpoints (supplier_id, url, secret, enabled, set_at, ordered, breaker, tries, failed, trips) "
            "values (:s, 'https://x.test', '', true, :now, false, 2, 5, 5, 1)",
            s=first,
            now=NOON,
        )
        tx.put("delete from audits")
        tx.put("insert into audits (due_at, at, ok, checks) values (:now, :now, false, 1)", now=NOON)
    with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
        assert kinds(tx, Desk("supplier", supplier_id=first)) == [("endpoint", "overdue")]
    with request(database, Actor("operator"), [PLATFORM, shop.shop_id]) as tx:
        assert kinds(tx, Desk("operator")) == [("audit", "overdue"), ("endpoint", "overdue")]
        assert kinds(tx, Desk("operator", role="clerk")) == [("endpoint", "overdue")]


def test_a_digest_comes_at_its_readers_hour_and_not_where_there_is_nothing_to_say(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        people = [
            person("li@shop.test", digest_at="09:00"),
            person("cash@shop.test", "finance", digest_at="09:00"),
        ]
        set_contacts(tx, "seller", people, KEY, shop_id=shop.shop_id)
    with mail_server() as box:
        line = a_line(
            database, DIGESTS, POST, mail_station(SmtpPost(box.url), Robots(Connections(LOOPBACK)), KEY)
        )
        try:
            line.advance(NOON + timedelta(hours=22))
            assert box.letters == []
            with transaction(database, LATE) as tx:
                orders_for(tx, shop.shop_id, 2)
            line.advance(NOON + timedelta(days=2))
        finally:
            line.close()
    [letter] = box.letters
    assert letter["To"] == "li@shop.test"
    assert letter["Subject"] == "[Andon] 今日待办"
    assert "24小时内到期: 2" in letter.get_body(("plain",)).get_content()
    with transaction(database) as tx:
        [sent] = list_messages(tx, limit=9)
        assert sent.at == NOON + timedelta(hours=45), "nine in the morning in Shanghai"
