"""Rehearsing an exit: its steps are done on live data, and what they changed is told; its caller undoes all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from andon.kernel.tx import Tx
from andon.membership.exits.rules import Facts, Reason
from andon.membership.exits.service import start_exit, switch_off
from andon.membership.exits.service.checking import CHECKS
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import facts_of
from andon.membership.forecast.rules import Forecast
from andon.membership.forecast.views import Unsold, forecast_of, products_without_local_stock
from andon.membership.moves.rules import MoveDraft, smart_codes
from andon.membership.moves.views import running_move, tracks_by_choice
from andon.membership.rehearsal.rules import Bound, Checked, Moved, Purse, Queue, Standing
from andon.membership.rehearsal.views import bound_suppliers, open_queue, purses_of, standing_of
from andon.membership.unbinding.service import unbind
from andon.partners.bindings.rules import BindingState
from andon.partners.bindings.service import begin_ending, close_grant
from andon.partners.bindings.views import binding_of
from andon.platform.policies.rules import Policy

LONGEST_WAIT, LONGEST_STATEMENT = "1s", "3s"
"""How long it waits for those before it at the shop's head, and how long any of its statements may keep others there."""
REHEARSED_LETTER = 0
"""Stands for the number of a letter that nobody will read."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an exit would be: what stands in its way, when it is done, and how the shop stands before and after it."""

    facts: Facts
    forecast: Forecast
    unsold: Sequence[Unsold]
    queue: Queue
    purses: Sequence[Purse]
    bound: Sequence[Bound]
    before: Standing
    after: Standing
    checks: Sequence[Checked]
    move: Moved | None = None


def rehearse_exit(tx: Tx[Policy], shop_id: int, reason: Reason, move: MoveDraft | None = None) -> Rehearsal:
    """Start an exit, unbind every supplier, throw the switch and verify, as far as that can be done at once.

    What drains is counted and waited for by nobody: a binding whose supplier still has open fulfilments ends here all the
    same, and the checks say that something is open. **The caller must undo the transaction.** Orders of the shop wait
    meanwhile; so what takes long is read before its head is closed, and what takes longer than is fair is given up
    (Unavailable). Refuses as `start_exit` does. Source: EXIT-1..6.
    """
    forecast, unsold = forecast_of(tx, shop_id), products_without_local_stock(tx, shop_id)
    before, purses = standing_of(tx, shop_id), purses_of(tx, shop_id)
    queue, bound = open_queue(tx, shop_id), bound_suppliers(tx, shop_id)
    tx.put(f"set local lock_timeout = '{LONGEST_WAIT}'")
    tx.put(f"set local statement_timeout = '{LONGEST_STATEMENT}'")
    for each in bound:
        close_grant(tx, shop_id, each.supplier_id)
    leaving = start_exit(tx, shop_id, reason, move=move)
    facts, moved = facts_of(tx, shop_id), _moved(tx, shop_id)
    chosen = {each.sku: each.choice for each in move.products} if move else {}
    unsold = [replace(each, chosen=chosen.get(each.sku)) for each in unsold]
    for each in bound:
        _unbind(tx, shop_id, each)
    switch_off(tx, shop_id)
    checks = _checks(tx, leaving)
    after = standing_of(tx, shop_id)
    return Rehearsal(facts, forecast, unsold, queue, purses, bound, before, after, checks, moved)


def _moved(tx: Tx[Policy], shop_id: int) -> Moved | None:
    """The move that the exit would bring, or that runs already."""
    move = running_move(tx, shop_id)
    if move is None:
        return None
    chosen = {row.choice: row.products for row in tracks_by_choice(tx, move)}
    return Moved(move.until, move.products, chosen, smart_codes(tx.policy))


def _unbind(tx: Tx[Policy], shop_id: int, bound: Bound) -> None:
    """What the signature under a termination letter does to the shop. Source: EXIT-3, PART-2."""
    if binding_of(tx, shop_id, bound.binding_id).state == BindingState.ACTIVE:
        begin_ending(tx, shop_id, bound.binding_id, REHEARSED_LETTER)
    unbind(tx, shop_id, bound.binding_id, bound.supplier_id)


def _checks(tx: Tx[Policy], leaving: Exit) -> list[Checked]:
    found: Mapping[str, bool] = {name: check(tx, leaving).passed for name, check in CHECKS.items()}
    return [Checked(name, passed) for name, passed in found.items()]
