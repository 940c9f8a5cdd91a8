"""Suppliers are reviewed, decided on, and counted."""

from andon.membership.qualification.service.deciding import decide_supplier
from andon.membership.qualification.service.reviewing import (
    decide_review,
    escalate_applications,
    escalate_reviews,
    open_review,
    open_reviews,
)
from andon.membership.qualification.service.showing import Shown, add_document
from andon.membership.qualification.service.tallying import UNCOUNTED, count_sealed

__all__ = [
    "UNCOUNTED",
    "Shown",
    "add_document",
    "count_sealed",
    "decide_review",
    "decide_supplier",
    "escalate_applications",
    "escalate_reviews",
    "open_review",
    "open_reviews",
]
