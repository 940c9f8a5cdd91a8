"""A shop's moves off JIT over HTTP. Source: MOVE-1."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.tx import Tx
from andon.membership.moves.rules import MoveState, smart_codes
from andon.membership.moves.service import cancel_move, start_move
from andon.membership.moves.tables import Move
from andon.membership.moves.views import (
    MoveDayOut,
    MoveIn,
    MoveListed,
    MoveOut,
    TrackOut,
    days_of,
    draining,
    list_moves,
    list_tracks,
    move_of,
    tracks_by_choice,
)
from andon.partners.tracks.rules import Choice, Track
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["moves"])


@router.post(
    "/shops/{shop_id}/moves",
    status_code=201,
    dependencies=[allow("exits.write", "shop")],
    responses=problems(Conflict, Invalid),
)
def start(shop_id: int, body: MoveIn, tx: InTransaction) -> MoveOut:
    """Move off JIT gently, without leaving it: JIT orders drain while new ones take the smart line (MOVE-1)."""
    return _shown(tx, start_move(tx, shop_id, body.draft()))


@router.get("/shops/{shop_id}/moves", dependencies=[allow("exits.read", "shop")])
def moves(shop_id: int, query: PageQuery, tx: InTransaction) -> Page[MoveListed]:
    """The shop's moves, the newest first."""
    before = query.after[0] if query.after else None
    rows = list_moves(tx, shop_id, before=before, limit=query.fetch)
    return page_of(
        rows, query, lambda move: [move.move_id], lambda move: MoveListed.model_validate(_facts(move))
    )


@router.get(
    "/shops/{shop_id}/moves/{move_id}",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def one(shop_id: int, move_id: int, tx: InTransaction) -> MoveOut:
    """How far a move has come."""
    return _shown(tx, move_of(tx, shop_id, move_id))


@router.get(
    "/shops/{shop_id}/moves/{move_id}/products",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def products(shop_id: int, move_id: int, query: PageQuery, tx: InTransaction) -> Page[TrackOut]:
    """The products that a move still governs, by SKU."""
    move = move_of(tx, shop_id, move_id)
    rows = list_tracks(tx, move, after=query.after[0] if query.after else None, limit=query.fetch)
    return page_of(rows, query, lambda row: [row.sku], lambda row: _track(tx, move, row))


@router.get(
    "/shops/{shop_id}/moves/{move_id}/days",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def days(shop_id: int, move_id: int, tx: InTransaction) -> Page[MoveDayOut]:
    """Day by day, what was to leave JIT and what came; of a day, its first 10,000 orders. Once it has ended, as it was then."""
    found = days_of(tx, move_of(tx, shop_id, move_id))
    return Page(items=[MoveDayOut.model_validate(each) for each in found])


@router.post(
    "/shops/{shop_id}/moves/{move_id}/cancel",
    dependencies=[allow("exits.write", "shop")],
    responses=problems(NotFound, Conflict),
)
def cancel(shop_id: int, move_id: int, tx: InTransaction) -> MoveOut:
    """Take a running move back: new orders go as before. Again changes nothing (MOVE-1)."""
    return _shown(tx, cancel_move(tx, shop_id, move_id))


def _facts(move: Move) -> Mapping[str, object]:
    return {
        "id": move.move_id,
        "state": MoveState(move.state).word,
        "exit_id": move.exit_id,
        "started_at": move.started_at,
        "until": move.until,
        "ended_at": move.ended_at,
        "products": move.products,
    }


def _shown(tx: Tx[Policy], move: Move) -> MoveOut:
    chosen = tracks_by_choice(tx, move)
    return MoveOut.model_validate(
        {
            **_facts(move),
            "ramp": move.chosen["ramp"],
            "draining": draining(tx, move.shop_id),
            "choices": {row.choice: row.products for row in chosen},
            "closed": sum(row.closed for row in chosen),
            "uncounted": sum(row.uncounted for row in chosen),
            "smart_lines": smart_codes(tx.policy),
        }
    )


def _track(tx: Tx[Policy], move: Move, row: Row[Any]) -> TrackOut:
    track = Track(row.since, row.closes_at, row.shares, row.choice and Choice(row.choice))
    return TrackOut(
        sku=row.sku,
        title=row.title,
        choice=row.choice,
        ramp=row.shares,
        share=100 if move.exit_id is not None else track.share(tx.now),
        closes_at=row.closes_at,
        stocked_at=row.stocked_at,
        local=row.local,
    )
