"""Shops that move off JIT, alone or by an exit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from andon.kernel.db import Database
from andon.kernel.tx import Tx
from andon.membership.exits.service import start_exit
from andon.membership.moves.rules import MoveDraft, ProductDraft
from andon.membership.moves.service import start_move
from andon.membership.moves.tables import Move
from andon.membership.moves.views import running_move
from andon.partners.tracks.rules import Choice
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import DemoShop, open_demo_shop

WEEK = timedelta(days=7)
END = NOON + WEEK
"""When a move ends that began at noon."""
SKUS = ("STOCK", "UNLIST", "SHIPS", "PLAIN", "RAMP")
CHOSEN = (
    ProductDraft("STOCK", Choice.STOCK_UP),
    ProductDraft("UNLIST", Choice.UNLIST),
    ProductDraft("SHIPS", Choice.SUPPLIER_SHIPS),
    ProductDraft("RAMP", None, [0, 50, 100]),
)
"""What is wanted of the products of a shop that moves; PLAIN leaves at once."""


def moving_shop(
    database: Database, chosen: Sequence[ProductDraft] = CHOSEN, **options: Any
) -> tuple[DemoShop, int]:
    """A shop in JIT that has begun to move at noon, with an order of PLAIN that drains; and the number of its move."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, **{"skus": SKUS, "suppliers": 1} | options)
        accept(tx, shop.shop_id, incoming("before", shop.skus[-2]))
    with transaction(database) as tx:
        return shop, start_move(tx, shop.shop_id, MoveDraft(products=chosen)).move_id


def exiting_shop(
    database: Database, chosen: Sequence[ProductDraft] = (), **options: Any
) -> tuple[DemoShop, int, int]:
    """A shop that has begun to leave at noon, gently, with an order that drains; the numbers of its exit and its move."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, **{"skus": SKUS, "suppliers": 1} | options)
        accept(tx, shop.shop_id, incoming("before", "PLAIN"))
    with transaction(database) as tx:
        exit_id = start_exit(tx, shop.shop_id, "strategy", move=MoveDraft(products=chosen)).exit_id
        move = running_move(tx, shop.shop_id)
        assert move is not None
        return shop, exit_id, move.move_id


def move_now(tx: Tx[Policy], shop_id: int, move_id: int) -> Move:
    """The move as it stands."""
    return tx.get(Move, shop_id, move_id)


def way_of(tx: Tx[Policy], shop_id: int, number: str, sku: str) -> tuple[int, int | None, str]:
    """Mode, supplier and line by which a new order of a SKU goes."""
    [order] = accept(tx, shop_id, incoming(number, sku, placed_at=tx.now))
    part = part_of(tx, shop_id, order)
    return part.mode, part.supplier_id, part.line
