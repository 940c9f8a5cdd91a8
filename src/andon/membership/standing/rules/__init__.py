"""What a shop is judged by: ratings, violations, waybill numbers that cannot be."""

from andon.membership.standing.rules.detecting import (
    Addresses,
    Parcel,
    country_of,
    draft_of,
    midnight_after,
    next_look,
)
from andon.membership.standing.rules.numbers import validity
from andon.membership.standing.rules.ratings import (
    HUNDREDTHS,
    Stars,
    Told,
    Totals,
    day_of,
    news_in,
    reaches,
    shown,
)
from andon.membership.standing.rules.violations import (
    DECISIONS,
    LONGEST_TEXT,
    VIOLATION,
    Cause,
    Decision,
    Draft,
    Fault,
    Kind,
    ViolationState,
)

__all__ = [
    "DECISIONS",
    "HUNDREDTHS",
    "LONGEST_TEXT",
    "VIOLATION",
    "Addresses",
    "Cause",
    "Decision",
    "Draft",
    "Fault",
    "Kind",
    "Parcel",
    "Stars",
    "Told",
    "Totals",
    "ViolationState",
    "country_of",
    "day_of",
    "draft_of",
    "midnight_after",
    "news_in",
    "next_look",
    "reaches",
    "shown",
    "validity",
]
