"""Shops that leave JIT: started, drained, unbound, thrown."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from andon.kernel.db import Database
from andon.kernel.tx import Tx
from andon.membership.exits.rules import ExitState, Force
from andon.membership.exits.service import start_exit, strike, throw_switch, verify_exit
from andon.membership.exits.tables import Exit
from andon.membership.unbinding.service import (
    Proof,
    Signature,
    claim_cases,
    draw_up_end,
    record_tries,
    sign_letter,
)
from andon.membership.unbinding.station import prove_station
from andon.platform.policies.rules import Policy
from andon.ports.trying import Attempt, LiveKey, Tried
from tests.worlds import NOON, transaction
from tests.worlds_partners import DemoShop, open_demo_shop

DAY = timedelta(days=1)
SELLER = Force("key:1", "李卖家", "key", None, is_operator=False)
"""Who forces an exit, unless somebody else does."""
OFF_AT = NOON + DAY
"""When a switch strikes that was thrown at noon."""


def unbind(database: Database, shop_id: int, at: datetime = NOON) -> None:
    """End every binding of the shop, each with its letter, signed at once."""
    with transaction(database, at) as tx:
        bindings = tx.rows(
            "select binding_id from bindings where shop_id = :shop and state in (20, 30) order by 1",
            shop=shop_id,
        )
    for row in bindings:
        with transaction(database, at) as tx:
            letter = draw_up_end(tx, shop_id, row.binding_id).letter_id
        assert letter is not None
        with transaction(database, at) as tx:
            sign_letter(tx, shop_id, letter, Signature("李雷", f"shop:{shop_id}", "key"))
    prove(database, at)


def prove(database: Database, at: datetime = NOON) -> None:
    """Prove every letter that is signed."""
    with transaction(database, at) as tx:
        # There is no application here to try by: what it would answer is that nothing opens.
        record_tries(tx, [Proof(case, calls=(), tables={}) for case in claim_cases(tx, 100)])


def leaving_shop(database: Database, **options: Any) -> tuple[DemoShop, int]:
    """A shop in JIT that has started to leave at noon, and the number of its exit."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, **options)
    with transaction(database) as tx:
        return shop, start_exit(tx, shop.shop_id, "strategy").exit_id


def thrown_exit(database: Database, **options: Any) -> tuple[DemoShop, int]:
    """The same, unbound, and its switch thrown at noon."""
    shop, exit_id = leaving_shop(database, **options)
    unbind(database, shop.shop_id)
    with transaction(database) as tx:
        throw_switch(tx, shop.shop_id, exit_id)
    return shop, exit_id


def struck_exit(database: Database, at: datetime = OFF_AT, **options: Any) -> tuple[DemoShop, int]:
    """The same, and the switch has struck."""
    shop, exit_id = thrown_exit(database, **options)
    with transaction(database, at) as tx:
        strike(tx, shop.shop_id, exit_id)
    return shop, exit_id


def done_exit(database: Database, at: datetime = OFF_AT, **options: Any) -> tuple[DemoShop, int]:
    """The same, verified: the shop is out."""
    shop, exit_id = struck_exit(database, at, **options)
    with transaction(database, at) as tx:
        assert verify_exit(tx, shop.shop_id, exit_id).state == ExitState.DONE
    return shop, exit_id


def stands(tx: Tx[Policy], shop_id: int, exit_id: int) -> ExitState:
    """The state of an exit."""
    return ExitState(tx.get(Exit, shop_id, exit_id).state)


def told_of(tx: Tx[Policy], shop_id: int, family: str = "exit.%") -> list[str]:
    """The kinds of what was recorded of a shop's exits, in the order it was."""
    rows = tx.rows(
        "select kind from events where shop_id = :shop and kind like :family order by event_id",
        shop=shop_id,
        family=family,
    )
    return [row.kind for row in rows]


class NothingOpens:
    """Whoever tries what letters have closed, and finds that nothing opens: there is no application to try by."""

    def call(self, key: LiveKey, attempts: Sequence[Attempt]) -> list[Tried]:
        return [Tried(each.named, key.key_id, 404) for each in attempts]

    def look(self, supplier_id: int, shop_id: int) -> Mapping[str, bool]:
        return {}


PROVE = prove_station(NothingOpens())
"""The station that proves letters, for lines of tests."""
