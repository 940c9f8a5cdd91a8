"""Disputes as they are read."""

from andon.money.disputes.views.case import (
    Bought,
    bought,
    cap_of,
    case_of,
    evidence_of,
    liability_for,
    still_owed,
)
from andon.money.disputes.views.counted import (
    OPEN,
    DisputeCount,
    OpenDispute,
    disputes_of_supplier,
    open_disputes,
    shops_naming,
)
from andon.money.disputes.views.finding import (
    START,
    decision_of,
    decisions_of,
    dispute_of,
    disputes_naming,
    list_disputes,
    queue_of_jit,
    reaching_named,
    shop_of_dispute,
    turn_of,
)
from andon.money.disputes.views.shapes import CaseOut, DisputeOut, StateWord, dispute_out
from andon.money.disputes.views.shown import case_shown, served_evidence

__all__ = [
    "OPEN",
    "START",
    "Bought",
    "CaseOut",
    "DisputeCount",
    "DisputeOut",
    "OpenDispute",
    "StateWord",
    "bought",
    "cap_of",
    "case_of",
    "case_shown",
    "decision_of",
    "decisions_of",
    "dispute_of",
    "dispute_out",
    "disputes_naming",
    "disputes_of_supplier",
    "evidence_of",
    "liability_for",
    "list_disputes",
    "open_disputes",
    "queue_of_jit",
    "reaching_named",
    "served_evidence",
    "shop_of_dispute",
    "shops_naming",
    "still_owed",
    "turn_of",
]
