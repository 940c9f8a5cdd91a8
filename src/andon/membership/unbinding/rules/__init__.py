"""Ending a binding, decided: its letter, its gate, and the proof that it holds."""

from andon.membership.unbinding.rules.attempts import ATTEMPTS, OWN, attempts_on, is_refused, said_code
from andon.membership.unbinding.rules.letters import (
    CODES,
    MOST_LISTED,
    ZONE,
    LetterState,
    OpenPart,
    check_no_open,
    letter_number,
    state_of,
)

__all__ = [
    "ATTEMPTS",
    "CODES",
    "MOST_LISTED",
    "OWN",
    "ZONE",
    "LetterState",
    "OpenPart",
    "attempts_on",
    "check_no_open",
    "is_refused",
    "letter_number",
    "said_code",
    "state_of",
]
