"""Who may fulfil: a review's lifecycle, and the scorecard that lies before whoever decides."""

from andon.membership.qualification.rules.reviews import (
    CODES,
    REVIEW,
    ReviewState,
    Verdict,
)

__all__ = ["CODES", "REVIEW", "ReviewState", "Verdict"]
