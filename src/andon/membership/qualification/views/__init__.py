"""Reviews, scorecards and open work as they are read."""

from andon.membership.qualification.views.decided import DecidedOut, decisions_of
from andon.membership.qualification.views.documents import document_of, documents_of, said_documents
from andon.membership.qualification.views.open_work import OpenWorkOut, open_work_of
from andon.membership.qualification.views.reviews import (
    list_reviews,
    open_review_of,
    reviews_of,
    reviews_page,
    shop_of_review,
)
from andon.membership.qualification.views.scorecards import (
    CountedOut,
    FigureOut,
    ScorecardOut,
    figure_of,
    list_counted,
    scorecard_of,
    shown_counted,
)

__all__ = [
    "CountedOut",
    "DecidedOut",
    "FigureOut",
    "OpenWorkOut",
    "ScorecardOut",
    "decisions_of",
    "document_of",
    "documents_of",
    "figure_of",
    "list_counted",
    "list_reviews",
    "open_review_of",
    "open_work_of",
    "reviews_of",
    "reviews_page",
    "said_documents",
    "scorecard_of",
    "shop_of_review",
    "shown_counted",
]
