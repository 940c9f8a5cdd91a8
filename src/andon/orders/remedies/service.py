"""Remedies: a person's choice for a fulfilment that went wrong, each with its successor in the same transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.tx import Tx
from andon.orders.cancelling.rules import AT_ONCE, FORCED, IN_HAND, OPERATOR, SELLER
from andon.orders.cancelling.service import Wish, end_at_once
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.order.service import Close, close_fulfilments, tell_of
from andon.orders.push.rules import REMINDED, WITHDRAWN
from andon.orders.push.service import queue_pushes
from andon.orders.remedies.events import FulfilmentRemedied
from andon.orders.remedies.rules import Action, Cause, check_open, check_pace
from andon.orders.remedies.tables import REMEDY_IDS
from andon.orders.routing.service import reroute, take_over
from andon.platform.policies.rules import Policy

_S = FulfilmentState

REROUTED = "rerouted"
TAKEN_OVER = "taken_over"
"""The reasons of a rejection that is not the supplier's: its work was taken away."""


def remedy_fulfilment(tx: Tx[Policy], shop_id: int, fulfilment_id: int, action: Action) -> None:
    """Do what a person chose about a fulfilment that went wrong; again changes nothing, but for a reminder.

    A supplier that has it is told that its work is taken away. Refuses with NotFound `fulfilment.not_found`, Conflict
    (`remedy.not_needed`, `remedy.not_open`, `remedy.no_supplier`, `remedy.no_local_stock`, `order.no_line_serves`)
    and TooMany `remedy.too_soon`. Source: MODE-4.
    """
    tx.hold({shop_id})
    row = _standing(tx, shop_id, fulfilment_id)
    if _is_done(tx, row, action):
        return
    cancelling = row.cancel_requested_at is not None and row.cancel_answered_at is None
    supplied = row.supplier_id is not None
    causes = check_open(
        action, _S(row.state), Mode(row.mode), row.flags, cancelling=cancelling, supplied=supplied
    )
    if action is Action.REMIND:
        _remind(tx, row, causes)
    elif not _end(tx, row, action):
        # Somebody did something about it meanwhile; if it was this very thing, it is done.
        if _is_done(tx, row, action):
            return
        raise Conflict("remedy.not_needed", state=_S(_standing(tx, shop_id, fulfilment_id).state).word)
    _record(tx, row, action, causes)


def _standing(tx: Tx[Policy], shop_id: int, fulfilment_id: int) -> Row[Any]:
    row = tx.one(
        "select shop_id, fulfilment_id, order_id, supplier_id, mode, state, flags, cancel_requested_at, "
        "cancel_answered_at from fulfilments where shop_id = :shop and fulfilment_id = :fulfilment",
        shop=shop_id,
        fulfilment=fulfilment_id,
    )
    if row is None:
        raise NotFound("fulfilment.not_found")
    return row


def _is_done(tx: Tx[Policy], row: Row[Any], action: Action) -> bool:
    if action is Action.REMIND:
        return False
    found = tx.rows(
        "select from remedies where shop_id = :shop and fulfilment_id = :fulfilment and action = :action",
        shop=row.shop_id,
        fulfilment=row.fulfilment_id,
        action=action.value,
    )
    return bool(found)


def _remind(tx: Tx[Policy], row: Row[Any], causes: Sequence[Cause]) -> None:
    """Tell the supplier that somebody waits, one at a time and not too often."""
    tx.put(
        "select from fulfilments where shop_id = :shop and fulfilment_id = :fulfilment for no key update",
        shop=row.shop_id,
        fulfilment=row.fulfilment_id,
    )
    before = tx.one(
        "select max(at) as last, count(*) as times from remedies "
        "where shop_id = :shop and fulfilment_id = :fulfilment and action = 'remind'",
        shop=row.shop_id,
        fulfilment=row.fulfilment_id,
    )
    assert before is not None, "an aggregate has a row"
    check_pace(tx.now, before.last, tx.policy.mode.remind_every)
    tell_of(tx, REMINDED, [row], "supplier", causes=list(causes), times=before.times + 1)
    if row.state >= _S.PUSHED:  # the endpoint that has not taken it will hear of it by the push that waits
        queue_pushes(tx, [(row.shop_id, row.fulfilment_id, row.supplier_id)], REMINDED)


