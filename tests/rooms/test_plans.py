"""A shop's shipping plan."""

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Invalid, NotFound
from andon.kernel.tx import Actor
from andon.partners.plans.service import put_plan
from andon.partners.plans.views import plan_of
from tests.worlds import transaction
from tests.worlds_partners import PLAN, a_shop, request


def test_a_plan_is_its_lines_in_the_order_of_their_precedence(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        assert plan_of(tx, shop_id) == list(PLAN)
        assert put_plan(tx, shop_id, PLAN[::-1]) == list(PLAN[::-1])
        assert plan_of(tx, shop_id) == list(PLAN[::-1])
        put_plan(tx, shop_id, ["cainiao_standard"])
        assert plan_of(tx, shop_id) == ["cainiao_standard"]


def test_the_same_plan_again_is_no_event(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        put_plan(tx, shop_id, PLAN)
        put_plan(tx, shop_id, PLAN[::-1])
    with transaction(database) as tx:
        bodies = [
            row.body for row in tx.rows("select body from events where kind = 'plan.set' order by event_id")
        ]
        assert bodies == [
            '{"lines":["cainiao_jit","cainiao_standard"]}',
            '{"lines":["cainiao_standard","cainiao_jit"]}',
        ]


def test_a_plan_that_cannot_ship_leaves_the_old_one(database: Database):
    with transaction(database) as tx:
        shop_id = a_shop(tx)
        with pytest.raises(Invalid) as refusal:
            put_plan(tx, shop_id, ["cainiao_jit"])
        assert refusal.value.code == "plan.no_standard"
        assert plan_of(tx, shop_id) == list(PLAN)


def test_another_shops_plan_is_out_of_reach(database: Database):
    with transaction(database) as tx:
        mine, theirs = a_shop(tx), a_shop(tx)
    with request(database, Actor("shop", mine), {mine}) as tx:
        assert plan_of(tx, theirs) == []
        with pytest.raises(NotFound):
            put_plan(tx, theirs, PLAN)
    with request(database, Actor("supplier", 1), {mine}) as tx:
        assert plan_of(tx, mine) == []
