"""Statements as they are read: what stands on one, its lines, what they come to, and its forms."""

from andon.money.statements.views.lines import AT_ONCE, Summary, lines_of, summary_of
from andon.money.statements.views.papers import paper_of
from andon.money.statements.views.scopes import (
    Scope,
    draft_scope,
    issued_scope,
    last_transfer,
    list_issued,
    newest_issued,
    newest_seal,
    period_scope,
)
from andon.money.statements.views.texts import csv_text, json_text
from andon.money.statements.views.workbooks import write_workbook

__all__ = [
    "AT_ONCE",
    "Scope",
    "Summary",
    "csv_text",
    "draft_scope",
    "issued_scope",
    "json_text",
    "last_transfer",
    "lines_of",
    "list_issued",
    "newest_issued",
    "newest_seal",
    "paper_of",
    "period_scope",
    "summary_of",
    "write_workbook",
]
