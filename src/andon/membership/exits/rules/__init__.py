"""A shop's exit, decided: its lifecycle, its gates, its tickets."""

from andon.membership.exits.rules.blockers import WORDS, Blocker, Owner, Remedy, told
from andon.membership.exits.rules.checks import CHECK_WORDS, evidence_line
from andon.membership.exits.rules.facts import (
    Facts,
    LiveBinding,
    Moving,
    OpenCharge,
    OpenPart,
    Uncharged,
    Uncounted,
)
from andon.membership.exits.rules.forcing import BY_FORCE, TAKEN_BACK, Force, check_force
from andon.membership.exits.rules.gates import (
    ALL_CODES,
    CLAUSES,
    MOST_LISTED,
    Blocked,
    blockers_of,
    blocking_of,
    check_gates,
    counts_of,
    state_reached,
)
from andon.membership.exits.rules.states import (
    CODES,
    EXIT,
    OFFERS,
    STEPS,
    ExitState,
    Reason,
    verify_again_at,
)
from andon.membership.exits.rules.ticket import CHANCES, certificate_number, is_ticket, ticket_of

__all__ = [
    "ALL_CODES",
    "BY_FORCE",
    "CHANCES",
    "CHECK_WORDS",
    "CLAUSES",
    "CODES",
    "EXIT",
    "MOST_LISTED",
    "OFFERS",
    "STEPS",
    "TAKEN_BACK",
    "WORDS",
    "Blocked",
    "Blocker",
    "ExitState",
    "Facts",
    "Force",
    "LiveBinding",
    "Moving",
    "OpenCharge",
    "OpenPart",
    "Owner",
    "Reason",
    "Remedy",
    "Uncharged",
    "Uncounted",
    "blockers_of",
    "blocking_of",
    "certificate_number",
    "check_force",
    "check_gates",
    "counts_of",
    "evidence_line",
    "is_ticket",
    "state_reached",
    "ticket_of",
    "told",
    "verify_again_at",
]
