"""A case on paper: what its template is told."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from andon.kernel.http.models import MoneyOut
from andon.kernel.tx import Tx
from andon.money.disputes.rules import WORDS
from andon.money.disputes.tables import Dispute
from andon.money.disputes.views import AnswerOut, CaseOut, DecisionOut, EvidenceOut, case_shown
from andon.partners.shops.views import shop_of
from andon.platform.documents.papers import Paper
from andon.platform.policies.rules import Policy

TEMPLATE = Path(__file__).parent / "templates" / "case.typ"


def paper_of(tx: Tx[Policy], dispute: Dispute) -> Paper:
    """The whole case as it stands now. It changes until it is closed, so that it is neither signed nor kept."""
    case = case_shown(tx, dispute)
    clause = tx.policies.named(dispute.policy).clauses[case.liability.clause]
    order = tx.one(
        "select channel, channel_order_no, placed_at from orders where shop_id = :shop and order_id = :order",
        shop=dispute.shop_id,
        order=dispute.order_id,
    )
    assert order is not None, "a dispute is of an order"
    there = ZoneInfo(tx.policy.zone)
    number = f"DISPUTE-{case.id}"
    facts = {
        "number": number,
        "shop": shop_of(tx, dispute.shop_id).name,
        "order": f"{dispute.order_id} ({order.channel} {order.channel_order_no})",
        "placed_at": _told(order.placed_at, there),
        "printed_at": _told(tx.now, there),
        "state": _word(case.state),
        "cause": _word(case.cause),
        "claim": _money(case.claim),
        "beneficiary": _word(case.beneficiary),
        "fulfilment": str(case.fulfilment_id or "-"),
        "waybills": case.waybills,
        "supplier": _supplier(tx, case),
        "carrier": case.carrier or "-",
        "charges": [str(each) for each in case.charges],
        "text": case.text or "",
        "appeal_text": case.appeal_text or "",
        "policy": case.policy,
        "liability": _liability(case, clause.text),
        "timeline": [
            {"at": _told(at, there), "what": both}
            for at, both in sorted(_timeline(case), key=lambda each: each[0])
        ],
        "evidence": [_evidence(each, there) for each in case.evidence],
        "answers": [_answer(each, there) for each in case.answers],
        "decisions": [_decision(each, there) for each in case.decisions],
    }
    return Paper(dispute.shop_id, None, case.id, number, TEMPLATE, facts)


def _liability(case: CaseOut, text: Mapping[str, str]) -> dict[str, Any]:
    liability = case.liability
    return {
        "payer": _word(liability.payer or "undecided"),
        "clause": liability.clause,
        "text": dict(text),
        "cap": _money(liability.cap),
        "shown": [_word(each) for each in liability.shown],
        "missing": [_word(each) for each in liability.missing],
    }


def _evidence(shown: EvidenceOut, there: ZoneInfo) -> dict[str, Any]:
    return {
        "id": str(shown.id),
        "kind": _word(shown.kind),
        "shows": _word(shown.shows) if shown.shows else ["", ""],
        "by": _word(shown.given_by),
        "at": _told(shown.given_at, there),
        "file": f"{shown.media_type}, {shown.size} B",
        "sha256": shown.sha256,
    }


def _answer(answer: AnswerOut, there: ZoneInfo) -> dict[str, Any]:
    return {
        "party": _word(answer.party),
        "answer": _word(answer.answer),
        "text": answer.text or "",
        "at": _told(answer.answered_at, there),
    }


def _decision(decision: DecisionOut, there: ZoneInfo) -> dict[str, Any]:
    return {
        "round": str(decision.round),
        "outcome": _word(decision.outcome),
        "payer": _word(decision.payer) if decision.payer else ["-", "-"],
        "clause": decision.clause or "-",
        "awarded": _money(decision.awarded),
        "waived": [str(charge) for charge in decision.waived],
        "note": decision.note,
        "at": _told(decision.decided_at, there),
        "journal": str(decision.journal_id or "-"),
        "reversed": decision.reversed,
    }


def _timeline(case: CaseOut) -> Iterator[tuple[datetime, list[str]]]:
    yield case.opened_at, ["发起纠纷", "opened"]
    for shown in case.evidence:
        yield shown.given_at, [f"提交凭证 {shown.id}", f"evidence {shown.id} given"]
    for answer in case.answers:
        yield answer.answered_at, ["被指责任方答复", f"answered by the {answer.party}"]
    if case.breached_at:
        yield case.breached_at, ["超时未处理，已升级", "escalated: not decided in time"]
    for decision in case.decisions:
        yield decision.decided_at, [f"第{decision.round}次裁定", f"decision {decision.round}"]
    if case.appealed_at:
        yield case.appealed_at, ["提出申诉", "appealed against"]
    if case.closed_at:
        yield case.closed_at, _word(case.state)


def _supplier(tx: Tx[Policy], case: CaseOut) -> str:
    row = tx.one("select name from suppliers where supplier_id = :supplier", supplier=case.supplier_id)
    return "-" if row is None else f"{row.name} ({case.supplier_id})"


def _word(code: str) -> list[str]:
    """A code as the template has it: the Chinese word, then the English."""
    english, chinese = WORDS[code]
    return [chinese, english]


def _money(money: MoneyOut | None) -> str:
    return "-" if money is None else f"{money.currency} {money.amount}"


def _told(at: datetime, there: ZoneInfo) -> str:
    local = at.astimezone(there)
    return f"{local:%Y-%m-%d %H:%M:%S} (UTC{(local.utcoffset() or timedelta()) / timedelta(hours=1):+g})"
