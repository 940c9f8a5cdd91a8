"""Letters as they are read, what of an end they tell, and what stands in its way."""

from andon.membership.unbinding.views.ending import check_nothing_open, what_ends
from andon.membership.unbinding.views.letters import (
    LetterOut,
    last_tries,
    letter_of,
    letter_shown,
    letters_of_supplier,
    list_letters,
    supplier_letter,
    unproven_letters,
    unrendered_letters,
)
from andon.membership.unbinding.views.papers import paper_of

__all__ = [
    "LetterOut",
    "check_nothing_open",
    "last_tries",
    "letter_of",
    "letter_shown",
    "letters_of_supplier",
    "list_letters",
    "paper_of",
    "supplier_letter",
    "unproven_letters",
    "unrendered_letters",
    "what_ends",
]
