"""Who may fulfil: a review's lifecycle, and the scorecard that lies before whoever decides."""

from andon.membership.qualification.rules.reviews import CODES, LONGEST_NOTE, REVIEW, ReviewState, Verdict
from andon.membership.qualification.rules.scorecard import (
    AGAINST,
    ANSWERS,
    FAULTS,
    FIGURES,
    LICENCE,
    Fact,
    Figure,
    Scorecard,
    fact_words,
    licence_of,
    scorecard,
    shown,
)

__all__ = [
    "AGAINST",
    "ANSWERS",
    "CODES",
    "FAULTS",
    "FIGURES",
    "LICENCE",
    "LONGEST_NOTE",
    "REVIEW",
    "Fact",
    "Figure",
    "ReviewState",
    "Scorecard",
    "Verdict",
    "fact_words",
    "licence_of",
    "scorecard",
    "shown",
]
