"""Opening disputes, showing and answering, deciding, appealing, and what follows of itself. Source: DISP-1..7."""

from andon.money.disputes.service.answering import answer_dispute
from andon.money.disputes.service.deciding import Verdict, decide_dispute
from andon.money.disputes.service.ending import appeal_dispute, withdraw_dispute
from andon.money.disputes.service.looking import move_on
from andon.money.disputes.service.opening import Claim, open_dispute
from andon.money.disputes.service.showing import Exhibit, give_evidence

__all__ = [
    "Claim",
    "Exhibit",
    "Verdict",
    "answer_dispute",
    "appeal_dispute",
    "decide_dispute",
    "give_evidence",
    "move_on",
    "open_dispute",
    "withdraw_dispute",
]
