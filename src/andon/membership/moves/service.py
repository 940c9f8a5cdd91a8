"""A shop moves off JIT gently: begun, taken back, ended by time. Source: MOVE-1."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, Invalid
from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import EnrolmentState
from andon.membership.enrolment.views import enrolment_of
from andon.membership.moves.events import MoveCancelled, MoveDone, MoveStarted
from andon.membership.moves.rules import MOVE, MoveDraft, MoveState, check_draft, track_of
from andon.membership.moves.tables import MOVE_IDS, Move
from andon.membership.moves.views import move_of, move_of_exit, running_move, went_by_day
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import switch_modes
from andon.partners.shops.service import prefer_smart_line
from andon.partners.tracks.service import lay_tracks, lift_tracks, settle_tracks
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

_S = MoveState


def start_move(tx: Tx[Policy], shop_id: int, draft: MoveDraft) -> Move:
    """Begin a move that is no exit: the shop stays in JIT, and its products leave it.

    Conflict `move.not_joined` where it is not in JIT or leaves already; else refuses as `begin_move` does. Source: MOVE-1.
    """
    tx.close_head(shop_id)
    enrolment = enrolment_of(tx, shop_id)
    if enrolment is None or enrolment.state != EnrolmentState.ON:
        raise Conflict("move.not_joined", clause="MOVE-1")
    return begin_move(tx, shop_id, draft)


def begin_move(tx: Tx[Policy], shop_id: int, draft: MoveDraft, exit_id: int | None = None) -> Move:
    """Put the shop's JIT products on their tracks, and standard orders on the smart line first, until the horizon.

    Conflict `move.running` (the move in `move_id`) while one runs that is no exit's; Invalid `move.<what>` for what cannot be wanted. The
    caller has closed the shop's head, and an exit its intake. Source: MOVE-1.
    """
    if running := running_move(tx, shop_id):
        if running.exit_id is None:
            raise Conflict("move.running", f"move {running.move_id}", move_id=running.move_id)
        _take_back(tx, running)  # its exit is over: the shop has come back since
    horizon, in_exit = tx.policy.move.horizon, exit_id is not None
    check_draft(draft, horizon, in_exit=in_exit)
    since, until = tx.now, tx.now + horizon
    [move_id] = tx.take_ids(MOVE_IDS.name, 1)
    own = {
        each.sku: track_of(
            since, until, draft.ramp if each.ramp is None else each.ramp, each.choice, in_exit=in_exit
        )
        for each in draft.products
    }
    others = track_of(since, until, draft.ramp, None, in_exit=in_exit)
    skus = lay_tracks(tx, shop_id, move_id, others, own)
    if strange := sorted(own.keys() - set(skus)):
        raise Invalid("move.product", strange[0], clause="MOVE-1", sku=strange[0])
    prefer_smart_line(tx, shop_id, until)
    move = tx.add(
        Move(
            shop_id=shop_id,
            move_id=move_id,
            exit_id=exit_id,
            state=_S.RUNNING,
            started_at=since,
            until=until,
            due_at=until,
            chosen=_said(draft),
            products=len(skus),
            policy=tx.policy.version,
        )
    )
    tx.emit(MoveStarted(shop_id=shop_id, move_id=move_id, exit_id=exit_id, until=until, products=len(skus)))
    _tell(tx, "move.started", move, until=until.isoformat())
    return move


def cancel_move(tx: Tx[Policy], shop_id: int, move_id: int) -> Move:
    """Take a running move back: new orders go as they did before it; again changes nothing.

    An exit that it was part of goes on without it. NotFound `move.not_found`, Conflict `move.state` once it is done.
    """
    tx.close_head(shop_id)
    move = move_of(tx, shop_id, move_id)
    if move.state != _S.CANCELLED:
        _take_back(tx, move)
    return move


def undo_move(tx: Tx[Policy], shop_id: int, exit_id: int) -> None:
    """An exit was withdrawn: so is the move that was part of it, with what it left behind. The head is closed."""
    move = move_of_exit(tx, shop_id, exit_id)
    if move is None:
        return
    if move.state == _S.RUNNING:
        _take_back(tx, move)
    else:
        lift_tracks(tx, shop_id)


def _take_back(tx: Tx[Policy], move: Move) -> None:
    _end(tx, move, _S.CANCELLED)
    lift_tracks(tx, move.shop_id)
    prefer_smart_line(tx, move.shop_id, None)
    tx.emit(MoveCancelled(shop_id=move.shop_id, move_id=move.move_id))
    _tell(tx, "move.cancelled", move)


def end_moves(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """End moves whose time is over: the plan's own precedence holds again.

    What moved without an exit is shipped the standard way from now on; in an exit the switch does that. `claimed` are moves
    locked by this transaction, their shops' heads held. Source: MOVE-1.
    """
    for row in claimed:
        move = move_of(tx, row.shop_id, row.move_id)
        _end(tx, move, _S.DONE)
        skus = settle_tracks(tx, move.shop_id, move.move_id)
        moved = switch_modes(tx, move.shop_id, Mode.STANDARD, skus) if move.exit_id is None else []
        tx.emit(MoveDone(shop_id=move.shop_id, move_id=move.move_id, products=len(moved)))
        _tell(tx, "move.done", move)


def _end(tx: Tx[Policy], move: Move, state: MoveState) -> None:
    """End it; how its orders went is counted while its products are on their tracks."""
    MOVE.check(MoveState(move.state), state)
    move.days = went_by_day(tx, move)
    move.state, move.ended_at, move.due_at = state, tx.now, None
    tx.session.flush()


def _said(draft: MoveDraft) -> dict[str, Any]:
    return {
        "ramp": None if draft.ramp is None else list(draft.ramp),
        "products": [
            {
                "sku": each.sku,
                "choice": each.choice,
                "ramp": None if each.ramp is None else list(each.ramp),
            }
            for each in draft.products
        ],
    }


def _tell(tx: Tx[Policy], kind: str, move: Move, **facts: str) -> None:
    known = {"move_id": move.move_id} | ({} if move.exit_id is None else {"exit_id": move.exit_id})
    tell(tx, [Notice(move.shop_id, "seller", kind, facts=known | facts)])
