"""Cancelling in flight: at once where nobody has accepted, else asked of the supplier, who answers."""

from andon.orders.cancelling.service.answering import (
    AnswerOutcome,
    CancellationAnswer,
    answer_cancellations,
)
from andon.orders.cancelling.service.asking import Cancellation, Wish, cancel_orders, end_at_once

__all__ = [
    "AnswerOutcome",
    "Cancellation",
    "CancellationAnswer",
    "Wish",
    "answer_cancellations",
    "cancel_orders",
    "end_at_once",
]
