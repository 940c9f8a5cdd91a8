"""Rehearsals of exits: all of it computed, and nothing changed."""

from typing import Any

import pytest
from sqlalchemy import text

from andon.app.schema import metadata
from andon.kernel.db import Database
from andon.kernel.errors import Conflict
from andon.kernel.tx import Actor
from andon.membership.exits.rules import counts_of
from andon.membership.exits.service import start_exit
from andon.membership.rehearsal.rules import changed
from andon.membership.rehearsal.service import rehearse_exit
from andon.orders.order.rules import FulfilmentState
from andon.partners.stock.service import count_consigned
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, bring_to, incoming, part_of
from tests.worlds_partners import DemoShop, open_demo_shop, request


def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table, as text."""
    with database.owner.connect() as owner:
        return {
            name: sorted(owner.scalars(text(f'select cast(t as text) from "{name}" t')).all())
            for name in metadata.tables
        }


def busy_shop(database: Database) -> DemoShop:
    """A shop with orders on every leg of the way, consigned stock and funds."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        orders = accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(4)))
        parts = [part_of(tx, shop.shop_id, order).fulfilment_id for order in orders]
        bring_to(tx, shop.shop_id, parts[0], FulfilmentState.SHIPPED)
        bring_to(tx, shop.shop_id, parts[1], FulfilmentState.ACCEPTED)
        bring_to(tx, shop.shop_id, parts[2], FulfilmentState.COMPLETED)
        count_consigned(tx, shop.shop_id, shop.supplier_ids[1], shop.item("S-2"), 7)
    return shop


@pytest.mark.clause("EXIT-1", "EXIT-3", "EXIT-4", "EXIT-6")
def test_a_rehearsal_tells_what_an_exit_changes(database: Database):
    shop = busy_shop(database)
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id], commit=False) as tx:
        found = rehearse_exit(tx, shop.shop_id, "cost")
    assert counts_of(found.facts)["open_order"] == 3
    assert (found.queue.open, dict(found.queue.by_state)) == (3, {"pushed": 1, "accepted": 1, "shipped": 1})
    assert changed(found.before.modes, found.after.modes) == {
        "S-1": ("jit", "standard"),
        "S-2": ("jit", "standard"),
    }
    assert (list(found.before.plan), list(found.after.plan)) == (
        ["cainiao_jit", "cainiao_standard"],
        ["cainiao_standard"],
    )
    assert [(each.supplier_id, each.fulfilments) for each in found.bound] == [
        (shop.supplier_ids[0], 3),
        (shop.supplier_ids[1], 0),
    ]
    assert set(changed(found.before.bindings, found.after.bindings).values()) == {("active", "ended")}
    assert changed(found.before.stock, found.after.stock) == {
        (0, "S-2"): (None, (7, 0)),
        (shop.supplier_ids[1], "I-S-2"): ((7, 7), (0, 0)),
    }
    assert (found.before.jit_offered, found.after.jit_offered) == (True, False)
    assert (found.before.enrolment, found.after.enrolment) == ("on", "leaving")
    # Everything holds but what is open.
    assert [each.check for each in found.checks if not each.passed] == ["nothing_is_open"]
    assert [each.sku for each in found.unsold] == ["S-1", "S-2"]
    assert found.forecast.p50 > NOON


@pytest.mark.clause("EXIT-1")
def test_a_rehearsal_changes_no_row_of_any_table(database: Database):
    shop = busy_shop(database)
    before = everything(database)
    assert before["fulfilments"]
    with request(database, Actor("shop", shop.shop_id), [shop.shop_id], commit=False) as tx:
        rehearse_exit(tx, shop.shop_id, "cost")
        # Here, and nowhere else, it has happened.
        tx.flush()
        assert tx.rows("select 1 from events where kind = 'exit.started'")
    assert everything(database) == before


@pytest.mark.clause("EXIT-1")
def test_a_shop_that_leaves_already_or_is_not_in_rehearses_nothing(database: Database):
    with transaction(database) as tx:
        leaving, out = open_demo_shop(tx), open_demo_shop(tx, intake_open=False)
    with transaction(database) as tx:
        start_exit(tx, leaving.shop_id, "cost")
    with transaction(database) as tx, pytest.raises(Conflict) as running:
        rehearse_exit(tx, leaving.shop_id, "cost")
    with transaction(database) as tx, pytest.raises(Conflict) as never:
        rehearse_exit(tx, out.shop_id, "cost")
    assert [running.value.code, never.value.code] == ["exit.running", "exit.not_joined"]
