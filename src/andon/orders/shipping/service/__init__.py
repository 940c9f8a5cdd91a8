"""What suppliers, and shops for their own location, say of fulfilments: answers, picks, labels, hand-overs."""

from andon.orders.shipping.service.answers import Answer, answer_fulfilments
from andon.orders.shipping.service.labels import Label, label_parcels
from andon.orders.shipping.service.shortages import Shortage, report_shortages
from andon.orders.shipping.service.standing import Outcome, standings
from andon.orders.shipping.service.steps import Handover, Step, note_handovers, pick_fulfilments
from andon.orders.shipping.service.voids import Void, void_labels

__all__ = [
    "Answer",
    "Handover",
    "Label",
    "Outcome",
    "Shortage",
    "Step",
    "Void",
    "answer_fulfilments",
    "label_parcels",
    "note_handovers",
    "pick_fulfilments",
    "report_shortages",
    "standings",
    "void_labels",
]
