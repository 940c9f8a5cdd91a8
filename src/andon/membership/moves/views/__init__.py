"""Moves as they stand, and how they are said and shown."""

from andon.membership.moves.views.days import MoveDay, days_of, went_by_day
from andon.membership.moves.views.shapes import MoveDayOut, MoveIn, MoveListed, MoveOut, TrackOut
from andon.membership.moves.views.shown import (
    draining,
    list_moves,
    list_tracks,
    move_of,
    move_of_exit,
    running_move,
    tracks_by_choice,
)

__all__ = [
    "MoveDay",
    "MoveDayOut",
    "MoveIn",
    "MoveListed",
    "MoveOut",
    "TrackOut",
    "days_of",
    "draining",
    "list_moves",
    "list_tracks",
    "move_of",
    "move_of_exit",
    "running_move",
    "tracks_by_choice",
    "went_by_day",
]