def _end(tx: Tx[Policy], row: Row[Any], action: Action) -> bool:
    """End a fulfilment as the remedy says, with its successor; False where it stands otherwise by now."""
    closed = _close(tx, row, action)
    if not closed:
        return False
    if action is Action.REROUTE:
        # What waits has nobody left to go to but those who lacked units.
        made = reroute(tx, closed, forgiving=row.state == _S.WAITING)
        if not _is_taken(tx, row.shop_id, made):
            raise Conflict("remedy.no_supplier")
    elif action is Action.TAKE_OVER:
        take_over(tx, closed[0])
    withdrawn = [each for each in closed if each.supplier_id is not None and each.left >= _S.PUSHED]
    if withdrawn:
        queue_pushes(tx, [(row.shop_id, row.fulfilment_id, row.supplier_id)], WITHDRAWN)
        tell_of(tx, WITHDRAWN, withdrawn, "supplier", action=action)
    return True


def _close(tx: Tx[Policy], row: Row[Any], action: Action) -> list[Row[Any]]:
    """Close it if it stands where it stood when the remedy was found open."""
    state = _S(row.state)
    if action is Action.CANCEL:
        by = OPERATOR if tx.actor.kind == "operator" else SELLER
        wish = Wish(row.shop_id, row.order_id, tx.now, by, by)
        answer = FORCED if state in IN_HAND and row.supplier_id is not None else AT_ONCE
        return end_at_once(tx, row.shop_id, {row.fulfilment_id: wish}, sources=(state,), answer=answer)
    reason = REROUTED if action is Action.REROUTE else TAKEN_OVER
    return close_fulfilments(
        tx, [Close(row.shop_id, row.fulfilment_id, tx.now, reason)], _S.REJECTED, sources=(state,)
    )


def _is_taken(tx: Tx[Policy], shop_id: int, fulfilment_ids: Sequence[int]) -> bool:
    """Whether any of these does not wait."""
    found = tx.rows(
        f"select from fulfilments where shop_id = :shop and fulfilment_id = any(:numbers) "
        f"and state <> {_S.WAITING.value}",
        shop=shop_id,
        numbers=list(fulfilment_ids),
    )
    return bool(found)


def _record(tx: Tx[Policy], row: Row[Any], action: Action, causes: Sequence[Cause]) -> None:
    tx.put(
        "insert into remedies (shop_id, remedy_id, fulfilment_id, action, actor, at) "
        f"values (:shop, nextval('{REMEDY_IDS.name}'), :fulfilment, :action, :actor, :now)",
        shop=row.shop_id,
        fulfilment=row.fulfilment_id,
        action=action.value,
        actor=str(tx.actor),
        now=tx.now,
    )
    tx.emit(
        FulfilmentRemedied(
            shop_id=row.shop_id,
            order_id=row.order_id,
            fulfilment_id=row.fulfilment_id,
            supplier_id=row.supplier_id,
            action=action.value,
            causes=[cause.value for cause in causes],
            successors=successors_of(tx, row.shop_id, row.fulfilment_id),
        )
    )
    if tx.actor.kind == "operator":
        tell_of(tx, "fulfilment.remedied", [row], "seller", action=action)


def successors_of(tx: Tx[Policy], shop_id: int, fulfilment_id: int) -> list[int]:
    """The fulfilments that replace this one."""
    found = tx.rows(
        "select fulfilment_id from fulfilments where shop_id = :shop and replaces = :fulfilment "
        "and order_id = (select order_id from fulfilments where shop_id = :shop and fulfilment_id = :fulfilment) "
        "order by fulfilment_id",
        shop=shop_id,
        fulfilment=fulfilment_id,
    )
    return [row.fulfilment_id for row in found]
