"""A whole case: the dispute with its evidence, answers, liability and decisions, for whoever may see it."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response

from andon.kernel.errors import NotFound
from andon.kernel.http.models import MoneyOut
from andon.kernel.tx import Tx
from andon.money.disputes.rules import parts_meant
from andon.money.disputes.tables import Dispute, DisputeDecision, Evidence
from andon.money.disputes.views.case import Bought, bought, cap_shown, case_of, evidence_of, liability_for
from andon.money.disputes.views.finding import answers_of, decisions_of
from andon.money.disputes.views.shapes import AnswerOut, CaseOut, DecisionOut, LiabilityOut, party_word, plain
from andon.platform.files.views import file_of, served_file
from andon.platform.policies.rules import Policy

_FILES = (
    "select e.evidence_id, f.media_type, f.size, f.sha256 from dispute_evidence e "
    "join files f on f.shop_id = e.shop_id and f.file_id = e.file_id "
    "where e.shop_id = :shop and e.dispute_id = :dispute"
)
_WAYBILLS = (
    "select waybill from parcels where shop_id = :shop and fulfilment_id = any(:parts) and voided_at is null "
    "order by parcel_id"
)


def case_shown(tx: Tx[Policy], dispute: Dispute) -> CaseOut:
    """The case as the caller may see it: a party that is named sees nobody's words of a buyer, and no personal files.

    Words of its own answers and appeal, and the operator's reasons, it sees. Source: DISP-7.
    """
    order = bought(tx, dispute.shop_id, dispute.order_id)
    named = is_named(tx)
    return CaseOut.model_validate(
        plain(dispute)
        | {
            "text": None if named else dispute.text,
            "appeal_text": dispute.appeal_text if not named or _is_own(tx, dispute.appealed_by) else None,
            "waybills": _waybills(tx, dispute, order),
            "liability": _liability(tx, dispute, order),
            "evidence": _evidence(tx, dispute, visible_evidence(tx, dispute)),
            "answers": _answers(tx, dispute),
            "decisions": [_decision(each, dispute.currency) for each in decisions_of(tx, dispute)],
        }
    )


def is_named(tx: Tx[Policy]) -> bool:
    """Whether the caller is a party that disputes name, and not one of those who decide or claim."""
    return tx.actor.kind in ("supplier", "carrier")


def visible_evidence(tx: Tx[Policy], dispute: Dispute) -> list[Evidence]:
    """The evidence that the caller may see: a party that is named, what shows no buyer, and what it gave itself."""
    everything = evidence_of(tx, dispute)
    if not is_named(tx):
        return list(everything)
    return [each for each in everything if not each.personal or _is_own(tx, each.given_by)]


def _is_own(tx: Tx[Policy], said_by: str | None) -> bool:
    """Whether the caller's party said it, by whichever person or key."""
    return said_by is not None and said_by.partition("/")[0] == f"{tx.actor.kind}:{tx.actor.id}"


def served_evidence(tx: Tx[Policy], dispute: Dispute, evidence_id: int) -> Response:
    """The file of a piece of evidence that the caller may see; NotFound `file.not_found`."""
    for each in visible_evidence(tx, dispute):
        if each.evidence_id == evidence_id:
            return served_file(file_of(tx, dispute.shop_id, each.file_id), f"evidence-{evidence_id}")
    raise NotFound("file.not_found")


def _waybills(tx: Tx[Policy], dispute: Dispute, order: Bought) -> list[str]:
    parts = [part.fulfilment_id for part in parts_meant(order.parts, dispute.fulfilment_id)]
    return [row.waybill for row in tx.rows(_WAYBILLS, shop=dispute.shop_id, parts=parts)]


def _liability(tx: Tx[Policy], dispute: Dispute, order: Bought) -> LiabilityOut:
    liability = liability_for(tx, dispute, case_of(tx, dispute, order))
    cap = cap_shown(tx, liability, order)
    return LiabilityOut(
        payer=liability.payer,
        clause=liability.clause,
        cap=None if cap is None else MoneyOut.of(cap),
        shown=list(liability.shown),
        missing=list(liability.missing),
    )


def _evidence(tx: Tx[Policy], dispute: Dispute, visible: Sequence[Evidence]) -> list[dict[str, Any]]:
    rows = tx.rows(_FILES, shop=dispute.shop_id, dispute=dispute.dispute_id)
    files = {row.evidence_id: row for row in rows}
    return [
        {
            "id": each.evidence_id,
            "kind": each.kind,
            "shows": each.shows,
            "personal": each.personal,
            "given_by": party_word(each.given_by),
            "given_at": each.given_at,
            "media_type": files[each.evidence_id].media_type,
            "size": files[each.evidence_id].size,
            "sha256": files[each.evidence_id].sha256,
        }
        for each in visible
    ]


def _answers(tx: Tx[Policy], dispute: Dispute) -> list[AnswerOut]:
    """What parties answered; to one of them the words of the others are not shown."""
    own = (tx.actor.kind, str(tx.actor.id)) if is_named(tx) else None
    shown = []
    for each in answers_of(tx, dispute):
        answer = AnswerOut.model_validate(each)
        if own is not None and (each.party, each.party_id) != own:
            answer.text = None
        shown.append(answer)
    return shown


def _decision(decision: DisputeDecision, currency: str) -> DecisionOut:
    known = {name: getattr(decision, name) for name in DecisionOut.model_fields if hasattr(decision, name)}
    return DecisionOut.model_validate(
        known
        | {
            "awarded": MoneyOut.from_minor(decision.awarded_minor, currency),
            "reversed": decision.reversed_by is not None,
        }
    )
