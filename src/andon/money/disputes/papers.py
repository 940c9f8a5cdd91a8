"""A case on paper: what its template is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from andon.kernel.http.models import MoneyOut
from andon.kernel.tx import Tx
from andon.money.disputes.rules import WORDS
from andon.money.disputes.tables import Dispute
from andon.money.disputes.views import CaseOut, case_shown
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
        "order": f"{order.order_id} ({order.channel} {order.channel_order_no})",
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
        "liability": {
            "payer": _word(case.liability.payer or "undecided"),
            "clause": case.liability.clause,
            "text": dict(clause.text),
            "cap": _money(case.liability.cap),
            "shown": [_word(each) for each in case.liability.shown],
            "missing": [_word(each) for each in case.liability.missing],
        },
        "timeline": [
            {"at": _told(at, there), "what": both}
            for at, both in sorted(_timeline(case), key=lambda each: each[0])
        ],
        "evidence": [
            {
                "id": str(each.id),
                "kind": _word(each.kind),
                "shows": _word(each.shows) if each.shows else ["", ""],
                "by": _word(each.given_by),
                "at": _told(each.given_at, there),
                "file": f"{each.media_type}, {each.size} B",
                "sha256": each.sha256,
            }
            for each in case.evidence
        ],
        "answers": [
            {
                "party": _word(each.party),
                "answer": _word(each.answer),
                "text": each.text or "",
                "at": _told(each.answered_at, there),
            }
            for each in case.answers
        ],
        "decisions": [
            {
                "round": str(each.round),
                "outcome": _word(each.outcome),
                "payer": _word(each.payer) if each.payer else ["-", "-"],
                "clause": each.clause or "-",
                "awarded": _money(each.awarded),
                "waived": [str(charge) for charge in each.waived],
                "note": each.note,
                "at": _told(each.decided_at, there),
                "journal": str(each.journal_id or "-"),
                "reversed": each.reversed,
            }
            for each in case.decisions
        ],
    }
    return Paper(dispute.shop_id, None, case.id, number, TEMPLATE, facts)


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
    return list(WORDS.get(code, (code, code)))


def _money(money: MoneyOut | None) -> str:
    return "-" if money is None else f"{money.currency} {money.amount}"


def _told(at: datetime, there: ZoneInfo) -> str:
    local = at.astimezone(there)
    return f"{local:%Y-%m-%d %H:%M:%S} (UTC{(local.utcoffset() or timedelta()) / timedelta(hours=1):+g})"
