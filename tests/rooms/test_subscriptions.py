"""Who hears of which events: each once, nothing slips, nobody hears of another's."""

import threading
import time

import pytest
from standardwebhooks import Webhook

from andon.adapters.webhook_client import signed_headers
from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.events import Event
from andon.partners.stock.events import StockCounted
from andon.platform.subscriptions.rules import HIDDEN, MOST_WEBHOOKS
from andon.platform.subscriptions.service import (
    Changes,
    change_webhook,
    ping,
    remove_webhook,
    replay_deliveries,
    rotate_secret,
    subscribe,
)
from andon.platform.subscriptions.station import TELL
from andon.platform.subscriptions.views import list_deliveries, list_webhooks, webhook_of
from tests.worlds import transaction
from tests.worlds_partners import DemoShop, bind, open_demo_shop
from tests.worlds_push import KEY, Town
from tests.worlds_supply import a_line, labelled, orders_for, taken
from tests.worlds_webhooks import (
    URL,
    a_listening_shop,
    as_shop,
    as_supplier,
    deliveries,
    delivering,
    kinds_of,
    listened,
    told,
)


@pytest.fixture
def shop(database: Database) -> DemoShop:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",))
    line = a_line(database, TELL)
    line.run_due()  # its bindings were noted: somebody might have listened
    line.close()
    return shop


def counted(shop_id: int, number: int) -> StockCounted:
    return StockCounted(shop_id=shop_id, location=0, item=f"S-{number}", counted=number)


def test_a_shop_hears_of_what_it_asked_for_signed_and_once(database: Database, shop: DemoShop) -> None:
    number, secret = a_listening_shop(database, shop, "fulfilment.*", "order.accepted")
    with transaction(database) as tx:
        labelled(tx, orders_for(tx, shop.shop_id, 2))
    town = Town()
    with delivering(database, town) as line:
        line.run_due()
        line.run_due()
    kinds = kinds_of(town.heard)
    assert kinds["order.accepted"] == kinds["fulfilment.accepted"] == kinds["fulfilment.labelled"] == 2
    assert "parcel.labelled" not in kinds, "of nothing else"
    assert len({message.message_id for message in town.heard}) == len(town.heard)
    message = town.heard[0]
    said = Webhook(secret).verify(message.body, signed_headers(message))
    assert set(said) == {"type", "timestamp", "data"}
    assert said["timestamp"].endswith("Z")
    assert said["data"]["shop_id"] == shop.shop_id
    assert not any(name in each["data"] for each in told(town.heard) for name in HIDDEN["shop"])
    rows = deliveries(database)
    assert {(row.webhook_id, row.state, row.due_at) for row in rows} == {(number, 80, None)}
    assert [row.event_id for row in rows] == sorted(row.event_id for row in rows)


def test_a_supplier_hears_of_what_names_it_where_it_has_a_grant_and_of_no_other(
    database: Database, shop: DemoShop
) -> None:
    first, second = shop.supplier_ids
    with transaction(database) as tx:
        elsewhere = open_demo_shop(tx, skus=("S-1",))
    with as_supplier(database, first, [shop.shop_id]) as tx:
        subscribe(tx, URL, ["*"], KEY)
    with as_supplier(database, second, [shop.shop_id]) as tx:
        subscribe(tx, f"{URL}/second", ["*"], KEY)
    with transaction(database) as tx:
        taken(tx, orders_for(tx, shop.shop_id, 2))
        taken(tx, orders_for(tx, elsewhere.shop_id, 1, prefix="other"))
        tx.hold(shop.shop_id)
        tx.emit(
            StockCounted(shop_id=shop.shop_id, location=first, item="I-S-1", counted=3),
            counted(shop.shop_id, 1),
        )
    town = Town()
    with delivering(database, town) as line:
        line.run_due()
    assert {message.url for message in town.heard} == {URL}
    assert kinds_of(town.heard)["fulfilment.accepted"] == 2
    assert kinds_of(town.heard)["stock.counted"] == 1, "at its own place, not at the seller's"
    for each in told(town.heard):
        assert each["data"]["shop_id"] == shop.shop_id
        assert each["data"].get("supplier_id", first) == first
        assert not any(name in each["data"] for name in HIDDEN["supplier"])
        assert not each["type"].startswith(("order.", "charge."))
    assert {row.supplier_id for row in deliveries(database)} == {first}


