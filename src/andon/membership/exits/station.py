"""What an exit waits for: its next step, the strike of its switch, its verification, its certificate.

An exit moves on at the instant at which what held it is gone, and the rows say when that is: nothing is asked in turns.
Each is done by itself, under its shop's closed head.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from andon.kernel.errors import Conflict
from andon.kernel.line import Called, OutsideStation, Station
from andon.kernel.tx import Tx
from andon.membership.exits.rules import ExitState
from andon.membership.exits.service import certify_exit, lock_exit, look_at_exit, strike, verify_exit
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import certificate_of, uncertified
from andon.membership.unbinding.service import Signature, sign_letter
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState, Mode
from andon.partners.bindings.rules import BindingState
from andon.platform.documents.authority import Authority
from andon.platform.documents.papers import Paper
from andon.platform.policies.rules import Policy

_S = ExitState

# A supplier's are found by the index of what is open by supplier, those that wait for one by the index of the groups:
# a shop's standard orders, however many are open, are not looked through.
_QUEUED = (
    f"exists (select from fulfilments f where f.shop_id = x.shop_id and f.state < {OPEN_BELOW} "
    f"and f.supplier_id is not null and f.mode = {Mode.JIT.value}) "
    f"or exists (select from fulfilments f where f.shop_id = x.shop_id and f.state = {FulfilmentState.WAITING.value} "
    f"and f.mode = {Mode.JIT.value})"
)
_BOUND = (
    "exists (select from bindings b where b.shop_id = x.shop_id "
    f"and b.state in ({BindingState.ACTIVE.value}, {BindingState.ENDING.value}))"
)
# What a letter has closed is tried before its exit is verified, not beside it; one that is to be tried later holds up nothing.
_TRIED = "not exists (select from letters l where l.shop_id = x.shop_id and l.due_at <= x.due_at)"
_RUNNING = f"x.state < {_S.DONE.value}"
READY = (
    f"exits x where {_RUNNING} and ((x.state = {_S.DRAINING.value} and not ({_QUEUED})) "
    f"or (x.state = {_S.UNBINDING.value} and not ({_BOUND})))"
)
"""The exits whose step is finished: due since they began, as it were."""


CLEARED = (
    f"exits x where x.state = {_S.VERIFYING.value} and not ({_QUEUED}) and not ({_BOUND}) "
    "and not exists (select from charges c where c.shop_id = x.shop_id and c.state < 80 and c.secured_at is null) "
    "and not exists (select from fulfilments f where f.shop_id = x.shop_id and f.charged_at is null "
    f"and f.ended_at is not null and f.shipped_at is not null and f.mode = {Mode.JIT.value}) "
    "and not exists (select from letters l where l.shop_id = x.shop_id and l.signed_at is not null and l.proven_at is null) "
    "and exists (select from exit_checks k where k.shop_id = x.shop_id and k.exit_id = x.exit_id and not k.passed "
    "and (k.\"check\" = 'nothing_is_open' or k.evidence -> 'unproven_letters' <> cast('[]' as jsonb)) "
    "and k.check_id = (select max(m.check_id) from exit_checks m where m.shop_id = k.shop_id "
    'and m.exit_id = k.exit_id and m."check" = k."check"))'
)
"""The exits in whose way something stood when they were verified last, and nothing does now."""

FORCED_ENDS = (
    "exits x join bindings b on b.shop_id = x.shop_id "
    f"where {_RUNNING} and x.forced_at is not null and b.state = {BindingState.ENDING.value} "
    "and not exists (select from fulfilments f where f.shop_id = b.shop_id and f.supplier_id = b.supplier_id "
    f"and f.state < {OPEN_BELOW})"
)
"""The bindings of exits that were forced at whose supplier nothing of the shop is open any more."""


def leave_steps(tx: Tx[Policy], batch: int) -> int:
    """Move exits on whose step is finished: the queue is empty, the suppliers are unbound. Source: EXIT-1, EXIT-3."""
    ready = tx.rows(f"select shop_id, exit_id from {READY} order by x.started_at limit :batch", batch=batch)
    moved = 0
    for row in ready:
        leaving = lock_exit(tx, row.shop_id, row.exit_id)
        before = leaving.state
        look_at_exit(tx, leaving)
        moved += leaving.state != before
    return moved


def strike_due(tx: Tx[Policy], batch: int) -> int:
    """Switch JIT off for shops whose countdown is over. Source: EXIT-4."""
    return _act_on(tx, _S.SWITCHING_OFF, strike, batch)


def verify_due(tx: Tx[Policy], batch: int) -> int:
    """Verify exits whose switch has struck, and end those of which every check holds. Source: EXIT-6."""
    return _act_on(tx, _S.VERIFYING, verify_exit, batch)


def verify_cleared(tx: Tx[Policy], batch: int) -> int:
    """Verify exits whose last open order, fee, grant or unproven letter is gone, at that instant. Source: EXIT-7."""
    ready = tx.rows(
        f"select x.shop_id, x.exit_id from {CLEARED} order by x.started_at limit :batch", batch=batch
    )
    return sum(verify_exit(tx, row.shop_id, row.exit_id).state == _S.DONE for row in ready)


def sign_forced(tx: Tx[Policy], batch: int) -> int:
    """Let letters take effect that were signed by forcing an exit: nothing is open at their supplier. Source: EXIT-3, EXIT-7."""
    ready = tx.rows(
        "select b.shop_id, b.letter_id, x.forced_by, x.forced_name, x.forced_factor "
        f"from {FORCED_ENDS} order by x.forced_at, b.binding_id limit :batch",
        batch=batch,
    )
    signed = 0
    for row in ready:
        signature = Signature(row.forced_name, row.forced_by, row.forced_factor)
        with suppress(Conflict):  # the exit was withdrawn meanwhile, and the letter with it
            sign_letter(tx, row.shop_id, row.letter_id, signature)
            signed += 1
    return signed


def _act_on(tx: Tx[Policy], state: ExitState, act: Callable[[Tx[Policy], int, int], Exit], batch: int) -> int:
    due = tx.rows(
        f"select shop_id, exit_id from {_waiting(state)} and x.due_at <= :now order by x.due_at limit :batch",
        now=tx.now,
        batch=batch,
    )
    for row in due:
        act(tx, row.shop_id, row.exit_id)
    return len(due)


def _waiting(state: ExitState) -> str:
    tried = f" and {_TRIED}" if state is _S.VERIFYING else ""
    return f"exits x where x.state = {state.value} and x.due_at is not null{tried}"


def _earliest(state: ExitState) -> str:
    return f"select x.due_at from {_waiting(state)} order by x.due_at limit 1"


# One at a time: two closed heads would be taken in no order.
LEAVE = Station("leave", due=f"select min(x.started_at) from {READY}", step=leave_steps, batch=1)
STRIKE = Station("strike", due=_earliest(_S.SWITCHING_OFF), step=strike_due, batch=1)
UNBIND = Station("unbind", due=f"select min(x.forced_at) from {FORCED_ENDS}", step=sign_forced, batch=1)
CLEAR = Station("clear", due=f"select min(x.started_at) from {CLEARED}", step=verify_cleared, batch=1)
VERIFY = Station("verify", due=_earliest(_S.VERIFYING), step=verify_due, batch=1)


def certificate_station(authority: Authority) -> OutsideStation:
    """The station that makes certificates; whoever asks for one before it has it made then."""

    def claim(tx: Tx[Policy], batch: int) -> Sequence[Paper]:
        """Render the certificate of each exit that is done, sign the PDF, and keep it."""
        return [certificate_of(tx, leaving) for leaving in uncertified(tx, batch)]

    def call(papers: Sequence[Paper]) -> Called:
        return Called([(paper, paper.made(authority)) for paper in papers])

    def record(tx: Tx[Policy], made: Sequence[tuple[Paper, bytes]]) -> None:
        for paper, body in made:
            certify_exit(tx, paper, body)

    return OutsideStation("certify", due=_earliest(_S.DONE), claim=claim, call=call, record=record, batch=5)
