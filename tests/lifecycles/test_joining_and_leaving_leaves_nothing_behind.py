"""A shop that joins, leaves and joins again a hundred times is as it was after the first: only its history is longer."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from andon.app.line import LINE
from andon.app.schema import metadata
from andon.kernel.db import Database
from andon.membership.enrolment.service import join_jit
from andon.membership.exits.service import start_exit, strike, throw_switch, verify_exit
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import edit_products
from andon.partners.plans.service import put_plan
from tests.worlds import NOON, transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_exits import unbind
from tests.worlds_partners import PLAN, DemoShop, map_to, open_demo_shop
from tests.worlds_standing import make_ready

HISTORY = {
    "bindings": "state < 80", "documents": "true", "enrolments": "state < 80", "events": "false", "exit_checks": "false",
    "exits": "state < 80", "grants": "ended_at is null", "invitations": "false", "letters": "signed_at is null",
    "movements": "false", "notices": "post_at is not null", "reviews": "state < 80", "revocation_tries": "false", "untold": "false",
}  # fmt: skip
"""What a round adds to for good, and what of it would stand and be waited for; events that nobody listens to wait for nobody."""
STATE = {
    "shops": "shop_id, jit_intake_open, jit_offered",
    "plan_lines": "line, precedence",
    "products": "sku, mode, delisted_at",
    "stock": "location, item, owner, on_hand, reserved, held",
    "pools": "supplier_id, item, counted, even_at",
    "mappings": "sku, supplier_id",
    "former_mappings": "sku, supplier_id, item, units, priority",
    "standings": "look_at",
    "ratings": "order_id, described, communication, shipping",
    "calibrations": "sku, counted_at",
    "product_exits": "sku, state",
    "funds_holds": "lifted_at",
}
"""What a shop is, apart from when."""


def one_round(database: Database, shop: DemoShop, number: int) -> None:
    """In and out again, within two days."""
    at = NOON + timedelta(days=2 * number)
    if number:
        with transaction(database, at) as tx:
            make_ready(tx, shop.shop_id, shop.supplier_ids)
        with transaction(database, at) as tx:
            assert join_jit(tx, shop.shop_id, "key:1").number == number + 1
            for supplier_id in shop.supplier_ids:
                map_to(tx, shop.shop_id, "S-1", supplier_id)
        with transaction(database, at) as tx:
            put_plan(tx, shop.shop_id, PLAN)
            edit_products(tx, shop.shop_id, ["S-1"], Mode.JIT)
    with transaction(database, at) as tx:
        exit_id = start_exit(tx, shop.shop_id, "cost").exit_id
    unbind(database, shop.shop_id, at)
    with transaction(database, at) as tx:
        throw_switch(tx, shop.shop_id, exit_id)
    for act in (strike, verify_exit):
        with transaction(database, at + timedelta(days=1)) as tx:
            act(tx, shop.shop_id, exit_id)
    with transaction(database, at) as tx:
        assert tx.rows("select state from exits where exit_id = :exit", exit=exit_id)[0].state == 80


def standing(database: Database) -> dict[str, Any]:
    """What stands: the rows of each table that are no history, what the shop is, and what the line waits for."""
    with database.line.connect() as line:
        rows = {
            name: line.scalar(text(f'select count(*) from "{name}" where {HISTORY.get(name, "true")}'))
            for name in metadata.tables
            if name != "documents"
        }
        state = {
            name: sorted(map(repr, line.execute(text(f"select {columns} from {name}")).all()))
            for name, columns in STATE.items()
        }
        due = {station.name for station in LINE if line.scalar(text(f"select ({station.due})")) is not None}
    return {**{f"rows of {name}": count for name, count in rows.items()}, **state, "due": due}


def history(database: Database) -> dict[str, int]:
    with database.line.connect() as line:
        return {name: line.scalar(text(f'select count(*) from "{name}"')) or 0 for name in HISTORY}


@pytest.mark.clause("BACK-1")
@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.long)])
def test_many_rounds_leave_what_two_leave(database: Database, rounds: int) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1, local=5)
    for number in range(2):
        one_round(database, shop, number)
    before, second = standing(database), history(database)
    one_round(database, shop, 2)
    grown = {name: count - second[name] for name, count in history(database).items()}
    for number in range(3, rounds):
        one_round(database, shop, number)
    changed = {name: (before[name], now) for name, now in standing(database).items() if now != before[name]}
    assert not changed, "what stands, before and after"
    wanted = {name: second[name] + (rounds - 2) * by for name, by in grown.items()}
    assert history(database) == wanted, "each round adds the same, and nothing but history"
    assert_all_well(database)