def test_once_a_grant_has_ended_its_supplier_hears_of_nothing_more_not_even_of_what_waits(
    database: Database, shop: DemoShop
) -> None:
    first = shop.supplier_ids[0]
    with as_supplier(database, first, [shop.shop_id]) as tx:
        number, _ = subscribe(tx, URL, ["fulfilment.*"], KEY)
    with transaction(database) as tx:
        orders_for(tx, shop.shop_id, 1)
    line = a_line(database, TELL)
    line.run_due()
    with transaction(database) as tx:
        tx.run("update grants set ended_at = since where supplier_id = :s", s=first)
        orders_for(tx, shop.shop_id, 1, prefix="later")
    line.close()
    town = Town()
    with delivering(database, town) as line:
        line.run_due()
    assert town.heard == []
    rows = deliveries(database)
    assert rows
    assert {(row.state, row.due_at) for row in rows} == {(82, None)}
    with as_supplier(database, first, []) as tx:
        assert list_deliveries(tx, number, limit=9) == []
        assert replay_deliveries(tx, number, since=rows[0].created_at) == 0


def test_what_is_committed_late_is_told_late_and_nothing_slips_or_comes_twice(
    database: Database, shop: DemoShop
) -> None:
    a_listening_shop(database, shop, "stock.*")
    over = threading.Event()
    written: list[int] = []

    def write(writer: int) -> None:
        for turn in range(25):
            with transaction(database) as tx:
                tx.hold(shop.shop_id)
                numbers = [writer * 10_000 + turn * 10 + n for n in range(3)]
                tx.emit(*(counted(shop.shop_id, number) for number in numbers))
                tx.flush()
                time.sleep(0.004 * (turn % 3))  # it has its numbers, and commits after those that come later
                written.extend(numbers)

    town = Town()
    with delivering(database, town) as line:

        def tell() -> None:
            while not over.is_set():
                line.run_due()

        writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        teller = threading.Thread(target=tell)
        for each in (teller, *writers):
            each.start()
        for each in writers:
            each.join()
        over.set()
        teller.join()
        line.run_due()
    heard = [each["data"]["counted"] for each in told(town.heard)]
    assert len(heard) == 300
    assert sorted(heard) == sorted(written)


def test_two_workers_that_tell_at_once_tell_each_event_once(database: Database, shop: DemoShop) -> None:
    a_listening_shop(database, shop, "stock.*")
    for n in range(60):
        with transaction(database) as tx:
            tx.hold(shop.shop_id)
            tx.emit(counted(shop.shop_id, n))
    lines = [a_line(database, TELL) for _ in range(3)]
    threads = [threading.Thread(target=line.run_due) for line in lines]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for line in lines:
        line.close()
    assert sorted(row.kind for row in deliveries(database)) == ["stock.counted"] * 60
    assert len({row.event_id for row in deliveries(database)}) == 60


def test_of_a_shop_to_which_nobody_listens_nothing_is_noted(database: Database, shop: DemoShop) -> None:
    number, _ = a_listening_shop(database, shop)
    assert listened(database, shop.shop_id)
    with as_shop(database, shop) as tx:
        remove_webhook(tx, number)
    supplier = shop.supplier_ids[0]
    with as_supplier(database, supplier, [shop.shop_id]) as tx:
        subscribe(tx, URL, ["binding.*"], KEY)
    with transaction(database) as tx:
        tx.run("update grants set ended_at = since where shop_id = :s", s=shop.shop_id)
        tx.run("update bindings set state = 80, ended_at = offered_at where shop_id = :s", s=shop.shop_id)
        tx.hold(shop.shop_id)
        tx.emit(counted(shop.shop_id, 1))
    town = Town()
    with delivering(database, town) as line:
        line.run_due()
        assert not listened(database, shop.shop_id), "the first who looks says that nobody does"
        with transaction(database) as tx:
            tx.hold(shop.shop_id)
            tx.emit(counted(shop.shop_id, 2))
        with transaction(database) as tx:
            assert tx.rows("select from untold") == []
            bind(tx, shop.shop_id, [supplier])
        assert listened(database, shop.shop_id), "a new grant may bring somebody who does"
        line.run_due()
        assert kinds_of(town.heard)["binding.active"] == 1


