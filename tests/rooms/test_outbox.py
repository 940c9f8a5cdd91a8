"""What people are told goes out to them: in their language, at their hours, tried until it is taken, and kept."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest

from andon.adapters.connections import Connections
from andon.adapters.robots import Robots
from andon.adapters.smtp import SmtpPost
from andon.kernel.db import Database
from andon.kernel.errors import Invalid
from andon.kernel.events import PLATFORM
from andon.kernel.line import Line
from andon.kernel.outside import LOOPBACK
from andon.kernel.tx import Actor
from andon.platform.notices.service import Notice, read_notice, tell
from andon.platform.outbox.rules import Contact, Quiet
from andon.platform.outbox.service import set_contacts
from andon.platform.outbox.station import POST, mail_station
from andon.platform.outbox.views import contacts_of, list_messages
from tests.worlds import NOON, transaction
from tests.worlds_partners import DemoShop, request
from tests.worlds_post import KEY, Chat, Mailbox, chat_server, mail_server, person
from tests.worlds_supply import a_line

LATE = "fulfilment.late_answer"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as chat:
        yield chat


@contextmanager
def posting(database: Database, url: str | None) -> Iterator[Line]:
    postman = SmtpPost(url) if url else None
    line = a_line(database, POST, mail_station(postman, Robots(Connections(LOOPBACK)), KEY))
    try:
        yield line
    finally:
        line.close()


def staffed(database: Database, shop: DemoShop, *people: Contact) -> None:
    with transaction(database) as tx:
        set_contacts(tx, "seller", people, KEY, allowed=LOOPBACK, shop_id=shop.shop_id)


def told(database: Database, *notices: Notice) -> None:
    with transaction(database) as tx:
        tell(tx, notices)


def states(database: Database) -> Sequence[tuple[str, int]]:
    with transaction(database) as tx:
        return [(each.state, each.tries) for each in reversed(list_messages(tx, limit=99))]


def test_each_reader_has_a_notice_in_their_own_language_as_text_and_html(
    database: Database, shop: DemoShop, box: Mailbox
) -> None:
    staffed(
        database, shop, person("li@shop.test"), person("ann@shop.test", locale="en", zone="Europe/Madrid")
    )
    told(database, Notice(shop.shop_id, "seller", LATE, 7, 8))
    with posting(database, box.url) as line:
        line.run_due()
        line.run_due()
    li, ann = sorted(box.letters, key=lambda letter: letter["To"], reverse=True)
    assert li["Subject"] == "[Andon] 供应商超时未接单 #7"
    assert ann["Subject"] == "[Andon] A supplier has not answered in time #7"
    assert "2026-03-02 12:00 (Asia/Shanghai)" in li.get_body(("plain",)).get_content()
    assert "2026-03-02 05:00 (Europe/Madrid)" in ann.get_body(("html",)).get_content()
    assert li["Message-ID"] != ann["Message-ID"]
    assert states(database) == [("sent", 1), ("sent", 1)]


def test_without_a_mail_server_the_operator_reads_what_would_have_been_sent(
    database: Database, shop: DemoShop
) -> None:
    staffed(database, shop, person("li@shop.test"))
    told(database, Notice(shop.shop_id, "seller", LATE, 7, 8), Notice(shop.shop_id, "operator", LATE, 7, 8))
    with posting(database, None) as line:
        line.run_due()
    with request(database, Actor("operator"), [PLATFORM, shop.shop_id]) as tx:
        [kept] = list_messages(tx, limit=9)
        assert (kept.state, kept.to, kept.subject) == (
            "kept", "li@shop.test", "[Andon] 供应商超时未接单 #7",
        )  # fmt: skip
    with request(database, Actor("shop", 99), [99]) as tx:
        assert tx.rows("select from outbox union all select from contacts") == []


def test_what_is_not_taken_is_tried_again_and_given_up_after_three_days(
    database: Database, shop: DemoShop, box: Mailbox
) -> None:
    staffed(database, shop, person("li@shop.test"), person("gone@shop.test"))
    box.down = True
    told(database, Notice(shop.shop_id, "seller", LATE, 7, 8))
    with posting(database, box.url) as line:
        line.run_due()
        assert states(database) == [("waiting", 1), ("waiting", 1)]
        box.down, box.refused = False, {"gone@shop.test"}
        line.advance(NOON + timedelta(minutes=1))
        assert [letter["To"] for letter in box.letters] == ["li@shop.test"]
        line.advance(NOON + timedelta(days=4))
    with transaction(database) as tx:
        lost, sent = list_messages(tx, limit=9)
        assert (sent.state, sent.tries, lost.state) == ("sent", 2, "given_up")
        assert "550" in (lost.said or "")


def test_a_message_whose_reader_is_no_contact_any_more_is_withdrawn(
    database: Database, shop: DemoShop, box: Mailbox
) -> None:
    staffed(database, shop, person("li@shop.test"), person("ann@shop.test"))
    told(database, Notice(shop.shop_id, "seller", LATE, 7, 8))
    with posting(database, box.url) as line:
        line.run_station(POST)
        staffed(database, shop, person("ann@shop.test", "owner"))
        line.run_due()
    assert sorted(states(database)) == [("sent", 1), ("withdrawn", 1)]


def test_a_notice_goes_to_its_role_and_to_the_owner_where_there_is_none(
    database: Database, shop: DemoShop, box: Mailbox
) -> None:
    staffed(database, shop, person("boss@shop.test", "owner"), person("cash@shop.test", "finance"))
    told(database, Notice(shop.shop_id, "seller", LATE, 7, 8))
    with posting(database, box.url) as line:
        line.run_due()
        assert [letter["To"] for letter in box.letters] == ["boss@shop.test"]
        line.advance(NOON + timedelta(days=2))
    assert len(box.letters) == 1, "whoever was told is not told again"


def test_of_what_is_told_to_nobody_nothing_waits_to_be_written(
    database: Database, shop: DemoShop, box: Mailbox
) -> None:
    staffed(database, shop, person("li@shop.test"))
    told(database, Notice(shop.shop_id, "supplier", LATE, 7, 8, shop.supplier_ids[0]))
    told(database, Notice(shop.shop_id, "operator", LATE, 7, 8))
    with posting(database, box.url) as line:
        assert line.run_due() == 0, "neither has a contact"


@pytest.mark.parametrize(("read", "owners"), [(False, 1), (True, 0)])
def test_what_nobody_has_read_for_a_day_goes_to_the_owner_once(
    database: Database, shop: DemoShop, box: Mailbox, read: bool, owners: int
) -> None:
    staffed(database, shop, person("li@shop.test"), person("boss@shop.test", "owner", locale="en"))
    told(database, Notice(shop.shop_id, "seller", LATE, 7, 8))
    with posting(database, box.url) as line:
        line.advance(NOON + timedelta(hours=23))
        assert [letter["To"] for letter in box.letters] == ["li@shop.test"]
        if read:
            with transaction(database) as tx:
                [row] = tx.rows("select notice_id from notices")
                read_notice(tx, "seller", row.notice_id, shop_id=shop.shop_id)
        line.advance(NOON + timedelta(days=9))
    to_owner = [letter for letter in box.letters if letter["To"] == "boss@shop.test"]
    assert len(to_owner) == owners
    assert all("Nobody has read this" in letter["Subject"] for letter in to_owner)


def test_quiet_hours_hold_back_what_can_wait(database: Database, shop: DemoShop, box: Mailbox) -> None:
    noon_to_one = Quiet("11:30", "13:00")
    staffed(database, shop, person("li@shop.test", quiet=noon_to_one))
    with transaction(database) as tx:
        set_contacts(tx, "operator", [person("desk@andon.test", quiet=noon_to_one)], KEY)
    told(
        database,
        Notice(shop.shop_id, "seller", LATE, 7, 8),
        Notice(PLATFORM, "operator", "audit.failed"),
    )
    with posting(database, box.url) as line:
        line.advance(NOON + timedelta(minutes=59))
        assert [letter["To"] for letter in box.letters] == ["desk@andon.test"]
        line.advance(NOON + timedelta(hours=1))
        assert len(box.letters) == 2


def test_robots_are_told_in_their_own_shape_and_by_what_they_answer(
    database: Database, shop: DemoShop, chat: Chat
) -> None:
    staffed(
        database,
        shop,
        person(robot="dingtalk", url=f"{chat.url}/robot/send?access_token=t", secret="SEC"),
        person(robot="wecom", url=f"{chat.url}/cgi-bin/webhook/send?key=k"),
        person(robot="slack", url=f"{chat.url}/services/T/B/x", locale="en"),
    )
    told(database, *(Notice(shop.shop_id, "seller", LATE, number, number) for number in (7, 8)))
    with posting(database, None) as line:
        line.run_due()
    bodies = {path.split("?")[0]: body for path, body in chat.heard}
    assert len(chat.heard) == 3, "what waits for a robot goes out in one"
    assert "供应商超时未接单" in bodies["/robot/send"]["markdown"]["text"]
    assert "订单: 8" in bodies["/cgi-bin/webhook/send"]["markdown"]["content"]
    assert "Order: 7" in bodies["/services/T/B/x"]["blocks"][0]["text"]["text"]
    assert any("timestamp=" in path and "sign=" in path for path, _ in chat.heard)
    assert states(database) == [("sent", 1)] * 6
    with transaction(database) as tx:
        shown = contacts_of(tx, "seller", shop_id=shop.shop_id)
        assert {each.address for each in shown} == {f"{each.robot}: 127.0.0.1" for each in shown}


def test_a_robot_that_says_no_with_200_has_not_taken_it(
    database: Database, shop: DemoShop, chat: Chat
) -> None:
    chat.answer = {"errcode": 310000, "errmsg": "sign not match"}
    staffed(database, shop, person(robot="dingtalk", url=f"{chat.url}/robot/send", secret="SEC"))
    told(database, Notice(shop.shop_id, "seller", LATE, 7, 8))
    with posting(database, None) as line:
        line.run_due()
    with transaction(database) as tx:
        [waiting] = list_messages(tx, limit=9)
        assert (waiting.state, waiting.tries) == ("waiting", 1)
        assert "310000" in (waiting.said or "")


def test_a_robot_with_much_to_hear_has_its_rest(database: Database, shop: DemoShop, chat: Chat) -> None:
    staffed(database, shop, person(robot="wecom", url=f"{chat.url}/send"))
    told(database, *(Notice(shop.shop_id, "seller", LATE, number, number) for number in range(25)))
    station = mail_station(None, Robots(Connections(LOOPBACK)), KEY)
    with posting(database, None) as line:
        line.run_station(POST)
        assert line.run_station(station) == 1
        assert line.run_station(station) == 0, "three seconds are not over"
    assert len(chat.heard) == 1
    assert sorted(states(database)) == [("sent", 1)] * 10 + [("waiting", 0)] * 15


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        (person("li@shop.test\nBcc: all@shop.test"), "contact.email"),
        (person("li"), "contact.email"),
        (person(None), "contact.address"),
        (person("a@b.test", robot="slack", url="https://x.test"), "contact.address"),
        (person(robot="slack", url="http://hooks.slack.test/x"), "contact.url"),
        (person(robot="slack", url="https://10.1.2.3/x"), "contact.url"),
        (person("a@b.test", zone="Mars/Olympus"), "contact.zone"),
        (person("a@b.test", digest_at="25:00"), "contact.time"),
    ],
)
def test_a_contact_that_nothing_can_be_sent_to_is_refused(
    database: Database, shop: DemoShop, contact: Contact, code: str
) -> None:
    with transaction(database) as tx, pytest.raises(Invalid) as refusal:
        set_contacts(tx, "seller", [contact], KEY, shop_id=shop.shop_id)
    assert refusal.value.code == code
