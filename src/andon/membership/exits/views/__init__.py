"""Exits as they stand, and what the gates look at."""

from andon.membership.exits.views.gates import facts_of, facts_of_shops
from andon.membership.exits.views.papers import certificate_of, uncertified
from andon.membership.exits.views.shapes import BlockerOut, CheckOut
from andon.membership.exits.views.shown import (
    exit_of,
    list_exits,
    newest_checks,
    running_exit,
    running_exits,
)

__all__ = [
    "BlockerOut",
    "CheckOut",
    "certificate_of",
    "exit_of",
    "facts_of",
    "facts_of_shops",
    "list_exits",
    "newest_checks",
    "running_exit",
    "running_exits",
    "uncertified",
]