def test_a_shop_that_nobody_listens_to_pays_nothing(database: Database, shop: DemoShop) -> None:
    line = a_line(database, TELL)
    line.run_due()
    with transaction(database) as tx:
        orders_for(tx, shop.shop_id, 3)
        assert tx.rows("select from untold") == []
    line.close()


def test_nobody_has_another_tenants_subscription(database: Database, shop: DemoShop) -> None:
    number, _ = a_listening_shop(database, shop)
    with transaction(database) as tx:
        other = open_demo_shop(tx, skus=("S-1",))
    # A supplier's number may be that of the shop.
    for opened in (
        lambda: as_shop(database, other),
        lambda: as_supplier(database, shop.shop_id, [shop.shop_id]),
    ):
        with opened() as tx:
            assert list_webhooks(tx, limit=9) == []
            for act in (
                lambda: webhook_of(tx, number),
                lambda: change_webhook(tx, number, Changes(enabled=False)),
                lambda: rotate_secret(tx, number, KEY),
                lambda: remove_webhook(tx, number),
                lambda: ping(tx, number),
                lambda: replay_deliveries(tx, number, deliveries=[1]),
            ):
                with pytest.raises(NotFound) as refusal:
                    act()
                assert refusal.value.code == "webhook.not_found"


@pytest.mark.parametrize(
    "events",
    [
        [],
        ["fulfilment"],
        ["fulfilment.shiped"],
        ["fulfilment.*", "operator.entered"],
        ["*.*"],
        ["key.*"],
        ["*"] * 51,
    ],
)
def test_what_nobody_can_hear_of_is_refused(database: Database, shop: DemoShop, events: list[str]) -> None:
    with pytest.raises(Invalid) as refusal, as_shop(database, shop) as tx:
        subscribe(tx, URL, events, KEY)
    assert refusal.value.code == "webhook.events"


def test_a_supplier_does_not_subscribe_to_a_shops_money(database: Database, shop: DemoShop) -> None:
    with (
        pytest.raises(Invalid) as refusal,
        as_supplier(database, shop.supplier_ids[0], [shop.shop_id]) as tx,
    ):
        subscribe(tx, URL, ["charge.*"], KEY)
    assert refusal.value.code == "webhook.events"


def test_a_subscription_goes_where_calls_may_go(database: Database, shop: DemoShop) -> None:
    with pytest.raises(Invalid) as refusal, as_shop(database, shop) as tx:
        subscribe(tx, "https://169.254.169.254/", ["*"], KEY)
    assert refusal.value.code == "endpoint.address"
    number, _ = a_listening_shop(database, shop)
    with pytest.raises(Invalid) as refusal, as_shop(database, shop) as tx:
        change_webhook(tx, number, Changes(url="http://erp.example/"))
    assert refusal.value.code == "endpoint.https"


def test_a_party_has_so_many_and_no_more(database: Database, shop: DemoShop) -> None:
    for _ in range(MOST_WEBHOOKS):
        a_listening_shop(database, shop)
    with pytest.raises(Conflict) as refusal:
        a_listening_shop(database, shop)
    assert refusal.value.code == "webhook.too_many"


def test_an_event_never_names_a_person() -> None:
    """What is told outside is an event's own fields: none is a buyer's."""
    personal = {"name", "phone", "email", "address", "line1", "line2", "city", "postcode", "ship_to", "note"}
    waiting, seen = [Event], set()
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        seen |= set(getattr(each, "__annotations__", {}))
    assert not seen & personal


def test_whoever_begins_to_listen_while_another_finds_that_nobody_does_is_heard(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        tx.run("update heads set listened = true where shop_id = :shop", shop=shop.shop_id)
        tx.hold(shop.shop_id)
        tx.emit(counted(shop.shop_id, 1))
    line = a_line(database, TELL)
    teller = threading.Thread(target=line.run_due)
    with as_shop(database, shop) as tx:
        subscribe(tx, URL, ["stock.*"], KEY)
        tx.flush()
        teller.start()
        time.sleep(0.5)  # it has found nobody by now, and is about to say so
    teller.join()
    line.close()
    assert listened(database, shop.shop_id)
    with transaction(database) as tx:
        tx.hold(shop.shop_id)
        tx.emit(counted(shop.shop_id, 2))
    town = Town()
    with delivering(database, town) as line:
        line.run_due()
    assert [each["data"]["counted"] for each in told(town.heard)] == [2]
