"""Notices: each to one audience, read by nobody else, and kept with what they tell of."""

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import NotFound
from andon.kernel.events import PLATFORM
from andon.kernel.tx import Actor
from andon.platform.notices.service import Notice, read_notice, tell
from andon.platform.notices.views import list_notices
from tests.worlds import NOON, transaction
from tests.worlds_partners import DemoShop, request


def three(shop: DemoShop, kind: str = "fulfilment.late_answer") -> list[Notice]:
    first = shop.supplier_ids[0]
    return [
        Notice(shop.shop_id, "seller", kind, 1, 2, facts={"supplier_id": first}),
        Notice(shop.shop_id, "supplier", kind, 1, 2, first),
        Notice(shop.shop_id, "operator", kind, 1, 2, facts={"supplier_id": first}),
    ]


def test_each_audience_reads_its_own_notice_and_no_other(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        tell(tx, three(shop))
    first, second = shop.supplier_ids
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx:
        [seen] = list_notices(tx, "seller", shop_id=shop.shop_id, limit=9)
        assert (seen.shop_id, seen.order_id, seen.fulfilment_id, seen.at) == (shop.shop_id, 1, 2, NOON)
        assert (seen.kind, seen.facts) == ("fulfilment.late_answer", {"supplier_id": first})
    for supplier, count in ((first, 1), (second, 0)):
        with request(database, Actor("supplier", supplier), [shop.shop_id]) as tx:
            assert len(list_notices(tx, "supplier", supplier_id=supplier, limit=9)) == count
            assert tx.rows("select count(*) as n from notices")[0].n == count, (
                "the wall itself hides the rest"
            )
    with request(database, Actor("operator"), [PLATFORM, shop.shop_id]) as tx:
        assert len(list_notices(tx, "operator", limit=9)) == 1
    with request(database, Actor("shop", 99), [99]) as tx:
        assert tx.rows("select 1 from notices") == []


def test_a_notice_is_read_once_and_by_its_own_audience_alone(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        tell(tx, three(shop))
        sellers, suppliers, _ = (row.notice_id for row in tx.rows("select notice_id from notices order by 1"))
    first, second = shop.supplier_ids
    with request(database, Actor("supplier", second), [shop.shop_id]) as tx, pytest.raises(NotFound):
        read_notice(tx, "supplier", suppliers, supplier_id=second)
    with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
        read_notice(tx, "supplier", suppliers, supplier_id=first)
        with pytest.raises(NotFound):
            read_notice(tx, "supplier", sellers, supplier_id=first)
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id]) as tx:
        for _ in range(2):
            read_notice(tx, "seller", sellers, shop_id=shop.shop_id)
        assert list_notices(tx, "seller", shop_id=shop.shop_id, unread=True, limit=9) == []
        [seen] = list_notices(tx, "seller", shop_id=shop.shop_id, limit=9)
        assert seen.read_at == NOON
        with pytest.raises(NotFound):
            read_notice(tx, "seller", suppliers, shop_id=shop.shop_id)


def test_whoever_acts_may_tell_the_others(database: Database, shop: DemoShop) -> None:
    first = shop.supplier_ids[0]
    for actor in (Actor("supplier", first), Actor("shop", shop.shop_id), Actor("operator")):
        with request(database, actor, [shop.shop_id]) as tx:
            tell(tx, three(shop))
    with transaction(database) as tx:
        assert [row.audience for row in tx.rows("select audience from notices")] == [
            "seller", "supplier", "operator",
        ] * 3  # fmt: skip


def test_what_concerns_no_shop_reaches_its_supplier_and_the_platform(
    database: Database, shop: DemoShop
) -> None:
    first = shop.supplier_ids[0]
    with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
        tell(
            tx,
            [
                Notice(PLATFORM, "supplier", "endpoint.broken", supplier_id=first),
                Notice(PLATFORM, "operator", "endpoint.broken", facts={"supplier_id": first}),
            ],
        )
    with request(database, Actor("supplier", first), [shop.shop_id]) as tx:
        [seen] = list_notices(tx, "supplier", supplier_id=first, unread=True, limit=9)
        assert (seen.shop_id, seen.kind) == (None, "endpoint.broken")
        read_notice(tx, "supplier", seen.id, supplier_id=first)
        assert list_notices(tx, "supplier", supplier_id=first, unread=True, limit=9) == []
    with request(database, Actor("operator"), [PLATFORM, shop.shop_id]) as tx:
        assert [each.kind for each in list_notices(tx, "operator", limit=9)] == ["endpoint.broken"]


def test_what_is_undone_told_nobody(database: Database, shop: DemoShop) -> None:
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id], commit=False) as tx:
        tell(tx, three(shop))
        tell(tx, [])
    with transaction(database) as tx:
        assert tx.rows("select 1 from notices") == []
