"""Moves by their numbers, the one of a shop that runs, and the products on their tracks."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from andon.kernel.errors import NotFound
from andon.kernel.tx import Tx
from andon.membership.moves.rules import MoveState
from andon.membership.moves.tables import Move
from andon.orders.order.rules import OPEN_BELOW, Mode
from andon.partners.stock.tables import LOCAL
from andon.partners.tracks.rules import Choice
from andon.platform.policies.rules import Policy


def move_of(tx: Tx[Policy], shop_id: int, move_id: int) -> Move:
    """The shop's move of that number; NotFound `move.not_found`."""
    found = tx.session.get(Move, (shop_id, move_id), populate_existing=True)
    if found is None:
        raise NotFound("move.not_found")
    return found


def running_move(tx: Tx[Policy], shop_id: int) -> Move | None:
    """The shop's move that runs, if one does."""
    return tx.session.scalars(
        select(Move).where(Move.shop_id == shop_id, Move.state < MoveState.DONE.value)
    ).first()


def move_of_exit(tx: Tx[Policy], shop_id: int, exit_id: int) -> Move | None:
    """The newest move that is part of that exit and was not cancelled, if there is one."""
    query = select(Move).where(
        Move.shop_id == shop_id, Move.exit_id == exit_id, Move.state != MoveState.CANCELLED.value
    )
    return tx.session.scalars(query.order_by(Move.move_id.desc())).first()


def list_moves(tx: Tx[Policy], shop_id: int, *, before: int | None = None, limit: int) -> Sequence[Move]:
    """A shop's moves, the newest first, from the one before `before`."""
    query = select(Move).where(Move.shop_id == shop_id)
    if before is not None:
        query = query.where(Move.move_id < before)
    return tx.session.scalars(query.order_by(Move.move_id.desc()).limit(limit)).all()


def draining(tx: Tx[Policy], shop_id: int) -> int:
    """How many JIT fulfilments of the shop are open."""
    row = tx.one(
        f"select count(*) as parts from fulfilments where shop_id = :shop and state < {OPEN_BELOW} "
        f"and mode = {Mode.JIT.value}",
        shop=shop_id,
    )
    assert row is not None, "an aggregate has a row"
    return int(row.parts)


def tracks_by_choice(tx: Tx[Policy], move: Move) -> Sequence[Row[Any]]:
    """How many products are on the move's tracks by what was chosen; of them those that go just in time no more, and those that
    wait for a count.
    """
    return tx.rows(
        "select coalesce(choice, 'none') as choice, count(*) as products, "
        "count(*) filter (where closes_at <= :now or :exiting) as closed, "
        f"count(*) filter (where stocked_at is null and choice in ('{Choice.STOCK_UP}', '{Choice.UNLIST}')) as uncounted from tracks "
        "where shop_id = :shop and move_id = :move group by 1 order by 1",
        shop=move.shop_id,
        move=move.move_id,
        now=tx.now,
        exiting=move.exit_id is not None,
    )


def list_tracks(tx: Tx[Policy], move: Move, *, after: str | None = None, limit: int) -> Sequence[Row[Any]]:
    """The products on the move's tracks by SKU, from the one after `after`, each with its own units that can be sold."""
    return tx.rows(
        "select t.*, p.title, coalesce((select sum(greatest(s.on_hand - s.reserved - s.held, 0)) from stock s "
        f"where s.shop_id = t.shop_id and s.location = {LOCAL} and s.item = t.sku), 0) as local from tracks t "
        "join products p on p.shop_id = t.shop_id and p.sku = t.sku "
        "where t.shop_id = :shop and t.move_id = :move and (cast(:after as text) is null or t.sku > :after) "
        "order by t.sku limit :limit",
        shop=move.shop_id,
        move=move.move_id,
        after=after,
        limit=limit,
    )
