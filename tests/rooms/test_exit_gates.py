"""What the gates of an exit read: what is open and nothing else, whatever plan is made, however much is over or standard."""

from typing import Any

import pytest
from sqlalchemy import Connection

from andon.kernel.db import Database
from andon.kernel.statements import numbered
from andon.membership.exits.rules import MOST_LISTED, blockers_of, counts_of
from andon.membership.exits.service import start_exit
from andon.membership.exits.station import LEAVE
from andon.membership.exits.views import facts_of, facts_of_shops
from andon.membership.exits.views.gates import OPEN_CHARGES, OPEN_PARTS
from andon.money.settlement.service import LOOK_AGAIN
from andon.orders.order.rules import Mode
from tests.worlds import NOON, transaction
from tests.worlds_money import a_settled_world
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import open_demo_shop

OVER = 20_000
FEW_BUFFERS = 60
"""Pages that a gate may read; a tenth of what lies in the table, or less."""

COPY_PARTS = (
    "insert into fulfilments (shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, policy, placed_at, "
    "reserved_at) select shop_id, {first} + n, {first} + n, {supplier}, {mode}, {state}, 0, policy, placed_at, reserved_at "
    "from (select * from fulfilments limit 1) f, generate_series(1, {count}) n"
)
COPY_CHARGES = (
    "insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, amount_minor, currency, "
    "payee, basis, policy, accrued_at, due_at, settled_at) select shop_id, 1000000 + n, kind, {state}, 1000000 + n, 0, order_id, "
    "fulfilment_id, amount_minor, currency, payee, basis, policy, accrued_at, {due}, null "
    "from (select * from charges limit 1) c, generate_series(1, {count}) n"
)


def parts(
    owner: Connection, count: int, *, first: int, state: int, mode: Mode, supplier: str = "supplier_id"
) -> None:
    owner.exec_driver_sql(
        COPY_PARTS.format(count=count, first=first, state=state, mode=mode.value, supplier=supplier)
    )


def buffers(owner: Connection, sql: str, *values: str) -> int:
    """The pages that a statement reads by the plan that is made for whatever values."""
    owner.exec_driver_sql("set local plan_cache_mode = force_generic_plan")
    run = "explain (analyze, buffers, format json) "
    if values:
        owner.exec_driver_sql(f"prepare asked (bigint[], bigint) as {numbered(sql)[0]}")
        run += f"execute asked ({', '.join(values)})"
    else:
        run += sql
    plan = owner.exec_driver_sql(run).scalar_one()
    top: dict[str, Any] = plan[0]["Plan"]
    read: int = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return read


@pytest.mark.clause("EXIT-1")
def test_of_thousands_of_open_orders_a_hundred_are_listed_and_all_counted(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(tx, shop.shop_id, incoming("1", "S-1"))
    with database.owner.begin() as owner:
        parts(owner, 3_000, first=1_000, state=20, mode=Mode.JIT)
        parts(owner, 500, first=9_000, state=30, mode=Mode.JIT)
    with transaction(database) as tx:
        facts = facts_of(tx, shop.shop_id)
        assert counts_of(facts) == {"open_order": 3_501, "unanswered_order": 3_001, "live_grant": 2}
        listed = blockers_of(facts)
        assert len([each for each in listed if each.code == "open_order"]) == MOST_LISTED
        assert len(facts.parts) == 2 * MOST_LISTED
        assert counts_of(facts_of_shops(tx, [shop.shop_id], most=1)[shop.shop_id]) == counts_of(facts)


@pytest.mark.clause("EXIT-1")
def test_what_is_over_and_what_is_standard_costs_the_gates_nothing(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(5)))
    with database.owner.begin() as owner:
        parts(owner, OVER, first=1_000_000, state=81, mode=Mode.JIT)
        owner.exec_driver_sql("analyze fulfilments")
        # In the order in which `numbered` meets them.
        assert numbered(OPEN_PARTS)[1] == ("shops", "most")
        assert buffers(owner, OPEN_PARTS, f"'{{{shop.shop_id}}}'", "100") <= FEW_BUFFERS


@pytest.mark.clause("EXIT-2")
def test_settled_charges_cost_the_gate_nothing(database: Database):
    world = a_settled_world(database)
    with database.owner.begin() as owner:
        owner.exec_driver_sql(COPY_CHARGES.format(state=80, due="accrued_at", count=OVER))
        owner.exec_driver_sql("analyze charges")
        assert buffers(owner, OPEN_CHARGES, f"'{{{world.shop_id}}}'", "100") <= FEW_BUFFERS


def test_provisional_charges_cost_the_next_settlement_nothing(database: Database):
    world = a_settled_world(database)
    rows = f"""'[{{"s": {world.shop_id}, "j": 1}}]'"""
    with database.owner.begin() as owner:
        # None of its own is due; others' are, so that the index of all that is due is no way either.
        owner.exec_driver_sql(COPY_CHARGES.format(state=10, due="null", count=OVER))
        owner.exec_driver_sql("update charges set state = 80 where state = 20")
        owner.exec_driver_sql(
            "insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, amount_minor, "
            "currency, payee, basis, policy, accrued_at, due_at) select shop_id + 1, charge_id, kind, 20, subject, round, "
            "order_id, fulfilment_id, amount_minor, currency, payee, basis, policy, accrued_at, accrued_at from charges"
        )
        owner.exec_driver_sql("analyze charges")
        sql, names = numbered(LOOK_AGAIN)
        assert names == ("rows", "now")
        owner.exec_driver_sql(f"prepare looked (text, timestamptz) as {sql}")
        owner.exec_driver_sql("set local plan_cache_mode = force_generic_plan")
        run = f"explain (analyze, buffers, format json) execute looked ({rows}, '{NOON.isoformat()}')"
        top = owner.exec_driver_sql(run).scalar_one()[0]["Plan"]
    assert top["Shared Hit Blocks"] + top["Shared Read Blocks"] <= FEW_BUFFERS


def test_the_line_asks_for_a_finished_step_without_looking_through_standard_orders(database: Database):
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        accept(tx, shop.shop_id, *(incoming(str(n), "S-1") for n in range(5)))
    with transaction(database) as tx:
        start_exit(tx, shop.shop_id, "strategy")
    with database.owner.begin() as owner:
        parts(owner, OVER, first=1_000_000, state=10, mode=Mode.STANDARD, supplier="null")
        owner.exec_driver_sql("analyze fulfilments")
        assert owner.exec_driver_sql(LEAVE.due).scalar_one() is None
        assert buffers(owner, LEAVE.due) <= FEW_BUFFERS
        owner.exec_driver_sql("update fulfilments set state = 91 where mode = 2")
        assert owner.exec_driver_sql(LEAVE.due).scalar_one() is not None
        assert buffers(owner, LEAVE.due) <= FEW_BUFFERS
