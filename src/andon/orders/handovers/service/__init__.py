"""Hand-over notes: made by a supplier, scanned out, signed, and answered by the carrier."""

from andon.orders.handovers.service.answering import answer_note
from andon.orders.handovers.service.making import make_note
from andon.orders.handovers.service.signing import Signature, scan_note, sign_note

__all__ = ["Signature", "answer_note", "make_note", "scan_note", "sign_note"]
