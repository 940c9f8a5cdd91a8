"""Opening shops, and their JIT intake."""

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.tx import Actor
from andon.partners.shops.service import close_jit_intake, open_jit_intake, open_shop
from andon.partners.shops.views import list_shops, shop_of
from tests.worlds import transaction
from tests.worlds_partners import a_shop, request

SHOP = {
    "name": "衣见",
    "category": "apparel",
    "locale": "zh-CN",
    "currency": "CNY",
    "zone": "Asia/Shanghai",
}


def kinds(tx, shop_id):
    return [
        row.kind for row in tx.rows("select kind from events where shop_id = :s order by event_id", s=shop_id)
    ]


def test_a_shop_opens_with_its_head_row_and_its_jit_intake_closed(database: Database):
    with transaction(database) as tx:
        shop = open_shop(tx, **SHOP)
        shop_id = shop.shop_id
        assert not shop.jit_intake_open
    with transaction(database) as tx:
        assert tx.one("select 1 from heads where shop_id = :s", s=shop_id)
        assert shop_of(tx, shop_id).name == "衣见"
        assert kinds(tx, shop_id) == ["shop.opened"]


@pytest.mark.clause("MODE-1")
def test_a_shop_in_a_category_closed_to_jit_may_open(database: Database):
    with transaction(database) as tx:
        assert "pharmacy" not in tx.policy.mode.categories
        assert open_shop(tx, **(SHOP | {"category": "pharmacy"})).category == "pharmacy"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "ABC"}, "shop.currency"),
        ({"currency": "XXX"}, "shop.currency"),
        ({"zone": "Mars/Olympus"}, "shop.zone"),
        ({"zone": "../etc/passwd"}, "shop.zone"),
        ({"zone": ""}, "shop.zone"),
    ],
)
def test_a_shop_of_no_known_place_is_refused(database: Database, change, code):
    with transaction(database) as tx:
        with pytest.raises(Invalid) as refusal:
            open_shop(tx, **(SHOP | change))
        assert refusal.value.code == code
        assert not tx.rows("select 1 from shops")


def test_an_operator_opens_a_shop_that_lies_outside_its_walls(database: Database):
    with request(database, Actor("operator"), {0}) as tx:
        shop_id = open_shop(tx, **SHOP).shop_id
        assert tx.one("select current_setting('andon.shops') as shops").shops == "0"
        tx.session.expunge_all()
        with pytest.raises(NotFound) as refusal:
            shop_of(tx, shop_id)
        assert refusal.value.code == "shop.not_found"
    with request(database, Actor("operator"), {0, shop_id}) as tx:
        assert shop_of(tx, shop_id).name == "衣见"
        assert kinds(tx, shop_id) == ["shop.opened"]


def test_jit_intake_opens_and_closes_once(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        open_jit_intake(tx, shop_id)
        open_jit_intake(tx, shop_id)
        assert shop_of(tx, shop_id).jit_intake_open
    with transaction(database) as tx:
        tx.close_head(shop_id)
        close_jit_intake(tx, shop_id)
        close_jit_intake(tx, shop_id)
        assert not shop_of(tx, shop_id).jit_intake_open
    with transaction(database) as tx:
        assert kinds(tx, shop_id)[2:] == ["shop.jit_intake_opened", "shop.jit_intake_closed"]


def test_shops_are_listed_by_number(database: Database):
    with transaction(database) as tx:
        numbers = [a_shop(tx) for _ in range(3)]
        assert [shop.shop_id for shop in list_shops(tx, limit=2)] == numbers[:2]
        assert [shop.shop_id for shop in list_shops(tx, after=numbers[1], limit=2)] == numbers[2:]
