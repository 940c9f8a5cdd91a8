"""Statements, decided: the months, what a line is of, and what they come to."""

from andon.money.statements.rules.lines import (
    CLAUSES,
    KIND_WORDS,
    KINDS,
    SERVICE_FEE,
    TYPES,
    Kind,
    Line,
    Subtotal,
    TypeWord,
    closing_of,
    kind_of_line,
    subtotals_of,
)
from andon.money.statements.rules.months import (
    Month,
    check_begun,
    day_starts,
    days_of_period,
    statement_number,
)

__all__ = [
    "CLAUSES",
    "KINDS",
    "KIND_WORDS",
    "SERVICE_FEE",
    "TYPES",
    "Kind",
    "Line",
    "Month",
    "Subtotal",
    "TypeWord",
    "check_begun",
    "closing_of",
    "day_starts",
    "days_of_period",
    "kind_of_line",
    "statement_number",
    "subtotals_of",
]
