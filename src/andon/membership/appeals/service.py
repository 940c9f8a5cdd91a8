"""Appealing, answering, and what follows of itself. Source: EXIT-5."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.appeals.events import AppealAnswered, AppealClosed, AppealEscalated, AppealOpened
from andon.membership.appeals.rules import APPEAL, AppealState, Verdict, check_ticket, look_at
from andon.membership.appeals.tables import APPEAL_IDS, Appeal
from andon.membership.appeals.views import open_appeal, shop_of_appeal
from andon.membership.exits.service import verify_soon
from andon.membership.exits.views import exit_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

_S = AppealState

MOVE_ON = f"""
update appeals a set due_at = null,
  state = case a.state when {_S.ANSWERED.value} then {_S.CLOSED.value} else a.state end,
  closed_at = case a.state when {_S.ANSWERED.value} then cast(:now as timestamptz) end,
  escalated_at = case a.state when {_S.OPENED.value} then cast(:now as timestamptz) else a.escalated_at end
from json_to_recordset(cast(cast(:rows as text) as json)) as r(s bigint, a bigint)
where a.shop_id = r.s and a.appeal_id = r.a returning a.shop_id, a.appeal_id, a.exit_id, a.state
"""


def appeal_exit(tx: Tx[Policy], shop_id: int, exit_id: int, ticket: str, text: str) -> Appeal:
    """Open an appeal by the ticket that the exit was given when its switch was thrown.

    NotFound `exit.not_found`; Invalid `appeal.ticket` for any other ticket; Conflict `appeal.open` (which it is in
    `appeal_id`) while one is open. Source: EXIT-5.
    """
    tx.close_head(shop_id)
    check_ticket(ticket, exit_of(tx, shop_id, exit_id).ticket)
    if standing := open_appeal(tx, shop_id, exit_id):
        raise Conflict("appeal.open", f"appeal {standing.appeal_id}", appeal_id=standing.appeal_id)
    due_at = look_at(tx.now, tx.policy.exit.appeal_within)
    appeal = tx.add(
        Appeal(
            shop_id=shop_id,
            appeal_id=tx.take_ids(APPEAL_IDS.name, 1)[0],
            exit_id=exit_id,
            state=_S.OPENED,
            text=text,
            opened_at=tx.now,
            opened_by=str(tx.actor),
            due_at=due_at,
            policy=tx.policy.version,
        )
    )
    tx.emit(AppealOpened(shop_id=shop_id, exit_id=exit_id, appeal_id=appeal.appeal_id, due_at=due_at))
    _tell(tx, "appeal.opened", appeal)
    return appeal


def answer_appeal(tx: Tx[Policy], appeal_id: int, verdict: Verdict, note: str) -> Appeal:
    """Answer an appeal; the same answer again changes nothing.

    Upheld, an exit that is being verified is verified anew at once. NotFound `appeal.not_found`, Conflict
    `appeal.state` where it was answered otherwise, or is closed. Source: EXIT-5.
    """
    shop_id = shop_of_appeal(tx, appeal_id)
    tx.close_head(shop_id)
    appeal = tx.lock(Appeal, shop_id, appeal_id)
    if appeal.verdict == verdict:
        return appeal
    APPEAL.check(_S(appeal.state), _S.ANSWERED)

    within = tx.policies.named(appeal.policy).exit.appeal_within
    appeal.state, appeal.verdict, appeal.note = _S.ANSWERED, verdict, note
    appeal.answered_at, appeal.answered_by = tx.now, str(tx.actor)
    appeal.due_at = look_at(tx.now, within)
    tx.session.flush()
    if verdict == "upheld":
        verify_soon(tx, shop_id, appeal.exit_id)
    tx.emit(AppealAnswered(shop_id=shop_id, exit_id=appeal.exit_id, appeal_id=appeal_id, verdict=verdict))
    _tell(tx, "appeal.answered", appeal, verdict=verdict)
    return appeal


def move_on(tx: Tx[Policy], claimed: Sequence[Row[Any]]) -> None:
    """Escalate what nobody has answered in time, and close what was answered.

    `claimed` are appeals locked by this transaction, their shops' heads held. Source: EXIT-5.
    """
    rows = as_json({"s": row.shop_id, "a": row.appeal_id} for row in claimed)
    for row in tx.rows(MOVE_ON, rows=rows, now=tx.now):
        event = AppealClosed if row.state == _S.CLOSED else AppealEscalated
        tx.emit(event(shop_id=row.shop_id, exit_id=row.exit_id, appeal_id=row.appeal_id))
        if row.state == _S.OPENED:
            _tell(tx, "appeal.escalated", row)


def _tell(tx: Tx[Policy], kind: str, appeal: Appeal | Row[Any], **facts: str) -> None:
    known = {"exit_id": appeal.exit_id, "appeal_id": appeal.appeal_id} | facts
    tell(tx, [Notice(appeal.shop_id, audience, kind, facts=known) for audience in ("seller", "operator")])
