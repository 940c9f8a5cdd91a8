"""Statements, decided: the months, what a line is of, and what they come to."""

from andon.money.statements.rules.lines import (
    CLAUSES,
    KINDS,
    SERVICE_FEE,
    TYPES,
    Line,
    Subtotal,
    TypeWord,
    closing_of,
    kind_of_line,
    subtotals_of,
)
from andon.money.statements.rules.months import Month, check_begun, day_starts, statement_number

__all__ = [
    "CLAUSES",
    "KINDS",
    "SERVICE_FEE",
    "TYPES",
    "Line",
    "Month",
    "Subtotal",
    "TypeWord",
    "check_begun",
    "closing_of",
    "day_starts",
    "kind_of_line",
    "statement_number",
    "subtotals_of",
]
